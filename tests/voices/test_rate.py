"""From words per minute to an engine's setting, and back."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import RatePoint, VoiceProfile
from audio_builder.voices.rate import expected_wpm, solve_rate


def with_points(*points: tuple[float, float]) -> VoiceProfile:
    calibration = tuple(RatePoint(setting=setting, wpm=wpm) for setting, wpm in points)
    return msgspec.structs.replace(find_voice("tone"), calibration=calibration)


@given(st.sampled_from(["joe", "system", "tone"]), st.floats(105, 200))
def test_setting_and_rate_are_each_others_inverse(name: str, wpm: float) -> None:
    """The rate that is expected at the setting that was solved is the rate that was asked for."""
    voice = find_voice(name)
    solution = solve_rate(voice, wpm)
    assert expected_wpm(voice, solution.setting) == pytest.approx(wpm, rel=1e-3)
    assert solution.note == ""


def test_engines_that_stretch_time_and_engines_that_count_words_are_both_exact() -> None:
    """Between two measurements, proportion and inverse proportion are met to a fraction of a per cent."""
    assert solve_rate(with_points((2.0, 100.0), (1.0, 200.0)), 125).setting == pytest.approx(1.6, rel=1e-4)
    assert solve_rate(with_points((80.0, 100.0), (160.0, 200.0)), 125).setting == pytest.approx(100, rel=1e-4)


def test_a_rate_out_of_reach_is_the_nearest_and_says_so() -> None:
    """The voice's slowest measured rate is used, and both numbers are told."""
    slow = solve_rate(with_points((2.0, 100.0), (1.0, 200.0)), 70)
    assert (slow.setting, slow.wpm) == (2.0, 100.0)
    assert slow.note == (
        "the voice “tone” can't speak this text slower than 100 words per minute; 70 was asked for, 100 is used"
    )
    fast = solve_rate(with_points((2.0, 100.0), (1.0, 200.0)), 230)
    assert (fast.setting, fast.wpm) == (1.0, 200.0)
    assert "faster than 200" in fast.note


def test_a_voice_with_one_measurement_has_one_rate() -> None:
    """Every wish ends at that one."""
    assert solve_rate(with_points((3.0, 150.0)), 120).setting == 3.0


def test_a_prepared_voice_carries_its_rate_and_its_note() -> None:
    """`prepare_voice` gives both to whoever builds."""
    prepared = prepare_voice(find_voice("tone"), 250)
    assert prepared.voice.rate == 240
    assert "can't speak this text faster than 240" in prepared.note


def test_a_text_of_longer_words_gets_a_faster_setting() -> None:
    """By as much as its words take longer: the words a minute stay what was asked for."""
    profile = with_points((80.0, 100.0), (160.0, 200.0))
    solution = solve_rate(profile, 125, 1.2)
    assert (solution.setting, solution.wpm) == (pytest.approx(120), pytest.approx(125))
    assert solve_rate(profile, 125, 0.9).setting == pytest.approx(90)


def test_a_rate_out_of_reach_is_told_in_words_of_this_text() -> None:
    """The note names what will be heard, not what the calibration text would have been read at."""
    solution = solve_rate(with_points((80.0, 100.0), (160.0, 200.0)), 190, 1.25)
    assert solution.note.endswith("190 was asked for, 160 is used")
