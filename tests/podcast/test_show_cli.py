"""`show` and `publish` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audio_builder import errors
from audio_builder.cli.main import run
from tests.support.show_helpers import put_episode


@pytest.fixture(autouse=True)
def _no_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio_builder.podcast.publish.waveform_of", lambda *_: (50,) * 240)


def test_from_an_empty_folder_to_a_feed(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """`show init` prints the path of show.toml, `publish` that of the feed; both say on stderr what comes next."""
    folder = tmp_path / "pages"
    assert run(["show", "init", str(folder), "--title", "Evening Pages"]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"{folder / 'show.toml'}\n"
    assert f"audio-builder publish {folder}" in printed.err
    put_episode(folder, "evening")
    assert run(["publish", str(folder)]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"{folder / 'feed.xml'}\n"
    assert "1 episode published, 1 made now" in printed.err
    assert "set base_url" in printed.err


def test_publish_reports_as_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """--json prints one versioned document: the feed's address, and what was made."""
    assert run(["show", "init", str(tmp_path), "--base-url", "https://example.org/a", "-q"]) == 0
    put_episode(tmp_path, "evening")
    capfd.readouterr()
    assert run(["publish", str(tmp_path), "--json", "-q"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["schema_version"], report["feed_url"]) == (1, "https://example.org/a/feed.xml")
    assert (report["episodes"], report["made"]) == (1, ["evening"])


def test_a_damaged_episode_is_told_and_fails_at_the_end(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The feed is there with the others, the message names the episode and what to do, the exit code is not 0."""
    assert run(["show", "init", str(tmp_path), "-q"]) == 0
    put_episode(tmp_path, "evening")
    put_episode(tmp_path, "morning", b"morning")
    (tmp_path / "evening.episode.json").write_text("{}")
    capfd.readouterr()
    assert run(["publish", str(tmp_path)]) == errors.OutputError.exit_code
    printed = capfd.readouterr()
    assert printed.out == f"{tmp_path / 'feed.xml'}\n"
    assert "1 episode published" in printed.err
    assert "evening.episode.json is no record of an episode" in printed.err
    assert "it is not in the feed yet" in printed.err
    assert "Build the episode again into this folder." in printed.err
    assert "all but 1 of the episodes" in printed.err


def test_a_folder_that_is_no_show_is_a_wrong_setting(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The exit code is that of a setting, the hint the command that makes a show."""
    assert run(["publish", str(tmp_path)]) == errors.RecipeError.exit_code
    assert "audio-builder show init" in capfd.readouterr().err
