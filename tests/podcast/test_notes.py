"""Chapters as others read them: from the chapters file and from the show notes."""

from __future__ import annotations

import json

from podcast_chapter_tools import Chapter, extract_description_chapters, extract_pci_chapters

from audio_builder.podcast.notes import chapters_json, notes_html, notes_text
from tests.support.show_helpers import record_of

EXPECTED = [Chapter(0, "Evening"), Chapter(19, "The second part")]


def test_the_chapters_file_is_read_by_a_parser_that_is_not_ours():
    """podcast-chapter-tools finds each chapter of the podcast namespace's JSON with its second and title."""
    assert extract_pci_chapters(json.loads(chapters_json(record_of()))) == EXPECTED


def test_players_that_look_for_times_in_the_notes_find_the_chapters():
    """podcast-chapter-tools finds the same ones in the text and in the HTML, and nothing beside them."""
    assert extract_description_chapters(notes_text(record_of())) == EXPECTED
    assert extract_description_chapters(notes_html(record_of()), strip_html=True) == EXPECTED
