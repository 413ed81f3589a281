"""From the rendered mix to what the encoder takes: limited, dithered, 16 bits."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from audio_builder.audio.filters import released
from audio_builder.audio.samples import Samples
from audio_builder.audio.true_peak import AFTER, BEFORE, CHUNK, chunk_peaks
from audio_builder.mix.plan import MixPlan

# --- the limiter: no true peak above the ceiling, and not a bit changed where none comes near it ---

_LOOK_AHEAD_S = 0.005
_READING_ERROR_DB = 0.1  # Eightfold oversampling can miss so much of a peak made of sound at 16 kHz.
_DUST_DB = 1e-9
_GRID_FRAMES = 32768  # Work is cut here whatever the blocks are, so the result doesn't depend on them.

Reductions = npt.NDArray[np.float64]
"""Gain reductions in dB, 0 or more, one for each chunk of 16 frames."""


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
    """The frames that have come in and not yet gone out.

    The gain is worked out where chunks of 16 frames (0.4 ms) meet, and drawn straight in between: a sixteenth of the
    work. Where two chunks meet, the reduction is the largest that either needs or that is needed within the
    look-ahead, released slowly, then smoothed over the look-ahead by two moving averages. Each value that is averaged
    is at least what the place itself needs, so the average is too, and so is all that is drawn between two of them.
    """

    def __init__(self, channels: int, rate_hz: int, ceiling_dbtp: float) -> None:
        half = max(1, round(_LOOK_AHEAD_S * rate_hz / CHUNK / 2))
        self._half = 2 * (half // 2) + 1  # odd, so that the averages are centred
        self._ahead = 2 * (self._half - 1)
        self._chunk_rate_hz = rate_hz / CHUNK
        self._ceiling = 10 ** ((ceiling_dbtp - _READING_ERROR_DB) / 20)
        # Silence before the first frame lets the gain come down ahead of a peak there; it is not passed on. One chunk
        # of it is for the gain at which the first chunk begins.
        self._unwanted = (self._ahead + 1) * CHUNK
        self._sound: Samples = np.zeros((self._unwanted, channels), dtype=np.float32, order="F")
        self._judged = self._ahead + 1  # chunks of the sound
        self._last_needed = 0.0
        self._needed: Reductions = np.zeros(self._ahead)
        self._held: Reductions = np.zeros(self._ahead)
        self._last = 0.0

    def push(self, block: Samples) -> Iterator[Samples]:
        """Take frames and yield those that are ready."""
        self._sound = np.concatenate((self._sound, block))
        first = self._judged * CHUNK
        # Whole chunks alone, and none whose peaks can't be judged yet for want of the frames after them.
        chunks = (len(self._sound) - first - AFTER) // CHUNK
        if chunks <= 0:
            return
        needed = self._reductions_for(self._sound[first - BEFORE : first + chunks * CHUNK + AFTER])
        self._judged += chunks
        self._needed = np.concatenate((self._needed, needed))
        ready = len(self._needed) - self._ahead
        if ready > 0:
            yield self._passed_on(ready)

    def finish(self) -> Iterator[Samples]:
        """Yield the rest: silence follows the last frame."""
        left = len(self._sound) - self._unwanted
        silence = np.zeros(((self._ahead + 2) * CHUNK + AFTER, self._sound.shape[1]), dtype=np.float32, order="F")
        for block in self.push(silence):
            yield block[:left]
            left -= len(block[:left])

    def _reductions_for(self, sound: Samples) -> Reductions:
        """Return what is needed where each chunk of some sound begins: what it needs, and the one before it."""
        peaks = chunk_peaks(sound, self._ceiling)
        own = np.zeros(len(peaks))
        over = peaks > self._ceiling
        own[over] = 20 * np.log10(peaks[over].astype(np.float64) / self._ceiling)
        needed = np.maximum(own, np.concatenate(([self._last_needed], own[:-1])))
        self._last_needed = float(own[-1])
        return needed

    def _passed_on(self, ready: int) -> Samples:
        """Return so many chunks from the front: their gains lead from one place that is known to the next."""
        reductions = np.concatenate(([self._last], self._smoothed(ready)))
        self._last = float(reductions[-1])
        block = self._sound[: ready * CHUNK]
        self._sound = self._sound[ready * CHUNK :].copy(order="F")
        self._judged -= ready
        self._needed = self._needed[ready:].copy()
        block = _turned_down(block, reductions) if reductions.any() else block
        block = block[self._unwanted :]
        self._unwanted = max(0, self._unwanted - ready * CHUNK)
        return block

    def _smoothed(self, ready: int) -> Reductions:
        """Return the reductions at the places that are ready, and remember what the next ones need."""
        if not self._needed.any() and not self._held.any():
            return np.zeros(ready)
        largest = _largest_ahead(self._needed, self._ahead + 1)
        held = released(largest, self._chunk_rate_hz, float(self._held[-1]))
        held = np.concatenate((self._held, held))
        smooth = _moving_average(_moving_average(held, self._half), self._half)
        self._held = held[ready:].copy()
        # The running sums of the averages leave dust where nothing is reduced.
        smooth[smooth < _DUST_DB] = 0.0
        return smooth


def _largest_ahead(values: Reductions, length: int) -> Reductions:
    """Return the maximum of each run of so many values; `length` − 1 fewer than were given."""
    count = len(values) - length + 1
    return functools.reduce(np.maximum, (values[first : first + count] for first in range(length)))


def _moving_average(values: Reductions, length: int) -> Reductions:
    """Return the mean of each run of so many values; `length` − 1 fewer than were given."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return (sums[length:] - sums[:-length]) / length


def _turned_down(block: Samples, reductions_db: Reductions) -> Samples:
    """Return chunks, each as much softer as the reductions where it begins and where the next one begins say."""
    gains = 10 ** (reductions_db / -20)
    ramp = np.arange(CHUNK) / CHUNK
    drawn = (gains[:-1, np.newaxis] + np.diff(gains)[:, np.newaxis] * ramp).astype(np.float32).reshape(-1)
    softer = np.empty_like(block)
    # Channel by channel, because NumPy is slow over a last axis of two.
    for channel in range(block.shape[1]):
        np.multiply(block[:, channel], drawn, out=softer[:, channel])
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
        joined = np.concatenate(pending) if len(pending) > 1 else block
        whole = count - count % _GRID_FRAMES
        for start in range(0, whole, _GRID_FRAMES):
            yield joined[start : start + _GRID_FRAMES]
        pending, count = [joined[whole:]], count - whole
        if not count:
            pending = []
    if count:
        yield np.concatenate(pending)


# --- 16 bits ---

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
