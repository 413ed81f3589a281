"""What isn't read out is listed: in one line, or in full."""

from __future__ import annotations

import pytest

from audio_builder.article.blocks import UNWRAPPED
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.left_out import LeftOut, details, summary
from audio_builder.article.model import Line
from audio_builder.article.outline import make_article
from audio_builder.article.outline_builder import OutlineBuilder, Wording


@pytest.mark.parametrize(
    ("left_out", "line"),
    [
        ([], ""),
        ([LeftOut("footnote", "See there.")], "Not read out: a footnote."),
        ([LeftOut("embed")], "Not read out: an embed."),
        ([LeftOut("table"), LeftOut("table")], "Not read out: 2 tables."),
        ([LeftOut("code", "let x be one"), LeftOut("picture"), LeftOut("code", "end")],
         "Not read out: 5 words of code, a picture."),
        ([LeftOut("footnote", "so " * 100), LeftOut("footnote", "so")], "Not read out: 2 footnotes."),
        ([LeftOut("footnote", "so " * 200), LeftOut("footnote", "so")], "Not read out: 2 footnotes (201 words)."),
        ([LeftOut("hidden text", "menu")], "Not read out: 1 word of hidden text."),
    ],
)  # fmt: skip
def test_one_line_counts_each_kind(left_out: list[LeftOut], line: str) -> None:
    """Things by the piece, text by its words."""
    assert summary(left_out) == line


def test_the_details_have_the_place_and_the_words() -> None:
    """Long ones are cut."""
    found = list(details([LeftOut("footnote", "See there.", 12), LeftOut("picture"), LeftOut("code", "x " * 400, 3)]))
    assert found[:2] == ["  line 12: footnote “See there.”", "  picture"]
    assert len(found[2]) < 350
    assert found[2].endswith("x …”")


def test_a_reader_notes_what_it_leaves_out() -> None:
    """It reaches the article with its line, on one line."""
    builder = OutlineBuilder("en", UNWRAPPED)
    builder.words(Wording((Line("It was there.", 1),), ("It was there.",), hard=False, emphasised=False))
    builder.left_out("code", "a = 1\n  b = 2", 3)
    article = make_article(builder.outline(FrontMatter()), FrontMatter())
    assert article.left_out == (LeftOut("code", "a = 1 b = 2", 3),)
