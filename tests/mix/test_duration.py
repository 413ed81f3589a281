"""`--duration`: the delivered episode is that long, or nothing is encoded and the range is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import audio_builder
from audio_builder.cli.main import run
from audio_builder.cli.option_values import seconds_of
from audio_builder.errors import RecipeError
from audio_builder.mix.arrange import arrange
from audio_builder.mix.fit_duration import TimedScript, fit_duration
from audio_builder.preflight import check_everything
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.from_document import make_script, read_document
from tests import instruments
from tests.conftest import ROOT
from tests.voice_helpers import rates_of

SHORT = ROOT / "examples" / "one-quiet-minute.md"


def recipe(duration_s: float, **pacing: float | str):
    return make_recipe({"voice": "tone", "pacing": {"duration_s": duration_s, **pacing}})


def timed_script(duration_s: float, folder: Path) -> TimedScript:
    """The short example, as long as that."""
    chosen = recipe(duration_s)
    plan = check_everything(make_script(read_document(SHORT), chosen), chosen, folder)
    rates = rates_of(plan)
    return fit_duration(plan.script, plan.recipe, rates.narrate, rates.reached_wpm)


def reach(folder: Path, wanted_s: float, **pacing: float | str) -> tuple[int, int]:
    """The range that a refusal names, in seconds."""
    with pytest.raises(RecipeError) as refused:
        audio_builder.build(SHORT, recipe(wanted_s, **pacing), folder)
    first, last = re.search(r"from (\d+:\d\d) to (\d+:\d\d)", refused.value.message).groups()
    return round(seconds_of(first)), round(seconds_of(last))


def test_an_episode_is_as_long_as_it_was_asked_to_be(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The decoded MP3 has exactly the frames of the wanted duration, and the report says how that was met."""
    options = ["-o", str(tmp_path), "--voice", "tone", "--duration", "1m35.5s"]
    assert run(["build", str(SHORT), *options, "--json"]) == 0
    printed = capfd.readouterr()
    report = json.loads(printed.out)
    samples, rate_hz = instruments.decoded(Path(report["path"]))
    assert len(samples) == round(95.5 * rate_hz)
    assert report["duration"] == {
        "asked_s": 95.5, "pauses_scale": pytest.approx(1.2, abs=0.4), "wpm": 125.0
    }  # fmt: skip
    assert re.search(r"^Length 1:36 as you asked; pauses \d\d % longer\.$", printed.err, re.MULTILINE)


def test_the_whole_promised_range_can_be_met_and_a_second_more_can_not(tmp_path: Path):
    """Both ends of the range that a refusal names are met, by a step of the rate; what is beyond is refused."""
    shortest, longest = reach(tmp_path, 140)
    assert list(tmp_path.iterdir()) == []
    for wanted in (shortest, longest):
        timed = timed_script(wanted, tmp_path)
        assert arrange(timed.script, timed.narration, recipe(wanted).soundscape).seconds == wanted
        assert timed.wpm == pytest.approx(125 * (1.08 if wanted == shortest else 1 / 1.08), rel=0.03)
    for beyond in (shortest - 3, longest + 3):
        with pytest.raises(RecipeError, match="can't be"):
            timed_script(beyond, tmp_path)


def test_limits_are_settings(tmp_path: Path):
    """With pauses that may not grow and a rate that may not change, the range ends at the usual length."""
    usual = timed_script(0, tmp_path)
    seconds = arrange(usual.script, usual.narration, recipe(0).soundscape).seconds
    assert reach(tmp_path, 95, most_share=1, rate_share=0)[1] == int(seconds)


def test_what_no_voice_could_meet_is_refused_before_a_word_is_spoken(tmp_path: Path, own_cache: Path):
    """An hour for a minute's text is refused with the range, a hint in plain words, and nothing spoken."""
    with pytest.raises(RecipeError) as refused:
        audio_builder.build(SHORT, recipe(3600), tmp_path)
    assert re.fullmatch(
        r"the episode can't be 1:00:00 long: with these words and this pacing it can be from about "
        r"\d:\d\d to about \d:\d\d",
        refused.value.message,
    )
    assert "--pacing spacious" in refused.value.hint
    assert [path for path in own_cache.rglob("*") if path.is_file()] == []
    with pytest.raises(RecipeError) as refused:
        audio_builder.build(SHORT, recipe(5), tmp_path)
    assert "--pacing reading" in refused.value.hint


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("15m", 900), ("15min", 900), ("1h5m", 3900), ("1:02:03", 3723), ("7:30", 450), ("90", 90), ("90s", 90),
     ("1.5 h", 5400), ("2m 30", 150), ("", None), ("soon", None), ("m", None), ("-5", None), ("5 kg", None)],
)  # fmt: skip
def test_a_length_is_typed_as_people_type_it(typed: str, seconds: float | None):
    """Hours, minutes and seconds with their letters, a clock, or plain seconds; anything else is none."""
    assert seconds_of(typed) == seconds


def test_a_wrong_length_says_what_may_be_written(capfd: pytest.CaptureFixture[str]):
    """`--duration soon` is a wrong command line, with examples of right ones."""
    assert run(["build", str(SHORT), "--duration", "soon"]) == 2
    assert "'soon' is not a length; write it as 15m, 1h5m, 15:00 or 900 (seconds)" in capfd.readouterr().err
