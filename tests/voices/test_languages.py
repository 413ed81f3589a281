"""A voice and the language of the words: who follows, and what is said where they don't fit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.preflight import prepare_voices
from audio_builder.recipe.settings import Recipe
from audio_builder.script.from_document import make_script, read_document
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines.system import SystemEngine
from audio_builder.voices.languages import closest, in_language, mismatch
from audio_builder.voices.prepare import prepare_voice
from tests.voice_helpers import script_of

VOICES = (
    ("English (Great Britain)", ["en-gb"]),
    ("French (Belgium)", ["fr-be"]),
    ("French (France)", ["fr-fr"]),
    ("German", ["de"]),
    ("Chinese (Mandarin)", ["cmn"]),
    ("Portuguese (Brazil)", ["pt_BR"]),
)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "German"),
        ("de-AT", "German"),
        ("fr", "French (France)"),
        ("fr-CA", "French (Belgium)"),
        ("pt-br", "Portuguese (Brazil)"),
        ("pt", "Portuguese (Brazil)"),
        ("zh-Hant", "Chinese (Mandarin)"),
        ("la", ""),
    ],
)
def test_the_voice_that_speaks_a_language_best_is_found(language: str, name: str) -> None:
    """The same tag, else the country the language is named after, else the first of the language."""
    assert closest(language, VOICES) == name


def test_only_the_systems_voice_follows_the_words() -> None:
    """Its profile is then of that language and names no voice; Piper's and Kokoro's stay what they are."""
    german = in_language(find_voice("system"), "de")
    assert (german.language, german.settings) == ("de", {})
    assert in_language(find_voice("system"), "en-GB") == find_voice("system")
    assert in_language(find_voice("system"), "") == find_voice("system")
    assert in_language(find_voice("joe"), "de") == find_voice("joe")


def test_a_voice_of_another_language_is_told(tmp_path: Path) -> None:
    """With what can be done about it; and not where it fits, or where the language isn't known."""
    assert mismatch(find_voice("joe"), "") == mismatch(find_voice("joe"), "en-GB") == ""
    assert mismatch(find_voice("tone"), "de") == ""
    source = tmp_path / "a.txt"
    source.write_text("Mein Nachbar deckt die Rosen zu, als brächte er jemanden ins Bett.", encoding="utf-8")
    notes = {}
    for voice in ("joe", "system"):
        recipe = Recipe(voice=voice)
        notes[voice] = prepare_voices(make_script(read_document(source), recipe), recipe)[0].note
    assert "the words are in de, but the voice “joe” speaks en" in notes["joe"]
    assert "--voice system follows the words" in notes["joe"]
    assert "the words are in" not in notes["system"]


@pytest.mark.parametrize(
    ("language", "name"), [("de", "gmw/de"), ("en-GB", "gmw/en-us"), ("fr", "roa/fr"), ("la", "gmw/en-us")]
)
def test_the_voice_that_its_owner_chose_speaks_what_it_can(language: str, name: str) -> None:
    """Another of the system's is taken for a language that it doesn't speak and the other does."""
    spoken = {"gmw/de": ["de"], "gmw/en-us": ["en-us"], "gmw/en": [b"\x02en-gb"], "roa/fr": [b"\x05fr-fr"]}
    voices = [SimpleNamespace(id=name, languages=languages) for name, languages in spoken.items()]
    driver = SystemEngine()._driver
    driver._speech = SimpleNamespace(getProperty=lambda _name: voices)
    driver._own_voice = "gmw/en-us"
    assert driver._voice_for(language) == name


@pytest.mark.engine
def test_the_systems_voice_speaks_german_words_in_german(tmp_path: Path) -> None:
    """On Linux espeak-ng's German voice takes more than a tenth less time for them than the English one."""
    profile = find_voice("system")
    english, german = (
        narrate(
            script_of("Ein Blatt noch, und das will nicht."), prepare_voice(in_language(profile, language), 125).voice,
            cache=ClipCache(tmp_path), rate_hz=44100,
        ).clips[0].speech_s
        for language in ("en", "de")
    )  # fmt: skip
    assert german < 0.9 * english
