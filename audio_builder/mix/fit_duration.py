"""Makes an episode as long as the recipe asks: first by its pauses, then by a small step of the speaking rate.

What can't be met is refused with the range that can. It runs before anything is mixed; docs/pacing.md has the rules.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import dataclass, replace

from audio_builder.errors import RecipeError
from audio_builder.mix.arrange import arrange
from audio_builder.mix.timeline import frames_from_seconds
from audio_builder.narration.clip import Narration
from audio_builder.recipe.settings import Pacing, Recipe, Soundscape
from audio_builder.script.cues import Rest, Script
from audio_builder.script.estimate import clock, expected_range
from audio_builder.script.pauses import scaled_s, scales

_MAX_RATES = 3
"""How often the text is spoken at most: at the recipe's rate, at the rate that should do, and at the limit."""

_TARGET_BEYOND = 0.01
"""A voice doesn't change its rate by exactly what is set, so a little more is set."""

_RATE_UNCERTAINTY = 0.02
"""The share of the rate's part of the range that is not promised, for the same reason."""

_ESTIMATE_ERROR = 0.4
"""How wrong an estimate of the speech may be before a word is spoken. No calibrated voice was off by more than 0.2."""

_SLOWEST_WPM, _FASTEST_WPM = 60.0, 240.0

_SCALE_PRECISION = 1e-9
"""Two scales so near each other that no rest of an hour or less differs by more than one frame between them."""


@dataclass(frozen=True, slots=True)
class TimedScript:
    """A script with its narration, whose pauses make the episode as long as the recipe asks.

    Attributes:
        script: its pauses are those of the episode: every rule's rest a whole number of frames.
        narration: of that script, at `wpm`.
        wpm: the speaking rate, in words per minute.
        pauses_scale: what the rules' rests were multiplied by, before the cap on each; None where no duration is set.
    """

    script: Script
    narration: Narration
    wpm: float
    pauses_scale: float | None = None


@dataclass(frozen=True, slots=True)
class AchievableRange:
    """How short and how long an episode can be without another speaking rate.

    Attributes:
        shortest_frames: with every rule's rest as short as the pacing lets it become.
        longest_frames: with every rule's rest as long as the pacing lets it become.
    """

    shortest_frames: int
    longest_frames: int

    def contains(self, frames: int) -> bool:
        """Return whether a length can be met."""
        return self.shortest_frames <= frames <= self.longest_frames


def fit_duration(
    script: Script, recipe: Recipe, narrate: Callable[[float], Narration], reached_wpm: Callable[[float], float]
) -> TimedScript:
    """Return a script with its narration that together last as long as the recipe asks, to the frame.

    Args:
        script: what is narrated.
        recipe: with `pacing.duration_s` 0 the script is narrated as it is.
        narrate: returns the script's narration at a rate in words per minute.
        reached_wpm: returns how fast the voice really speaks this text at a set rate, both in words per minute.

    Raises:
        RecipeError: the duration can't be met; the message has the range that can. Where the number of words shows
            it already, that is before the first of them is spoken.
        NarrationError: a phrase can't be spoken.
    """
    pacing, wpm = recipe.pacing, recipe.pacing.wpm
    if not pacing.duration_s:
        return TimedScript(script, narrate(wpm), wpm)
    _refuse_the_impossible(script, pacing, reached_wpm(wpm))
    for _ in range(_MAX_RATES):
        narration = narrate(wpm)
        within = achievable_range(script, narration, recipe.soundscape, pacing)
        target = frames_from_seconds(pacing.duration_s, narration.rate_hz)
        if within.contains(target):
            fitted = fit_pauses(script, narration, recipe.soundscape, pacing)
            return TimedScript(fitted.script, narration, wpm, fitted.scale)
        rates = _Rates(wpm, narration, pacing, within, reached_wpm)
        if not rates.range.contains(target):
            raise _refusal(pacing, rates.range.shortest_frames, rates.range.longest_frames, narration.rate_hz)
        wpm = rates.for_length(target)
    raise _refusal(pacing, within.shortest_frames, within.longest_frames, narration.rate_hz)


class _Rates:
    """What a step of the rate can do, judged from a narration at another rate."""

    def __init__(
        self,
        wpm: float,
        narration: Narration,
        pacing: Pacing,
        without: AchievableRange,
        reached_wpm: Callable[[float], float],
    ) -> None:
        self._wpm = wpm
        self._speech = sum(clip.frames - clip.lead_frames - clip.tail_frames for clip in narration.clips)
        self._without = without
        self._slowest = max(pacing.wpm * (1 - pacing.rate_share), _SLOWEST_WPM)
        self._fastest = min(pacing.wpm * (1 + pacing.rate_share), _FASTEST_WPM)
        now = reached_wpm(wpm)
        gained = self._speech * (1 - now / max(now, reached_wpm(self._fastest))) * (1 - _RATE_UNCERTAINTY)
        lost = self._speech * (now / min(now, reached_wpm(self._slowest)) - 1) * (1 - _RATE_UNCERTAINTY)
        self.range = AchievableRange(round(without.shortest_frames - gained), round(without.longest_frames + lost))

    def for_length(self, frames: int) -> float:
        """Return the words per minute at which the pauses can do the rest."""
        if frames > self._without.longest_frames:
            needed = self._speech + frames - self._without.longest_frames
            return max(self._wpm * self._speech / needed * (1 - _TARGET_BEYOND), self._slowest)
        needed = max(self._speech + frames - self._without.shortest_frames, 1)
        return min(self._wpm * self._speech / needed * (1 + _TARGET_BEYOND), self._fastest)


def _refuse_the_impossible(script: Script, pacing: Pacing, wpm: float) -> None:
    """Refuse a duration that no voice could meet, from the number of words alone: speaking may take an hour."""
    expected = expected_range(script, pacing, wpm)
    shortest_s = expected.shortest_s - expected.speech_least_s * _ESTIMATE_ERROR
    longest_s = expected.longest_s + expected.speech_most_s * _ESTIMATE_ERROR / (1 - _ESTIMATE_ERROR)
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


@dataclass(frozen=True, slots=True)
class FittedPauses:
    """A script whose pauses make the episode as long as the recipe asks.

    Attributes:
        script: every rule's rest a whole number of frames.
        scale: what the rests were multiplied by, before the cap on each.
    """

    script: Script
    scale: float


def achievable_range(script: Script, narration: Narration, soundscape: Soundscape, pacing: Pacing) -> AchievableRange:
    """Return how short and how long an episode can become by its pauses alone."""
    solver = _Solver(script, narration, soundscape, pacing)
    return AchievableRange(solver.frames_at(pacing.least_share), solver.frames_at(pacing.most_share))


def fit_pauses(script: Script, narration: Narration, soundscape: Soundscape, pacing: Pacing) -> FittedPauses:
    """Return the script with pauses that make its timeline `pacing.duration_s` long, to the frame.

    All rules' rests are multiplied by the same number, so that they keep their proportions, and none
    becomes longer than the cap. The number is found by halving; between the two nearest scales that
    differ by no more than one frame a rest, as many rests take that frame as are needed.

    Raises:
        ValueError: the length is beyond what `achievable_range` gives.
    """
    solver = _Solver(script, narration, soundscape, pacing)
    target = frames_from_seconds(pacing.duration_s, narration.rate_hz)
    low, high = pacing.least_share, pacing.most_share
    if not AchievableRange(solver.frames_at(low), solver.frames_at(high)).contains(target):
        raise ValueError(f"{target} frames can't be met")
    while high - low > _SCALE_PRECISION:
        middle = (low + high) / 2
        if solver.frames_at(middle) <= target:
            low = middle
        else:
            high = middle
    before, after = solver.rests_at(low), solver.rests_at(high)

    def stepped(count: int) -> list[int]:
        """Return the rests, the first `count` of them at the longer scale."""
        return after[:count] + before[count:]

    # A rest more moves the end by one frame or not at all, so that every length between the two is met.
    count = bisect.bisect_left(range(len(before)), target, key=lambda number: solver.frames_with(stepped(number)))
    return FittedPauses(solver.script_with(stepped(count)), low)


class _Solver:
    """Computes the length of an episode for any pauses, from one script and its clips."""

    def __init__(self, script: Script, narration: Narration, soundscape: Soundscape, pacing: Pacing) -> None:
        self._script = script
        self._narration = narration
        self._soundscape = soundscape
        self._pacing = pacing

    def rests_at(self, scale: float) -> list[int]:
        """Return the frames of every rest that a rule set, in order."""
        rate_hz = self._narration.rate_hz
        return [
            frames_from_seconds(scaled_s(cue, scale, self._pacing), rate_hz)
            for cue in self._script.cues
            if isinstance(cue, Rest) and scales(cue)
        ]

    def frames_at(self, scale: float) -> int:
        """Return the length of the episode with every rule's rest at a scale."""
        return self.frames_with(self.rests_at(scale))

    def frames_with(self, rests: list[int]) -> int:
        """Return the length of the episode with these rests."""
        return arrange(self.script_with(rests), self._narration, self._soundscape).frames

    def script_with(self, rests: list[int]) -> Script:
        """Return the script with these rests in place of its own."""
        frames = iter(rests)
        cues = tuple(
            Rest(next(frames) / self._narration.rate_hz, cue.reason) if isinstance(cue, Rest) and scales(cue) else cue
            for cue in self._script.cues
        )
        return replace(self._script, cues=cues)
