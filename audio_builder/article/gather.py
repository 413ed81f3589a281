"""Collecting headings and blocks as a reader meets them: what Markdown and HTML have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from audio_builder.article.blocks import Wrapping, broken_on_purpose
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.inline import Wording
from audio_builder.article.lines import blocks_around_marks, text_blocks
from audio_builder.article.marks import without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.outline import LONGEST_HEADING, Element, Heading, Outline, same_words
from audio_builder.article.text import join_wrapped, speakable, tidy

_BYLINE_WITHIN = 2
_TASK_BOX = re.compile(r"\A\s*\[[ xX]\]\s+")


@dataclass(frozen=True, slots=True)
class _Found:
    """An element, and whether all of it is emphasised."""

    element: Element
    emphasised: bool = False


@dataclass(slots=True)
class Gatherer:
    """Takes what a reader finds, in order. The outermost quotation, list or table decides a block's kind.

    Attributes:
        language: BCP 47 tag, or empty.
        wrapping: of the whole source.
    """

    language: str
    wrapping: Wrapping
    _elements: list[_Found] = field(default_factory=list)
    _containers: list[BlockKind] = field(default_factory=list)
    _gathered: list[Line] = field(default_factory=list)

    def open_container(self, kind: BlockKind) -> None:
        """Begin a quotation, a list or a table."""
        self._containers.append(kind)

    def close_container(self) -> None:
        """End the innermost container; with the outermost its block is finished."""
        outermost = self._containers[0]
        self._containers.pop()
        if not self._containers:
            self._elements.extend(map(_Found, blocks_around_marks(outermost, self._gathered, self.language)))
            self._gathered = []

    def words(self, words: Wording, heading_level: int = 0) -> None:
        """Take a paragraph, or a heading where the level is above 0."""
        if not words.lines:
            return
        if self._containers:
            self._gathered.extend(self._lines_in_container(words))
            return
        if heading_level:
            heading = Line(tidy(join_wrapped([line.text for line in words.lines])), words.lines[0].number)
            if len(heading.text) <= LONGEST_HEADING and speakable(without_marks(heading.text)):
                self._elements.append(_Found(Heading(heading, heading_level)))
                return
        blocks = text_blocks(words.lines, self.language, verse=self._on_purpose(words))
        self._elements.extend(_Found(block, words.emphasised) for block in blocks)

    def outline(self, front: FrontMatter) -> Outline:
        """Return the outline, with the title and the subtitle taken from the top.

        The title is a heading of the first level that begins the text, or a line that says what the front
        matter calls the title. The subtitle stands right under it: a paragraph of one line that is emphasised
        as a whole, or a heading that is deeper than the next one. A line that says the author's name alone is
        left to the player.
        """
        top = self._elements[0].element if self._elements else None
        rest = self._elements[1:]
        if isinstance(top, Heading):
            title = top.line if (same_words(top.line, front.title) if front.title else top.level == 1) else None
        else:
            title = top.lines[0] if top and front.title and _says(top, front.title) else None
        if title is None:
            return Outline(None, None, tuple(item.element for item in self._elements))
        rest = _without_byline(rest, front.author)
        subtitle = _subtitle(rest)
        if subtitle is None or (front.subtitle and not same_words(subtitle, front.subtitle)):
            subtitle = None
        else:
            rest = rest[1:]
        return Outline(title, subtitle, tuple(item.element for item in rest))

    def _lines_in_container(self, words: Wording) -> list[Line]:
        first = words.lines[0]
        if self._containers[0] is BlockKind.LIST:
            joined = join_wrapped([line.text for line in words.lines])
            return [Line(_TASK_BOX.sub("", joined), first.number)]
        if self._on_purpose(words):
            return list(words.lines)
        return [Line(join_wrapped([line.text for line in words.lines]), first.number)]

    def _on_purpose(self, words: Wording) -> bool:
        return words.hard or broken_on_purpose(words.source, self.wrapping)


def _says(element: Element, text: str) -> bool:
    """Tell whether a paragraph is one line that says just that."""
    return isinstance(element, Block) and len(element.lines) == 1 and same_words(element.lines[0], text)


def _without_byline(rest: list[_Found], author: str) -> list[_Found]:
    """Return what stands below the title without a line, among the first two, that is the author's name alone."""
    if not author:
        return rest
    bylines = (author, f"by {author}")
    return [
        found
        for place, found in enumerate(rest)
        if place >= _BYLINE_WITHIN or not any(_says(found.element, byline) for byline in bylines)
    ]


def _subtitle(rest: Sequence[_Found]) -> Line | None:
    if len(rest) < 2:
        return None
    element = rest[0].element
    if isinstance(element, Heading):
        following = next((item.element for item in rest[1:] if isinstance(item.element, Heading)), None)
        return element.line if following is not None and element.level > following.level else None
    short = len(element.lines) == 1 and len(element.lines[0].text) <= LONGEST_HEADING
    return element.lines[0] if rest[0].emphasised and short and element.kind is not BlockKind.MARK else None
