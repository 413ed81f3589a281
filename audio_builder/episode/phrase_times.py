"""When each phrase, clause and word is heard, so that a long phrase can be shown in parts."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec
import numpy as np

from audio_builder.narration.clip import CELL_S, ClipLevels
from audio_builder.voices.word_alignment import words_with_places

_BREAK = re.compile(r"(?<![,;:…–—])[,;:…–—]++[\"'”’)]*+(?:\s+(?=\S)|(?<=[–—])(?=\w))")
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


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase at the time when it is heard.

    Attributes:
        start_s: of its first sound, in seconds from the beginning.
        end_s: of its last sound, in seconds.
        text: the words as written, on one line.
        role: what it is in the text, such as `prose` or `heading`.
        clauses: those after its first, where they can be found.
        word_starts_s: when each of its words begins (see `words_with_places`), in seconds from the beginning; None for
            one that isn't known, and empty where none is.
    """

    start_s: float
    end_s: float
    text: str
    role: str
    clauses: tuple[Clause, ...] = ()
    word_starts_s: tuple[float | None, ...] = ()


def find_clauses(text: str, levels: ClipLevels, begin_s: float, words: Mapping[int, float]) -> tuple[Clause, ...]:
    """Return the clauses after the first: when sound begins again, where it has as many pauses as the text has.

    Otherwise those whose first word's start the voice reports are returned.

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


def times_in(phrase: Phrase, places: Iterable[int]) -> Iterator[float]:
    """Yield when each place is heard, in seconds from the beginning of the episode.

    What begins a clause is heard when its sound was found to begin, what begins a word when the voice says that it
    begins it. The time between such places is shared by the length of the text.
    """
    known = _known(phrase)
    order = sorted(known)
    for place in places:
        after = order[min(bisect.bisect_left(order, place), len(order) - 1)]
        if not any(map(str.isalnum, phrase.text[place:after])):  # a dash or a quotation mark isn't heard itself
            yield known[after]
            continue
        before = order[bisect.bisect_right(order, place) - 1]
        share = (place - before) / (after - before)
        yield known[before] + (known[after] - known[before]) * share


def _known(phrase: Phrase) -> dict[int, float]:
    """Return the times that are known, by place, both rising; those of the beginning and the end are among them."""
    words = words_with_places(phrase.text)
    known: dict[int, float] = {}
    if len(words) == len(phrase.word_starts_s):
        starts = zip(words, phrase.word_starts_s, strict=True)
        known = {at: start_s for (at, _), start_s in starts if start_s is not None}
    known |= {clause.at: clause.start_s for clause in phrase.clauses}
    known |= {0: phrase.start_s}
    rising: dict[int, float] = {}
    last_s = phrase.start_s
    for at in sorted(known):
        last_s = min(max(known[at], last_s), phrase.end_s)
        rising[at] = last_s
    return {**rising, len(phrase.text): phrase.end_s}
