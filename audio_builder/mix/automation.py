"""Gain automation: a slow fade of the whole mix, towards its end or under marked phrases. Times stay as they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from audio_builder.audio.loudness import integrated_lufs
from audio_builder.audio.samples import Samples
from audio_builder.mix.levels import SpeechLevels, hops_from_cells
from audio_builder.mix.timeline import Timeline, frames_from_seconds
from audio_builder.narration.clip import CELL_S
from audio_builder.recipe.settings import Pacing

_BEGINS_AT = 0.5
"""The share of the episode after which the level falls towards the end."""

_STEP_S = 1.5
"""How long the change of level takes under a mark, in the middle of the rest before the words."""


class FadeDown:
    """The gain of the mix over time: it falls over the second half, and is lower under phrases marked as quieter.

    It applies to speech, bells and background alike, so the background stays as far under the speech.
    """

    def __init__(self, timeline: Timeline, pacing: Pacing) -> None:
        """Find where it changes.

        Args:
            timeline: its clips say which of them are quieter; what lies between two of those is so too.
            pacing: by how many decibels.
        """
        self._rate_hz = timeline.rate_hz
        self._frames = max(timeline.frames, 1)
        self._ending_db = pacing.quieting_db
        corners = list(_corners(timeline, pacing.quieter_db)) or [(0, 0.0)]
        # Between two phrases that touch, a step takes no time; corners must not go back.
        self._positions = np.maximum.accumulate([position for position, _ in corners])
        self._levels_db = np.array([level for _, level in corners])
        self._quiet = bool(self._ending_db or self._levels_db.any())

    def applied_to(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Yield the mix with the fades applied."""
        start = 0
        for block in blocks:
            if self._quiet:
                gains = self.gains(start + np.arange(len(block)))
                yield block * gains[:, np.newaxis].astype(np.float32)
            else:
                yield block
            start += len(block)

    def loss_lu(self, levels: SpeechLevels) -> float:
        """Return how much integrated loudness the fades take from the speech, in LU; the mix has to make up for it."""
        if not self._quiet or not math.isfinite(levels.loudness_lufs):
            return 0.0
        cell = round(self._rate_hz * CELL_S)
        gains = self.gains(np.arange(len(levels.energies)) * cell + cell // 2)
        energies = levels.energies.astype(np.float64)
        loss_lu = integrated_lufs(hops_from_cells(energies)) - integrated_lufs(hops_from_cells(energies * gains**2))
        return loss_lu if math.isfinite(loss_lu) else 0.0

    def gains(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the linear gain at some frames: straight in decibels from corner to corner."""
        levels_db = np.interp(positions, self._positions, self._levels_db)
        late = np.clip((positions / self._frames - _BEGINS_AT) / (1 - _BEGINS_AT), 0.0, 1.0)
        gains: npt.NDArray[np.float64] = 10 ** ((levels_db - self._ending_db * late) / 20)
        return gains


def _corners(timeline: Timeline, quieter_db: float) -> Iterator[tuple[int, float]]:
    """Yield frames and levels in dB, with straight lines between them: a step in each rest before a change."""
    longest = frames_from_seconds(_STEP_S, timeline.rate_hz)
    level_db = ended = 0.0
    for number, placed in enumerate(timeline.clips):
        target_db = -quieter_db if placed.clip.say.quieter else 0.0
        rest = placed.speech_start - ended
        if number == 0:
            yield 0, target_db
        elif target_db != level_db:
            step = max(min(longest, rest), 0)
            begins = round(ended + (rest - step) / 2)
            yield begins, level_db
            yield round(begins + step), target_db
        level_db, ended = target_db, placed.speech_end
