"""What a block is: verse or wrapped prose, a question, a quotation, a list. See decision 0011."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from audio_builder.article.marks import only_marks, without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.sentences import asks, ends_sentence, sentences
from audio_builder.article.text import columns, first_word, join_wrapped, speakable, tidy

_LONG_LINE = 120
"""Columns. No editor that wraps lines by itself lets one grow this long."""

_LEAST_WIDTH = 60
"""Columns. Texts are hardly ever wrapped narrower than this, and verse is seldom wider."""

_FILLED_ALL_THROUGH = 4
"""Lines. So many, each as full as it can be, are no accident of verse, however narrow they are."""

_SIGNS = " \t*_`"
_LIST_ITEM = re.compile(r"\s*(?:[-*•‣◦·]|\d{1,2}[.)])\s+(?=\S)")
_QUOTATION = {"“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "‹": "›", "「": "」", "『": "』"}


def unwrapped(lines: Sequence[str]) -> bool:
    """Tell whether a document's lines are as long as their paragraphs, so that every line break in it was typed.

    So it is where one in ten of its lines of 60 columns and more has more than 120. A few long ones
    are tables and links.
    """
    full = [width for width in map(columns, lines) if width >= _LEAST_WIDTH]
    return sum(width > _LONG_LINE for width in full) * 10 > len(full)


def broken_on_purpose(lines: Sequence[str], *, document_unwrapped: bool) -> bool:
    """Tell whether the line breaks of one block mean something, or only kept its lines short.

    Broken on purpose is a block in which every line but the last ends a sentence, and one where
    most line breaks were not needed. A break was needed where the next word would not have fitted
    into the width of the block (its longest line, at least 60 columns), or where a line of 60 columns
    or more stops in mid-phrase (no punctuation, and a small letter follows). In a document with
    lines of more than 120 columns only the second counts, since nothing wrapped its lines. Four
    lines or more that are all full are wrapped at any width.

    Args:
        lines: as they stand in the source, since it is the source that was wrapped.
        document_unwrapped: what `unwrapped` says of the whole document.
    """
    lines = [line.strip(_SIGNS) for line in lines if not only_marks(line)]
    if len(lines) < 2:
        return False
    breaks = list(pairwise(lines))
    if all(ends_sentence(line) for line in lines[:-1]):
        return True
    own_width = max(map(columns, lines))
    filled = len(lines) >= _FILLED_ALL_THROUGH and all(_did_not_fit(*pair, own_width) for pair in breaks)
    if filled and any(_runs_on(*pair) for pair in breaks):
        return False
    width = max(own_width, _LEAST_WIDTH)
    needed = sum(
        (not document_unwrapped and _did_not_fit(line, following, width))
        or (columns(line) >= _LEAST_WIDTH and _runs_on(line, following))
        for line, following in breaks
    )
    return needed * 2 <= len(breaks)


def _did_not_fit(line: str, following: str, width: int) -> bool:
    return columns(line) + 1 + columns(first_word(following)) > width


def _runs_on(line: str, following: str) -> bool:
    return line[-1:].isalnum() and following[:1].islower()


def is_quotation(text: str) -> bool:
    """Tell whether one pair of quotation marks holds the whole text."""
    bare = text.strip()
    if len(bare) < 3:
        return False
    if bare[0] == '"':
        return bare[-1] == '"' and bare.count('"') == 2
    closing = _QUOTATION.get(bare[0], "")
    if not closing or bare[-1] not in closing:
        return False
    inner = bare[1:-1]
    apostrophes = len(re.findall(r"\w’\w", inner)) if "’" in closing else 0
    return bare[0] not in inner and sum(map(inner.count, closing)) == apostrophes


def item_marker(line: str) -> int:
    """Return how many characters of a plain line are a list item's marker: 0 where it is no item."""
    found = _LIST_ITEM.match(line)
    return found.end() if found else 0


def text_blocks(lines: Sequence[Line], language: str, *, verse: bool) -> Iterator[Block]:
    """Yield the blocks in a run of text lines: prose joined, verse line by line, marks that stand alone apart.

    Args:
        lines: as they stand in the source, in the notation of marks; not yet tidied.
        language: BCP 47 tag, or empty.
        verse: whether the line breaks mean something.
    """
    for alone, run in groupby(lines, key=lambda line: only_marks(line.text)):
        stretch = list(run)
        if alone:
            yield from _mark_blocks(stretch)
        elif verse and len(stretch) > 1:
            yield from block_of(BlockKind.VERSE, stretch, language)
        else:
            joined = Line(join_wrapped([line.text for line in stretch]), stretch[0].number)
            yield from block_of(BlockKind.PARAGRAPH, [joined], language)


def blocks_around_marks(kind: BlockKind, lines: Sequence[Line], language: str) -> Iterator[Block]:
    """Yield blocks of one kind, divided where a mark stands alone on a line."""
    for alone, run in groupby(lines, key=lambda line: only_marks(line.text)):
        stretch = list(run)
        yield from _mark_blocks(stretch) if alone else block_of(kind, stretch, language)


def _mark_blocks(lines: Iterable[Line]) -> Iterator[Block]:
    for line in lines:
        yield Block(BlockKind.MARK, (Line(tidy(line.text), line.number),))


def block_of(kind: BlockKind, lines: Sequence[Line], language: str) -> Iterator[Block]:
    """Yield a block of the lines that have anything to say, if there are any.

    A paragraph or verse becomes a quotation where quotation marks hold all of it, and a question
    where all its sentences ask.
    """
    kept = tuple(Line(text, line.number) for line in lines if speakable(text := tidy(line.text)))
    if not kept:
        return
    if kind in (BlockKind.PARAGRAPH, BlockKind.VERSE):
        words = without_marks(" ".join(line.text for line in kept))
        if is_quotation(words):
            kind = BlockKind.QUOTE
        elif "?" in words or "？" in words or "؟" in words:
            spoken = [sentence for sentence in sentences(words, language) if speakable(sentence)]
            kind = BlockKind.QUESTION if spoken and all(map(asks, spoken)) else kind
    yield Block(kind, kept)
