"""Recursive filters in chunks: the same sound as sample by sample."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from audio_builder.audio.filters import ChunkedFilter, band_pass, butterworth_high_pass
from audio_builder.audio.loudness import k_weighting
from audio_builder.audio.samples import Samples

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
    chunked = ChunkedFilter(sections)
    out = chunked.filtered(sound, chunked.start(2))
    expected = signal.sosfilt(sections, sound.astype(np.float64))
    assert np.abs(out - expected).max() < 10 ** (-90 / 20) * np.abs(sound).max()


def test_the_state_goes_on() -> None:
    """A signal in two parts comes out as in one, and no chunk at all changes nothing."""
    sound = planes(500)
    chunked = ChunkedFilter(k_weighting(44100))
    whole = chunked.filtered(sound, chunked.start(2))
    states = chunked.start(2)
    cuts = (0, 3 * CHUNK, 3 * CHUNK, 200 * CHUNK, 500 * CHUNK)
    parts = [
        chunked.filtered(np.ascontiguousarray(sound[:, start:end]), states) for start, end in itertools.pairwise(cuts)
    ]
    assert np.concatenate(parts, axis=1) == pytest.approx(whole, abs=1e-6)


def test_silence_ends_it() -> None:
    """After a second of silence nothing is left in the state: not even numbers too small to be handled fast."""
    chunked = ChunkedFilter(k_weighting(44100))
    states = chunked.start(2)
    chunked.filtered(planes(10), states)
    assert states.all()
    for _ in range(3):
        chunked.filtered(np.zeros((2, 900 * CHUNK), dtype=np.float32), states)
    assert not states.any()


@pytest.mark.parametrize(("cutoff_hz", "order", "rate_hz"), [(70.0, 4, 44100), (70.0, 4, 48000), (300.0, 2, 22050)])
def test_the_high_pass_is_butterworths(cutoff_hz: float, order: int, rate_hz: int) -> None:
    """Its response is that of SciPy's to a millionth of a decibel where anything is let through."""
    ours = butterworth_high_pass(cutoff_hz, order, rate_hz)
    theirs = signal.butter(order, cutoff_hz, "highpass", output="sos", fs=rate_hz)
    hz = np.geomspace(20, rate_hz / 2.1, 200)
    mine, other = (signal.freqz_sos(sections, hz, fs=rate_hz)[1] for sections in (ours, theirs))
    assert mine == pytest.approx(other, rel=1e-7)


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_the_band_pass_is_butterworths(rate_hz: int) -> None:
    """It is SciPy's of the first order."""
    reference = signal.butter(1, (180.0, 5000.0), "bandpass", output="sos", fs=rate_hz)
    assert band_pass(180.0, 5000.0, rate_hz) == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize("frames", [1, 48, 49, 50, 10000])
def test_a_signal_of_any_length_at_once(frames: int) -> None:
    """It is as long as before, and the same as sample by sample."""
    sound = planes(300)[0, :frames]
    out = ChunkedFilter(k_weighting(48000), unit=960).once(sound)
    assert out == pytest.approx(signal.sosfilt(k_weighting(48000), sound.astype(np.float64)), abs=1e-5)
    assert not len(ChunkedFilter(k_weighting(48000)).once(sound[:0]))


def test_building_does_without_what_is_dear_to_import() -> None:
    """The line from text to episode doesn't import SciPy, which takes most of a second and isn't a dependency."""
    code = "import sys, audio_builder.pipeline; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the number of threads is told by Linux alone")
def test_products_of_matrices_run_on_one_thread() -> None:
    """Threads of OpenBLAS run on after each product, and the workers need the cores."""
    code = (
        "import audio_builder, numpy; numpy.ones((500, 500)) @ numpy.ones((500, 500)); "
        "print(next(line for line in open('/proc/self/status') if line.startswith('Threads')))"
    )
    unset = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    told = subprocess.run([sys.executable, "-c", code], env=unset, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["Threads:", "1"]
