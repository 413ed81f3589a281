"""From an engine's sample rate to the episode's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from audio_builder.narration.resample import resample


@pytest.mark.parametrize(
    ("from_hz", "to_hz"), [(22050, 44100), (24000, 44100), (22050, 48000), (16000, 44100), (48000, 44100)]
)
@pytest.mark.parametrize("frames", [1, 30, 5000, 12_345])
def test_it_is_what_scipy_gives(from_hz: int, to_hz: int, frames: int) -> None:
    """Noise, which has everything in it, comes out equal to the precision of float32, at both ends too."""
    noise = np.random.default_rng(3).normal(0, 0.2, frames).astype(np.float32)
    common = np.gcd(from_hz, to_hz)
    wanted = round(frames * to_hz / from_hz)
    theirs = resample_poly(noise.astype(np.float64), to_hz // common, from_hz // common, window=("kaiser", 8.0))
    ours = resample(noise, from_hz, to_hz)
    assert (ours.dtype, len(ours)) == (np.float32, wanted)
    assert ours == pytest.approx(theirs[:wanted], abs=2e-6)


def test_nothing_is_done_where_nothing_is_to_do() -> None:
    """The same rate, or no frames."""
    sound = np.ones(7, dtype=np.float32)
    assert resample(sound, 44100, 44100) is sound
    assert len(resample(sound[:0], 22050, 44100)) == 0
