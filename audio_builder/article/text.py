"""Small rules about characters: what is cleaned away, what XML can hold, what can be spoken, how wide a line is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from audio_builder.article.word_tables import words_of

_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_SOFT_HYPHEN_AT_END = re.compile(r"\xad(?=[ \t]*\n)")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u2060\ufeff\ufffe\uffff\ud800-\udfff\ufffc]")
_JOINED_LETTERS = re.compile("[\ufb00-\ufb06]")
_ZERO_WIDTH = re.compile("(?<![\u0e00-\u109f\u1780-\u17ff])\u200b+|\u200b+(?![\u0e00-\u109f\u1780-\u17ff])")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\[\]]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?…\"'”’»"
_TAG_SIGN = re.compile(r"(?<![^\s(“\"'])#(?=[^\W\d_])")
"""The sign before a tag in a sentence: the #lake."""

_JOINING = r"(?:and|or|und|oder|et|ou|y|e|o|en|och|og|i|и)"
_BEFORE_WORDS = re.compile(rf"\A[\s,;<>]*+(?:{_JOINING}[\s,;<>]++)?(?=\w)", re.IGNORECASE)
_BEFORE_STOP = re.compile(rf"(?:,\s*|\s+){_JOINING} ?<>(?=[.;:!?](?:\s|$)|$)")
"""What is left beside addresses: at the beginning of a line, and before a stop."""

_NOTHING_LEFT = re.compile(r"\(\)|<>|\[\]|“”")
_FOOTNOTE = re.compile(r"(?<!\\)\[(?:\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9}|\^[^\]\s]{1,40})\]")
_STOP_AT_BEGIN = re.compile(r"\A(?:[,;:!?]|\.(?!\s*\.))\s+(?=\S)")
_LONELY_STOP = re.compile(r" (?=[.,;:!?](?:\s|$))")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_SPACES_BETWEEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff01-\uff60]")


_BROKEN_WORD = re.compile(r"(?:[^\W_]+-)*[^\W_]+[-\u2010]")
_HYPHENS = ("-", "\u2010")
_LONGEST_WORD = 100

_WORD = re.compile(r"[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_DIVIDED = re.compile(r"(?<!\S)\S+[-\u2010][ \t]*\n\s*\S+")
_AFTER_A_HANGING_HYPHEN = words_of("hyphens", "after_hanging")
_BEFORE_HYPHENS = words_of("hyphens", "before")


def clean(text: str) -> str:
    r"""Return the text with `\n` as its only line end and without control characters or lone surrogates.

    Letters that a printer joined are letters again (ﬁ), and a space without a width between letters of Europe goes.
    Everything else passes unharmed: joiners, marks of direction, every script of Unicode. Lines stay lines, so a
    line's number in the result is its number in the source.
    """
    text = _INVISIBLE.sub("", _SOFT_HYPHEN_AT_END.sub("\u2010", _LINE_ENDS.sub("\n", text)))
    if text.isascii():
        return text
    return _JOINED_LETTERS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _ZERO_WIDTH.sub("", text))


def up_to_last(text: str, sign: str) -> tuple[str, str]:
    """Return a text up to the last of a sign, with it, and the rest: what a pattern looks for in vain is not in it."""
    end = text.rfind(sign) + len(sign)
    return (text[:end], text[end:]) if end >= len(sign) else ("", text)


def xml_safe(text: str) -> str:
    """Return a text without the characters that XML 1.0 (production 2, Char) can't hold even as references."""
    return _NOT_IN_XML.sub("", text)


def picture_label(text: str, longest: int | None = None) -> str:
    """Return a text as a label of a picture: without unprintable characters, cut with “…” after so many."""
    printable = "".join(filter(str.isprintable, text))
    return printable if longest is None or len(printable) <= longest else printable[: longest - 1] + "…"


def tidy(text: str) -> str:
    """Return a line as it will be spoken: no web addresses, no footnote markers, single spaces; no stop begins it.

    An address is never words for the ear; `[1]` and `[^note]` point to a note that isn't read aloud.

    >>> tidy("It rained[1]  (see https://example.org/a?b=c).")
    'It rained (see).'
    """
    spoken = _STOP_AT_BEGIN.sub("", _TAG_SIGN.sub("", " ".join(text.split())))
    kept = _FOOTNOTE.sub("", _ADDRESS.sub(_punctuation_after, spoken))
    if kept == spoken:
        return spoken
    if _ADDRESS.match(spoken.lstrip("<(")):
        kept = _BEFORE_WORDS.sub("", kept)
    kept = _BEFORE_STOP.sub("", " ".join(kept.split()).replace(" )", ")"))
    kept = _LONELY_STOP.sub("", _NOTHING_LEFT.sub("", kept))
    return " ".join(kept.split())


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
    return sum(map(_character_columns, text))


@lru_cache(maxsize=4096)
def _character_columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def join_wrapped(lines: list[str], known: Collection[str] = ()) -> str:
    """Return the lines of one wrapped paragraph as a single line.

    Words are joined by a space, Chinese and Japanese characters by nothing. A word that a hyphen divides at the end of
    a line is whole again, unless it has the hyphen anyway.

    Args:
        lines: of the paragraph.
        known: words of the whole text, in small letters, by which a hyphen is judged.

    >>> join_wrapped(["a qui-", "et room in a well-", "known house"])
    'a quiet room in a well-known house'
    """
    pieces: list[str] = []
    for line in filter(None, (line.strip() for line in lines)):
        if pieces and (broken := broken_word(pieces[-1])) and _goes_on_in_word(line):
            if not _keeps_hyphen(broken, first_word(line), known):
                pieces[-1] = pieces[-1][:-1]
        elif pieces:
            pieces.append(gap_between(pieces[-1], line))
        pieces.append(line)
    return "".join(pieces)


def gap_between(before: str, after: str) -> str:
    """Return what stands between two sentences of one line: a space, between Chinese or Japanese ones nothing.

    >>> gap_between("坐下。", "听。"), gap_between("Sit.", "Listen.")
    ('', ' ')
    """
    return "" if _NO_SPACES_BETWEEN.match(after) and _NO_SPACES_BETWEEN.match(before[-1:]) else " "


def broken_word(line: str) -> str:
    """Return the word, or the part of one, before a hyphen at the end of a line, with the hyphen; empty for none."""
    if not line.endswith(_HYPHENS):
        return ""
    last = line[-_LONGEST_WORD:].rsplit(None, 1)[-1]
    found = _BROKEN_WORD.search(last)
    return found.group() if found and found.end() == len(last) else ""


def _goes_on_in_word(line: str) -> bool:
    return line[0].isalnum() and _WORD.findall(line[:20])[0].casefold() not in _AFTER_A_HANGING_HYPHEN


def _keeps_hyphen(first: str, rest: str, known: Collection[str]) -> bool:
    """Return whether a word is written with the hyphen that it has at the end of a line."""
    first = first[:-1].casefold()
    rest = "".join(_HYPHENATED.findall(rest)[:1])
    small = rest.casefold()
    if f"{first}{small}" in known:
        return False
    if f"{first}-{small}" in known or "-" in first + rest or not rest[:1].islower() or not first[-1:].isalpha():
        return True
    return first in _BEFORE_HYPHENS or (len(first) > 2 and first in known and small in known)


def words_known(text: str) -> frozenset[str]:
    """Return the words of a text in small letters, but for the parts of those that a line's end divides."""
    return frozenset(_HYPHENATED.findall(_DIVIDED.sub(" ", text).casefold()))


def is_unspaced(character: str) -> bool:
    """Return whether a character is of a script that puts no spaces between words: Chinese or Japanese."""
    return _NO_SPACES_BETWEEN.match(character) is not None


_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def roman_number(text: str) -> int:
    """Return the value of a Roman numeral in capitals.

    >>> [roman_number(letters) for letters in ("IV", "XIX", "XLIX")]
    [4, 19, 49]
    """
    values = [_ROMAN_DIGITS.get(letter, 0) for letter in text]
    return sum(-one if one < two else one for one, two in zip(values, [*values[1:], 0], strict=True))


def first_word(text: str) -> str:
    """Return what a text editor would have to fit on the line above: the first word, or one wide character."""
    text = text.lstrip()
    if _NO_SPACES_BETWEEN.match(text):
        return text[0]
    return text.split(None, 1)[0] if text else ""
