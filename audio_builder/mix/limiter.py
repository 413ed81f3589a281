"""A limiter that looks ahead: no true peak above the ceiling, and not a bit changed where none comes near."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from audio_builder.audio import Samples
from audio_builder.mix.release import released
from audio_builder.mix.true_peak import AFTER, BEFORE, frame_peaks

_LOOK_AHEAD_S = 0.005
_READING_ERROR_DB = 0.1  # Eightfold oversampling can miss so much of a peak made of sound at 16 kHz.
_DUST_DB = 1e-9
_GRID_FRAMES = 32768  # Work is cut here whatever the blocks are, so the result doesn't depend on them.

Reductions = npt.NDArray[np.float64]
"""Gain reductions in dB, 0 or more, one for each frame."""


def limit(blocks: Iterable[Samples], rate_hz: int, ceiling_dbtp: float) -> Iterator[Samples]:
    """Yield the same audio with every true peak at or below the ceiling.

    All channels get the same gain, so the picture between left and right stays. As many frames come
    out as went in, at the same places; the blocks may be cut elsewhere.

    Args:
        blocks: shape (frames, channels), any lengths.
        rate_hz: frames per second.
        ceiling_dbtp: highest true peak of the result, in dB below full scale.
    """
    limiter: _Limiter | None = None
    for block in _on_grid(blocks):
        limiter = limiter or _Limiter(block.shape[1], rate_hz, ceiling_dbtp)
        yield from limiter.push(block)
    if limiter:
        yield from limiter.finish()


class _Limiter:
    """The frames under way: what has been heard but not yet passed on.

    A frame's reduction is the largest needed within the look-ahead, released slowly, then smoothed
    over the look-ahead by two moving averages. Each value that is averaged is at least what the frame
    itself needs, so the average is too, and the gain has no corner that could be heard.
    """

    def __init__(self, channels: int, rate_hz: int, ceiling_dbtp: float) -> None:
        half = max(1, round(_LOOK_AHEAD_S * rate_hz / 2))
        self._half = 2 * (half // 2) + 1  # odd, so that the averages are centred
        self._ahead = 2 * (self._half - 1)
        self._rate_hz = rate_hz
        self._ceiling = 10 ** ((ceiling_dbtp - _READING_ERROR_DB) / 20)
        # Frames whose peaks can't be judged yet for want of the frames after them, and those before.
        self._unjudged: Samples = np.zeros((BEFORE, channels), dtype=np.float32, order="F")
        self._last_peak = 0.0
        # Silence before the first frame lets the gain come down ahead of a peak there; it is not passed on.
        self._waiting: Samples = np.zeros((self._ahead, channels), dtype=np.float32, order="F")
        self._needed: Reductions = np.zeros(self._ahead)
        self._unwanted = self._ahead
        self._held: Reductions = np.zeros(self._ahead)

    def push(self, block: Samples) -> Iterator[Samples]:
        """Take frames and yield those that are ready."""
        self._unjudged = np.concatenate((self._unjudged, block))
        frames = len(self._unjudged) - BEFORE - AFTER
        if frames > 0:
            yield from self._pass_on(frames)

    def finish(self) -> Iterator[Samples]:
        """Yield the rest: silence follows the last frame."""
        channels = self._unjudged.shape[1]
        left = len(self._unjudged) - BEFORE + len(self._waiting) - self._unwanted
        silence = np.zeros((AFTER + self._ahead, channels), dtype=np.float32, order="F")
        for block in self.push(silence):
            yield block[:left]
            left -= len(block[:left])

    def _pass_on(self, frames: int) -> Iterator[Samples]:
        """Judge so many frames, and yield as many from the front of what waits."""
        peaks = frame_peaks(self._unjudged, self._ceiling)
        needed = np.zeros(frames)
        if max(float(peaks.max()), self._last_peak) > self._ceiling:
            # A peak between two frames concerns both.
            around = np.maximum(peaks, np.concatenate(([self._last_peak], peaks[:-1])))
            needed = 20 * np.log10(np.maximum(around / self._ceiling, 1.0, dtype=np.float64))
        self._last_peak = float(peaks[-1])
        self._waiting = np.concatenate((self._waiting, self._unjudged[BEFORE : BEFORE + frames]))
        self._needed = np.concatenate((self._needed, needed))
        self._unjudged = self._unjudged[frames:].copy(order="F")
        ready = len(self._needed) - self._ahead
        if ready > 0:
            block = self._waiting[:ready]
            reduction = self._reductions(ready)
            block = _turned_down(block, reduction) if reduction.any() else block
            yield block[self._unwanted :]
            self._unwanted = max(0, self._unwanted - ready)
            self._waiting = self._waiting[ready:].copy(order="F")
            self._needed = self._needed[ready:].copy()

    def _reductions(self, ready: int) -> Reductions:
        """Return the reductions of the frames that are ready, and remember what the next ones need."""
        if not self._needed.any() and not self._held.any():
            return np.zeros(ready)
        largest = _largest_ahead(self._needed, self._ahead + 1)
        held = released(largest, self._rate_hz, float(self._held[-1]))
        held = np.concatenate((self._held, held))
        smooth = _moving_average(_moving_average(held, self._half), self._half)
        self._held = held[ready:].copy()
        # The running sums of the averages leave dust where nothing is reduced.
        smooth[smooth < _DUST_DB] = 0.0
        return smooth


def _largest_ahead(values: Reductions, length: int) -> Reductions:
    """Return the maximum of each run of so many values; `length` − 1 fewer than were given.

    Each run is the end of one part and the beginning of the next, whose maxima run along with them (van Herk, "A fast
    algorithm for local minimum and maximum filters on rectangular and octagonal kernels", Pattern Recognition Letters
    13, 1992).
    """
    parts = np.pad(values, (0, -len(values) % length)).reshape(-1, length)
    from_start = np.maximum.accumulate(parts, axis=1).reshape(-1)
    to_end = np.maximum.accumulate(parts[:, ::-1], axis=1)[:, ::-1].reshape(-1)
    count = len(values) - length + 1
    largest: Reductions = np.maximum(to_end[:count], from_start[length - 1 : length - 1 + count])
    return largest


def _moving_average(values: Reductions, length: int) -> Reductions:
    """Return the mean of each run of so many values; `length` − 1 fewer than were given."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return (sums[length:] - sums[:-length]) / length


def _turned_down(block: Samples, reductions_db: Reductions) -> Samples:
    """Return frames, each as much softer as its reduction says."""
    gains = (10 ** (reductions_db / -20)).astype(np.float32)
    softer = np.empty_like(block)
    # Channel by channel, because NumPy is slow over a last axis of two.
    for channel in range(block.shape[1]):
        np.multiply(block[:, channel], gains, out=softer[:, channel])
    return softer


def _on_grid(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """Yield the same frames in blocks of the grid; the last may be shorter."""
    pending: list[Samples] = []
    count = 0
    for block in blocks:
        pending.append(block)
        count += len(block)
        if count < _GRID_FRAMES:
            continue
        joined = np.concatenate(pending)
        whole = count - count % _GRID_FRAMES
        for start in range(0, whole, _GRID_FRAMES):
            yield joined[start : start + _GRID_FRAMES]
        pending, count = [joined[whole:]], count - whole
    if count:
        yield np.concatenate(pending)
