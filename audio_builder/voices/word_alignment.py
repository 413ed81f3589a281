"""Which of the sounds that were spoken begins each written word.

What is spoken isn't the words one by one: eSpeak NG joins some ("of the" is one group of sounds), reads "21st" as
two, and says "a" otherwise than alone. So the sounds that each word has by itself are laid along those that were
spoken, with as few differences as possible, and a word begins where its first sound came to lie.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START

_PART = rf"(?:[^\s{IPA_START}]|{IPA_START}[^{IPA_END}]*{IPA_END})"
_IDEOGRAPH = r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_WORD = re.compile(rf"{_PART}*?(?:{_IDEOGRAPH}|[–—]+(?=\w))|{_PART}+")
"""What stands between spaces or after a dash, IPA taken as one; in Chinese and Japanese each character by itself."""

_BEFORE_A_SOUND, _AFTER_A_SOUND = "ˈˌ", "ːˑ"
"""Marks of stress and length, which aren't sounds themselves."""

_OTHER_SOUND, _LOST_OR_ADDED, _JOINED_OR_PARTED, _NEVER = 1.0, 0.8, 0.4, 1e6
"""What a difference counts. A gap between words lies along a gap or along nothing."""


def words_with_places(text: str) -> list[tuple[int, str]]:
    """Return the words of a text, each with the index of its first character.

    >>> words_with_places("Be here — be—now")
    [(0, 'Be'), (3, 'here'), (8, '—'), (10, 'be—'), (13, 'now')]
    """
    return [(found.start(), found.group()) for found in _WORD.finditer(text)]


def first_sounds(alone: Sequence[str], spoken: str) -> list[int | None]:
    """Return for each word the index of its first sound in what was spoken; None where that isn't sure.

    Args:
        alone: the sounds of each word by itself; without a letter for one that has none.
        spoken: the sounds of all of them together, with spaces where the speaker has them.

    >>> first_sounds(["ʌv", "ðˈiː", "", "dˈɔɡ"], "ʌvðə dˈɔɡ.")
    [0, 2, None, 5]
    """
    sounds, begins = " ", []
    for word in alone:
        own = "".join(symbol for symbol in word if _is_sound(symbol) or symbol.isspace()).split()
        begins.append(len(sounds) if own else None)
        sounds += "".join(f"{part} " for part in own)
    places = [place for place, symbol in enumerate(spoken) if _is_sound(symbol) or symbol.isspace()]
    heard = " " + "".join(" " if spoken[place].isspace() else spoken[place] for place in places)
    beside = _laid_along(sounds, heard)
    firsts: list[int | None] = []
    last = 0
    for begin in begins:
        at = None if begin is None else _first_heard(begin, sounds, heard, beside)
        firsts.append(None if at is None or at <= last else _with_stress(spoken, places[at - 1]))
        last = max(last, at or 0)
    return firsts


def _first_heard(begin: int, sounds: str, heard: str, beside: Sequence[int | None]) -> int | None:
    """Return the index in `heard` of a word's first sound: after the gap where its own lies, else where it lies."""
    gap, at = beside[begin - 1], beside[begin]
    if gap is not None:
        while gap < len(heard) and heard[gap] == " ":
            gap += 1
        return gap if gap < len(heard) else None
    return at if at is not None and heard[at] == sounds[begin] else None


def _is_sound(symbol: str) -> bool:
    return symbol.isalpha() and symbol not in _BEFORE_A_SOUND + _AFTER_A_SOUND


def _with_stress(spoken: str, place: int) -> int:
    """Return where the marks of stress begin that stand before a sound."""
    while place and spoken[place - 1] in _BEFORE_A_SOUND:
        place -= 1
    return place


def _laid_along(sounds: str, heard: str) -> list[int | None]:
    """Return for each of the sounds which one heard lies beside it, None where it was lost. Both begin with a space.

    By dynamic programming, as Needleman and Wunsch (1970) compared proteins.
    """
    mine, theirs = (np.array([*map(ord, symbols)], dtype=np.int64) for symbols in (sounds, heard))
    gap = ord(" ")
    lost, added = (np.where(symbols == gap, _JOINED_OR_PARTED, _LOST_OR_ADDED) for symbols in (mine, theirs))
    so_far = np.concatenate(([0.0], np.cumsum(added)))
    table: npt.NDArray[np.float64] = np.empty((len(mine) + 1, len(theirs) + 1))
    table[0] = so_far
    for row, symbol in enumerate(mine, start=1):
        other = np.where(theirs == symbol, 0.0, np.where((theirs == gap) | (symbol == gap), _NEVER, _OTHER_SOUND))
        best = table[row - 1] + lost[row - 1]
        best[1:] = np.minimum(best[1:], table[row - 1, :-1] + other)
        table[row] = np.minimum.accumulate(best - so_far) + so_far
    beside: list[int | None] = [None] * len(mine)
    row, column = len(mine), len(theirs)
    while row and column:
        same = mine[row - 1] == theirs[column - 1]
        never = not same and gap in (mine[row - 1], theirs[column - 1])
        cost = 0.0 if same else _NEVER if never else _OTHER_SOUND
        if _same(table[row, column], table[row - 1, column - 1] + cost):
            row, column = row - 1, column - 1
            beside[row] = column
        elif _same(table[row, column], table[row - 1, column] + lost[row - 1]):
            row -= 1
        else:
            column -= 1
    return beside


def _same(one: float, other: float) -> bool:
    """Whether two sums of the same costs, added in another order, are meant to be equal."""
    return abs(one - other) < 1e-6
