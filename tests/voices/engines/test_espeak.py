"""Phonemes from eSpeak NG."""

from __future__ import annotations

import pytest

from audio_builder.errors import EngineFailed
from audio_builder.voices.engines.kokoro_readers import Phonemizer

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def phonemizer() -> Phonemizer:
    """eSpeak NG, loaded once."""
    return Phonemizer("a test")


@pytest.mark.parametrize(
    ("text", "voice", "ipa"),
    [
        ("Go slowly, now.", "en-us", "ɡˌo^ʊ slˈo^ʊli, nˈa^ʊ."),
        ("“Stay,” she said (twice)?", "en-us", "“stˈe^ɪ,” ʃiː sˈɛd (twˈa^ɪs)?"),
        ("Bom dia — muito devagar…", "pt-br", None),
    ],
)
def test_words_become_ipa_with_their_marks(phonemizer: Phonemizer, text: str, voice: str, ipa: str | None) -> None:
    """Diphthongs are tied, the marks stay in their places."""
    said = phonemizer.ipa(text, voice)
    assert said == ipa if ipa else said.endswith("…") and "—" in said


def test_a_point_inside_a_number_is_no_mark(phonemizer: Phonemizer) -> None:
    """Only the one at the end is."""
    assert phonemizer.ipa("It cost 3.50 at 10:30.", "en-us").count(".") == 1


def test_a_voice_that_it_doesnt_have_is_refused(phonemizer: Phonemizer) -> None:
    """By its name."""
    with pytest.raises(EngineFailed, match="no-such"):
        phonemizer.ipa("Hello.", "no-such")
