"""Levels in steps, so that a small change of the text doesn't move every sample by a hundredth of a dB."""

from __future__ import annotations

import math

STEP_DB = 0.2
"""No one hears it, and the loudness lands within half of it."""


def in_steps(level_db: float) -> float:
    """Return the nearest multiple of `STEP_DB`; what isn't finite as it is.

    What the whole mix is anchored on (its gain, the middle of a voice's clips, the bed, the tones) goes through here.
    Then a corrected sentence at the end leaves the sound before it as it was, to the last bit, and what was encoded
    of it can be found again.

    >>> in_steps(-15.87)
    -15.8
    """
    return round(round(level_db / STEP_DB) * STEP_DB, 1) if math.isfinite(level_db) else level_db
