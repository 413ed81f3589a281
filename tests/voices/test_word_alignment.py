"""Which of the spoken sounds begins each written word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START
from audio_builder.voices.word_alignment import first_sounds, words_with_places


def _found(words: str, alone: str, spoken: str) -> dict[str, str]:
    """The words whose place is sure, each with the three symbols from there on."""
    firsts = first_sounds(alone.split("|"), spoken)
    pairs = zip(words.split(), firsts, strict=True)
    return {word: spoken[first : first + 3] for word, first in pairs if first is not None}


def test_a_word_begins_after_its_gap_with_its_stress():
    """Also where it sounds otherwise than alone, as an article does."""
    found = _found("is it a dog", "ɪz|ɪt|ˈeɪ|dˈɔɡ", "ɪz ɪt ɐ dˈɔɡ?")
    assert found == {"is": "ɪz ", "it": "ɪt ", "a": "ɐ d", "dog": "dˈɔ"}
    assert _found("over all", "ˈoʊvɚ|ˈɔːl", "ˌoʊvɚ ˈɔːl.") == {"over": "ˌoʊ", "all": "ˈɔː"}


def test_joined_words_are_told_apart_and_parted_ones_are_one():
    """eSpeak NG joins some words, and says a number in several."""
    found = _found(
        "some of the 21 and in a row", "sˈʌm|ʌv|ðə|twˈɛnti wˈʌn|ænd|ɪn|ˈeɪ|ɹˈoʊ", "sˌʌm ʌvðə twˈɛnti wˈʌn ænd ɪnɐ ɹˈoʊ."
    )
    assert found == {"some": "sˌʌ", "of": "ʌvð", "the": "ðə ", "21": "twˈ", "and": "ænd", "in": "ɪnɐ", "row": "ɹˈo"}


def test_what_has_no_sound_or_another_has_no_place():
    """A dash, and a word that is joined and unlike itself: nothing is guessed."""
    assert first_sounds(["wˈɛl", "", "nˈaʊ"], "wˈɛl, nˈaʊ.") == [0, None, 6]
    assert first_sounds(["aʊt", "ɐv"], "aʊtə.") == [0, None]
    assert first_sounds(["a"], "") == [None]
    assert first_sounds([], "a") == []


@given(st.lists(st.text("abɐˈː ", max_size=6), max_size=12), st.text("abɐˈː, ", max_size=40))
def test_places_rise_whatever_was_spoken(alone: list[str], spoken: str):
    """Each place is one of what was spoken, later than the one before, and never a space."""
    firsts = [first for first in first_sounds(alone, spoken) if first is not None]
    assert firsts == sorted(set(firsts))
    assert all(not spoken[first].isspace() for first in firsts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  One, two\u00a0three ", ["One,", "two", "three"]),
        ("close—really – close", ["close—", "really", "–", "close"]),
        (f"Say {IPA_START}tɪk nɑt{IPA_END}, please", ["Say", f"{IPA_START}tɪk nɑt{IPA_END},", "please"]),
        ("在家 home", ["在", "家", "home"]),
        (f"{IPA_START}a", [f"{IPA_START}", "a"][1:]),
    ],
)
def test_words_lie_between_spaces_and_dashes(text: str, words: list[str]):
    """IPA from a lexicon is one word; Chinese characters are words of their own."""
    found = words_with_places(text)
    assert [word for _, word in found] == words
    assert all(text[at : at + len(word)] == word for at, word in found)
