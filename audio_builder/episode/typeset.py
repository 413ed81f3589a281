"""Setting a title well: the largest size that fits, lines of even length, no character the font lacks."""

from __future__ import annotations

import bisect
import functools
import io
import math
import unicodedata
from dataclasses import dataclass
from functools import partial
from importlib import resources

from PIL import ImageFont

_NO_SUCH_CHARACTER = "\U0010fffe"
_INVISIBLE = {"Cf", "Mn", "Me", "Cc", "Zl", "Zp"}
_GOOD_ENDS = (".", "…", ",", ";", ":", "?", "!", "—", "–")
_BREAK_BONUS = 0.12
"""A line may be this much of the width shorter if it ends where a reader would pause."""

_SHORT_WORD_COST = 0.08
"""What it costs to end a line with a word like “a” or “the”, which belongs to the next."""

_MOST_CHARACTERS = 400
"""More would be too small to read on any cover."""

_DIVIDE_BELOW_PX = 80
"""A word is rather set smaller than divided, down to this size."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A text broken into lines at one size.

    Attributes:
        lines: from the top.
        size_px: of the font.
        leading_px: from one baseline to the next.
    """

    lines: tuple[str, ...]
    size_px: int
    leading_px: int

    @property
    def height_px(self) -> int:
        """Height of all lines together."""
        return self.leading_px * len(self.lines)


@functools.cache
def _font_bytes(style: str) -> bytes:
    file = resources.files("font_source_serif_pro") / "files" / f"SourceSerifPro-{style}.otf"
    return file.read_bytes()


@functools.cache
def font(style: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Return Source Serif Pro (SIL Open Font License 1.1) in a style such as `Semibold`."""
    return ImageFont.truetype(io.BytesIO(_font_bytes(style)), size_px)


@functools.lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    if character.isspace():
        return True
    small = ImageFont.truetype(io.BytesIO(_font_bytes("Regular")), 24, layout_engine=ImageFont.Layout.BASIC)
    # A font draws one and the same box for everything it lacks.
    return bytes(small.getmask(character)) != bytes(small.getmask(_NO_SUCH_CHARACTER))


def printable(text: str) -> str:
    """Return what the font can set of a text: pictures and rare signs are left out.

    If it lacks a single letter or digit, the result is empty: half a title is worse than none. The
    font covers Latin, Greek and Cyrillic.
    """
    composed = unicodedata.normalize("NFC", text)
    kept: list[str] = []
    for character in composed:
        if _has_glyph(character) and unicodedata.category(character) not in {"Cf", "Cc", "Cs"}:
            kept.append(character)
        elif unicodedata.category(character).startswith(("L", "N")):
            return ""
        elif unicodedata.category(character) not in _INVISIBLE:
            kept.append(" ")
    return " ".join("".join(kept).split())


def set_text(text: str, style: str, box_px: tuple[int, int], sizes_px: tuple[int, ...]) -> Setting:
    """Return a text in the largest of some sizes at which it fits a box, with lines of even length.

    Words too long for a line are divided, and what does not fit at the smallest size ends with “…”.

    Args:
        text: printable, at least one word.
        style: of the font.
        box_px: width and height.
        sizes_px: to choose from, falling.
    """
    width, height = box_px
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS].rstrip()}…"
    words = text.split()
    for size_px in sizes_px:
        face, leading_px = font(style, size_px), _leading(size_px)
        fits = max(face.getlength(word) for word in words) <= width
        if not fits and size_px > _DIVIDE_BELOW_PX:
            continue
        lines = _balanced(words, face, width) if fits else _greedy(_all_divided(words, face, width), face, width)
        if len(lines) * leading_px <= height:
            return Setting(lines, size_px, leading_px)
    size_px = sizes_px[-1]
    face, leading_px = font(style, size_px), _leading(size_px)
    lines = _greedy(_all_divided(words, face, width), face, width)
    room = max(1, height // leading_px)
    if len(lines) > room:
        lines = (*lines[: room - 1], _shortened(lines[room - 1], face, width))
    return Setting(lines, size_px, leading_px)


def _leading(size_px: int) -> int:
    return round(size_px * 1.16)


def _all_divided(words: list[str], face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    return [piece for word in words for piece in _divided(word, face, width)]


def _greedy(words: list[str], face: ImageFont.FreeTypeFont, width: int) -> tuple[str, ...]:
    lines: list[str] = []
    for word in words:
        if lines and face.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _balanced(words: list[str], face: ImageFont.FreeTypeFont, width: int) -> tuple[str, ...]:
    """Return as few lines as possible, broken where they come out most even.

    The usual dynamic programme over break points: cost[i] is the least sum of squared slack of the
    words from i on, in as many lines as remain.
    """
    count = len(_greedy(words, face, width))
    lengths = [face.getlength(word) for word in words]
    space = face.getlength(" ")
    best: dict[tuple[int, int], tuple[float, int]] = {(len(words), 0): (0.0, len(words))}
    for left in range(1, count + 1):
        for start in range(len(words)):
            line = -space
            for end in range(start + 1, len(words) + 1):
                line += space + lengths[end - 1]
                if line > width:
                    break
                after = best.get((end, left - 1))
                if after is None:
                    continue
                bonus = _BREAK_BONUS if words[end - 1].endswith(_GOOD_ENDS) else 0.0
                hanging = left > 1 and len(words[end - 1]) <= 3 and words[end - 1].islower()
                cost = after[0] + max(0.0, 1 - line / width - bonus) ** 2 + _SHORT_WORD_COST * hanging
                if (start, left) not in best or cost < best[start, left][0]:
                    best[start, left] = (cost, end)
    if (0, count) not in best:
        # The words' lengths added up differ a little from the line's own: kerning at the spaces.
        return _greedy(words, face, width)
    lines: list[str] = []
    start = 0
    for left in range(count, 0, -1):
        end = best[start, left][1]
        lines.append(" ".join(words[start:end]))
        start = end
    return tuple(lines)


def _divided(word: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return a word in pieces that fit a line, each but the last with a hyphen."""
    pieces: list[str] = []
    while face.getlength(word) > width:
        # The longest beginning that fits with its hyphen; at least one letter, so that it ends.
        lengths = partial(_length_to, word, face)
        cut = bisect.bisect_right(range(2, len(word)), width, key=lengths) + 1
        pieces.append(f"{word[:cut]}-")
        word = word[cut:]
    return [*pieces, word]


def _length_to(word: str, face: ImageFont.FreeTypeFont, end: int) -> int:
    """Return the length of a word's beginning with a hyphen, in whole pixels."""
    return math.ceil(face.getlength(f"{word[:end]}-"))


def _shortened(line: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    while line and face.getlength(f"{line}…") > width:
        line = line[:-1].rstrip()
    return f"{line}…"
