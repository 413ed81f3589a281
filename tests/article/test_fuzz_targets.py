"""What fuzzers found stays mended, and a little of what they do is done each time (see CONTRIBUTING.md)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.article.test_documents import spoken
from tests.support import documents
from tests.support.fuzz_targets import TARGETS, markdown, markdown_soup, raw


@pytest.mark.parametrize("name", TARGETS)
def test_no_word_is_lost_or_doubled_and_nothing_crashes(name: str) -> None:
    """The properties that the coverage-guided fuzzer checks, on texts that hypothesis thinks of."""

    @settings(max_examples=15 if name in ("docx", "epub") else 40)
    @given(st.binary(max_size=60))
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()


def test_the_targets_notice_what_they_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that loses a word, doubles one, moves one or crashes is found out."""
    from audio_builder.script import builder

    said = builder.ScriptBuilder.say
    for break_it, complaint in (
        (lambda text: text.replace("q1x", ""), "lost"),
        (lambda text: f"{text} {text}", "doubled"),
        (lambda text: " ".join(reversed(text.split())), "moved"),
    ):
        monkeypatch.setattr(
            builder.ScriptBuilder, "say", lambda self, text, role, change=break_it: said(self, change(text), role)
        )
        with pytest.raises(AssertionError, match=complaint):
            TARGETS["plain"](b"\xf1\xf1\xf1")


def test_a_book_with_an_article_element_in_it_is_read_whole() -> None:
    """What holds most of a book's words is a chapter of it, not the article of a page with the rest around it."""
    book = documents.epub(
        "<h1>One</h1><p>First.</p>", "<article><p>Second, and far longer than the first.</p></article>"
    )
    assert spoken(book, "b.epub") == [documents.TITLE, "One", "First.", "Second, and far longer than the first."]


def test_a_heading_around_an_article_does_not_say_it_twice() -> None:
    """Such a heading holds all of the text; the page is named by its title instead."""
    page = b"<html><head><title>Name</title></head><body><h1><article>Word one. Word two.</article></h1></body></html>"
    assert spoken(page) == ["Name", "Word one.", "Word two."]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x02<title>" + b"a " * 501 + b"</title><p>Word.",
        b"\x02<h1><article>q2x ",
        b"\x05---\n---\nWord.",
        "\x02<p>One. <b>……</b> Two.".encode(),
        "\x01One.\n\n[……]\n\nTwo.".encode(),
    ],
)
def test_short_inputs_of_any_kind_are_read_or_refused(data: bytes) -> None:
    """Nothing, one byte, and what fuzzers shrank their findings to."""
    raw(data)
    markdown(data)
    markdown_soup(data)


@pytest.mark.parametrize("data", [b"\x01" * 60, b"\x02" * 60], ids=["quotations", "lists"])
def test_forty_levels_keep_every_word(data: bytes) -> None:
    """A parser's own limit of nesting drops what is deeper without a word."""
    TARGETS["markdown_nested"](data)
