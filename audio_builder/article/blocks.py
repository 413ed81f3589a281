"""Line breaks that an editor made, and those that are meant. See decisions 0011 and 0016."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from audio_builder.article.marks import only_marks
from audio_builder.article.sentences import ends_sentence
from audio_builder.article.text import columns, first_word, speakable

_LONG_LINE = 120
"""Columns. No editor that wraps lines by itself lets one grow this long."""

_USUAL_WIDTH = 60
"""Columns. Texts are hardly ever wrapped narrower than this, and verse is seldom wider."""

_FILLED_ALL_THROUGH = 4
"""Lines. So many, each as full as it can be, are no accident of verse, however narrow they are."""

_NARROWEST = 30
"""Columns. No screen is narrower, so that lines shorter than this are meant, be they never so alike."""

_SIGNS = " \t*_`"


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
    """Tell whether the line breaks of one block mean something, or only kept its lines short.

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
    """Tell whether four lines or more are as full as they can be, with a phrase running on over a break."""
    breaks = list(pairwise(lines))
    width = _own_width(lines)
    return (
        len(lines) >= _FILLED_ALL_THROUGH
        and width >= _NARROWEST
        and all(_did_not_fit(*pair, width) for pair in breaks)
        and any(_runs_on(*pair) for pair in breaks)
    )


def _was_full(line: str, following: str, width: int, *, known: bool) -> bool:
    """Tell whether a line was full, in a width that is that of the document or only guessed from the block.

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
