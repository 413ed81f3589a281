"""The questions a text leaves open are found as a reader would mark them, and stand in the show notes."""

from __future__ import annotations

import html
import re

import pytest

from audio_builder.article.sentences import asks, questions_left_open
from audio_builder.episode.phrase_times import Phrase
from audio_builder.episode.record import EpisodeRecord
from audio_builder.podcast.notes import notes_html, notes_text
from tests.support.show_helpers import PHRASES, record_of


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Sit down.\n\nWhat is here? What is not?", ("What is here?", "What is not?")),
        ("Why now? Because it is late.", ()),
        ("Is it late? Yes. Then why stay?", ("Then why stay?",)),
        ("What would it be like\nto set it down?", ("What would it be like to set it down?",)),
        ("I am here\nWhat do you need?", ("What do you need?",)),
        ("She asked, “What is here?”", ()),
        ("What is here?\n\nRest.\n\nWhat is here?", ("What is here?",)),
        ("Wait… what did you hear?", ("Wait… what did you hear?",)),
        ("ماذا أحتاج الآن؟", ("ماذا أحتاج الآن؟",)),
        ("今、何が必要ですか？", ("今、何が必要ですか？",)),
        ("No question.", ()),
        ("", ()),
    ],
)
def test_a_question_counts_where_its_paragraph_ends_with_it(words: str, found: tuple[str, ...]) -> None:
    """One that an answer follows is part of an argument; one in quotation marks is somebody else's."""
    assert questions_left_open(words, "en") == found


def test_headings_are_left_out() -> None:
    """What the caller names is no question to write about."""
    assert questions_left_open("What Stays?\n\nWhat is here?", "en", {"What Stays?"}) == ("What is here?",)


QUESTIONS = "What Stays?\n\nSit down.\n\nWhat is <b>here</b> & now?\n\nLeave it. What else?"


def asking(words: str = QUESTIONS) -> EpisodeRecord:
    heading = Phrase(start_s=0.0, end_s=1.0, text="What Stays?", role="heading")
    return record_of(words=words, phrases=(heading, *PHRASES))


def test_the_notes_ask_them_again_to_write_about() -> None:
    """In their order under “To write about”, between the chapters and the credits, as text and escaped as HTML."""
    text = notes_text(asking())
    assert "\n\nTo write about\n- What is <b>here</b> & now?\n- What else?\n\nWritten by A. Writer." in text
    assert text.index("Chapters") < text.index("To write about")
    page = notes_html(asking())
    items = re.search(r"<p>To write about</p>\n<ul>\n(.*?)\n</ul>", page, re.DOTALL)
    assert items is not None
    assert [html.unescape(item[4:-5]) for item in items[1].splitlines()] == [
        "What is <b>here</b> & now?", "What else?",
    ]  # fmt: skip
    assert "<b>" not in page


def test_a_text_that_asks_nothing_has_no_such_part() -> None:
    """Neither a heading without a list nor an empty list."""
    assert "To write about" not in notes_text(record_of())
    assert "To write about" not in notes_html(record_of())


def test_the_notes_ask_at_most_twelve() -> None:
    """A text of forty questions doesn't become a list to get through."""
    many = "\n\n".join(f"What is number {number}?" for number in range(40))
    assert notes_text(asking(many)).count("- What is number") == 12


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("今日は何を持っていますか。", True),
        ("それは水でしょうか。", True),
        ("いくつかの石があります。", False),
        ("「誰ですか。」と聞いた。", False),
    ],
)
def test_a_polite_question_in_japanese_needs_no_mark(sentence: str, question: bool) -> None:
    """It ends in か after a verb; not where it is quoted."""
    assert asks(sentence) is question
