"""Clauses: a long phrase is shown in parts, each when it is heard."""

from __future__ import annotations

import numpy as np
import pytest

from audio_builder.episode.phrase_times import Clause, Phrase, find_clauses
from audio_builder.narration.clip import ClipLevels
from audio_builder.podcast.transcript import SRT_LINE, VTT_LINE, cues_of

TEXT = "Before the day tells you what it needs, it is fair to ask what is already here; not what ought to be."
SECOND, THIRD = TEXT.index("it is fair"), TEXT.index("not what")


def _levels(*pieces: tuple[float, float]) -> ClipLevels:
    """Levels of a clip of pieces, each with its length in seconds and its level in dB."""
    levels_db = np.concatenate([np.full(round(long_s * 50), level_db) for long_s, level_db in pieces])
    energies = (10 ** (levels_db / 10)).astype(np.float32)
    return ClipLevels(energies, np.sqrt(energies), 0.0)


def test_a_clause_begins_when_the_sound_does_after_its_pause():
    """20 ms exactly, soft consonant included; a closure of 0.2 s within a word is no pause."""
    levels = _levels(
        (0.04, -90), (1, -20), (0.2, -90), (1, -20), (0.5, -90), (0.06, -60), (1, -20), (0.6, -90), (2, -20)
    )
    assert find_clauses(TEXT, levels, 100.0, {}) == (
        Clause(at=SECOND, start_s=pytest.approx(102.74)),
        Clause(at=THIRD, start_s=pytest.approx(104.40)),
    )


@pytest.mark.parametrize("text", ["Before the day, it is fair to ask.", "Before the day it is fair; to ask, what; is."])
def test_where_pauses_and_commas_differ_nothing_is_guessed(text: str):
    """Two pauses belong to two commas, not to one or three."""
    levels = _levels((1, -20), (0.5, -90), (1, -20), (0.6, -90), (2, -20), (0.12, -90))
    assert find_clauses(text, levels, 0.0, {}) == ()
    assert find_clauses("No comma.", levels, 0.0, {}) == ()


def test_marks_inside_words_end_no_clause():
    """A thousand and a time of the day are one word; quotes go with the clause that they close."""
    text = "One: “two,” three – four—five, 1,000 and 12:30"
    levels = _levels(*[(0.5, -20), (0.4, -90)] * 5, (1, -20))
    starts = [text[clause.at :].split(maxsplit=1)[0] for clause in find_clauses(text, levels, 0.0, {})]
    assert starts == ["“two,”", "three", "four—five,", "five,", "1,000"]


def test_cues_are_parted_where_clauses_begin():
    """SRT: each cue begins with a clause, at its time. Where two lines hold all of it, as in WebVTT, it stays whole."""
    clauses = (Clause(at=SECOND, start_s=13.0), Clause(at=THIRD, start_s=16.0))
    phrase = Phrase(start_s=10.0, end_s=18.0, text=TEXT, role="prose", clauses=clauses)
    cues = list(cues_of([phrase], SRT_LINE))
    assert [cue.start_ms for cue in cues] == [10000, 13000, 16000]
    assert [" ".join(cue.lines) for cue in cues] == [TEXT[:SECOND].strip(), TEXT[SECOND:THIRD].strip(), TEXT[THIRD:]]
    assert len(list(cues_of([phrase], VTT_LINE))) == 1
