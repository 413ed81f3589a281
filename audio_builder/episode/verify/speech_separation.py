"""Levels of speech in a finished file: quietest phrase, rests, and an estimate of how far the background lies below.

Under a phrase of the finished mix, speech and background can't be separated any more. But the background is heard alone
beside it: from 250 to 50 ms before its first sound and from 50 to 250 ms after its last. There the
background is ducked or coming up again, so each of the two bounds the level under the phrase from
above, and the lower one bounds it best. The 50 ms keep clear of what an MP3 smears around a sound.

The speech is judged second by second, as `audio.loudness` says. The figure is the worst second of speech
against the background beside its own phrase.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio_builder.audio.loudness import every_second, quietest_second
from audio_builder.episode.verify.measure import CELLS_PER_S, Energies
from audio_builder.mix.timeline import PlacedClip, Timeline

_NEAR, _FAR = 5, 25
"""Where the background is heard alone, in cells from a phrase's first and last sound."""

_GUARD = 10
"""Cells kept clear around phrases where the rests are measured."""

_SHORTEST_REST = 30

_FLOOR = 1e-12
"""−120 dBFS stands for silence, so that differences stay finite."""

Interval = tuple[int, int]
"""First cell, and the cell after the last."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels of an episode against its timeline.

    Attributes:
        speech_dbfs: RMS of all speech.
        quietest_phrase_dbfs: RMS of the quietest phrase.
        rest_below_speech_db: how far the loudest second without speech, bell or breath lies below
            `speech_dbfs`; 120 where there is no such second.
    """

    speech_dbfs: float
    quietest_phrase_dbfs: float
    rest_below_speech_db: float


def levels(energies: Energies, timeline: Timeline) -> Levels | None:
    """Return the levels of a decoded episode, or None where nobody speaks.

    Args:
        energies: for every hundredth of a second, as `measure` gives them.
        timeline: where the phrases, bells and breaths are.
    """
    cells = len(energies)
    spoken = [span for span in (_speech(clip, timeline.rate_hz, cells) for clip in timeline.clips) if span]
    if not spoken:
        return None
    sums = _sums(energies)
    phrases = np.array([_mean(sums, span) for span in spoken])
    lengths = np.array([end - start for start, end in spoken])
    speech_db = _db(float(np.average(phrases, weights=lengths)))
    rests = [float(every_second(energies[slice(*rest)], CELLS_PER_S).max()) for rest in _rests(timeline, cells)]
    return Levels(speech_db, _db(float(phrases.min())), speech_db - _db(max(rests, default=_FLOOR)))


def estimate_separation_db(energies: Energies, phrases_s: Sequence[tuple[float, float]]) -> float | None:
    """Return the worst second of speech above the background beside its phrase, or None where nobody speaks.

    Where bells and breaths are is unknown here; the quieter side of a phrase is mostly free of them.

    Args:
        energies: for every hundredth of a second, as `measure` gives them.
        phrases_s: when each phrase begins and ends.
    """
    cells = len(energies)
    spans = [
        (math.ceil(start_s * CELLS_PER_S), min(math.floor(end_s * CELLS_PER_S), cells)) for start_s, end_s in phrases_s
    ]
    spoken = [span for span in spans if span[1] > span[0]]
    occupied = np.zeros(cells, dtype=np.bool_)
    for start, end in spoken:
        occupied[start:end] = True
    if not spoken:
        return None
    sums = _sums(energies)
    beside = [_beside(sums, span, occupied) for span in spoken]
    audible = [level for level in beside if level is not None]
    # A phrase with no free moment on either side is held against the loudest background anywhere.
    fallback = max(audible, default=_FLOOR)
    return min(
        _db(quietest_second(energies[slice(*span)], CELLS_PER_S)) - _db(fallback if level is None else level)
        for span, level in zip(spoken, beside, strict=True)
    )


def _sums(energies: Energies) -> npt.NDArray[np.float64]:
    """Return the sums of all cells before each."""
    sums = np.zeros(len(energies) + 1)
    np.cumsum(energies, out=sums[1:])
    return sums


def _speech(clip: PlacedClip, rate_hz: int, cells: int) -> Interval | None:
    start = -(-clip.speech_start * CELLS_PER_S // rate_hz)
    end = min(clip.speech_end * CELLS_PER_S // rate_hz, cells)
    return (start, end) if end > start else None


def _occupied(timeline: Timeline, cells: int) -> npt.NDArray[np.bool_]:
    """Return which cells hold speech, a bell or a breath tone, widened by `_GUARD` cells on both sides."""
    mask = np.zeros(cells, dtype=np.bool_)
    spans = [(clip.speech_start, clip.speech_end) for clip in timeline.clips]
    spans += [(tone.start, tone.start + tone.frames) for tone in timeline.tones]
    for start, end in spans:
        first = start * CELLS_PER_S // timeline.rate_hz - _GUARD
        last = -(-end * CELLS_PER_S // timeline.rate_hz) + _GUARD
        mask[max(0, first) : last] = True
    return mask


def _beside(sums: npt.NDArray[np.float64], span: Interval, occupied: npt.NDArray[np.bool_]) -> float | None:
    """Return the lower of the background's energies before and after a phrase; None if neither is heard alone."""
    start, end = span
    sides = ((start - _FAR, start - _NEAR), (end + _NEAR, end + _FAR))
    free = [side for side in sides if side[0] >= 0 and side[1] <= len(occupied) and not occupied[slice(*side)].any()]
    return min((_mean(sums, side) for side in free), default=None)


def _rests(timeline: Timeline, cells: int) -> Iterator[Interval]:
    occupied = _occupied(timeline, cells)
    edges = np.flatnonzero(np.diff(np.concatenate(([True], occupied, [True])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        if end - start >= _SHORTEST_REST:
            yield start, end


def _mean(sums: npt.NDArray[np.float64], span: Interval) -> float:
    start, end = span
    return float((sums[end] - sums[start]) / (end - start))


def _db(energy: float) -> float:
    return float(10.0 * np.log10(max(energy, _FLOOR)))
