"""The bed's envelope: down under speech, up in the pauses, in at the start and out at the end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import Samples
from audio_builder.mix.timeline import Timeline, frames_from_seconds
from audio_builder.recipe.settings import Soundscape

# The envelope is worked out every 64 frames (1.5 ms) and drawn straight in between.
_STEP_FRAMES = 64
_GUARD_S = 0.1  # The bed is down this long before a voice comes in.
_HOLD_S = 0.2  # And stays down this long after it: a last consonant may be softer than what ended the phrase.

Run = tuple[int, int]
"""First clip, and the clip after the last, of clips between which the bed stays down."""


@dataclass(frozen=True, slots=True)
class Ducks:
    """How deep the bed goes under each clip.

    Attributes:
        usual_dbfs: the quietest second of speech in the middle one of the runs; −inf without speech.
        depths_db: for each clip how much deeper than usual the bed goes, at most 0.
    """

    usual_dbfs: float
    depths_db: tuple[float, ...]


def duck_depths(quietest_seconds_dbfs: Sequence[float], timeline: Timeline, soundscape: Soundscape) -> Ducks:
    """Return how deep the bed has to go, so that one soft sentence lowers it there and not everywhere.

    Args:
        quietest_seconds_dbfs: of each clip; −inf for a clip without sound.
        timeline: where the clips are.
        soundscape: how long the bed takes to move.
    """
    runs = list(_runs(timeline, soundscape))
    quietest = [_quietest(quietest_seconds_dbfs[first:end]) for first, end in runs]
    audible = [level for level in quietest if math.isfinite(level)]
    if not audible:
        return Ducks(-math.inf, (0.0,) * len(timeline.clips))
    usual = float(np.median(audible))
    depths: list[float] = []
    for (first, end), level in zip(runs, quietest, strict=True):
        depths += [min(level - usual, 0.0) if math.isfinite(level) else 0.0] * (end - first)
    return Ducks(usual, tuple(depths))


class BedEnvelope:
    """The bed's gain at every frame of an episode; asking for the same frames gives the same gains.

    Under a phrase the bed is at its depth. In a pause long enough to come up and go down again it rises to
    `swell_db` above the usual, along half a cosine in dB, and is down before the next phrase begins; in a
    shorter pause it stays where it is, for a bed that moves between sentences is heard as pumping.
    """

    def __init__(self, timeline: Timeline, soundscape: Soundscape, depths_db: Sequence[float] = ()) -> None:
        """Work out where the bed moves.

        Args:
            timeline: where the speech is.
            soundscape: swell, attack, release and fades.
            depths_db: from `duck_depths`; empty for 0 everywhere.
        """
        self._frames = timeline.frames
        depths = depths_db or (0.0,) * len(timeline.clips)
        corners = list(_corners(timeline, soundscape, depths)) or [(0, soundscape.swell_db)]
        self._positions = np.array([position for position, _ in corners])
        self._levels_db = np.array([level for _, level in corners])
        fades = soundscape.fade_in_s + soundscape.fade_out_s
        # In an episode shorter than its fades both shrink alike.
        share = min(1.0, timeline.seconds / fades) if fades else 1.0
        self._fade_in = frames_from_seconds(soundscape.fade_in_s * share, timeline.rate_hz)
        self._fade_out = frames_from_seconds(soundscape.fade_out_s * share, timeline.rate_hz)

    def gains(self, start: int, frames: int) -> Samples:
        """Return linear gains, shape (frames,), from a frame of the episode on; 0 after its end."""
        steady_db = self._steady_db(start, start + frames)
        if len(steady_db):
            return np.full(frames, (10 ** (steady_db / 20)).astype(np.float32))
        first = start // _STEP_FRAMES
        last = -(-(start + frames) // _STEP_FRAMES)
        knots = self.at(np.arange(first, last + 1) * _STEP_FRAMES)
        ramp = np.arange(_STEP_FRAMES, dtype=np.float32) / np.float32(_STEP_FRAMES)
        drawn = np.diff(knots)[:, np.newaxis] * ramp
        drawn += knots[:-1, np.newaxis]
        offset = start - first * _STEP_FRAMES
        gains: Samples = drawn.reshape(-1)[offset : offset + frames]
        return gains

    def at(self, positions: npt.NDArray[np.int64]) -> Samples:
        """Return linear gains at some frames, in any order, shape as given."""
        gains = 10 ** (self._level_db(positions) / 20)
        # Most blocks lie between the fades, where both would be 1.
        if self._fade_in and positions.min(initial=self._fade_in) < self._fade_in:
            gains *= _half_cosine(positions / self._fade_in)
        left = self._frames - positions
        if left.min(initial=self._fade_out) < max(self._fade_out, 1):
            gains *= _half_cosine(left / self._fade_out) if self._fade_out else left > 0
        return gains.astype(np.float32)

    def _steady_db(self, start: int, end: int) -> npt.NDArray[np.float64]:
        """Return the level if the bed keeps it from one frame to another, and until it is next worked out; else none.

        Returns:
            Shape (1,) or (0,).
        """
        last = end + _STEP_FRAMES
        if start < self._fade_in + _STEP_FRAMES or last > self._frames - self._fade_out:
            return self._levels_db[:0]
        before, after = np.searchsorted(self._positions, (start - _STEP_FRAMES, last), side="right")
        around = self._levels_db[max(before - 1, 0) : after + 1]
        return around[:1] if (around == around[0]).all() else around[:0]

    def _level_db(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the level at some frames: from corner to corner along half a cosine."""
        after = np.clip(np.searchsorted(self._positions, positions, side="right"), 1, max(len(self._positions) - 1, 1))
        if len(self._positions) == 1:
            return np.full(len(positions), self._levels_db[0])
        start, end = self._positions[after - 1], self._positions[after]
        share = (positions - start) / np.maximum(end - start, 1)
        levels: npt.NDArray[np.float64] = self._levels_db[after - 1] + (
            self._levels_db[after] - self._levels_db[after - 1]
        ) * _half_cosine(share)
        return levels


def _runs(timeline: Timeline, soundscape: Soundscape) -> Iterator[Run]:
    """Yield the clips between which no pause is long enough for the bed to come up and go down again."""
    needed = frames_from_seconds(soundscape.attack_s + soundscape.release_s + _GUARD_S + _HOLD_S, timeline.rate_hz)
    first = 0
    for number, clip in enumerate(timeline.clips):
        is_last = number + 1 == len(timeline.clips)
        if is_last or timeline.clips[number + 1].speech_start - clip.speech_end >= needed:
            yield first, number + 1
            first = number + 1


def _corners(timeline: Timeline, soundscape: Soundscape, depths_db: Sequence[float]) -> Iterator[tuple[int, float]]:
    """Yield the corners of the envelope: frames, rising, and levels in dB over the usual."""
    attack = frames_from_seconds(soundscape.attack_s, timeline.rate_hz)
    release = frames_from_seconds(soundscape.release_s, timeline.rate_hz)
    guard, hold = (frames_from_seconds(seconds, timeline.rate_hz) for seconds in (_GUARD_S, _HOLD_S))
    for first, end in _runs(timeline, soundscape):
        depth = depths_db[first]
        down = timeline.clips[first].speech_start - guard
        # Nothing is said before the first words: where they come early, the bed need not come up.
        if down >= attack:
            yield down - attack, soundscape.swell_db
            yield down, depth
        else:
            yield 0, depth
        up = timeline.clips[end - 1].speech_end + hold
        yield up, depth
        yield up + release, soundscape.swell_db


def _quietest(levels_dbfs: Sequence[float]) -> float:
    """Return the lowest level that is a sound at all; −inf where none is."""
    return min((level for level in levels_dbfs if math.isfinite(level)), default=-math.inf)


def _half_cosine(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a smooth way from 0 to 1 for shares from 0 to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0.0, 1.0))
