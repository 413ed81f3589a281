"""The last gate: the delivered bytes are decoded and measured before the file gets its name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio_builder.episode.encoding.audio_file import sniff
from audio_builder.episode.encoding.mpeg import Mpeg, walk
from audio_builder.episode.picture import draw
from audio_builder.episode.report import CheckReport
from audio_builder.episode.tagging.chapters import player_chapters
from audio_builder.episode.tagging.tag_facts import TagFacts, read_tag
from audio_builder.episode.verification.findings import (
    contents_findings,
    contiguous_findings,
    format_findings,
    sound_findings,
    tag_findings,
)
from audio_builder.episode.verification.listener import Heard
from audio_builder.episode.verification.measure import Measurements, measure
from audio_builder.episode.verification.separation import levels, separation_db
from audio_builder.episode.verification.standard import (
    PODCAST_LOUDNESS,
    PODCAST_TRUE_PEAK,
    QUIETEST_PHRASE,
    SEPARATION_TOLD,
    SPEECH_ABOVE_BED,
    SPEECH_ABOVE_RESTS,
    Finding,
    Findings,
    Rule,
    fact,
    loudness_rule,
    true_peak_rule,
)
from audio_builder.files import write_bytes
from audio_builder.mix.timeline import Timeline
from audio_builder.progress import Progress, Step, silent
from audio_builder.recipe.settings import Mastering

_TOLD = Rule(SEPARATION_TOLD, "dB")


@dataclass(frozen=True, slots=True)
class Promise:
    """What the finished file must turn out to be.

    Attributes:
        timeline: where everything is.
        mastering: loudness, true peak, rate, channels, bit rate.
        stems_separation_db: worst second of speech above the background, measured on the two before
            they were mixed, if the mix knows it (infinite without a background): then this is judged, and the
            figure told from the decoded mix stands beside it.
    """

    timeline: Timeline
    mastering: Mastering
    stems_separation_db: float | None = None


def verify(draft: Path, promise: Promise, progress: Progress = silent, heard: Heard | None = None) -> Findings:
    """Measure a finished draft, decoded, and hold it against what was promised.

    Args:
        draft: the MP3, tagged.
        promise: what it must be.
        progress: told the seconds measured.
        heard: what was measured while it was written; if the draft's sound isn't that, it is decoded again.

    Raises:
        NotAudio: the draft can't be decoded at all.
        EncoderError: ffmpeg can't be started.
    """
    timeline, mastering = promise.timeline, promise.mastering
    mpeg = walk(draft)
    if heard is not None and heard.is_of(draft, mpeg):
        measured = heard.measured
    else:
        measured = measure(draft, progress=lambda done_s: progress(Step("verify", done_s, timeline.seconds)))
    tag = read_tag(draft)
    return Findings(
        lines=(
            *format_findings(mpeg),
            *_as_ordered(mpeg.bitrates_kbps[-1], measured, mastering),
            *sound_findings(measured, loudness_rule(mastering), true_peak_rule(mastering)),
            _length_finding(mpeg, measured, timeline),
            *_level_findings(measured, promise),
            *tag_findings(tag),
            *_chapter_findings(tag, timeline),
            *contents_findings(tag),
        )
    )


def check_file(
    path: Path,
    progress: Progress = silent,
    picture: Path | None = None,
    phrases_s: Sequence[tuple[float, float]] = (),
) -> CheckReport:
    """Measure any audio file and say, line by line, what meets the standard and what doesn't.

    Args:
        path: the file.
        progress: told the seconds measured.
        picture: where to draw its waveform, loudness and chapters as SVG; None for no picture.
        phrases_s: when each phrase begins and ends, where that is known: the background is held against them.

    Raises:
        NotAudio: it can't be read or decoded.
        EncoderError: ffmpeg can't be started.
        OutputError: the picture can't be written.
    """
    measured, tag, findings = _strangers(path, progress)
    apart_db = separation_db(measured.energies, phrases_s)
    if apart_db is not None:
        findings = Findings(lines=(*findings.lines, _TOLD.judge(apart_db)))
    if picture is not None:
        chapters = tag.chapters if tag else ()
        write_bytes(picture, draw(measured, chapters, (tag and tag.title) or path.name).encode("utf-8"))
    return CheckReport(path=str(path), ok=findings.ok, findings=findings)


def _strangers(path: Path, progress: Progress) -> tuple[Measurements, TagFacts | None, Findings]:
    """Return what was measured, the tag of an MP3, and the findings."""
    kind = sniff(path)
    if kind != "mp3":
        measured = measure(path, progress=lambda done_s: progress(Step("verify", done_s, 0)))
        sound = sound_findings(measured, PODCAST_LOUDNESS, PODCAST_TRUE_PEAK)
        return measured, None, Findings(lines=(fact("format", kind, allowed="MP3", ok=False), *sound))
    mpeg, tag = walk(path), read_tag(path)
    length_s = mpeg.frames / mpeg.rate_hz
    measured = measure(path, progress=lambda done_s: progress(Step("verify", done_s, length_s)))
    sound = sound_findings(measured, PODCAST_LOUDNESS, PODCAST_TRUE_PEAK)
    chapters = (*contiguous_findings(tag.chapters, measured.seconds), *contents_findings(tag))
    return measured, tag, Findings(lines=(*format_findings(mpeg), *sound, *tag_findings(tag), *chapters))


def _length_finding(mpeg: Mpeg, measured: Measurements, timeline: Timeline) -> Finding:
    """Return whether as many frames are there as were mixed, and a gapless player plays all of them."""
    allowed = f"exactly {timeline.frames}"
    ok = measured.frames == mpeg.frames == timeline.frames
    return fact("frames of sound", float(measured.frames), allowed=allowed, ok=ok)


def _as_ordered(bitrate_kbps: int, measured: Measurements, mastering: Mastering) -> tuple[Finding, ...]:
    """Return whether rate, channels and bit rate are the recipe's: a standard file can still be another one."""
    ordered = (mastering.bitrate_kbps, mastering.sample_rate_hz, mastering.channels)
    found = (bitrate_kbps, measured.rate_hz, measured.channels)
    return (fact("made as ordered", _order(*found), allowed=_order(*ordered), ok=found == ordered),)


def _order(bitrate_kbps: int, rate_hz: int, channels: int) -> str:
    return f"{bitrate_kbps} kbps, {rate_hz} Hz, {'mono' if channels == 1 else 'stereo'}"


def _level_findings(measured: Measurements, promise: Promise) -> tuple[Finding, ...]:
    found = levels(measured.energies, promise.timeline)
    if found is None:
        return ()
    stems_db = promise.stems_separation_db
    if stems_db is None:
        separation: tuple[Finding, ...] = (SPEECH_ABOVE_BED.judge(found.worst_separation_db),)
    elif stems_db == math.inf:
        separation = (fact(SPEECH_ABOVE_BED.name, "no background", allowed=SPEECH_ABOVE_BED.allowed, ok=True),)
    else:
        separation = (SPEECH_ABOVE_BED.judge(stems_db), _TOLD.judge(found.worst_separation_db))
    return (
        *separation,
        SPEECH_ABOVE_RESTS.judge(found.rest_below_speech_db),
        QUIETEST_PHRASE.judge(found.quietest_phrase_dbfs),
    )


def _chapter_findings(tag: TagFacts, timeline: Timeline) -> tuple[Finding, ...]:
    expected = player_chapters(timeline)
    problem = ""
    for number, (is_, should) in enumerate(zip(tag.chapters, expected, strict=False), start=1):
        if is_ != should and not problem:
            problem = f"chapter {number} is {is_.start_ms}–{is_.end_ms} ms “{is_.title}”"
    if len(tag.chapters) != len(expected):
        problem = f"{len(tag.chapters)} chapters"
    return (
        fact(
            "chapters",
            problem or f"{len(expected)}, where their sound is",
            allowed=f"the timeline's {len(expected)}, to the millisecond",
            ok=not problem,
        ),
    )
