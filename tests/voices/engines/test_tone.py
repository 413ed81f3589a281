"""The shipped fake engine."""

from __future__ import annotations

import hashlib

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.errors import EngineFailed, VoiceError
from audio_builder.narration.trim import trim
from audio_builder.script.phrases import count_words
from audio_builder.voices.engines.base import Engine
from audio_builder.voices.engines.registry import engine_names, load_engine
from audio_builder.voices.engines.tone import ToneEngine
from tests.voice_helpers import ready, word_at


@given(
    st.lists(
        st.sampled_from(["stay", "here,", "softly;", "evening", "—", "river’s", "42", "hush?"]), min_size=1, max_size=40
    )
)
def test_it_speaks_at_exactly_the_rate_it_is_set_to(tokens: list[str]) -> None:
    """Words divided by sound, pauses at commas included, is the setting."""
    text = " ".join(tokens)
    words = count_words(text)
    if words:
        sound = ToneEngine().speak(text, ready("tone", 125))
        assert sound.frame_count() - 2 * 4410 == pytest.approx(words * 60 / 125 * 44100, abs=1)


def test_it_tells_its_words_to_a_frame():
    """Each begins where a tone begins to rise: the frame before is 0 and within 2 ms there is sound."""
    text = "Sea shells; “old” boats — 1,000 of them, all at rest."
    told = ToneEngine().speak_timed(text, ready("tone", 125))
    pcm = np.abs(np.frombuffer(told.sound.raw_data, "<i2").astype(int))
    assert [word_at(text, word.at) for word in told.words] == [word for word in text.split() if word != "—"]
    for word in told.words:
        assert pcm[word.frame - 1] <= 30
        assert pcm[word.frame : word.frame + 88].max() > 30
        assert pcm[word.frame : word.frame + 4410].max() > 1000


def test_it_gives_the_same_bytes_on_every_machine() -> None:
    """The hash of a sentence's samples is written down here."""
    sound = ToneEngine().speak("Have you noticed, lately, how softly the evening arrives?", ready("tone", 125))
    assert (
        hashlib.sha256(sound.raw_data).hexdigest() == "5cf622895630c96190290777f5041ecb28cf6833ea679cb5982774102bdf206b"
    )


@pytest.mark.parametrize("text", ["Hush.", "A", "Sea, shell, fish; hhh.", "Is it?", "日本語", "a " * 400])
def test_its_sound_is_trimmed_like_speech(text: str) -> None:
    """What the trimmer finds is what was planned, to 30 ms; its peak leaves room below full scale."""
    sound = ToneEngine().speak(text, ready("tone", 125))
    assert trim(sound, 44100).speech_s == pytest.approx(count_words(text) * 0.48, abs=0.03)
    assert 0.1 < sound.max / 32768 < 0.9


def test_a_text_without_words_is_refused() -> None:
    """There is nothing to speak in three dots."""
    with pytest.raises(EngineFailed, match="no word to speak in “…”"):
        ToneEngine().speak("…", ready("tone"))


def test_the_shipped_engines_are_found_by_their_entry_points() -> None:
    """Built-ins are registered like a third party's, and each keeps the contract."""
    assert {"piper", "system", "tone"} <= set(engine_names())
    for name in ("piper", "system", "tone"):
        assert isinstance(load_engine(name), Engine)


def test_an_unknown_engine_is_answered_with_the_known_ones() -> None:
    """The error lists what is installed."""
    with pytest.raises(VoiceError, match="“sing”; the engines are: hibari, kokoro, piper, recorded, system, tone"):
        load_engine("sing")


def test_two_voices_differ_only_by_what_they_are_told() -> None:
    """The name of the profile isn't in the sound."""
    voice = ready("tone")
    renamed = msgspec.structs.replace(voice, profile=msgspec.structs.replace(voice.profile, name="other"))
    assert ToneEngine().speak("Words.", voice).raw_data == ToneEngine().speak("Words.", renamed).raw_data
