"""The matrix of builds: a small part of what scripts/matrix.py runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from audio_builder.recipe.settings import BACKGROUNDS, PACING_PRESETS
from scripts.matrix import VOICES, Outcome, cases, run


def test_the_matrix_has_everything_once_at_least() -> None:
    """Thirty builds: every background, voice and pacing, mono and stereo, and one of an hour."""
    found = cases()
    assert len(found) == 30
    assert {case.background for case in found} == set(BACKGROUNDS)
    assert {case.voice for case in found} == set(VOICES)
    assert {case.preset for case in found} == PACING_PRESETS.keys()
    assert {case.channels for case in found} == {1, 2}
    assert max(case.sentences for case in found) > 500
    assert not [case for case in found if case.background == "binaural" and case.channels == 1]


@pytest.mark.parametrize(("lufs", "dbtp", "apart", "ok"), [(-16.5, -1.0, 20.0, True), (-16.6, -1.0, 20.0, False)])
def test_an_outcome_is_held_to_the_standard(lufs: float, dbtp: float, apart: float, ok: bool) -> None:
    """Half an LU, −1 dBTP and 20 dB are allowed, and nothing beyond."""
    outcome = Outcome(20.0, lufs, dbtp, apart)
    assert outcome.ok is ok
    assert not dataclasses.replace(outcome, dbtp=-0.9).ok
    assert not dataclasses.replace(outcome, separation_db=19.9).ok
    assert dataclasses.replace(outcome, separation_db=None).ok is ok


@pytest.mark.parametrize("background", ["ocean", "binaural"])
def test_short_builds_meet_the_standard_by_another_meter(tmp_path: Path, background: str) -> None:
    """The matrix's own builds of a few sentences land at −16 ± 0.5 LUFS by ffmpeg's meter, with 20 dB of separation."""
    case = next(case for case in cases() if case.background == background)
    outcome = run(dataclasses.replace(case, voice="tone", sentences=2), tmp_path)
    assert outcome.ok, outcome
    assert outcome.separation_db is not None
