"""Where the words are in what Kokoro spoke: the lengths of its sounds are planned before it speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_OPENING = ' “("'
"""What stands before the first sound of a word."""

_EARLY_S = 0.04
"""The model is heard so long before the lengths that it plans (decision 14)."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A piece of a phrase, spoken.

    Attributes:
        phonemes: of the piece.
        sound: from -1 to 1, shape (frames,).
        begins: the frame where each of the phonemes begins; empty where the sound isn't as long as was planned.
    """

    phonemes: str
    sound: npt.NDArray[np.float32]
    begins: tuple[int, ...]


def begins_of(firsts: Sequence[int | None], phonemes: str, runs: Sequence[Run], rate_hz: int) -> list[int | None]:
    """Return the frame where each word begins to be heard; None where that isn't sure.

    Args:
        firsts: the place of each word's first sound among the phonemes.
        phonemes: of the whole phrase.
        runs: its pieces in their order: the same phonemes but for spaces.
        rate_hz: frames per second.
    """
    early = round(_EARLY_S * rate_hz)
    begins: list[int | None] = [None] * len(phonemes)
    at = frames = 0
    for run in runs:
        at = phonemes.index(run.phonemes, at)
        for place, begin in enumerate(run.begins, start=at):
            begins[place] = frames + begin
        at += len(run.phonemes)
        frames += len(run.sound)
    found = [None if first is None else _begin_of(first, phonemes, begins) for first in firsts]
    return [None if frame is None else max(0, frame - early) for frame in found]


def _begin_of(first: int, phonemes: str, begins: Sequence[int | None]) -> int | None:
    """Return where the gap before a sound begins, with what else stands in it; the sound, where a piece begins."""
    place = first
    while place and phonemes[place - 1] in _OPENING:
        place -= 1
    return next((begin for begin in begins[place : first + 1] if begin is not None), None)
