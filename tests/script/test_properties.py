"""What holds for every article and every script."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.article.read import read
from audio_builder.article.source import SourceText, source_from_bytes
from audio_builder.errors import AudioBuilderError
from audio_builder.recipe.settings import PACING_PRESETS, Pacing
from audio_builder.script.cues import Background, Beat, ChapterStart, Reason, Rest, Say, Script
from audio_builder.script.notation import format_script, parse_script
from audio_builder.script.pace import pace, repace
from audio_builder.script.pauses import scales
from tests.support.generated_articles import Piece, markdown_articles, plain_articles, scripts


def _spoken_words(script: Script) -> list[str]:
    return [word for cue in script.cues if isinstance(cue, Say) for word in re.findall(r"[^\W_]+", cue.text)]


@settings(max_examples=100)
@given(markdown_articles())
def test_every_word_of_a_markdown_article_is_spoken_once_and_in_order(article: Piece) -> None:
    """Nothing that should be spoken is lost, doubled or moved, and no target, comment, code or note is heard."""
    script = pace(read(SourceText(article.source, "a.md", "markdown")), Pacing())
    assert _spoken_words(script) == list(article.words)


@settings(max_examples=100)
@given(plain_articles())
def test_every_word_of_a_plain_article_is_spoken_once_and_in_order(article: Piece) -> None:
    """Nothing that should be spoken is lost, doubled or moved; the number of a single item is read out."""
    script = pace(read(SourceText(article.source, "a.txt", "plain")), Pacing())
    assert [word for word in _spoken_words(script) if not word.isdigit()] == list(article.words)


@settings(max_examples=100)
@given(st.one_of(markdown_articles(), plain_articles()), st.sampled_from(list(PACING_PRESETS.values())))
def test_no_two_pauses_of_rules_follow_each_other(article: Piece, pacing: Pacing) -> None:
    """Pauses never add up, none is longer than the longest, and the first and last cues frame the episode."""
    script = pace(read(SourceText(article.source, "a.md", "markdown")), pacing)
    assert not any(isinstance(first, Rest) and isinstance(second, Rest) for first, second in pairwise(script.cues))
    rests = [cue for cue in script.cues if isinstance(cue, Rest)]
    assert all(0 < rest.seconds <= pacing.longest_s for rest in rests if scales(rest))
    assert isinstance(script.cues[0], ChapterStart)
    assert isinstance(script.cues[-1], Rest | Beat | Background)
    assert repace(script, pacing) == script


@settings(max_examples=150)
@given(scripts())
def test_a_printed_script_reads_back_as_the_same_script(script: Script) -> None:
    """The script file loses nothing, whatever signs the words and titles hold."""
    assert parse_script(format_script(script), "a.md") == script


@settings(max_examples=150)
@given(st.text(max_size=300), st.sampled_from(["a.md", "a.txt", "-"]))
def test_any_text_is_read_or_refused_with_an_error_of_ours(text: str, name: str) -> None:
    """No text makes the reader crash, and what it reads can be paced, printed and read again."""
    _read_pace_and_print(text, name)


def _read_pace_and_print(text: str, name: str) -> None:
    try:
        script = pace(read(source_from_bytes(text.encode("utf-8", "replace"), name)), Pacing())
    except AudioBuilderError:
        return
    if any(isinstance(cue, Say) for cue in script.cues):
        assert parse_script(format_script(script), "script.md") == script


_FRAGMENTS = [
    *(
        "# ",
        "> ",
        "- ",
        "1. ",
        "\n",
        "\n\n",
        "\n\n\n",
        "[pause 4s]",
        "[paus",
        "]",
        "[",
        "\\",
        "\\[",
        "[bell]",
        "[breath]",
    ),
    *("[chapter A]", "[x](y)", "![a](b)", "`", "```\n", "<b>", "<!--", "-->", "<script>", "<br>", "word", "What?", "…"),
    *(
        "“",
        "”",
        '"',
        "'",
        "---\n",
        "a: b\n",
        "===\n",
        "|a|b|\n|--|--|\n",
        "~~",
        "**",
        "_",
        "[^1]",
        "[^1]: n\n",
        "😀",
        "中文。",
    ),
    *(
        "مرحبا؟",
        "\u2028",
        "\x85",
        "\x0c",
        "\t",
        "  \n",
        "&amp;",
        "&#91;",
        "https://e.org/a(b).",
        "[1]",
        "Dr. ",
        "\u200d",
    ),
]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=25).map("".join), st.sampled_from(["a.md", "a.txt"]))
def test_any_mixture_of_signs_is_read_or_refused_with_an_error_of_ours(text: str, name: str) -> None:
    """The same, for texts made of the signs that the readers act on."""
    _read_pace_and_print(text, name)


def test_a_hundred_thousand_words_are_paced_in_time_that_grows_with_their_number() -> None:
    """Ten times the text takes less than forty times the processor time; a hundred times would be quadratic."""
    few, many = (_seconds_to_pace(words) for words in (10_000, 100_000))
    assert many < 40 * max(few, 0.05)


def _seconds_to_pace(words: int) -> float:
    sentence = "The river is slow today… and nobody asks it why. "
    text = "\n\n".join([sentence * 10] * (words // 100))
    before = time.process_time()
    script = pace(read(SourceText(text, "a.md", "markdown")), Pacing())
    assert sum(isinstance(cue, Say) for cue in script.cues) == words // 100 * 20
    return time.process_time() - before


@pytest.mark.parametrize("pacing", PACING_PRESETS.values(), ids=PACING_PRESETS)
def test_repacing_an_example_is_pacing_it_anew(pacing: Pacing) -> None:
    """A script made with one preset and re-timed with another is the script the other would have made."""
    source = SourceText("# A\n\nOne. Two?\n\na,\nb\n\n- c\n- d\n\n## E\n\nF… g.\n\nWhy?\n", "a.md", "markdown")
    article = read(source)
    assert repace(pace(article, Pacing()), pacing) == pace(article, pacing)


def test_a_rest_that_a_person_set_outlives_any_pacing() -> None:
    """`[pause 7s]` is 7 s under every preset."""
    article = read(SourceText("One. [pause 7s] Two.", "a.md", "markdown"))
    for pacing in PACING_PRESETS.values():
        assert Rest(7.0, Reason.MARK) in repace(pace(article, Pacing()), pacing).cues
