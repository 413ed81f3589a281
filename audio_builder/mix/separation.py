"""How far the bed lies below the speech, measured on what is rendered."""

from __future__ import annotations

import math

import numpy as np

from audio_builder.audio import Samples
from audio_builder.mix.timeline import Timeline
from audio_builder.narration.levels import CELL_S, CELLS_PER_S
from audio_builder.seconds import every_second, spoken_cells


class SeparationMeter:
    """Takes the mix's two stems while they are rendered; it keeps 8 bytes for each 20 ms."""

    def __init__(self, timeline: Timeline) -> None:
        """Make a meter for a timeline, whose phrases are the seconds that count."""
        self._timeline = timeline
        self._cell = round(timeline.rate_hz * CELL_S)
        cells = timeline.frames // self._cell + 1
        self._speech = np.zeros(cells, dtype=np.float32)
        self._bed = np.zeros(cells, dtype=np.float32)

    def push(self, start: int, speech: Samples, bed: Samples) -> None:
        """Take a block of both stems; those in which nothing is said may be left out.

        Args:
            start: its first frame.
            speech: shape (frames,), as it is heard in each channel.
            bed: shape (frames, channels).
        """
        edges = np.arange(start - start % self._cell, start + len(speech), self._cell)
        cells = edges // self._cell
        edges = np.maximum(edges - start, 0)
        self._speech[cells] += np.add.reduceat(np.square(speech), edges, dtype=np.float64)
        squares = np.square(bed[:, 0])
        for channel in range(1, bed.shape[1]):
            squares += np.square(bed[:, channel])
        self._bed[cells] += np.add.reduceat(squares, edges, dtype=np.float64) / bed.shape[1]

    def worst_second_db(self) -> float:
        """Return speech over bed (RMS) in the worst second of speech; inf without a bed or speech."""
        worst = math.inf
        for clip in self._timeline.clips:
            first, last = -(-clip.speech_start // self._cell), clip.speech_end // self._cell
            phrase, bed = self._speech[first:last], self._bed[first:last]
            spoken = spoken_cells(phrase, CELLS_PER_S)
            if not spoken.any():
                continue
            speech_s, bed_s = (every_second(stem[spoken], CELLS_PER_S) for stem in (phrase, bed))
            audible = (speech_s > 0) & (bed_s > 0)
            if audible.any():
                worst = min(worst, 10 * math.log10(float((speech_s[audible] / bed_s[audible]).min())))
        return worst
