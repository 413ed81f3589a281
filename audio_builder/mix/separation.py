"""How far the bed lies below the speech, measured on what is rendered."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from audio_builder.audio.loudness import every_second, spoken_cells
from audio_builder.audio.samples import Samples
from audio_builder.mix.timeline import Timeline
from audio_builder.narration.clip import CELL_S, CELLS_PER_S


class SeparationMeter:
    """Takes the mix's two stems while they are rendered; it keeps 8 bytes for each 20 ms of the phrase being spoken."""

    def __init__(self, timeline: Timeline) -> None:
        """Make a meter for a timeline, whose phrases are the seconds that count."""
        self._cell = round(timeline.rate_hz * CELL_S)
        spans = ((-(-clip.speech_start // self._cell), clip.speech_end // self._cell) for clip in timeline.clips)
        self._to_judge = deque(sorted(spans))
        self._kept_from = 0  # the first cell of both stems
        self._speech = np.zeros(0, dtype=np.float32)
        self._bed = np.zeros(0, dtype=np.float32)
        self._worst_db = math.inf

    def push(self, start: int, speech: Samples, bed: Samples) -> None:
        """Take a block of both stems, after those before it; those in which nothing is said may be left out.

        Args:
            start: its first frame.
            speech: shape (frames,), as it is heard in each channel.
            bed: shape (frames, channels).
        """
        end = start + len(speech)
        edges = np.arange(start - start % self._cell, end, self._cell)
        cells = edges // self._cell - self._kept_from
        edges = np.maximum(edges - start, 0)
        more = np.zeros(max(0, int(cells[-1]) + 1 - len(self._speech)), dtype=np.float32)
        self._speech, self._bed = np.concatenate((self._speech, more)), np.concatenate((self._bed, more))
        self._speech[cells] += np.add.reduceat(np.square(speech), edges, dtype=np.float64)
        squares = np.square(bed[:, 0])
        for channel in range(1, bed.shape[1]):
            squares += np.square(bed[:, channel])
        self._bed[cells] += np.add.reduceat(squares, edges, dtype=np.float64) / bed.shape[1]
        whole = end // self._cell
        while self._to_judge and self._to_judge[0][1] <= whole:
            self._judge(*self._to_judge.popleft())
        self._forget(min(whole, self._to_judge[0][0] if self._to_judge else whole))

    def worst_second_db(self) -> float:
        """Return speech over bed (RMS) in the worst second of speech; inf without a bed or speech."""
        while self._to_judge:
            self._judge(*self._to_judge.popleft())
        return self._worst_db

    def _judge(self, first: int, last: int) -> None:
        """Take the worst second of a phrase into account.

        Args:
            first: its first cell, counted from the beginning of the episode.
            last: the cell after its last.
        """
        within = slice(first - self._kept_from, max(0, last - self._kept_from))
        phrase, bed = self._speech[within], self._bed[within]
        spoken = spoken_cells(phrase, CELLS_PER_S)
        if not spoken.any():
            return
        speech_s, bed_s = (every_second(stem[spoken], CELLS_PER_S) for stem in (phrase, bed))
        audible = (speech_s > 0) & (bed_s > 0)
        if audible.any():
            worst_db = 10 * math.log10(float((speech_s[audible] / bed_s[audible]).min()))
            self._worst_db = min(self._worst_db, worst_db)

    def _forget(self, before: int) -> None:
        """Let go of the cells before one."""
        over = before - self._kept_from
        self._speech, self._bed = self._speech[over:].copy(), self._bed[over:].copy()
        self._kept_from = before
