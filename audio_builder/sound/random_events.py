"""Random numbers and random times that are the same for the same seed, with every version of NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def uniform(count: int, seed: int, low: float = 0.0, high: float = 1.0) -> Numbers:
    """Return numbers between two bounds, shape (count,).

    They come from the raw stream of PCG64, the only part of NumPy's generators that is promised never to change.

    Args:
        count: how many.
        seed: the same seed gives the same numbers.
        low: the lowest value.
        high: just above the highest value.
    """
    raw = np.random.PCG64(seed).random_raw(count) >> np.uint64(11)
    return low + (high - low) * (raw.astype(np.float64) * 2.0**-53)


def spread_times(count: int, frames: int, jitter: float, seed: int) -> npt.NDArray[np.int64]:
    """Return the frames of events spread about evenly over a loop, rising, shape (count,).

    Args:
        count: how many events the loop has.
        frames: length of the loop.
        jitter: how far an event may lie from its even place, as a share of the distance between two; below 0.5.
        seed: of the random numbers.
    """
    places = np.arange(count) + 0.5 + uniform(count, seed, -jitter, jitter)
    return (places * frames / count).astype(np.int64)
