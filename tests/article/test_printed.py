"""Texts that were printed first: divided words, page numbers, running heads, wrapped lines, Project Gutenberg."""

from __future__ import annotations

import textwrap

import pytest

from audio_builder.article.blocks import broken_on_purpose, list_items, wrapping_of
from audio_builder.article.boilerplate import take_licence
from audio_builder.article.printed_pages import without_page_marks
from audio_builder.article.read import read
from audio_builder.article.source import SourceText
from audio_builder.article.text import clean, join_wrapped, words_known


@pytest.mark.parametrize(
    ("lines", "known", "joined"),
    [
        (["a quar-", "rel"], "", "a quarrel"),
        (["a well-", "kept lawn"], "", "a well-kept lawn"),
        (["a three-", "year-old child"], "", "a three-year-old child"),
        (["from 1880-", "84 he"], "", "from 1880-84 he"),
        (["Marie-", "Claire"], "", "Marie-Claire"),
        (["one- ", "or twofold"], "", "one- or twofold"),
        (["Heiz-", "und Warmwasser"], "", "Heiz- und Warmwasser"),
        (["a note-", "book"], "note book", "a note-book"),
        (["a note-", "book"], "note book notebook", "a notebook"),
        (["it was late -", "later"], "", "it was late - later"),
        (["un silen-", "cio"], "", "un silencio"),
        (["кни-", "га"], "", "книга"),
    ],
)
def test_a_word_that_the_end_of_a_line_divides_is_whole_again(lines: list[str], known: str, joined: str) -> None:
    """A hyphen of its own stays, as compounds, numbers and the rest of the text show."""
    assert join_wrapped(lines, words_known(known)) == joined


def test_a_soft_hyphen_at_the_end_of_a_line_divides_a_word() -> None:
    """Elsewhere it is nothing."""
    assert join_wrapped(clean("a whis\xad\nper in the gar\xadden").split("\n")) == "a whisper in the garden"


@pytest.mark.parametrize("mark", ["- 31 -", "[Page 31]", "Page 31 of 90", "{31}", "[Pg 31]", "Seite 31", "— 31 —"])
def test_the_number_of_a_page_is_left_out_and_noted(mark: str) -> None:
    """It parts two paragraphs, or nothing where a sentence goes on."""
    pages = without_page_marks(["It rained.", "", mark, "", "It snowed."])
    assert pages.lines == ("It rained.", "", "", "", "It snowed.")
    assert [(note.kind, note.line) for note in pages.left_out] == [("page number", 3)]
    assert without_page_marks(["It rained on", "", mark, "", "the hills."]).lines == (
        "It rained on", None, None, None, "the hills.",
    )  # fmt: skip


def test_bare_numbers_are_pages_where_they_follow_one_another_or_part_a_sentence() -> None:
    """The numbers of chapters begin at 1, and none of them stands in the middle of a sentence."""
    assert _out("A b.", "", "41", "", "C d.", "", "42", "", "E f.") == ["41", "42"]
    assert _out("A b and", "", "7", "", "then c.") == ["7"]
    assert _out("1", "", "A b.", "", "2", "", "C d.") == []
    assert _out("A b.", "", "5", "", "C d.") == []


def test_a_running_head_is_known_by_its_number_or_by_the_page_beside_it() -> None:
    """The words of the title stay where they stand first; a refrain is no running head."""
    head = ["The Long Field", "", "A b.", "", "THE LONG FIELD    12", "", "C d.", "", "13 | The Long Field", "", "E."]
    assert _out(*head) == ["THE LONG FIELD    12", "13 | The Long Field"]
    beside = ["The Long Field", "", "A b.", "", "THE LONG FIELD", "", "- 14 -", "", "C d."]
    assert _out(*beside) == ["THE LONG FIELD", "- 14 -"]
    assert _out("Rest now", "", "A b.", "", "Rest now", "", "C d.", "", "Rest now") == []


def _out(*lines: str) -> list[str]:
    return [note.words for note in without_page_marks(lines).left_out]


@pytest.mark.parametrize(
    ("block", "starts"),
    [
        ("bring:\n1. a cup\n2. a coat\nthat is warm\n3. a hat", [1, 2, 4]),
        ("1. a cup\n2. a coat", [0, 1]),
        ("we lived at number\n14. It was cold\nand dark", []),
        ("we were six and\n8. Then came the\n9. of May", []),
        ("it was as cold as ever\n- or colder", []),
        ("bring with you:\n- a cup", [1]),
        ("bring\n- a cup\n- a coat", [1, 2]),
        ("4. Juli 1999", []),
    ],
)
def test_a_number_or_a_dash_begins_an_item_only_in_a_list(block: str, starts: list[int]) -> None:
    """Where a line was full before it, it is a word of the sentence."""
    assert sorted(list_items(block.split("\n"))) == starts


def test_numbers_at_the_beginning_of_a_line_are_spoken() -> None:
    """In prose, in dates and in headings; items that stand apart by empty lines are still a list."""
    text = "Home\n\nWe lived for some years in a narrow street, at the corner, in number\n14. It was cold.\n\n"
    assert _lines(f"{text}1. Go in.\n\n2. Sit down.\n\nThen rest. It is late.") == [
        "We lived for some years in a narrow street, at the corner, in number 14. It was cold.",
        "Go in.", "Sit down.", "Then rest. It is late.",
    ]  # fmt: skip
    assert _lines("Tage\n\nEs war so. Ja.\n\n7. Woche.\n\nEs war gut. Ja.")[1] == "7. Woche."


def _lines(text: str) -> list[str]:
    article = read(SourceText(text, "a.txt", "plain"))
    return [line.text for section in article.sections for block in section.blocks for line in block.lines]


def _book(width: int, ragged: int, paragraphs: int) -> tuple[list[str], list[list[str]]]:
    """Return a book's lines, broken by hand up to `ragged` columns early, and its paragraphs of two and three lines."""
    words = (
        "she went down to the shore and said that nobody had come over the water since the boat was sold. " * 9
    ).split()
    lines: list[str] = []
    short: list[list[str]] = []
    for number in range(paragraphs):
        taken = words[number % 13 : number % 13 + (16, 24, 31, 60, 90)[number % 5]]
        paragraph: list[str] = []
        while taken:
            limit = width - (number * 7 + len(paragraph) * 5) % (ragged + 1)
            line = textwrap.wrap(" ".join(taken), limit)[0]
            taken = taken[len(line.split()) :]
            paragraph.append(line)
        if len(paragraph) in (2, 3):
            short.append(paragraph)
        lines += [*paragraph, ""]
    return lines, short


@pytest.mark.parametrize("ragged", [0, 5, 9])
@pytest.mark.parametrize("width", [60, 72])
def test_short_paragraphs_of_a_book_are_prose(width: int, ragged: int) -> None:
    """Its usual width is not its widest line, and hundreds of wrapped paragraphs make wrapping likely."""
    lines, short = _book(width, ragged, 120)
    taken_for_verse = [block for block in short if broken_on_purpose(block, wrapping_of(lines))]
    assert len(short) >= 40
    assert len(taken_for_verse) <= len(short) // 50


def test_verse_in_a_book_is_verse() -> None:
    """Its lines are far shorter than the book's."""
    lines, _ = _book(72, 5, 60)
    assert broken_on_purpose(["the sand is wet", "and all the boats", "are gone"], wrapping_of(lines))


def test_a_divided_word_shows_that_its_lines_were_wrapped() -> None:
    """However short they are; so does a number in mid-sentence."""
    assert not broken_on_purpose(["the foot knows what the head for-", "gets by night"], wrapping_of([]))
    assert not broken_on_purpose(["we lived in number", "14. It was cold"], wrapping_of([]))


PRINTED = """The Project Gutenberg EBook of The Ford

Title: The Ford
Author: A. Writer
Language: English

*** START OF {0} PROJECT GUTENBERG EBOOK THE FORD ***

Produced by Nobody and
the Others

THE FORD

The water was low. Nobody crossed it.

End of {1}

*** END OF {0} PROJECT GUTENBERG EBOOK THE FORD ***
And then the licence.
"""


@pytest.mark.parametrize(
    "words", [("THE", "the Project Gutenberg EBook of The Ford"), ("THIS", "Project Gutenberg's Ford")]
)
def test_project_gutenbergs_header_and_licence_are_left_out(words: tuple[str, str]) -> None:
    """Its title, author and language are those of the text, and every line keeps its number."""
    text = PRINTED.format(*words)
    article = read(SourceText(text, "a.txt", "plain"))
    assert (article.title, article.author, article.language) == ("The Ford", "A. Writer", "en")
    assert _lines(text) == ["The water was low. Nobody crossed it."]
    assert (
        article.sections[0].blocks[0].lines[0].number
        == text.split("\n").index("The water was low. Nobody crossed it.") + 1
    )
    assert [note.kind for note in article.left_out] == ["licence", "licence"]
    assert take_licence("We read Project Gutenberg at night.").text == "We read Project Gutenberg at night."


def test_the_title_page_of_a_printed_book_is_left_out() -> None:
    """Up to its first chapter; the author is known, and the rest is the publisher's."""
    page = "THE FORD\n\nBY\n\nA. WRITER\n\nAUTHOR OF OTHERS\n\nLOWICK\nA PRESS\n1901\n\n\nCHAPTER I\n\n"
    text = PRINTED.format("THE", "the Project Gutenberg EBook of The Ford").replace("THE FORD\n\n", page)
    article = read(SourceText(text, "a.txt", "plain"))
    assert [section.heading and section.heading.text for section in article.sections] == ["CHAPTER I"]
    assert [item.words for item in article.left_out if item.kind == "title page"] == [
        "AUTHOR OF OTHERS", "LOWICK", "A PRESS", "1901",
    ]  # fmt: skip


def test_a_running_head_in_columns_is_none_of_the_text_even_at_first() -> None:
    """The author on the left, the book on the right; a title is never set like that."""
    head = "A. Writer                    The Ford"
    pages = without_page_marks(["It was", "", "3", "", head, "", "low.", "", "4", "", head, "", "We went."])
    assert [item.kind for item in pages.left_out].count("running head") == 2
