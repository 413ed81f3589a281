"""The twin of an episode that has the voice alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from mutagen.id3 import ID3

from audio_builder.cli.main import run
from audio_builder.podcast.publisher import publish
from tests import instruments
from tests.conftest import ROOT
from tests.support.show_helpers import put_show

SOURCE = ROOT / "examples" / "one-quiet-minute.md"
STEM = "one-quiet-minute"


def chapter_times(path: Path) -> list[tuple[str, int, int]]:
    """The chapters of a tag: name, start and end in milliseconds."""
    return [(one.sub_frames["TIT2"].text[0], one.start_time, one.end_time) for one in ID3(path).getall("CHAP")]


def test_the_twin_is_the_voice_at_the_same_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As long as the episode to the frame, with its chapters and words, silent in the pauses, at the same loudness.

    A show takes neither the twin for an episode nor the MP3 of a stranger that looks like one for a twin.
    """
    put_show(tmp_path)
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('voice = "tone"\n[soundscape]\nbackground = "rain"\nclosing_bell = "chime"\n')
    arguments = ["build", str(SOURCE), "-o", str(tmp_path), "--recipe", str(recipe), "--voice-only", "--json"]
    assert run(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    full, alone = tmp_path / f"{STEM}.mp3", tmp_path / f"{STEM}.voice.mp3"
    assert report["voice_only"]["path"] == str(alone)
    assert all(line["ok"] for line in report["voice_only"]["findings"]["lines"])

    mixed, rate_hz = instruments.decoded(full)
    voice, _ = instruments.decoded(alone)
    assert voice.shape == mixed.shape
    assert instruments.loudness(alone).integrated_lufs == pytest.approx(-16.0, abs=0.5)
    assert chapter_times(alone) == chapter_times(full)
    assert ID3(alone)["TIT2"].text == ["One Quiet Minute (voice only)"]
    assert ID3(alone).getall("USLT")[0].text == ID3(full).getall("USLT")[0].text

    phrases = json.loads((tmp_path / f"{STEM}.episode.json").read_text())["phrases"]
    times = np.arange(len(voice)) / rate_hz
    pause = np.ones(len(voice), dtype=bool)
    for phrase in phrases:
        pause &= (times < phrase["start_s"] - 0.2) | (times > phrase["end_s"] + 0.3)
    assert instruments.rms_dbfs(voice[pause]) < -80
    assert instruments.rms_dbfs(mixed[pause]) > -50

    (tmp_path / "stranger.voice.mp3").write_bytes(b"music")
    published = publish(tmp_path)
    assert published.episodes == 1
    assert published.unrecorded == ("stranger.voice.mp3",)
