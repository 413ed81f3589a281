"""Our meter beside others: pyloudnorm and ffmpeg's ebur128 filter."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from audio_builder.audio.loudness import LoudnessMeter
from audio_builder.audio.samples import Samples, ffmpeg_program, samples_from_segment, segment_from_samples
from audio_builder.audio.true_peak import TruePeakMeter
from tests.sound_helpers import noise, speech


def phrases(rate_hz: int, channels: int) -> Samples:
    """40 s of speech-like noise with pauses over a soft bed; not the same in every channel."""
    parts = []
    for seed, (seconds, peak) in enumerate([(3.0, 0.5), (1.2, 0.9), (4.0, 0.3), (2.0, 0.7)] * 3):
        voice = samples_from_segment(speech(seconds, peak=peak, seed=seed))
        parts += [voice, np.zeros(rate_hz // 2, dtype=np.float32)]
    sound = np.repeat(np.concatenate(parts)[:, np.newaxis], channels, axis=1)
    return sound * np.linspace(1, 0.8, channels, dtype=np.float32) + noise(len(sound), channels, level=0.003)


def by_ffmpeg(sound: Samples, rate_hz: int, folder: Path) -> tuple[float, float, float]:
    """Integrated loudness, loudness range and true peak by ffmpeg."""
    path = folder / "sound.wav"
    segment_from_samples(sound, rate_hz).export(path, format="wav").close()
    command = [ffmpeg_program(), "-nostats", "-hide_banner", "-i", str(path), "-af", "ebur128=peak=true"]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True)
    summary = done.stderr[done.stderr.rindex("Summary") :]
    figures = [re.search(pattern, summary) for pattern in (r"I:\s+(\S+) LUFS", r"LRA:\s+(\S+) LU", r"Peak:\s+(\S+) dB")]
    loudness, loudness_range, peak = (float(figure[1]) for figure in figures if figure)
    return loudness, loudness_range, peak


@pytest.mark.parametrize("rate_hz", [44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_ffmpeg_agrees(rate_hz: int, channels: int, tmp_path: Path) -> None:
    """ffmpeg reads the same loudness and range within 0.1 LU and the same true peak within 0.2 dB."""
    sound = phrases(rate_hz, channels)
    loudness, peak = LoudnessMeter(rate_hz, channels), TruePeakMeter(channels)
    loudness.push(sound)
    peak.push(sound)
    theirs = by_ffmpeg(sound, rate_hz, tmp_path)
    # ffmpeg prints one decimal.
    assert loudness.integrated_lufs() == pytest.approx(theirs[0], abs=0.1)
    assert loudness.loudness_range_lu() == pytest.approx(theirs[1], abs=0.15)
    assert peak.true_peak_dbtp() == pytest.approx(theirs[2], abs=0.2)


@pytest.mark.parametrize("channels", [1, 2])
def test_pyloudnorm_agrees(channels: int) -> None:
    """pyloudnorm, which holds everything in memory, reads the same loudness within 0.05 LU at 48 kHz."""
    sound = phrases(48000, channels)
    meter = LoudnessMeter(48000, channels)
    meter.push(sound)
    theirs = pyloudnorm.Meter(48000, filter_class="DeMan").integrated_loudness(sound.astype(np.float64))
    assert meter.integrated_lufs() == pytest.approx(theirs, abs=0.05)
