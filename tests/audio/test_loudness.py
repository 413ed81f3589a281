"""The loudness meter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.audio.loudness import LoudnessMeter, energy_at, k_weighting, lufs
from audio_builder.audio.true_peak import TruePeakMeter
from tests.sound_helpers import blocks_of, noise, sine


def test_coefficients_at_48_khz_are_those_of_the_standard() -> None:
    """At 48 kHz the filter is that of BS.1770-5, Annex 1, tables 1 and 2."""
    head, high_pass = k_weighting(48000)
    assert head[:3] == pytest.approx([1.53512485958697, -2.69169618940638, 1.19839281085285], abs=1e-6)
    assert head[4:] == pytest.approx([-1.69065929318241, 0.73248077421585], abs=1e-6)
    assert high_pass[4:] == pytest.approx([-1.99004745483398, 0.99007225036621], abs=1e-6)


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000, 96000])
def test_every_rate_reads_the_same(rate_hz: int) -> None:
    """A tone of 997 Hz at −20 dBFS in two channels is −20.0 LUFS at every sample rate."""
    meter = LoudnessMeter(rate_hz, 2)
    meter.push(sine(997, -20.0, 5.0, rate_hz=rate_hz))
    assert meter.integrated_lufs() == pytest.approx(-20.0, abs=0.05)


def test_one_channel_reads_three_lu_below_two() -> None:
    """The same signal in one channel is 3.01 LU softer than in two."""
    meters = {channels: LoudnessMeter(48000, channels) for channels in (1, 2)}
    for channels, meter in meters.items():
        meter.push(noise(48000 * 3, 1)[:, [0] * channels])
    assert meters[2].integrated_lufs() - meters[1].integrated_lufs() == pytest.approx(3.0103, abs=1e-3)


def test_a_mono_block_may_be_flat() -> None:
    """For one channel, shape (frames,) is taken as well as (frames, 1)."""
    flat, deep = LoudnessMeter(48000, 1), LoudnessMeter(48000, 1)
    sound = noise(48000, 1)
    flat.push(sound[:, 0])
    deep.push(sound)
    assert flat.integrated_lufs() == deep.integrated_lufs()


def test_less_than_one_gating_block_has_no_loudness() -> None:
    """Under 400 ms, and in silence, the loudness is −inf."""
    meter = LoudnessMeter(48000, 2)
    meter.push(sine(1000, -20.0, 0.39))
    assert meter.integrated_lufs() == -math.inf
    silent = LoudnessMeter(48000, 2)
    silent.push(np.zeros((48000, 2), dtype=np.float32))
    assert silent.integrated_lufs() == -math.inf


def test_channels_without_weights_are_refused() -> None:
    """Three channels have no weights here."""
    with pytest.raises(ValueError, match="3 channels"):
        LoudnessMeter(48000, 3)


def test_energy_and_loudness_are_inverse() -> None:
    """`energy_at` undoes `lufs`."""
    assert lufs(energy_at(-16.0)) == pytest.approx(-16.0)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 30000), min_size=1, max_size=4))
def test_the_cut_makes_no_difference(lengths: list[int]) -> None:
    """However audio is cut into blocks, loudness, range and true peak are the same."""
    sound = noise(48000 * 4, 2)[: 48000 * 4 - 17] * np.linspace(0.2, 1, 48000 * 4 - 17, dtype=np.float32)[:, np.newaxis]
    whole, cut = LoudnessMeter(48000, 2), LoudnessMeter(48000, 2)
    whole.push(sound)
    peaks = TruePeakMeter(2), TruePeakMeter(2)
    peaks[0].push(sound)
    for block in blocks_of(sound, *(max(length, 500) for length in lengths)):
        cut.push(block)
        peaks[1].push(block)
    assert cut.energies() == pytest.approx(whole.energies(), rel=1e-6)
    assert peaks[1].true_peak() == pytest.approx(peaks[0].true_peak(), rel=1e-6)
