"""The bed's envelope: down under speech, up in the pauses, in at the start and out at the end."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from audio_builder.audio import Samples
from audio_builder.mix.timeline import Timeline, frames_from_seconds
from audio_builder.recipe import Soundscape

# The envelope is worked out every 64 frames (1.5 ms) and drawn straight in between.
_STEP_FRAMES = 64
_GUARD_S = 0.1  # The bed is down this long before a voice comes in.


class BedEnvelope:
    """The bed's gain at every frame of an episode; asking for the same frames gives the same gains.

    Under speech the gain is 1. In a pause long enough to come up and go down again the bed rises by
    `swell_db`, along half a cosine in dB, and is down before the next phrase begins; in a shorter
    pause it stays where it is, for a bed that moves between sentences is heard as pumping.
    """

    def __init__(self, timeline: Timeline, soundscape: Soundscape) -> None:
        """Work out where the bed moves.

        Args:
            timeline: where the speech is.
            soundscape: swell, attack, release and fades.
        """
        self._swell_db = soundscape.swell_db
        self._frames = timeline.frames
        self._positions, self._heights = _swells(timeline, soundscape)
        fades = soundscape.fade_in_s + soundscape.fade_out_s
        # In an episode shorter than its fades both shrink alike.
        share = min(1.0, timeline.seconds / fades) if fades else 1.0
        self._fade_in = frames_from_seconds(soundscape.fade_in_s * share, timeline.rate_hz)
        self._fade_out = frames_from_seconds(soundscape.fade_out_s * share, timeline.rate_hz)

    def gains(self, start: int, frames: int) -> Samples:
        """Return linear gains, shape (frames,), from a frame of the episode on; 0 after its end."""
        first = start // _STEP_FRAMES
        last = -(-(start + frames) // _STEP_FRAMES)
        knots = self._at(np.arange(first, last + 1) * _STEP_FRAMES)
        ramp = np.arange(_STEP_FRAMES, dtype=np.float32) / np.float32(_STEP_FRAMES)
        drawn = knots[:-1, np.newaxis] + np.diff(knots)[:, np.newaxis] * ramp
        offset = start - first * _STEP_FRAMES
        gains: Samples = drawn.reshape(-1)[offset : offset + frames]
        gains[max(0, self._frames - start) :] = 0.0
        return gains

    def _at(self, positions: npt.NDArray[np.int64]) -> Samples:
        """Return the gains at some frames."""
        height = np.interp(positions, self._positions, self._heights)
        gains = 10 ** (self._swell_db / 20 * _half_cosine(height))
        if self._fade_in:
            gains *= _half_cosine(positions / self._fade_in)
        left = self._frames - positions
        gains *= _half_cosine(left / self._fade_out) if self._fade_out else left > 0
        return gains.astype(np.float32)


def _swells(timeline: Timeline, soundscape: Soundscape) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the corners of the envelope: frames, rising, and heights from 0 (down) to 1 (up)."""
    attack = frames_from_seconds(soundscape.attack_s, timeline.rate_hz)
    release = frames_from_seconds(soundscape.release_s, timeline.rate_hz)
    guard = frames_from_seconds(_GUARD_S, timeline.rate_hz)
    if not timeline.clips:
        return np.array([0]), np.array([1.0])
    corners: list[tuple[int, float]] = []
    first = timeline.clips[0].speech_start - guard
    # Nothing was said before the first words, so the bed need not come up; after the last it stays up.
    corners += [(first - attack, 1.0), (first, 0.0)] if first >= attack else [(0, 0.0)]
    for before, after in pairwise(timeline.clips):
        down = after.speech_start - guard
        if down - before.speech_end >= release + attack:
            up = before.speech_end
            corners += [(up, 0.0), (up + release, 1.0), (down - attack, 1.0), (down, 0.0)]
    last = timeline.clips[-1].speech_end
    corners += [(last, 0.0), (last + release, 1.0)]
    positions, heights = zip(*corners, strict=True)
    return np.array(positions), np.array(heights)


def _half_cosine(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a smooth way from 0 to 1 for shares from 0 to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0.0, 1.0))
