"""Letters on a cover: which font has them, and where each of their glyphs stands, in any script and direction.

A text has one font, that of its script; words of other scripts in it have theirs. Never a box, never half a title.
"""

from __future__ import annotations

import functools
import importlib.util
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from bidi import get_display
from PIL import Image

COVERS_EXTRA = "covers"
"""The extra of this package that brings the fonts for Chinese, Japanese and Korean."""

FONTS = "audio_builder.episode.cover.fonts"
"""The package of the fonts that come with this one; `scripts/fonts.py` makes them."""

WEIGHT = 500.0
"""Of Noto's: letters on a coloured ground look thinner than on paper."""

_OPTICAL_SIZE = 24.0
"""Of the serif, in points: finer hairlines would be lost where a player shows the cover small."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file in a package, all of them under the SIL Open Font License 1.1.

    Attributes:
        package: that it is in.
        file: its path there.
        leading: from one baseline to the next, as a multiple of the size; more for marks above and below letters.
        number: of the font in a file that holds several.
        axes: where a variable font is set, such as its weight.
    """

    package: str
    file: str
    leading: float
    number: int = 0
    axes: tuple[tuple[str, float], ...] = ()


def _noto(name: str, leading: float) -> Typeface:
    return Typeface(FONTS, f"Noto{name}.ttf", leading)


def _serif(cut: str, weight: float) -> Typeface:
    axes = (("wght", weight), ("opsz", _OPTICAL_SIZE))
    return Typeface("fontpkg_source_serif_4", f"files/SourceSerif4{cut}[opsz,wght].ttf", 1.16, axes=axes)


def _east_asian(number: int) -> Typeface:
    return Typeface("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", 1.36, number, (("wght", WEIGHT),))


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
    "Regular": _serif("", 400),
    "Semibold": _serif("", 600),
    "It": _serif("-Italic", 400),
    "Sans": _noto("Sans", 1.2),
    "Sans Italic": _noto("Sans-Italic", 1.2),
    **SCRIPTS,
    **EAST_ASIAN,
    **SIGNS,
}
"""Every style of letters by its name."""

JOINERS = "\u200c\u200d"
"""Part and join letters; without the first, many Persian and Hindi words are misspelt."""

_AS_PICTURE = "\ufe0f"
"""Asks for the coloured form of the character before it."""

_PICTURES = "\U0001f000"
"""From here on characters are pictures, but for a few."""

_MOST_PILED = 3
"""Marks on a letter, of those for any letter; no language has more, and a pile of them leaves the picture."""

SKINS = range(0x1F3FB, 0x1F400)
_LANGUAGES_FROM_RIGHT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "pnb", "ps", "sd", "syr", "ug", "ur", "yi"}
_NUMBERS_AND_SEPARATORS = {"EN", "AN", "ES", "ET", "CS"}
"""Bidirectional classes (Unicode Standard Annex #9) of what a mark between would part."""

_INDEX_MARKS = "".join(map(chr, (*range(0x0300, 0x0370), *range(0x1DC0, 0x1E00), *range(0xE0100, 0xE01F0))))
"""Marks that take the direction of what is before them, one for each place of a line; more than a title has."""

_INVISIBLE = {"Cf", "Mn", "Me", "Cc", "Cs"}
_EAST_ASIAN_NAMES = {"HIRAGANA", "KATAKANA", "HANGUL", "CJK", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH"}
_BY_NAME = {style.upper(): style for style in SCRIPTS}


@dataclass(frozen=True, slots=True)
class Lettering:
    """What is decided for a text as a whole, so that each of its lines is set alike.

    Attributes:
        styles: of `TYPEFACES`; that of its script first, then those of its other letters, then those of signs.
        language: BCP 47 tag, for letters that some languages write differently; may be empty.
        right_to_left: whether it begins at the right margin.
    """

    styles: tuple[str, ...]
    language: str = ""
    right_to_left: bool = False


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of a line. Its place is in ems, from the line's left end on its baseline.

    Attributes:
        style: of `TYPEFACES`.
        number: in that font; 0 would be a box.
        x: to the right.
        y: upwards.
    """

    style: str
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """A shaped line.

    Attributes:
        glyphs: from the left.
        width: in ems.
    """

    glyphs: tuple[Glyph, ...]
    width: float


def is_from_right(language: str) -> bool:
    """Tell whether a language, a BCP 47 tag, is written from the right."""
    return language.lower().split("-")[0] in _LANGUAGES_FROM_RIGHT


def is_right_to_left(text: str, language: str = "") -> bool:
    """Tell whether a text begins at the right: its language decides if it has letters of it, else its first letter.

    A title in Arabic that begins with a Latin name is an Arabic one.
    """
    strong = [kind for character in text if (kind := unicodedata.bidirectional(character)) in {"L", "R", "AL"}]
    if is_from_right(language) and {*strong} - {"L"}:
        return True
    return bool(strong) and strong[0] != "L"


def worded(text: str, style: str, language: str = "") -> tuple[str, Lettering]:
    """Return what can be set of a text, and how.

    Rare signs that no font has are left out. The text is empty if a single letter or digit is in none of the
    installed fonts: half a title is worse than none.

    Args:
        text: any.
        style: one of `SERIF_STYLES`, for Latin, Greek and Cyrillic letters.
        language: BCP 47 tag.
    """
    composed = unicodedata.normalize("NFC", text)
    lettering = _lettering_of(composed, style, language)
    kept: list[str] = []
    for cluster, found in clusters_of(composed, lettering):
        if found:
            kept.append(_kept(cluster, found))
        elif _is_needed(cluster):
            return "", lettering
        elif unicodedata.category(cluster[0]) not in _INVISIBLE:
            kept.append(" ")
    return " ".join("".join(kept).split()), lettering


def missing_letters(text: str, language: str = "") -> str:
    """Return why a text has letters and can't be set here, and what helps; empty if it can."""
    composed = unicodedata.normalize("NFC", text)
    lettering = _lettering_of(composed, "Regular", language)
    missing = [cluster[0] for cluster, found in clusters_of(composed, lettering) if not found and _is_needed(cluster)]
    if not missing:
        return ""
    east_asian = _east_asian_style(composed, language)
    if not installed(east_asian) and any(_own_style(letter, east_asian) == east_asian for letter in missing):
        return f'none; {east_asian} ones come with: pip install "audio-builder[{COVERS_EXTRA}]"'
    script = _script_name(missing[0]).capitalize()
    what = f"{script} ones are in no font here" if script else "no font here has all that the title needs"
    return f"none; {what}; give a picture of your own as the cover"


def clusters_of(text: str, lettering: Lettering) -> Iterator[tuple[str, str]]:
    """Yield the characters of a text, each with the marks that belong to it, and its style; empty where none has it."""
    for cluster in _clusters(text):
        yield cluster, _style_of(cluster, lettering.styles)


@functools.lru_cache(maxsize=8192)
def shaped(text: str, lettering: Lettering, gap: float = 0.0) -> ShapedLine:
    """Return the glyphs of a line: joined, reordered and placed as its scripts want it.

    Args:
        text: one line of what `worded` returned.
        lettering: from there too.
        gap: after each letter, in ems; only for letters that don't join.
    """
    import uharfbuzz  # slow to import, and most commands draw no cover

    glyphs: list[Glyph] = []
    x = 0.0
    for style, run, from_right in _runs(text, lettering):
        buffer = uharfbuzz.Buffer()
        buffer.add_str(run)
        buffer.direction = "rtl" if from_right else "ltr"
        # Else it would be that of the machine.
        buffer.language = lettering.language or "und"
        buffer.guess_segment_properties()
        uharfbuzz.shape(font(style), buffer)
        em = font(style).face.upem
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyphs.append(Glyph(style, info.codepoint, x + place.x_offset / em, place.y_offset / em))
            x += place.x_advance / em + (gap if place.x_advance else 0.0)
    return ShapedLine(tuple(glyphs), x)


def leading_of(text: str, lettering: Lettering) -> float:
    """Return the distance of baselines that a text needs, as a multiple of its size."""
    return max(TYPEFACES[style or lettering.styles[0]].leading for _, style in clusters_of(text, lettering))


def mask_of(line: ShapedLine, size_px: float) -> tuple[Image.Image, tuple[int, int]] | None:
    """Return how much of each pixel a line covers, and where its upper left corner is; None if it shows nothing.

    The corner is in pixels from the line's left end on its baseline, downwards.
    """
    import uharfbuzz

    raster = uharfbuzz.RasterDraw()
    for glyph in line.glyphs:
        face = font(glyph.style)
        scale = size_px / face.face.upem
        raster.transform = (scale, 0, 0, scale, glyph.x * size_px, glyph.y * size_px)
        raster.draw_glyph(face, glyph.number)
    drawn = raster.render()
    extents = drawn.extents if drawn else None
    if not extents or not extents.width or not extents.height:
        return None
    size = (extents.width, extents.height)
    # Its rows are from the bottom to the top.
    picture = Image.frombuffer("L", size, drawn.buffer, "raw", "L", extents.stride, -1)
    return picture, (math.floor(extents.x_origin), -math.floor(extents.y_origin) - extents.height)


@functools.cache
def font(style: str) -> Any:
    """Return a style of `TYPEFACES` as HarfBuzz's font, measured in its own units."""
    import uharfbuzz

    face = TYPEFACES[style]
    file = resources.files(face.package).joinpath(face.file)
    # From its path where it has one: then it isn't read as a whole.
    path = isinstance(file, Path)
    blob = uharfbuzz.Blob.from_file_path(str(file)) if path else uharfbuzz.Blob(file.read_bytes())
    found = uharfbuzz.Font(uharfbuzz.Face(blob, face.number))
    if found.face.has_var_data:
        found.set_variations(dict(face.axes))
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


def _runs(text: str, lettering: Lettering) -> Iterator[tuple[str, str, bool]]:
    """Yield the parts of a line from the left: style, text in the order of reading, whether it is from the right."""
    for (style, from_right), shown in groupby(_shown(text, lettering), lambda part: part[1:]):
        clusters = [cluster for cluster, *_ in shown]
        yield style or lettering.styles[0], "".join(reversed(clusters) if from_right else clusters), from_right


def _shown(text: str, lettering: Lettering) -> list[tuple[str, str, bool]]:
    """Return the clusters of a line as they are seen, from the left: each with its style, and whether it is odd.

    That is, on an odd level of Unicode Standard Annex #9. `get_display` returns the order of characters and not
    their levels. So each cluster goes into it as one character with a mark: back comes the mark after its character,
    or before it on an odd level, and says which cluster it is. Numbers and their separators, which a mark would
    part, go without: their order is that of reading.
    """
    clusters = list(clusters_of(text, lettering))
    if not lettering.right_to_left and not any(unicodedata.bidirectional(c) in {"R", "AL", "AN"} for c in text):
        return [(cluster, style, False) for cluster, style in clusters]
    marked = "".join(map(_with_mark, (cluster for cluster, _ in clusters), _INDEX_MARKS))
    order = get_display(marked, base_dir="R" if lettering.right_to_left else "L")
    found: list[tuple[str, str, bool]] = []
    place = 0
    while place < len(order):
        pair = order[place : place + 2]
        number = next((_INDEX_MARKS.index(mark) for mark in pair if mark in _INDEX_MARKS), -1)
        if number >= 0 and {*pair} == {*_with_mark(clusters[number][0], _INDEX_MARKS[number])}:
            found.append((*clusters[number], pair[0] in _INDEX_MARKS))
            place += 2
        else:
            found.append((order[place], _style_of(order[place], lettering.styles), False))
            place += 1
    return found


def _with_mark(cluster: str, mark: str) -> str:
    """Return what stands for a cluster in the text to be ordered."""
    kind = unicodedata.bidirectional(cluster[0])
    if cluster[1:] == "" and kind in _NUMBERS_AND_SEPARATORS:
        return cluster
    # A mark that stands alone would be taken for one of ours.
    return f" {mark}" if kind == "NSM" else cluster[0] + mark


def _clusters(text: str) -> list[str]:
    found: list[str] = []
    for character in text:
        belongs = unicodedata.category(character)[0] == "M" or character in JOINERS or ord(character) in SKINS
        if belongs and found:
            found[-1] += character
        else:
            found.append(character)
    return found


@functools.lru_cache(maxsize=8192)
def _style_of(cluster: str, styles: tuple[str, ...]) -> str:
    """Return the first of some styles that has a character and its marks, else the first that has the character."""
    character = cluster[0]
    if unicodedata.category(character) in {"Cf", "Cc", "Cs", "Cn", "Co"}:
        return ""
    if character.isspace():
        return styles[0]
    if _AS_PICTURE in cluster or character >= _PICTURES:
        styles = ("Emoji", *styles)
    marks = [mark for mark in cluster[1:] if unicodedata.category(mark)[0] == "M" and mark != _AS_PICTURE]
    having = [style for style in styles if has(style, character)]
    return next((style for style in having if all(has(style, mark) for mark in marks)), having[0] if having else "")


def _own_style(character: str, east_asian: str) -> str:
    """Return the style that a character's script has to itself; empty for Latin, Greek, Cyrillic, digits and signs."""
    name = _script_name(character)
    return east_asian if name in _EAST_ASIAN_NAMES else _BY_NAME.get(name, "")


def _kept(cluster: str, style: str) -> str:
    """Return a cluster without what its style would show as a box; joiners only where letters join."""
    joins = style not in {*WIDE_STYLES, *WIDE_STYLES.values()}
    kept = [
        character
        for character in cluster[1:]
        if (character in JOINERS and joins) or character == _AS_PICTURE or has(style, character)
    ]
    piled = [character for character in kept if _script_name(character) == "COMBINING"]
    return cluster[0] + "".join(character for character in kept if character not in piled[_MOST_PILED:])


def _is_needed(cluster: str) -> bool:
    return unicodedata.category(cluster[0])[0] in "LN"


def _lettering_of(text: str, style: str, language: str) -> Lettering:
    east_asian = _east_asian_style(text, language)
    own = {character: _own_style(character, east_asian) for character in dict.fromkeys(text)}
    plain = [character for character in own if unicodedata.category(character)[0] in "LM" and not own[character]]
    wide = WIDE_STYLES[style]
    lacking = [character for character in plain if character != _AS_PICTURE and not has(style, character)]
    if lacking and all(has(wide, character) for character in plain if character != _AS_PICTURE):
        style = wide
    first = next((own[character] for character in own if character.isalpha()), "") or style
    styles = dict.fromkeys((first, *filter(None, own.values()), style, wide, *SIGNS))
    return Lettering(tuple(styles), language, is_right_to_left(text, language))


def _east_asian_style(text: str, language: str) -> str:
    """Return the East Asian style of the language, else the one that the text's letters tell."""
    names = {_script_name(character) for character in text}
    tag = language.lower()
    if tag.startswith("ja") or names & {"HIRAGANA", "KATAKANA"}:
        return JAPANESE
    if tag.startswith("ko") or "HANGUL" in names:
        return KOREAN
    return TRADITIONAL if tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo", "yue")) else SIMPLIFIED


@functools.lru_cache(maxsize=8192)
def _script_name(character: str) -> str:
    """Return the first word of a character's name in Unicode, which is that of its script."""
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]
