"""Taking out what lies below any voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from audio_builder.audio.samples import Samples, segment_from_samples
from audio_builder.episode.encode.encoder import Mp3Format, encode
from audio_builder.mix.levels import measure_speech
from audio_builder.mix.master import master
from audio_builder.mix.plan import plan_mix
from audio_builder.mix.render import load_voice, render
from audio_builder.recipe.settings import Mastering, Soundscape
from audio_builder.script.cues import ChapterStart, Reason, Rest, Role, Say
from audio_builder.sound.bed import NoBed
from tests import instruments
from tests.sound_helpers import MARGIN, RATE_HZ, Clips, rms_dbfs, sine, speech, timeline_of


def gain_db(hz: float) -> float:
    """What becomes of a tone, once it has lasted for half a second."""
    tone = sine(hz, -12.0, 2.0, rate_hz=RATE_HZ, channels=1)[:, 0]
    return rms_dbfs(load_voice(Clips().clip(segment_from_samples(tone, RATE_HZ)))[RATE_HZ // 2 :]) - rms_dbfs(
        tone[RATE_HZ // 2 :]
    )


@pytest.mark.parametrize(
    ("hz", "expected_db", "within_db"),
    [(30, -29.4, 0.5), (50, -12.0, 0.3), (70, -3.0, 0.1), (85, -0.8, 0.1), (120, -0.06, 0.05), (1000, 0.0, 0.01)],
)
def test_rumble_goes_and_voices_stay(hz: float, expected_db: float, within_db: float) -> None:
    """Below 70 Hz a tone falls away by 24 dB an octave; from 85 Hz on, where voices are, by less than 1 dB."""
    assert gain_db(hz) == pytest.approx(expected_db, abs=within_db)


def test_nothing_moves() -> None:
    """A clip keeps its length, its silence before the first sound, and the times of what is said."""
    segment = speech(2.0)
    clip = Clips().clip(segment)
    sound = load_voice(clip)
    assert sound.shape == (clip.frames,)
    assert not sound[:MARGIN].any()
    before = np.frombuffer(segment.raw_data, "<i2").astype(np.float64)
    lags = signal.correlation_lags(len(sound), len(before))
    assert lags[np.argmax(signal.correlate(sound.astype(np.float64), before, method="fft"))] == 0


def delivered(folder: Path, rumble_dbfs: float) -> Samples:
    """The decoded MP3 of an episode without a bed, whose voice stands on a rumble of 30 Hz."""
    voiced = np.frombuffer(speech(6.0, peak=0.3).raw_data, "<i2").astype(np.float32) / 32768
    rumble = sine(30.0, rumble_dbfs, len(voiced) / RATE_HZ + 1, rate_hz=RATE_HZ, channels=1)[: len(voiced), 0]
    rumble *= np.sin(np.linspace(0, np.pi, len(voiced), dtype=np.float32))
    segment = segment_from_samples(voiced + rumble, RATE_HZ)
    cues = [ChapterStart("A"), Say("Some words.", Role.PROSE), Rest(1.0, Reason.CLOSING)]
    timeline = timeline_of(cues, [Clips().clip(segment)])
    plan = plan_mix(measure_speech(timeline), timeline, NoBed(1), Soundscape(), Mastering(channels=1))
    path = folder / "episode.mp3"
    blocks = master(render(timeline, plan, NoBed(1), Soundscape()), plan, RATE_HZ)
    encode(blocks, path, Mp3Format(RATE_HZ, 1, 96))
    return instruments.decoded(path)[0][:, 0]


def test_a_delivered_file_has_no_rumble(tmp_path: Path) -> None:
    """A rumble of 30 Hz, in the clip nearly 3 dB above the voice, lies 20 dB and more under it in the delivered MP3."""
    sound = delivered(tmp_path, -18.0)
    power = np.abs(np.fft.rfft(sound)) ** 2
    low = np.fft.rfftfreq(len(sound), 1 / RATE_HZ) < 50
    assert 10 * np.log10(power[low].sum() / power[~low].sum()) < -20.0
