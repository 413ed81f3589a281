"""The reports of a build and of a check: what `--json` prints, and what `build()` returns."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from audio_builder.episode.standard import Findings

SCHEMA_VERSION = 1
"""Raised when a field is renamed, removed or changes its meaning; new fields don't raise it."""


class ChapterReport(Struct, frozen=True, kw_only=True):
    """A chapter of the episode.

    Attributes:
        title: what the player shows.
        start_s: from the beginning, in seconds.
        end_s: in seconds.
    """

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
        wpm_asked: words per minute that the recipe asks for.
        wpm_measured: words per minute inside phrases, measured on the clips.
        note: what the listener or writer should know about the rate; empty where there is nothing.
    """

    name: str
    engine: str
    licence: str
    attribution: str = ""
    wpm_asked: float
    wpm_measured: float
    note: str = ""


class StageReport(Struct, frozen=True, kw_only=True):
    """What one stage of the build took.

    Attributes:
        stage: its name.
        seconds: elapsed.
    """

    stage: str
    seconds: float


class BuildReport(Struct, frozen=True, kw_only=True):
    """What was built.

    Attributes:
        schema_version: of this record.
        path: the episode.
        title: of the episode.
        duration_s: of the episode, in seconds.
        chapters: in order.
        voice: who speaks and how fast.
        clips_synthesized: phrases that an engine spoke for this build.
        clips_cached: phrases that were already there.
        speech_s: seconds of speech.
        silence_share: part of the episode without speech, 0 to 1.
        findings: what was measured on the finished file.
        stages: elapsed time of each stage, in order.
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


class CheckReport(Struct, frozen=True, kw_only=True):
    """What was measured on a file.

    Attributes:
        schema_version: of this record.
        path: the file.
        ok: whether it meets the standard.
        findings: line by line.
    """

    schema_version: int = SCHEMA_VERSION
    path: str
    ok: bool
    findings: Findings


def to_json(report: BuildReport | CheckReport) -> bytes:
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
