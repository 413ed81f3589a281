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

from PIL import ImageFont, features

_NO_SUCH_CHARACTER = "\U0010fffe"
_NON_JOINER = "\u200c"
"""Parts letters that would be joined; without it many Persian words are misspelt."""

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
class _Face:
    """A font file in a package, all of them under the SIL Open Font License 1.1.

    Attributes:
        package: that it is in.
        file: its path there.
        leading: from one baseline to the next, as a multiple of the size; more for marks above and below letters.
        axes: weight and width for a font that leaves them open.
    """

    package: str
    file: str
    leading: float
    axes: tuple[float, ...] = ()


_SERIF_STYLES = ("Regular", "Semibold", "It")
_NOTO = "justmytype_intl_rtl"
_FACES = {
    **{style: _Face("font_source_serif_pro", f"files/SourceSerifPro-{style}.otf", 1.16) for style in _SERIF_STYLES},
    "Arabic": _Face(_NOTO, "fonts/ofl/notosansarabic/NotoSansArabic[wdth,wght].ttf", 1.5, (500, 100)),
    "Hebrew": _Face(_NOTO, "fonts/ofl/notosanshebrew/NotoSansHebrew[wdth,wght].ttf", 1.3, (500, 100)),
}
RIGHT_TO_LEFT = ("Arabic", "Hebrew")
"""The styles that are written from the right; their letters need a shaping library, which not every Pillow has."""


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
    face = _FACES[style]
    return resources.files(face.package).joinpath(face.file).read_bytes()


@functools.cache
def font(style: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Return Source Serif Pro in a style such as `Semibold`, or Noto Sans for one of `RIGHT_TO_LEFT`."""
    found = ImageFont.truetype(io.BytesIO(_font_bytes(style)), size_px)
    if axes := _FACES[style].axes:
        found.set_variation_by_axes(list(axes))
    return found


@functools.lru_cache(maxsize=4096)
def _has_glyph(character: str, style: str) -> bool:
    if character.isspace():
        return True
    small = ImageFont.truetype(io.BytesIO(_font_bytes(style)), 24, layout_engine=ImageFont.Layout.BASIC)
    # A font draws one and the same box for everything it lacks.
    return bytes(small.getmask(character)) != bytes(small.getmask(_NO_SUCH_CHARACTER))


def worded(text: str, style: str) -> tuple[str, str]:
    """Return what can be set of a text, and the style to set it in: the one asked for, or that of its script.

    The text is empty where no font has all of its letters, or where they can't be shaped here. Covered are
    Latin, Greek and Cyrillic in every style, and Arabic and Hebrew.
    """
    for candidate in (style, *(RIGHT_TO_LEFT if features.check("raqm") else ())):
        if kept := printable(text, candidate):
            return kept, candidate
    return "", style


def printable(text: str, style: str = "Regular") -> str:
    """Return what a font can set of a text: pictures and rare signs are left out.

    If it lacks a single letter or digit, the result is empty: half a title is worse than none.
    """
    composed = unicodedata.normalize("NFC", text)
    kept: list[str] = []
    for character in composed:
        category = unicodedata.category(character)
        needed = category not in {"Cf", "Cc", "Cs"} or (character == _NON_JOINER and style == "Arabic")
        if needed and _has_glyph(character, style):
            kept.append(character)
        elif category.startswith(("L", "N")):
            return ""
        elif category not in _INVISIBLE:
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
        face, leading_px = font(style, size_px), _leading(style, size_px)
        fits = max(face.getlength(word) for word in words) <= width
        if not fits and size_px > _DIVIDE_BELOW_PX:
            continue
        lines = _balanced(words, face, width) if fits else _greedy(_all_divided(words, face, width), face, width)
        if len(lines) * leading_px <= height:
            return Setting(lines, size_px, leading_px)
    size_px = sizes_px[-1]
    face, leading_px = font(style, size_px), _leading(style, size_px)
    lines = _greedy(_all_divided(words, face, width), face, width)
    room = max(1, height // leading_px)
    if len(lines) > room:
        lines = (*lines[: room - 1], _shortened(lines[room - 1], face, width))
    return Setting(lines, size_px, leading_px)


def _leading(style: str, size_px: int) -> int:
    return round(size_px * _FACES[style].leading)


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
