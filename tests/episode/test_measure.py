"""What a check says of clicks, balance and mono, and the picture that it draws."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from audio_builder.audio.samples import Samples, segment_from_samples
from audio_builder.cli.main import run
from audio_builder.episode.pictures import draw_episode
from audio_builder.episode.verify.measure import CELLS_PER_S, ClickMeter, StereoMeter, measure
from audio_builder.episode.words import PlayerChapter
from tests.sound_helpers import RATE_HZ, noise, sine, speech

_SVG = "{http://www.w3.org/2000/svg}"


def phrases() -> Samples:
    """Six seconds of speech-like noise with a pause in the middle, over soft noise, the same on both sides."""
    voice = np.frombuffer(speech(2.5).raw_data, "<i2").astype(np.float32) / 32768
    sound = noise(6 * RATE_HZ, 1, level=0.001)[:, 0]
    for start in (0.2, 3.2):
        sound[round(start * RATE_HZ) :][: len(voice)] += voice
    return np.stack([sound, sound], axis=1)


def delivered(folder: Path, sound: Samples) -> Path:
    """The sound as an MP3."""
    path = folder / "sound.mp3"
    segment_from_samples(sound, RATE_HZ).export(path, format="mp3", bitrate="128k").close()
    return path


def test_a_click_in_the_delivered_mp3_is_counted_and_speech_is_none(tmp_path: Path) -> None:
    """Speech out of silence has no click; one sample that jumps by 0.4 in a pause is one, after the encoder too."""
    sound = phrases()
    assert measure(delivered(tmp_path, sound)).clicks == 0
    sound[round(2.95 * RATE_HZ)] += 0.4
    assert measure(delivered(tmp_path, sound)).clicks >= 1


def test_clicks_are_the_same_however_the_sound_comes() -> None:
    """In blocks of any length, three jumps are three clicks; a tone that begins and ends softly has none."""
    tone = sine(440, -6.0, 2.0, rate_hz=RATE_HZ)
    tone[:4410] *= np.linspace(0, 1, 4410, dtype=np.float32)[:, np.newaxis]
    tone[-4410:] *= np.linspace(1, 0, 4410, dtype=np.float32)[:, np.newaxis]
    silence = np.zeros((RATE_HZ, 2), dtype=np.float32)
    silence[[10000, 20000, 30000], 1] = 0.1
    for block in (1, 333, 50000)[1:]:
        for sound, expected in ((tone, 0), (silence, 3)):
            meter = ClickMeter(RATE_HZ, 2)
            for start in range(0, len(sound), block):
                meter.push(sound[start : start + block])
            assert meter.clicks() == expected
    assert ClickMeter(RATE_HZ, 1).clicks() == 0


@pytest.mark.parametrize(
    ("right", "balance_db", "lost_db"),
    [("same", 0.0, 0.0), ("half", 6.02, 0.46), ("silent", 60.0, 3.01), ("opposite", 0.0, 60.0), ("other", 0.0, 3.01)],
)
def test_balance_and_mono_are_what_arithmetic_says(right: str, balance_db: float, lost_db: float) -> None:
    """Half as much right is 6 dB, unrelated sides lose 3 dB in mono, opposite ones everything."""
    left = noise(RATE_HZ, 1, seed=3)[:, 0]
    sides = {"same": left, "half": left / 2, "silent": left * 0, "opposite": -left}
    other = noise(RATE_HZ, 1, seed=4)[:, 0]
    other *= np.sqrt(np.vdot(left, left) / np.vdot(other, other))
    meter = StereoMeter()
    for part in np.array_split(np.stack([left, sides.get(right, other)], axis=1), 7):
        meter.push(part)
    assert meter.left_over_right_db() == pytest.approx(balance_db, abs=0.05)
    assert meter.lost_in_mono_db() == pytest.approx(lost_db, abs=0.1)
    assert StereoMeter().lost_in_mono_db() == 0.0


def test_check_names_a_lopsided_and_a_hollow_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file whose right side is the left one upside down and softer fails both lines, and says what is allowed."""
    sound = phrases()
    sound[:, 1] *= -0.5
    assert run(["check", str(delivered(tmp_path, sound)), "-q"]) == 10
    printed = capfd.readouterr().out
    assert "FAIL  left louder than right: 6 dB (allowed: -1.5 to 1.5 dB)" in printed
    assert "FAIL  lost when played in mono: 10 dB (allowed: at most 4 dB)" in printed
    assert "ok    clicks: 0\n" in printed


def test_the_picture_shows_what_was_measured(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`--picture` writes an SVG with a waveform, a curve of the loudness and the file's name, and no script."""
    path = delivered(tmp_path, phrases())
    picture = tmp_path / "picture.svg"
    run(["check", str(path), "-q", "--picture", str(picture)])
    capfd.readouterr()
    root = ET.fromstring(picture.read_bytes())  # noqa: S314 - we wrote it
    assert root.tag == f"{_SVG}svg"
    assert root.find(f"{_SVG}title").text == "sound.mp3"
    assert {element.get("class") for element in root.iter(f"{_SVG}path")} == {"w", "l", "g"}
    assert not list(root.iter(f"{_SVG}script"))


def test_chapters_stand_where_they_begin_and_their_titles_are_only_text(tmp_path: Path) -> None:
    """A chapter at half the time is drawn in the middle; markup and control characters in titles stay text."""
    measured = measure(delivered(tmp_path, phrases()))
    assert len(measured.peaks) == len(measured.energies) == pytest.approx(measured.seconds * CELLS_PER_S, abs=1)
    assert measured.peaks.max() == pytest.approx(0.5, abs=0.1)
    middle_ms = round(measured.seconds * 500)
    chapters = (PlayerChapter("One", 0, middle_ms), PlayerChapter("<b>Two</b> & \x07", middle_ms, 2 * middle_ms))
    root = ET.fromstring(draw_episode(measured, chapters, "A <script>title</script>"))  # noqa: S314 - we wrote it
    lines = [element.get("d") for element in root.iter(f"{_SVG}path") if element.get("class") == "c"]
    assert lines == ["M50.0 34V350", "M510.0 34V350"]
    words = [element.text for element in root.iter(f"{_SVG}text")]
    assert words[0] == "A <script>title</script>"
    assert words[-2:] == ["One", "<b>Two</b> & "]
