"""The background `drone`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.background import open_bed
from audio_builder.sound.bed import REFERENCE_DBFS, Bed, BedFormat
from tests.sound_helpers import RATE_HZ, rms_dbfs


def bed_of(background: str, channels: int = 2) -> Bed:
    return open_bed(Soundscape(background=background), BedFormat(RATE_HZ, channels))


DRONE = bed_of("drone")
MINUTE = DRONE.read(0, 60 * RATE_HZ)
LAYER_FRAMES = (2**22, 2 * 3**13)


def test_the_drone_has_the_reference_level_for_an_hour() -> None:
    """Each of 60 seconds over an hour is within 4 dB of −20 dBFS, their mean within 0.5 dB, none above the bound."""
    levels = np.array([rms_dbfs(DRONE.read(second * RATE_HZ, RATE_HZ)) for second in range(0, 3600, 61)])
    assert levels.mean() == pytest.approx(REFERENCE_DBFS, abs=0.5)
    assert np.abs(levels - REFERENCE_DBFS).max() < 4.0
    assert levels.max() <= DRONE.loudest_second_dbfs
    assert DRONE.loudest_second_dbfs < REFERENCE_DBFS + 2.0


def test_the_drone_has_no_dc_and_no_hum() -> None:
    """Its mean is nothing, and below 80 Hz and at 50, 60, 100 and 120 Hz it is 60 dB softer than at its root."""
    assert np.abs(MINUTE.mean(axis=0)).max() < 1e-5
    power = np.abs(np.fft.rfft(MINUTE[:, 0] * np.hanning(len(MINUTE)))) ** 2
    hz = np.fft.rfftfreq(len(MINUTE), 1 / RATE_HZ)

    def around(low: float, high: float) -> float:
        return float(power[(hz > low) & (hz < high)].max())

    for low, high in ((1, 80), (99, 101), (119, 121)):
        assert around(low, high) < around(105, 115) / 1e6
    assert around(6000, 20000) < around(105, 115) / 1e6


def test_the_drone_moves_slowly_and_is_wide() -> None:
    """Its octave swells and fades by more than 6 dB within a minute, and right and left are related, not equal."""
    carrier = np.exp(-2j * np.pi * 220.0 * np.arange(len(MINUTE)) / RATE_HZ)
    swells = 20 * np.log10(np.abs((MINUTE[:, 0] * carrier).reshape(60, -1).mean(axis=1)))
    assert swells.max() - swells.min() > 6.0
    assert np.abs(np.diff(swells)).max() < 20.0
    assert 0.1 < np.corrcoef(MINUTE.T)[0, 1] < 0.8


def test_the_drone_has_no_seam() -> None:
    """Across the ends of both stretches no frame jumps further than anywhere else."""
    steepest = np.abs(np.diff(MINUTE, axis=0)).max()
    for frames in LAYER_FRAMES:
        around = DRONE.read(3 * frames - 100, 200)
        assert np.abs(np.diff(around, axis=0)).max() <= steepest


@settings(max_examples=20)
@given(st.integers(0, 10 * 60 * RATE_HZ), st.integers(0, 5000), st.integers(0, 5000))
def test_the_drone_is_the_same_however_it_is_read(start: int, first: int, second: int) -> None:
    """Two reads in a row are one longer read, at any place."""
    halves = np.concatenate((DRONE.read(start, first), DRONE.read(start + first, second)))
    assert np.array_equal(halves, DRONE.read(start, first + second))


def test_the_drone_is_deterministic_and_mono_is_its_left() -> None:
    """Made again it is the same, and in mono it is as loud as in stereo: one side of it, not the sum of both."""
    mono = bed_of("drone", channels=1)
    assert mono.channels == 1
    assert rms_dbfs(mono.read(0, 30 * RATE_HZ)) == pytest.approx(REFERENCE_DBFS, abs=1.0)
    again = bed_of("drone", channels=1)
    assert np.array_equal(mono.read(12345, 1000), again.read(12345, 1000))
