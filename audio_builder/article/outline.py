"""A source taken apart, as readers give it: title, headings and blocks in a row; and the article that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from audio_builder.article.context import in_context
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.left_out import LeftOut
from audio_builder.article.marks import without_marks
from audio_builder.article.model import Article, Block, Line, Section
from audio_builder.article.word_tables import words_of

_OF_NOTES = words_of("headings", "of_notes")

LONGEST_HEADING = 300
"""Characters. Players cut titles long before; what is longer is a paragraph that looks like a heading."""


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
        left_out: what isn't read out, in the order of the source.
        above: short lines that stand above the title, such as a date.
        author: named by a line under the title; empty where none is.
        shown_title: what the source is called where nothing in it says so; it isn't read.
    """

    title: Line | None
    subtitle: Line | None
    elements: tuple[Element, ...]
    left_out: tuple[LeftOut, ...] = ()
    above: tuple[Line, ...] = ()
    author: str = ""
    shown_title: str = ""


def make_article(outline: Outline, front: FrontMatter) -> Article:
    """Return the article. What the front matter says comes before what the text shows."""
    elements, empty = _without_empty(outline.elements)
    return Article(
        title=front.title or _plain(outline.title) or outline.shown_title,
        subtitle=front.subtitle or _plain(outline.subtitle),
        author=front.author or outline.author,
        language=front.language,
        date=front.date,
        sections=_sections(elements),
        left_out=(*outline.left_out, *empty),
        above_title=outline.above,
        title_is_spoken=bool(front.title or outline.title),
        details=front.details,
        id=front.id,
    )


def _without_empty(elements: Sequence[Element]) -> tuple[list[Element], list[LeftOut]]:
    """Return the elements without the headings of notes and sources that aren't read, and those headings."""
    kept: list[Element] = []
    empty: list[LeftOut] = []
    for element, following in zip_longest(elements, elements[1:]):
        ends = following is None or (isinstance(following, Heading) and following.level <= getattr(element, "level", 0))
        if ends and isinstance(element, Heading) and element.line.text.strip(":").casefold() in _OF_NOTES:
            empty.append(LeftOut("heading", element.line.text, element.line.number))
        else:
            kept.append(element)
    return kept, empty


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
            sections.append(Section(heading, in_context(blocks)))
        heading, blocks = element.line, []
    sections.append(Section(heading, in_context(blocks)))
    return tuple(sections)
