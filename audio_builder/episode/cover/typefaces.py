"""Which font has the letters of a text, and what is missing where none has: never a box, never half a title."""

from __future__ import annotations

import functools
import importlib.util
import io
import unicodedata
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from PIL import ImageFont, features

COVERS_EXTRA = "covers"
"""The extra of this package that brings the fonts of more scripts."""

_NO_SUCH_CHARACTER = "\U0010fffe"
_JOINERS = "\u200c\u200d"
"""Part and join letters; without the first, many Persian and Hindi words are misspelt."""

_INVISIBLE = {"Cf", "Mn", "Me", "Cc", "Zl", "Zp"}
_JAPANESE, _KOREAN, _SIMPLIFIED, _TRADITIONAL = "Japanese", "Korean", "Simplified Chinese", "Traditional Chinese"


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file in a package, all of them under the SIL Open Font License 1.1.

    Attributes:
        package: that it is in.
        file: its path there.
        leading: from one baseline to the next, as a multiple of the size; more for marks above and below letters.
        axes: weight and width for a font that leaves them open.
        shaped: whether its letters change, join or move beside each other, which needs Raqm and FriBiDi.
    """

    package: str
    file: str
    leading: float
    axes: tuple[float, ...] = ()
    shaped: bool = False


def _noto(pack: str, name: str, leading: float) -> Typeface:
    file = f"fonts/ofl/notosans{name.lower()}/NotoSans{name}[wdth,wght].ttf"
    return Typeface(f"justmytype_intl_{pack}", file, leading, (500, 100), shaped=True)


def _noto_east_asian(name: str) -> Typeface:
    return Typeface("justmytype_intl_cjk", f"fonts/ofl/notosans{name.lower()}/NotoSans{name}[wght].ttf", 1.36, (500,))


_SERIF_STYLES = ("Regular", "Semibold", "It")
_SCRIPTS = {
    "Arabic": _noto("rtl", "Arabic", 1.5),
    "Hebrew": _noto("rtl", "Hebrew", 1.3),
    "Devanagari": _noto("south_asia", "Devanagari", 1.5),
    "Bengali": _noto("south_asia", "Bengali", 1.5),
    "Tamil": _noto("south_asia", "Tamil", 1.5),
    "Telugu": _noto("south_asia", "Telugu", 1.6),
    "Thai": _noto("sea", "Thai", 1.6),
    "Lao": _noto("sea", "Lao", 1.6),
    "Khmer": _noto("sea", "Khmer", 1.8),
    "Myanmar": _noto("sea", "Myanmar", 1.9),
}
_EAST_ASIAN = {
    _JAPANESE: _noto_east_asian("JP"),
    _KOREAN: _noto_east_asian("KR"),
    _SIMPLIFIED: _noto_east_asian("SC"),
    _TRADITIONAL: _noto_east_asian("TC"),
}
TYPEFACES = {
    **{s: Typeface("font_source_serif_pro", f"files/SourceSerifPro-{s}.otf", 1.16) for s in _SERIF_STYLES},
    **_SCRIPTS,
    **_EAST_ASIAN,
}
"""Every style of letters by its name: three of a serif, and one for each other script."""

RIGHT_TO_LEFT = ("Arabic", "Hebrew")
"""The styles that are written from the right."""


def worded(text: str, style: str, language: str = "") -> tuple[str, str]:
    """Return what can be set of a text, and the style to set it in: the one asked for, or that of its script.

    The text is empty where no font that is installed has all of its letters, or where they can't be shaped here.

    Args:
        text: any.
        style: of `TYPEFACES`, for Latin, Greek and Cyrillic letters.
        language: BCP 47 tag, for characters that are written differently in Chinese, Japanese and Korean.
    """
    for candidate in (style, *_SCRIPTS, *_east_asian_order(text, language)):
        if _installed(candidate) and _shapeable(candidate) and (kept := printable(text, candidate)):
            return kept, candidate
    return "", style


def missing_letters(text: str, language: str = "") -> str:
    """Return why a text has letters and none of them can be set here, and what helps; empty if they can.

    Args:
        text: any.
        language: as for `worded`.
    """
    letters = [character for character in text if unicodedata.category(character)[0] in "LN"]
    if not letters or worded(text, "Regular", language)[0]:
        return ""
    style = _style_of(next((letter for letter in letters if not letter.isascii()), letters[0]), text, language)
    if style and not _installed(style):
        return f'none; {style} ones come with: pip install "audio-builder[{COVERS_EXTRA}]"'
    if style and not _shapeable(style):
        means = "Debian: apt install libfribidi0, macOS: brew install fribidi"
        return f"none; for {style} ones Pillow needs FriBiDi ({means})"
    return "none; no font here has all that the title needs; give a picture of your own as the cover"


def printable(text: str, style: str = "Regular") -> str:
    """Return what a font can set of a text: pictures and rare signs are left out.

    If it lacks a single letter or digit, the result is empty: half a title is worse than none.
    """
    composed = unicodedata.normalize("NFC", text)
    kept: list[str] = []
    for character in composed:
        category = unicodedata.category(character)
        needed = category not in {"Cf", "Cc", "Cs"} or (character in _JOINERS and TYPEFACES[style].shaped)
        if needed and _has_glyph(character, style):
            kept.append(character)
        elif category.startswith(("L", "N")):
            return ""
        elif category not in _INVISIBLE:
            kept.append(" ")
    return " ".join("".join(kept).split())


@functools.cache
def font(style: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Return a style of `TYPEFACES` in a size."""
    return _opened(style, size_px, None)


def _opened(style: str, size_px: int, engine: ImageFont.Layout | None) -> ImageFont.FreeTypeFont:
    face = TYPEFACES[style]
    file = resources.files(face.package).joinpath(face.file)
    # From its path where it has one: a copy in memory of 18 MB for every size would be too much.
    source = str(file) if isinstance(file, Path) else io.BytesIO(file.read_bytes())
    found = ImageFont.truetype(source, size_px, layout_engine=engine)
    if face.axes:
        found.set_variation_by_axes(list(face.axes))
    return found


@functools.cache
def _small(style: str) -> tuple[ImageFont.FreeTypeFont, bytes]:
    """Return a style in a small size, and what it draws for a character that it lacks."""
    small = _opened(style, 24, ImageFont.Layout.BASIC)
    return small, bytes(small.getmask(_NO_SUCH_CHARACTER))


@functools.lru_cache(maxsize=4096)
def _has_glyph(character: str, style: str) -> bool:
    if character.isspace():
        return True
    small, box = _small(style)
    # A font draws one and the same box for everything it lacks.
    return bytes(small.getmask(character)) != box


@functools.cache
def _installed(style: str) -> bool:
    return importlib.util.find_spec(TYPEFACES[style].package) is not None


def _shapeable(style: str) -> bool:
    return not TYPEFACES[style].shaped or bool(features.check("raqm"))


def _east_asian_order(text: str, language: str) -> tuple[str, ...]:
    """Return the four East Asian styles, that of the language first, else the one that the text's letters tell."""
    names = {_script_name(character) for character in text}
    tag = language.lower()
    if tag.startswith("ja") or names & {"HIRAGANA", "KATAKANA"}:
        first = _JAPANESE
    elif tag.startswith("ko") or "HANGUL" in names:
        first = _KOREAN
    elif tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo", "yue")):
        first = _TRADITIONAL
    else:
        first = _SIMPLIFIED
    return (first, *(style for style in _EAST_ASIAN if style != first))


def _style_of(letter: str, text: str, language: str) -> str:
    """Return the style for the script of a letter; empty where there is none."""
    name = _script_name(letter)
    if name in {"HIRAGANA", "KATAKANA", "HANGUL", "CJK"}:
        return _east_asian_order(text, language)[0]
    return next((style for style in _SCRIPTS if style.upper() == name), "")


def _script_name(character: str) -> str:
    """Return the first word of a character's name in Unicode, which is that of its script."""
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]
