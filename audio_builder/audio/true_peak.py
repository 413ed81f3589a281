"""True peak: the highest level of the waveform between the samples (ITU-R BS.1770-5, Annex 2)."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import Samples

# Annex 2 asks for at least fourfold oversampling; eightfold reads a 10 kHz peak to within 0.04 dB.
_OVERSAMPLING = 8
_TAPS = 24
_KAISER_BETA = 6.0
_AT_ONCE = 48  # Chunks in a product so small that OpenBLAS keeps to one thread: waking others costs far more.

CHUNK = 16
"""Frames that are judged as one."""
_REACH = CHUNK + _TAPS - 1  # Frames on which what lies between the frames of a chunk depends.

BEFORE = _TAPS // 2 - 1
"""Frames that `chunk_peaks` needs before the first frame it judges."""
AFTER = _TAPS // 2
"""Frames that it needs after the last."""


@dataclass(frozen=True, slots=True, eq=False)
class _Interpolator:
    """A sinc under a Kaiser window, for every place between the frames of a chunk.

    Attributes:
        filters: shape (reach, (oversampling − 1) · chunk). The first columns give the waveform 1 / oversampling of the
            way from each frame to the next, the following ones 2 / oversampling, and so on.
        overshoot: no output is larger than so many times the largest sample.
        bend: no output lies further than so many times the largest step from sample to sample from the straight line
            between its two samples.
    """

    filters: Samples
    overshoot: float
    bend: float


@functools.cache
def _interpolator() -> _Interpolator:
    fractions = np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    distance = (np.arange(_TAPS) - BEFORE)[:, np.newaxis] - fractions
    window = np.i0(_KAISER_BETA * np.sqrt(1 - (distance / (_TAPS / 2)) ** 2)) / np.i0(_KAISER_BETA)
    taps = np.sinc(distance) * window
    taps /= taps.sum(axis=0)
    every_frame = np.zeros((_REACH, _OVERSAMPLING - 1, CHUNK))
    for frame in range(CHUNK):
        every_frame[frame : frame + _TAPS, :, frame] = taps
    straight = np.zeros_like(taps)
    straight[BEFORE], straight[BEFORE + 1] = 1 - fractions, fractions
    # What sums to 0 over the samples is a sum over their steps (summation by parts).
    bend = np.abs(np.cumsum(taps - straight, axis=0)).sum(axis=0).max()
    filters = every_frame.reshape(_REACH, -1).astype(np.float32)
    return _Interpolator(filters, float(np.abs(taps).sum(axis=0).max()), float(bend))


def chunk_peaks(samples: Samples, threshold: float) -> Samples:
    """Return the highest magnitude in each chunk, up to the first frame of the next, over all channels.

    Where it can't exceed the threshold it isn't computed, which makes most audio cheap; the result is then some value
    up to the threshold. There are two bounds: by the largest sample, and, as voices are made of low tones, by the
    largest step from sample to sample.

    Args:
        samples: shape (BEFORE + frames + AFTER, channels); the margins are looked at, not judged.
        threshold: linear; the smallest magnitude that matters.

    Returns:
        Shape (chunks,), full scale at 1.0; the last chunk may be of fewer frames.
    """
    return _chunk_peaks(samples, _magnitudes(samples), threshold)


def _magnitudes(samples: Samples) -> Samples:
    """Return the magnitude of each frame, over all channels."""
    magnitudes: Samples = functools.reduce(np.maximum, (np.abs(plane) for plane in samples.T))
    return magnitudes


def _chunk_peaks(samples: Samples, magnitudes: Samples, threshold: float) -> Samples:
    frames = len(samples) - BEFORE - AFTER
    count = -(-frames // CHUNK)
    interpolator = _interpolator()
    highest = float(magnitudes.max())
    if not frames or highest * interpolator.overshoot <= threshold:
        return np.full(count, highest, dtype=np.float32)
    peaks = _largest_of_chunks(magnitudes[BEFORE : BEFORE + frames], count)
    steps: Samples = functools.reduce(np.maximum, (np.abs(np.diff(plane)) for plane in samples.T))
    near = _chunks_near(peaks, magnitudes[BEFORE : BEFORE + frames + 1], steps, threshold)
    if not len(near):
        return peaks
    places = np.append(near, np.repeat(near[-1:], -len(near) % _AT_ONCE))
    # The last chunk may be longer than what is left: what it says of frames that aren't there is dropped.
    windows = np.minimum(places[:, np.newaxis] * CHUNK + np.arange(_REACH), len(samples) - 1)
    judged = min(CHUNK, frames - int(near[-1]) * CHUNK)
    for plane in np.ascontiguousarray(samples.T):
        between = np.abs(plane[windows].reshape(-1, _AT_ONCE, _REACH) @ interpolator.filters)
        between = between.reshape(len(places), _OVERSAMPLING - 1, CHUNK)
        between[len(near) - 1 :, :, judged:] = 0.0
        largest = between.reshape(len(places), -1).max(axis=1)[: len(near)]
        peaks[near] = np.maximum(peaks[near], largest)
    return peaks


def _largest_of_chunks(values: Samples, count: int) -> Samples:
    """Return the largest of each chunk of values, 0 or more; so many chunks."""
    largest = np.zeros(count * CHUNK, dtype=np.float32)
    largest[: len(values)] = values
    # Halving four times is faster than a maximum over rows of sixteen. Numbers from 0 on are in the order of their
    # bits, and of whole numbers NumPy takes every other one twice as fast.
    bits = largest.view(np.int32)
    while len(bits) > count:
        bits = np.maximum(bits[0::2], bits[1::2])
    return bits.view(np.float32)


def _chunks_near(peaks: Samples, magnitudes: Samples, steps: Samples, threshold: float) -> npt.NDArray[np.intp]:
    """Return which chunks may reach above a threshold between their samples.

    Args:
        peaks: of the chunks' samples.
        magnitudes: of the same samples, and of one more.
        steps: magnitudes of the steps between all samples within reach.
        threshold: linear.
    """
    # A chunk's reach begins with a chunk of steps and ends within the next but one.
    longest = _largest_of_chunks(steps, len(peaks) + 2)
    longest = np.maximum(np.maximum(longest[:-2], longest[1:-1]), longest[2:])
    # The line from a chunk's last frame leads to the first of the next chunk.
    highest = peaks.copy()
    following = magnitudes[CHUNK::CHUNK]
    np.maximum(highest[: len(following)], following, out=highest[: len(following)])
    highest[-1] = max(highest[-1], magnitudes[-1])
    return np.flatnonzero(highest + longest * np.float32(_interpolator().bend) > threshold)


class TruePeakMeter:
    """Measures the true peak of audio that is pushed block by block; it keeps 24 frames."""

    def __init__(self, channels: int) -> None:
        """Make a meter for so many channels."""
        self._recent: Samples = np.zeros((BEFORE + AFTER, channels), dtype=np.float32, order="F")
        self._peak = 0.0

    def push(self, block: Samples) -> None:
        """Take the next frames, shape (frames, channels); any number."""
        samples = np.concatenate((self._recent, np.asfortranarray(block, dtype=np.float32)))
        if len(block):
            # Interpolation is only worth its cost where it can exceed what the samples alone show.
            magnitudes = _magnitudes(samples)
            self._peak = max(self._peak, float(magnitudes.max()))
            self._peak = max(self._peak, float(_chunk_peaks(samples, magnitudes, self._peak).max()))
        self._recent = samples[len(samples) - BEFORE - AFTER :].copy(order="F")

    def true_peak(self) -> float:
        """Return the highest magnitude so far, full scale at 1.0; silence follows the last frame."""
        silence = np.zeros_like(self._recent)
        ending = chunk_peaks(np.concatenate((self._recent, silence)), self._peak)
        return max(self._peak, float(ending.max()))

    def true_peak_dbtp(self) -> float:
        """Return the highest level so far in dBTP; −inf for silence."""
        peak = self.true_peak()
        return 20 * math.log10(peak) if peak > 0 else -math.inf
