"""Setting a title well: the largest size that fits, lines of even length, broken where its script breaks."""

from __future__ import annotations

import bisect
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import partial

from audio_builder.episode.cover.lettering import SKINS, Lettering, clusters_of, leading_of, shaped

_MOST_CHARACTERS = 400
"""More would be too small to read on any cover."""

_DIVIDE_BELOW_PX = 80
"""A word is rather set smaller than divided, down to this size."""

_IDEOGRAPH = r"[\u2e80-\u2fff\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
_NOT_FIRST = r"、。，．・：；？！…ー）」』】〉》〕］｝々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
_NOT_LAST = r"（「『【〈《〔［｛"
_BREAK = re.compile(
    rf"(?<=\s)(?=\S)|(?<={_IDEOGRAPH})(?<![{_NOT_LAST}])(?=[^\s{_NOT_FIRST}])|(?<=[^\s{_NOT_LAST}])(?={_IDEOGRAPH})(?![{_NOT_FIRST}])"
)
"""Where a line may end: after a space, and beside Chinese and Japanese characters but for the signs that mustn't
begin or end a line (the rules of kinsoku, in short)."""

_UNHYPHENATED = {"Thai", "Lao", "Khmer", "Myanmar", "Ethiopic", "Emoji"}
"""Styles of what is written without spaces between words, or knows no hyphen."""

_BEFORE_ITS_CONSONANT = re.compile("[เ-ไເ-ໄ]")
"""Vowels of Thai and Lao that stand before the letter that they belong to."""

_VIRAMA = 9
"""Unicode's combining class of the sign that joins a letter to the next."""


_HALF_FLAGS = range(0x1F1E6, 0x1F200)


@dataclass(frozen=True, slots=True)
class _Face:
    """Letters of one size, to measure with."""

    lettering: Lettering
    size_px: int

    def getlength(self, text: str) -> float:
        return shaped(text, self.lettering).width * self.size_px


@dataclass(frozen=True, slots=True)
class SetText:
    """A text broken into lines at one size."""

    lines: tuple[str, ...]
    size_px: int
    leading_px: int

    @property
    def height_px(self) -> int:
        """Height of all lines together."""
        return self.leading_px * len(self.lines)


def set_text(text: str, lettering: Lettering, box_px: tuple[int, int], sizes_px: tuple[int, ...]) -> SetText:
    """Return a text in the largest of some sizes at which it fits a box, with lines of even length.

    Words too long for a line are divided, and what does not fit at the smallest size ends with “…”.

    Args:
        text: what `worded` returned, at least one word.
        lettering: from there too.
        box_px: width and height.
        sizes_px: to choose from, falling.
    """
    width, height = box_px
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS].rstrip()}…"
    words = _units(text)
    leading = leading_of(text, lettering)
    for size_px in sizes_px:
        face, leading_px = _Face(lettering, size_px), round(size_px * leading)
        fits = max(face.getlength(word.rstrip()) for word in words) <= width
        if not fits and size_px > _DIVIDE_BELOW_PX:
            continue
        divided = words if fits else _all_divided(words, face, width)
        lines = _balanced(divided, face, width) if fits else _greedy(divided, face, width)
        if len(lines) * leading_px <= height:
            return SetText(lines, size_px, leading_px)
    size_px = sizes_px[-1]
    face, leading_px = _Face(lettering, size_px), round(size_px * leading)
    lines = _greedy(_all_divided(words, face, width), face, width)
    room = max(1, height // leading_px)
    if len(lines) > room:
        lines = (*lines[: room - 1], _shortened(lines[room - 1], face, width))
    return SetText(lines, size_px, leading_px)


def _units(text: str) -> list[str]:
    """Return the parts of a text that stay whole on a line, each with the space after it, if there is one.

    >>> _units("On rest: 静かな夜。")
    ['On ', 'rest: ', '静', 'か', 'な', '夜。']
    """
    return [unit for unit in _BREAK.split(" ".join(text.split())) if unit]


def _all_divided(words: list[str], face: _Face, width: int) -> list[str]:
    return [piece for word in words for piece in _divided(word, face, width)]


def _greedy(words: list[str], face: _Face, width: int) -> tuple[str, ...]:
    lines: list[str] = []
    for word in words:
        if lines and face.getlength(f"{lines[-1]}{word}".rstrip()) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    return tuple(line.rstrip() for line in lines)


def _balanced(words: list[str], face: _Face, width: int) -> tuple[str, ...]:
    """Return as few lines as possible, in the narrowest column that needs no more: so they are of even length."""
    count = len(_greedy(words, face, width))
    narrowest = bisect.bisect_left(
        range(width), True, key=lambda narrower: len(_greedy(words, face, narrower)) <= count
    )
    return _greedy(words, face, narrowest)


def _divided(word: str, face: _Face, width: int) -> list[str]:
    """Return a word in pieces that fit a line, each but the last with a hyphen, no letter parted from its marks."""
    hyphen = "" if {style for _, style in clusters_of(word, face.lettering)} & _UNHYPHENATED else "-"
    pieces: list[str] = []
    while face.getlength(word.rstrip()) > width:
        # The longest beginning that fits with its hyphen; at least one letter, so that it ends.
        ends = [place for place in range(1, len(word.rstrip())) if _may_part(word, place)]
        if not ends:
            break
        fitting = bisect.bisect_right(ends, width, key=partial(_length_to, word, face, hyphen))
        cut = ends[max(fitting - 1, 0)]
        pieces.append(f"{word[:cut]}{hyphen}")
        word = word[cut:]
    return [*pieces, word]


def _may_part(word: str, place: int) -> bool:
    """Tell whether a word may be divided before a place: not between a letter and what belongs to it."""
    before, after = word[place - 1], word[place]
    return not (
        unicodedata.category(after).startswith("M")
        or after in "\u200c\u200d"
        or before == "\u200d"
        or ord(after) in SKINS
        or (ord(before) in _HALF_FLAGS and ord(after) in _HALF_FLAGS)
        or unicodedata.combining(before) == _VIRAMA
        or _BEFORE_ITS_CONSONANT.match(before)
    )


def _length_to(word: str, face: _Face, hyphen: str, end: int) -> int:
    """Return the length of a word's beginning with a hyphen, in whole pixels."""
    return math.ceil(face.getlength(f"{word[:end]}{hyphen}"))


def _shortened(line: str, face: _Face, width: int) -> str:
    while line and face.getlength(f"{line}…") > width:
        line = line[:-1].rstrip()
    return f"{line}…"
