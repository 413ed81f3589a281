"""How loud a clip is, measured once when it is spoken and kept with it, so that mixing needs no pass over the sound."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio_builder.audio.filters import ChunkedFilter, high_pass
from audio_builder.audio.loudness import k_weighting
from audio_builder.audio.samples import Samples
from audio_builder.audio.speech_level import quietest_second

CELL_S = 0.02
"""Sound is remembered as one energy and one peak for each 20 ms: 1.4 MB for an hour."""
CELLS_PER_S = round(1 / CELL_S)

Cells = npt.NDArray[np.float32]
"""One value for each `CELL_S`."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipLevels:
    """What the mix has to know of a clip, without rumble.

    Attributes:
        energies: K-weighted mean square of each cell, from the clip's first frame on.
        peaks: highest magnitude in each cell, full scale at 1.0.
        quietest_second: mean square of the quietest second of its speech (see `seconds`); 0 without sound.
    """

    energies: Cells
    peaks: Cells
    quietest_second: float

    def packed(self) -> bytes:
        """Return them as little-endian float32: the quietest second, the energies, the peaks."""
        head = np.array([self.quietest_second], dtype=np.float32)
        return np.concatenate((head, self.energies, self.peaks)).astype("<f4").tobytes()


def unpacked_levels(content: bytes) -> ClipLevels:
    """Return what `ClipLevels.packed` gave."""
    values = np.frombuffer(content, dtype="<f4").astype(np.float32)
    cells = len(values) // 2
    return ClipLevels(values[1 : 1 + cells], values[1 + cells :], float(values[0]))


def measure_clip(sound: Samples, rate_hz: int, lead_frames: int, tail_frames: int) -> ClipLevels:
    """Return the levels of a clip.

    Args:
        sound: shape (frames,), as it is in the cache.
        rate_hz: frames per second.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
    """
    cell = round(rate_hz * CELL_S)
    clean = high_pass(sound, rate_hz)
    energies, peaks = cells_of_sound(clean, 0, rate_hz)
    speech = clean[lead_frames : len(clean) - tail_frames]
    return ClipLevels(energies.astype(np.float32), peaks, _quietest_second(speech, cell))


def cells_of_sound(sound: Samples, offset: int, rate_hz: int) -> tuple[npt.NDArray[np.float64], Cells]:
    """Return the K-weighted mean square and the peak of each cell that a mono sound touches.

    Args:
        sound: shape (frames,).
        offset: frames from the beginning of the first cell to the sound.
        rate_hz: frames per second.
    """
    cell = round(rate_hz * CELL_S)
    padded = np.pad(sound, (offset, -(offset + len(sound)) % cell))
    weighted = _weighting(rate_hz).once(padded).reshape(-1, cell)
    return np.einsum("cf,cf->c", weighted, weighted).astype(np.float64) / cell, np.abs(padded).reshape(-1, cell).max(
        axis=1
    )


@functools.cache
def _weighting(rate_hz: int) -> ChunkedFilter:
    """Return the K-weighting for whole cells."""
    return ChunkedFilter(k_weighting(rate_hz), unit=round(rate_hz * CELL_S))


def _quietest_second(speech: Samples, cell: int) -> float:
    """Return the mean square of the quietest second of speech; what is shorter than a cell is taken whole."""
    cells = len(speech) // cell
    if not cells:
        return float(np.vdot(speech, speech)) / max(len(speech), 1)
    return quietest_second(np.square(speech[: cells * cell]).reshape(cells, cell).mean(axis=1), CELLS_PER_S)
