"""The contract of a background: endless sound that can be read from any frame on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import Samples

REFERENCE_DBFS = -20.0
"""RMS level of every bed, over its whole length and all channels."""


@dataclass(frozen=True, slots=True)
class BedFormat:
    """The format in which the mix reads a bed.

    Attributes:
        rate_hz: frames per second.
        channels: 1 or 2.
    """

    rate_hz: int
    channels: int


class Bed(Protocol):
    """An endless background without a seam; the same frames sound the same however they are read."""

    @property
    def channels(self) -> int:
        """1 or 2."""
        ...

    @property
    def loudest_second_dbfs(self) -> float:
        """The root mean square of its loudest second, to half a decibel; −inf for silence."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for the report, in whole sentences without a full stop."""
        ...

    def read(self, start: int, frames: int) -> Samples:
        """Return frames from a position on, shape (frames, channels), free of DC, at `REFERENCE_DBFS`."""
        ...


@dataclass(frozen=True, slots=True)
class NoBed:
    """The background `none`."""

    channels: int
    loudest_second_dbfs: float = -math.inf
    notes: tuple[str, ...] = ()

    def read(self, start: int, frames: int) -> Samples:
        """Return silence; `start` makes no difference."""
        del start
        return np.zeros((frames, self.channels), dtype=np.float32)


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
