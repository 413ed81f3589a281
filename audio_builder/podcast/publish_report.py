"""What is asked of publishing, and what is said of it afterwards."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from msgspec import Struct

from audio_builder.podcast.feed import PAGE_ITEMS


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """What is decided anew at each publishing.

    Attributes:
        as_new: names of episodes that players shall show as new ones, though they had them before.
        prune: whether files that the feed no longer names are removed.
        now: the time of publishing; None for that of the clock.
        force: whether a feed and pages are replaced that somebody else made, or changed.
        page_items: how many episodes an archive of a long feed has.
    """

    as_new: tuple[str, ...] = ()
    prune: bool = False
    now: datetime.datetime | None = None
    force: bool = False
    page_items: int = PAGE_ITEMS


class Damage(Struct, frozen=True, kw_only=True):
    """An episode that couldn't be published as it lies in the folder.

    Attributes:
        name: of its MP3, without suffix.
        problem: what is wrong with it.
        hint: what to do.
        published: whether the feed shows it as it was published before; else it isn't in it yet.
    """

    name: str
    problem: str
    hint: str
    published: bool


class Held(Struct, frozen=True, kw_only=True):
    """An episode that isn't in the feed yet, because its date is in the future."""

    name: str
    until: str


class PublishReport(Struct, frozen=True, kw_only=True):
    """What was published.

    Attributes:
        schema_version: of this record.
        feed: path of the feed.
        feed_url: where it will be found.
        episodes: how many it has.
        made: names of the episodes whose files were made now.
        pruned: names of the files that were removed.
        unrecorded: MP3s that lie in the folder without a record, which are not published.
        cover_note: why the show's drawn cover has no words; empty where it has.
        damaged: episodes whose MP3 or record is not as `build` left it.
        held_back: episodes whose date is in the future.
        hidden: names of episodes that `show.toml` hides.
        kept: names of published files that stay as somebody changed them; `force` replaces them.
    """

    schema_version: int = 1
    feed: str
    feed_url: str
    episodes: int
    made: tuple[str, ...]
    pruned: tuple[str, ...]
    unrecorded: tuple[str, ...]
    cover_note: str = ""
    damaged: tuple[Damage, ...] = ()
    held_back: tuple[Held, ...] = ()
    hidden: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
