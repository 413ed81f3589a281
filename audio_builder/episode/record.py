"""The record beside an episode: what a show needs of it and an MP3 can't hold, such as the times of the words."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from audio_builder.article.details import Details
from audio_builder.episode.elastic import Elastic, RestTime, rests_of
from audio_builder.episode.naming import Origin
from audio_builder.episode.phrase_times import Phrase, find_clauses
from audio_builder.episode.report import BuildReport
from audio_builder.episode.tag.write_tag import TagContent, disclosure
from audio_builder.episode.words import clean, words_of
from audio_builder.errors import OutputError
from audio_builder.files import decode_json, output_errors
from audio_builder.mix.timeline import PlacedClip, Timeline
from audio_builder.recipe.settings import Tags
from audio_builder.voices.word_alignment import words_with_places

RECORD_SUFFIX = ".episode.json"
RECORD_VERSION = 1
"""Raised when a field is renamed, removed or changes its meaning; new fields don't raise it."""


class Sound(Struct, frozen=True, kw_only=True):
    """Which bytes a record is about.

    Attributes:
        bytes: length of the MP3.
        sha256: of the MP3, 64 hexadecimal digits.
    """

    bytes: int
    sha256: str


class Beside(Struct, frozen=True, kw_only=True):
    """A sound beside an episode.

    Attributes:
        kind: `voice`: the voice alone; `bed`: the background for stretching it; `length`: the same words, longer or
            shorter.
        suffix: what its name ends with, after the episode's own, such as `.voice.mp3`.
        duration_s: in seconds; 0 where nobody asks for it.
        sound: which bytes it has.
    """

    kind: Literal["voice", "bed", "length"]
    suffix: str
    duration_s: float
    sound: Sound

    def path(self, episode: Path) -> Path:
        """Return where it is, beside an episode."""
        return episode.with_name(episode.stem + self.suffix)


def beside_of(kind: Literal["voice", "bed", "length"], path: Path, episode: Path, duration_s: float = 0.0) -> Beside:
    """Return what a record says of a sound beside an episode."""
    suffix = path.name.removeprefix(episode.stem)
    return Beside(kind=kind, suffix=suffix, duration_s=duration_s, sound=sound_of(path))


class EpisodeRecord(Struct, frozen=True, kw_only=True):
    """What is known of an episode beside its sound.

    Attributes:
        schema_version: of this record.
        sound: the MP3 that it is about.
        built: when, as `YYYY-MM-DDTHH:MM:SSZ`.
        tags: what the player shows, resolved; its cover is in the MP3 alone.
        disclosure: that the voice is synthetic, and whom to credit.
        words: all of them as written, paragraphs apart.
        phrases: by time; together they have every word once.
        report: of the build.
        details: what players read besides; a path of a picture isn't kept.
        origin: where it came from.
        rests: the silences, by time; empty in records of earlier versions.
        elastic: how its silences may be stretched; null where the sounds for that aren't beside it.
        beside: other sounds of it: the voice alone, other lengths.
    """

    schema_version: int = RECORD_VERSION
    sound: Sound
    built: str
    tags: Tags
    disclosure: str
    words: str
    phrases: tuple[Phrase, ...]
    report: BuildReport
    details: Details = Details()
    origin: Origin = Origin()
    rests: tuple[RestTime, ...] = ()
    elastic: Elastic | None = None
    beside: tuple[Beside, ...] = ()


def record_path(episode: Path) -> Path:
    """Return where the record of an MP3 is: beside it."""
    return episode.with_name(episode.stem + RECORD_SUFFIX)


def record_beside(episode: Path) -> EpisodeRecord | None:
    """Return the record of the MP3 at a path; None where there is none that can be read."""
    try:
        return read_record(record_path(episode))
    except OutputError:
        return None


def sounds_beside(episode: Path) -> tuple[Beside, ...]:
    """Return what the record of an episode says of other sounds beside it; nothing without a record."""
    record = record_beside(episode)
    return record.beside if record else ()


def remembered_text_factors(episode: Path) -> dict[str, float]:
    """Return the text factors of the episode that is at a path by now (see `BuildReport`); none where there is none."""
    record = record_beside(episode)
    return record.report.text_factors if record else {}


def sound_of(file: Path) -> Sound:
    """Return the length and hash of a file.

    Raises:
        OutputError: it can't be read.
    """
    with output_errors(file), file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return Sound(bytes=stream.tell(), sha256=sha256)


def phrases_of(timeline: Timeline) -> tuple[Phrase, ...]:
    """Return every phrase of a timeline with the time at which it sounds, in seconds."""
    return tuple(_phrase(placed, timeline.rate_hz) for placed in timeline.clips)


def _phrase(placed: PlacedClip, rate_hz: int) -> Phrase:
    text = clean(placed.clip.say.text)
    known = {word.at: (placed.start + word.frame) / rate_hz for word in placed.clip.words(text)}
    known |= {0: placed.speech_start / rate_hz} if known else {}
    return Phrase(
        start_s=placed.speech_start / rate_hz,
        end_s=placed.speech_end / rate_hz,
        text=text,
        role=placed.clip.say.role.value,
        clauses=find_clauses(text, placed.clip.levels(), placed.start / rate_hz, known),
        word_starts_s=tuple(known.get(at) for at, _ in words_with_places(text)) if known else (),
    )


def make_record(  # noqa: PLR0913 - a record has all of these
    sound: Sound,
    built: str,
    content: TagContent,
    report: BuildReport,
    origin: Origin,
    *,
    elastic: Elastic | None = None,
    beside: tuple[Beside, ...] = (),
) -> EpisodeRecord:
    """Return the record of an episode.

    Args:
        sound: the finished file.
        built: when, in UTC.
        content: what its tag was written from.
        report: on the build; of its path, the name alone is kept.
        origin: where it came from; the first version has no date of the first yet.
        elastic: how its silences may be stretched; None for not at all.
        beside: other sounds of it.
    """
    return EpisodeRecord(
        sound=sound,
        built=built,
        tags=msgspec.structs.replace(content.tags, cover=""),
        disclosure=disclosure(*content.voices, language=content.tags.language),
        words=words_of(content.script),
        phrases=phrases_of(content.timeline),
        report=msgspec.structs.replace(report, path=Path(report.path).name),
        details=msgspec.structs.replace(content.script.details, image=""),
        origin=msgspec.structs.replace(origin, first_built=origin.first_built or built),
        rests=rests_of(content.timeline),
        elastic=elastic,
        beside=beside,
    )


def read_record(path: Path) -> EpisodeRecord:
    """Return the record in a file.

    Raises:
        OutputError: it can't be read, or is no record of this version.
    """
    try:
        record = decode_json(path.read_bytes(), EpisodeRecord)
        for day in filter(None, (record.tags.date, record.built)):
            datetime.datetime.fromisoformat(day).astimezone(datetime.UTC)
    except OSError as error:
        raise OutputError(f"can't read {path}: {error.strerror}") from error
    except (ValueError, OverflowError) as error:  # msgspec's errors are ValueErrors, and a date that is none is one
        raise OutputError(f"{path} is not a record of an episode: {error}", hint=_BUILD_AGAIN) from error
    if record.schema_version != RECORD_VERSION:
        raise OutputError(
            f"{path} has version {record.schema_version}; this audio-builder reads {RECORD_VERSION}", hint=_BUILD_AGAIN
        )
    return record


def phrases_beside(episode: Path) -> tuple[Phrase, ...]:
    """Return the phrases of an MP3 whose record lies beside it; none without a record of exactly these bytes."""
    record = record_beside(episode)
    return record.phrases if record and record.sound == sound_of(episode) else ()


_BUILD_AGAIN = "Build the episode again into this folder."
