"""From float32 to 16 bits, with the dither that keeps quiet tones from turning into distortion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from audio_builder.audio import Samples

_FULL_SCALE = 32768.0
_SEED = 1770
_EVERY_OTHER_BYTE = np.uint32(0x00FF00FF)
_UPPER_HALF = np.int32(-0x10000)


def to_pcm16(blocks: Iterable[Samples]) -> Iterator[bytes]:
    """Yield the blocks as interleaved signed 16-bit little-endian PCM.

    Triangular dither of ±1 step (Lipshitz, Wannamaker and Vanderkooy, "Quantization and Dither",
    JAES 40, 1992) makes the error a steady hiss 93 dB down that does not follow the signal. It
    depends on a frame's position alone: the same audio gives the same bytes, however it is cut.

    Args:
        blocks: shape (frames, 1 or 2), full scale at ±1.0; what lies beyond is clipped.
    """
    # The bit generator's own stream is guaranteed never to change between versions of NumPy.
    noise = np.random.PCG64(_SEED)
    drawn = np.zeros(0, dtype="<u4")
    for block in blocks:
        # A frame draws 32 bits, two times 8 for each channel: finer dither costs more and lies 140 dB down.
        more = noise.random_raw(max(0, -(-(len(block) - len(drawn)) // 2))).astype("<u8", copy=False).view("<u4")
        drawn = np.concatenate((drawn, more))
        words, drawn = drawn[: len(block)], drawn[len(block) :]
        # In the upper and the lower half of each word stands one of the two, for a channel each.
        first, second = words & _EVERY_OTHER_BYTE, words >> np.uint32(8) & _EVERY_OTHER_BYTE
        halves = (first.view("<i2") - second.view("<i2")).view("<i4")
        pcm = np.empty(block.shape, dtype="<i2")
        # Channel by channel, because NumPy is slow over a last axis of two.
        for channel in range(block.shape[1]):
            upper = halves & _UPPER_HALF if channel else halves << np.int32(16)
            steps = upper.astype(np.float32)
            steps *= np.float32(2**-24)
            steps += block[:, channel] * np.float32(_FULL_SCALE)
            np.rint(steps, out=steps)
            pcm[:, channel] = np.clip(steps, -_FULL_SCALE, _FULL_SCALE - 1, out=steps).astype("<i2")
        yield pcm.tobytes()
