"""True peak: the highest level of the waveform between the samples (ITU-R BS.1770-5, Annex 2)."""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from audio_builder.audio import Samples

# Annex 2 asks for at least fourfold oversampling; eightfold reads a 10 kHz peak to within 0.04 dB.
_OVERSAMPLING = 8
_TAPS = 24
_KAISER_BETA = 6.0
_CHUNK = 16
_REACH = _CHUNK + _TAPS - 1  # Frames on which what lies between the frames of a chunk depends.
_AT_ONCE = 48  # Chunks in a product so small that OpenBLAS keeps to one thread: waking others costs far more.

BEFORE = _TAPS // 2 - 1
"""Frames that `frame_peaks` needs before the first frame it judges."""
AFTER = _TAPS // 2
"""Frames that it needs after the last."""


@functools.cache
def _interpolator() -> tuple[npt.NDArray[np.float32], float]:
    """Return a chunk's filters, shape (reach, (oversampling − 1) · chunk), and how far they exceed the samples at most.

    The first `_CHUNK` columns give the waveform 1 / oversampling of the way from each frame to the next, the
    following ones 2 / oversampling, and so on: a sinc under a Kaiser window. No output is larger than the largest
    sample times the largest sum of a column's magnitudes, so quiet stretches need no interpolation.
    """
    fractions = np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    distance = (np.arange(_TAPS) - BEFORE)[:, np.newaxis] - fractions
    window = np.i0(_KAISER_BETA * np.sqrt(1 - (distance / (_TAPS / 2)) ** 2)) / np.i0(_KAISER_BETA)
    taps = np.sinc(distance) * window
    taps /= taps.sum(axis=0)
    every_frame = np.zeros((_REACH, _OVERSAMPLING - 1, _CHUNK))
    for frame in range(_CHUNK):
        every_frame[frame : frame + _TAPS, :, frame] = taps
    return every_frame.reshape(_REACH, -1).astype(np.float32), float(np.abs(taps).sum(axis=0).max())


def frame_peaks(samples: Samples, threshold: float) -> Samples:
    """Return the highest magnitude from each frame up to the next, over all channels.

    Where nothing can exceed the threshold, only the sample itself is looked at, which makes quiet
    audio cheap; the result is then at most the threshold too.

    Args:
        samples: shape (BEFORE + frames + AFTER, channels); the margins are looked at, not judged.
        threshold: linear; the smallest magnitude that matters.

    Returns:
        Shape (frames,), full scale at 1.0.
    """
    frames = len(samples) - BEFORE - AFTER
    filters, overshoot = _interpolator()
    magnitudes: Samples = functools.reduce(np.maximum, (np.abs(plane) for plane in samples.T))
    if not frames or float(magnitudes.max()) * overshoot <= threshold:
        return magnitudes[BEFORE : BEFORE + frames].copy()
    near = _chunks_near(magnitudes, threshold / overshoot, -(-frames // _CHUNK))
    near = np.append(near, np.repeat(near[-1:], -len(near) % _AT_ONCE))
    # The last chunk may be longer than what is left: what it says of frames that aren't there is dropped.
    windows = np.minimum(near[:, np.newaxis] * _CHUNK + np.arange(_REACH), len(samples) - 1)
    peaks = np.pad(magnitudes[BEFORE : BEFORE + frames], (0, -frames % _CHUNK)).reshape(-1, _CHUNK)
    for plane in np.ascontiguousarray(samples.T):
        between = np.abs(plane[windows].reshape(-1, _AT_ONCE, _REACH) @ filters).reshape(len(near), -1)
        # Part by part, because NumPy is slow over an axis of seven.
        parts = (between[:, first : first + _CHUNK] for first in range(0, between.shape[1], _CHUNK))
        peaks[near] = functools.reduce(np.maximum, parts, peaks[near])
    return peaks.reshape(-1)[:frames]


def _chunks_near(magnitudes: Samples, threshold: float, count: int) -> npt.NDArray[np.intp]:
    """Return which of so many chunks have a sample above a threshold within their reach."""
    highest = np.pad(magnitudes, (0, (count + 2) * _CHUNK - len(magnitudes)))
    # Halving four times is faster than a maximum over rows of sixteen.
    while len(highest) > count + 2:
        highest = np.maximum(highest[0::2], highest[1::2])
    reach = np.maximum(np.maximum(highest[:-2], highest[1:-1]), highest[2:])
    return np.flatnonzero(reach > threshold)


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
            self._peak = max(self._peak, float(block.max()), -float(block.min()))
            self._peak = max(self._peak, float(frame_peaks(samples, self._peak).max()))
        self._recent = samples[len(samples) - BEFORE - AFTER :].copy(order="F")

    def true_peak(self) -> float:
        """Return the highest magnitude so far, full scale at 1.0; silence follows the last frame."""
        silence = np.zeros_like(self._recent)
        ending = frame_peaks(np.concatenate((self._recent, silence)), self._peak)
        return max(self._peak, float(ending.max()))

    def true_peak_dbtp(self) -> float:
        """Return the highest level so far in dBTP; −inf for silence."""
        peak = self.true_peak()
        return 20 * math.log10(peak) if peak > 0 else -math.inf
