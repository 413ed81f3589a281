"""The last gate: the delivered bytes are decoded and measured before the file gets its name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from audio_builder.episode.encode.mpeg_frames import Mpeg, walk
from audio_builder.episode.tag.read_tag import CoverFacts, TagFacts, read_tag
from audio_builder.episode.verify.measure import Measurements, measure
from audio_builder.episode.verify.speech_separation import levels
from audio_builder.episode.verify.standard import (
    BALANCE,
    BITRATES_KBPS,
    CLICKS,
    COVER_BYTES,
    COVER_SIDE_PX,
    DC_OFFSET,
    DIGITAL_SILENCE,
    LOUDEST_MOMENT,
    LOUDNESS_RANGE,
    MONO_LOSS,
    QUIETEST_PHRASE,
    SAMPLE_RATES_HZ,
    SPEECH_ABOVE_BED,
    SPEECH_ABOVE_RESTS,
    Finding,
    Findings,
    Rule,
    loudness_rule,
    true_peak_rule,
)
from audio_builder.episode.verify.streaming_verifier import StreamedMeasurements
from audio_builder.episode.words import player_chapters
from audio_builder.mix.timeline import Timeline
from audio_builder.progress import Progress, Step, silent
from audio_builder.recipe.settings import Mastering


@dataclass(frozen=True, slots=True)
class Expected:
    """What the finished file must turn out to be.

    Attributes:
        timeline: where everything is.
        mastering: loudness, true peak, rate, channels, bit rate.
        separation_db: worst second of speech above the background, measured on the two before they were
            mixed; infinite without a background.
    """

    timeline: Timeline
    mastering: Mastering
    separation_db: float


def verify(
    draft: Path, expected: Expected, progress: Progress = silent, streamed: StreamedMeasurements | None = None
) -> Findings:
    """Measure a finished draft, decoded, and hold it against what is expected.

    Args:
        draft: the MP3, tagged.
        expected: what it must be.
        progress: called with the seconds measured.
        streamed: what was measured while it was written; if the draft's sound isn't that, it is decoded again.

    Raises:
        NotAudio: the draft can't be decoded at all.
        EncoderError: ffmpeg can't be started.
    """
    timeline, mastering = expected.timeline, expected.mastering
    mpeg = walk(draft)
    if streamed is not None and streamed.is_of(draft, mpeg):
        measured = streamed.measured
    else:
        measured = measure(draft, progress=lambda done_s: progress(Step("verify", done_s, timeline.seconds)))
    tag = read_tag(draft)
    return Findings(
        lines=(
            *format_findings(mpeg),
            _recipe_finding(mpeg, mastering),
            *sound_findings(measured, loudness_rule(mastering), true_peak_rule(mastering)),
            _length_finding(mpeg, measured, timeline),
            *_level_findings(measured, expected),
            *tag_findings(tag),
            _chapter_finding(tag, timeline),
            *contents_findings(tag),
        )
    )


def _length_finding(mpeg: Mpeg, measured: Measurements, timeline: Timeline) -> Finding:
    """Return whether as many frames are there as were mixed, and a gapless player plays all of them."""
    allowed = f"exactly {timeline.frames}"
    ok = measured.frames == mpeg.frames == timeline.frames
    return Finding("frames of sound", float(measured.frames), allowed=allowed, ok=ok)


def _recipe_finding(mpeg: Mpeg, mastering: Mastering) -> Finding:
    """Return whether rate, channels and bit rate are the recipe's: a standard file can still be another one."""
    wanted = (mastering.bitrate_kbps, mastering.sample_rate_hz, mastering.channels)
    found = (mpeg.bitrates_kbps[-1], mpeg.rate_hz, mpeg.channels)
    return Finding("made as ordered", _described(*found), allowed=_described(*wanted), ok=found == wanted)


def _described(bitrate_kbps: int, rate_hz: int, channels: int) -> str:
    return f"{bitrate_kbps} kbps, {rate_hz} Hz, {'mono' if channels == 1 else 'stereo'}"


def _level_findings(measured: Measurements, expected: Expected) -> tuple[Finding, ...]:
    found = levels(measured.energies, expected.timeline)
    if found is None:
        return ()
    separation = SPEECH_ABOVE_BED.judge(expected.separation_db)
    if expected.separation_db == math.inf:
        separation = Finding(SPEECH_ABOVE_BED.name, "no background", allowed=SPEECH_ABOVE_BED.allowed, ok=True)
    return (
        separation,
        SPEECH_ABOVE_RESTS.judge(found.rest_below_speech_db),
        QUIETEST_PHRASE.judge(found.quietest_phrase_dbfs),
    )


def _chapter_finding(tag: TagFacts, timeline: Timeline) -> Finding:
    expected = player_chapters(timeline)
    problem = ""
    for number, (is_, should) in enumerate(zip(tag.chapters, expected, strict=False), start=1):
        if is_ != should and not problem:
            problem = f"chapter {number} is {is_.start_ms}–{is_.end_ms} ms “{is_.title}”"
    if len(tag.chapters) != len(expected):
        problem = f"{len(tag.chapters)} chapters"
    return Finding(
        "chapters",
        problem or f"{len(expected)}, where their sound is",
        allowed=f"the timeline's {len(expected)}, to the millisecond",
        ok=not problem,
    )


def format_findings(mpeg: Mpeg) -> tuple[Finding, ...]:
    """Return what the MP3's own frames show."""
    low, high = BITRATES_KBPS.get(mpeg.channels, (64, 256))
    kbps = mpeg.bitrates_kbps
    constant = len(kbps) == 1
    rates = " or ".join(map(str, SAMPLE_RATES_HZ))
    promised = "all of it" if mpeg.promised_frames is None else f"all {mpeg.promised_frames} frames"
    return (
        Finding("format", "MP3", allowed="MP3", ok=True),
        Finding("bit rate mode", "constant" if constant else "variable", allowed="constant", ok=constant),
        Finding(
            "bit rate",
            float(kbps[0]) if constant else f"{kbps[0]} to {kbps[-1]}",
            unit="kbps",
            allowed=f"{low} to {high} kbps for {mpeg.channels} channel" + "s" * (mpeg.channels > 1),
            ok=low <= kbps[0] and kbps[-1] <= high,
        ),
        Finding(
            "sample rate", float(mpeg.rate_hz), unit="Hz", allowed=f"{rates} Hz", ok=mpeg.rate_hz in SAMPLE_RATES_HZ
        ),
        Finding("channels", float(mpeg.channels), allowed="1 or 2", ok=mpeg.channels in {1, 2}),
        Finding("gapless header", "yes" if mpeg.gapless else "no", allowed="yes", ok=mpeg.gapless),
        Finding("complete", _completeness(mpeg), allowed=promised, ok=mpeg.whole),
        Finding("old tags", ", ".join(mpeg.old_tags) or "none", allowed="none", ok=not mpeg.old_tags),
    )


def sound_findings(measured: Measurements, loudness: Rule, true_peak: Rule) -> tuple[Finding, ...]:
    """Return what the decoded sound shows."""
    stereo: tuple[Finding, ...] = ()
    if measured.channels > 1:
        stereo = (BALANCE.judge(measured.left_over_right_db), MONO_LOSS.judge(measured.lost_in_mono_db))
    complaint = measured.complaints[0] if measured.complaints else "no errors"
    return (
        Finding("decoding", complaint, allowed="no errors", ok=not measured.complaints),
        Finding("length", round(measured.seconds, 3), unit="s", allowed="more than 0 s", ok=measured.frames > 0),
        loudness.judge(measured.integrated_lufs),
        true_peak.judge(measured.true_peak_dbtp),
        LOUDNESS_RANGE.judge(measured.loudness_range_lu),
        LOUDEST_MOMENT.judge(measured.loudest_moment_lufs),
        DC_OFFSET.judge(measured.dc_percent),
        DIGITAL_SILENCE.judge(measured.longest_silence_s),
        CLICKS.judge(float(measured.clicks)),
        *stereo,
    )


def tag_findings(tag: TagFacts) -> tuple[Finding, ...]:
    """Return what the tag shows, chapters apart."""
    version = f"ID3v{tag.version}" if tag.version else "none"
    return (
        Finding("tag", version, allowed="ID3v2.3 or ID3v2.4", ok=tag.version in {"2.3", "2.4"}),
        Finding("title", tag.title or "none", allowed="a title", ok=bool(tag.title)),
        Finding("show", tag.show or "none", allowed="the name of a show", ok=bool(tag.show)),
        _cover(tag.cover),
    )


def contents_findings(tag: TagFacts) -> tuple[Finding, ...]:
    """Return what players need to show chapters at all; nothing for a file without chapters."""
    if not tag.chapters:
        return ()
    complete = tag.contents_complete and tag.contents_ordered
    state = "complete and in order" if complete else "not complete or not in order"
    return (
        Finding("tables of contents", float(tag.contents), allowed="1", ok=tag.contents == 1),
        Finding("table of contents", state, allowed="complete and in order", ok=complete),
        Finding(
            "title of the table of contents",
            tag.contents_title or "none",
            allowed="a title, or some players hide the chapters",
            ok=bool(tag.contents_title),
        ),
    )


def _completeness(mpeg: Mpeg) -> str:
    if mpeg.cut_short:
        return "the last frame is cut off"
    if mpeg.promised_frames is not None and mpeg.promised_frames != mpeg.mpeg_frames:
        return f"{mpeg.mpeg_frames} of {mpeg.promised_frames} frames"
    if mpeg.stray_bytes:
        return f"{mpeg.stray_bytes} bytes belong to no frame"
    return "yes"


def _cover(cover: CoverFacts | None) -> Finding:
    low, high = COVER_SIDE_PX
    allowed = f"square, {low} to {high} px, JPEG or PNG, RGB, at most {COVER_BYTES // 1024} KB"
    if cover is None:
        return Finding("cover", "none", allowed=allowed, ok=False)
    kilobytes = -(-cover.size_bytes // 1024)
    found = f"{cover.width} × {cover.height} px, {cover.kind or 'unknown'}, {cover.mode or 'unknown'}, {kilobytes} KB"
    square = cover.width == cover.height and low <= cover.width <= high
    ok = square and bool(cover.kind) and cover.mode == "RGB" and cover.size_bytes <= COVER_BYTES
    return Finding("cover", found, allowed=allowed, ok=ok)
