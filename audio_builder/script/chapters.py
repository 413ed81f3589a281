"""Chapters: what the first is called when nothing names it, and how many there may be."""

from __future__ import annotations

from collections.abc import Sequence

from audio_builder.errors import SourceTooLarge
from audio_builder.script.cues import ChapterStart, Cue

UNTITLED = "Beginning"
"""Title of the first chapter where the text has no title and doesn't begin with a heading."""

MOST_CHAPTERS = 255
"""An ID3v2 table of contents (CTOC) counts its entries in one byte."""


def check_chapters(cues: Sequence[Cue], name: str = "the article") -> None:
    """Make sure that an MP3 file can list the chapters.

    Raises:
        SourceTooLarge: there are more than 255.
    """
    count = sum(isinstance(cue, ChapterStart) for cue in cues)
    if count > MOST_CHAPTERS:
        raise SourceTooLarge(
            f"{name} has {count} chapters; an MP3 file can list {MOST_CHAPTERS}",
            hint="Split the text into several episodes, or turn small headings into paragraphs.",
        )
