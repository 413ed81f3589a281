"""Counting words and seconds before any voice has spoken."""

from __future__ import annotations

import pytest

from audio_builder.script.cues import Breath, ChapterStart, Reason, Rest, Role, Say, Script
from audio_builder.script.estimate import Estimate, estimate
from audio_builder.script.phrases import count_words, phrases


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("… — !", 0),
        ("It is half-past nine — time to rest.", 7),
        ("close—really close", 3),
        ("don’t stop at 3.14", 4),
        ("“Don't,” she said.", 3),
        ("well-kept 42 %", 2),
        ("你好，世界。", 2),
        ("我喜欢 Python", 3),
        ("ฉันรักคุณ", 2),
        ("Привет, мир!", 2),
        ("안녕 세상", 2),
    ],
)
def test_words_are_counted_as_they_are_spoken(text: str, words: int) -> None:
    """By spaces and dashes, and by characters where a script has no spaces."""
    assert count_words(text) == words


def test_an_estimate_is_words_at_a_rate_and_the_exact_silence() -> None:
    """10 words at 60 a minute are 10 s; rests and breaths are what they are."""
    cues = (
        ChapterStart("A"),
        Say("one two three four five", Role.PROSE),
        Rest(2.5, Reason.SENTENCE),
        Breath(4.0, 6.0, 3),
        Say("six seven eight nine ten", Role.PROSE),
        Rest(10.0, Reason.CLOSING),
    )
    result = estimate(Script("", "", "", "", "", "gentle", cues), 60)
    assert (result.words, result.speech_s, result.silence_s, result.total_s) == (10, 10.0, 42.5, 52.5)
    assert result.summary() == "about 0:52 (10 words; 81 % of it is silence)"
    assert Estimate(9000, 4000.0, 0.0).summary() == "about 1:06:40 (9,000 words; 0 % of it is silence)"


def test_a_phrase_is_a_sentence_or_the_part_of_one_before_its_words_trail_off() -> None:
    """A tag stays with the speech that trails off; an ellipsis before any word begins the phrase."""
    found = [
        (p.text, p.trails_off, p.ends_sentence) for p in phrases("“Wait…” he said. …So he did. Is it . . . that?", "en")
    ]
    assert found == [
        ("“Wait…” he said.", False, True),
        ("…So he did.", False, True),
        ("Is it . . .", True, False),
        ("that?", False, True),
    ]
