"""From the rendered mix to what the encoder takes: limited, dithered, 16 bits."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import numpy as np

from audio_builder.audio.samples import Samples
from audio_builder.mix.limiter import limit
from audio_builder.mix.plan import MixPlan

_FULL_SCALE = 32768.0
_SEED = 1770
_EVERY_OTHER_BYTE = np.uint32(0x00FF00FF)
_UPPER_HALF = np.int32(-0x10000)

_PERIOD = 2**19 - 1
"""Frames after which the dither repeats: 12 s at 44,100 Hz, and a prime number."""

_AT_ONCE = 65_536


def master(blocks: Iterable[Samples], plan: MixPlan, rate_hz: int) -> Iterator[bytes]:
    """Yield interleaved signed 16-bit little-endian PCM, as many frames as came in.

    The gain that brings the mix to its loudness is already in the blocks: it is one linear gain
    found from the speech. A dynamic normaliser here would lift the bed in the pauses.

    Args:
        blocks: the rendered mix, shape (frames, channels).
        plan: its ceiling.
        rate_hz: frames per second.
    """
    return to_pcm16(limit(blocks, rate_hz, plan.ceiling_dbtp))


def to_pcm16(blocks: Iterable[Samples]) -> Iterator[bytes]:
    """Yield the blocks as interleaved signed 16-bit little-endian PCM.

    Triangular dither of ±1 step (Lipshitz, Wannamaker and Vanderkooy, "Quantization and Dither",
    JAES 40, 1992) makes the error a steady hiss 93 dB down that does not follow the signal. It
    depends on a frame's position alone: the same audio gives the same bytes, however it is cut.

    Args:
        blocks: shape (frames, 1 or 2), full scale at ±1.0; what lies beyond is clipped.
    """
    dither, position = _dither(), 0
    for block in blocks:
        pcm = np.empty(block.shape, dtype="<i2")
        for first in range(0, len(block), _AT_ONCE):
            part = block[first : first + _AT_ONCE]
            # Channel by channel, because NumPy is slow over a last axis of two.
            for channel in range(block.shape[1]):
                steps = part[:, channel] * np.float32(_FULL_SCALE)
                steps += dither[channel, position : position + len(part)]
                np.rint(steps, out=steps)
                np.clip(steps, -_FULL_SCALE, _FULL_SCALE - 1, out=steps)
                pcm[first : first + len(part), channel] = steps
            position = (position + len(part)) % _PERIOD
        yield pcm.tobytes()


@functools.cache
def _dither() -> Samples:
    """Return the dither of two channels in steps, shape (2, frames): a period, and once more what one block can need.

    Drawing it anew for each frame takes nearly as long as all else here.
    """
    # The bit generator's own stream is guaranteed never to change between versions of NumPy.
    words = np.random.PCG64(_SEED).random_raw(_PERIOD // 2 + 1).astype("<u8", copy=False).view("<u4")[:_PERIOD]
    # A frame draws 32 bits, two times 8 for each channel: finer dither lies 140 dB down. In the upper and the lower
    # half of each word stands one of the two, for a channel each.
    first, second = words & _EVERY_OTHER_BYTE, words >> np.uint32(8) & _EVERY_OTHER_BYTE
    halves = (first.view("<i2") - second.view("<i2")).view("<i4")
    both = np.stack((halves << np.int32(16), halves & _UPPER_HALF)).astype(np.float32) * np.float32(2**-24)
    return np.concatenate((both, both[:, :_AT_ONCE]), axis=1)
