"""Verse or wrapped prose: decided for each block by its own line breaks."""

from __future__ import annotations

import textwrap

import pytest

from audio_builder.article.blocks import UNWRAPPED, Wrapping, broken_on_purpose, wrapping_of

PROSE = (
    "The harbour was quiet that morning, and the boats lay against each other like people asleep on a train. "
    "Somebody had left a coat on the wall, and the wind went through its pockets, one after the other, and found "
    "nothing it wanted. By noon the coat was gone."
)
VERSE = ("A cup, warm on one side", "a window, cold on the other", "and between them", "you")
PENTAMETER = (
    "The boats lay close against the harbour wall",
    "and somebody had left a coat behind;",
    "the wind went through its pockets, found them small,",
    "and put the sleeves together, being kind.",
)


@pytest.mark.parametrize("width", [30, 40, 50, 60, 66, 72, 80, 100])
def test_prose_wrapped_at_any_usual_width_is_prose(width: int) -> None:
    """No break in it was needed for more than the width."""
    lines = textwrap.wrap(PROSE, width)
    assert not broken_on_purpose(lines, Wrapping())


@pytest.mark.parametrize("width", [66, 72, 80, 100])
def test_wrapped_prose_pasted_into_an_unwrapped_document_is_still_prose(width: int) -> None:
    """Its lines stop in mid-phrase."""
    assert not broken_on_purpose(textwrap.wrap(PROSE, width), UNWRAPPED)


@pytest.mark.parametrize("lines", [VERSE, VERSE[:2], PENTAMETER], ids=["free", "two lines", "pentameter"])
@pytest.mark.parametrize("wrapping", [UNWRAPPED, Wrapping(), Wrapping(width=72)])
def test_short_lines_are_verse(lines: tuple[str, ...], wrapping: Wrapping) -> None:
    """The next word would have fitted."""
    assert broken_on_purpose(lines, wrapping)


def test_very_short_lines_of_one_length_are_verse() -> None:
    """No editor wraps at 14 columns, though every line of this is as full as that allows."""
    assert broken_on_purpose(["tar and salt,", "tar and salt,", "and a thumb", "that knows"], Wrapping())


def test_short_paragraphs_are_judged_by_the_width_of_their_document() -> None:
    """Two lines of 38 columns are prose where a block beside them was wrapped at 40, and verse where none was."""
    short = textwrap.wrap("I have been trying to remember what I was worried about.", 40)
    page = [*textwrap.wrap(PROSE, 40), "", *short]
    assert wrapping_of(page) == Wrapping(width=max(map(len, page)))
    assert not broken_on_purpose(short, wrapping_of(page))
    assert broken_on_purpose(short, Wrapping())


def test_a_longest_line_proves_nothing_by_its_length() -> None:
    """Two long lines that each begin with a capital in mid-sentence are verse."""
    lines = ["Let the one who comes after me find the hall swept and the kettle a little warm,", "Let him believe it."]
    assert broken_on_purpose(lines, Wrapping())
    assert not broken_on_purpose([lines[0], "let him believe it."], Wrapping())


def test_lines_that_end_sentences_are_meant() -> None:
    """However long they are."""
    assert broken_on_purpose(["He is there. You are there.", "But the warmth is " + "far " * 20 + "away."], Wrapping())


def test_one_line_has_no_break() -> None:
    """So nothing was meant by it."""
    assert not broken_on_purpose(["A cup, warm."], UNWRAPPED)


def test_a_document_is_unwrapped_where_many_lines_are_longer_than_an_editor_wraps() -> None:
    """One long line among many wrapped ones is a table or a link."""
    assert wrapping_of([PROSE, "short"]).unwrapped
    assert not wrapping_of([*textwrap.wrap(PROSE * 9, 72), "x" * 200]).unwrapped
