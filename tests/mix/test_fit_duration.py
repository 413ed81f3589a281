"""A wanted duration, met by the pauses to the frame."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.mix.arrange import arrange
from audio_builder.mix.fit_duration import achievable_range, fit_pauses
from audio_builder.narration.clip import Clip, Narration
from audio_builder.recipe.settings import PACING_PRESETS, Pacing, Soundscape
from audio_builder.script.cues import Reason, Rest, Role, Say, Script
from audio_builder.script.pauses import scales
from tests.sound_helpers import script_of
from tests.support.generated_articles import scripts

SOUNDSCAPE = Soundscape()
RATES = st.sampled_from([44100, 48000])


def narrated(script: Script, seed: int, rate_hz: int = 44100) -> Narration:
    """A narration of silent clips, never loaded, with lengths and margins by chance."""
    chance = random.Random(seed)  # noqa: S311 - chance, not secrecy

    def clip(say: Say) -> Clip:
        lead, tail = chance.randint(0, 6000), chance.randint(0, 6000)
        frames = lead + chance.randint(1, 200_000) + tail
        return Clip(say, "0" * 64, frames, rate_hz, lead, tail, pytest.fail)

    clips = tuple(clip(cue) for cue in script.cues if isinstance(cue, Say))
    return Narration(clips, rate_hz, 0, 125.0)


def rests(script: Script) -> list[Rest]:
    return [cue for cue in script.cues if isinstance(cue, Rest) and scales(cue)]


@settings(max_examples=60)
@given(scripts(), st.integers(0, 9999), st.floats(0, 1), st.sampled_from(sorted(PACING_PRESETS)), RATES)
def test_any_length_in_reach_is_met_to_the_frame(script: Script, seed: int, share: float, preset: str, rate_hz: int):
    """For any script, clips, pacing and length in reach: the timeline is that long to the frame, words untouched."""
    pacing = PACING_PRESETS[preset]
    narration = narrated(script, seed, rate_hz)
    reach = achievable_range(script, narration, SOUNDSCAPE, pacing)
    assert reach.shortest_frames <= arrange(script, narration, SOUNDSCAPE).frames <= reach.longest_frames
    target = reach.shortest_frames + round(share * (reach.longest_frames - reach.shortest_frames))
    wanted = msgspec.structs.replace(pacing, duration_s=target / rate_hz)
    fit = fit_pauses(script, narration, SOUNDSCAPE, wanted)
    assert arrange(fit.script, narration, SOUNDSCAPE).frames == target
    others = [cue for cue in script.cues if not (isinstance(cue, Rest) and scales(cue))]
    assert [cue for cue in fit.script.cues if not (isinstance(cue, Rest) and scales(cue))] == others
    half_a_frame = 0.5001 / rate_hz
    for before, after in zip(rests(script), rests(fit.script), strict=True):
        cap_s = max(before.seconds, pacing.longest_s)
        assert after.reason is before.reason
        assert after.seconds >= before.seconds * pacing.least_share - half_a_frame
        assert after.seconds <= min(before.seconds * pacing.most_share, cap_s) + half_a_frame
        assert abs(after.seconds - min(before.seconds * fit.scale, cap_s)) <= 2 * half_a_frame


@settings(max_examples=20)
@given(scripts(), st.integers(0, 9999))
def test_a_length_out_of_reach_is_no_length_to_fit(script: Script, seed: int):
    """One frame beyond the reach on either side is refused, never met nearly."""
    narration = narrated(script, seed)
    reach = achievable_range(script, narration, SOUNDSCAPE, Pacing())
    for frames in (reach.shortest_frames - 1, reach.longest_frames + 1):
        with pytest.raises(ValueError, match="can't be met"):
            fit_pauses(script, narration, SOUNDSCAPE, Pacing(duration_s=frames / 44100))


def test_the_pauses_keep_their_proportions_up_to_the_cap():
    """Twice as long an answer stays twice as long, until it meets the longest silence of the pacing."""
    says = [Say("A word.", Role.PROSE)] * 3
    script = script_of([says[0], Rest(2.0, Reason.SENTENCE), says[1], Rest(10.0, Reason.QUESTION), says[2]])
    narration = narrated(script, 1)
    length = arrange(script, narration, SOUNDSCAPE).seconds
    for more_s, expected in ((3.0, [2.5, 12.5]), (6.5, [3.5, 15.0])):
        fitted = fit_pauses(script, narration, SOUNDSCAPE, Pacing(duration_s=length + more_s))
        assert [rest.seconds for rest in rests(fitted.script)] == pytest.approx(expected, abs=1e-4)
