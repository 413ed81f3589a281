"""Any audio file against the standard for podcasts, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from audio_builder.episode.encode.audio_file import sniff
from audio_builder.episode.encode.mpeg_frames import walk
from audio_builder.episode.listening import ListeningReport
from audio_builder.episode.pictures import draw_episode
from audio_builder.episode.report import SCHEMA_VERSION, to_json
from audio_builder.episode.tag.read_tag import TagFacts, read_tag
from audio_builder.episode.verify.measure import Measurements, measure
from audio_builder.episode.verify.speech_separation import estimate_separation_db
from audio_builder.episode.verify.standard import (
    CHAPTER_SLACK_MS,
    PODCAST_LOUDNESS,
    PODCAST_TRUE_PEAK,
    SEPARATION_FROM_FILE,
    Finding,
    Findings,
    Rule,
)
from audio_builder.episode.verify.verifier import contents_findings, format_findings, sound_findings, tag_findings
from audio_builder.episode.words import PlayerChapter
from audio_builder.files import check_named, write_named
from audio_builder.progress import Progress, Step, silent

_ESTIMATED_SEPARATION = Rule(SEPARATION_FROM_FILE, "dB")


class CheckReport(Struct, frozen=True, kw_only=True):
    """What was measured on a file.

    Attributes:
        schema_version: of this record.
        path: the file.
        ok: whether it meets the standard.
        findings: line by line.
        listening: what a recogniser heard; null where nobody listened. What is heard otherwise is listed, and doesn't
            make the file fail.
    """

    schema_version: int = SCHEMA_VERSION
    path: str
    ok: bool
    findings: Findings
    listening: ListeningReport | None = None

    def as_json(self) -> str:
        """Return the report as indented JSON, without a line break at its end."""
        return to_json(self).decode().rstrip("\n")

    def lines(self) -> tuple[str, ...]:
        """Return the findings as lines for a person, those that fail marked, and the verdict at the end."""
        failed = len(self.findings.failed)
        verdict = "It meets the standard." if self.ok else f"{failed} of {len(self.findings.lines)} lines fail."
        heard = self.listening.lines() if self.listening else ()
        return (*(f"{'ok  ' if line.ok else 'FAIL'}  {line}" for line in self.findings.lines), verdict, *heard)


def check_file(
    path: Path,
    progress: Progress = silent,
    picture: Path | None = None,
    phrases_s: Sequence[tuple[float, float]] = (),
    *,
    force: bool = False,
) -> CheckReport:
    """Measure any audio file and say, line by line, what meets the standard and what doesn't.

    Args:
        path: the file.
        progress: called with the seconds measured.
        picture: where to draw its waveform, loudness and chapters as SVG; None for no picture.
        phrases_s: when each phrase begins and ends, where that is known: the background is held against them.
        force: whether the picture may replace what is there.

    Raises:
        NotAudio: it can't be read or decoded.
        EncoderError: ffmpeg can't be started.
        OutputError: the picture can't be written.
    """
    if picture is not None:
        check_named(picture, force=force)
    measured, tag, findings = _strangers(path, progress)
    apart_db = estimate_separation_db(measured.energies, phrases_s)
    if apart_db is not None:
        findings = Findings(lines=(*findings.lines, _ESTIMATED_SEPARATION.judge(apart_db)))
    if picture is not None:
        chapters = tag.chapters if tag else ()
        drawn = draw_episode(measured, chapters, (tag and tag.title) or path.name)
        write_named(picture, drawn.encode("utf-8"), force=force)
    return CheckReport(path=str(path), ok=findings.ok, findings=findings)


def _strangers(path: Path, progress: Progress) -> tuple[Measurements, TagFacts | None, Findings]:
    """Return what was measured, the tag of an MP3, and the findings."""
    kind = sniff(path)
    if kind != "mp3":
        measured = measure(path, progress=lambda done_s: progress(Step("verify", done_s, 0)))
        sound = sound_findings(measured, PODCAST_LOUDNESS, PODCAST_TRUE_PEAK)
        return measured, None, Findings(lines=(Finding("format", kind, allowed="MP3", ok=False), *sound))
    mpeg, tag = walk(path), read_tag(path)
    length_s = mpeg.frames / mpeg.rate_hz
    measured = measure(path, progress=lambda done_s: progress(Step("verify", done_s, length_s)))
    sound = sound_findings(measured, PODCAST_LOUDNESS, PODCAST_TRUE_PEAK)
    chapters = (*_contiguous_findings(tag.chapters, measured.seconds), *contents_findings(tag))
    return measured, tag, Findings(lines=(*format_findings(mpeg), *sound, *tag_findings(tag), *chapters))


def _contiguous_findings(chapters: tuple[PlayerChapter, ...], length_s: float) -> tuple[Finding, ...]:
    """Return whether a stranger's chapters cover the whole file, one after the other, each with a title."""
    if not chapters:
        return (Finding("chapters", 0.0, allowed="", ok=True),)
    problems = [f"“{chapter.title}” has no title" for chapter in chapters if not chapter.title]
    if chapters[0].start_ms != 0:
        problems.append(f"the first starts at {chapters[0].start_ms / 1000:g} s")
    for earlier, later in pairwise(chapters):
        if earlier.end_ms != later.start_ms:
            problems.append(f"“{later.title}” does not start where “{earlier.title}” ends")
    if abs(chapters[-1].end_ms - length_s * 1000) > CHAPTER_SLACK_MS:
        problems.append(f"the last ends at {chapters[-1].end_ms / 1000:g} s of {length_s:.3f} s")
    return (
        Finding("chapters", float(len(chapters)), allowed="", ok=True),
        Finding(
            "chapters cover the file",
            problems[0] if problems else "yes",
            allowed="from 0 to the end, one after the other, each with a title",
            ok=not problems,
        ),
    )
