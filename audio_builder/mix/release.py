"""How the limiter lets go: shared by the limiter and by the plan that foresees its effect."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RELEASE_DB_PER_S = 40.0
"""How fast the gain comes back after a peak: 3 dB take 75 ms, too slow to follow a voice's own waveform."""


def released(reductions_db: npt.NDArray[np.float64], rate_hz: float, before_db: float) -> npt.NDArray[np.float64]:
    """Return gain reductions that fall no faster than the release allows.

    A falling line per frame and a running maximum do what a loop over the frames would.

    Args:
        reductions_db: what each frame needs, in dB, 0 or more; shape (frames,).
        rate_hz: frames per second.
        before_db: the result for the frame before the first.
    """
    slope = np.arange(1, len(reductions_db) + 1) * (RELEASE_DB_PER_S / rate_hz)
    highest = np.maximum.accumulate(reductions_db + slope)
    held: npt.NDArray[np.float64] = np.maximum(np.maximum(highest, before_db) - slope, 0.0)
    return held
