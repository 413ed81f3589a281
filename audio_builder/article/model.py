"""The article as data: title, sections, blocks, lines. Structure only; nothing here is a sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from audio_builder.article.details import NOTHING_SAID, Details
from audio_builder.article.left_out import LeftOut


class BlockKind(Enum):
    """What a block of the article is, which decides how it is paced."""

    PARAGRAPH = "paragraph"
    VERSE = "verse"
    QUESTION = "question"
    QUOTE = "quote"
    LIST = "list"
    MARK = "mark"
    SCENE = "scene"


@dataclass(frozen=True, slots=True)
class Line:
    """Words that belong on one line, without any markup.

    Attributes:
        text: the words; no line break, no space at either end. Marks such as `[pause 4s]` are
            still in it.
        number: the line of the source it begins on, counted from 1.
    """

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines between two empty lines.

    Attributes:
        kind: what the block is.
        lines: one line for a paragraph or a question block in prose, however it was wrapped in the
            source; a line for each line of verse; a line for each item of a list; for a quotation
            a line for each paragraph or line of verse in it; for a mark that stands alone, the mark; for a
            break between two scenes none.
        answered: it ends in a question that somebody answers in the block after it, as in an interview.
    """

    kind: BlockKind
    lines: tuple[Line, ...]
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the blocks under it.

    Attributes:
        heading: None for what stands before the first heading.
        blocks: in the order of the source.
    """

    heading: Line | None
    blocks: tuple[Block, ...]

    @property
    def lines(self) -> list[Line]:
        """The lines of all blocks."""
        return [line for block in self.blocks for line in block.lines]


@dataclass(frozen=True, slots=True)
class Article:
    """A text with its structure.

    Attributes:
        title: empty where the source has none.
        subtitle: empty where the source has none.
        author: empty where the source has none.
        language: a BCP 47 tag such as `en` or `pt-BR`; empty where the source doesn't say.
        date: `YYYY-MM-DD`, or with a time of day, in ISO 8601; empty where the source doesn't say.
        sections: in the order of the source; never empty in an article that was read.
        left_out: what stands in the source and isn't read out, in its order.
        above_title: short lines that are read before the title, such as a date.
        title_is_spoken: False where the name of the file is the title, which is shown only.
        notes: what a person should know of the reading, a line each; it isn't an error.
        details: what players read besides.
        id: what the author calls the episode, whatever its title and its file; empty where the source doesn't say.
        place: the file it was read from (see `SourceText.place`); empty for none.
    """

    title: str
    subtitle: str
    author: str
    language: str
    date: str
    sections: tuple[Section, ...]
    left_out: tuple[LeftOut, ...] = ()
    above_title: tuple[Line, ...] = ()
    title_is_spoken: bool = True
    notes: tuple[str, ...] = ()
    details: Details = NOTHING_SAID
    id: str = ""
    place: str = field(default="", compare=False)
