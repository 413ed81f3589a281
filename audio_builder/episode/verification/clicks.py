"""Clicks: single jumps between two samples that nothing around them explains."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from audio_builder.audio.samples import Samples

_CELLS_PER_S = 200
_SMALLEST_JUMP = 0.02
_OVER_ITS_SIDES = 25.0
_NEAREST, _FURTHEST = 2, 6


@dataclass(slots=True)
class ClickMeter:
    """Counts clicks in sound that is pushed block by block; it keeps 60 ms.

    A click is a first difference of at least 0.02 of full scale that is 25 times as large as the RMS of the
    first differences in the loudest 5 ms on either side, from 10 to 30 ms away. Consonants begin out of silence
    too, but what follows them is noise of their own kind. A very short one may still be counted, so the figure
    is told and not judged.
    """

    rate_hz: int
    channels: int
    _last: Samples = field(init=False)
    _rest: Samples = field(init=False)
    _peaks: Samples = field(init=False)
    _powers: Samples = field(init=False)
    _counted: int = 0

    def __post_init__(self) -> None:
        """Begin after silence."""
        self._last = np.zeros(self.channels, dtype=np.float32)
        self._rest = np.zeros(0, dtype=np.float32)
        # Of cells that can't be judged yet for want of those after them; the powers of those before them too.
        self._peaks = np.zeros(0, dtype=np.float32)
        self._powers = np.zeros(_FURTHEST, dtype=np.float32)

    def push(self, block: Samples) -> None:
        """Take the next frames, shape (frames, 1 or 2)."""
        if not len(block):
            return
        jumps = np.empty(len(self._rest) + len(block), dtype=np.float32)
        jumps[: len(self._rest)] = self._rest
        # Column by column: ten times as fast as a maximum over rows of two.
        sides = [_jumps(block[:, side], self._last[side]) for side in range(self.channels)]
        np.maximum(sides[0], sides[-1], out=jumps[len(self._rest) :])
        self._last = block[-1].copy()
        cell = self.rate_hz // _CELLS_PER_S
        whole = len(jumps) - len(jumps) % cell
        cells = jumps[:whole].reshape(-1, cell)
        self._rest = jumps[whole:].copy()
        self._peaks = np.concatenate((self._peaks, cells.max(axis=1)))
        self._powers = np.concatenate((self._powers, np.einsum("cf,cf->c", cells, cells) / np.float32(cell)))
        judged = max(0, len(self._powers) - 2 * _FURTHEST)
        self._counted += _clicks_in(self._peaks[:judged], self._powers)
        self._peaks, self._powers = self._peaks[judged:], self._powers[judged:]

    def clicks(self) -> int:
        """Return how many there were so far; what follows is silence."""
        return self._counted + _clicks_in(self._peaks, np.pad(self._powers, (0, _FURTHEST)))


def _jumps(plane: Samples, before: np.float32) -> Samples:
    """Return how far each sample of a channel lies from the one before it."""
    jumps = np.empty_like(plane)
    jumps[:1] = plane[:1] - before
    np.subtract(plane[1:], plane[:-1], out=jumps[1:])
    return np.abs(jumps, out=jumps)


def _clicks_in(peaks: Samples, powers: Samples) -> int:
    """Return how many of some cells hold a click.

    Args:
        peaks: of the cells.
        powers: of the same cells, of `_FURTHEST` before them and of as many after them, or more.
    """
    if not len(peaks):
        return 0
    around = np.lib.stride_tricks.sliding_window_view(powers, 2 * _FURTHEST + 1)[: len(peaks)]
    sides = (around[:, : _FURTHEST - _NEAREST + 1], around[:, _FURTHEST + _NEAREST :])
    louder_side = np.sqrt(np.maximum(*(side.max(axis=1) for side in sides)))
    return int(np.count_nonzero((peaks >= _SMALLEST_JUMP) & (peaks >= _OVER_ITS_SIDES * louder_side)))
