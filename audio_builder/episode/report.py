"""The report of a build: what `--json` prints, and what `build()` returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from audio_builder.episode.listening import ListeningReport, listening_of
from audio_builder.episode.verify.standard import BACKGROUND, LOUDNESS, SEPARATION, TRUE_PEAK, Findings
from audio_builder.episode.words import player_chapters
from audio_builder.narration.clip import Narration, measured_wpm
from audio_builder.recipe.settings import Recipe
from audio_builder.script.estimate import clock
from audio_builder.script.phrases import unit_of
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.languages import in_language
from audio_builder.voices.profile import VoiceProfile

if TYPE_CHECKING:
    from audio_builder.episode.elastic import Elastic
    from audio_builder.episode.naming import Place
    from audio_builder.episode.tag.write_tag import TagContent
    from audio_builder.mix.fit_duration import TimedScript

SCHEMA_VERSION = 1
"""Raised when a field is renamed, removed or changes its meaning; new fields don't raise it."""


class ChapterReport(Struct, frozen=True, kw_only=True):
    """A chapter of the episode."""

    title: str
    start_s: float
    end_s: float


class VoiceReport(Struct, frozen=True, kw_only=True):
    """The voice that speaks.

    Attributes:
        name: as in its profile.
        engine: name of the engine.
        licence: SPDX identifier of the voice.
        attribution: whom to credit, or empty.
        language: BCP 47 tag of what it speaks; two characters of Japanese or Chinese count as a word.
        wpm_asked: words per minute that the recipe asks for.
        wpm_measured: words per minute inside phrases, measured on the clips.
        note: what the listener or writer should know about the rate; empty where there is nothing.
    """

    name: str
    engine: str
    licence: str
    attribution: str = ""
    language: str = ""
    wpm_asked: float
    wpm_measured: float
    note: str = ""


class DurationReport(Struct, frozen=True, kw_only=True):
    """How a wanted duration was met.

    Attributes:
        asked_s: in seconds; the episode is exactly so long.
        pauses_scale: what the rules' pauses were multiplied by.
        wpm: words per minute that the voice was asked for in the end.
    """

    asked_s: float
    pauses_scale: float
    wpm: float

    def answer(self) -> str:
        """Return it as a line for a person."""
        percent = round(abs(self.pauses_scale - 1) * 100)
        change = f"{percent} % {'longer' if self.pauses_scale > 1 else 'shorter'}" if percent else "as they were"
        return f"Length {clock(self.asked_s)} as you asked; pauses {change}."


class StageReport(Struct, frozen=True, kw_only=True):
    """What one stage of the build took."""

    stage: str
    seconds: float


class TwinReport(Struct, frozen=True, kw_only=True):
    """The twin of an episode that has the voice alone."""

    path: str
    findings: Findings


class LengthReport(Struct, frozen=True, kw_only=True):
    """The same episode in another length."""

    path: str
    duration_s: float
    findings: Findings


class BuildReport(Struct, frozen=True, kw_only=True):
    """What was built.

    Attributes:
        schema_version: of this record.
        path: the episode.
        title: of the episode.
        duration_s: of the episode, in seconds.
        chapters: in order.
        voice: who speaks and how fast.
        other_voices: who speaks some of the phrases, in the order of their first words.
        clips_synthesized: phrases that an engine spoke for this build.
        clips_cached: phrases that were already there.
        speech_s: seconds of speech.
        silence_share: part of the episode without speech, 0 to 1.
        findings: what was measured on the finished file.
        stages: elapsed time of each stage, in order.
        duration: how a wanted duration was met; null where none was asked.
        voice_only: the twin with the voice alone; null where none was asked.
        clips_tried: phrases that were spoken besides, at a setting that turned out to miss the rate.
        text_factors: by voice, how much longer a word of this text takes it than one of the calibration text; the next
            build of the same text begins with them.
        note: what there is to say of the file's name; empty where it is the expected one.
        lengths: the same in other lengths, beside it.
        listening: what a recogniser heard in the clips; null where nobody listened.
    """

    schema_version: int = SCHEMA_VERSION
    path: str
    title: str
    duration_s: float
    chapters: tuple[ChapterReport, ...]
    voice: VoiceReport
    clips_synthesized: int
    clips_cached: int
    speech_s: float
    silence_share: float
    findings: Findings
    stages: tuple[StageReport, ...] = ()
    duration: DurationReport | None = None
    voice_only: TwinReport | None = None
    other_voices: tuple[VoiceReport, ...] = ()
    clips_tried: int = 0
    text_factors: dict[str, float] = {}
    note: str = ""
    lengths: tuple[LengthReport, ...] = ()
    listening: ListeningReport | None = None

    def as_json(self) -> str:
        """Return the report as indented JSON, without a line break at its end."""
        return to_json(self).decode().rstrip("\n")

    def outcome(self) -> str:
        """Return what a person wants to know at the end of a build: length, chapters and silence."""
        chapters = f"{len(self.chapters)} chapter" + "s" * (len(self.chapters) != 1)
        return f"{clock(self.duration_s)}, {chapters}, {round(self.silence_share * 100)} % silence"

    def warnings(self) -> tuple[str, ...]:
        """Return what a person should know who looks no further, a line each: it wasn't known before speaking."""
        findings = (str(line.value) for line in self.findings.lines if line.name == BACKGROUND)
        return tuple(note for note in (self.voice.note, *findings) if note)

    def answers(self) -> tuple[str, ...]:
        """Return what became of that which was asked for besides the episode, a line each."""
        return (
            *((self.duration.answer(),) if self.duration else ()),
            *((f"The voice alone, at the same times: {self.voice_only.path}",) if self.voice_only else ()),
            *(f"The same, {clock(length.duration_s)} long: {length.path}" for length in self.lengths),
            *(self.listening.lines() if self.listening else ()),
        )

    def details(self) -> tuple[str, ...]:
        """Return what was spoken and measured, in a few lines."""
        per_word, noun = unit_of(self.voice.language)
        voice = f"voice {self.voice.name} at {self.voice.wpm_measured * per_word:.0f} {noun}s per minute"
        for other in self.other_voices:
            voice += f", {other.name} at {other.wpm_measured:.0f}"
        phrases = f"phrases: {self.clips_synthesized} spoken now, {self.clips_cached} from the cache"
        phrases += f"; {self.clips_tried} more missed the rate and aren't used" if self.clips_tried else ""
        found = {line.name: str(line) for line in self.findings.lines}
        measured = (found[name] for name in (LOUDNESS, TRUE_PEAK, SEPARATION) if name in found)
        return (f"{voice}; {phrases}", *measured)


@dataclass(frozen=True, slots=True)
class Mix:
    """What an episode of one length is made of.

    Attributes:
        content: what its tag says, and the timeline that is rendered.
        recipe: its tags resolved, at the speaking rate that was used.
    """

    content: TagContent
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class SoundsBeside:
    """What was put beside an episode.

    Attributes:
        twin: the voice alone; None where it isn't wanted.
        elastic: how its silences may be stretched; None where that isn't wanted.
        lengths: the same in other lengths.
    """

    twin: TwinReport | None = None
    elastic: Elastic | None = None
    lengths: tuple[LengthReport, ...] = ()


def report_on(
    place: Place,
    mix: Mix,
    timed: TimedScript,
    findings: Findings,
    beside: SoundsBeside = SoundsBeside(),
    *,
    laps: Iterable[tuple[str, float]] = (),
) -> BuildReport:
    """Return the report on an episode.

    Args:
        place: where it is, and what there is to say of its name.
        mix: of the episode.
        timed: for the clips, the measured rate, and how a wanted duration was met.
        findings: from `verify`.
        laps: what each stage took, in seconds.
        beside: what lies beside it.

    Raises:
        VoiceError: the recipe's voice is unknown by now.
    """
    narration, recipe, timeline = timed.narration, mix.recipe, mix.content.timeline
    narrator, *others = (
        _voice_report(in_language(find_voice(name or recipe.voice), recipe.tags.language), name, recipe, narration)
        for name in dict.fromkeys(["", *(clip.voice for clip in narration.clips)])
    )
    speech_s = sum(clip.speech_s for clip in narration.clips)
    return BuildReport(
        path=str(place.path),
        note=place.note,
        lengths=beside.lengths,
        title=recipe.tags.title,
        duration_s=timeline.seconds,
        chapters=tuple(
            ChapterReport(title=chapter.title, start_s=chapter.start_ms / 1000, end_s=chapter.end_ms / 1000)
            for chapter in player_chapters(timeline)
        ),
        voice=narrator,
        other_voices=tuple(others),
        clips_synthesized=narration.synthesized,
        clips_cached=narration.cached,
        clips_tried=narration.tried,
        text_factors=dict(narration.text_factors),
        speech_s=speech_s,
        silence_share=1 - speech_s / timeline.seconds if timeline.frames else 0.0,
        findings=findings,
        stages=tuple(StageReport(stage=stage, seconds=seconds) for stage, seconds in laps),
        duration=_duration_report(timed, recipe),
        voice_only=beside.twin,
        listening=listening_of(timeline),
    )


def _duration_report(timed: TimedScript, recipe: Recipe) -> DurationReport | None:
    """Return how the duration was met; None where the recipe asks for none."""
    if timed.pauses_scale is None:
        return None
    return DurationReport(asked_s=recipe.pacing.duration_s, pauses_scale=timed.pauses_scale, wpm=timed.wpm)


def _voice_report(profile: VoiceProfile, part: str, recipe: Recipe, narration: Narration) -> VoiceReport:
    """Return the report on one voice; `part` is what its clips have as their voice, empty for the narrator."""
    whole = tuple(clip for clip in narration.clips if clip.voice == part)
    own = tuple(clip for clip in whole if not clip.say.slower) or whole
    return VoiceReport(
        name=profile.name,
        engine=profile.engine,
        licence=profile.licence,
        attribution=profile.attribution,
        language=profile.language,
        wpm_asked=recipe.pacing.wpm,
        wpm_measured=narration.wpm if len(own) == len(narration.clips) else measured_wpm(own),
        note="" if part else narration.rate_note,
    )


def to_json(report: Struct) -> bytes:
    """Return a report as indented UTF-8 JSON that ends in a line break; numbers keep at most 3 decimals."""
    return msgspec.json.format(msgspec.json.encode(_rounded(msgspec.to_builtins(report))), indent=2) + b"\n"


def _rounded(value: object) -> object:
    """Return a tree of builtins with every float rounded to 3 decimals."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    if isinstance(value, str):
        # A path may hold lone surrogates, which JSON in UTF-8 can't.
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value
