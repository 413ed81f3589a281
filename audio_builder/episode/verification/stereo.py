"""Left against right: the balance of the two, and what is lost where they are played as one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from audio_builder.audio.samples import Samples

_LARGEST_DB = 60.0
"""What stands for a silent side, so that the figures stay finite."""


@dataclass(slots=True)
class StereoMeter:
    """Sums the powers of two channels, and of their middle, over sound that is pushed block by block."""

    _left: float = 0.0
    _right: float = 0.0
    _product: float = 0.0

    def push(self, block: Samples) -> None:
        """Take the next frames, shape (frames, 2); one channel counts as both."""
        left, right = block[:, 0], block[:, -1]
        self._left += float(left @ left)
        self._right += float(right @ right)
        self._product += float(left @ right)

    def left_over_right_db(self) -> float:
        """Return how much louder (RMS) left is than right, −60 to 60 dB; 0 in silence."""
        return _ratio_db(self._left, self._right)

    def lost_in_mono_db(self) -> float:
        """Return how much softer (RMS) the middle of both is than the two are, 0 to 60 dB; 0 in silence.

        Equal sides lose nothing, unrelated ones 3 dB, opposite ones everything.
        """
        both = (self._left + self._right) / 2
        middle = max((both + self._product) / 2, 0.0)
        return _ratio_db(both, middle)


def _ratio_db(power: float, other: float) -> float:
    """Return a ratio of powers in dB, within what is told."""
    if power == other:
        return 0.0
    if power <= 0 or other <= 0:
        return -_LARGEST_DB if power <= 0 else _LARGEST_DB
    return min(max(10 * math.log10(power / other), -_LARGEST_DB), _LARGEST_DB)
