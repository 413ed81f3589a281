"""Headings and blocks in a row: what readers collect, which of it is the title, and the article that it makes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from audio_builder.article.blocks import Wrapping, blocks_around_marks, broken_on_purpose, text_blocks
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.marks import without_marks
from audio_builder.article.model import Article, Block, BlockKind, Line, Section
from audio_builder.article.text import join_wrapped, speakable, tidy

LONGEST_HEADING = 300
"""Characters. Players cut titles long before; what is longer is a paragraph that looks like a heading."""

_BYLINE_WITHIN = 2
_TASK_BOX = re.compile(r"\A\s*\[[ xX]\]\s+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the source.

    Attributes:
        line: its words, in the notation of marks.
        level: 1 for the highest.
    """

    line: Line
    level: int


Element = Heading | Block


@dataclass(frozen=True, slots=True)
class Outline:
    """A source taken apart.

    Attributes:
        title: None where the source has none of its own.
        subtitle: None where the source has none.
        elements: all that follows, in order.
    """

    title: Line | None
    subtitle: Line | None
    elements: tuple[Element, ...]


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


@dataclass(frozen=True, slots=True)
class _Found:
    """An element, and whether all of it is emphasised."""

    element: Element
    emphasised: bool = False


@dataclass(slots=True)
class OutlineBuilder:
    """Takes what a reader finds, in order. The outermost quotation, list or table decides a block's kind.

    Attributes:
        language: BCP 47 tag, or empty.
        wrapping: of the whole source.
    """

    language: str
    wrapping: Wrapping
    _elements: list[_Found] = field(default_factory=list)
    _containers: list[BlockKind] = field(default_factory=list)
    _in_container: list[Line] = field(default_factory=list)

    def open_container(self, kind: BlockKind) -> None:
        """Begin a quotation, a list or a table."""
        self._containers.append(kind)

    def close_container(self) -> None:
        """End the innermost container; with the outermost its block is finished."""
        outermost = self._containers[0]
        self._containers.pop()
        if not self._containers:
            self._elements.extend(map(_Found, blocks_around_marks(outermost, self._in_container, self.language)))
            self._in_container = []

    def words(self, words: Wording, heading_level: int = 0) -> None:
        """Take a paragraph, or a heading where the level is above 0."""
        if not words.lines:
            return
        if self._containers:
            self._in_container.extend(self._lines_in_container(words))
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
    """Return whether a paragraph is one line that says just that."""
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


def make_article(outline: Outline, front: FrontMatter) -> Article:
    """Return the article. What the front matter says comes before what the text shows."""
    return Article(
        title=front.title or _plain(outline.title),
        subtitle=front.subtitle or _plain(outline.subtitle),
        author=front.author,
        language=front.language,
        date=front.date,
        sections=_sections(outline.elements),
        id=front.id,
    )


def same_words(line: Line, text: str) -> bool:
    """Return whether a line says what `text` says, whatever the case and the spaces."""
    return without_marks(line.text).casefold() == " ".join(text.split()).casefold()


def _plain(line: Line | None) -> str:
    return without_marks(line.text) if line else ""


def _sections(elements: Sequence[Element]) -> tuple[Section, ...]:
    sections: list[Section] = []
    heading: Line | None = None
    blocks: list[Block] = []
    for element in elements:
        if isinstance(element, Block):
            blocks.append(element)
            continue
        if heading or blocks:
            sections.append(Section(heading, tuple(blocks)))
        heading, blocks = element.line, []
    sections.append(Section(heading, tuple(blocks)))
    return tuple(sections)
