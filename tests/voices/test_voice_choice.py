"""A text is read by a voice of its language, or not at all."""

from __future__ import annotations

import pytest

from audio_builder.errors import VoiceError
from audio_builder.preflight import prepare_voices
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import ChapterStart, Role, Say, Script, Speaker
from audio_builder.voices import voice_choice
from audio_builder.voices.catalogue import list_voices
from audio_builder.voices.languages import primary
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.voice_choice import VoiceChoice, choose_voice, voices_of


def only(monkeypatch: pytest.MonkeyPatch, *ready: str, system: bool = False) -> None:
    """Let these voices be installed, and no others."""

    def is_ready(profile: VoiceProfile) -> bool:
        return profile.name in ready

    monkeypatch.setattr(voice_choice, "_is_ready", is_ready)
    monkeypatch.setattr(voice_choice, "_system_speaks", lambda _language: system)


@pytest.mark.parametrize("language", ["", "en", "en-GB"])
def test_english_is_read_by_lark(language: str) -> None:
    """Also where the language isn't known."""
    assert choose_voice(language) == VoiceChoice("lark")


@pytest.mark.parametrize(
    ("language", "ready", "name"),
    [("es", ("alex", "lark", "sara"), "alex"), ("pt", ("alex-pt", "dora"), "alex-pt"), ("ja-JP", ("kumo",), "kumo")],
)
def test_an_installed_voice_of_the_language_reads(
    monkeypatch: pytest.MonkeyPatch, language: str, ready: tuple[str, ...], name: str
) -> None:
    """Whatever else is there."""
    only(monkeypatch, *ready, system=True)
    assert choose_voice(language) == VoiceChoice(name)


def test_without_one_the_system_reads_with_a_word_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The note names a better voice."""
    only(monkeypatch, "lark", system=True)
    choice = choose_voice("es")
    assert choice.name == "system"
    assert "audio-builder voices install dora (or alex)" in choice.note
    assert "voices search de" in choose_voice("de").note


def test_without_any_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never by a voice of another language; the message names what to install."""
    only(monkeypatch, "lark", "heart", "dora")
    with pytest.raises(VoiceError, match="no voice on this machine speaks fr") as caught:
        choose_voice("fr")
    assert "audio-builder voices install siwis" in caught.value.hint


@pytest.mark.parametrize("language", ["es", "fr", "it", "pt", "hi", "ja", "zh"])
def test_every_language_of_kokoro_has_a_voice(language: str) -> None:
    """German has none."""
    assert all(primary(found.language) == language for found in voices_of(language).values())
    assert voices_of(language)
    assert not [voice for voice in list_voices() if voice.engine == "kokoro" and primary(voice.language) == "de"]


def test_a_marked_passage_is_read_by_a_voice_of_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice that a mark names is kept."""
    monkeypatch.setattr("audio_builder.preflight.choose_voice", lambda _language: VoiceChoice("system"))
    says = (
        Say("One.", Role.PROSE),
        Say("Deux.", Role.PROSE, language="fr"),
        Say("Trois.", Role.PROSE, "tone", language="fr"),
    )
    script = Script("", "", "", "en", "", "", (ChapterStart("One"), *says))
    narrator, others = prepare_voices(script, Recipe(voice="lark"))
    assert narrator.name == "lark"
    assert {part: found.name for part, found in others.items()} == {
        Speaker(language="fr"): "system",
        Speaker("tone", language="fr"): "tone",
    }
    assert others[Speaker(language="fr")].voice.profile.language == "fr"


def test_what_is_chosen_is_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passage in the narrator's own language stays with the narrator."""
    monkeypatch.setattr("audio_builder.preflight.choose_voice", lambda _language: VoiceChoice("tone", "a word"))
    script = Script("", "", "", "de", "", "", (ChapterStart("Eins"), Say("Eins.", Role.PROSE)))
    narrator, others = prepare_voices(script, Recipe())
    assert (narrator.name, narrator.language_note, others) == ("tone", "a word", {})
