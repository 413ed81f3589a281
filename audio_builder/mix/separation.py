"""How far the bed lies below the speech, measured on what is rendered."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from audio_builder.audio import Samples
from audio_builder.mix.timeline import Timeline

_HOPS_PER_SECOND = 10
_PAUSE_GATE_DB = -20.0


class SeparationMeter:
    """Takes the mix's two stems while they are rendered; it keeps 16 bytes for each 100 ms."""

    def __init__(self, timeline: Timeline) -> None:
        """Make a meter for a timeline, whose phrases are the seconds that count."""
        self._timeline = timeline
        self._hop = timeline.rate_hz // _HOPS_PER_SECOND
        hops = timeline.frames // self._hop + 1
        self._speech = np.zeros(hops)
        self._bed = np.zeros(hops)

    def push(self, start: int, speech: Samples, bed: Samples) -> None:
        """Take a block of both stems.

        Args:
            start: its first frame.
            speech: shape (frames,), as it is heard in each channel.
            bed: shape (frames, channels).
        """
        edges = np.arange(start - start % self._hop, start + len(speech), self._hop)
        hops = edges // self._hop
        edges = np.maximum(edges - start, 0)
        self._speech[hops] += np.add.reduceat(np.square(speech), edges, dtype=np.float64)
        squares = np.square(bed[:, 0])
        for channel in range(1, bed.shape[1]):
            squares += np.square(bed[:, channel])
        self._bed[hops] += np.add.reduceat(squares, edges, dtype=np.float64) / bed.shape[1]

    def worst_second_db(self) -> float:
        """Return speech over bed (RMS) in the worst second inside a phrase; inf without a bed or speech.

        A phrase shorter than a second is taken whole. A second more than 20 dB below its phrase is a
        pause inside it and does not count.
        """
        worst = math.inf
        for clip in self._timeline.clips:
            first, last = -(-clip.speech_start // self._hop), clip.speech_end // self._hop
            speech, bed = (_seconds(stem[first:last]) for stem in (self._speech, self._bed))
            spoken = speech > speech.mean() * 10 ** (_PAUSE_GATE_DB / 10) if speech.size else speech > 0
            audible = spoken & (bed > 0)
            if audible.any():
                worst = min(worst, 10 * math.log10(float((speech[audible] / bed[audible]).min())))
        return worst


def _seconds(hops: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the sums of every run of ten hops, or of all where there are fewer; empty for none."""
    if not hops.size:
        return hops
    windows = np.lib.stride_tricks.sliding_window_view(hops, min(len(hops), _HOPS_PER_SECOND))
    sums: npt.NDArray[np.float64] = windows.sum(axis=1)
    return sums
