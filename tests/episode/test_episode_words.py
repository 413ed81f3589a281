"""The words for reading along: as written, in their paragraphs."""

from __future__ import annotations

import pytest

from audio_builder.episode.words import clean, words_of
from audio_builder.script.cues import Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say, Script


def words(*cues: Cue) -> str:
    return words_of(Script("", "", "", "", "", "gentle", cues))


def say(text: str) -> Say:
    return Say(text, Role.PROSE)


@pytest.mark.parametrize(
    ("reason", "gap"),
    [
        (Reason.SENTENCE, " "),
        (Reason.ELLIPSIS, " "),
        (Reason.MARK, "\n"),
        (Reason.LINE, "\n"),
        (Reason.ITEM, "\n"),
        (Reason.STANZA, "\n\n"),
        (Reason.PARAGRAPH, "\n\n"),
        (Reason.QUESTION, "\n\n"),
        (Reason.TITLE, "\n\n"),
        (Reason.SUBTITLE, "\n\n"),
        (Reason.BEFORE_HEADING, "\n\n"),
        (Reason.AFTER_HEADING, "\n\n"),
    ],
)
def test_each_silence_has_its_shape_on_the_page(reason: Reason, gap: str) -> None:
    """A space, a line or an empty line, by the reason of the rest."""
    assert words(say("One."), Rest(1, reason), say("Two.")) == f"One.{gap}Two."


def test_the_strongest_of_several_rests_counts() -> None:
    """A pause that a person set does not close the gap between paragraphs."""
    assert words(say("One."), Rest(3, Reason.PARAGRAPH), Rest(4, Reason.MARK), say("Two.")) == "One.\n\nTwo."
    assert words(say("One."), Rest(4, Reason.MARK), Rest(1, Reason.LINE), say("Two.")) == "One.\nTwo."


def test_a_pause_inside_a_sentence_does_not_break_it() -> None:
    """Words that go on in lower case stay on their line."""
    assert words(say("Let it,"), Rest(4, Reason.MARK), say("slowly, go.")) == "Let it, slowly, go."
    assert words(say("one,"), Rest(2, Reason.LINE), say("two")) == "one,\ntwo"


def test_breaths_bells_and_chapters_part_paragraphs() -> None:
    """What is done between words leaves an empty line."""
    for between in (Bell(), Breath(4, 6, 1), ChapterStart("Two")):
        assert words(say("One."), between, say("Two.")) == "One.\n\nTwo."


def test_silence_at_the_ends_leaves_no_trace() -> None:
    """No line break before the first word or after the last."""
    found = words(ChapterStart("One"), Rest(6, Reason.OPENING), say("Only."), Rest(10, Reason.CLOSING))
    assert found == "Only."
    assert words(Rest(6, Reason.OPENING)) == ""


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("as it is — “so”…", "as it is — “so”…"),
        (" two\r\nlines\u2028three ", "two lines three"),
        ("a\0b\x1bc\x85d", "a b c d"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("turn\u202eed", "turned"),
        ("אב \u200fג", "אב \u200fג"),
        ("👩\u200d🌾", "👩\u200d🌾"),
    ],
)
def test_cleaning_keeps_words_and_drops_what_controls(text: str, cleaned: str) -> None:
    """Marks that emoji and right-to-left text need stay."""
    assert clean(text) == cleaned


def test_between_chinese_sentences_stands_nothing() -> None:
    """Nor between Japanese ones; a space where other letters stand on a side."""
    said = ("坐下。", "听。", "Listen.", "静かに。", "ゆっくり。")
    cues = [cue for text in said for cue in (Say(text, Role.PROSE), Rest(1.0, Reason.SENTENCE))]
    assert words_of(Script("", "", "", "zh", "", "gentle", tuple(cues))) == "坐下。听。 Listen. 静かに。ゆっくり。"
