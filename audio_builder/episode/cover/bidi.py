"""In which order letters stand that are written from left and from right: Unicode Standard Annex #9, for a line.

Signs that command a direction never come here, so its rules on them (X1 to X8) aren't needed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import takewhile

_LANGUAGES_FROM_RIGHT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "pnb", "ps", "sd", "syr", "ug", "ur", "yi"}
_STRONG = {"L", "R", "AL"}
_NEUTRAL = {"B", "S", "WS", "ON"}
_NUMBERS = {"EN", "AN"}
_PAIRS = dict(zip("([{〈《「『【（［｛⟨", ")]}〉》」』】）］｝⟩", strict=True))


def is_from_right(language: str) -> bool:
    """Tell whether a language, a BCP 47 tag, is written from the right."""
    return language.lower().split("-")[0] in _LANGUAGES_FROM_RIGHT


def is_right_to_left(text: str, language: str = "") -> bool:
    """Tell whether a text begins at the right: its first letter decides (rules P2 and P3), or else its language.

    A title in Arabic that begins with a Latin name is an Arabic one.
    """
    strong = [kind for character in text if (kind := unicodedata.bidirectional(character)) in _STRONG]
    if is_from_right(language) and set(strong) - {"L"}:
        return True
    return bool(strong) and strong[0] != "L"


def levels_of(text: str, right_to_left: bool) -> list[int]:
    """Return the embedding level of each character: even ones run to the right, odd ones to the left.

    Args:
        text: a line.
        right_to_left: whether the text that it belongs to begins at the right.
    """
    around = "R" if right_to_left else "L"
    kinds = _weak([unicodedata.bidirectional(character) or "L" for character in text], around)
    _pair_brackets(text, kinds, around)
    _settle_neutrals(kinds, around)
    if right_to_left:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in kinds]


def visual_order(levels: Sequence[int]) -> list[int]:
    """Return the numbers of some parts of a line in the order in which they are seen, from the left (rule L2).

    >>> visual_order([1, 1, 2, 2, 1])
    [4, 2, 3, 1, 0]
    """
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order


def _weak(kinds: list[str], around: str) -> list[str]:
    """Settle marks, Arabic letters and all kinds of numbers (rules W1 to W7)."""
    for place, kind in enumerate(kinds):
        if kind in {"NSM", "BN"}:
            kinds[place] = kinds[place - 1] if place else around
    strong = around
    for place, kind in enumerate(kinds):
        strong = kind if kind in _STRONG else strong
        if kind == "EN" and strong == "AL":
            kinds[place] = "AN"
    return _at_numbers(["R" if kind == "AL" else kind for kind in kinds], around)


def _at_numbers(kinds: list[str], around: str) -> list[str]:
    """Settle what stands between numbers and at them, and then the numbers (rules W4 to W7)."""
    for place in range(1, len(kinds) - 1):
        before, kind, after = kinds[place - 1 : place + 2]
        if before == after and ((kind == "ES" and before == "EN") or (kind == "CS" and before in _NUMBERS)):
            kinds[place] = before
    for start, end in _stretches(kinds, {"ET"}):
        if "EN" in (kinds[start - 1 : start] + kinds[end : end + 1]):
            kinds[start:end] = ["EN"] * (end - start)
    kinds = ["ON" if kind in {"ES", "ET", "CS"} else kind for kind in kinds]
    strong = around
    for place, kind in enumerate(kinds):
        strong = kind if kind in _STRONG else strong
        if kind == "EN" and strong == "L":
            kinds[place] = "L"
    return kinds


def _pair_brackets(text: str, kinds: list[str], around: str) -> None:
    """Give the two brackets of a pair one direction: that of what they hold, or of what is before them (rule N0)."""
    for start, end in _bracket_pairs(text, kinds):
        inside = {_direction(kind) for kind in kinds[start + 1 : end]} - {""}
        if around in inside:
            chosen = around
        elif inside:
            earlier = next((found for kind in reversed(kinds[:start]) if (found := _direction(kind))), around)
            chosen = next(iter(inside)) if earlier != around else around
        else:
            continue
        for place in (start, end):
            # A mark on a bracket goes with it.
            length = 1 + sum(1 for _ in takewhile(_is_mark, text[place + 1 :]))
            kinds[place : place + length] = [chosen] * length


def _is_mark(character: str) -> bool:
    return unicodedata.bidirectional(character) == "NSM"


def _bracket_pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for place, character in enumerate(text):
        if kinds[place] != "ON":
            continue
        if character in _PAIRS:
            opened.append((_PAIRS[character], place))
        elif any(character == close for close, _ in opened):
            while opened:
                close, start = opened.pop()
                if close == character:
                    pairs.append((start, place))
                    break
    return sorted(pairs)


def _settle_neutrals(kinds: list[str], around: str) -> None:
    """Give spaces and signs the direction of what is on both sides, else that of the line (rules N1 and N2)."""
    for start, end in _stretches(kinds, _NEUTRAL):
        before = _direction(kinds[start - 1]) if start else around
        after = _direction(kinds[end]) if end < len(kinds) else around
        kinds[start:end] = [before if before == after else around] * (end - start)


def _direction(kind: str) -> str:
    return "R" if kind in {"R", *_NUMBERS} else "L" if kind == "L" else ""


def _stretches(kinds: Sequence[str], wanted: set[str]) -> list[tuple[int, int]]:
    """Return where each longest run of some kinds starts and ends."""
    found: list[tuple[int, int]] = []
    for place, kind in enumerate(kinds):
        if kind in wanted and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        elif kind in wanted:
            found.append((place, place + 1))
    return found
