"""RMS level of speech in one-second windows, pauses excluded (WCAG 2.2, technique G56).

The bed's gain is set by it, and the bed's distance is measured by it. G56 asks for backgrounds 20 dB below speech,
except for sounds of one or two seconds. Pauses inside a phrase (0.2 s or more at 20 dB below it) are left out first:
a second that is mostly pause says nothing about the speech.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_SHORTEST_PAUSE_S = 0.2
_PAUSE_GATE_DB = -20.0

Powers = npt.NDArray[np.floating[Any]]
"""Mean squares of equally long cells, shape (cells,)."""


def spoken_cells(phrase: Powers, cells_per_s: int) -> npt.NDArray[np.bool_]:
    """Return which cells of a phrase are speech and not a pause in it, shape (cells,).

    Args:
        phrase: from its first to its last sound.
        cells_per_s: how many cells make a second.
    """
    pause = round(_SHORTEST_PAUSE_S * cells_per_s)
    if len(phrase) <= pause:
        return np.ones(len(phrase), dtype=np.bool_)
    gate = float(phrase.mean()) * 10 ** (_PAUSE_GATE_DB / 10)
    quiet = np.lib.stride_tricks.sliding_window_view(phrase, pause).mean(axis=1) < gate
    in_pause: npt.NDArray[np.bool_] = np.convolve(quiet, np.ones(pause)) < 0.5
    return in_pause


def every_second(cells: Powers, cells_per_s: int) -> npt.NDArray[np.float64]:
    """Return the mean of every run of cells that makes a second, or of all where there are fewer.

    Args:
        cells: shape (cells,); at least one.
        cells_per_s: how many make a second.
    """
    length = min(cells_per_s, len(cells))
    sums = np.concatenate(([0.0], np.cumsum(cells, dtype=np.float64)))
    # Differences of sums can come out a little below 0 where there is nothing.
    means: npt.NDArray[np.float64] = np.maximum(sums[length:] - sums[:-length], 0.0) / length
    return means


def quietest_second(phrase: Powers, cells_per_s: int) -> float:
    """Return the mean square of the quietest second of speech in a phrase; 0 for an empty one."""
    if not len(phrase):
        return 0.0
    return float(every_second(phrase[spoken_cells(phrase, cells_per_s)], cells_per_s).min())
