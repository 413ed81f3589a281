"""Measuring a voice's rates, and keeping them with it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import msgspec
import pytest

from audio_builder.cli.main import run
from audio_builder.errors import VoiceError
from audio_builder.narration import calibration
from audio_builder.narration.calibration import calibrate
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.progress import Step
from audio_builder.voices.catalogue import find_voice, read_profile
from audio_builder.voices.profile import RatePoint, VoiceProfile
from tests.conftest import ROOT

PASSAGE = ("The light on the water.", "Nothing more is asked of you this morning.", "Rest.")


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, with a profile whose rates are wrong and which has a comment."""
    monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path))
    (tmp_path / "voices").mkdir()
    shipped = (ROOT / "voices" / "tone.toml").read_text(encoding="utf-8")
    mine = shipped.replace('name = "tone"', 'name = "mine"  # my own').replace("wpm = 240.0", "wpm = 200.0")
    (tmp_path / "voices" / "mine.toml").write_text(mine, encoding="utf-8")
    return tmp_path


def with_points(*points: tuple[float, float]) -> VoiceProfile:
    calibration = tuple(RatePoint(setting=setting, wpm=wpm) for setting, wpm in points)
    return msgspec.structs.replace(find_voice("tone"), calibration=calibration)


def test_what_is_measured_is_what_the_engine_speaks(tmp_path: Path) -> None:
    """Whatever the profile said before; the tone engine's setting is its words per minute."""
    measured = calibrate(with_points((100, 50), (200, 290)), ClipCache(tmp_path), text=PASSAGE)
    assert [point.setting for point in measured] == [100, 200]
    assert [point.wpm for point in measured] == pytest.approx([100, 200], rel=0.02)


def test_a_stopped_measurement_goes_on_where_it_was(tmp_path: Path) -> None:
    """Ctrl-C loses no clip; the progress counts them over all settings."""
    profile, cache = with_points((100, 100), (200, 200)), ClipCache(tmp_path)

    def stop(step: Step) -> None:
        if step.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(profile, cache, stop, PASSAGE)
    assert len(list(tmp_path.rglob("*.flac"))) >= 4
    steps: list[Step] = []
    calibrate(profile, cache, steps.append, PASSAGE)
    assert (steps[0].done, steps[-1].done, steps[-1].total) == (3, 6, 6)
    assert len(list(tmp_path.rglob("*.flac"))) == 6


def test_settings_that_dont_make_a_voice_faster_are_refused(tmp_path: Path) -> None:
    """With the numbers: such points could not be interpolated."""
    with pytest.raises(VoiceError, match=r"don't rise with its settings: [12]\d\d\.\d at 200, \d+\.\d at 100"):
        calibrate(with_points((200, 100), (100, 200)), ClipCache(tmp_path), text=PASSAGE)


def test_rates_are_kept_in_the_users_profile_with_its_comments(
    own_data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """And the command says how far off the old ones were."""
    path = own_data / "voices" / "mine.toml"
    before = path.read_text(encoding="utf-8")
    assert run(["voices", "calibrate", "mine"]) == 0
    told = capfd.readouterr().out
    assert f"mine: measured at 2 settings, kept in {path}" in told
    assert "words per minute at 60 (as before)" in told
    assert "words per minute at 240 (the profile said 200.0, -16.6 %)" in told
    assert read_profile(path).calibration[1].wpm == pytest.approx(240, rel=0.01)
    assert path.read_text(encoding="utf-8").replace("wpm = 239.9", "wpm = 200.0") == before


def test_a_profile_of_an_installed_package_gets_a_copy_in_the_data_folder(
    own_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package's own file stays as it was; the copy is the voice from then on."""
    package = tmp_path / "site-packages" / "profiles"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "voices" / "heart.toml", package)
    monkeypatch.setattr(calibration, "profile_path", lambda name: package / f"{name}.toml")
    points = (RatePoint(setting=0.5, wpm=101.0), RatePoint(setting=1.0, wpm=202.0))
    target = calibration.store_calibration("heart", points)
    assert target == own_data / "voices" / "heart.toml"
    assert (package / "heart.toml").read_bytes() == (ROOT / "voices" / "heart.toml").read_bytes()
    assert find_voice("heart").calibration == points


def test_only_the_rates_of_this_system_are_measured(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a profile says of another system stays as it was."""
    folder = own_data / "voices"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evening.toml").write_text(
        'name = "evening"\nengine = "system"\nlanguage = "en"\ndescription = "a test"\nlicence = "CC0-1.0"\n'
        "[[calibration]]\nsetting = 100\nwpm = 120.0\n"
        '[[calibration]]\nplatform = "darwin"\nsetting = 150\nwpm = 150.0\n'
    )
    calibration.store_calibration("evening", (RatePoint(setting=100, wpm=130.0),))
    assert [point.wpm for point in find_voice("evening").calibration] == [130.0]
    monkeypatch.setattr(sys, "platform", "darwin")
    assert [point.wpm for point in find_voice("evening").calibration] == [150.0]


def test_a_blend_cant_be_measured(own_data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It has no profile; its rates follow from its voices'."""
    assert run(["voices", "calibrate", "heart:0.7+michael:0.3"]) == VoiceError.exit_code
    assert "a blend has no profile to store rates in" in capfd.readouterr().err
