"""The preview: the pacing as a strip of speech and silence, in a terminal and as a picture."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.article.text import columns
from audio_builder.cli.main import run
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import (
    Background,
    Beat,
    Bell,
    Breath,
    ChapterStart,
    Reason,
    Rest,
    Role,
    Say,
    Script,
)
from audio_builder.script.estimate import estimate
from audio_builder.script.strip import Kind, Sign, SignKind, strip_as_text, strip_of
from audio_builder.script.strip_svg import strip_as_svg
from tests.conftest import ROOT
from tests.sound_helpers import script_of
from tests.support.generated_articles import scripts

SHORT = ROOT / "examples" / "one-quiet-minute.md"
SVG = "{http://www.w3.org/2000/svg}"

SMALL = script_of(
    [
        ChapterStart("Sitting <down>"),
        Rest(4.0, Reason.OPENING),
        Say("one two three four", Role.PROSE),
        Rest(2.0, Reason.SENTENCE),
        Say("one two", Role.PROSE, quieter=True),
        Rest(6.0, Reason.QUESTION),
        Background("rain"),
        ChapterStart("Rising"),
        Bell(),
        Rest(3.0, Reason.BELL),
        Breath(4.0, 6.0, 1),
        Say("one", Role.PROSE),
        Beat(3.0),
        Say("two", Role.PROSE),
        Rest(8.0, Reason.SILENCE),
        Rest(5.0, Reason.MARK),
    ]
)
PACING = Pacing(wpm=60)


def test_a_strip_has_every_stretch_at_its_time_and_every_sign_at_its_sound() -> None:
    """At 60 words a minute each word is a second; a chapter begins with its first sound, the first at 0."""
    strip = strip_of(SMALL, PACING)
    assert [(segment.kind, segment.start_s, segment.seconds) for segment in strip.segments] == [
        (Kind.EDGE, 0.0, 4.0), (Kind.SPEECH, 4.0, 4.0), (Kind.SHORT, 8.0, 2.0), (Kind.SOFT, 10.0, 2.0),
        (Kind.ANSWER, 12.0, 6.0), (Kind.LONGER, 18.0, 3.0), (Kind.BREATH, 21.0, 10.0), (Kind.SPEECH, 31.0, 1.0),
        (Kind.OWN, 32.0, 2.0), (Kind.SPEECH, 34.0, 1.0), (Kind.SILENCE, 35.0, 8.0), (Kind.OWN, 43.0, 5.0),
    ]  # fmt: skip
    assert strip.signs == (
        Sign(SignKind.CHAPTER, 0.0, "Sitting <down>"), Sign(SignKind.BACKGROUND, 18.0, "rain"),
        Sign(SignKind.CHAPTER, 18.0, "Rising"), Sign(SignKind.BELL, 18.0, ""),
    )  # fmt: skip
    assert strip.seconds == estimate(SMALL, 60).total_s == 48.0


@settings(max_examples=60)
@given(scripts(), st.integers(10, 200), st.booleans())
def test_any_script_has_a_strip_without_gaps_and_pictures_that_can_be_read(
    script: Script, width: int, unicode: bool
) -> None:
    """As long as the estimate; no line is wider than the terminal; the picture is well-formed whatever the titles."""
    strip = strip_of(script, PACING)
    assert strip.seconds == pytest.approx(estimate(script, PACING.wpm).total_s)
    assert all(first.end_s == second.start_s for first, second in pairwise(strip.segments))
    text = strip_as_text(strip, width, unicode=unicode)
    assert max(map(columns, text.splitlines())) <= max(width, 24)
    ElementTree.fromstring(strip_as_svg(strip, script.title, "about 0:48"))  # noqa: S314 - our own picture


def test_the_strip_in_a_terminal_tells_time_from_left_to_right() -> None:
    """A sign for each half second, chapters and backgrounds above their place, and what the signs mean."""
    assert strip_as_text(strip_of(SMALL, PACING), 54, unicode=False).splitlines() == [
        "     v Sitting <down>                    v Rising",
        "                                         ~ rain",
        "0:00         ########....====????????????*-----ooooooo",
        "0:24 ooooooooooooo##++++##________________++++++++++",
        "",
        "# speech   = slower or quieter speech   . after a",
        "sentence or a line   - after a paragraph, a stanza or",
        "a title   ? after a question   + your own pause   _",
        "silence   o breath   * bell   v chapter   ~ background",
        "each sign is 0.5 s",
    ]  # fmt: skip
    assert "█" in strip_as_text(strip_of(SMALL, PACING), 54, unicode=True)


def test_the_picture_has_every_stretch_with_its_words_and_can_be_read_without_seeing() -> None:
    """A title, a description with the chapters, a tooltip for each segment, and colours for the dark."""
    svg = strip_as_svg(strip_of(SMALL, PACING), "A <Walk>", "about 0:48")
    picture = ElementTree.fromstring(svg)  # noqa: S314 - our own picture
    assert picture.get("aria-labelledby") == "t d"
    assert picture.findtext(f"{SVG}title") == "A <Walk>: its pacing"
    assert picture.findtext(f"{SVG}desc") == "about 0:48. Chapters: 0:00 Sitting <down>; 0:18 Rising."
    tips = [found.text for found in picture.iter(f"{SVG}title")]
    assert "0:04 one two three four (4.0 s)" in tips
    assert "0:12 question (6.0 s)" in tips
    speech = next(bar for bar in picture.iter(f"{SVG}rect") if bar.get("class") == "speech")
    # 4 to 8 s of 48 s on 928 units, from 56 on.
    assert float(speech.get("x") or 0) == pytest.approx(56 + 928 * 4 / 48, abs=0.1)
    assert float(speech.get("width") or 0) == pytest.approx(928 * 4 / 48, abs=0.5)
    assert "prefers-color-scheme:dark" in svg
    assert not re.search(r"(href|src|url\(|<script)", svg)


def test_a_long_episode_is_drawn_in_rows() -> None:
    """Two hours are twelve rows of ten minutes, in the terminal as many as fit."""
    script = script_of([Say("one two three four five six", Role.PROSE), Rest(54.0, Reason.MARK)] * 120)
    strip = strip_of(script, PACING)
    assert [f">{minutes // 60}:{minutes % 60:02}:00<" in strip_as_svg(strip, "", "") for minutes in (60, 110)] == [
        True,
        True,
    ]
    assert len(strip_as_text(strip, 100, unicode=False).splitlines()) <= 16


def test_preview_prints_the_strip_or_writes_the_picture(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In place of the script; by the file's suffix one or the other; nothing is spoken."""
    assert run(["script", str(SHORT), "--preview"]) == 0
    printed = capfd.readouterr()
    assert printed.out.splitlines()[0].split()[:3] == ["▼", "One", "Quiet"]
    assert "audio-builder-script" not in printed.out
    assert printed.err.startswith("about 1:")
    for name, start in (("a.svg", "<svg "), ("a.txt", "     ▼ One Quiet Minute")):
        assert run(["script", str(SHORT), "--preview", "-q", "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_a_terminal_without_more_than_ascii_gets_ascii(tmp_path: Path) -> None:
    """A title in other letters is shown as far as it can be."""
    text = tmp_path / "a.md"
    text.write_text("# Größe\n\nEins zwei.", encoding="utf-8")
    command = [sys.executable, "-m", "audio_builder", "script", str(text), "--preview", "-q"]
    printed = subprocess.run(command, check=True, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, cwd=ROOT)
    assert "v Gr??e" in printed.stdout.decode("ascii")
