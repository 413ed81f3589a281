"""Which words aren't heard as they should be: the comparison alone, then a real recogniser on a real voice."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio_builder.audio.samples import AudioSegment, samples_from_segment, segment_from_samples
from audio_builder.narration import recogniser
from audio_builder.narration.clip_cache import ClipCache, StoredClip, decode_clip, encode_clip
from audio_builder.narration.hearing import (
    Difference,
    Hearing,
    Sounds,
    Word,
    compare,
    is_sure,
    packed_hearing,
    unpacked_hearing,
)
from audio_builder.narration.narrate import narrate
from audio_builder.narration.trim import find_speech, trim
from audio_builder.narration.workers import worker
from audio_builder.narration.workers.worker import speak_and_listen
from audio_builder.voices.engines.base import TimedSound, WordStart
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.profile import Voice
from tests.voice_helpers import ready, script_of

WORDS = (
    Word("The", ("ð", "ə")),
    Word("kettle", ("k", "æ", "t", "ə", "l")),
    Word("is", ("ɪ", "z")),
    Word("near", ("n", "ɪ", "ɹ")),
)
HEARD = {"The": "ð i", "kettle": "k æ t ə l", "is": "ɪ z", "near": "n ɪ ɹ", "lamp": "s oʊ m"}
ALL = tuple(dict.fromkeys(symbol for heard in HEARD.values() for symbol in heard.split()))


def sounds_of(*words: str, gap_s: float = 0.0) -> Sounds:
    """What a recogniser that is sure of everything hears in words, a sound each 0.1 s, with a gap before the last."""
    heard = [(symbol, word == words[-1]) for word in words for symbol in HEARD[word].split()]
    shares = np.array([[0.97 if symbol == other else 0.03 / len(ALL) for other in ALL] for symbol, _ in heard])
    starts_s = tuple(0.1 * place + gap_s * last for place, (_, last) in enumerate(heard))
    return Sounds(shares.reshape(len(heard), len(ALL)), starts_s, ALL)


@pytest.mark.parametrize(
    ("heard", "kind", "word"),
    [
        (("The", "is", "near"), "missing", "kettle"),
        (("The", "kettle", "near"), "missing", "is"),
        (("kettle", "is", "near"), "missing", "The"),
        (("The", "kettle", "kettle", "is", "near"), "doubled", "kettle"),
        (("The", "kettle", "is", "near", "near"), "doubled", "near"),
        (("kettle", "The", "is", "near"), "exchanged", "The kettle"),
        (("The", "lamp", "is", "near"), "otherwise", "kettle"),
        (("The", "kettle", "is", "lamp", "near"), "added", "near"),
        (("The", "kettle", "is", "near", "lamp", "lamp"), "added", "near"),
    ],
)
def test_a_fault_is_named_with_its_word(heard: Sequence[str], kind: str, word: str) -> None:
    """One difference for one fault."""
    (difference,) = compare(WORDS, sounds_of(*heard))
    assert (difference.kind, difference.word) == (kind, word)


def test_what_is_heard_as_it_should_be_has_no_differences() -> None:
    """With a pause at a mark, too."""
    assert compare(WORDS, sounds_of("The", "kettle", "is", "near")) == ()


def test_a_first_word_of_one_sound_is_missing_where_nothing_is_voiced_before_the_next() -> None:
    """A recogniser often doesn't hear it, but a voice is there."""
    words = (Word("A", ("ɐ",)), *WORDS[1:])
    heard = sounds_of("kettle", "is", "near")
    later = replace(heard, starts_s=tuple(start_s + 0.1 for start_s in heard.starts_s))
    found = compare(words, replace(later, voice_s=0.2))
    assert [(difference.kind, difference.word) for difference in found] == [("missing", "A")]
    assert compare(words, replace(later, voice_s=0.04)) == ()


def test_a_sound_that_two_words_share_may_be_heard_once() -> None:
    """The s of “is some”, with or without voice; a word that shares nothing more is missed all the same."""
    said = (*WORDS[:3], Word("some", ("s", "O", "m")))
    heard = sounds_of("The", "kettle", "is", "lamp")
    joined = Sounds(np.delete(heard.shares, 8, axis=0), heard.starts_s[:-1], ALL)
    assert compare(said, heard) == compare(said, joined) == ()
    (missing,) = compare(said, sounds_of("The", "kettle", "lamp"))
    assert (missing.kind, missing.word) == ("missing", "is")


def test_a_long_silence_is_a_gap_where_the_text_has_no_mark() -> None:
    """The same silence after a comma is a pause."""
    sounds = sounds_of("The", "kettle", "is", "near", gap_s=1.3)
    (gap,) = compare(WORDS, sounds)
    assert (gap.kind, gap.word, gap.at_s) == ("gap", "near", pytest.approx(2.2))
    marked = (*WORDS[:3], Word("near", WORDS[3].phonemes, after_mark=True))
    assert compare(marked, sounds) == ()


def test_nothing_heard_is_all_missing() -> None:
    """At the beginning, since there is no other time."""
    silence = Sounds(np.empty((0, len(ALL))), (), ALL)
    assert {(one.kind, one.at_s) for one in compare(WORDS, silence)} == {("missing", 0.0)}


def test_short_phrases_are_unsure() -> None:
    """A recogniser errs in them as often as the voice."""
    assert not is_sure((Word("Yes", ("j", "ɛ", "s")),))
    assert is_sure(WORDS)
    difference = Difference("missing", "Yes", 0.2)
    assert not Hearing(heard=True, sure=False, differences=(difference,)).is_wrong
    assert Hearing(heard=True, sure=True, differences=(difference,)).is_wrong


def test_a_hearing_is_kept_with_its_clip() -> None:
    """A clip's file holds it; one without is as it always was."""
    hearing = Hearing(heard=True, sure=True, differences=(Difference("gap", "near", 1.25),), takes=3)
    key = "ab" * 32
    for kept in (hearing, None):
        clip = StoredClip(100, 44100, 10, 10, b"levels", b"words", packed_hearing(kept))
        found = decode_clip(key, encode_clip(key, clip, bytes(200)))
        assert found == clip
        assert unpacked_hearing(found.hearing) == kept


@functools.cache
def lark() -> Voice:
    """The default voice, which needs no more than its packages."""
    return ready("lark", 120)


needs_recogniser = pytest.mark.skipif(
    importlib.util.find_spec("hama") is None,
    reason="hama isn't installed (pip install 'audio-builder[listen]')",
)


def heard_in(spoken: str, text: str) -> Hearing:
    """What is heard when lark says words in place of a text."""
    clip = trim(load_engine("hibari").speak(spoken, lark()), 24_000)
    return recogniser.hear_clip(clip, text, lark().profile)


TEXT = "The kettle begins to sing, and nobody in the kitchen looks up."


@needs_recogniser
@pytest.mark.engine
@pytest.mark.parametrize(
    ("spoken", "kinds"),
    [
        (TEXT, set()),
        (TEXT.replace("nobody ", ""), {"missing"}),
        (TEXT.replace("kettle", "kettle kettle"), {"doubled"}),
        (TEXT.replace("begins to", "to begins"), {"exchanged"}),
        (TEXT.replace("kitchen", "garden"), {"otherwise"}),
    ],
)
def test_faults_are_heard_in_a_real_voice(spoken: str, kinds: set[str]) -> None:
    """And none in what is said right."""
    assert {difference.kind for difference in heard_in(spoken, TEXT).differences} == kinds


@needs_recogniser
@pytest.mark.engine
def test_a_sound_that_is_cut_is_noticed_at_either_end() -> None:
    """80 ms of the speech are gone before it is trimmed."""
    text = TEXT.replace("up", "away")
    sound = load_engine("hibari").speak(text, lark())
    samples, rate_hz = samples_from_segment(sound), int(sound.frame_rate)
    first, last = find_speech(samples, rate_hz)
    off = round(0.08 * rate_hz)
    for rest, word in ((samples[first + off :], "The"), (samples[: last - off], "away")):
        hearing = recogniser.hear_clip(trim(segment_from_samples(rest, rate_hz), 24_000), text, lark().profile)
        found = {(one.kind, one.word) for one in hearing.differences}
        assert found
        assert found <= {("cut", word), ("missing", word)}  # of a short word nothing may be left


@needs_recogniser
def test_a_language_that_cannot_be_heard_is_unheard() -> None:
    """It isn't called right."""
    assert recogniser.hear(np.zeros(16_000, dtype=np.float32), "Guten Abend, gute Nacht.", "de") == Hearing()


def test_numbers_are_as_many_words_as_are_heard() -> None:
    """Each with the written word that it belongs to."""
    words = recogniser.words_to_hear("Rest for 42 breaths, then rise.", "en-US")
    assert [word.text for word in words] == ["Rest", "for", "42", "42", "breaths", "then", "rise"]
    assert [word.after_mark for word in words] == [False, False, False, False, False, True, False]


class Forgetful:
    """An engine that leaves out a word until it is asked in a certain way."""

    takes_ipa, reader = True, "misaki"

    def __init__(self, right_from: int) -> None:
        self.engine, self.right_from, self.asked = load_engine("hibari"), right_from, []

    def voices(self) -> tuple[str, ...]:
        return ()

    def fingerprint(self) -> str:
        return "forgetful"

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        self.asked.append(text)
        if len(self.asked) < self.right_from:
            text = text.replace("nobody ", "")
        sound = self.engine.speak(text, voice)
        return TimedSound(sound, (WordStart(0, 0),))


@needs_recogniser
@pytest.mark.engine
def test_a_wrong_clip_is_spoken_again_at_most_twice() -> None:
    """With another seed, then in two parts; the times of the words in the second part come after the first."""
    engine = Forgetful(right_from=2)
    _, hearing = speak_and_listen(engine, lark(), TEXT, 24_000)
    assert (hearing.takes, hearing.differences, engine.asked) == (2, (), [TEXT, TEXT])
    engine = Forgetful(right_from=3)
    clip, hearing = speak_and_listen(engine, lark(), TEXT, 24_000)
    assert (hearing.takes, hearing.differences) == (3, ())
    assert engine.asked[2:] == ["The kettle begins to sing, ", "and nobody in the kitchen looks up."]
    assert [word.at for word in clip.words] == [0, len("The kettle begins to sing, ")]
    assert clip.words[1].frame > 24_000
    engine = Forgetful(right_from=99)
    _, hearing = speak_and_listen(engine, lark(), TEXT, 24_000)
    assert (hearing.takes, [(one.kind, one.word) for one in hearing.differences]) == (3, [("missing", "nobody")])


def test_parts_are_cut_after_a_mark_else_between_words() -> None:
    """As alike in length as can be; a word alone stays."""
    assert worker._parts("Rest now, and then rise.") == ("Rest now, ", "and then rise.")
    assert worker._parts("Rest in the shade") == ("Rest in ", "the shade")
    assert worker._parts("Rest") == ("Rest",)


@needs_recogniser
@pytest.mark.engine
def test_clips_that_are_heard_are_kept_beside_those_that_are_not(tmp_path: Path) -> None:
    """Each has its own address, and what was heard comes back from the cache."""
    cache, script = ClipCache(tmp_path), script_of("The evening is long and the lamps are lit.")
    plain = narrate(script, lark(), cache=cache, rate_hz=24_000)
    heard = narrate(script, lark(), cache=cache, rate_hz=24_000, listen=True)
    again = narrate(script, lark(), cache=cache, rate_hz=24_000, listen=True)
    assert plain.clips[0].hearing is None
    assert heard.clips[0].hearing == again.clips[0].hearing == Hearing(heard=True, sure=True)
    assert (heard.synthesized, again.synthesized) == (1, 0)
    assert plain.clips[0].key != heard.clips[0].key
