"""A paragraph in the making, while a reader goes through marked-up text: its lines, and how its words are set."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from audio_builder.article.model import Line
from audio_builder.article.word_tables import words_of

_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}(?:\s*,\s*\d{1,3})*|[*†‡§¶]{1,3}|[a-z])[\])]?")
_POWER = re.compile(r"[-−–+]?\d{1,3}")
_TRADE_MARKS = ("TM", "SM", "®", "©", "™")
_POWERS = str.maketrans("0123456789-−–+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻⁺")
_BASE = re.compile(r"(?:^|[^\w.,])(?:\d{1,2}|[^\W\d_]{1,2}|cm|mm|km|mi|[^\W\d_]\d)$|\)$")
_NO_BASES = words_of("notes", "no_bases")
_BEFORE_RAISED_LETTERS = re.compile(r"(?:^|\W)(?:[NnMmDS]|\d+)$")


@dataclass(slots=True)
class Paragraph:
    """Collects words.

    Attributes:
        words: of the line that is open.
        lines: those that are ended.
        hard: the source broke one of them on purpose.
        emphasis: how many elements of emphasis are open, those of bold among them.
        strong: how many of bold are open.
        links: how many links are open.
        plain: something was said outside all emphasis.
        light: something was said outside bold.
        unlinked: something was said outside all links.
    """

    words: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    hard: bool = False
    emphasis: int = 0
    strong: int = 0
    links: int = 0
    plain: bool = False
    light: bool = False
    unlinked: bool = False
    _raised_at: int = -1

    def say(self, text: str, *, counts: bool) -> None:
        """Take words; those that count say how the paragraph is set."""
        self.words.append(text)
        if counts:
            self.plain = self.plain or not self.emphasis
            self.light = self.light or not self.strong
            self.unlinked = self.unlinked or not self.links

    def begin_raised(self) -> None:
        """Note that what follows is raised."""
        self._raised_at = len(self.words)

    def end_raised(self, *, linked: bool = False) -> str:
        """Say raised words that end here as `_said_of` has them; return the mark of a note, which isn't said."""
        start, self._raised_at = self._raised_at, -1
        if not 0 <= start <= len(self.words):
            return ""
        inside = "".join(self.words[start:])
        said = _said_of("".join(self.words[:start][-4:]), inside, linked=linked or self.links > 0)
        self.words[start:] = [said]
        return "" if said else inside

    def end_line(self, text: str, number: int, *, hard: bool) -> None:
        """End a line that reads `text`, if there is any."""
        if text:
            self.lines.append(Line(text, number))
            self.hard = self.hard or hard
        self.words, self._raised_at = [], -1


def _said_of(before: str, inside: str, *, linked: bool = False) -> str:
    """Return what is said of raised words: a power in its own digits, letters as they are, of a mark of a note nothing.

    Args:
        before: the words up to it.
        inside: what is raised.
        linked: it is a link, as marks of notes are.

    >>> _said_of("x", "2"), _said_of("the 2", "nd"), _said_of("the wall", "2")
    ('²', 'nd', '')
    """
    mark = inside.strip()
    base = before[-12:].rpartition(" ")[2].strip("=(+*/").casefold()
    if mark in _TRADE_MARKS:
        return ""
    if not linked and _POWER.fullmatch(mark) and _BASE.search(before[-4:]) and base not in _NO_BASES:
        return mark.translate(_POWERS)
    if not _NOTE_MARK.fullmatch(mark):
        return inside
    return inside if mark.isalpha() and not linked and _BEFORE_RAISED_LETTERS.search(before[-8:]) else ""
