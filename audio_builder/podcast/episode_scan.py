"""The episodes in the folder of a show: those that are whole, and those that are damaged, which no feed may lose."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audio_builder.episode.record import RECORD_SUFFIX, EpisodeRecord, read_record, sound_of
from audio_builder.errors import OutputError, RecipeError
from audio_builder.files import sha256_of
from audio_builder.podcast.feed import Item
from audio_builder.podcast.ledger import (
    EarlierFeed,
    Entry,
    Ledger,
    first_published,
    kept_show,
    new_guid,
    published_name,
    read_earlier_feed,
    read_ledger,
)
from audio_builder.podcast.show_settings import EPISODES, SHOW_FILE, Show


@dataclass(frozen=True, slots=True)
class FoundEpisode:
    """An episode that `build` left in the folder of a show.

    Attributes:
        stem: the name that `build` gave it, without suffix.
        record: what is known of it.
        digest: of the record's file.
        guid: what players know it by.
        published: when it would be by itself; `schedule` has the last word.
        dated: the date of its own that this follows from; empty where it has none.
        earlier: what was published of it before; None if nothing was, or the ledger is lost.
        from_feed: whether guid and time are those that the feed has, as the ledger is lost.
    """

    stem: str
    record: EpisodeRecord
    digest: str
    guid: str
    published: datetime.datetime
    dated: str = ""
    earlier: Entry | None = None
    from_feed: bool = False


@dataclass(frozen=True, slots=True)
class DamagedEpisode:
    """An episode whose MP3 and record aren't there as `build` left them.

    Attributes:
        stem: its name, without suffix.
        error: what is wrong with it, and what to do.
        was_published: whether listeners know it.
        as_published: what feed and pages go on showing; None if it never was published, or that is damaged too.
    """

    stem: str
    error: OutputError
    was_published: bool
    as_published: Item | None


@dataclass(frozen=True, slots=True)
class Found:
    """The episodes of a folder, by name.

    Attributes:
        whole: those that can be published.
        damaged: those that can't.
        hidden: names of those that `show.toml` hides, in none of the others.
    """

    whole: tuple[FoundEpisode, ...]
    damaged: tuple[DamagedEpisode, ...]
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What was published from a folder before.

    Attributes:
        show: with the id that players know it by (see `ledger.kept_show`).
        ledger: empty where it is lost.
        feed: what the feed says, which then stands in for it.
    """

    show: Show
    ledger: Ledger
    feed: EarlierFeed

    def entry(self, stem: str, record: EpisodeRecord, present: Collection[str]) -> Entry | None:
        """Return what was published of an episode: under its name, or under the one it had before it was renamed."""
        named = self.ledger.known.get(stem)
        identity = record.origin.identity
        if named is not None and (named.identity == identity or not named.identity or not identity):
            return named
        renamed = (
            entry for old, entry in self.ledger.known.items() if old not in present and entry.identity == identity
        )
        return next(renamed, None) if identity else None


def read_published(folder: Path, show: Show) -> Published:
    """Return what was published of a show from its folder.

    Raises:
        OutputError: the ledger or the feed can't be read.
    """
    ledger, feed = read_ledger(folder), read_earlier_feed(folder)
    return Published(kept_show(show, ledger, feed), ledger, feed)


def find_episodes(folder: Path, before: Published, as_new: Sequence[str]) -> Found:
    """Return the episodes of a folder, each with its guid and date: those it had, or new ones.

    Args:
        folder: of the show.
        before: what was published of it.
        as_new: names of episodes that get a new guid and date.

    Raises:
        RecipeError: `as_new` or the show's `hidden` names no episode.
        OutputError: `as_new` names one that is damaged.
    """
    ledger = before.ledger
    whole: list[FoundEpisode] = []
    damaged = []
    records = {path.name.removesuffix(RECORD_SUFFIX) for path in folder.glob(f"*{RECORD_SUFFIX}")}
    # Who removed only the record of an episode didn't withdraw it.
    left = {stem for stem in ledger.episodes if (folder / f"{stem}.mp3").is_file()}
    hidden = _hidden(folder, before, records | left)
    for stem in sorted((records | left) - hidden):
        earlier = ledger.episodes.get(stem)
        try:
            whole.append(_found(folder / stem, before, records, as_new=stem in as_new))
        except OutputError as error:
            # A lost ledger doesn't make an episode unknown to those who have the feed.
            known = earlier is not None or stem in before.feed.items
            damaged.append(DamagedEpisode(stem, error, known, _as_published(folder, stem, earlier)))
    for name in as_new:
        for episode in damaged:
            if episode.stem == name:
                raise episode.error
        if name not in {episode.stem for episode in whole}:
            raise RecipeError(
                f"there is no episode {name!r} to publish as new in {folder}",
                hint=f"The episodes are: {', '.join(episode.stem for episode in whole) or 'none yet'}.",
            )
    return Found(tuple(_each_its_own(whole)), tuple(damaged), tuple(sorted(hidden)))


def _hidden(folder: Path, before: Published, present: Collection[str]) -> set[str]:
    """Return the names that the show hides. One that there isn't is refused: it would be another one's, misspelled.

    Raises:
        RecipeError: there is no such episode.
    """
    for name in before.show.hidden:
        if name not in present and name not in before.ledger.known:
            raise RecipeError(
                f"{SHOW_FILE} hides {name!r}, and there is no such episode in {folder}",
                hint=f"The episodes are: {', '.join(sorted(present)) or 'none yet'}.",
            )
    return set(before.show.hidden)


def _each_its_own(episodes: Sequence[FoundEpisode]) -> Iterator[FoundEpisode]:
    """Yield episodes, those under another guid that are the copy of one in the same folder."""
    taken = {episode.guid for episode in episodes if episode.earlier is not None}
    for episode in episodes:
        if episode.earlier is not None or episode.guid not in taken:
            taken.add(episode.guid)
            yield episode
        else:
            yield replace(episode, guid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{episode.guid} {episode.stem}")))


def are_there(folder: Path, entry: Entry) -> bool:
    """Tell whether all files of a published episode are in place."""
    return all((folder / EPISODES / name).is_file() for name in entry.files)


def _found(place: Path, before: Published, present: Collection[str], *, as_new: bool) -> FoundEpisode:
    """Return an episode.

    Args:
        place: path of its files, without their suffixes.
        before: what was published.
        present: the names of all episodes in the folder.
        as_new: whether it gets a new guid and date all the same.

    Raises:
        OutputError: its record is damaged, or isn't that of the MP3 beside it, or one of the two is missing.
    """
    path, mp3 = place.with_name(place.name + RECORD_SUFFIX), place.with_name(f"{place.name}.mp3")
    if not path.is_file():
        raise OutputError(
            f"{mp3} has no record beside it any more", hint="Build it again, or remove it too to withdraw it."
        )
    record = read_record(path)
    earlier = before.entry(place.name, record, present)
    _check_pair(mp3, record, earlier)
    found = FoundEpisode(
        stem=place.name,
        record=record,
        digest=sha256_of(path.read_bytes()),
        guid=new_guid(before.show, place.name, record, as_new=as_new),
        published=first_published(record),
        dated=record.tags.date,
        earlier=earlier,
    )
    if as_new:
        return found
    if earlier is not None:
        return replace(found, guid=earlier.guid)
    if place.name in before.feed.items and not before.ledger.episodes:
        guid, published = before.feed.items[place.name]
        return replace(found, guid=guid, published=published, from_feed=True)
    return found


def _as_published(folder: Path, stem: str, entry: Entry | None) -> Item | None:
    """Return an episode as it was published, if all that feed and pages show of it is there and unharmed."""
    if entry is None or not are_there(folder, entry):
        return None
    base = folder / EPISODES / published_name(stem, entry.sound)
    try:
        record = read_record(base.with_name(base.name + RECORD_SUFFIX))
    except OutputError:
        return None
    whole = record.sound == entry.sound == sound_of(base.with_name(f"{base.name}.mp3"))
    return Item(stem, record, entry) if whole else None


def _check_pair(mp3: Path, record: EpisodeRecord, earlier: Entry | None) -> None:
    try:
        length = mp3.stat().st_size
    except OSError as error:
        raise OutputError(
            f"{mp3} is missing, though its record is there", hint="Build it again, or remove its record to withdraw it."
        ) from error
    known = earlier is not None and earlier.sound == record.sound
    if length != record.sound.bytes or (not known and sound_of(mp3) != record.sound):
        raise OutputError(
            f"{mp3} is not the sound that its record is about",
            hint="A build was stopped, or the file was changed. Build it again.",
        )
