"""The limiter and the way to 16 bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from audio_builder.audio.filters import RELEASE_DB_PER_S, released
from audio_builder.audio.samples import Samples
from audio_builder.mix.master import limit, to_pcm16
from tests.sound_helpers import blocks_of, noise, sine

RATE_HZ = 44100
CEILING_DBTP = -1.5


def limited(sound: Samples, *lengths: int) -> Samples:
    return np.concatenate(list(limit(blocks_of(sound, *(lengths or (10000,))), RATE_HZ, CEILING_DBTP)))


def true_peak_dbtp(sound: Samples) -> float:
    """By sixteenfold oversampling, apart from our own interpolator."""
    fine = signal.resample_poly(sound.astype(np.float64), 16, 1, axis=0, window=("kaiser", 9.0))
    return float(20 * np.log10(np.abs(fine).max()))


def peaky(seed: int, gain: float, bursts: int) -> Samples:
    """Noise below 16 kHz with loud bursts of 1 to 300 frames."""
    random = np.random.default_rng(seed)
    envelope = np.full(RATE_HZ, 0.1)
    for _ in range(bursts):
        start = random.integers(0, RATE_HZ)
        envelope[start : start + random.integers(1, 300)] = 1.0
    sound = random.standard_normal((RATE_HZ, 2)) * envelope[:, np.newaxis] * gain
    low_pass = signal.firwin(127, 16000, fs=RATE_HZ)
    return signal.lfilter(low_pass, [1.0], sound, axis=0).astype(np.float32)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.floats(0.2, 4.0), st.integers(1, 40))
def test_no_true_peak_is_above_the_ceiling(seed: int, gain: float, bursts: int) -> None:
    """However loud, short or dense the peaks are, none is more than 0.05 dB above the ceiling."""
    assert true_peak_dbtp(limited(peaky(seed, gain, bursts))) <= CEILING_DBTP + 0.05


def test_peaks_between_samples_are_limited() -> None:
    """A tone at fs/4 whose samples stay below the ceiling, but not its waveform, is brought down."""
    angle = np.pi / 2 * np.arange(RATE_HZ) + np.pi / 4
    sound = np.repeat((np.hanning(RATE_HZ) * 1.1 * np.sin(angle))[:, np.newaxis], 2, axis=1).astype(np.float32)
    assert 20 * np.log10(np.abs(sound).max()) < CEILING_DBTP
    assert true_peak_dbtp(sound) > 0
    assert true_peak_dbtp(limited(sound)) <= CEILING_DBTP + 0.05


def test_what_is_below_the_ceiling_is_not_touched() -> None:
    """Audio whose true peaks all lie 0.1 dB or more below the ceiling comes out bit for bit."""
    sound = sine(997, CEILING_DBTP - 0.15, 2.0, rate_hz=RATE_HZ) * np.hanning(2 * RATE_HZ).astype(np.float32)[:, None]
    assert np.array_equal(limited(sound), sound)


def test_frames_keep_their_number_and_place() -> None:
    """As many frames come out as went in, and what is far from any peak is still the same frame."""
    sound = noise(RATE_HZ + 7, 2, level=0.05)
    sound[20000:20010] = 1.5
    result = limited(sound, 999)
    assert result.shape == sound.shape
    assert np.array_equal(result[:19000], sound[:19000])
    assert np.array_equal(result[-10000:], sound[-10000:])
    assert not np.array_equal(result[20000:20100], sound[20000:20100])


def test_both_channels_get_the_same_gain() -> None:
    """A peak on the left lowers the right as much."""
    sound = noise(RATE_HZ, 2, level=0.05)
    sound[20000:20100, 0] = 1.5
    gains = limited(sound) / sound
    assert gains[:, 0] == pytest.approx(gains[:, 1], abs=1e-5)
    assert gains.min() < 0.6


@settings(max_examples=10)
@given(st.lists(st.integers(1, 40000), min_size=1, max_size=4))
def test_the_cut_makes_no_difference(lengths: list[int]) -> None:
    """However the audio is cut into blocks, the same samples come out, and the same bytes."""
    sound = peaky(3, 1.5, 20)
    lengths = [max(length, 100) for length in lengths]
    assert np.array_equal(limited(sound, *lengths), limited(sound))
    assert b"".join(to_pcm16(blocks_of(sound, *lengths))) == b"".join(to_pcm16([sound]))


@pytest.mark.parametrize("frames", [0, 1, 5, 11, 200, 16384, 16400])
def test_any_length_passes(frames: int) -> None:
    """Nothing is lost of audio shorter than the look-ahead, or of none at all."""
    sound = noise(frames, 1, level=0.5)
    result = list(limit([sound] if frames else [], RATE_HZ, CEILING_DBTP))
    assert sum(map(len, result)) == frames


def test_the_release_is_a_line_in_decibels() -> None:
    """After a peak the reduction falls by 40 dB a second to exactly 0, and goes on across blocks."""
    needed = np.zeros(100)
    needed[10] = 2.0
    held = released(needed, 1000, before_db=0.0)
    assert held[:10].max() == 0.0
    assert held[10] == 2.0
    assert held[20] == pytest.approx(2.0 - 10 * RELEASE_DB_PER_S / 1000)
    assert held[61:].max() == 0.0
    second = released(needed[30:], 1000, before_db=float(held[29]))
    assert second == pytest.approx(held[30:])


def test_dither_keeps_what_is_below_one_step() -> None:
    """A tone of half a step is lost by rounding alone and is still there in dithered PCM."""
    sound = sine(1000, 20 * np.log10(0.5 / 32768), 4.0, rate_hz=RATE_HZ, channels=1) * np.float32(0.98)
    pcm = np.frombuffer(b"".join(to_pcm16([sound])), dtype="<i2").astype(np.float64)
    tone = np.abs(np.mean(pcm * np.exp(-2j * np.pi * 1000 * np.arange(len(pcm)) / RATE_HZ))) * 2
    assert not np.rint(sound * 32768).any()
    assert tone == pytest.approx(0.49, abs=0.03)
    assert abs(pcm.mean()) < 0.01


def test_dither_goes_on_when_its_table_ends() -> None:
    """Where it begins anew after 12 s, in blocks of any length: the same bytes, and no tone in a period."""
    silence = np.zeros((2 * (2**19 - 1) + 70_000, 2), dtype=np.float32)
    whole = b"".join(to_pcm16([silence]))
    assert whole == b"".join(to_pcm16(blocks_of(silence, 99_991, 65_536, 3)))
    pcm = np.frombuffer(whole, dtype="<i2").reshape(-1, 2)
    assert np.array_equal(pcm[: 2**19 - 1], pcm[2**19 - 1 : 2 * (2**19 - 1)])
    spectrum = np.abs(np.fft.rfft(pcm[: 2**19 - 1, 0]))
    assert spectrum[1:].max() < 6 * np.sqrt(np.mean(spectrum[1:] ** 2))


def test_dither_is_triangular_and_clipping_is_clean() -> None:
    """Silence becomes noise of at most one step with a variance of 1/4 (dither 1/6, rounding 1/12)."""
    pcm = np.frombuffer(b"".join(to_pcm16([np.zeros((200000, 2), dtype=np.float32)])), dtype="<i2")
    assert np.abs(pcm).max() == 1
    assert pcm.var() == pytest.approx(0.25, abs=0.01)
    left, right = pcm[::2], pcm[1::2]
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.01
    loud = np.frombuffer(b"".join(to_pcm16([np.array([[2.0], [-2.0]], dtype=np.float32)])), dtype="<i2")
    assert loud.tolist() == [32767, -32768]
