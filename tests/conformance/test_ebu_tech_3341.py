"""EBU Tech 3341 (2023), table 1: the minimum requirement signals that are described in words.

All but cases 7 and 8, which are recordings. At 48 kHz, as they are given, and at the rate of our episodes.
"""

from __future__ import annotations

import numpy as np
import pytest

from audio_builder.audio.loudness import LoudnessMeter
from audio_builder.audio.samples import Samples
from audio_builder.audio.true_peak import TruePeakMeter
from tests.sound_helpers import blocks_of, sine

RATE_HZ = 48000
SILENCE = -200.0

both_rates = pytest.mark.parametrize("rate_hz", [48000, 44100])


def tones(*parts: tuple[float, float], rate_hz: int) -> Samples:
    """Stereo sine of 1 kHz: (peak level in dBFS, seconds) one after the other, without a gap."""
    return np.concatenate([sine(1000, level, seconds, rate_hz=rate_hz) for level, seconds in parts])


def measured(sound: Samples, rate_hz: int) -> LoudnessMeter:
    meter = LoudnessMeter(rate_hz, sound.shape[1])
    for block in blocks_of(sound, 40000, 7, 12345):
        meter.push(block)
    return meter


@both_rates
@pytest.mark.parametrize(
    ("case", "parts", "expected_lufs"),
    [
        (1, [(-23.0, 20.0)], -23.0),
        (2, [(-33.0, 20.0)], -33.0),
        (3, [(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
        (4, [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),
        (5, [(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
    ],
)
def test_integrated_loudness(case: int, parts: list[tuple[float, float]], expected_lufs: float, rate_hz: int) -> None:
    """Cases 1 to 5 read the stated integrated loudness within 0.1 LU."""
    assert measured(tones(*parts, rate_hz=rate_hz), rate_hz).integrated_lufs() == pytest.approx(
        expected_lufs, abs=0.1
    ), f"case {case}"


@both_rates
@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_steady_tone_reads_the_same_on_every_scale(level: float, rate_hz: int) -> None:
    """In cases 1 and 2 momentary and short-term loudness read the stated figure as well."""
    meter = measured(tones((level, 20.0), rate_hz=rate_hz), rate_hz)
    assert meter.momentary_lufs()[50:] == pytest.approx(level, abs=0.1)
    assert meter.short_term_lufs()[10:] == pytest.approx(level, abs=0.1)


@both_rates
def test_five_channels_are_weighed(rate_hz: int) -> None:
    """Case 6: L and R at −28, C at −24, Ls and Rs at −30 dBFS read −23.0 LUFS, as the surrounds count 1.41."""
    levels = (-28.0, -28.0, -24.0, -30.0, -30.0)
    sides = [sine(1000, level, 20.0, rate_hz=rate_hz, channels=1) for level in levels]
    assert measured(np.concatenate(sides, axis=1), rate_hz).integrated_lufs() == pytest.approx(-23.0, abs=0.1)


@both_rates
def test_short_term_loudness_is_steady_over_a_period_of_three_seconds(rate_hz: int) -> None:
    """Case 9: −20 dBFS for 1.34 s and −30 for 1.66 s, five times, read −23.0 LUFS on the short-term scale."""
    sound = tones(*[(-20.0, 1.34), (-30.0, 1.66)] * 5, rate_hz=rate_hz)
    assert measured(sound, rate_hz).short_term_lufs() == pytest.approx(-23.0, abs=0.1)


@both_rates
@pytest.mark.parametrize("number", range(20))
def test_loudest_short_term_of_each_file(number: int, rate_hz: int) -> None:
    """Case 10: 3 s at −23 dBFS after any silence read −23.0 LUFS at their loudest, twenty files of one each."""
    sound = tones((SILENCE, 0.15 * number), (-23.0, 3.0), (SILENCE, 1.0), rate_hz=rate_hz)
    assert measured(sound, rate_hz).short_term_lufs().max() == pytest.approx(-23.0, abs=0.1)


@both_rates
def test_loudest_short_term_of_each_segment(rate_hz: int) -> None:
    """Case 11: the same one after the other, in segments of 6 s from −38 to −19 dBFS, read as that."""
    parts = [
        part
        for number in range(20)
        for part in ((SILENCE, 0.15 * number), (-38.0 + number, 3.0), (SILENCE, 3.0 - 0.15 * number))
    ]
    values = measured(tones(*parts, rate_hz=rate_hz), rate_hz).short_term_lufs()
    # A value tells of the 3 s that begin with it; those of a segment begin with it and end before the next.
    loudest = [values[60 * number : 60 * number + 31].max() for number in range(20)]
    assert loudest == pytest.approx([-38.0 + number for number in range(20)], abs=0.1)


@both_rates
def test_momentary_loudness_is_steady_over_a_period_of_400_ms(rate_hz: int) -> None:
    """Case 12: −20 dBFS for 0.18 s and −30 for 0.22 s, 25 times, read −23.0 LUFS on the momentary scale."""
    sound = tones(*[(-20.0, 0.18), (-30.0, 0.22)] * 25, rate_hz=rate_hz)
    assert measured(sound, rate_hz).momentary_lufs()[30:] == pytest.approx(-23.0, abs=0.1)


@both_rates
@pytest.mark.parametrize("number", range(20))
def test_loudest_moment_of_each_file(number: int, rate_hz: int) -> None:
    """Case 13: 400 ms at −23 dBFS after any silence read −23.0 LUFS at their loudest, twenty files of one each."""
    sound = tones((SILENCE, 0.02 * number), (-23.0, 0.4), (SILENCE, 1.0), rate_hz=rate_hz)
    assert measured(sound, rate_hz).momentary_lufs().max() == pytest.approx(-23.0, abs=0.1)
    assert measured(sound, rate_hz).loudest_moment_lufs() == measured(sound, rate_hz).momentary_lufs().max()


@both_rates
def test_loudest_moment_of_each_segment(rate_hz: int) -> None:
    """Case 14: the same one after the other, in segments of 0.8 s from −38 to −19 dBFS, read as that."""
    parts = [
        part
        for number in range(20)
        for part in ((SILENCE, 0.02 * number), (-38.0 + number, 0.4), (SILENCE, 0.4 - 0.02 * number))
    ]
    values = measured(tones(*parts, rate_hz=rate_hz), rate_hz).momentary_lufs()
    loudest = [values[40 * number : 40 * number + 21].max() for number in range(20)]
    assert loudest == pytest.approx([-38.0 + number for number in range(20)], abs=0.1)


@pytest.mark.parametrize(
    ("case", "divisor", "phase_degrees", "amplitude", "expected_dbtp"),
    [
        (15, 4, 0.0, 0.50, -6.0),
        (16, 4, 45.0, 0.50, -6.0),
        (17, 6, 60.0, 0.50, -6.0),
        (18, 8, 67.5, 0.50, -6.0),
        (19, 4, 45.0, 1.41, 3.0),
    ],
)
def test_true_peak(case: int, divisor: int, phase_degrees: float, amplitude: float, expected_dbtp: float) -> None:
    """Cases 15 to 19, sines at fs/4, fs/6 and fs/8 sampled beside their crests, read +0.2 / −0.4 dB."""
    angle = 2 * np.pi * np.arange(RATE_HZ) / divisor + np.radians(phase_degrees)
    # A sine that starts at once is a step, whose own overshoot would be measured: 10 ms of fade avoid it.
    fade = np.minimum(1.0, np.minimum(np.arange(RATE_HZ), np.arange(RATE_HZ)[::-1]) / 480)
    sound = np.repeat((amplitude * fade * np.sin(angle))[:, np.newaxis], 2, axis=1).astype(np.float32)
    meter = TruePeakMeter(2)
    for block in blocks_of(sound, 4800, 1, 333):
        meter.push(block)
    assert expected_dbtp - 0.4 <= meter.true_peak_dbtp() <= expected_dbtp + 0.2, f"case {case}"


@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_true_peak_of_a_short_burst(offset: int) -> None:
    """Cases 20 to 23: one period at 1.00 in a sine of 0.50, taken from 4 fs at each offset, reads 0.0 dBTP."""
    from scipy import signal

    fast = np.arange(RATE_HZ * 4)
    crest = RATE_HZ * 2
    within = np.abs(fast - crest) < 4 * 6 * 0.75
    sound = np.where(within, 1.0, 0.5) * np.cos(2 * np.pi * (fast - crest) / (4 * 6))
    low_pass = signal.firwin(301, 0.22, window=("kaiser", 8.0))
    smooth = signal.fftconvolve(sound * np.minimum(1.0, np.minimum(fast, fast[::-1]) / 1920), low_pass, mode="same")
    smooth /= np.abs(smooth).max()
    taken = smooth[offset::4].astype(np.float32)
    meter = TruePeakMeter(1)
    meter.push(taken[:, np.newaxis])
    assert -0.4 <= meter.true_peak_dbtp() <= 0.2
