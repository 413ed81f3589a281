"""Which episode a text becomes: a new version of one in the folder, or another one with a name of its own.

An episode is known by where its words came from, never by its title alone: by the `id` that the text gives itself,
else by the file it was read from and its date, else (standard input) by its words. The reasons: docs/decisions,
27.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from audio_builder.article.source import is_web_address
from audio_builder.episode.naming import Origin, Place, bed_path, episode_path, named_file, numbered_stem, twin_path
from audio_builder.episode.record import RECORD_SUFFIX, Sound, record_path
from audio_builder.episode.tag.embedded_source import read_source
from audio_builder.episode.words import words_of
from audio_builder.errors import AudioBuilderError, OutputError, quoted
from audio_builder.files import check_named, decode_json, written_by_us

IfThere = Literal["new version", "refuse", "replace"]
"""What happens to an earlier version: it gets a newer one, it stays and the build stops, or whatever is there goes."""

_RELATED = 0.5
"""Share of words in common from which a text with another title in the same file is that text, corrected."""

_RELATED_UNPLACED = 0.8
"""The same for an episode of an earlier version, which doesn't know its file; its title must be the same as well."""

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Work:
    """What a build makes, as far as it says which episode that is.

    Attributes:
        name: what its file is called if the name is free: the id, else the title, after its number where it has one.
        title: resolved; never empty.
        date: `YYYY-MM-DD`, or empty.
        words: as written.
        id: from the text; empty for none.
        place: of the text (see `SourceText.place`); empty for none.
    """

    name: str
    title: str
    date: str
    words: str
    id: str
    place: str


class _KnownTags(Struct, frozen=True):
    title: str = ""
    date: str = ""


class _Known(Struct, frozen=True):
    """Of an episode in the folder, what is compared."""

    words: str
    tags: _KnownTags = _KnownTags()
    origin: Origin = Origin()
    sound: Sound | None = None
    built: str = ""


class EpisodeIndex:
    """The episodes of a folder by what they are known by, so that a batch of thousands reads each record once.

    Attributes:
        folder: of the episodes.
        planned: names that the episodes of a batch get: nobody else in the batch takes them.
    """

    def __init__(self, folder: Path) -> None:
        """Read the records in a folder, which may be missing."""
        self.folder = folder
        self.planned: set[Path] = set()
        self._records: dict[tuple[str, str], set[Path]] = {}
        self._changed_ns = -1
        self.refresh()

    def refresh(self) -> None:
        """Read the records again if the folder has changed. Who needs to be sure holds the folder's lock."""
        try:
            changed_ns = self.folder.stat().st_mtime_ns
        except OSError:
            return
        if changed_ns == self._changed_ns:
            return
        self._records, self._changed_ns = defaultdict(set), changed_ns
        for record in self.folder.glob(f"*{RECORD_SUFFIX}"):
            self._add(record)

    def add(self, episode: Path) -> None:
        """Note an episode that was put into the folder just now, under the folder's lock."""
        self._add(record_path(episode))
        self._changed_ns = self.folder.stat().st_mtime_ns

    def _add(self, record: Path) -> None:
        if known := _recorded(record):
            for key in _known_by(known.origin, known.tags.title):
                self._records[key].add(record)

    def alike(self, work: Work, origin: Origin) -> Iterator[tuple[Path, _Known]]:
        """Yield the episodes that may be earlier versions of a work: the same id, place or title."""
        found = (self._records.get(key, set()) for key in _known_by(origin, work.title))
        for record in sorted(set[Path]().union(*found)):
            if known := _recorded(record):
                yield _episode_of(record), known


def _known_by(origin: Origin, title: str) -> Iterator[tuple[str, str]]:
    yield from ((name, key) for name, key in (("id", origin.id), ("place", origin.place), ("title", title)) if key)


def choose_place(
    target: Path,
    work: Work,
    if_there: IfThere = "new version",
    index: EpisodeIndex | None = None,
    own: Path | None = None,
) -> Place:
    """Return where an episode goes, so that nothing that somebody made is lost.

    Called again under the lock of the folder before the episode is put there: another build may have taken the name.

    Args:
        target: a folder; or the file itself, if its name ends as that of a sound does (see `naming.named_file`).
        work: what is built.
        if_there: what happens to an earlier version of the same episode, and to what lies under a name that was chosen.
        index: of the folder, in a batch; None to look through the folder.
        own: the name that the batch has planned for it; None for none.

    Raises:
        OutputError: the episode is there and was changed since it was built, or would be replaced unasked.
    """
    file = named_file(target)
    folder = target.parent if file else target
    origin = Origin(id=work.id, place=_key(folder, work))
    if file:
        return _at_name(file, work, origin, if_there)
    wanted = episode_path(folder, work.name)
    planned = index.planned - {own} if index else set()

    def episodes() -> Iterator[tuple[Path, _Known]]:
        return index.alike(work, origin) if index else _episodes(folder)

    earlier = _earlier_version(episodes(), wanted, work, origin)
    if earlier:
        path, known = earlier
        _check_replaceable(path, known, if_there)
        note = ""
        if known.tags.title != work.title:
            note = f"{quoted(known.tags.title)} is called {quoted(work.title)} now; its file is still {path.name}"
        return Place(path, _inherited(origin, known, work), note)
    if if_there == "replace" and wanted not in planned:
        return _at_name(wanted, work, origin, if_there)
    path = _free_path(wanted, planned)
    note = ""
    if other := _of_another_date(episodes(), work, origin):
        note = f"{other.name} has the same words and another date: it stays, and this is an episode of its own"
    elif path != wanted:
        note = f"the name {wanted.name} is another text's: this one has a number after it"
    return Place(path, _minted(origin, path, work), note)


def _at_name(path: Path, work: Work, origin: Origin, if_there: IfThere) -> Place:
    """Return the place under a name that a person chose: it isn't changed, so what is there must be replaceable."""
    _refuse_folders(path)
    known = _known_at(path)
    same = known is not None and _is_same(known, work, origin)
    if not same and if_there != "replace" and (taken := _taken_by(path)):
        raise OutputError(
            f"{taken} is there already, and is not {'' if taken == path else 'of '}an earlier version of this episode",
            hint="Choose another name, or replace it with --force.",
        )
    _check_replaceable(path, known if same else None, if_there)
    return Place(path, _inherited(origin, known, work) if known else _minted(origin, path, work))


def _earlier_version(
    episodes: Iterator[tuple[Path, _Known]], wanted: Path, work: Work, origin: Origin
) -> tuple[Path, _Known] | None:
    """Return the episode in the folder of which this is a new version; the one under the wanted name before others."""
    same = {path: known for path, known in episodes if _is_same(known, work, origin)}
    if wanted not in same and (known := _known_at(wanted)) and _is_same(known, work, origin):
        same[wanted] = known  # its record is lost or damaged: its MP3 still says what it is
    titled = [path for path, known in same.items() if known.tags.title == work.title]
    for path in (wanted, *titled, *same):
        if path in same:
            return path, same[path]
    return None


def _of_another_date(episodes: Iterator[tuple[Path, _Known]], work: Work, origin: Origin) -> Path | None:
    """Return the episode that this would be a new version of, were it not for its date; None for none."""
    if work.id or not work.place:
        return None
    words = work.words.split()
    same = (path for path, known in episodes if known.origin.place == origin.place and known.words.split() == words)
    return next(same, None)


def _is_same(known: _Known, work: Work, origin: Origin) -> bool:
    """Return whether an episode came from the source that is built now."""
    same_title, same_date = known.tags.title == work.title, known.tags.date == work.date
    same_place = known.origin.place == origin.place
    if known.origin.id or work.id:
        given_later = not known.origin.id and same_place and same_date
        return known.origin.id == work.id or given_later
    if not same_date:
        # Dated since: two days' pages both have a date, and other words.
        undated = not (known.tags.date and work.date)
        return undated and bool(work.place) and same_place and known.words.split() == work.words.split()
    if same_title and known.words.split() == work.words.split():
        return True
    if not known.origin.place:
        return same_title and _share_in_common(known.words, work.words) >= _RELATED_UNPLACED
    return same_place and (same_title or _share_in_common(known.words, work.words) >= _RELATED)


def _share_in_common(one: str, other: str) -> float:
    """Return how many words two texts have in common, 0 to 1 (Sørensen–Dice over their words)."""
    first, second = (Counter(text.casefold().split()) for text in (one, other))
    return 2 * (first & second).total() / max(1, first.total() + second.total())


def _key(folder: Path, work: Work) -> str:
    """Return the hash of where the words come from, seen from the folder, so that both can move together.

    A hash, because the record is published: nobody reads in it what folders are called here.
    """
    if not work.place:
        return _digest(f"words\0{work.title}\0{' '.join(work.words.split())}")
    return _digest(f"page\0{work.place}") if is_web_address(work.place) else _file_key(folder, work.place)


def _file_key(folder: Path, file: str) -> str:
    try:
        return _digest(f"file\0{Path(os.path.relpath(file, os.path.realpath(folder))).as_posix()}")
    except ValueError:  # another drive of Windows
        return _digest(f"file\0{file}")


def episodes_of(folder: Path, script_id: str, file: Path) -> list[Path]:
    """Return the episodes in a folder that were built of a text, by name.

    Args:
        folder: of the episodes.
        script_id: what the text calls itself; empty for nothing.
        file: that the text is in.
    """
    wanted = script_id or _file_key(folder, os.path.realpath(file))
    return [
        path for path, known in _episodes(folder) if wanted == (known.origin.id if script_id else known.origin.place)
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _minted(origin: Origin, path: Path, work: Work) -> Origin:
    """Return the origin of a new episode: from now on it is known by this, even if its name or its place changes."""
    identity = _digest(f"id\0{work.id}" if work.id else f"{path.stem}\0{origin.place}\0{work.date}")
    return msgspec.structs.replace(origin, identity=identity)


def _inherited(origin: Origin, known: _Known, work: Work) -> Origin:
    """Return the origin of a new version; one that is rebuilt from its MP3 still belongs to the text's file."""
    place = known.origin.place if known.origin.place and not work.place else origin.place
    first = known.origin.first_built or known.built
    return msgspec.structs.replace(origin, place=place, identity=known.origin.identity, first_built=first)


def _episodes(folder: Path) -> Iterator[tuple[Path, _Known]]:
    """Yield the episodes in a folder whose records can be read."""
    for record in sorted(folder.glob(f"*{RECORD_SUFFIX}")):
        if known := _recorded(record):
            yield _episode_of(record), known


def _episode_of(record: Path) -> Path:
    return record.with_name(record.name.removesuffix(RECORD_SUFFIX) + ".mp3")


def _recorded(record: Path) -> _Known | None:
    try:
        return decode_json(record.read_bytes(), _Known)
    except (OSError, ValueError):
        return None


def _known_at(path: Path) -> _Known | None:
    """Return what is known of the episode at a path: by its record, else by what its MP3 carries."""
    if known := _recorded(record_path(path)):
        return known
    try:
        carried = read_source(path)
        script, tags = carried.read_script(path.name), carried.read_recipe().tags
    except AudioBuilderError:
        return None
    return _Known(
        words=words_of(script),
        tags=_KnownTags(title=tags.title or script.title, date=tags.date or script.date),
        origin=Origin(id=script.id),
    )


def _check_replaceable(path: Path, known: _Known | None, if_there: IfThere) -> None:
    """Refuse to put an episode where something lies that it may not replace.

    Raises:
        OutputError: a folder is there; or, unless it is to be replaced, a changed version, or any.
    """
    _refuse_folders(path)
    force = if_there == "replace"
    check_named(path, force=force, known=(known.sound.sha256,) if known and known.sound else ())
    for beside in (twin_path(path), bed_path(path)):
        if written_by_us(beside):
            check_named(beside, force=force)
    if if_there == "refuse" and path.exists():
        raise OutputError(
            f"{path} is already this episode, and would be replaced",
            hint="Keep both with -o and another folder or file, or replace it with --force.",
        )


def _refuse_folders(path: Path) -> None:
    for own in _own_files(path):
        check_named(own, force=True)


def _own_files(path: Path) -> tuple[Path, ...]:
    return path, record_path(path), twin_path(path), bed_path(path)


def _taken_by(path: Path) -> Path | None:
    """Return what is there of the files that an episode has; None where none is."""
    return next((own for own in _own_files(path) if os.path.lexists(own)), None)


def _free_path(wanted: Path, planned: Collection[Path]) -> Path:
    """Return the wanted path, or the first one with a number after its name that is neither there nor planned."""
    path, number = wanted, 1
    while path in planned or _taken_by(path):
        number += 1
        path = wanted.with_name(f"{numbered_stem(wanted.stem, number)}.mp3")
    return path
