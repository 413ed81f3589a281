"""The true-peak meter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal

from audio_builder.audio.true_peak import AFTER, BEFORE, CHUNK, TruePeakMeter, chunk_peaks
from tests.sound_helpers import noise


def test_a_peak_between_samples_is_found() -> None:
    """A sine at fs/4 whose samples lie 45° beside its crests reads 3 dB above its samples."""
    angle = np.pi / 2 * np.arange(4800) + np.pi / 4
    sound = (np.hanning(4800) * np.sin(angle)).astype(np.float32)[:, np.newaxis]
    meter = TruePeakMeter(1)
    meter.push(sound)
    assert meter.true_peak() == pytest.approx(1.0, abs=0.01)
    assert np.abs(sound).max() == pytest.approx(math.sqrt(0.5), abs=0.01)


def test_band_limited_noise_reads_as_with_sixteenfold_oversampling() -> None:
    """On noise up to 18 kHz the meter is within 0.1 dB of sixteenfold oversampling by SciPy."""
    low_pass = signal.firwin(255, 18000, fs=44100)
    sound = signal.lfilter(low_pass, [1.0], noise(44100, 1, level=0.2)[:, 0]).astype(np.float32)
    meter = TruePeakMeter(1)
    meter.push(sound[:, np.newaxis])
    reference = np.abs(signal.resample_poly(sound.astype(np.float64), 16, 1, window=("kaiser", 9.0))).max()
    assert 20 * math.log10(meter.true_peak() / reference) == pytest.approx(0.0, abs=0.1)


def test_the_last_frame_counts() -> None:
    """What rings after the last frame is part of the peak; silence is −inf."""
    meter = TruePeakMeter(1)
    meter.push(np.array([[0.5], [0.5]], dtype=np.float32))
    assert meter.true_peak() == pytest.approx(0.63, abs=0.02)
    assert TruePeakMeter(2).true_peak_dbtp() == -math.inf


@pytest.mark.parametrize("frames", [1, 16, 40, 4977, 4992])
def test_only_what_can_reach_the_threshold_is_worked_out(frames: int) -> None:
    """Chunks above the threshold have their exact peak, whatever their number; the others stay at or below it."""
    sound = noise(BEFORE + frames + AFTER, 2, level=0.1)
    sound = signal.lfilter([0.3], [1, -0.7], sound, axis=0).astype(np.float32)
    exact = chunk_peaks(sound, 0.0)
    assert len(exact) == -(-frames // CHUNK)
    magnitudes = np.abs(sound).max(axis=1)[BEFORE : BEFORE + frames]
    for place, peak in enumerate(exact):
        assert peak >= magnitudes[place * CHUNK : (place + 1) * CHUNK].max()
    for threshold in np.quantile(exact, (0.05, 0.5, 0.9, 0.99)):
        quick = chunk_peaks(sound, float(threshold))
        loud = exact > threshold
        # Products of other shapes may round the last bit otherwise, on some processors.
        np.testing.assert_allclose(quick[loud], exact[loud], rtol=1e-6)
        assert (quick[~loud] <= threshold * (1 + 1e-6)).all()


def test_a_chunk_ends_where_the_next_begins() -> None:
    """A crest between a chunk's last frame and the first of the next is the first one's, also at the very end."""
    for frame, chunk in ((14, 0), (15, 0), (16, 1), (31, 1)):
        distance = np.arange(BEFORE + 32 + AFTER) - BEFORE - frame - 0.5
        sound = (np.exp(-(distance**2)) * np.cos(np.pi / 2 * distance)).astype(np.float32)[:, np.newaxis]
        crest = float(np.abs(sound).max()) * 1.05
        assert np.flatnonzero(chunk_peaks(sound, crest) > crest).tolist() == [chunk]
