"""EBU Tech 3342 (2023), table 1: the minimum requirement signals for the loudness range.

All but cases 5 and 6, which are recordings.
"""

from __future__ import annotations

import numpy as np
import pytest

from audio_builder.audio.loudness import LoudnessMeter
from tests.sound_helpers import sine


@pytest.mark.parametrize("rate_hz", [48000, 44100])
@pytest.mark.parametrize(
    ("case", "levels", "expected_lu"),
    [
        (1, (-20.0, -30.0), 10.0),
        (2, (-20.0, -15.0), 5.0),
        (3, (-40.0, -20.0), 20.0),
        (4, (-50.0, -35.0, -20.0, -35.0, -50.0), 15.0),
    ],
)
def test_loudness_range(case: int, levels: tuple[float, ...], expected_lu: float, rate_hz: int) -> None:
    """Stereo tones of 1 kHz, 20 s each, have the stated range; the standard allows 1 LU, we allow 0.1."""
    meter = LoudnessMeter(rate_hz, 2)
    for level in levels:
        meter.push(sine(1000, level, 20.0, rate_hz=rate_hz))
    assert meter.loudness_range_lu() == pytest.approx(expected_lu, abs=0.1), f"case {case}"


def test_nothing_has_no_range() -> None:
    """Silence, and less than 3 s of sound, have a range of 0."""
    meter = LoudnessMeter(48000, 2)
    meter.push(sine(1000, -20.0, 2.9))
    assert meter.loudness_range_lu() == 0.0
    assert np.isneginf(LoudnessMeter(48000, 2).integrated_lufs())
