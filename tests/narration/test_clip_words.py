"""Words of a clip: moved with its trimming, kept in the cache, and carried over to the words as written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from audio_builder.audio.samples import segment_from_samples
from audio_builder.narration.clip import carried_over, packed_words, unpacked_words
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.trim import LEAD_S, sound_from, trim
from audio_builder.narration.workers.pool import Pool
from audio_builder.voices.engines.base import WordStart, WordTimer
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.spoken.normalize import normalize
from tests.sound_helpers import noise
from tests.voice_helpers import ready, script_of, word_at

RATE = 22050


def _sound(*pieces: tuple[float, float]) -> np.ndarray:
    """Noise in pieces, each with its seconds and its level."""
    return np.concatenate([noise(round(s * RATE), 1, level=level)[:, 0] for s, level in pieces])


def _words(text: str) -> tuple[WordStart, ...]:
    """Every word of a text; its frame is its place."""
    return tuple(WordStart(at, at) for at, character in enumerate(text) if at == 0 or text[at - 1] == " ")


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000])
def test_words_move_with_the_sound(rate_hz: int):
    """Half a second of silence is cut off before the first word; the second one comes 1 s after it, at any rate."""
    spoken = segment_from_samples(_sound((0.5, 0), (2, 0.1), (0.5, 0)), RATE)
    told = (WordStart(0, round(0.5 * RATE)), WordStart(4, round(1.5 * RATE)))
    first, second = trim(spoken, rate_hz, told).words
    assert first.frame / rate_hz == pytest.approx(LEAD_S, abs=0.006)
    assert second.frame / rate_hz == pytest.approx(LEAD_S + 1, abs=0.006)
    # … and into silence that had to be added.
    at_once = trim(segment_from_samples(_sound((2, 0.1)), RATE), rate_hz, (WordStart(0, 0), WordStart(4, RATE)))
    assert at_once.words[1].frame / rate_hz == pytest.approx(LEAD_S + 1, abs=0.003)


def test_no_word_begins_in_a_pause():
    """An engine that lays a word's beginning 0.3 s into the pause before is corrected, to what lips stay closed for."""
    sound = _sound((0.1, 0), (0.8, 0.1), (0.6, 0), (1.0, 0.1), (0.2, 0))
    told = (WordStart(0, 0), WordStart(4, round(1.2 * RATE)), WordStart(8, round(1.47 * RATE)), WordStart(12, 2 * RATE))
    words = trim(segment_from_samples(sound, RATE), RATE, told).words
    seconds = [word.frame / RATE - LEAD_S for word in words]
    assert seconds == [0, pytest.approx(1.34, abs=0.006), pytest.approx(1.37, abs=0.006), pytest.approx(1.9, abs=0.006)]
    assert sound_from(np.zeros(3, np.float32), RATE, [1]) == [1]


def test_words_beyond_the_sound_stay_within_it():
    """Whatever an engine of somebody else's says."""
    spoken = segment_from_samples(_sound((0.2, 0), (1, 0.1), (0.2, 0)), RATE)
    clip = trim(spoken, RATE, (WordStart(0, -5), WordStart(3, 10**9)))
    assert [word.frame for word in clip.words] == [clip.lead_frames, clip.frames - clip.tail_frames]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("In 1984 we left.", ["In", "1984", "we", "left."]),
        (
            "Chapter IV begins on 3 March 1921 at dusk.",
            ["Chapter", "IV", "begins", "on", "3", "March", "1921", "at", "dusk."],
        ),
        ("It cost $5 then.", ["It", "cost", "$5", "then."]),
        ("NOW REST (HERE), be still.", ["NOW", "REST", "(HERE),", "be", "still."]),
        ("Dr. Lee rose 🌿 at 6 a.m. and sat.", ["Dr.", "Lee", "rose", "at", "6", "a.m.", "and", "sat."]),
        ("Nothing here changes.", ["Nothing", "here", "changes."]),
    ],
)
def test_words_as_written_are_found_where_they_are_spoken_otherwise(written: str, known: list[str]):
    """What follows a number has its own time again; of words that differ, only the first is known."""
    spoken = normalize(written, "en")
    found = carried_over(_words(spoken), spoken, written)
    assert [word_at(written, word.at) for word in found] == known
    for word in found:
        if (as_written := word_at(written, word.at)) in spoken.split():
            assert word_at(spoken, word.frame) == as_written


def test_accents_may_be_written_in_two_ways():
    """An engine gets composed characters."""
    written = "Cafe\u0301 noir"
    assert carried_over(_words("Café noir"), "Café noir", written) == (WordStart(0, 0), WordStart(6, 5))


def test_what_is_kept_is_what_was_found(tmp_path: Path):
    """Spoken by two workers, by one, or found in the cache: the same words at the same frames, and the same bytes."""
    texts = [f"Number {number}, said slowly; and a few words more." for number in range(1, 5)]
    voice = ready("tone", 125)
    kept = ClipCache(tmp_path / "one")
    with Pool(workers=1) as one:
        alone = narrate(script_of(*texts), voice, cache=kept, rate_hz=44100, pool=one)
    again = narrate(script_of(*texts), voice, cache=kept, rate_hz=44100)
    with Pool(workers=2) as two:
        together = narrate(script_of(*texts), voice, cache=ClipCache(tmp_path / "two"), rate_hz=44100, pool=two)
    words = [clip.words(clip.say.text) for clip in alone.clips]
    assert [len(found) for found in words] == [9] * 4
    assert [clip.words(clip.say.text) for clip in again.clips] == words
    assert [clip.words(clip.say.text) for clip in together.clips] == words
    hashes = [hashlib.sha256(kept.path_of(clip.key).read_bytes()).digest() for clip in alone.clips]
    two = ClipCache(tmp_path / "two")
    assert [hashlib.sha256(two.path_of(clip.key).read_bytes()).digest() for clip in together.clips] == hashes


def test_an_entry_without_words_is_made_again(tmp_path: Path):
    """One that an earlier version left: the same input must give the same transcript, whatever is in the cache."""
    cache, voice = ClipCache(tmp_path), ready("tone", 125)
    (clip,) = narrate(script_of("Be here now."), voice, cache=cache, rate_hz=44100).clips
    entry = cache.path_of(clip.key)
    whole = entry.read_bytes()
    entry.write_bytes(whole.replace(b"abclip05", b"abclip04", 1))
    narration = narrate(script_of("Be here now."), voice, cache=cache, rate_hz=44100)
    assert (narration.synthesized, entry.read_bytes()) == (1, whole)
    assert len(narration.clips[0].words("Be here now.")) == 3


def test_words_are_packed_and_unpacked():
    """Also none."""
    words = (WordStart(0, 1764), WordStart(70000, 2**31))
    assert unpacked_words(packed_words(words)) == words
    assert unpacked_words(packed_words(())) == ()


@pytest.mark.parametrize("name", ["piper", "kokoro", "system", "tone"])
def test_our_engines_tell_their_words(name: str):
    """They have the attribute by which that is known, and so are asked."""
    assert isinstance(load_engine(name), WordTimer)
