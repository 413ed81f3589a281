"""Making an episode exactly as long as it was asked to be, by its pauses alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from audio_builder.mix.arrange import arrange
from audio_builder.mix.timeline import frames_from_seconds
from audio_builder.narration.clip import Narration
from audio_builder.recipe.settings import Pacing, Soundscape
from audio_builder.script.cues import Rest, Script
from audio_builder.script.timing import scaled_s, scales

_CLOSE = 1e-9
"""Two scales so near each other that no rest of an hour or less differs by more than one frame between them."""


@dataclass(frozen=True, slots=True)
class AchievableRange:
    """How short and how long an episode can be without another speaking rate.

    Attributes:
        shortest_frames: with every rule's rest as short as the pacing lets it become.
        longest_frames: with every rule's rest as long as the pacing lets it become.
    """

    shortest_frames: int
    longest_frames: int

    def holds(self, frames: int) -> bool:
        """Tell whether a length can be met."""
        return self.shortest_frames <= frames <= self.longest_frames


@dataclass(frozen=True, slots=True)
class Fit:
    """A script whose pauses make the episode as long as it was asked to be.

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


def fit_pauses(script: Script, narration: Narration, soundscape: Soundscape, pacing: Pacing) -> Fit:
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
    if not AchievableRange(solver.frames_at(low), solver.frames_at(high)).holds(target):
        raise ValueError(f"{target} frames can't be met")
    while high - low > _CLOSE:
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
    count = _first(len(before), lambda number: solver.frames_with(stepped(number)) >= target)
    return Fit(solver.script_with(stepped(count)), low)


def _first(most: int, holds: Callable[[int], bool]) -> int:
    """Return the smallest number from 0 to `most` for which something holds that then holds for all greater ones."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


class _Solver:
    """One script with its clips, asked again and again how long it would be."""

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
