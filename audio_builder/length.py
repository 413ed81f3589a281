"""A wanted duration: first by the pauses, then by a small step of the speaking rate, or refused with what is possible.

It runs before anything is mixed. The rules are told in docs/pacing.md and decision 0070.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from audio_builder.episode.report import DurationReport
from audio_builder.errors import RecipeError
from audio_builder.mix.fit import Reach, fit_pauses, reach_of
from audio_builder.mix.timeline import frames_from_seconds
from audio_builder.narration.clip import Narration
from audio_builder.preflight import Plan, prepare_voices
from audio_builder.recipe.settings import Pacing
from audio_builder.script.estimate import clock, expected_range
from audio_builder.voices.rate import solve_rate

_MOST_RATES = 3
"""How often the text is spoken at most: at the asked rate, at the rate that should do, and at the limit."""

_AIM_BEYOND = 0.01
"""A voice doesn't change its rate by exactly what it is asked, so it is asked for a little more."""

_UNSURE = 0.02
"""The share of the rate's part of the range that is not promised, for the same reason."""

_FAR_OFF = 0.4
"""How wrong an estimate of the speech may be before a word is spoken. No calibrated voice was off by more than 0.2."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A plan whose narration and pauses make the episode as long as it was asked to be.

    Attributes:
        plan: its script's pauses and its rate are those of the episode.
        narration: of that script at that rate.
        duration: what was done for it; None where no duration was asked.
    """

    plan: Plan
    narration: Narration
    duration: DurationReport | None


def fit_length(plan: Plan, speak: Callable[[Plan], Narration]) -> Fitted:
    """Return a plan with its narration, as long as the recipe asks, to the frame.

    Args:
        plan: with `pacing.duration_s` 0 it is spoken as it is.
        speak: narrates a plan.

    Raises:
        RecipeError: the duration can't be met; the message has the range that can. Where that is plain
            from the number of words, before the first of them is spoken.
        NarrationError: a phrase can't be spoken.
    """
    pacing = plan.recipe.pacing
    if not pacing.duration_s:
        return Fitted(plan, speak(plan), None)
    _refuse_the_impossible(plan)
    for _ in range(_MOST_RATES):
        narration = speak(plan)
        reach = reach_of(plan.script, narration, plan.recipe.soundscape, pacing)
        target = frames_from_seconds(pacing.duration_s, narration.rate_hz)
        if reach.holds(target):
            fit = fit_pauses(plan.script, narration, plan.recipe.soundscape, pacing)
            asked = DurationReport(asked_s=pacing.duration_s, pauses_scale=fit.scale, wpm=plan.recipe.pacing.wpm)
            return Fitted(replace(plan, script=fit.script), narration, asked)
        rates = _Rates(plan, narration, pacing, reach)
        if not rates.reach.holds(target):
            raise _refusal(pacing, rates.reach.shortest_frames, rates.reach.longest_frames, narration.rate_hz)
        plan = _at_rate(plan, rates.for_length(target))
    raise _refusal(pacing, reach.shortest_frames, reach.longest_frames, narration.rate_hz)


class _Rates:
    """What a step of the rate can do, judged from a narration at another rate."""

    def __init__(self, plan: Plan, narration: Narration, asked: Pacing, without: Reach) -> None:
        self._wpm = plan.recipe.pacing.wpm
        self._speech = sum(clip.frames - clip.lead_frames - clip.tail_frames for clip in narration.clips)
        self._without = without
        self._slowest = max(asked.wpm * (1 - asked.rate_share), 60.0)
        self._fastest = min(asked.wpm * (1 + asked.rate_share), 240.0)
        factor = narration.text_factors.get(plan.voice.name, 1.0)
        now = _reached_wpm(plan, self._wpm, factor)
        gained = self._speech * (1 - now / max(now, _reached_wpm(plan, self._fastest, factor))) * (1 - _UNSURE)
        lost = self._speech * (now / min(now, _reached_wpm(plan, self._slowest, factor)) - 1) * (1 - _UNSURE)
        self.reach = Reach(round(without.shortest_frames - gained), round(without.longest_frames + lost))

    def for_length(self, frames: int) -> float:
        """Return the words per minute at which the pauses can do the rest."""
        if frames > self._without.longest_frames:
            needed = self._speech + frames - self._without.longest_frames
            return max(self._wpm * self._speech / needed * (1 - _AIM_BEYOND), self._slowest)
        needed = max(self._speech + frames - self._without.shortest_frames, 1)
        return min(self._wpm * self._speech / needed * (1 + _AIM_BEYOND), self._fastest)


def _at_rate(plan: Plan, wpm: float) -> Plan:
    """Return the plan with another speaking rate."""
    recipe = msgspec.structs.replace(plan.recipe, pacing=msgspec.structs.replace(plan.recipe.pacing, wpm=wpm))
    voice, others = prepare_voices(plan.script, recipe)
    return replace(plan, recipe=recipe, voice=voice, others=others)


def _reached_wpm(plan: Plan, wpm: float, text_factor: float = 1.0) -> float:
    """Return how fast the plan's voice speaks its text when it is asked for a rate."""
    return solve_rate(plan.voice.voice.profile, wpm, text_factor).wpm


def _refuse_the_impossible(plan: Plan) -> None:
    """Refuse a duration that no voice could meet, from the number of words alone: speaking may take an hour."""
    pacing = plan.recipe.pacing
    expected = expected_range(plan.script, pacing, _reached_wpm(plan, pacing.wpm))
    shortest_s = expected.shortest_s - expected.speech_least_s * _FAR_OFF
    longest_s = expected.longest_s + expected.speech_most_s * _FAR_OFF / (1 - _FAR_OFF)
    if not shortest_s <= pacing.duration_s <= longest_s:
        raise _refusal(pacing, expected.shortest_s, expected.longest_s, 1, about="about ")


def _refusal(pacing: Pacing, shortest: float, longest: float, rate_hz: int, about: str = "") -> RecipeError:
    """Return the error that says what can be met, in whole seconds that can."""
    first, last = -int(-shortest // rate_hz), int(longest // rate_hz)
    too_long = pacing.duration_s * rate_hz > longest
    remedy = (
        "take a slower pacing (--pacing spacious), or put pauses of your own into the text ([pause 20s])"
        if too_long
        else "take a quicker pacing (--pacing reading), shorten the text, or take out pauses of your own"
    )
    return RecipeError(
        f"the episode can't be {clock(pacing.duration_s)} long: with these words and this pacing it can be "
        f"from {about}{clock(first)} to {about}{clock(last)}",
        hint=f"Ask for a duration in that range, or {remedy}.",
    )
