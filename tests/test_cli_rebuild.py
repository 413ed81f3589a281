"""`rebuild` and `inspect`: an episode made again from its own MP3, with nothing else on the disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from mutagen.id3 import ID3

from audio_builder import errors
from audio_builder.cli.main import run

SCRIPT = """---
audio-builder-script: 1
title: A Small Evening
author: A. Writer
pacing: gentle
---
[chapter A Small Evening]
The lamp is on. [pause 1s sentence]
Nothing is asked of you now. [pause 7s]
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An episode, with its script beside it and a cache of its own."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "evening.md").write_text(SCRIPT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIO_BUILDER_CACHE", str(folder / "cache"))
        build = [
            "build",
            str(folder / "evening.md"),
            "-o",
            str(folder),
            "--voice",
            "tone",
            "--background",
            "none",
            "-q",
        ]
        assert run(build) == 0
    return folder / "a-small-evening.mp3"


@pytest.fixture
def episode(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The episode alone in an empty folder, which is the current one; the cache is empty too."""
    monkeypatch.chdir(tmp_path)
    Path("first").mkdir()
    return Path(shutil.copy(built, tmp_path / "first"))


def test_the_same_recipe_gives_the_same_bytes(episode: Path, tmp_path: Path):
    """A rebuild with an empty cache, and a rebuild of that, are the episode byte for byte."""
    assert run(["rebuild", str(episode), "-o", "second", "-q"]) == 0
    assert run(["rebuild", "second/a-small-evening.mp3", "-o", "third", "-q"]) == 0
    copies = {(tmp_path / folder / episode.name).read_bytes() for folder in ("first", "second", "third")}
    assert len(copies) == 1


def test_several_are_built_anew_and_none_is_made_twice(
    episode: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    """Files and folders; the same command again makes nothing, and where they lie nothing is replaced unasked."""
    (tmp_path / "b.md").write_text(SCRIPT.replace("A Small Evening", "A Small Morning"), encoding="utf-8")
    assert run(["build", "b.md", "-o", "other", "--voice", "tone", "-q"]) == 0
    Path("notes.mp3").write_bytes(b"not an episode")
    capfd.readouterr()
    command = ["rebuild", "first", "other/a-small-morning.mp3", "notes.mp3", "-o", "second", "--pacing", "sleep"]
    assert run(command) == errors.SourceError.exit_code
    printed = capfd.readouterr()
    names = {"a-small-evening.mp3", "a-small-morning.mp3"}
    assert {Path(line).name for line in printed.out.splitlines()} == names
    assert "notes.mp3" in printed.err
    assert "of 3, 1 could not be made (2 made)" in printed.err
    assert run(command[:3] + command[4:]) == 0
    assert "0 made, 2 there unchanged" in capfd.readouterr().err
    before = {path: path.read_bytes() for path in Path("second").glob("*.mp3")}
    assert run(["rebuild", "second", "-o", "second", "--voice", "tone", "--wpm", "140"]) == errors.OutputError.exit_code
    assert "would be replaced" in capfd.readouterr().err
    assert {path: path.read_bytes() for path in Path("second").glob("*.mp3")} == before


def test_another_pacing_keeps_what_a_person_set(episode: Path, capfd: pytest.CaptureFixture[str]):
    """With --pacing spacious a sentence rests 1.6 s instead of 1 s, and the pause of 7 s stays."""
    capfd.readouterr()
    assert run(["rebuild", str(episode), "-o", "second", "--pacing", "spacious", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["clips_synthesized"] == 2
    assert run(["inspect", "second/a-small-evening.mp3", "--script"]) == 0
    script = capfd.readouterr().out
    assert "The lamp is on. [pause 1.6s sentence]" in script
    assert "Nothing is asked of you now. [pause 7s]" in script


def test_another_preset_brings_its_own_rate(episode: Path, capfd: pytest.CaptureFixture[str]):
    """`reading` speaks 150 words per minute though the episode carries 125; --wpm still wins."""
    assert run(["rebuild", str(episode), "-o", "second", "--pacing", "reading", "-q"]) == 0
    assert run(["rebuild", str(episode), "-o", "third", "--pacing", "reading", "--wpm", "140", "-q"]) == 0
    capfd.readouterr()
    assert run(["inspect", "second/a-small-evening.mp3"]) == 0
    assert "tone, 150 wpm" in capfd.readouterr().out
    assert run(["inspect", "third/a-small-evening.mp3"]) == 0
    assert "tone, 140 wpm" in capfd.readouterr().out


def test_a_chosen_pause_is_set_by_a_recipe_file(episode: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """A pause in --recipe is heard in the rebuilt script, though the preset's name stays."""
    (tmp_path / "r.toml").write_text("[pacing]\nsentence_s = 3\n", encoding="utf-8")
    assert run(["rebuild", str(episode), "-o", "second", "--recipe", "r.toml", "-q"]) == 0
    capfd.readouterr()
    assert run(["inspect", "second/a-small-evening.mp3", "--script"]) == 0
    assert "The lamp is on. [pause 3s sentence]" in capfd.readouterr().out


def test_inspect_prints_a_recipe_that_builds(episode: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """`inspect --script` and `--recipe` print the two files from which `build` makes the same episode."""
    capfd.readouterr()
    for part in ("script", "recipe"):
        assert run(["inspect", str(episode), f"--{part}"]) == 0
        (tmp_path / part).write_text(capfd.readouterr().out, encoding="utf-8")
    (tmp_path / "script").rename(tmp_path / "again.md")
    assert run(["build", "again.md", "--recipe", "recipe", "-o", "second", "-q"]) == 0
    assert (tmp_path / "second" / episode.name).read_bytes() == episode.read_bytes()


def test_inspect_as_json_is_versioned(episode: Path, capfd: pytest.CaptureFixture[str]):
    """--json prints one document with the schema's version, the script, the recipe and the versions."""
    capfd.readouterr()
    assert run(["inspect", str(episode), "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["schema_version"] == 1
    assert report["recipe"]["voice"] == "tone"
    assert set(report["versions"]) == {"audio-builder", "engine"}
    assert report["left_out"] == []


def test_no_source_leaves_it_out(episode: Path, capfd: pytest.CaptureFixture[str]):
    """An episode made with --no-source has no such frame, and rebuilding from it says so with exit code 3."""
    assert run(["rebuild", str(episode), "-o", "second", "--no-source", "-q"]) == 0
    assert ID3("second/a-small-evening.mp3").getall("GEOB") == []
    capfd.readouterr()
    assert run(["rebuild", "second/a-small-evening.mp3"]) == errors.SourceError.exit_code
    assert "carries no script and recipe" in capfd.readouterr().err


def test_an_episode_over_own_music_asks_for_a_background(
    episode: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    """Its music isn't carried: without --background the rebuild stops at once; with it, it goes on."""
    from pydub.generators import Sine

    Sine(220).to_audio_segment(20_000, volume=-30).export(tmp_path / "music.wav", format="wav").close()
    assert run(["rebuild", str(episode), "-o", "second", "--background", "music.wav", "-q"]) == 0
    (tmp_path / "music.wav").unlink()
    capfd.readouterr()
    assert run(["rebuild", "second/a-small-evening.mp3", "-o", "third"]) == errors.SoundError.exit_code
    assert "--background FILE" in capfd.readouterr().err
    assert run(["inspect", "second/a-small-evening.mp3"]) == 0
    assert "not carried, because they were files: soundscape.background" in capfd.readouterr().out
    assert run(["rebuild", "second/a-small-evening.mp3", "-o", "third", "--background", "drone", "-q"]) == 0


def test_other_versions_are_told(episode: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Where the versions differ the rebuild says which the episode was made with, and goes on."""
    monkeypatch.setattr("audio_builder.preflight.__version__", "99.0")
    assert run(["rebuild", str(episode), "-o", "second"]) == 0
    assert "It was made with other versions" in capfd.readouterr().err


def test_a_wanted_duration_is_met_to_the_frame(episode: Path, capfd: pytest.CaptureFixture[str]):
    """`rebuild --duration 13.5` needs nothing but the MP3, and the next rebuild keeps to it."""
    capfd.readouterr()
    assert run(["rebuild", str(episode), "-o", "second", "--duration", "13.5", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["duration_s"], report["duration"]["asked_s"]) == (13.5, 13.5)
    assert run(["rebuild", "second/a-small-evening.mp3", "-o", "third", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["duration_s"] == 13.5
    copies = {Path(folder, episode.name).read_bytes() for folder in ("second", "third")}
    assert len(copies) == 1
