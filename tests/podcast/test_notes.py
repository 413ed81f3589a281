"""Chapters as others read them: from the chapters file and from the show notes."""

from __future__ import annotations

import json

from podcast_chapter_tools import Chapter, extract_description_chapters, extract_pci_chapters

from audio_builder.article.read import read
from audio_builder.article.source import SourceText
from audio_builder.podcast.notes import chapters_json, links_of, notes_html, notes_text
from tests.support.show_helpers import record_of

EXPECTED = [Chapter(0, "Evening"), Chapter(19, "The second part")]


def test_the_chapters_file_is_read_by_a_parser_that_is_not_ours():
    """podcast-chapter-tools finds each chapter of the podcast namespace's JSON with its second and title."""
    assert extract_pci_chapters(json.loads(chapters_json(record_of()))) == EXPECTED


def test_players_that_look_for_times_in_the_notes_find_the_chapters():
    """podcast-chapter-tools finds the same ones in the text and in the HTML, and nothing beside them."""
    assert extract_description_chapters(notes_text(record_of())) == EXPECTED
    assert extract_description_chapters(notes_html(record_of()), strip_html=True) == EXPECTED


def test_links_of_a_text_are_in_its_notes() -> None:
    """They aren't spoken, so that a listener finds them here: words and address, once, escaped."""
    text = (
        "# Linked\n\nRead [the *long* essay](https://example.org/essay?a=b&c), or <https://example.org/auto>.\n\n"
        "There is more at https://example.org/more. [Not](javascript:alert(1)) and [mail](mailto:a@example.org).\n"
    )
    article = read(SourceText(text, "a.md", "markdown"))
    record = record_of(details=article.details)
    assert [(link.text, link.address) for link in links_of(record)] == [
        ("the long essay", "https://example.org/essay?a=b&c"),
        ("https://example.org/auto", "https://example.org/auto"),
        ("https://example.org/more", "https://example.org/more"),
    ]
    assert '<li><a href="https://example.org/essay?a=b&amp;c">the long essay</a></li>' in notes_html(record)
    assert "- the long essay: https://example.org/essay?a=b&c" in notes_text(record)
    own = read(SourceText(f"---\nlinks: [Mine <https://example.org/mine>]\n---\n{text}", "a.md", "markdown"))
    assert own.details.links == ("Mine <https://example.org/mine>",)
