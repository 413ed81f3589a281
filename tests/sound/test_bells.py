"""Bells and breath tones."""

from __future__ import annotations

import numpy as np
import pytest

from audio_builder.audio.samples import samples_from_segment
from audio_builder.errors import SoundError
from audio_builder.mix.levels import tone_sound
from audio_builder.mix.timeline import PlacedTone, Tone
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bells import BELL_S, BELLS, Mode, check_bell, ring, strike
from audio_builder.sound.breath import breathe
from tests.sound_helpers import RATE_HZ, rms_dbfs

BOWL = samples_from_segment(strike("bowl", RATE_HZ))


def level_at(sound: np.ndarray, hz: float, start_s: float, seconds: float = 0.5) -> float:
    """Level of one frequency in a stretch, in dB."""
    part = sound[round(start_s * RATE_HZ) :][: round(seconds * RATE_HZ)].mean(axis=1)
    part = part * np.hanning(len(part))
    carrier = np.exp(-2j * np.pi * hz * np.arange(len(part)) / RATE_HZ)
    return float(20 * np.log10(np.abs(np.mean(part * carrier))))


def test_a_bowl_is_five_seconds_that_end_in_nothing() -> None:
    """It is stereo, peaks below full scale, starts and ends at 0 without a step, and has no DC."""
    assert BOWL.shape == (round(BELL_S * RATE_HZ), 2)
    assert 0.85 < np.abs(BOWL).max() < 0.95
    assert np.abs(BOWL[0]).max() == 0
    assert np.abs(BOWL[-100:]).max() < 1e-4
    assert np.abs(BOWL[:40]).max() < 0.2
    assert np.abs(BOWL.mean(axis=0)).max() < 1e-3


def test_its_modes_are_inharmonic_and_die_away_by_themselves() -> None:
    """The second mode lies at 2.77 times the first, and high modes fade faster than low ones."""
    assert level_at(BOWL, 220 * 2.77, 0.1) > level_at(BOWL, 220 * 2, 0.1) + 20
    lost = [level_at(BOWL, 220 * ratio, 0.1) - level_at(BOWL, 220 * ratio, 2.1) for ratio in (1.0, 2.77, 5.18, 8.16)]
    assert lost == sorted(lost)
    # 60 dB in 4 s for the third mode, after three whole beats of 1.3 Hz.
    after_s = 3 / 1.3
    third = level_at(BOWL, 220 * 5.18, 0.1) - level_at(BOWL, 220 * 5.18, 0.1 + after_s)
    assert third == pytest.approx(60 * after_s / 4, abs=1.0)


def test_a_mode_is_two_sines_that_beat_and_die_away() -> None:
    """What is put together from powers is what the formula gives frame by frame, and ends 80 dB down."""
    sound = ring(300.0, (Mode(2.0, -6.0, 0.6, 0.8, 0.0),), 1.0, RATE_HZ)
    time_s = np.arange(round(0.8 * RATE_HZ)) / RATE_HZ
    both = sum(level * np.sin(2 * np.pi * hz * time_s) for level, hz in ((1.0, 599.6), (0.4, 600.4)))
    expected = np.sqrt(0.5) * 10 ** (-6 / 20 - 3 * time_s / 0.6) * both
    assert sound[: len(time_s)] == pytest.approx(np.stack((expected, expected), axis=1), abs=1e-6)
    assert not sound[len(time_s) :].any()


def test_a_bell_is_wide_but_balanced() -> None:
    """Both sides are within 2 dB of each other and not the same."""
    assert abs(rms_dbfs(BOWL[:, 0]) - rms_dbfs(BOWL[:, 1])) < 2.0
    assert np.corrcoef(BOWL.T)[0, 1] < 0.995


def test_bells_are_found_by_name() -> None:
    """`none` has no sound; a misspelt name is told the names there are."""
    assert strike("none", RATE_HZ).frame_count() == 0
    for name in BELLS:
        check_bell(name)
    with pytest.raises(
        SoundError, match="no bell named 'bowel'; there are bowl, large-bowl, chime, church-bell, none"
    ) as raised:
        check_bell("bowel")
    assert raised.value.hint == "Did you mean bowl?"


def test_a_bell_cut_short_fades_out() -> None:
    """A placed bell is as long as the timeline says, and its end is nothing, not a click."""
    short = tone_sound(PlacedTone(Tone.BELL, 0, 2 * RATE_HZ), Soundscape(), RATE_HZ)
    assert len(short) == 2 * RATE_HZ
    assert np.abs(short[-5:]).max() < 1e-4
    assert np.array_equal(short[:RATE_HZ], BOWL[:RATE_HZ])
    assert len(tone_sound(PlacedTone(Tone.BELL, 0, 3), Soundscape(), RATE_HZ)) == 3


@pytest.mark.parametrize("frames", [RATE_HZ, 4 * RATE_HZ + 1])
def test_a_breath_lasts_as_long_as_asked(frames: int) -> None:
    """The tone has exactly that many frames and begins and ends in silence."""
    for inward in (True, False):
        sound = samples_from_segment(breathe(frames, RATE_HZ, inward=inward))
        assert sound.shape == (frames, 2)
        assert np.abs(sound[[0, -1]]).max() < 1e-3
        assert np.abs(np.diff(sound, axis=0)).max() < 0.08


def test_breathing_in_rises_and_out_falls() -> None:
    """In grows from 165 to 220 Hz and is loudest near its end; out is the same backwards."""
    inward = samples_from_segment(breathe(4 * RATE_HZ, RATE_HZ, inward=True))
    outward = samples_from_segment(breathe(4 * RATE_HZ, RATE_HZ, inward=False))
    loudest = [int(np.argmax([rms_dbfs(part) for part in np.split(sound, 8)])) for sound in (inward, outward)]
    assert loudest == [6, 1]
    assert level_at(inward, 220.0, 3.2, 0.4) > level_at(inward, 165.0, 3.2, 0.4) + 10
    assert level_at(outward, 220.0, 0.4, 0.4) > level_at(outward, 165.0, 0.4, 0.4) + 10


@pytest.mark.parametrize("name", [name for name in BELLS if name != "none"])
def test_every_bell_begins_softly_rings_and_ends(name: str) -> None:
    """Each is stereo, balanced within 3 dB, loudest in its first second, below full scale, and ends in nothing."""
    sound = samples_from_segment(strike(name, RATE_HZ))
    assert sound.shape == BOWL.shape
    assert 0.85 < np.abs(sound).max() < 0.95
    assert np.abs(sound[0]).max() == 0
    assert np.abs(sound[-100:]).max() < 1e-4
    assert abs(rms_dbfs(sound[:, 0]) - rms_dbfs(sound[:, 1])) < 3.0
    seconds = [rms_dbfs(part) for part in np.split(sound, 5)]
    assert seconds[0] == max(seconds)
    assert seconds[3] > seconds[0] - 30


def test_a_church_bell_has_a_minor_third_and_a_chime_the_modes_of_a_bar() -> None:
    """Above a hum of 146.8 Hz the third is at 2.4 times that; above 349.2 Hz a bar rings at 2.76 times, not at 2."""
    bell = samples_from_segment(strike("church-bell", RATE_HZ))
    assert level_at(bell, 146.83 * 2.4, 0.1, 1.0) > level_at(bell, 146.83 * 2.52, 0.1, 1.0) + 20
    chime = samples_from_segment(strike("chime", RATE_HZ))
    assert level_at(chime, 349.23 * 2.76, 0.1) > level_at(chime, 349.23 * 2, 0.1) + 20
