"""Samples of backgrounds and bells, and the page to hear them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audio_builder.cli.main import run
from audio_builder.recipe.settings import BACKGROUNDS
from audio_builder.sound.bells import BELLS

from . import instruments


@pytest.mark.slow
def test_every_background_and_bell_can_be_heard(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The page names the option for each, and each file is an episode at the standard's loudness."""
    folder = tmp_path / "samples"
    assert run(["sounds", "preview", "--voice", "tone", "-o", str(folder)]) == 0
    assert capfd.readouterr().out == f"{folder / 'sounds.html'}\n"
    page = (folder / "sounds.html").read_text(encoding="utf-8")
    named = re.findall(r"<code>--(background|bell) ([a-z-]+)</code>", page)
    assert named == [
        *(("background", name) for name in BACKGROUNDS if name != "none"),
        *(("bell", name) for name in BELLS if name != "none"),
    ]
    files = re.findall(r'<audio [^>]*src="([^"]+)"', page)
    assert len(files) == len(named)
    assert all((folder / file).is_file() for file in files)
    for name in ("the-background-rain.mp3", "the-bell-chime.mp3"):
        assert instruments.loudness(folder / name).integrated_lufs == pytest.approx(-16, abs=0.5)


def test_an_unknown_voice_makes_nothing(tmp_path: Path) -> None:
    """No folder, no page."""
    assert run(["sounds", "preview", "--voice", "nobody", "-o", str(tmp_path / "x")]) != 0
    assert not (tmp_path / "x").exists()
