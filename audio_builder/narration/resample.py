"""An engine's sample rate made the episode's: band-limited, once for each clip."""

from __future__ import annotations

import functools
import math

import numpy as np

from audio_builder.audio.samples import Samples

_CROSSINGS = 10
"""Zero crossings of the sinc on each side, counted at the lower of both rates."""

_KAISER_BETA = 8.0

_NOTHING = 1e-12
"""What a tap is that would be 0 but for rounding."""

_AT_ONCE = 32
"""Frames in a row of the product: more of them are more products with zeros."""


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Return mono samples at another rate: a windowed sinc in polyphase form; `round(n·to/from)` frames.

    It is what `scipy.signal.resample_poly` does with the same window, to the precision of float32; a test holds it to
    that. Importing that takes a worker longer than speaking its first sentences.

    Args:
        samples: shape (frames,).
        from_hz: their rate.
        to_hz: the rate of the result.
    """
    if from_hz == to_hz or not len(samples):
        return samples
    common = math.gcd(from_hz, to_hz)
    up, down = to_hz // common, from_hz // common
    filters = _filters(up, down)
    reach = filters.shape[1] // 2
    wanted = round(len(samples) * to_hz / from_hz)
    rows = -(-wanted // up)
    padded = np.pad(samples.astype(np.float32, copy=False), (reach, reach + down))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    out = np.zeros((rows, up), dtype=np.float32)
    for phase in range(up):
        # Every `up`th frame of the result lies equally far from the frames around it: one filter for all of them.
        if down == 1:
            out[:, phase] = _slid(padded, filters[phase], rows)
        else:
            near = windows[phase * down // up :: down][:rows]
            out[: len(near), phase] = near @ filters[phase]
    return out.reshape(-1)[:wanted]


def _slid(padded: Samples, taps: Samples, count: int) -> Samples:
    """Return the sums of a filter laid on each of the first so many frames, shape (count,).

    Args:
        padded: shape (count + taps - 1 or more,).
        taps: shape (taps,), in the order of the frames.
        count: how many.
    """
    counting = np.flatnonzero(np.abs(taps) > _NOTHING)
    if len(counting) == 1:  # at a whole number of frames the sinc is 0 on all but one
        place = int(counting[0])
        alone: Samples = padded[place : place + count] * taps[place]
        return alone
    # Some frames at once: a product of matrices takes a sixth of the time of so many products with a vector.
    blocks = -(-count // _AT_ONCE)
    reached = _AT_ONCE + len(taps) - 1
    held = np.pad(padded, (0, max(0, (blocks - 1) * _AT_ONCE + reached - len(padded))))
    rows = np.lib.stride_tricks.sliding_window_view(held, reached)[::_AT_ONCE][:blocks]
    # Rows that overlap in memory can't be given to the quick product as they lie.
    out: Samples = np.ascontiguousarray(rows) @ _laid_out(taps.tobytes())
    return out.reshape(-1)[:count]


@functools.cache
def _laid_out(taps: bytes) -> Samples:
    """Return a filter's matrix: in each column its taps, one frame further down."""
    values = np.frombuffer(taps, dtype=np.float32)
    matrix = np.zeros((_AT_ONCE + len(values) - 1, _AT_ONCE), dtype=np.float32)
    for column in range(_AT_ONCE):
        matrix[column : column + len(values), column] = values
    return matrix


@functools.cache
def _filters(up: int, down: int) -> Samples:
    """Return a filter for each phase, shape (up, taps), for the frames from `reach` before to `reach` after.

    A sinc cut off at the lower rate's half, under a Kaiser window, that leaves a constant as it is.
    """
    longest = _CROSSINGS * max(up, down)
    reach = longest // up + 1
    at = np.arange(-longest, longest + 1)
    taps = np.sinc(at / max(up, down)) * np.kaiser(len(at), _KAISER_BETA)
    taps *= up / taps.sum()
    filters = np.zeros((up, 2 * reach + 1))
    for phase in range(up):
        places = longest + phase * down % up + (reach - np.arange(2 * reach + 1)) * up
        inside = (places >= 0) & (places < len(taps))
        filters[phase, inside] = taps[places[inside]]
    return filters.astype(np.float32)
