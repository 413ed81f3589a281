"""The true-peak meter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal

from audio_builder.mix.true_peak import AFTER, BEFORE, TruePeakMeter, frame_peaks
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


def test_quiet_frames_are_left_as_they_are() -> None:
    """Where nothing can pass the threshold the peaks are the samples; where something can, they are exact."""
    sound = noise(5000, 2, level=0.1)
    exact = frame_peaks(sound, 0.0)
    quick = frame_peaks(sound, 0.25)
    loud = exact > 0.25
    assert loud.any()
    assert np.array_equal(quick[loud], exact[loud])
    assert (quick[~loud] <= 0.25).all()
    samples = np.abs(sound).max(axis=1)[BEFORE : len(sound) - AFTER]
    assert (exact >= samples).all()
    assert np.array_equal(frame_peaks(sound, 2.0), samples)
