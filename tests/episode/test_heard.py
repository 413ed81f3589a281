"""When each place in a phrase is heard, and cues that begin there."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import audio_builder
from audio_builder.episode.encode.audio_file import open_audio
from audio_builder.episode.phrase_times import Clause, Phrase, times_in
from audio_builder.episode.record import EpisodeRecord, phrases_of, read_record
from audio_builder.narration.clip import packed_words
from audio_builder.podcast.transcript import SRT_LINE, VTT_LINE, cues_of
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.cues import Reason, Rest, Role, Say
from audio_builder.voices.engines.base import WordStart
from audio_builder.voices.word_alignment import words_with_places
from tests.sound_helpers import Clips, speech, timeline_of
from tests.support.show_helpers import record_of

TEXT = "One two — three four five"
STARTS = (1.0, 2.0, None, 4.0, None, 5.0)


def _phrase(**changes: object) -> Phrase:
    phrase = Phrase(start_s=1.0, end_s=7.0, text=TEXT, role="prose", word_starts_s=STARTS)
    return msgspec.structs.replace(phrase, **changes)


def _at(phrase: Phrase, *words: str) -> list[float]:
    return [*times_in(phrase, [phrase.text.index(word) for word in words])]


def test_a_word_is_heard_when_the_voice_says_so():
    """A dash is heard with what follows; a word between two known ones has its share by length: a half here."""
    assert _at(_phrase(), "One", "two", "—", "three", "four", "five") == [
        1.0,
        2.0,
        4.0,
        4.0,
        pytest.approx(4.545, abs=0.001),
        5.0,
    ]


def test_a_clause_that_was_measured_goes_before_what_the_voice_says():
    """Sound is the better witness of its own beginning after a pause."""
    assert _at(_phrase(clauses=(Clause(at=TEXT.index("three"), start_s=4.2),)), "three") == [4.2]


@pytest.mark.parametrize("starts", [(), (1.0, 2.0)])
def test_without_known_words_time_is_shared_by_length(starts: tuple[float, ...]):
    """Records of earlier versions have none, and those of another splitting of words too few."""
    assert _at(_phrase(word_starts_s=starts), "three") == [pytest.approx(1 + 6 * 10 / 25)]
    old = msgspec.json.encode({"start_s": 1.0, "end_s": 7.0, "text": TEXT, "role": "prose"})
    assert msgspec.json.decode(old, type=Phrase).word_starts_s == ()


@given(st.lists(st.none() | st.floats(-9, 99), min_size=6, max_size=6), st.sampled_from([8, 20, 65]))
def test_cues_follow_each_other_whatever_a_voice_says(starts: list[float | None], width: int):
    """Times that fall or lie outside the phrase, as a foreign engine may tell them, turn no cue round."""
    cues = list(cues_of([_phrase(word_starts_s=tuple(starts))], width))
    assert all(cue.end_ms > cue.start_ms for cue in cues)
    assert all(after.start_ms >= before.start_ms for before, after in itertools.pairwise(cues))
    assert (cues[0].start_ms, max(cue.start_ms for cue in cues) <= 7000) == (1000, True)


def test_cues_inside_a_phrase_begin_with_their_words():
    """SRT lines of 8 characters, two to a cue: the second cue begins with “three”, whose time is known."""
    cues = list(cues_of([_phrase()], 8))
    assert [(cue.start_ms, cue.lines) for cue in cues] == [(1000, ("One two", "— three")), (4545, ("four", "five"))]


def test_a_phrase_is_recorded_with_its_words_in_the_episode():
    """The clip's frames count from its place on the timeline; the first word begins with the phrase."""
    clip = Clips().clip(speech(1.0, margin=2000), margin=2000)
    told = packed_words([WordStart(0, 2100), WordStart(5, 2000 + 22050)])
    clip = replace(clip, packed_words=told, spoken="Some words.")
    timeline = timeline_of([Rest(2.0, Reason.OPENING), Say("Some words.", Role.PROSE)], [clip])
    (phrase,) = phrases_of(timeline)
    assert phrase.word_starts_s == (pytest.approx(2.0), pytest.approx(2.5))


LONG = (
    "When the boats came home before the storm the harbour was so full that a child could have walked from one side of "
    "it to the other without wetting a shoe and nobody in the town remembers such an evening now."
)


def test_cues_of_the_delivered_episode_begin_with_their_sound(tmp_path: Path):
    """On the decoded MP3, where a tone begins to rise for each word: every cue inside a long phrase to 20 ms."""
    source = tmp_path / "long.txt"
    source.write_text(f"Harbour\n\n{LONG}\n", encoding="utf-8")
    recipe = make_recipe({"voice": "tone", "soundscape": {"background": "none", "bell": "none"}})
    report = audio_builder.build(source, recipe, tmp_path / "out")
    episode = Path(report.path)
    record = read_record(episode.with_suffix(".episode.json"))
    with open_audio(episode) as audio:
        sound = np.concatenate([*audio.blocks])
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)
    phrase = max(record.phrases, key=lambda phrase: len(phrase.text))
    for width in (VTT_LINE, SRT_LINE):
        inside = list(cues_of([phrase], width))[1:]
        assert inside
        for cue in inside:
            assert abs(_quietest_ms(mono, cue.start_ms) - cue.start_ms) <= 20
        # … which sharing the time by length doesn't give:
        shared = list(cues_of([msgspec.structs.replace(phrase, word_starts_s=())], width))[1:]
        assert max(abs(cue.start_ms - told.start_ms) for cue, told in zip(shared, inside, strict=True)) > 20


def _quietest_ms(mono: np.ndarray, near_ms: float) -> float:
    """Where the sound is softest within 100 ms of a time: a tone fades before the next word's begins."""
    begin, cell = round((near_ms - 100) * 44.1), 88
    levels = np.square(mono[begin : begin + 100 * cell]).reshape(-1, cell).mean(axis=1)
    return near_ms - 100 + (int(levels.argmin()) + 0.5) * cell / 44.1


def test_a_record_says_the_words_it_was_made_of():
    """A time for each word of each phrase, or none for all of them, in a record that is read again."""
    phrase = Phrase(start_s=1.0, end_s=7.0, text=TEXT, role="prose", word_starts_s=STARTS)
    record = record_of(phrases=(phrase,))
    again = msgspec.json.decode(msgspec.json.encode(record), type=EpisodeRecord)
    assert again.phrases == (phrase,)
    assert len(words_with_places(TEXT)) == len(STARTS)
