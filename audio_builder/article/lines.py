"""What a block is: verse or prose, a question, a quotation, a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from audio_builder.article.marks import only_marks, without_marks
from audio_builder.article.model import Block, BlockKind, Line
from audio_builder.article.sentences import asks, may_ask, sentences
from audio_builder.article.text import join_wrapped, speakable, tidy

_LIST_ITEM = re.compile(r"\s*(?:[-*•‣◦·]|\d{1,2}[.)])\s+(?=\S)")
_QUOTATION = {"“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "‹": "›", "「": "」", "『": "』"}


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
        elif may_ask(words):
            spoken = [sentence for sentence in sentences(words, language) if speakable(sentence)]
            kind = BlockKind.QUESTION if spoken and all(map(asks, spoken)) else kind
    yield Block(kind, kept)
