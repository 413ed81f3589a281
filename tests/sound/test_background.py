"""Every background: seamless, steady, wide, free of DC, the same each time, and as the documentation says."""

from __future__ import annotations

import functools
import importlib.util
import math
import re
import sys
from types import ModuleType

import numpy as np
import pytest

from audio_builder.audio.samples import Samples
from audio_builder.errors import RecipeError, SoundError
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import BACKGROUNDS, Soundscape
from audio_builder.sound.background import check_background, open_bed
from audio_builder.sound.bed import REFERENCE_DBFS, Bed, BedFormat
from audio_builder.sound.beds.drone import root_hz
from audio_builder.sound.noise import FIRST_FRAMES, SECOND_FRAMES
from tests.conftest import ROOT
from tests.sound_helpers import RATE_HZ, rms_dbfs

NAMES = sorted(set(BACKGROUNDS) - {"none", "drone"})  # the drone has tests of its own
STEADY = {"brown", "night", "pink", "rain", "binaural"}
SEAMS = (FIRST_FRAMES, SECOND_FRAMES, 2 * 3**13)


@functools.cache
def bed_of(name: str, channels: int = 2) -> Bed:
    return open_bed(Soundscape(background=name), BedFormat(RATE_HZ, channels))


@functools.cache
def minute(name: str) -> Samples:
    return bed_of(name).read(0, 60 * RATE_HZ)


def spectrum(sound: Samples) -> np.ndarray:
    """Power of each whole hertz."""
    seconds = sound[: len(sound) // RATE_HZ * RATE_HZ].reshape(-1, RATE_HZ)
    return np.square(np.abs(np.fft.rfft(seconds * np.hanning(RATE_HZ), axis=1))).mean(axis=0)


@functools.cache
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("backgrounds_script", ROOT / "scripts" / "backgrounds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_its_level_does_not_drift_over_an_hour(name: str) -> None:
    """Every third of an hour lies within 1 dB of −20 dBFS, and no second passes the bound by more than 0.3 dB."""
    bed = bed_of(name)
    thirds = []
    for first in (0, 1200, 2400):
        levels = [rms_dbfs(bed.read(second * RATE_HZ, RATE_HZ)) for second in range(first, first + 1200, 17)]
        assert max(levels) <= bed.loudest_second_dbfs + 0.3
        if name in STEADY:
            assert min(levels) > REFERENCE_DBFS - 1.2
            assert max(levels) < REFERENCE_DBFS + 1.2
        thirds.append(10 * np.log10(np.mean(10 ** (np.array(levels) / 10))))
    assert thirds == pytest.approx([REFERENCE_DBFS] * 3, abs=1.0)


@pytest.mark.parametrize("name", NAMES)
def test_it_has_no_dc_no_rumble_and_no_silence(name: str) -> None:
    """Its mean is nothing, below 20 Hz it is 50 dB softer than as a whole, and no second is silent."""
    sound = minute(name)
    assert np.abs(sound.mean(axis=0)).max() < 1e-5
    power = spectrum(sound[:, 0])
    assert power[1:20].sum() < power.sum() * 1e-5
    assert min(rms_dbfs(part) for part in np.split(sound, 60)) > REFERENCE_DBFS - 32


@pytest.mark.parametrize("name", NAMES)
def test_it_has_no_seam(name: str) -> None:
    """Where a round begins anew no frame jumps further than elsewhere in the minute."""
    steepest = np.abs(np.diff(minute(name), axis=0)).max()
    for frames in SEAMS:
        around = bed_of(name).read(3 * frames - 100, 200)
        assert np.abs(np.diff(around, axis=0)).max() <= steepest * 1.05


@pytest.mark.parametrize("name", NAMES)
def test_it_is_wide_and_balanced(name: str) -> None:
    """Left and right are far from equal and from opposite, and within 1.5 dB of each other."""
    sound = minute(name)
    assert -0.1 < np.corrcoef(sound.T)[0, 1] < 0.85
    assert abs(rms_dbfs(sound[:, 0]) - rms_dbfs(sound[:, 1])) < 1.5


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_same_however_it_is_read(name: str) -> None:
    """Two reads in a row, across a seam and in the third hour too, are one longer read."""
    bed = bed_of(name)
    for start in (0, FIRST_FRAMES - 700, 3 * 3600 * RATE_HZ + 1):
        halves = np.concatenate((bed.read(start, 1000), bed.read(start + 1000, 333)))
        assert np.array_equal(halves, bed.read(start, 1333))


@pytest.mark.parametrize("name", ["night", "rain"])
def test_in_mono_it_is_as_loud_and_made_anew_it_is_the_same(name: str) -> None:
    """One channel has the reference level too, and a second bed has the same samples as the first."""
    mono = bed_of(name, 1)
    sound = mono.read(0, 60 * RATE_HZ)
    assert sound.shape == (60 * RATE_HZ, 1)
    assert rms_dbfs(sound) == pytest.approx(REFERENCE_DBFS, abs=1.5)
    again = open_bed(Soundscape(background=name), BedFormat(RATE_HZ, 1))
    assert np.array_equal(again.read(98765, 4000), mono.read(98765, 4000))


@pytest.mark.parametrize("name", sorted(set(BACKGROUNDS) - {"none"}))
def test_its_spectrum_is_the_documented_one(name: str) -> None:
    """Each octave of the table in docs/sound.md above −50 dB is within 1.5 dB of what a minute measures."""
    page = (ROOT / "docs" / "sound.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{name}` \| (.*) \|$", page.partition("<!-- measured")[2], re.MULTILINE)
    assert row is not None
    told = [max(-50.0, float(cell.replace("−", "-").replace("·", "-60"))) for cell in row[1].split(" | ")[:8]]
    found = [max(-50.0, level) for level in script().octave_levels(minute(name))]
    assert found == pytest.approx(told, abs=1.5)
    assert f"](pictures/{name}.png)" in page


def test_pink_falls_by_three_and_brown_by_six() -> None:
    """From 200 to 3200 Hz, pink noise loses 3 dB for each octave and brown noise 6."""
    for name, slope_db in (("pink", -3.01), ("brown", -6.02)):
        power = spectrum(minute(name)[:, 0])
        levels = [10 * np.log10(power[round(hz * 0.9) : round(hz * 1.1)].mean()) for hz in (200, 400, 800, 1600, 3200)]
        assert np.polyfit(range(5), levels, 1)[0] == pytest.approx(slope_db, abs=0.2)


def test_waves_come_at_the_pace_of_breathing() -> None:
    """The ocean swells by 6 dB or more, and its strongest rhythm is from 5 to 8 waves a minute."""
    powers = np.square(bed_of("ocean").read(0, 240 * RATE_HZ)).reshape(480, -1).mean(axis=1)
    assert 10 * np.log10(np.quantile(powers, 0.95) / np.quantile(powers, 0.05)) > 6
    rhythm = np.abs(np.fft.rfft(np.log(powers) - np.log(powers).mean()))
    assert 5 <= np.argmax(rhythm) / 4 <= 8


def test_binaural_is_one_tone_for_each_ear() -> None:
    """With a carrier of 180 Hz and a beat of 4 Hz the left ear has 178 Hz and the right 182, and nothing else."""
    wanted = Soundscape(background="binaural", binaural_carrier_hz=180.0, binaural_beat_hz=4.0)
    sound = open_bed(wanted, BedFormat(RATE_HZ, 2)).read(3600 * RATE_HZ, 4 * RATE_HZ)
    for side, hz in ((0, 178), (1, 182)):
        power = spectrum(sound[:, side])
        assert np.argmax(power) == hz
        assert power[hz - 3 : hz + 4].sum() > power.sum() * 0.999999


def test_binaural_is_refused_in_mono() -> None:
    """It needs an ear for each tone; the message says so, before anything is spoken."""
    with pytest.raises(SoundError, match="'binaural' needs stereo") as raised:
        check_background(Soundscape(background="binaural"), channels=1)
    assert "mastering.channels to 2" in raised.value.hint


@pytest.mark.parametrize(
    ("root", "hz"), [("A2", 110.0), ("a2", 110.0), ("Eb3", 155.56), ("C♯2", 69.30), ("B1", 61.74), ("108.5", 108.5)]
)
def test_a_root_is_a_note_or_a_number(root: str, hz: float) -> None:
    """Notes are in scientific pitch, equal temperament with A4 at 440 Hz; a number is in Hz."""
    assert root_hz(root) == pytest.approx(hz, abs=0.01)


@pytest.mark.parametrize("root", ["H2", "A", "C0", "A5", "20", "nan", "inf", "", "110 Hz"])
def test_other_roots_are_refused(root: str) -> None:
    """What is no note, or too low or high to be a ground, is told the range and an example."""
    with pytest.raises(SoundError, match="a note or a number from 50 to 300 Hz") as raised:
        check_background(Soundscape(drone_root=root), channels=2)
    assert "A2" in raised.value.hint


def test_a_root_in_hz_needs_no_quotation_marks() -> None:
    """A TOML file may say `drone_root = 108`, as it would for any other number."""
    assert make_recipe({"soundscape": {"drone_root": 108}}).soundscape.drone_root == "108"
    assert root_hz(make_recipe({"soundscape": {"drone_root": 73.5}}).soundscape.drone_root) == 73.5
    with pytest.raises(RecipeError, match="drone_root"):
        make_recipe({"soundscape": {"drone_root": True}})


def test_the_drone_stands_on_its_root() -> None:
    """On D2 its lowest and loudest partials are 73.4 and 146.8 Hz, and 110 Hz is the fifth above."""
    sound = open_bed(Soundscape(drone_root="D2"), BedFormat(RATE_HZ, 2)).read(0, 20 * RATE_HZ)
    power = spectrum(sound[:, 0])
    assert abs(int(np.argmax(power)) - 147) <= 1
    assert power[71:77].max() > power[80:105].max() * 1000
    assert power[:60].max() < power.max() * 1e-5


def test_none_is_silent() -> None:
    """`none` has the channels asked for and no sound."""
    bed = bed_of("none")
    assert bed.read(5, 10).shape == (10, 2)
    assert not bed.read(5, 10).any()
    assert bed.loudest_second_dbfs == -math.inf


@pytest.mark.parametrize("name", sorted(BACKGROUNDS))
def test_every_background_is_ready_by_name(name: str) -> None:
    """Checking a known name is quick and finds nothing wrong."""
    check_background(Soundscape(background=name), channels=2)


def test_an_unknown_background_names_the_closest() -> None:
    """A misspelt name is told which names there are and which one was probably meant."""
    with pytest.raises(
        SoundError, match="no background named 'dron'; there are drone, binaural, bowls, brown, "
    ) as raised:
        check_background(Soundscape(background="dron"), channels=2)
    assert raised.value.hint == "Did you mean drone or brown?"
    with pytest.raises(SoundError) as raised:
        bed_of("waterfall")
    assert "path of an audio file" in raised.value.hint


@pytest.mark.parametrize("value", ["music.mp3", "folder/drone", "./drone", "C:\\music\\drone", "/nowhere/at all"])
def test_what_looks_like_a_path_is_a_file(value: str) -> None:
    """With a suffix or a slash it is a file, and the error says that this can't be read."""
    with pytest.raises(SoundError, match="can't read the background"):
        check_background(Soundscape(background=value), channels=2)


@pytest.mark.parametrize("value", ["x" * 900, "a\0b", ""])
def test_odd_values_are_refused_plainly(value: str) -> None:
    """Names no file system knows are no backgrounds, and no crash."""
    with pytest.raises(SoundError):
        check_background(Soundscape(background=value), channels=2)
