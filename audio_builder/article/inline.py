"""The words of one Markdown paragraph: what is spoken of its links, code, images and tags, and where its lines end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.token import Token

from audio_builder.article.marks import escape
from audio_builder.article.model import Line

_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BACKSLASH_BEFORE_PUNCTUATION = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)")
_SILENT_ELEMENT = re.compile(r"<(script|style|pre|textarea)\b", re.IGNORECASE)
_SILENT_TAG = re.compile(r"<(/?)(?:script|style)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a paragraph.

    Attributes:
        lines: one for each line of the source, or more where a tag breaks the line; with marks and escapes.
        source: the lines as written, for judging how they were wrapped.
        hard: the source breaks a line on purpose (two spaces, a backslash, or `<br>`).
        emphasised: everything in it is emphasised.
    """

    lines: tuple[Line, ...]
    source: tuple[str, ...]
    hard: bool
    emphasised: bool


def wording(inline: Token) -> Wording:
    """Return the words of an inline token.

    Link texts and inline code are words; link targets, bare addresses, images with their alternative
    texts, HTML tags, comments and struck-out text are not.
    """
    walk = _Walk(inline.map[0] + 1 if inline.map else 1)
    for token in inline.children or ():
        walk.take(token)
    return walk.finish(inline.content)


class _Walk:
    """Collects the words token by token."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.words: list[str] = []
        self.lines: list[Line] = []
        self.hard = False
        self.silent = 0
        self.emphasis = 0
        self.plain_words = False

    def take(self, token: Token) -> None:
        """Add what one token says."""
        kind = token.type
        if kind in ("softbreak", "hardbreak"):
            self._end_line(hard=kind == "hardbreak")
            self.number += 1
        elif kind == "html_inline":
            self._tag(token.content)
        elif kind in ("s_open", "s_close") or token.info == "auto":
            # Struck-out text, and the bare address that an autolink shows.
            self.silent += token.nesting
        elif kind in ("em_open", "strong_open", "em_close", "strong_close"):
            self.emphasis += token.nesting
        elif kind in ("text", "text_special", "code_inline") and not self.silent:
            self._say(token)

    def finish(self, content: str) -> Wording:
        """Return everything taken; `content` is the paragraph as written."""
        self._end_line(hard=False)
        return Wording(
            tuple(self.lines), tuple(content.split("\n")), self.hard, bool(self.lines) and not self.plain_words
        )

    def _say(self, token: Token) -> None:
        written = token.type == "text"
        text = _BACKSLASH_BEFORE_PUNCTUATION.sub(r"\\\\", token.content) if written else escape(token.content)
        self.words.append(text)
        self.plain_words = self.plain_words or (not self.emphasis and bool(text.strip()))

    def _tag(self, tag: str) -> None:
        if _LINE_BREAK_TAG.fullmatch(tag):
            self._end_line(hard=True)
        elif found := _SILENT_TAG.match(tag):
            self.silent = max(0, self.silent + (-1 if found[1] else 1))
        self.number += tag.count("\n")

    def _end_line(self, *, hard: bool) -> None:
        text = "".join(self.words)
        if text.strip():
            self.lines.append(Line(text, self.number))
            self.hard = self.hard or hard
        self.words = []


def html_wording(content: str, first_number: int) -> Wording:
    """Return the words in a block of HTML, line by line, without its tags and comments.

    What stands inside `script`, `style`, `pre` and `textarea` is not spoken.

    Args:
        content: the block.
        first_number: the line of the source it begins on.
    """
    import html

    words = html.unescape(_without_tags(content)).split("\n")
    lines = tuple(Line(line, first_number + place) for place, line in enumerate(words) if line.strip())
    return Wording(lines, tuple(content.split("\n")), hard=False, emphasised=False)


def _without_tags(source: str) -> str:
    """Return HTML without its tags, its line breaks kept. Linear in its length, whatever is left open."""
    kept: list[str] = []
    position = 0
    while (start := source.find("<", position)) >= 0:
        kept.append(source[position:start])
        position = _end_of_tag(source, start)
        kept.append("\n" * source.count("\n", start, position))
    kept.append(source[position:])
    return "".join(kept)


def _end_of_tag(source: str, start: int) -> int:
    """Return where the text goes on after the tag, comment or silent element that begins at `start`."""
    silent = _SILENT_ELEMENT.match(source, start)
    closing = "-->" if source.startswith("<!--", start) else f"</{silent[1].lower()}" if silent else ">"
    # Closing tags are sought in lower case only where that keeps every position.
    end = (source.lower() if silent and source.isascii() else source).find(closing, start)
    if end < 0:
        return len(source)
    return source.find(">", end) + 1 or len(source)
