"""What differs between two episodes: what is heard, measured, and what was asked for, where they carry it."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from audio_builder.episode.encode.audio_file import sniff
from audio_builder.episode.pictures import SpeechStrip, draw_strips
from audio_builder.episode.report import to_json
from audio_builder.episode.tag.embedded_source import CarriedSource, carries_source, read_source
from audio_builder.episode.tag.read_tag import read_tag
from audio_builder.episode.verify.measure import Measurements, measure
from audio_builder.episode.words import PlayerChapter
from audio_builder.files import check_named, write_named
from audio_builder.progress import Progress, Step, silent
from audio_builder.recipe.recipe_file import settings, value_of
from audio_builder.script.differences import ScriptChanges, script_changes

_SAME_PLACE_S = 0.05


class ComparedSound(Struct, frozen=True, kw_only=True):
    """What was measured of an episode."""

    path: str
    title: str
    length_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    loudness_range_lu: float
    carries_source: bool


class ChapterChange(Struct, frozen=True, kw_only=True):
    """A chapter that isn't the same.

    Attributes:
        before: its title; empty for a new one.
        after: its title; empty for one that is gone.
        start_before_s: where it begins; None for a new one.
        start_after_s: where it begins; None for one that is gone.
    """

    before: str
    after: str
    start_before_s: float | None
    start_after_s: float | None


class SettingChange(Struct, frozen=True, kw_only=True):
    """A setting of the recipe that isn't the same.

    Attributes:
        setting: its dotted path, such as `soundscape.background`.
        before: None where the recipe doesn't say: it was a file, which is not carried.
        after: in the same way.
    """

    setting: str
    before: Any
    after: Any


class Comparison(Struct, frozen=True, kw_only=True):
    """What differs between two episodes.

    Attributes:
        schema_version: of this layout.
        identical: whether the files are the same, byte for byte.
        first: what was measured of the first.
        second: what was measured of the second.
        chapters: those that differ in title or by more than 0.05 s in place.
        settings: those that differ; None unless both episodes carry their recipe.
        script: what differs in words and pauses; None unless both carry their script.
        versions: of what made them: name, before, after; only those that differ.
    """

    schema_version: int = 1
    identical: bool
    first: ComparedSound
    second: ComparedSound
    chapters: list[ChapterChange]
    settings: list[SettingChange] | None
    script: ScriptChanges | None
    versions: dict[str, tuple[str, str]]

    def as_json(self) -> str:
        """Return it as indented JSON."""
        return to_json(self).decode()


class _Episode(Struct, frozen=True):
    path: Path
    measured: Measurements
    title: str
    chapters: tuple[PlayerChapter, ...]
    source: CarriedSource | None

    def sound(self) -> ComparedSound:
        return ComparedSound(
            path=str(self.path),
            title=self.title,
            length_s=self.measured.seconds,
            loudness_lufs=self.measured.integrated_lufs,
            true_peak_dbtp=self.measured.true_peak_dbtp,
            loudness_range_lu=self.measured.loudness_range_lu,
            carries_source=self.source is not None,
        )

    def strip(self) -> SpeechStrip:
        return SpeechStrip(self.title or self.path.name, self.measured, self.chapters)


def compare(
    first: Path, second: Path, progress: Progress = silent, picture: Path | None = None, *, force: bool = False
) -> Comparison:
    """Return what differs between two episodes. Both are decoded and measured.

    Args:
        first: an audio file; MP3s of ours tell most.
        second: what it is held against.
        progress: called with the seconds measured.
        picture: where to draw speech and silence of both, as SVG; None for no picture.
        force: whether the picture may replace what is there.

    Raises:
        NotAudio: one can't be read or decoded.
        SourceError: what one carries is damaged, or of another version.
        OutputError: the picture can't be written.
    """
    if picture is not None:
        check_named(picture, force=force)
    one, other = (_episode(path, progress) for path in (first, second))
    if picture is not None:
        write_named(picture, draw_strips(one.strip(), other.strip()).encode(), force=force)
    found = Comparison(
        identical=filecmp.cmp(first, second, shallow=False),
        first=one.sound(),
        second=other.sound(),
        chapters=list(_chapters(one.chapters, other.chapters)),
        settings=None,
        script=None,
        versions={},
    )
    if one.source is None or other.source is None:
        return found
    return msgspec.structs.replace(
        found,
        settings=list(_settings(one.source, other.source)),
        script=script_changes(one.source.read_script(first.name), other.source.read_script(second.name)),
        versions=_versions(one.source, other.source),
    )


def _episode(path: Path, progress: Progress) -> _Episode:
    measured = measure(path, progress=lambda done_s: progress(Step("verify", done_s, 0)))
    if sniff(path) != "mp3":
        return _Episode(path, measured, "", (), None)
    tag = read_tag(path)
    return _Episode(path, measured, tag.title, tag.chapters, read_source(path) if carries_source(path) else None)


def _chapters(before: tuple[PlayerChapter, ...], after: tuple[PlayerChapter, ...]) -> Iterator[ChapterChange]:
    """Yield the chapters that differ, the first against the first and so on."""
    for number in range(max(len(before), len(after))):
        old = before[number] if number < len(before) else None
        new = after[number] if number < len(after) else None
        moved_s = abs(old.start_ms - new.start_ms) / 1000 if old and new else 0.0
        if old and new and old.title == new.title and moved_s <= _SAME_PLACE_S:
            continue
        yield ChapterChange(
            before=old.title if old else "",
            after=new.title if new else "",
            start_before_s=old.start_ms / 1000 if old else None,
            start_after_s=new.start_ms / 1000 if new else None,
        )


def _settings(before: CarriedSource, after: CarriedSource) -> Iterator[SettingChange]:
    old, new = before.read_recipe(), after.read_recipe()
    for name in (setting.path for setting in settings()):
        was = None if name in before.left_out else value_of(old, name)
        is_ = None if name in after.left_out else value_of(new, name)
        if was != is_:
            yield SettingChange(setting=name, before=was, after=is_)


def _versions(before: CarriedSource, after: CarriedSource) -> dict[str, tuple[str, str]]:
    names = dict.fromkeys((*before.versions, *after.versions))
    pairs = {name: (before.versions.get(name, ""), after.versions.get(name, "")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
