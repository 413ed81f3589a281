"""Markdown to its outline, through a CommonMark parser with tables, struck-out text and footnotes.

Spoken: headings, paragraphs, quotations, list items, and the cells of a table, each as an item of
a list. Not spoken: code blocks, images, comments, tags, rules, struck-out text and footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.inline import Wording, html_wording, wording
from audio_builder.article.lines import blocks_around_marks, broken_on_purpose, text_blocks, unwrapped
from audio_builder.article.marks import without_marks
from audio_builder.article.model import BlockKind, Line
from audio_builder.article.outline import LONGEST_HEADING, Element, Heading, Outline, same_words
from audio_builder.article.text import join_wrapped, speakable, tidy

_TASK_BOX = re.compile(r"\A\s*\[[ xX]\]\s+")
_CONTAINERS = {
    "blockquote_open": BlockKind.QUOTE,
    "bullet_list_open": BlockKind.LIST,
    "ordered_list_open": BlockKind.LIST,
    "table_open": BlockKind.LIST,
}
_CONTAINER_ENDS = frozenset(name.replace("_open", "_close") for name in _CONTAINERS)


def read_markdown(text: str, front: FrontMatter) -> Outline:
    """Return the outline of a Markdown text.

    Args:
        text: the body, with empty lines where its front matter was.
        front: what the front matter says; its title, subtitle and language matter here.
    """
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    parser.use(footnote_plugin, inline=False)
    reader = _Reader(front.language, document_unwrapped=unwrapped(text.split("\n")))
    for token in parser.parse(text):
        reader.take(token)
    return _outline(reader.elements, front)


@dataclass(frozen=True, slots=True)
class _Found:
    """An element, and whether all of it is emphasised."""

    element: Element
    emphasised: bool = False


@dataclass(slots=True)
class _Reader:
    """Collects elements token by token. The outermost quotation, list or table decides a block's kind."""

    language: str
    document_unwrapped: bool
    elements: list[_Found] = field(default_factory=list)
    containers: list[BlockKind] = field(default_factory=list)
    gathered: list[Line] = field(default_factory=list)
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
            self.containers.append(_CONTAINERS[kind])
        elif kind in _CONTAINER_ENDS:
            outermost = self.containers[0]
            self.containers.pop()
            if not self.containers:
                self._end_container(outermost)
        elif kind in ("heading_open", "heading_close"):
            self.heading_level = int(token.tag[1:]) if token.nesting > 0 else 0
        elif kind == "inline":
            self._text(wording(token))
        elif kind == "html_block" and token.map:
            self._text(html_wording(token.content, token.map[0] + 1))

    def _text(self, words: Wording) -> None:
        if not words.lines:
            return
        if self.containers:
            self.gathered.extend(self._lines_in_container(words))
            return
        if self.heading_level:
            heading = Line(tidy(join_wrapped([line.text for line in words.lines])), words.lines[0].number)
            if len(heading.text) <= LONGEST_HEADING and speakable(without_marks(heading.text)):
                self.elements.append(_Found(Heading(heading, self.heading_level)))
                return
        blocks = text_blocks(words.lines, self.language, verse=self._on_purpose(words))
        self.elements.extend(_Found(block, words.emphasised) for block in blocks)

    def _lines_in_container(self, words: Wording) -> list[Line]:
        first = words.lines[0]
        if self.containers[0] is BlockKind.LIST:
            joined = join_wrapped([line.text for line in words.lines])
            return [Line(_TASK_BOX.sub("", joined), first.number)]
        if self._on_purpose(words):
            return list(words.lines)
        return [Line(join_wrapped([line.text for line in words.lines]), first.number)]

    def _on_purpose(self, words: Wording) -> bool:
        return words.hard or broken_on_purpose(words.source, document_unwrapped=self.document_unwrapped)

    def _end_container(self, kind: BlockKind) -> None:
        blocks = blocks_around_marks(kind, self.gathered, self.language)
        self.elements.extend(map(_Found, blocks))
        self.gathered = []


def _outline(found: list[_Found], front: FrontMatter) -> Outline:
    """Return the outline, with the title and the subtitle taken from the top.

    The title is a heading of the first level that begins the text. The subtitle stands right under
    it: a paragraph of one line that is emphasised as a whole, or a heading that is deeper than the
    next one.
    """
    elements = [item.element for item in found]
    top = elements[0] if elements else None
    is_title = isinstance(top, Heading) and (same_words(top.line, front.title) if front.title else top.level == 1)
    if not (is_title and isinstance(top, Heading)):
        return Outline(None, None, tuple(elements))
    rest = found[1:]
    subtitle = _subtitle(rest)
    if subtitle is None or (front.subtitle and not same_words(subtitle, front.subtitle)):
        return Outline(top.line, None, tuple(elements[1:]))
    return Outline(top.line, subtitle, tuple(elements[2:]))


def _subtitle(rest: Sequence[_Found]) -> Line | None:
    if len(rest) < 2:
        return None
    element = rest[0].element
    if isinstance(element, Heading):
        following = next((item.element for item in rest[1:] if isinstance(item.element, Heading)), None)
        return element.line if following is not None and element.level > following.level else None
    short = len(element.lines) == 1 and len(element.lines[0].text) <= LONGEST_HEADING
    return element.lines[0] if rest[0].emphasised and short and element.kind is not BlockKind.MARK else None
