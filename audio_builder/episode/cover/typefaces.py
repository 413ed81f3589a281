"""The fonts of covers: which files they are, which characters each has, and which language writes with which."""

from __future__ import annotations

import functools
import importlib.util
import unicodedata
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

COVERS_EXTRA = "covers"
"""The extra of this package that brings the fonts for Chinese, Japanese and Korean."""

_WEIGHT = 500.0
"""Of the fonts that leave it open: letters on a coloured ground look thinner than on paper."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file in a package, all of them under the SIL Open Font License 1.1.

    Attributes:
        package: that it is in.
        file: its path there.
        leading: from one baseline to the next, as a multiple of the size; more for marks above and below letters.
        number: of the font in a file that holds several.
    """

    package: str
    file: str
    leading: float
    number: int = 0


def _noto(name: str, leading: float) -> Typeface:
    return Typeface("manimgx_fonts", f"Noto{name}[wght].ttf", leading)


def _east_asian(number: int) -> Typeface:
    return Typeface("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", 1.36, number)


SERIF_STYLES = ("Regular", "Semibold", "It")
"""The styles for Latin, Greek and Cyrillic letters, one of which a text is asked to be set in."""

WIDE_STYLES = {"Regular": "Sans", "Semibold": "Sans", "It": "Sans Italic"}
"""What stands in for each of them where it lacks a letter, for the whole text: fewer looks, more letters."""

SCRIPTS = {
    "Arabic": _noto("SansArabic", 1.5),
    "Armenian": _noto("SansArmenian", 1.2),
    "Bengali": _noto("SansBengali", 1.5),
    "Devanagari": _noto("SansDevanagari", 1.5),
    "Ethiopic": _noto("SansEthiopic", 1.3),
    "Georgian": _noto("SansGeorgian", 1.2),
    "Gujarati": _noto("SansGujarati", 1.5),
    "Gurmukhi": _noto("SansGurmukhi", 1.5),
    "Hebrew": _noto("SansHebrew", 1.3),
    "Kannada": _noto("SansKannada", 1.6),
    "Khmer": _noto("SansKhmer", 1.8),
    "Lao": _noto("SansLao", 1.6),
    "Malayalam": _noto("SansMalayalam", 1.6),
    "Myanmar": _noto("SansMyanmar", 1.9),
    "Oriya": _noto("SansOriya", 1.6),
    "Sinhala": _noto("SansSinhala", 1.6),
    "Tamil": _noto("SansTamil", 1.5),
    "Telugu": _noto("SansTelugu", 1.6),
    "Thai": _noto("SansThai", 1.6),
}
"""A style for each script beside Latin, Greek and Cyrillic, named as Unicode names its letters."""

JAPANESE, KOREAN, SIMPLIFIED, TRADITIONAL = "Japanese", "Korean", "Simplified Chinese", "Traditional Chinese"
EAST_ASIAN = {JAPANESE: _east_asian(0), KOREAN: _east_asian(1), SIMPLIFIED: _east_asian(2), TRADITIONAL: _east_asian(3)}
SIGNS = {"Symbols": _noto("SansSymbols", 1.2), "Emoji": _noto("Emoji", 1.2)}

TYPEFACES = {
    **{s: Typeface("font_source_serif_pro", f"files/SourceSerifPro-{s}.otf", 1.16) for s in SERIF_STYLES},
    "Sans": _noto("Sans", 1.2),
    "Sans Italic": _noto("Sans-Italic", 1.2),
    **SCRIPTS,
    **EAST_ASIAN,
    **SIGNS,
}
"""Every style of letters by its name."""


@functools.cache
def font(style: str) -> Any:
    """Return a style of `TYPEFACES` as HarfBuzz's font, measured in its own units."""
    import uharfbuzz  # slow to import, and most commands draw no cover

    face = TYPEFACES[style]
    file = resources.files(face.package).joinpath(face.file)
    # From its path where it has one: then it isn't read as a whole.
    path = isinstance(file, Path)
    blob = uharfbuzz.Blob.from_file_path(str(file)) if path else uharfbuzz.Blob(file.read_bytes())
    found = uharfbuzz.Font(uharfbuzz.Face(blob, face.number))
    if found.face.has_var_data:
        found.set_variations({"wght": _WEIGHT})
    return found


@functools.cache
def installed(style: str) -> bool:
    """Tell whether the package of a style is here."""
    return importlib.util.find_spec(TYPEFACES[style].package) is not None


@functools.lru_cache(maxsize=16384)
def has(style: str, character: str) -> bool:
    """Tell whether a style can be used here and has a character, whole or in its parts."""
    if not installed(style):
        return False
    found = font(style)
    return any(
        all(found.get_nominal_glyph(ord(part)) for part in parts)
        for parts in (character, unicodedata.normalize("NFD", character))
    )
