"""A person's own reading: each take is kept, levelled and found again by its words."""

from __future__ import annotations

import importlib.util
import io
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio_builder.errors import EngineFailed, MissingExtra, SourceError
from audio_builder.narration import recogniser
from audio_builder.studio.project import Project, begin
from audio_builder.studio.takes import forget_take, keep_take, levelled, own_voice, takes_of
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines.recorded import RecordedEngine
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.prepare import prepare_voice

from ..voice_helpers import ready
from .conftest import TEXT

RATE_HZ = 48000
PHRASE = "Sit where you are."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path / "data"))
    return begin(tmp_path / "projects", "gate.md", TEXT.encode()).project


def _reading(seconds: float = 1.5, level: float = 0.02, hz: float = 220.0) -> bytes:
    """Return a WAV of a hum with quiet around it, as a person reads between two breaths."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    hum = level * np.sin(2 * np.pi * hz * time) * (np.sin(np.pi * time / seconds) > 0.2)
    stream = io.BytesIO()
    soundfile.write(stream, hum.astype(np.float32), RATE_HZ, "PCM_16", format="WAV")
    return stream.getvalue()


def test_a_take_is_spoken_by_the_voice_of_the_project(project: Project):
    """The engine gives the take for its words, at one level however softly it was read, and nothing for others."""
    taken = keep_take(project, PHRASE, _reading(level=0.004))
    assert taken.voice == own_voice(project) == "own-the-slow-gate"
    voice = prepare_voice(find_voice(taken.voice), 125).voice
    sound = RecordedEngine().speak(PHRASE, voice)
    assert sound.frame_rate == RATE_HZ
    assert sound.dBFS == pytest.approx(-24.5, abs=1.5)
    with pytest.raises(EngineFailed, match=r"no take of “Sit here\."):
        RecordedEngine().speak("Sit here.", voice)


def test_another_take_takes_its_place_and_is_another_clip(project: Project):
    """The profile says that something has changed, so that no clip of the earlier take is found in the cache."""
    keep_take(project, PHRASE, _reading(1.5))
    first = prepare_voice(find_voice(own_voice(project)), 125).voice
    keep_take(project, PHRASE, _reading(2.5))
    second = prepare_voice(find_voice(own_voice(project)), 125).voice
    assert first.profile.settings != second.profile.settings
    assert RecordedEngine().speak(PHRASE, second).duration_seconds == pytest.approx(2.5, abs=0.01)
    forget_take(project, PHRASE)
    assert takes_of(project) == {}


def test_the_rate_is_that_of_the_person(project: Project):
    """Four words in the part of 1.5 s that is heard: the voice's one measurement."""
    keep_take(project, PHRASE, _reading(1.5))
    heard_s = 1.5 * (1 - 2 * np.arcsin(0.2) / np.pi)
    assert find_voice(own_voice(project)).calibration[0].wpm == pytest.approx(60 * 4 / heard_s, rel=0.05)


def test_two_projects_of_one_name_have_two_voices(project: Project, tmp_path: Path) -> None:
    """The second one's takes never speak in the first one's episodes; where the first is gone, its name is free."""
    taken = keep_take(project, PHRASE, _reading(1.5))
    other = Project(tmp_path / "elsewhere" / project.folder.name)
    shutil.copytree(project.folder, other.folder)
    assert keep_take(other, PHRASE, _reading(2.5)).voice == own_voice(other) != taken.voice
    assert own_voice(project) == taken.voice
    assert str(project.folder) in find_voice(taken.voice).settings["folder"]
    shutil.rmtree(project.folder)
    assert own_voice(other) == taken.voice


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no WAV"),
        (b"RIFF....WAVE" + bytes(40), "can't be read"),
        (b"ID3" + bytes(1000), "no WAV"),
        (_reading(level=0.0), "nothing is heard"),
        (_reading(seconds=130.0), "120 s at most"),
    ],
    ids=["nothing", "no sound", "an MP3", "silence", "too long"],
)
def test_what_is_no_reading_is_refused(project: Project, content: bytes, message: str):
    """It is said why, and no take is kept."""
    with pytest.raises(SourceError, match=message):
        keep_take(project, PHRASE, content)
    assert takes_of(project) == {}


def test_a_loud_take_is_not_clipped():
    """The level is lowered where a peak would go over the edge."""
    time = np.arange(RATE_HZ) / RATE_HZ
    spiky = (0.01 * np.sin(2 * np.pi * 200 * time)).astype(np.float32)
    spiky[RATE_HZ // 2 : RATE_HZ // 2 + 40] = 0.9
    assert np.abs(levelled(spiky, RATE_HZ)).max() <= 10 ** (-1 / 20) + 1e-4


def test_without_a_recogniser_a_take_is_kept_all_the_same(project: Project, monkeypatch: pytest.MonkeyPatch):
    """Nothing is said of its words."""

    def missing(*_: str) -> str:
        raise MissingExtra("--listen needs the package hama, which isn't installed")

    monkeypatch.setattr(recogniser, "installed_version", missing)
    recogniser._model.cache_clear()
    assert keep_take(project, "The kettle begins to sing.", _reading()).unheard == ()


@pytest.mark.engine
@pytest.mark.skipif(importlib.util.find_spec("hama") is None, reason="hama isn't installed")
@pytest.mark.parametrize(("left_out", "unheard"), [("", ()), ("nobody ", ("nobody",))])
def test_words_left_out_of_a_take_are_named(project: Project, left_out: str, unheard: tuple[str, ...]):
    """Where a recogniser is installed, by what it hears; the default voice stands in for a person."""
    text = "The kettle begins to sing, and nobody in the kitchen looks up."
    sound = load_engine("hibari").speak(text.replace(left_out, ""), ready("lark", 120))
    content = sound.export(io.BytesIO(), format="wav").getvalue()
    assert keep_take(project, text, content).unheard == unheard
