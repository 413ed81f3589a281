"""Markdown to its outline, through a CommonMark parser with tables, struck-out text and footnotes.

Spoken: headings, paragraphs, quotations, list items, and the cells of a table, each as an item of
a list. Not spoken: code blocks, images, comments, tags, rules, struck-out text and footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from audio_builder.article.blocks import wrapping_of
from audio_builder.article.details import with_links
from audio_builder.article.frontmatter import read_front_matter, without_front_matter
from audio_builder.article.marks import escape
from audio_builder.article.model import BlockKind, Line
from audio_builder.article.outline import OutlineBuilder, Wording
from audio_builder.article.readers import Parsed, TextReader
from audio_builder.article.source import SourceText

_ATX_HEADING = re.compile(r"(?:\A|\n[ \t]*\n|\A\n*)#{1,6}[ \t]+\S")
_CONTAINERS = {
    "blockquote_open": BlockKind.QUOTE,
    "bullet_list_open": BlockKind.LIST,
    "ordered_list_open": BlockKind.LIST,
    "table_open": BlockKind.LIST,
}
_CONTAINER_ENDS = frozenset(name.replace("_open", "_close") for name in _CONTAINERS)
_BARE_ADDRESS = re.compile(r"https?://[!-;=?-~]*[\w/]")
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BACKSLASH_BEFORE_PUNCTUATION = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)")
_SILENT_ELEMENT = re.compile(r"<(script|style|pre|textarea)\b", re.IGNORECASE)
_SILENT_TAG = re.compile(r"<(/?)(?:script|style)\b", re.IGNORECASE)


def _read(source: SourceText) -> Parsed:
    """Return the front matter and the outline of a Markdown text; its lines keep their numbers."""
    front = source.front or read_front_matter(source.text, source.name)
    body = without_front_matter(source.text, front)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    parser.use(footnote_plugin, inline=False)
    tokens = _Tokens(OutlineBuilder(front.language, wrapping_of(body.split("\n"))))
    parsed = parser.parse(body)
    for token in parsed:
        tokens.take(token)
    front = replace(front, details=with_links(front.details, _links(parsed)))
    return Parsed(front, tokens.builder.outline(front))


def _links(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield words and address of every link, and of every bare address; they aren't spoken, so notes have them."""
    for token in tokens:
        inside: list[str] | None = None
        address = ""
        for child in token.children or ():
            if child.type == "link_open":
                inside, address = [], str(child.attrGet("href") or "")
            elif child.type == "link_close" and inside is not None:
                yield "".join(inside), address
                inside = None
            elif inside is not None:
                inside.append(child.content or " ")
            elif child.type == "text":
                yield from ((found, found) for found in _BARE_ADDRESS.findall(child.content))


def _looks_like_markdown(text: str, name: str) -> bool:
    """Return whether a text begins with front matter, or has a heading written with `#` after an empty line."""
    return bool(read_front_matter(text, name).lines or _ATX_HEADING.search(text))


@dataclass(slots=True)
class _Tokens:
    """Gives what each token says to a builder."""

    builder: OutlineBuilder
    heading_level: int = 0
    footnotes: int = 0

    def take(self, token: Token) -> None:
        """Add what one block token says."""
        kind = token.type
        if kind.startswith("footnote_block"):
            self.footnotes += token.nesting
        elif self.footnotes:
            return
        elif kind in _CONTAINERS:
            self.builder.open_container(_CONTAINERS[kind])
        elif kind in _CONTAINER_ENDS:
            self.builder.close_container()
        elif kind in ("heading_open", "heading_close"):
            self.heading_level = int(token.tag[1:]) if token.nesting > 0 else 0
        elif kind == "inline":
            self.builder.words(wording(token), self.heading_level)
        elif kind == "html_block" and token.map:
            self.builder.words(html_wording(token.content, token.map[0] + 1), self.heading_level)


def wording(inline: Token) -> Wording:
    """Return the words of an inline token.

    Link texts and inline code are words; link targets, bare addresses, images with their alternative
    texts, HTML tags, comments and struck-out text are not.
    """
    walk = _Words(inline.map[0] + 1 if inline.map else 1)
    for token in inline.children or ():
        walk.take(token)
    return walk.finish(inline.content)


class _Words:
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
    words = unescape(_without_tags(content)).split("\n")
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


READER = TextReader("markdown", "Markdown", (".md", ".markdown"), _looks_like_markdown, _read, rank=80)
