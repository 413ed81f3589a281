"""Pronunciations: from the file to the sound, with the written form kept."""

from __future__ import annotations

import re
import wave
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from audio_builder.cli.main import run
from audio_builder.errors import EmptySource, RecipeError
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines.base import Engine
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START, apply_lexicon, read_lexicon, shipped_lexicon
from tests.voice_helpers import script_of

LEXICON = {"Thich Nhat": "tick not", "Thich": ("/tɪk/", "tick"), "tao": "dow", "Reading": "redding", "qi": "/tʃi/"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Thich went.", "tick went."),
        ("Thich Nhat went.", "tick not went."),
        ("thich", "thich"),
        ("Tao, TAO and tao's", "dow, dow and dow's"),
        ("taoist, Thichs", "taoist, Thichs"),
        ("Reading in Reading, reading", "redding in redding, reading"),
        ("qi", "qi"),
        (f"a {IPA_START}b{IPA_END}", "a b"),
    ],
)
def test_whole_words_are_replaced_with_care_for_capitals(written: str, said: str) -> None:
    """Longest first; an entry with a capital only where it is written so; IPA only for engines that take it."""
    assert apply_lexicon(written, LEXICON, ipa=False) == said


def test_an_engine_that_takes_ipa_gets_it() -> None:
    """Marked off from the words around it."""
    assert apply_lexicon("Thich, qi.", LEXICON, ipa=True) == f"{IPA_START}tɪk{IPA_END}, {IPA_START}tʃi{IPA_END}."


def test_words_of_the_genre_come_with_their_pronunciation() -> None:
    """At least 80, each in IPA and as a respelling, for English alone."""
    shipped = shipped_lexicon("en-GB")
    assert len(shipped) >= 80
    assert all(len(ways) == 2 and ways[0].startswith("/") and not ways[1].startswith("/") for ways in shipped.values())
    assert apply_lexicon("Namaste, NIDRA, Nidra 5 mm", shipped, ipa=False) == "nahmustay, niddra, niddra 5 mm"
    assert shipped_lexicon("de") == {}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("Thich = 3", "is malformed"),
        ('Thich = ""', "both need a letter or a digit"),
        ('"…" = "dots"', "both need a letter or a digit"),
        ("Thich = []", "both need a letter or a digit"),
        ("Thich tick", "is not valid TOML"),
    ],
)
def test_a_wrong_lexicon_says_what_is_wrong(tmp_path: Path, content: str, complaint: str) -> None:
    """With its file, before anything is spoken."""
    path = tmp_path / "words.toml"
    path.write_text(content)
    with pytest.raises(RecipeError, match=complaint) as caught:
        read_lexicon(path)
    assert "words.toml" in caught.value.message
    with pytest.raises(RecipeError, match="can't read the lexicon"):
        read_lexicon(tmp_path / "none.toml")


def test_a_new_pronunciation_speaks_only_the_phrases_that_have_the_word(tmp_path: Path) -> None:
    """It is part of the clip's key; the phrase stays as written."""
    script, cache = script_of("The tao is here.", "It is evening."), ClipCache(tmp_path)

    def spoken(lexicon: dict[str, str | tuple[str, ...]]) -> int:
        voice = prepare_voice(find_voice("tone"), 125, lexicon).voice
        narration = narrate(script, voice, cache=cache, rate_hz=44100)
        assert narration.clips[0].say.text == "The tao is here."
        return narration.synthesized

    assert [spoken({}), spoken({"tao": "dow"}), spoken({"tao": "dow", "sea": "c"}), spoken({})] == [2, 1, 0, 0]


@pytest.mark.engine
def test_joe_says_ipa(tmp_path: Path) -> None:
    """A word given in IPA sounds as one that is spelled so, and brackets of an article stay words."""
    from audio_builder.voices.engines.piper import PiperEngine, _pieces, _readable
    from audio_builder.voices.spoken.normalize import spoken_text

    engine = PiperEngine()
    voice = prepare_voice(find_voice("joe"), 125, {"Qzx": "/ˈɹɪvɚ/"}).voice
    text = spoken_text("The Qzx is wide.", voice, engine)
    assert [*map(_readable, _pieces(text))] == ["The [[ˈɹɪvɚ]] is wide."]
    given, spelled = (engine.speak(words, voice) for words in (text, "The river is wide."))
    assert len(given) == pytest.approx(len(spelled), rel=0.1)
    assert len(given) < 0.8 * len(engine.speak("The Qzx is wide.", voice))
    assert [*map(_readable, _pieces(spoken_text("[[x]]", voice, engine)))] == ["[ [x] ]"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Dr. Rilke met Ven. Ajahn and Fr. Merton.", "Doctor * met Venerable * and Father *."),
        ("T. S. Eliot, R.M. Rilke, Rainer M. Rilke", "T S *, R M *, * M *"),
        ("J. Krishnamurti asked; P. Yogananda sang.", "J * asked; P * sang."),
        ("Mr. Merton Jr. lives in Basho St. now.", "Mister * Junior lives in * Street now."),
        ("Plan B. Namaste to you.", "Plan B. * to you."),
    ],
)
def test_a_name_of_the_lexicon_is_a_name(written: str, said: str) -> None:
    """Titles and initials before it lose their full stops: an engine would rest there for half a second."""
    from audio_builder.voices.spoken.normalize import spoken_text

    voice = prepare_voice(find_voice("lark"), 125).voice
    engine = SimpleNamespace(takes_ipa=True, reader="misaki")
    spoken = spoken_text(written, voice, cast("Engine", engine))
    assert re.sub(f"{IPA_START}.*?{IPA_END}", "*", spoken) == said


def test_a_few_words_can_be_tried(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`voices say` writes a WAV file that lasts as long as the words, and prints its path."""
    words, lexicon = tmp_path / "said.wav", tmp_path / "words.toml"
    lexicon.write_text('tao = "one two three four five"')
    arguments = ["voices", "say", "The tao.", "--voice", "tone", "--wpm", "120", "-o", str(words)]
    assert run(arguments) == 0
    assert capfd.readouterr().out == f"{words}\n"
    with wave.open(str(words)) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (1, 44100)
        assert sound.getnframes() / 44100 == pytest.approx(2 * 0.5 + 0.16, abs=0.03)
    assert run([*arguments, "--lexicon", str(lexicon)]) == 0
    with wave.open(str(words)) as sound:
        assert sound.getnframes() / 44100 == pytest.approx(6 * 0.5 + 0.16, abs=0.03)
    assert run(["voices", "say", "…", "--voice", "tone", "-o", str(words)]) == EmptySource.exit_code


def test_a_try_never_takes_the_place_of_a_text(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`voices say -o` takes only a name that ends in .wav; the message has one that would do."""
    text = tmp_path / "article.md"
    text.write_text("Nothing is lost.")
    assert run(["voices", "say", "Tao.", "--voice", "tone", "-o", str(text)]) == 2
    assert "call it “article.wav”" in capfd.readouterr().err
    assert text.read_text() == "Nothing is lost."
