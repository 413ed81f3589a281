"""Loops: their spectrum, their level, and no seam."""

from __future__ import annotations

import numpy as np
import pytest

from audio_builder.sound.loop import Spectrum, level_slow_changes, loop_from_spectrum, pack
from tests.sound_helpers import RATE_HZ


def test_drift_is_levelled_along_straight_lines_round_the_seam() -> None:
    """Each frame's gain lies on the line between those of the two half seconds around it, also past the seam."""
    time_s = np.arange(10 * RATE_HZ) / RATE_HZ
    drifting = (1 + 0.5 * np.sin(2 * np.pi * time_s / 10)) * np.where(np.arange(len(time_s)) % 2, 1, -1)
    sound = np.asfortranarray(drifting[:, np.newaxis], dtype=np.float32)
    before = sound.copy()
    level_slow_changes(sound, RATE_HZ, share=1.0)
    gains = (sound / before)[:, 0]
    middles = np.arange(20) * RATE_HZ // 2 + RATE_HZ // 4
    straight = np.interp(np.arange(len(gains)), middles, gains[middles], period=len(gains))
    assert gains == pytest.approx(straight, abs=1e-5)
    assert gains.max() - gains.min() > 0.5


def test_a_loop_has_its_spectrum_and_goes_round() -> None:
    """A spectrum of two bins is two sines of that level, and reading past the end begins anew."""
    spectrum = Spectrum(
        frames=8000,
        bins=np.array([100, 300]),
        magnitudes=np.array([0.1, 0.05], dtype=np.float32),
        stereo_correlation=np.array([1.0, 0.0], dtype=np.float32),
    )
    sound = loop_from_spectrum(spectrum, seed=1, channels=2)
    assert np.mean(sound**2, axis=0) == pytest.approx([0.0125, 0.0125], rel=1e-3)
    loop = pack(sound, rate_hz=1000)
    assert loop.read(7990, 20)[10:] == pytest.approx(loop.read(0, 10))
    assert loop.read(0, 20000)[16000:] == pytest.approx(loop.read(0, 4000))
    assert loop.read(0, 8000) == pytest.approx(sound, abs=2 * loop.step)
    assert loop.loudest_second == pytest.approx(loop.mean_square, rel=0.01)
