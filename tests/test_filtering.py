"""Recursive filters in chunks: the same sound as sample by sample."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import signal

from audio_builder.audio import Samples
from audio_builder.filtering import ChunkedFilter
from audio_builder.loudness import k_weighting

CHUNK = 49


def planes(chunks: int, offset: float = 0.0) -> Samples:
    """Two signals of noise over a constant offset."""
    noise = np.random.default_rng(7).standard_normal((2, chunks * CHUNK)) * 0.1
    return (noise + offset).astype(np.float32)


@pytest.mark.parametrize("offset", [0.0, 0.5])
@pytest.mark.parametrize(
    "sections", [k_weighting(44100), signal.butter(4, 70, "highpass", output="sos", fs=44100)], ids=["K", "high-pass"]
)
def test_it_is_the_filter(sections: np.ndarray, offset: float) -> None:
    """Over ten seconds, what comes out differs from the recursion by less than −90 dB of what goes in."""
    sound = planes(9000, offset)
    chunked = ChunkedFilter(sections, CHUNK)
    out = chunked.filtered(sound, chunked.start(2))
    expected = signal.sosfilt(sections, sound.astype(np.float64))
    assert np.abs(out - expected).max() < 10 ** (-90 / 20) * np.abs(sound).max()


def test_the_state_goes_on() -> None:
    """A signal in two parts comes out as in one, and no chunk at all changes nothing."""
    sound = planes(500)
    chunked = ChunkedFilter(k_weighting(44100), CHUNK)
    whole = chunked.filtered(sound, chunked.start(2))
    states = chunked.start(2)
    cuts = (0, 3 * CHUNK, 3 * CHUNK, 200 * CHUNK, 500 * CHUNK)
    parts = [
        chunked.filtered(np.ascontiguousarray(sound[:, start:end]), states) for start, end in itertools.pairwise(cuts)
    ]
    assert np.concatenate(parts, axis=1) == pytest.approx(whole, abs=1e-6)


def test_silence_ends_it() -> None:
    """After a second of silence nothing is left in the state: not even numbers too small to be handled fast."""
    chunked = ChunkedFilter(k_weighting(44100), CHUNK)
    states = chunked.start(2)
    chunked.filtered(planes(10), states)
    assert states.all()
    for _ in range(3):
        chunked.filtered(np.zeros((2, 900 * CHUNK), dtype=np.float32), states)
    assert not states.any()
