"""Subtitles of a talk: the cues become paragraphs, without their times."""

from __future__ import annotations

import pytest

from audio_builder.article.model import BlockKind
from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes

VTT = """WEBVTT
Kind: captions

NOTE for me

1
00:00.500 --> 00:03.000 align:start
<v Ida>We built a wall</v>

00:03.100 --> 00:05.000
<v Ida>that <i>nobody</i> &amp; nothing needed.</v>

00:05.100 --> 00:06.000
<v Jo>Why?</v>

00:09.000 --> 00:11.000
<v Ida>♪ It rained. ♪</v>
"""
SRT = """1
00:00:00,500 --> 00:00:03,000
{\\an8}We built a wall
that nobody needed.

2
00:00:03,100 --> 00:00:05,000
We leaned on it.

3
00:00:09,000 --> 00:00:11,000
Who knows why?
"""


def _blocks(text: str, name: str) -> list[tuple[BlockKind, list[str]]]:
    article = read(source_from_bytes(text.encode(), name))
    return [
        (block.kind, [line.text for line in block.lines]) for section in article.sections for block in section.blocks
    ]


@pytest.mark.parametrize("name", ["wall.srt", "wall.txt"])
def test_cues_without_a_gap_between_them_are_one_paragraph(name: str) -> None:
    """Whatever the file is called."""
    assert _blocks(SRT, name) == [
        (BlockKind.PARAGRAPH, ["We built a wall that nobody needed. We leaned on it."]),
        (BlockKind.QUESTION, ["Who knows why?"]),
    ]
    assert read(source_from_bytes(SRT.encode(), name)).title == "Wall"


def test_another_speaker_is_named_and_begins_a_paragraph() -> None:
    """One alone is not named."""
    said = [" ".join(lines) for _, lines in _blocks(VTT, "wall.vtt")]
    assert said == ["Ida: We built a wall that nobody & nothing needed.", "Jo: Why?", "Ida: It rained."]
    alone = [" ".join(lines) for _, lines in _blocks(VTT.replace("<v Jo>", "<v Ida>"), "wall.vtt")]
    assert alone == ["We built a wall that nobody & nothing needed. Why?", "It rained."]


def test_captions_that_roll_up_are_said_once() -> None:
    """Each cue of theirs begins with the last line of the one before."""
    rolling = SRT.replace("We leaned on it.", "that nobody needed.\nWe leaned on it.")
    assert _blocks(rolling, "wall.srt") == _blocks(SRT, "wall.srt")
