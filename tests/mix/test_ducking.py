"""The bed's envelope."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.audio.samples import Samples
from audio_builder.mix.ducking import BedEnvelope, Ducks, duck_depths
from audio_builder.mix.timeline import Timeline
from audio_builder.recipe.settings import Soundscape
from audio_builder.script.cues import ChapterStart, Cue, Reason, Rest, Role, Say
from tests.sound_helpers import RATE_HZ, Clips, speech, timeline_of

SAY = Say("Some words.", Role.PROSE)
SOUNDSCAPE = Soundscape(swell_db=4.0, attack_s=0.8, release_s=2.5, fade_in_s=5.0, fade_out_s=9.0)


def timeline(*rests_s: float) -> Timeline:
    """Phrases of 2 s, with these rests before, between and after them."""
    clip = Clips().clip(speech(2.0))
    cues: list[Cue] = [ChapterStart("A"), Rest(rests_s[0], Reason.OPENING)]
    for seconds in rests_s[1:]:
        cues += [SAY, Rest(seconds, Reason.SENTENCE)]
    return timeline_of(cues, [clip] * (len(rests_s) - 1))


def decibels(gains: Samples) -> Samples:
    return 20 * np.log10(np.maximum(gains, 1e-9))


WHOLE = timeline(6.0, 1.0, 6.0, 14.0)
GAINS = BedEnvelope(WHOLE, SOUNDSCAPE).gains(0, WHOLE.frames)


def test_the_bed_is_down_under_every_phrase() -> None:
    """From 0.1 s before a phrase to its end the bed is at its base level, but for the fade at the start."""
    for placed in WHOLE.clips:
        under = GAINS[placed.speech_start - RATE_HZ // 10 : placed.speech_end]
        assert decibels(under) == pytest.approx(0.0, abs=1e-3)


def test_the_bed_stays_down_between_sentences() -> None:
    """A pause too short to come up and go down again changes nothing: no pumping."""
    first, second = WHOLE.clips[:2]
    assert decibels(GAINS[first.speech_end : second.speech_start]) == pytest.approx(0.0, abs=1e-3)


def test_the_bed_swells_in_a_long_pause() -> None:
    """After the release it is 4 dB up, until the attack begins before the next phrase."""
    second, third = WHOLE.clips[1:]
    up = GAINS[second.speech_end + round(2.7 * RATE_HZ) + 64 : third.speech_start - round(0.9 * RATE_HZ) - 64]
    assert len(up) > RATE_HZ
    assert decibels(up) == pytest.approx(4.0, abs=1e-3)


def test_a_soft_phrase_lowers_the_bed_there_alone() -> None:
    """The bed goes deeper under a run of phrases with a soft second, and comes up to the same height after it."""
    ducks = duck_depths((-30.0, -36.0, -28.0), WHOLE, SOUNDSCAPE)
    assert ducks.usual_dbfs == pytest.approx((-36 - 28) / 2)
    assert ducks.depths_db == pytest.approx((-4.0, -4.0, 0.0)), "the first two are one run: no pause is long enough"
    gains = decibels(BedEnvelope(WHOLE, SOUNDSCAPE, ducks.depths_db).gains(0, WHOLE.frames))
    for placed, depth in zip(WHOLE.clips, ducks.depths_db, strict=True):
        assert gains[placed.speech_start - RATE_HZ // 10 : placed.speech_end] == pytest.approx(depth, abs=1e-3)
    assert gains.max() == pytest.approx(4.0, abs=1e-3)


def test_silent_phrases_have_no_say_in_the_depth() -> None:
    """A clip without sound neither lowers the bed nor counts for what is usual."""
    assert duck_depths((-math.inf, -30.0, -30.0), WHOLE, SOUNDSCAPE) == Ducks(-30.0, (0.0, 0.0, 0.0))
    assert duck_depths((-math.inf,) * 3, WHOLE, SOUNDSCAPE) == Ducks(-math.inf, (0.0, 0.0, 0.0))


def test_the_envelope_has_no_step() -> None:
    """No frame differs from the one before by more than the steepest slope of its fades, and none is negative."""
    assert np.abs(np.diff(GAINS)).max() < 3e-5
    assert GAINS.min() >= 0


def test_the_bed_fades_in_and_out() -> None:
    """It begins and ends at nothing, is half up after half the fade in, and is all there when that is over."""
    assert GAINS[0] == 0
    assert GAINS[-1] < 1e-6
    assert GAINS[round(2.5 * RATE_HZ)] == pytest.approx(0.5 * 10 ** (4 / 20), rel=0.01)
    assert GAINS[round(5.0 * RATE_HZ)] == pytest.approx(10 ** (4 / 20), rel=0.01)
    assert BedEnvelope(WHOLE, SOUNDSCAPE).gains(WHOLE.frames, 10).max() < 1e-6


def test_an_episode_shorter_than_its_fades_shrinks_them() -> None:
    """In 4 s of episode, 5 s of fade in and 9 s of fade out become a rise and a fall that meet."""
    short = timeline(1.0, 1.0)
    gains = BedEnvelope(short, SOUNDSCAPE).gains(0, short.frames)
    assert gains[0] == 0
    assert gains[-1] < 1e-6
    assert gains.max() > 0.9


def test_no_fades_are_possible() -> None:
    """With fades of 0 s the bed is there from the first frame to the last."""
    bare = Soundscape(fade_in_s=0, fade_out_s=0, swell_db=0)
    gains = BedEnvelope(WHOLE, bare).gains(0, WHOLE.frames)
    assert gains[0] == 1.0
    # The last step of 64 frames leads to the silence after the end.
    assert (gains[:-64] == 1.0).all()


@settings(max_examples=30)
@given(st.integers(0, WHOLE.frames - 1), st.integers(1, 100000))
def test_any_range_is_the_same_as_in_the_whole(start: int, frames: int) -> None:
    """Asking for any frames gives what asking for all of them gives there, to the last bit."""
    frames = min(frames, WHOLE.frames - start)
    assert np.array_equal(BedEnvelope(WHOLE, SOUNDSCAPE).gains(start, frames), GAINS[start : start + frames])
