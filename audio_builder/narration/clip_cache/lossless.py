"""Speech made small without losing a bit, with nothing but NumPy and Zstandard (decision 16).

Samples of speech are foreseen well by the ones before: of their third differences most are small. Those are folded, so
that small ones of either sign have a high byte of zero, and high and low bytes are compressed one after the other.
"""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_DIFFERENCES = 3
_LEVEL = 1


def compressed(pcm: bytes) -> bytes:
    """Return 16-bit little-endian samples, compressed: speech to about 38 %."""
    steps: npt.NDArray[np.int16] = np.frombuffer(pcm, dtype="<i2").astype(np.int16)
    for _ in range(_DIFFERENCES):
        # Differences wrap around at 16 bits, and so do the sums that undo them.
        steps = np.diff(steps, prepend=np.int16(0))
    halves = ((steps << 1) ^ (steps >> 15)).astype("<i2").view(np.uint8).reshape(-1, 2)
    return zstd.compress(halves[:, 1].tobytes() + halves[:, 0].tobytes(), _LEVEL)


def decompressed(content: bytes, frames: int) -> bytes | None:
    """Return the samples that were compressed; None if there aren't so many, or they can't be read."""
    try:
        # One byte more than there should be: what claims to be larger isn't unpacked to its end.
        unpacked = zstd.ZstdDecompressor().decompress(content, 2 * frames + 1)
    except zstd.ZstdError:
        return None
    halves = np.frombuffer(unpacked, dtype=np.uint8)
    if len(halves) != 2 * frames:
        return None
    # NumPy sums 32 bits four times as fast as 16; the upper ones may overflow, as only the lower count.
    folded = halves[:frames].astype(np.int32) << 8 | halves[frames:]
    steps = (folded >> 1) ^ -(folded & 1)
    for _ in range(_DIFFERENCES):
        steps = np.cumsum(steps, dtype=np.int32)
    return steps.astype("<i2").tobytes()
