"""Text becomes the phonemes on which the English voices were trained."""

from __future__ import annotations

import json
from pathlib import Path

import hibari
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.errors import EngineFailed, VoiceError
from audio_builder.voices.engines.misaki import ipa_to_misaki, phonemes
from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START

VOCABULARY = json.loads((Path(hibari.__file__).parent / "assets" / "vocab.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "american", "british"),
    [
        ("Close your eyes.", "klˈOz jʊɹ ˈIz.", "klˈQz jɔː ˈIz."),
        ("I read it yesterday.", "ˌI ɹˈɛd ɪt jˈɛstəɹdˌA.", "ˌI ɹˈɛd ɪt jˈɛstədA."),
        (
            "The nurse, at 7:30.",
            "ðə nˈɜɹs, æt sˈɛvən θˈɜɹTi.",
            "ðə nˈɜːs, at sˈɛvᵊn θˈɜːti.",
        ),
        ("😀", "", ""),
    ],
)
def test_each_english_is_read_by_its_own_lexicon(text: str, american: str, british: str) -> None:
    assert phonemes(text, british=False) == american
    assert phonemes(text, british=True) == british


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("So do I. We left.", "sˌO dˈu ˈI. wˌi lˈɛft."),
        ("“So am I.” Rest.", "sˈO ɐm ˈI. ɹˈɛst."),
        ("It was in 3D. It ended.", "ˌɪt wʌz ɪn θɹˈi dˈi. ˌɪt ˈɛndᵻd."),
        ("Take vitamin C.", "tˈAk vˈITəmən sˈi."),
        ("I don't. Rest.", "ˌI dˈOnt. ɹˈɛst."),
    ],
)
def test_a_sentence_that_ends_in_a_single_letter_keeps_its_stop(text: str, said: str) -> None:
    """The reader takes it for that of an initial; without it the voice ends in the air."""
    assert phonemes(text, british=False) == said


@pytest.mark.parametrize(
    "text",
    [
        "Read [word](/ɡˈoʊst/) here.",
        "[[word]](/kˈæt/)",
        f"[open {IPA_START}tɪk{IPA_END} and closed](/kˈæt/)",
        f"a [b] {IPA_START}tɪk{IPA_END}](/kˈæt/)",
    ],
)
def test_the_readers_own_notation_is_read_as_text(text: str) -> None:
    """Brackets in an article are brackets: what stands before them is spoken as it is written."""
    said = phonemes(text, british=False)
    assert said == phonemes(text.replace("[", "(").replace("]", ")"), british=False)
    assert "wˈɜɹd" in said or "tɪk" in said


def test_ipa_is_said_as_it_is_given_among_words_that_are_read() -> None:
    text = f"Then {IPA_START}vɪˈpæsənə ˈtʃɜːtʃ{IPA_END}’s room, the {IPA_START}ˈæpəl{IPA_END}."
    assert phonemes(text, british=False) == "ðˈɛn vɪpˈæsənə ʧˈɜɹʧs ɹˈum, ði ˈæpəl."


def test_ipa_of_nothing_but_signs_without_a_sound_is_left_out() -> None:
    assert phonemes(f"Here {IPA_START}.{IPA_END} now.", british=False) == "hˈɪɹ nˈW."


@pytest.mark.parametrize(
    ("ipa", "american", "british"),
    [
        ("ˈtʃɜːtʃ dʒʌdʒ", "ʧˈɜɹʧ ʤʌʤ", "ʧˈɜːʧ ʤʌʤ"),
        ("ˈt͡ʃɪl", "ʧˈɪl", "ʧˈɪl"),
        ("ɡoʊ gəʊ", "ɡO ɡO", "ɡQ ɡQ"),
        ("maɪ naʊ deɪ bɔɪ", "mI nW dA bY", "mI nW dA bY"),
        ("skweə nɪə", "skwɛɹ niə", "skwɛː nɪə"),
        ("ˈbɑːθ trap", "bˈɑθ tɹɑp", "bˈɑːθ tɹap"),
        ("ˈkætn̩ ˈbɒtl̩", "kˈætᵊn bˈɑtᵊl", "kˈatᵊn bˈɒtᵊl"),
        ("nɑmɑsˈte", "nɑmɑstˈA", "nɑmɑstˈɛ"),
        ("ˈbaːx ɲa bɔ̃ ça", "bˈɑk njɑ bɔ kɑ", "bˈaːk nja bɔ ka"),
        ("vɪ.ˈpæ.sə.nə", "vɪpˈæsənə", "vɪpˈasənə"),
        ("ˈbɛɾɚ", "bˈɛTəɹ", "bˈɛtəɹ"),
    ],
)
def test_ipa_of_dictionaries_becomes_misakis_alphabet(ipa: str, american: str, british: str) -> None:
    assert ipa_to_misaki(ipa, british=False) == american
    assert ipa_to_misaki(ipa, british=True) == british


@pytest.mark.parametrize(("ipa", "symbol"), [("ǃkʊŋ", "ǃ"), ("ma˥", "˥"), ("kɯ", "ɯ"), ("Tick", "T"), ("a1", "1")])
def test_a_sound_that_english_lacks_is_refused_by_name(ipa: str, symbol: str) -> None:
    with pytest.raises(VoiceError, match=f"“{symbol}”"):
        ipa_to_misaki(ipa, british=False)


def test_raised_and_foreign_digits_are_read_as_digits() -> None:
    """A footnote's mark stops no sentence."""
    assert phonemes("as he said¹ x² ٣ ⑸", british=False) == phonemes("as he said1 x2 3 5", british=False)


def test_what_the_reader_fails_on_is_an_error_of_ours() -> None:
    """With the words in it."""
    with pytest.raises(EngineFailed, match="can't read “1111"):
        phonemes("1" * 60, british=False)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab I.,()[]/ˈ’'-0179¹②$%½Ω漢é—…😀\n\t"), max_size=30), st.booleans())
def test_any_text_is_read_and_the_models_know_what_comes_of_it(text: str, british: bool) -> None:
    assert set(phonemes(text, british=british)) <= set(VOCABULARY) | set("[]/")
