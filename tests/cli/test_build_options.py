"""Options of `build` about what happens around an episode."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from audio_builder.cli.build import _cache_of_its_own
from audio_builder.cli.main import run
from audio_builder.episode.tag.embedded_source import read_source
from audio_builder.errors import AudioBuilderError
from audio_builder.files import sweep_scratch
from audio_builder.store import FOLDER_VARIABLE

TONE = ("--voice", "tone", "--background", "none", "-q")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A text of one sentence."""
    path = tmp_path / "tea.md"
    path.write_text("# Tea\n\nThe kettle is on.\n", encoding="utf-8")
    return path


def test_private_keeps_nothing_but_the_episode(text: Path, own_cache: Path) -> None:
    """No clip in the cache, no script in the MP3; the environment is as before."""
    assert run(["build", str(text), "--private", "-o", str(text.parent / "out"), *TONE]) == 0
    assert [path for path in own_cache.rglob("*") if path.is_file() and path.suffix == ".flac"] == []
    assert os.environ["AUDIO_BUILDER_CACHE"] == str(own_cache)
    with pytest.raises(AudioBuilderError):
        read_source(text.parent / "out" / "tea.mp3")
    assert run(["build", str(text), "-o", str(text.parent / "other"), *TONE]) == 0
    assert list(own_cache.rglob("*.flac")) != []


def test_another_run_leaves_the_sentences_of_a_private_build(own_cache: Path) -> None:
    """It sweeps what killed runs left behind, and this one isn't over."""
    with _cache_of_its_own():
        folder = Path(os.environ[FOLDER_VARIABLE])
        assert folder != own_cache
        sweep_scratch()
        assert folder.is_dir()
    assert not folder.exists()


def test_open_plays_the_episode(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the program that the system has for MP3s; for several texts it is refused."""
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    assert run(["build", str(text), "--open", "-o", str(text.parent / "out"), *TONE]) == 0
    assert opened == [str(text.parent / "out" / "tea.mp3")]
    assert run(["build", str(text), str(text), "--open", *TONE]) == 2
