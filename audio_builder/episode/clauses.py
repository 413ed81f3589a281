"""Where the clauses of a phrase begin: a long phrase can then be shown in parts, each when it is heard."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from audio_builder.narration.clip import ClipLevels

_BREAK = re.compile(r"[,;:…–—]+[\"'”’)]*(?:\s+(?=\S)|(?<=[–—])(?=\w))")
"""What ends a clause inside a phrase; a voice pauses there."""

_QUIET_DB = -30.0
"""Relative to the loud parts of the phrase: between two words without a pause a voice hardly gets so soft."""

_ONSET_DB = -45.0
"""A soft consonant begins so far down."""

_LEAST_PAUSE_S = 0.25
"""In 26 long phrases of joe, pauses at commas have 0.42 to 1.0 s; what else is quiet within them has at most 0.28 s,
once, and else 0.2 s."""

_LOUD_PERCENT = 90


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A clause after the first of a phrase.

    Attributes:
        at: index of its first character in the phrase.
        start_s: of its first sound, in seconds from the beginning of the episode.
    """

    at: int
    start_s: float


def clauses_of(text: str, levels: ClipLevels, begin_s: float, words: Mapping[int, float]) -> tuple[Clause, ...]:
    """Return the clauses after the first: when sound begins again, where it has as many pauses as the text has.

    Where it hasn't, those whose first word the voice has told are returned.

    Args:
        text: of the phrase, on one line.
        levels: of its clip.
        begin_s: when the clip begins, margin included, in seconds.
        words: when words begin, in seconds, by the index of their first character; those that are known.
    """
    places = [found.end() for found in _BREAK.finditer(text)]
    starts = _starts_after_pauses(levels) if places else []
    if len(starts) != len(places):
        return tuple(Clause(at=at, start_s=words[at]) for at in places if at in words)
    return tuple(Clause(at=at, start_s=begin_s + start_s) for at, start_s in zip(places, starts, strict=True))


def _starts_after_pauses(levels: ClipLevels) -> list[float]:
    """Return when sound begins again after each pause within a clip, in seconds from its beginning."""
    from audio_builder.narration.clip import CELL_S  # slow to import, and publishing only reads what is found here

    levels_db = 10 * np.log10(np.maximum(levels.energies, 1e-12))
    levels_db -= np.percentile(levels_db, _LOUD_PERCENT) if len(levels_db) else 0.0
    sounding = np.flatnonzero(levels_db > _QUIET_DB)
    least = round(_LEAST_PAUSE_S / CELL_S)
    starts = []
    for before, after in itertools.pairwise(sounding):
        if after - before <= least:
            continue
        onset = int(after)
        while levels_db[onset - 1] > _ONSET_DB:
            onset -= 1
        starts.append(round(onset * CELL_S, 3))
    return starts
