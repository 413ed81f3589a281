"""Trimming: exact margins, and nothing of the words is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.audio.samples import Samples, samples_from_segment, segment_from_samples
from audio_builder.narration.trim import find_speech, resample, trim

RATE = 22050


def vowel(seconds: float, level: float = 0.3) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    harmonics = [np.sin(2 * np.pi * 150 * k * time + k * k) / k for k in range(1, 21)]
    return np.asarray(level / 1.5 * np.sum(harmonics, axis=0), dtype=np.float32)


def hiss(seconds: float, level: float) -> Samples:
    noise = np.random.default_rng(3).standard_normal(round(seconds * RATE))
    return (level * np.append(0, np.diff(noise))).astype(np.float32)


def lifted_rms(sound: Samples) -> float:
    return float(np.sqrt(np.mean((sound[1:] - 0.9 * sound[:-1]) ** 2)))


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


@given(st.floats(0, 1.5), st.floats(0, 1.5), st.floats(0.1, 2), st.sampled_from([44100, 48000, 22050]))
def test_every_clip_has_the_same_margins(before: float, after: float, long: float, rate_hz: int) -> None:
    """40 ms before the sound, 120 ms after it, however much silence the engine left."""
    clip = trim(segment_from_samples(np.concatenate((silence(before), vowel(long), silence(after))), RATE), rate_hz)
    assert (clip.lead_frames, clip.tail_frames) == (round(0.04 * rate_hz), round(0.12 * rate_hz))
    assert clip.speech_s == pytest.approx(long, abs=0.015)
    assert clip.segment.frame_rate == rate_hz


@pytest.mark.parametrize("noise_db", [-96, -80, -70])
def test_speech_is_found_above_the_noise_of_a_recording(noise_db: float) -> None:
    """Hiss under the whole clip moves neither end by more than 15 ms."""
    words = np.concatenate((silence(0.6), vowel(0.5), silence(0.2), vowel(0.4), silence(0.7)))
    first, last = find_speech(words + hiss(len(words) / RATE + 1, 10 ** (noise_db / 20))[: len(words)], RATE)
    assert first / RATE == pytest.approx(0.6, abs=0.015)
    assert last / RATE == pytest.approx(1.7, abs=0.015)


@pytest.mark.parametrize("hiss_db", [-50, -54, -58])
def test_the_hiss_that_a_voice_ends_in_is_cut_off(hiss_db: float) -> None:
    """Neural voices leave up to a second of it between the last word and digital silence."""
    words, tail = vowel(0.8), hiss(0.9, 0.1)
    # Relative to the words as the trimmer hears both: with the highs lifted.
    tail *= lifted_rms(words) / lifted_rms(tail) * 10 ** (hiss_db / 20)
    first, last = find_speech(np.concatenate((silence(0.3), tail[:4000], words, tail, silence(0.2))), RATE)
    assert first / RATE == pytest.approx(0.3 + 4000 / RATE, abs=0.015)
    assert last / RATE == pytest.approx(0.3 + 4000 / RATE + 0.8, abs=0.03)


@pytest.mark.parametrize("below_db", [20, 28, 34])
def test_a_soft_consonant_at_either_end_is_kept(below_db: float) -> None:
    """An "f" of 80 ms, up to 34 dB softer than the vowel, belongs to the word."""
    soft = hiss(0.08, 0.2 * 10 ** (-below_db / 20))
    first, last = find_speech(np.concatenate((silence(0.4), soft, vowel(0.5), soft, silence(0.4))), RATE)
    assert first / RATE == pytest.approx(0.4, abs=0.02)
    assert last / RATE == pytest.approx(1.06, abs=0.02)


def test_a_click_before_the_words_is_cut_off() -> None:
    """5 ms of noise, far from the words, isn't speech."""
    click = np.concatenate((silence(0.2), hiss(0.005, 0.1), silence(0.5), vowel(0.5), silence(0.3)))
    assert find_speech(click, RATE)[0] / RATE == pytest.approx(0.705, abs=0.015)


@pytest.mark.parametrize(("below_db", "apart_s", "cut"), [(46, 0.08, True), (34, 0.08, False), (46, 0.02, False)])
def test_a_breath_before_the_words_is_cut_off(below_db: float, apart_s: float, cut: bool) -> None:
    """80 ms of breath, 46 dB softer and apart, are no word; a consonant is louder, or goes over into its vowel."""
    words, breath = vowel(0.5), hiss(0.08, 1.0)
    breath *= lifted_rms(words) / lifted_rms(breath) * 10 ** (-below_db / 20)
    first, last = find_speech(np.concatenate((silence(0.4), breath, silence(apart_s), words, silence(0.4))), RATE)
    assert first / RATE == pytest.approx(0.48 + apart_s if cut else 0.4, abs=0.02)
    assert last / RATE == pytest.approx(0.98 + apart_s, abs=0.02)


def test_a_pause_inside_the_phrase_stays() -> None:
    """Only the ends are trimmed."""
    clip = trim(segment_from_samples(np.concatenate((vowel(0.3), silence(2), vowel(0.3))), RATE), RATE)
    assert clip.speech_s == pytest.approx(2.6, abs=0.02)


def test_both_ends_of_a_clip_are_silent() -> None:
    """Even where the engine begins in the middle of a sound, no step is left to click."""
    samples = samples_from_segment(trim(segment_from_samples(vowel(0.5) + np.float32(0.1), RATE), 44100).segment)
    assert abs(samples[0]) < 1e-3
    assert abs(samples[-1]) < 1e-3
    assert np.max(np.abs(np.diff(samples))) < 0.03


@pytest.mark.parametrize("sound", [silence(1.0), silence(0.001), silence(0), vowel(1.0, 1e-5)])
def test_silence_has_no_speech(sound: Samples) -> None:
    """What can't be heard comes back as margins alone."""
    assert trim(segment_from_samples(sound, RATE), 44100).speech_s <= 0


def test_resampling_keeps_the_sound_and_adds_no_images() -> None:
    """A 1 kHz tone stays where it is; what a linear interpolation would add above 11 kHz is below -80 dB."""
    time = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * 1000 * time).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(resample(tone, RATE, 44100)[2205:-2205] * np.hanning(44100 - 4410)))
    hertz = np.fft.rfftfreq(44100 - 4410, 1 / 44100)
    assert hertz[spectrum.argmax()] == pytest.approx(1000, abs=2)
    assert 20 * np.log10(spectrum[hertz > 11025].max() / spectrum.max()) < -80
    assert len(resample(tone, RATE, 48000)) == 48000


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22050, 44100), (24000, 44100), (16000, 48000), (48000, 44100)])
@pytest.mark.parametrize("frames", [1, 30, 12_345])
def test_resampling_gives_the_nearest_number_of_frames_and_the_same_bytes_each_time(
    from_hz: int, to_hz: int, frames: int
) -> None:
    """A clip is the same whoever makes it; nothing is done where nothing is to do."""
    noise = np.random.default_rng(3).normal(0, 0.2, frames).astype(np.float32)
    first, again = (resample(noise, from_hz, to_hz) for _ in range(2))
    assert (first.dtype, len(first)) == (np.float32, round(frames * to_hz / from_hz))
    assert first.tobytes() == again.tobytes()
    assert resample(noise, from_hz, from_hz) is noise
    assert len(resample(noise[:0], from_hz, to_hz)) == 0
