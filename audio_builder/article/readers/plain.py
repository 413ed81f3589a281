"""Plain text to its outline. Decision 5 has the rules and their reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from audio_builder.article.blocks import (
    Wrapping,
    blocks_around_marks,
    broken_on_purpose,
    is_quotation,
    item_marker,
    text_blocks,
    wrapping_of,
)
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.marks import only_marks, without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.outline import LONGEST_HEADING, Element, Heading, Outline, same_words
from audio_builder.article.readers import Parsed, TextReader
from audio_builder.article.sentences import sentences
from audio_builder.article.source import SourceText
from audio_builder.article.text import columns, speakable, tidy

_LONGEST_HEADING_COLUMNS = 70
_MOST_HEADING_WORDS = 12
_LONGEST_TITLE_COLUMNS = 120
_LONG_PARAGRAPH_COLUMNS = 120

_UNDERLINE = re.compile(r"\s*(={3,}|-{3,})\s*")
_UNDERLINE_LEVELS = {"=": 1, "-": 2}
_HASHES = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*\s*")
_QUOTED = re.compile(r"\s*>\s?")
_EMPHASIS = re.compile(r"(?<![\w*_])[*_]{1,3}(?=[\w“‘\"'(])|(?<=[\w.,;:!?…”’\"')])[*_]{1,3}(?![\w*_])")
_CLOSERS = "”’\"')»"
_NO_TITLE_ENDS_IN = tuple(".,;:。،؛，、；：।۔")
_NO_HEADING_ENDS_IN = (*_NO_TITLE_ENDS_IN, "…", "-", "–", "—")
_SENTENCE_MARKS = tuple("!?？！。؟।۔")


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Lines between two empty lines.

    Attributes:
        lines: as in the source, without emphasis signs.
        blank_before: how many empty lines stand before; a rule of signs (`* * *`) counts as two.
        level: 1 or 2 where the source underlines it as a heading; else 0.
    """

    lines: tuple[Line, ...]
    blank_before: int
    level: int = 0

    @property
    def text(self) -> str:
        """The only line of a chunk of one line, else nothing."""
        return self.lines[0].text.strip() if len(self.lines) == 1 else ""


def _read(source: SourceText) -> Parsed:
    """Return the outline of a plain text; a reader that unpacks a file may have given it front matter."""
    front = source.front or FrontMatter()
    source_lines = source.text.split("\n")
    chunks = list(_paragraphs(_chunks(source_lines)))
    title, subtitle, rest = _title_and_subtitle(chunks, front)
    wrapping = wrapping_of(source_lines)
    elements: list[Element] = []
    for position, chunk in enumerate(rest):
        level = _heading_level(chunk, text_follows=position + 1 < len(rest))
        heading = tidy(_HASHES.sub(r"\2", chunk.lines[0].text.strip())) if level else ""
        if level and speakable(without_marks(heading)) and len(heading) <= LONGEST_HEADING:
            elements.append(Heading(Line(heading, chunk.lines[0].number), level))
            chunk = replace(chunk, lines=chunk.lines[1:])  # noqa: PLW2901
        elements.extend(_blocks(chunk.lines, front.language, wrapping))
    return Parsed(front, Outline(title, subtitle, tuple(elements)))


def _chunks(source_lines: Sequence[str]) -> Iterator[_Chunk]:
    """Yield the chunks of a text. Lines without a letter or digit separate, or underline."""
    waiting: list[Line] = []
    blank = blank_before = 0
    for number, raw in enumerate([*source_lines, ""], start=1):
        if speakable(raw):
            if not waiting:
                blank_before, blank = blank, 0
            waiting.append(Line(_EMPHASIS.sub("", raw), number))
            continue
        underline = _UNDERLINE.fullmatch(raw) if len(waiting) == 1 else None
        if waiting:
            yield _Chunk(tuple(waiting), blank_before, _UNDERLINE_LEVELS[underline[1][0]] if underline else 0)
            waiting = []
        is_rule = raw.strip() and not underline and not raw.lstrip().startswith(">")
        blank += 2 if is_rule else 1


def _paragraphs(chunks: Iterator[_Chunk]) -> Iterator[_Chunk]:
    """Yield the chunks again, one for each line where the lines of a chunk are whole paragraphs.

    That is so where more than half of several lines have more than 120 columns, as in a text
    exported without empty lines.
    """
    for chunk in chunks:
        wide = sum(columns(line.text) > _LONG_PARAGRAPH_COLUMNS for line in chunk.lines)
        if len(chunk.lines) > 1 and wide * 2 > len(chunk.lines):
            yield from (_Chunk((line,), 0 if place else chunk.blank_before) for place, line in enumerate(chunk.lines))
        else:
            yield chunk


def _title_and_subtitle(chunks: list[_Chunk], front: FrontMatter) -> tuple[Line | None, Line | None, list[_Chunk]]:
    """Return title, subtitle, and the chunks that are left."""
    if not chunks:
        return None, None, chunks
    first = chunks[0]
    if front.title:
        if first.text and same_words(first.lines[0], front.title):
            chunks = chunks[1:]
        return None, None, chunks
    if not _is_title(first):
        return None, None, chunks
    title = Line(tidy(_HASHES.sub(r"\2", first.text)), first.lines[0].number)
    chunks = chunks[1:]
    if len(chunks) > 1 and not front.subtitle and _is_subtitle(chunks[0], front.language):
        line = chunks[0].lines[0]
        return title, Line(tidy(line.text), line.number), chunks[1:]
    return title, None, chunks


def _is_title(chunk: _Chunk) -> bool:
    text = chunk.text
    return (
        bool(text)
        and columns(text) <= _LONGEST_TITLE_COLUMNS
        and not text.rstrip(_CLOSERS).endswith(_NO_TITLE_ENDS_IN)
        and _may_be_heading(text)
    )


def _is_subtitle(chunk: _Chunk, language: str) -> bool:
    text = chunk.text
    return (
        bool(text)
        and not chunk.level
        and chunk.blank_before <= 1
        and columns(text) <= _LONGEST_TITLE_COLUMNS
        and not text.endswith(tuple(":,;،؛，、；："))
        and not text.startswith("#")
        and _may_be_heading(text)
        and len(sentences(text, language)) == 1
    )


def _may_be_heading(text: str) -> bool:
    """Return whether one line is neither a mark, an item, nor a quotation."""
    return not (only_marks(text) or item_marker(text) or text.startswith(">") or is_quotation(text)) and speakable(
        without_marks(text)
    )


def _heading_level(chunk: _Chunk, *, text_follows: bool) -> int:
    """Return the level of a chunk's heading, 0 where it has none."""
    hashes = _HASHES.fullmatch(chunk.lines[0].text.strip())
    if hashes:
        return len(hashes[1])
    if chunk.level:
        return chunk.level
    text = chunk.text
    short = columns(text) <= _LONGEST_HEADING_COLUMNS and len(text.split()) <= _MOST_HEADING_WORDS
    bare = text.rstrip(_CLOSERS)
    if not (bare and short and text_follows) or bare.endswith(_NO_HEADING_ENDS_IN) or not _may_be_heading(text):
        return 0
    set_off = chunk.blank_before >= 2
    if bare.endswith(_SENTENCE_MARKS):
        return 2 if set_off and _in_title_case(text) else 0
    return 2 if set_off or _in_title_case(text) else 0


def _in_title_case(text: str) -> bool:
    """Return whether a line of two words or more is in capitals, or has one in each word of four letters or more."""
    words = [word for word in re.split(r"[^\w’']+", text) if word and word[0].isalpha()]
    if len(words) < 2 or not words[0][0].isupper():
        return False
    long = [word for word in words if len(word) >= 4]
    return bool(long) and all(word[0].isupper() for word in long) and words[-1][0].isupper()


def _blocks(lines: Sequence[Line], language: str, wrapping: Wrapping) -> Iterator[Block]:
    """Yield the blocks of a chunk: quotation, list items, and the text before them."""
    if not lines:
        return
    if all(_QUOTED.match(line.text) for line in lines):
        bare = [Line(_QUOTED.sub("", line.text, count=1), line.number) for line in lines]
        for block in text_blocks(bare, language, verse=_verse(bare, wrapping)):
            yield block if block.kind is BlockKind.MARK else replace(block, kind=BlockKind.QUOTE)
        return
    first_item = next((place for place, line in enumerate(lines) if item_marker(line.text)), len(lines))
    words, items = lines[:first_item], lines[first_item:]
    yield from text_blocks(words, language, verse=_verse(words, wrapping))
    yield from _list_blocks(items, language)


def _verse(lines: Sequence[Line], wrapping: Wrapping) -> bool:
    return broken_on_purpose([line.text for line in lines], wrapping)


def _list_blocks(lines: Sequence[Line], language: str) -> Iterator[Block]:
    """Yield the list that some lines are, and the marks that stand between its items."""
    items: list[Line] = []
    for line in lines:
        marker = item_marker(line.text)
        if marker or not items or only_marks(line.text) or only_marks(items[-1].text):
            items.append(Line(line.text[marker:], line.number))
        else:
            items[-1] = Line(f"{items[-1].text} {line.text.strip()}", items[-1].number)
    yield from blocks_around_marks(BlockKind.LIST, items, language)


READER = TextReader("plain", "plain text", (".txt", ".text", ""), lambda _text, _name: True, _read, rank=100)
