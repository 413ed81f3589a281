"""Which font sets which letters of a text, and what is missing where none does: never a box, never half a title."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from audio_builder.episode.cover.bidi import is_right_to_left
from audio_builder.episode.cover.typefaces import (
    COVERS_EXTRA,
    EAST_ASIAN,
    JAPANESE,
    KOREAN,
    SCRIPTS,
    SIGNS,
    SIMPLIFIED,
    TRADITIONAL,
    WIDE_STYLES,
    has,
    installed,
)

JOINERS = "\u200c\u200d"
"""Part and join letters; without the first, many Persian and Hindi words are misspelt."""

_AS_PICTURE = "\ufe0f"
"""Asks for the coloured form of the character before it."""

_PICTURES = "\U0001f000"
"""From here on characters are pictures, but for a few."""

_MOST_PILED = 3
"""Marks on a letter, of those for any letter; no language has more, and a pile of them leaves the picture."""

_SKINS = range(0x1F3FB, 0x1F400)
_INVISIBLE = {"Cf", "Mn", "Me", "Cc", "Cs"}
_EAST_ASIAN_NAMES = {"HIRAGANA", "KATAKANA", "HANGUL", "CJK", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH"}
_BY_NAME = {style.upper(): style for style in SCRIPTS}


@dataclass(frozen=True, slots=True)
class Lettering:
    """What is decided for a text as a whole, so that each of its lines is set alike.

    Attributes:
        style: for Latin, Greek and Cyrillic letters.
        east_asian: the four East Asian styles, the one to prefer first.
        language: BCP 47 tag, for letters that some languages write differently; may be empty.
        right_to_left: whether it begins at the right margin.
    """

    style: str
    east_asian: tuple[str, ...] = (SIMPLIFIED,)
    language: str = ""
    right_to_left: bool = False


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
    """Return why a text has letters and can't be set here, and what helps; empty if it can.

    Args:
        text: any.
        language: as for `worded`.
    """
    composed = unicodedata.normalize("NFC", text)
    lettering = _lettering_of(composed, "Regular", language)
    missing = [cluster for cluster, found in clusters_of(composed, lettering) if not found and _is_needed(cluster)]
    if not missing:
        return ""
    for letter in missing:
        if _script_name(letter[0]) in _EAST_ASIAN_NAMES and not installed(lettering.east_asian[0]):
            return f'none; {lettering.east_asian[0]} ones come with: pip install "audio-builder[{COVERS_EXTRA}]"'
    script = _script_name(missing[0][0]).capitalize()
    what = f"{script} ones are in no font here" if script else "no font here has all that the title needs"
    return f"none; {what}; give a picture of your own as the cover"


def clusters_of(text: str, lettering: Lettering) -> Iterator[tuple[str, str]]:
    """Yield the characters of a text, each with the marks that belong to it, and its style; empty where none has it.

    What belongs to no script, such as digits and commas, has the style of what stands before it, if that has it.
    """
    clusters = _clusters(text)
    letters = (_own_style(cluster[0], lettering) for cluster in clusters if cluster[0].isalpha())
    before = next(letters, "") or lettering.style
    for cluster in clusters:
        found = _style_of(cluster, before, lettering)
        yield cluster, found
        before = found or before


def _clusters(text: str) -> list[str]:
    found: list[str] = []
    for character in text:
        belongs = unicodedata.category(character)[0] == "M" or character in JOINERS or ord(character) in _SKINS
        if belongs and found:
            found[-1] += character
        else:
            found.append(character)
    return found


@functools.lru_cache(maxsize=8192)
def _style_of(cluster: str, before: str, lettering: Lettering) -> str:
    character = cluster[0]
    if character.isspace():
        # Those of signs are as wide as a sign.
        return lettering.style if before in SIGNS else before
    if unicodedata.category(character) in {"Cf", "Cc", "Cs", "Cn", "Co"}:
        return ""
    order = [lettering.style, *SCRIPTS, *lettering.east_asian, *SIGNS]
    if own := _own_style(character, lettering):
        order.insert(0, own)
    elif not character.isalpha():
        order.insert(0, before)
    if _AS_PICTURE in cluster or character >= _PICTURES:
        order.insert(0, "Emoji")
    marks = [mark for mark in cluster[1:] if unicodedata.category(mark)[0] == "M" and mark != _AS_PICTURE]
    first = ""
    # One after the other: opening a font takes time.
    for style in order:
        if has(style, character):
            first = first or style
            if all(has(style, mark) for mark in marks):
                return style
    return first


def _own_style(character: str, lettering: Lettering) -> str:
    """Return the style that a character's script has to itself; empty for Latin, Greek, Cyrillic, digits and signs."""
    name = _script_name(character)
    return lettering.east_asian[0] if name in _EAST_ASIAN_NAMES else _BY_NAME.get(name, "")


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
    letters = (character for character in text if unicodedata.category(character)[0] in "LM")
    plain = [character for character in letters if character != _AS_PICTURE and not _script_has_style(character)]
    wide = WIDE_STYLES[style]
    lacking = not all(has(style, character) for character in plain)
    chosen = wide if lacking and all(has(wide, character) for character in plain) else style
    return Lettering(chosen, _east_asian_order(text, language), language, is_right_to_left(text, language))


def _script_has_style(character: str) -> bool:
    name = _script_name(character)
    return name in _EAST_ASIAN_NAMES or name in _BY_NAME


def _east_asian_order(text: str, language: str) -> tuple[str, ...]:
    """Return the four East Asian styles, that of the language first, else the one that the text's letters tell."""
    names = {_script_name(character) for character in text}
    tag = language.lower()
    if tag.startswith("ja") or names & {"HIRAGANA", "KATAKANA"}:
        first = JAPANESE
    elif tag.startswith("ko") or "HANGUL" in names:
        first = KOREAN
    elif tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo", "yue")):
        first = TRADITIONAL
    else:
        first = SIMPLIFIED
    return (first, *(style for style in EAST_ASIAN if style != first))


@functools.lru_cache(maxsize=8192)
def _script_name(character: str) -> str:
    """Return the first word of a character's name in Unicode, which is that of its script."""
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]
