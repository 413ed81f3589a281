"""Findings and reports: plain sentences for people, a versioned schema for programs."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from audio_builder.audio.samples import AudioSegment
from audio_builder.episode.check_file import CheckReport
from audio_builder.episode.naming import Origin, Place
from audio_builder.episode.report import (
    BuildReport,
    ChapterReport,
    Mix,
    StageReport,
    VoiceReport,
    report_on,
    to_json,
)
from audio_builder.episode.tag.write_tag import TagContent
from audio_builder.episode.verify.standard import Finding, Findings, Rule, loudness_rule, true_peak_rule
from audio_builder.mix.fit_duration import TimedScript
from audio_builder.mix.timeline import Chapter, PlacedClip, Timeline
from audio_builder.narration.clip import Clip, Narration
from audio_builder.recipe.settings import Mastering, Recipe, Tags
from audio_builder.script.cues import Role, Say, Script

LOUDNESS = Rule("loudness", "LUFS", -16.5, -15.5, 2)


@pytest.mark.parametrize(
    ("value", "ok", "sentence"),
    [
        (-16.234, True, "loudness: -16.23 LUFS (allowed: -16.5 to -15.5 LUFS)"),
        (-16.504, True, "loudness: -16.5 LUFS (allowed: -16.5 to -15.5 LUFS)"),
        (-16.506, False, "loudness: -16.51 LUFS (allowed: -16.5 to -15.5 LUFS)"),
        (-15.49, False, "loudness: -15.49 LUFS (allowed: -16.5 to -15.5 LUFS)"),
        (-math.inf, False, "loudness: silent (allowed: -16.5 to -15.5 LUFS)"),
    ],
)
def test_what_is_read_is_what_is_judged(value: float, ok: bool, sentence: str) -> None:
    """The rounded number decides, so that no line says -16.5 and fails at -16.5."""
    found = LOUDNESS.judge(value)
    assert (found.ok, str(found)) == (ok, sentence)


def test_bounds_are_said_in_words() -> None:
    """At least, at most, from to, exactly, or nothing."""
    assert Rule("a", "dB", 20, None).allowed == "at least 20 dB"
    assert Rule("a", "dBTP", None, -1.0).allowed == "at most -1 dBTP"
    assert Rule("a", "", 2, 2).allowed == "2"
    assert str(Rule("a", "s").judge(3.21)) == "a: 3.2 s"
    assert Rule("a", "s").judge(math.inf).ok


def test_bounds_come_from_the_recipe() -> None:
    """-16.0 ± 0.5 LUFS and at most -1.0 dBTP by default."""
    assert loudness_rule(Mastering()).allowed == "-16.5 to -15.5 LUFS"
    assert true_peak_rule(Mastering()).allowed == "at most -1 dBTP"


def test_large_numbers_are_not_written_as_powers() -> None:
    """26,460,000 frames are not 2.646e+07."""
    assert str(Finding("frames", 26_460_000.0, allowed="", ok=True)) == "frames: 26460000"


def test_findings_know_what_failed() -> None:
    """One bad line is enough."""
    good, bad = Finding(name="a", value=1.0), Finding(name="b", value="no", ok=False)
    assert Findings(lines=(good,)).ok
    assert not Findings(lines=(good, bad)).ok
    assert Findings(lines=(good, bad)).failed == (bad,)


def report() -> BuildReport:
    return BuildReport(
        path="output/evening.mp3",
        title="Evening \ud83d",
        duration_s=312.123456,
        chapters=(ChapterReport(title="One", start_s=0.0, end_s=312.123456),),
        voice=VoiceReport(name="joe", engine="piper", licence="CC0-1.0", wpm_asked=125, wpm_measured=126.04999),
        clips_synthesized=0,
        clips_cached=67,
        speech_s=170.5,
        silence_share=0.453719,
        findings=Findings(lines=(LOUDNESS.judge(-16.1),)),
        stages=(StageReport(stage="read", seconds=0.01234567),),
    )


def test_a_report_is_json_with_a_version_and_round_numbers() -> None:
    """Programs find the version first, and no number with fifteen digits."""
    found = json.loads(to_json(report()))
    assert list(found)[:2] == ["schema_version", "path"]
    assert found["schema_version"] == 1
    assert found["duration_s"] == 312.123
    assert found["silence_share"] == 0.454
    assert found["voice"]["wpm_measured"] == 126.05
    assert found["stages"] == [{"stage": "read", "seconds": 0.012}]
    assert found["findings"]["lines"][0] == {
        "name": "loudness",
        "value": -16.1,
        "unit": "LUFS",
        "allowed": "-16.5 to -15.5 LUFS",
        "ok": True,
    }
    assert found["title"] == "Evening \\ud83d"


def test_a_report_is_readable_text() -> None:
    """Indented, UTF-8, ends in a line break."""
    content = to_json(CheckReport(path="ü.mp3", ok=True, findings=Findings(lines=())))
    assert content.startswith(b'{\n  "schema_version": 1,\n')
    assert content.endswith(b"}\n")
    assert "ü.mp3" in content.decode("utf-8")


def clip(frames: int) -> Clip:
    def load(_key: str) -> AudioSegment:
        raise AssertionError("a report must not load clips")

    return Clip(Say("Words.", Role.PROSE), "0" * 64, frames, 44100, 4410, 4410, load)


def test_a_report_tells_what_was_built(tmp_path: Path) -> None:
    """Chapters, speech and silence from the timeline and the clips; the voice from its profile."""
    clips = (clip(5 * 44100 + 8820), clip(3 * 44100 + 8820))
    narration = Narration(clips, 44100, synthesized=1, wpm=126.4, rate_note="A note.")
    placed = (PlacedClip(clips[0], 0), PlacedClip(clips[1], 300_000))
    lines = Timeline(44100, 882_000, placed, (), (Chapter("One", 0, 441_000), Chapter("Two", 441_000, 882_000)))
    recipe = Recipe(voice="lark", tags=Tags(title="Evening"))
    timed = TimedScript(Script("Evening", "", "", "en", "", "gentle", ()), narration, 125.0)
    place = Place(tmp_path / "evening.mp3", Origin(), "It is called so.")
    content = TagContent(recipe.tags, timed.script, lines, (), b"", "")
    found = report_on(place, Mix(content, recipe), timed, Findings(lines=(LOUDNESS.judge(-16.1),)))
    assert (found.duration_s, found.speech_s, found.silence_share) == (20.0, 8.0, 0.6)
    assert [(item.title, item.start_s, item.end_s) for item in found.chapters] == [("One", 0, 10), ("Two", 10, 20)]
    assert (found.voice.name, found.voice.engine, found.voice.licence) == ("lark", "hibari", "Apache-2.0")
    assert found.outcome() == "0:20, 2 chapters, 60 % silence"
    assert found.details() == (
        "voice lark at 126 words per minute; phrases: 1 spoken now, 1 from the cache",
        "loudness: -16.1 LUFS (allowed: -16.5 to -15.5 LUFS)",
    )
    assert found.warnings() == ("A note.",)
    assert found.note == "It is called so."
    assert json.loads(found.as_json())["voice"]["note"] == "A note."


def test_a_check_is_lines_and_a_verdict() -> None:
    """What fails is marked, and counted at the end."""
    good, bad = Finding(name="a", value=1.0, unit="s"), Finding(name="b", value="no", allowed="yes", ok=False)
    failing = CheckReport(path="a.mp3", ok=False, findings=Findings(lines=(good, bad)))
    assert failing.lines() == ("ok    a: 1 s", "FAIL  b: no (allowed: yes)", "1 of 2 lines fail.")
    passing = CheckReport(path="a.mp3", ok=True, findings=Findings(lines=(good,)))
    assert passing.lines()[-1] == "It meets the standard."


def test_the_loudness_is_found_among_the_findings() -> None:
    """The master is corrected by it; silence is minus infinity."""
    assert Findings(lines=(LOUDNESS.judge(-16.1),)).loudness_lufs == -16.1
    assert Findings(lines=(LOUDNESS.judge(-math.inf),)).loudness_lufs == -math.inf
