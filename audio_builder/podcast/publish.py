"""Publishing: everything that the feed names is put in place first; replacing the feed is what publishes it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from audio_builder.episode.cover.draw import draw_cover, fit_cover
from audio_builder.episode.cover.lettering import missing_letters
from audio_builder.episode.naming import TWIN_SUFFIX
from audio_builder.files import folder_locked, output_error, sweep_drafts
from audio_builder.podcast.episode_files import EPISODES, find_episodes, make_files, write_changed
from audio_builder.podcast.feed import feed_xml, opml
from audio_builder.podcast.ledger import LEDGER_FILE, Entry, Ledger, ledger_as_json, read_ledger
from audio_builder.podcast.show import FEED_FILE, OPML_FILE, Show, read_show
from audio_builder.podcast.site import index_page

INDEX_FILE = "index.html"

_OURS = re.compile(r"[a-z0-9-]{1,50}(-[0-9a-f]{8}\.[a-z0-9.]+|\.html)")


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
    """

    schema_version: int = 1
    feed: str
    feed_url: str
    episodes: int
    made: tuple[str, ...]
    pruned: tuple[str, ...]
    unrecorded: tuple[str, ...]
    cover_note: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a listener's own hand decides.

    Attributes:
        as_new: names of episodes that players shall show as new ones, though they had them before.
        prune: whether files that the feed no longer names are removed.
    """

    as_new: tuple[str, ...] = ()
    prune: bool = False


def publish(folder: Path, wishes: Wishes | None = None, on_wait: Callable[[], None] = lambda: None) -> PublishReport:
    """Publish the show in a folder, and return what was done.

    Nothing is made twice; the same folder gives the same bytes. A stop at any moment leaves the feed as it was,
    or as it will be, and all that it names in place.

    Args:
        folder: with `show.toml`, and the episodes that `build` left in it.
        wishes: of the one who publishes; None for none.
        on_wait: called once if another process holds the folder.

    Raises:
        RecipeError: `show.toml` is missing or wrong, or `as_new` names no episode.
        OutputError: an episode and its record are not of one build, or something can't be written.
    """
    show, wishes = read_show(folder), wishes or Wishes()
    with folder_locked(folder, on_wait):
        # What a killed publish left would be put on the web with the rest.
        sweep_drafts(folder / EPISODES)
        ledger = read_ledger(folder)
        found = find_episodes(folder, show, ledger, wishes.as_new)
        entries: dict[str, Entry] = {}
        made: list[str] = []
        for episode in found:
            earlier = ledger.episodes.get(episode.stem)
            entries[episode.stem] = make_files(folder, show, episode, earlier)
            if entries[episode.stem] != earlier:
                made.append(episode.stem)
        newest_first = sorted(found, key=lambda episode: (episode.published, episode.stem), reverse=True)
        items = [episode.item(entries[episode.stem]) for episode in newest_first]
        cover = _cover(folder, show)
        write_changed(folder / OPML_FILE, opml(show))
        write_changed(folder / INDEX_FILE, index_page(show, cover, items))
        # The ledger comes before the feed: a guid must never be in a feed and not in the ledger.
        write_changed(folder / LEDGER_FILE, ledger_as_json(Ledger(episodes=entries)))
        write_changed(folder / FEED_FILE, feed_xml(show, cover, items))
        pruned = tuple(_pruned(folder, cover, entries)) if wishes.prune else ()
    recorded = {episode.stem for episode in found}
    return PublishReport(
        feed=str(folder / FEED_FILE),
        feed_url=show.feed_url,
        episodes=len(found),
        made=tuple(made),
        pruned=pruned,
        cover_note="" if show.cover else missing_letters(show.title, show.language),
        unrecorded=tuple(
            path.name
            for path in sorted(folder.glob("*.mp3"))
            if path.name.removesuffix(TWIN_SUFFIX).removesuffix(".mp3") not in recorded
        ),
    )


def _cover(folder: Path, show: Show) -> str:
    """Put the show's picture in place and return its name, which follows from its content."""
    if show.cover:
        content = fit_cover(folder / show.cover)
    else:
        content = draw_cover(show.title, show.author, "", show.cover_colour, show.language)
    name = f"cover-{hashlib.sha256(content).hexdigest()[:8]}.jpg"
    write_changed(folder / EPISODES / name, content)
    return f"{EPISODES}/{name}"


def _pruned(folder: Path, cover: str, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Remove the files of ours that the feed no longer names, and yield their names."""
    kept = {cover.rpartition("/")[2], *(name for entry in entries.values() for name in entry.files)}
    for path in sorted((folder / EPISODES).iterdir()):
        if path.name not in kept and _OURS.fullmatch(path.name):
            try:
                path.unlink()
            except OSError as error:
                raise output_error(error, path) from error
            yield path.name
