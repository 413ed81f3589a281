"""Small rules about characters: what is cleaned away, what XML can hold, what can be spoken, how wide a line is."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\ufeff\ufffe\uffff\ud800-\udfff]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\[\]]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?…\"'”’»"
_FOOTNOTE = re.compile(r"(?<!\\)\[(?:\d{1,3}|\^[^\]\s]{1,40})\]")
_LONELY_STOP = re.compile(r" (?=[.,;:!?](?:\s|$))")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_SPACES_BETWEEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff01-\uff60]")


def clean(text: str) -> str:
    r"""Return the text with `\n` as its only line end and without control characters or lone surrogates.

    Everything else passes unharmed: joiners, marks of direction, every script of Unicode. Lines
    stay lines, so a line's number in the result is its number in the source.
    """
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))


def xml_safe(text: str) -> str:
    """Return a text without the characters that XML 1.0 (production 2, Char) can't hold even as references."""
    return _NOT_IN_XML.sub("", text)


def picture_label(text: str, longest: int | None = None) -> str:
    """Return a text as a label of a picture: without unprintable characters, cut with “…” after so many."""
    printable = "".join(filter(str.isprintable, text))
    return printable if longest is None or len(printable) <= longest else printable[: longest - 1] + "…"


def tidy(text: str) -> str:
    """Return a line as it will be spoken: no web addresses, no footnote markers, single spaces.

    An address is never words for the ear; `[1]` and `[^note]` point to a note that isn't read aloud.

    >>> tidy("It rained[1]  (see https://example.org/a?b=c).")
    'It rained (see).'
    """
    spoken = " ".join(text.split())
    kept = _FOOTNOTE.sub("", _ADDRESS.sub(_punctuation_after, spoken))
    if kept == spoken:
        return spoken
    kept = _LONELY_STOP.sub("", " ".join(kept.split()).replace(" )", ")"))
    return " ".join(kept.replace("()", "").split())


def _punctuation_after(address: re.Match[str]) -> str:
    """Return the punctuation at the end of an address that belongs to the sentence around it."""
    bare = address.group().rstrip(_AFTER_ADDRESS)
    if bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare.removesuffix(")")
    return address.group()[len(bare) :]


def speakable(text: str) -> bool:
    """Return whether there is a letter or a digit in the text: all else makes no word."""
    return any(map(str.isalnum, text))


def columns(text: str) -> int:
    """Return how wide a line looks: a wide (East Asian) character takes two columns, a combining mark none."""
    if text.isascii():
        return len(text)
    return sum(_character_columns(character) for character in text)


def _character_columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def join_wrapped(lines: list[str]) -> str:
    """Return the lines of one wrapped paragraph as a single line.

    Words are joined by a space, Chinese and Japanese characters by nothing.

    >>> join_wrapped(["a quiet", "room"])
    'a quiet room'
    """
    pieces: list[str] = []
    for line in filter(None, (line.strip() for line in lines)):
        if pieces and not (_NO_SPACES_BETWEEN.match(line) and _NO_SPACES_BETWEEN.match(pieces[-1][-1])):
            pieces.append(" ")
        pieces.append(line)
    return "".join(pieces)


def is_unspaced(character: str) -> bool:
    """Return whether a character is of a script that puts no spaces between words: Chinese or Japanese."""
    return _NO_SPACES_BETWEEN.match(character) is not None


def first_word(text: str) -> str:
    """Return what a text editor would have to fit on the line above: the first word, or one wide character."""
    text = text.lstrip()
    if _NO_SPACES_BETWEEN.match(text):
        return text[0]
    return text.split(None, 1)[0] if text else ""
