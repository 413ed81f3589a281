"""Instruments that are not ours: ffmpeg's decoder and its EBU R 128 meter, and plain arithmetic."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import ffmpeg_program


@dataclass(frozen=True)
class Loudness:
    """What ffmpeg's `ebur128` says of a file."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float


def decoded(path: Path) -> tuple[npt.NDArray[np.float32], int]:
    """Return the samples of a file, shape (frames, channels), and its rate."""
    probe = subprocess.run([ffmpeg_program(), "-hide_banner", "-i", path], check=False, capture_output=True, text=True)
    found = re.search(r"Audio: .*?, (\d+) Hz, (mono|stereo)", probe.stderr)
    assert found, probe.stderr
    channels = 2 if found[2] == "stereo" else 1
    run = subprocess.run(
        [ffmpeg_program(), "-v", "error", "-i", path, "-f", "f32le", "-"], check=True, capture_output=True
    )
    assert run.stderr == b""
    return np.frombuffer(run.stdout, "<f4").reshape(-1, channels), int(found[1])


def loudness(path: Path) -> Loudness:
    """Return ffmpeg's measurement of a file."""
    command = [ffmpeg_program(), "-hide_banner", "-nostats", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]
    summary = subprocess.run(command, check=True, capture_output=True, text=True).stderr.rpartition("Summary:")[2]

    def figure(label: str) -> float:
        found = re.search(rf"{label}:\s+(-?[\d.]+)", summary)
        assert found, summary
        return float(found[1])

    return Loudness(figure("I"), figure("LRA"), figure("Peak"))


def rms_dbfs(samples: npt.NDArray[np.float32]) -> float:
    """Return the RMS of samples in dB relative to full scale, over all channels."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


def sound_starts(samples: npt.NDArray[np.float32], rate_hz: int, threshold_db: float) -> npt.NDArray[np.float64]:
    """Return the times in s where the level of 10 ms windows rises above a threshold after 0.3 s below it."""
    window = rate_hz // 100
    mono = samples.mean(axis=1)[: len(samples) // window * window].reshape(-1, window)
    loud = 10 * np.log10(np.mean(np.square(mono, dtype=np.float64), axis=1) + 1e-20) > threshold_db
    starts = [i for i in np.flatnonzero(loud) if not loud[max(0, i - 30) : i].any()]
    return np.array(starts) * window / rate_hz
