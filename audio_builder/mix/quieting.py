"""Growing quieter towards the end: one slow gain on the whole mix, so that nothing in it changes its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from audio_builder.audio import Samples
from audio_builder.loudness import integrated_lufs
from audio_builder.mix.levels import SpeechLevels, hops_from_cells

_BEGINS_AT = 0.5
"""The share of the episode after which it begins: the first half is as loud as ever."""


def quieted(blocks: Iterable[Samples], frames: int, quieting_db: float) -> Iterator[Samples]:
    """Yield the mix, from its middle on softer and softer, by `quieting_db` at its last frame.

    Args:
        blocks: the rendered mix, shape (frames, channels), one after the other.
        frames: of the whole episode.
        quieting_db: 0 or more.
    """
    start = 0
    for block in blocks:
        if quieting_db:
            gains = _gains((start + np.arange(len(block))) / max(frames, 1), quieting_db)
            yield block * gains[:, np.newaxis].astype(np.float32)
        else:
            yield block
        start += len(block)


def quieting_loss_lu(levels: SpeechLevels, quieting_db: float) -> float:
    """Return how much softer the speech becomes by this as a whole, in LU: the mix has to be louder by that."""
    if not quieting_db or not math.isfinite(levels.loudness_lufs):
        return 0.0
    gains = _gains(np.linspace(0, 1, len(levels.energies)), quieting_db)
    energies = levels.energies.astype(np.float64)
    loss_lu = integrated_lufs(hops_from_cells(energies)) - integrated_lufs(hops_from_cells(energies * gains**2))
    return loss_lu if math.isfinite(loss_lu) else 0.0


def _gains(places: npt.NDArray[np.float64], quieting_db: float) -> npt.NDArray[np.float64]:
    """Return the linear gain at each place, 0 for the beginning and 1 for the end: straight in decibels."""
    gains: npt.NDArray[np.float64] = 10 ** (
        -quieting_db / 20 * np.clip((places - _BEGINS_AT) / (1 - _BEGINS_AT), 0.0, 1.0)
    )
    return gains
