"""Recursive filters, and the release of a gain reduction.

A filter takes a chunk at a time: a few products of matrices in place of a step for every sample. It is linear in its
input and its state. So what comes out of a chunk, and the state after it, are one matrix times both (Burrus, "Block
Realization of Digital Filters", IEEE Trans. Audio Electroacoust. 20, 1972). Only the states go from chunk to chunk,
and they are found for all chunks at once by doubling.

`scipy.signal` has the same filters (a test compares them), but takes as long to import as ten minutes take to mix.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import Samples

Sections = npt.NDArray[np.float64]
"""Second-order sections one after the other, shape (sections, 6): b0, b1, b2, 1, a1, a2 of each, as SciPy has them."""

States = npt.NDArray[np.float64]
"""What a filter remembers of several signals, shape (signals, order); zeros for silence before."""

_LARGEST_PRODUCT = 200_000  # Multiplications for which OpenBLAS keeps to one thread: waking others costs far more.
_LONGEST_CHUNK = 49
_FORGOTTEN = 1e-12
_SMALLEST_STATE = 1e-30


def butterworth_high_pass(cutoff_hz: float, order: int, rate_hz: int) -> Sections:
    """Return a Butterworth high-pass: 3 dB down at the cutoff, falling by 6 dB an octave for each order below.

    Args:
        cutoff_hz: below half the rate.
        order: even.
        rate_hz: frames per second.
    """
    k = math.tan(math.pi * cutoff_hz / rate_hz)
    sections = []
    for pair in range(order // 2):
        # Its poles lie evenly on a circle; two that are conjugates make a section.
        damping = 2 * math.cos(math.pi * (2 * pair + 1) / (2 * order))
        a0 = 1 + damping * k + k * k
        sections.append([1 / a0, -2 / a0, 1 / a0, 1.0, 2 * (k * k - 1) / a0, (1 - damping * k + k * k) / a0])
    return np.array(sections)


def band_pass(low_hz: float, high_hz: float, rate_hz: int) -> Sections:
    """Return a Butterworth band-pass of the first order: 3 dB down at both ends, falling by 6 dB an octave beyond."""
    low, high = (math.tan(math.pi * hz / rate_hz) for hz in (low_hz, high_hz))
    width, centre = high - low, low * high
    a0 = 1 + width + centre
    return np.array([[width / a0, 0.0, -width / a0, 1.0, 2 * (centre - 1) / a0, (1 - width + centre) / a0]])


class ChunkedFilter:
    """A recursive filter for signals that come in whole chunks, or at once."""

    def __init__(self, sections: Sections, unit: int = _LONGEST_CHUNK) -> None:
        """Work out its matrices.

        Args:
            sections: of the filter.
            unit: frames of which each piece of a signal is a multiple; a chunk is a part of it, at most 49 frames.
        """
        self.chunk = max(size for size in range(1, _LONGEST_CHUNK + 1) if unit % size == 0)
        self.order = 2 * len(sections)
        rows = self.chunk + self.order
        # A unit in each frame, then in each part of the state: what comes of them is all there is to know.
        out, after = _stepped(sections, np.eye(rows, self.chunk), np.eye(rows, self.order, k=-self.chunk))
        # The input gives its own part of the output and of the next state in one product.
        self._from_input = np.concatenate((out[: self.chunk], after[: self.chunk]), axis=1).astype(np.float32)
        self._from_state = out[self.chunk :].astype(np.float32)
        self._next_state = after[self.chunk :]

    def start(self, signals: int) -> States:
        """Return the state of so many signals before which there was silence."""
        return np.zeros((signals, self.order))

    def once(self, sound: Samples) -> Samples:
        """Return one signal of any length, shape (frames,), filtered from silence on."""
        padded = np.pad(sound.astype(np.float32, copy=False), (0, -len(sound) % self.chunk))
        return self.filtered(padded[np.newaxis], self.start(1))[0, : len(sound)]

    def filtered(self, planes: Samples, states: States) -> Samples:
        """Return signals, filtered; the states are moved on in place.

        Args:
            planes: shape (signals, frames), a whole number of chunks.
            states: of the same signals.
        """
        signals, frames = planes.shape
        count = frames // self.chunk
        if not count:
            return np.zeros_like(planes)
        chunks = planes.reshape(signals * count, self.chunk)
        product = _product(chunks, self._from_input).reshape(signals, count, -1)
        before = self._states_before(product[:, :, self.chunk :].astype(np.float64), states)
        out = _product(before.reshape(signals * count, self.order).astype(np.float32), self._from_state)
        out = out.reshape(signals, count, self.chunk)
        out += product[:, :, : self.chunk]
        return out.reshape(signals, frames)

    def _states_before(self, added: npt.NDArray[np.float64], states: States) -> npt.NDArray[np.float64]:
        """Return the state before each chunk, shape (signals, chunks, order), and move the states on past the last.

        Args:
            added: what each chunk adds to the state, shape as returned.
            states: before the first chunk.
        """
        reached = np.concatenate((states[:, np.newaxis], added), axis=1)
        step, power = 1, self._next_state
        while step < reached.shape[1] and np.abs(power).max() > _FORGOTTEN:
            reached[:, step:] += reached[:, :-step] @ power
            step, power = 2 * step, power @ power
        states[:] = reached[:, -1]
        # In silence they decay into denormal numbers, which processors handle very slowly.
        states[np.abs(states) < _SMALLEST_STATE] = 0.0
        return reached[:, :-1]


def _stepped(sections: Sections, rows: npt.NDArray[np.float64], states: States) -> tuple[States, States]:
    """Return rows of a few frames, filtered frame by frame, and the states after them (transposed direct form II)."""
    out, after = rows.copy(), states.copy()
    for number, (b0, b1, b2, _, a1, a2) in enumerate(sections):
        first, second = after[:, 2 * number].copy(), after[:, 2 * number + 1].copy()
        for frame in range(rows.shape[1]):
            given = out[:, frame].copy()
            out[:, frame] = b0 * given + first
            first = b1 * given - a1 * out[:, frame] + second
            second = b2 * given - a2 * out[:, frame]
        after[:, 2 * number], after[:, 2 * number + 1] = first, second
    return out, after


def _product(rows: Samples, matrix: Samples) -> Samples:
    """Return rows times a matrix, some rows at a time."""
    out = np.empty((len(rows), matrix.shape[1]), dtype=np.float32)
    at_once = max(1, _LARGEST_PRODUCT // matrix.size)
    for first in range(0, len(rows), at_once):
        np.matmul(rows[first : first + at_once], matrix, out=out[first : first + at_once])
    return out


HIGH_PASS_HZ = 70.0
"""Cutoff of the voice's high-pass, 3 dB down. The lowest voices begin at about 80 Hz; rumble, hum at 50 Hz and
plosives lie below."""

_HIGH_PASS_ORDER = 4


def high_pass(sound: Samples, rate_hz: int) -> Samples:
    """Return a voice without what lies below 70 Hz, filtered from silence on: shape (frames,), as long and in place."""
    return _high_pass(rate_hz).once(sound)


@functools.cache
def _high_pass(rate_hz: int) -> ChunkedFilter:
    """Return a Butterworth high-pass: 12 dB down at 50 Hz, 0.8 dB at 85 Hz."""
    return ChunkedFilter(butterworth_high_pass(HIGH_PASS_HZ, _HIGH_PASS_ORDER, rate_hz))


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
