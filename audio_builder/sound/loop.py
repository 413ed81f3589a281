"""Where a piece of music can go back to its beginning: the place near its end that is most like its beginning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_SEARCHED_S = 30.0
_SEARCHED_SHARE = 1 / 3
_COARSE_HZ = 2000
_ALIKE = 0.3
"""Less than this comes about by chance; then the whole piece is kept."""

_Mono = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LoopPoint:
    """Where a piece goes round.

    Attributes:
        end: frame at which the beginning is heard again; as many frames as the crossfade has must follow it.
        likeness: correlation of what follows the end with the beginning, 0 (unlike) to 1 (the same).
    """

    end: int
    likeness: float


def find_loop_point(steps: npt.NDArray[np.int16], crossfade: int, rate_hz: int) -> LoopPoint:
    """Return the frame in the last seconds of a piece from which it is most like its beginning.

    The beginning, as long as the crossfade, is compared with every place in the last 30 s (a third of a short piece):
    2·⟨x, y⟩ ÷ (⟨x, x⟩ + ⟨y, y⟩), a correlation that is 1 only where the level is the same too, so that the end of a
    fade-out is not taken. First at about 2 kHz, then to the frame around the best place. Where nothing is alike the
    crossfade lies at the very end.

    Args:
        steps: 16-bit samples, shape (frames, channels); at least twice as long as the crossfade.
        crossfade: its length in frames.
        rate_hz: frames per second.
    """
    last = len(steps) - crossfade
    first = last - min(round(_SEARCHED_S * rate_hz), round(len(steps) * _SEARCHED_SHARE))
    start = _mono(steps[:crossfade])
    ending = _mono(steps[first:])
    step = max(1, rate_hz // _COARSE_HZ)
    best = int(np.argmax(_likeness(_coarse(start, step), _coarse(ending, step)))) * step
    low, high = max(0, best - 2 * step), min(len(ending) - crossfade, best + 2 * step)
    fine = _likeness(start, ending[low : high + crossfade])
    place = int(np.argmax(fine))
    likeness = float(fine[place])
    if likeness < _ALIKE:
        return LoopPoint(last, max(0.0, float(_likeness(start, ending[-crossfade:])[0])))
    return LoopPoint(first + low + place, min(1.0, likeness))


def _likeness(start: _Mono, sound: _Mono) -> npt.NDArray[np.float64]:
    """Return how alike a beginning is to each place in a sound at which all of it fits, −1 to 1."""
    from scipy.signal import correlate  # dear to import, and for a listener's own music alone

    products = correlate(sound, start, mode="valid", method="fft").astype(np.float64)
    sums = np.concatenate(([0.0], np.cumsum(np.square(sound, dtype=np.float64))))
    energies = sums[len(start) :] - sums[: -len(start)]
    likeness: npt.NDArray[np.float64] = 2 * products / np.maximum(energies + float(np.vdot(start, start)), 1.0)
    return likeness


def _mono(steps: npt.NDArray[np.int16]) -> _Mono:
    """Return the mean of the channels."""
    mean: _Mono = steps.mean(axis=1, dtype=np.float32)
    return mean


def _coarse(sound: _Mono, step: int) -> _Mono:
    """Return the mean of each run of so many frames."""
    means: _Mono = sound[: len(sound) // step * step].reshape(-1, step).mean(axis=1)
    return means
