"""From words per minute to an engine's setting, and back."""

from __future__ import annotations

import itertools
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines.tone import ToneEngine
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import Cadence, RatePoint, Voice, VoiceProfile
from audio_builder.voices.rate.cadence import density
from audio_builder.voices.rate.passage import CALIBRATION_PASSAGE
from audio_builder.voices.rate.plans import voice_density
from audio_builder.voices.rate.rates import expected_wpm, solve_rate
from tests.held_out import HELD_OUT
from tests.voice_helpers import ready


def with_points(*points: tuple[float, float]) -> VoiceProfile:
    calibration = tuple(RatePoint(setting=setting, wpm=wpm) for setting, wpm in points)
    return msgspec.structs.replace(find_voice("tone"), calibration=calibration)


@given(st.sampled_from(["lark", "joe", "system", "tone"]), st.floats(105, 200))
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


def test_longer_words_get_a_faster_setting_and_shorter_ones_a_slower() -> None:
    """The rate is solved for the text: the words a minute stay what was asked for."""
    long_words = ["Considerable determination accompanies extraordinary expectations."] * 60
    short_words = ["Sit down and let the old cup be warm in your hand for a bit."] * 60
    usual = ready("system", 140).rate
    assert ready("system", 140, long_words).rate > 1.2 * usual
    assert ready("system", 140, short_words).rate < 0.9 * usual
    assert ready("system", 140, CALIBRATION_PASSAGE).rate == usual


def test_a_text_of_a_few_words_is_judged_as_part_of_a_longer_one() -> None:
    """A title alone, whose words take long because a phrase ends slowly, isn't hurried."""
    assert density(("Be here.",), Cadence()) == 1.0
    assert density((), Cadence()) == 1.0
    assert density(("Unquestionably, extraordinarily.",) * 3, Cadence()) < 1.1


def test_a_voice_that_gives_every_word_the_same_time_needs_no_solving() -> None:
    """The tone engine's setting is words a minute whatever the words."""
    assert ready("tone", 125, ["Considerable determination, extraordinary expectations."] * 80).rate == 125


@settings(max_examples=30)
@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_text_has_a_density(texts: list[str]) -> None:
    """Numbers, symbols, other scripts or nothing: the density is a positive number."""
    assert 0.05 < density(texts, Cadence()) < 60


def test_the_rate_stays_when_one_sentence_of_sixty_is_another() -> None:
    """So the other fifty-nine clips come from the cache: the density is rounded to steps of 3 per cent."""
    texts = list(itertools.islice(itertools.cycle(HELD_OUT), 60))
    usual = density(texts, Cadence())
    for place in range(60):
        changed = [*texts[:place], "This one sentence was written quite differently this morning.", *texts[place + 1 :]]
        assert density(changed, Cadence()) == usual
    assert density([*texts, *texts], Cadence()) == usual


def test_a_rate_out_of_reach_is_told_in_words_of_this_text() -> None:
    """The note names what will be heard, not what the passage would have been read at."""
    long_words = ["Considerable determination accompanies extraordinary expectations."] * 60
    prepared = prepare_voice(find_voice("joe"), 200, long_words)
    reached = prepared.voice.profile.calibration[-1].wpm / density(long_words, Cadence())
    assert prepared.note.endswith(f"200 was asked for, {reached:.0f} is used")


class Foretelling(ToneEngine):
    """Plans three seconds for each word of a phrase with a lute in it, one for others; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def planned_s(self, text: str, voice: Voice) -> float:
        self.asked += 1
        return 3.0 * len(text.split()) if "lute" in text else 1.0 * len(text.split())


def test_the_rate_is_solved_from_the_engines_own_plan_where_it_has_one(own_cache: Path) -> None:
    """It is asked once for each phrase, the next build asks for new ones alone; a damaged file is made anew."""
    engine, voice = Foretelling(), ready("tone")
    voice = msgspec.structs.replace(voice, profile=msgspec.structs.replace(voice.profile, ending_s=0.0))
    texts = ["one two three four five lute"] * 60 + ["one two three four five six"] * 60
    assert voice_density(texts, voice, engine) == pytest.approx(2.0, rel=0.02)
    assert engine.asked == len(CALIBRATION_PASSAGE) + 2
    again = Foretelling()
    assert voice_density([*texts, "This is new."], voice, again) == pytest.approx(2.0, rel=0.02)
    assert again.asked == 1
    (kept,) = own_cache.glob("plans/*")
    kept.write_bytes(kept.read_bytes()[:-3])
    assert voice_density(texts, voice, again) == pytest.approx(2.0, rel=0.02)
    assert again.asked == 1 + len(CALIBRATION_PASSAGE) + 2


def test_plans_that_cant_be_kept_are_made_again(own_cache: Path) -> None:
    """A cache that can't be written stops nothing."""
    (own_cache / "plans").write_text("in the way")
    engine = Foretelling()
    assert voice_density(["one lute"] * 200, ready("tone"), engine) > 2
    assert voice_density((), ready("tone"), engine) == 1.0
