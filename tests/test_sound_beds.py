"""Backgrounds: the drone, nothing, and how they are found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.errors import SoundError
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.background import background_names, check_background, open_bed
from audio_builder.sound.bed import REFERENCE_DBFS, Bed, BedFormat
from audio_builder.sound.loop import Spectrum, level_slow_changes, loop_from_spectrum, pack
from tests.sound_helpers import RATE_HZ, rms_dbfs


def bed_of(background: str, channels: int = 2) -> Bed:
    return open_bed(Soundscape(background=background), BedFormat(RATE_HZ, channels))


def check(background: str) -> None:
    check_background(Soundscape(background=background), channels=2)


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


def test_none_is_silent() -> None:
    """`none` has the channels asked for and no sound."""
    bed = bed_of("none")
    assert bed.read(5, 10).shape == (10, 2)
    assert not bed.read(5, 10).any()
    assert bed.loudest_second_dbfs == -math.inf


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


def test_a_stretch_has_its_spectrum_and_goes_round() -> None:
    """A spectrum of two bins is two sines of that level, and reading past the end begins anew."""
    spectrum = Spectrum(
        frames=8000,
        bins=np.array([100, 300]),
        magnitudes=np.array([0.1, 0.05], dtype=np.float32),
        stereo_correlation=np.array([1.0, 0.0], dtype=np.float32),
    )
    sound = loop_from_spectrum(spectrum, seed=1, channels=2)
    assert np.mean(sound**2, axis=0) == pytest.approx([0.0125, 0.0125], rel=1e-3)
    stretch = pack(sound, rate_hz=1000)
    assert stretch.read(7990, 20)[10:] == pytest.approx(stretch.read(0, 10))
    assert stretch.read(0, 20000)[16000:] == pytest.approx(stretch.read(0, 4000))
    assert stretch.read(0, 8000) == pytest.approx(sound, abs=2 * stretch.step)
    assert stretch.loudest_second == pytest.approx(stretch.mean_square, rel=0.01)


@pytest.mark.parametrize("name", sorted(background_names()))
def test_every_background_is_ready_by_name(name: str) -> None:
    """Checking a known name is quick and finds nothing wrong."""
    check(name)


def test_an_unknown_background_names_the_closest() -> None:
    """A misspelt name is told which names there are and which one was probably meant."""
    with pytest.raises(SoundError, match="no background named 'dron'; there are drone, bowls, rain, ") as raised:
        check("dron")
    assert raised.value.hint == "Did you mean drone or brown?"
    with pytest.raises(SoundError) as raised:
        bed_of("waterfall")
    assert "path of an audio file" in raised.value.hint


@pytest.mark.parametrize("value", ["music.mp3", "folder/drone", "./drone", "C:\\music\\drone", "/nowhere/at all"])
def test_what_looks_like_a_path_is_a_file(value: str) -> None:
    """With a suffix or a slash it is a file, and the error says that this can't be read."""
    with pytest.raises(SoundError, match="can't read the background"):
        check(value)


@pytest.mark.parametrize("value", ["x" * 900, "a\0b", ""])
def test_odd_values_are_refused_plainly(value: str) -> None:
    """Names no file system knows are no backgrounds, and no crash."""
    with pytest.raises(SoundError):
        check(value)
