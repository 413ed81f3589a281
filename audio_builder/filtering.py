"""Recursive filters a chunk at a time: a few products of matrices in place of a step for every sample.

A recursive filter is linear in its input and its state. So what comes out of a chunk, and the state after it, are one
matrix times both (Burrus, "Block Realization of Digital Filters", IEEE Trans. Audio Electroacoust. 20, 1972). Only the
states go from chunk to chunk, and they are found for all chunks at once by doubling.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import signal

from audio_builder.audio import Samples

_LARGEST_PRODUCT = 200_000  # Multiplications for which OpenBLAS keeps to one thread: waking others costs far more.
_FORGOTTEN = 1e-12
_SMALLEST_STATE = 1e-30

States = npt.NDArray[np.float64]
"""What a filter remembers of several signals, shape (signals, order); zeros for silence before."""


class ChunkedFilter:
    """A recursive filter for signals that come in whole chunks."""

    def __init__(self, sections: npt.NDArray[np.float64], chunk: int) -> None:
        """Work out its matrices.

        Args:
            sections: second-order sections, shape (sections, 6).
            chunk: frames of a chunk; 30 to 50 are fastest.
        """
        self.chunk = chunk
        self.order = 2 * len(sections)
        rows = chunk + self.order
        # A unit in each frame, then in each part of the state: what comes of them is all there is to know.
        units = np.eye(rows, chunk)
        states = np.eye(rows, self.order, k=-chunk).reshape(rows, len(sections), 2).transpose(1, 0, 2)
        out, after = signal.sosfilt(sections, units, zi=states)
        after = after.transpose(1, 0, 2).reshape(rows, self.order)
        # The input gives its own part of the output and of the next state in one product.
        self._from_input = np.concatenate((out[:chunk], after[:chunk]), axis=1).astype(np.float32)
        self._from_state = out[chunk:].astype(np.float32)
        self._next_state = after[chunk:]

    def start(self, signals: int) -> States:
        """Return the state of so many signals before which there was silence."""
        return np.zeros((signals, self.order))

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


def _product(rows: Samples, matrix: Samples) -> Samples:
    """Return rows times a matrix, some rows at a time."""
    out = np.empty((len(rows), matrix.shape[1]), dtype=np.float32)
    at_once = max(1, _LARGEST_PRODUCT // matrix.size)
    for first in range(0, len(rows), at_once):
        np.matmul(rows[first : first + at_once], matrix, out=out[first : first + at_once])
    return out
