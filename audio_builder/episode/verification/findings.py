"""From facts to findings: each line is one thing a person may want to know about a file."""

from __future__ import annotations

from itertools import pairwise

from audio_builder.episode.encoding.mpeg import Mpeg
from audio_builder.episode.tagging.chapters import PlayerChapter
from audio_builder.episode.tagging.tag_facts import CoverFacts, TagFacts
from audio_builder.episode.verification.measure import Measurements
from audio_builder.episode.verification.standard import (
    BALANCE,
    BITRATES_KBPS,
    CHAPTER_SLACK_MS,
    CLICKS,
    COVER_BYTES,
    COVER_SIDE_PX,
    DC_OFFSET,
    DIGITAL_SILENCE,
    LOUDEST_MOMENT,
    LOUDNESS_RANGE,
    MONO_LOSS,
    SAMPLE_RATES_HZ,
    Finding,
    Rule,
    fact,
)


def format_findings(mpeg: Mpeg) -> tuple[Finding, ...]:
    """Return what the MP3's own frames tell."""
    low, high = BITRATES_KBPS.get(mpeg.channels, (64, 256))
    kbps = mpeg.bitrates_kbps
    constant = len(kbps) == 1
    rates = " or ".join(map(str, SAMPLE_RATES_HZ))
    promised = "all of it" if mpeg.promised_frames is None else f"all {mpeg.promised_frames} frames"
    return (
        fact("format", "MP3", allowed="MP3", ok=True),
        fact("bit rate mode", "constant" if constant else "variable", allowed="constant", ok=constant),
        fact(
            "bit rate",
            float(kbps[0]) if constant else f"{kbps[0]} to {kbps[-1]}",
            unit="kbps",
            allowed=f"{low} to {high} kbps for {mpeg.channels} channel" + "s" * (mpeg.channels > 1),
            ok=low <= kbps[0] and kbps[-1] <= high,
        ),
        fact("sample rate", float(mpeg.rate_hz), unit="Hz", allowed=f"{rates} Hz", ok=mpeg.rate_hz in SAMPLE_RATES_HZ),
        fact("channels", float(mpeg.channels), allowed="1 or 2", ok=mpeg.channels in {1, 2}),
        fact("gapless header", "yes" if mpeg.gapless else "no", allowed="yes", ok=mpeg.gapless),
        fact("complete", _completeness(mpeg), allowed=promised, ok=mpeg.whole),
        fact("old tags", ", ".join(mpeg.old_tags) or "none", allowed="none", ok=not mpeg.old_tags),
    )


def sound_findings(measured: Measurements, loudness: Rule, true_peak: Rule) -> tuple[Finding, ...]:
    """Return what the decoded sound tells."""
    stereo: tuple[Finding, ...] = ()
    if measured.channels > 1:
        stereo = (BALANCE.judge(measured.left_over_right_db), MONO_LOSS.judge(measured.lost_in_mono_db))
    complaint = measured.complaints[0] if measured.complaints else "no errors"
    return (
        fact("decoding", complaint, allowed="no errors", ok=not measured.complaints),
        fact("length", round(measured.seconds, 3), unit="s", allowed="more than 0 s", ok=measured.frames > 0),
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
    """Return what the tag tells, chapters apart."""
    version = f"ID3v{tag.version}" if tag.version else "none"
    return (
        fact("tag", version, allowed="ID3v2.3 or ID3v2.4", ok=tag.version in {"2.3", "2.4"}),
        fact("title", tag.title or "none", allowed="a title", ok=bool(tag.title)),
        fact("show", tag.show or "none", allowed="the name of a show", ok=bool(tag.show)),
        _cover(tag.cover),
    )


def contents_findings(tag: TagFacts) -> tuple[Finding, ...]:
    """Return what players need to show chapters at all; nothing for a file without chapters."""
    if not tag.chapters:
        return ()
    complete = tag.contents_complete and tag.contents_ordered
    state = "complete and in order" if complete else "not complete or not in order"
    return (
        fact("tables of contents", float(tag.contents), allowed="1", ok=tag.contents == 1),
        fact("table of contents", state, allowed="complete and in order", ok=complete),
        fact(
            "title of the table of contents",
            tag.contents_title or "none",
            allowed="a title, or some players hide the chapters",
            ok=bool(tag.contents_title),
        ),
    )


def contiguous_findings(chapters: tuple[PlayerChapter, ...], length_s: float) -> tuple[Finding, ...]:
    """Return whether a stranger's chapters cover the whole file, one after the other, each with a title."""
    if not chapters:
        return (fact("chapters", 0.0, allowed="", ok=True),)
    problems = [f"“{chapter.title}” has no title" for chapter in chapters if not chapter.title]
    if chapters[0].start_ms != 0:
        problems.append(f"the first starts at {chapters[0].start_ms / 1000:g} s")
    for earlier, later in pairwise(chapters):
        if earlier.end_ms != later.start_ms:
            problems.append(f"“{later.title}” does not start where “{earlier.title}” ends")
    if abs(chapters[-1].end_ms - length_s * 1000) > CHAPTER_SLACK_MS:
        problems.append(f"the last ends at {chapters[-1].end_ms / 1000:g} s of {length_s:.3f} s")
    return (
        fact("chapters", float(len(chapters)), allowed="", ok=True),
        fact(
            "chapters cover the file",
            problems[0] if problems else "yes",
            allowed="from 0 to the end, one after the other, each with a title",
            ok=not problems,
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
        return fact("cover", "none", allowed=allowed, ok=False)
    kilobytes = -(-cover.size_bytes // 1024)
    found = f"{cover.width} × {cover.height} px, {cover.kind or 'unknown'}, {cover.mode or 'unknown'}, {kilobytes} KB"
    square = cover.width == cover.height and low <= cover.width <= high
    ok = square and bool(cover.kind) and cover.mode == "RGB" and cover.size_bytes <= COVER_BYTES
    return fact("cover", found, allowed=allowed, ok=ok)
