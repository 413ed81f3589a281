"""What a block is: verse or wrapped prose, a question, a quotation, a list. See decision 5."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from audio_builder.article.marks import only_marks, without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.sentences import asks, ends_sentence, may_ask, sentences
from audio_builder.article.text import columns, first_word, join_wrapped, speakable, tidy

_LONG_LINE = 120
"""Columns. No editor that wraps lines by itself lets one grow this long."""

_USUAL_WIDTH = 60
"""Columns. Texts are hardly ever wrapped narrower than this, and verse is seldom wider."""

_FILLED_ALL_THROUGH = 4
"""Lines. So many, each as full as it can be, are no accident of verse, however narrow they are."""

_NARROWEST = 30
"""Columns. No screen is narrower, so that lines shorter than this are meant, be they never so alike."""

_SIGNS = " \t*_`"

_LIST_ITEM = re.compile(r"\s*(?:[-*•‣◦·]|\d{1,2}[.)])\s+(?=\S)")
_QUOTATION = {"“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "‹": "›", "「": "」", "『": "』"}


def is_quotation(text: str) -> bool:
    """Return whether one pair of quotation marks holds the whole text."""
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
        elif may_ask(words):
            spoken = [sentence for sentence in sentences(words, language) if speakable(sentence)]
            kind = BlockKind.QUESTION if spoken and all(map(asks, spoken)) else kind
    yield Block(kind, kept)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How the lines of a document came to be as long as they are.

    Attributes:
        unwrapped: they are as long as their paragraphs, so that every line break in it was typed.
        width: columns of its widest block that surely was wrapped; 0 where there is none.
    """

    unwrapped: bool = False
    width: int = 0


UNWRAPPED = Wrapping(unwrapped=True)


def wrapping_of(lines: Sequence[str]) -> Wrapping:
    """Return how a document was wrapped.

    It wasn't where one in ten of its lines of 60 columns and more has more than 120. A few long ones
    are tables and links.

    Args:
        lines: all of its source.
    """
    full = [width for width in map(columns, lines) if width >= _USUAL_WIDTH]
    if sum(width > _LONG_LINE for width in full) * 10 > len(full):
        return UNWRAPPED
    blocks = [_bare(block) for wordy, block in groupby(lines, key=speakable) if wordy]
    return Wrapping(width=max((_own_width(block) for block in blocks if _filled_all_through(block)), default=0))


def broken_on_purpose(lines: Sequence[str], wrapping: Wrapping) -> bool:
    """Return whether the line breaks of one block mean something, or only kept its lines short.

    Broken on purpose is a block in which every line but the last ends a sentence, and one where
    most line breaks were not needed. A break was needed where the next word would not have fitted
    into the width of the block (its longest line, at least that of the document), or where a line of
    60 columns or more stops in mid-phrase (no punctuation, and a small letter follows). In a document that
    nothing wrapped only the second counts. Four lines or more that are all full are wrapped, if only at 30 columns.

    Args:
        lines: as they stand in the source, since it is the source that was wrapped.
        wrapping: of the whole document.
    """
    lines = _bare(lines)
    if len(lines) < 2:
        return False
    breaks = list(pairwise(lines))
    if all(ends_sentence(line) for line in lines[:-1]):
        return True
    if _filled_all_through(lines):
        return False
    width = max(_own_width(lines), wrapping.width or _USUAL_WIDTH)
    needed = sum(
        (not wrapping.unwrapped and _was_full(*pair, width, known=wrapping.width > 0))
        or (columns(pair[0]) >= _USUAL_WIDTH and _runs_on(*pair))
        for pair in breaks
    )
    return needed * 2 <= len(breaks)


def _bare(lines: Iterable[str]) -> list[str]:
    return [line.strip(_SIGNS) for line in lines if not only_marks(line)]


def _own_width(lines: Sequence[str]) -> int:
    return max(map(columns, lines), default=0)


def _filled_all_through(lines: Sequence[str]) -> bool:
    """Return whether four lines or more are as full as they can be, with a phrase running on over a break."""
    breaks = list(pairwise(lines))
    width = _own_width(lines)
    return (
        len(lines) >= _FILLED_ALL_THROUGH
        and width >= _NARROWEST
        and all(_did_not_fit(*pair, width) for pair in breaks)
        and any(_runs_on(*pair) for pair in breaks)
    )


def _was_full(line: str, following: str, width: int, *, known: bool) -> bool:
    """Return whether a line was full, in a width that is that of the document or only guessed from the block.

    The longest line is always as full as the guess made from it. It doesn't count where the next one begins
    with a capital in mid-sentence, as lines of verse do.
    """
    if not known and columns(line) == width and not ends_sentence(line) and following[:1].isupper():
        return False
    return _did_not_fit(line, following, width)


def _did_not_fit(line: str, following: str, width: int) -> bool:
    return columns(line) + 1 + columns(first_word(following)) > width


def _runs_on(line: str, following: str) -> bool:
    return line[-1:].isalnum() and following[:1].islower()
