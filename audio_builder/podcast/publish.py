"""Publishing: everything that the feed names is put in place first; replacing the feed is what publishes it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from audio_builder.episode.cover.draw import draw_cover, fit_cover, small_cover
from audio_builder.episode.cover.lettering import missing_letters
from audio_builder.episode.naming import TWIN_SUFFIX
from audio_builder.errors import OutputError
from audio_builder.files import folder_locked, output_error, sweep_drafts
from audio_builder.podcast.episode_files import make_files, write_changed
from audio_builder.podcast.feed import Item, feed_xml, opml
from audio_builder.podcast.found_episodes import EPISODES, SMALL_SUFFIX, DamagedEpisode, find_episodes
from audio_builder.podcast.ledger import LEDGER_FILE, Entry, Ledger, ledger_as_json, read_ledger
from audio_builder.podcast.show import FEED_FILE, OPML_FILE, Show, read_show
from audio_builder.podcast.site import index_page

INDEX_FILE = "index.html"

_PAGE = re.compile(r"[a-z0-9-]+\.html")
_OURS = re.compile(r"[a-z0-9-]{1,50}(-[0-9a-f]{8}\.[a-z0-9.]+|\.html)")


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
    or as it will be, and all that it names in place. An episode that is damaged stays in the feed as it was published.

    Args:
        folder: with `show.toml`, and the episodes that `build` left in it.
        wishes: of the one who publishes; None for none.
        on_wait: called once if another process holds the folder.

    Raises:
        RecipeError: `show.toml` is missing or wrong, or `as_new` names no episode.
        OutputError: an episode that listeners know is damaged, and what was published of it too; or something can't
            be written.
    """
    show, wishes = read_show(folder), wishes or Wishes()
    with folder_locked(folder, on_wait):
        # What a killed publish left would be put on the web with the rest.
        sweep_drafts(folder / EPISODES)
        ledger = read_ledger(folder)
        found = find_episodes(folder, show, ledger, wishes.as_new)
        _refuse_losses(found.damaged)
        entries: dict[str, Entry] = {}
        items: dict[str, Item] = {}
        made: list[str] = []
        for episode in found.whole:
            earlier = ledger.episodes.get(episode.stem)
            entry = make_files(folder, show, episode, earlier)
            if entry != earlier:
                made.append(episode.stem)
            items[episode.stem] = episode.item(entry)
            entries[episode.stem] = replace(entry, item=items[episode.stem])
        for lost in found.damaged:
            if lost.entry and lost.entry.item:
                entries[lost.stem], items[lost.stem] = lost.entry, lost.entry.item
        newest_first = [
            items[stem] for stem in sorted(items, key=lambda stem: (items[stem].published, stem), reverse=True)
        ]
        cover = _cover(folder, show)
        write_changed(folder / OPML_FILE, opml(show))
        write_changed(folder / INDEX_FILE, index_page(show, _small(cover), newest_first))
        # The ledger comes before the feed: a guid must never be in a feed and not in the ledger.
        write_changed(folder / LEDGER_FILE, ledger_as_json(Ledger(episodes=entries)))
        write_changed(folder / FEED_FILE, feed_xml(show, cover, newest_first))
        pruned = tuple(_pruned(folder, cover, entries)) if wishes.prune else ()
    return PublishReport(
        feed=str(folder / FEED_FILE),
        feed_url=show.feed_url,
        episodes=len(items),
        made=tuple(made),
        pruned=pruned,
        cover_note="" if show.cover else missing_letters(show.title, show.language),
        unrecorded=tuple(_unrecorded(folder, {*entries, *(episode.stem for episode in found.damaged)})),
        damaged=tuple(
            Damage(name=one.stem, problem=one.error.message, hint=one.error.hint, published=one.stem in items)
            for one in found.damaged
        ),
    )


def _unrecorded(folder: Path, known: set[str]) -> Iterator[str]:
    """Yield the names of MP3s that are no episode's."""
    for path in sorted(folder.glob("*.mp3")):
        if path.name.removesuffix(TWIN_SUFFIX).removesuffix(".mp3") not in known:
            yield path.name


def _refuse_losses(damaged: Sequence[DamagedEpisode]) -> None:
    """Refuse to publish where an episode that listeners know would vanish from the feed.

    Raises:
        OutputError: names them all.
    """
    losses = [episode for episode in damaged if episode.was_published and episode.entry is None]
    if losses:
        what = "; ".join(f"{episode.stem}: {episode.error.message}" for episode in losses)
        raise OutputError(
            f"nothing was published: {len(losses)} of the published episodes would be lost to their listeners ({what})",
            hint="Build each again, or remove its MP3 and its record to withdraw it.",
        )


def _cover(folder: Path, show: Show) -> str:
    """Put the show's picture in place, large and small, and return its path, which follows from its content."""
    if show.cover:
        content = fit_cover(folder / show.cover)
    else:
        content = draw_cover(show.title, show.author, "", show.cover_colour, show.language)
    path = f"{EPISODES}/cover-{hashlib.sha256(content).hexdigest()[:8]}.jpg"
    write_changed(folder / path, content)
    write_changed(folder / _small(path), small_cover(content))
    return path


def _small(cover: str) -> str:
    return cover.removesuffix(".jpg") + SMALL_SUFFIX


def _pruned(folder: Path, cover: str, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Remove the files of ours that the feed no longer names, and yield their names."""
    kept = {Path(cover).name, Path(_small(cover)).name, *(name for entry in entries.values() for name in entry.files)}
    # Pages go first: none may stay, however briefly, without what it shows.
    for path in sorted((folder / EPISODES).iterdir(), key=lambda path: (_PAGE.fullmatch(path.name) is None, path.name)):
        if path.name not in kept and _OURS.fullmatch(path.name):
            try:
                path.unlink()
            except OSError as error:
                raise output_error(error, path) from error
            yield path.name
