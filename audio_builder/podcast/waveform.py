"""The shape of an episode's sound, drawn on its page."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from audio_builder.episode.encode.audio_file import open_audio

BARS = 240
_FLOOR_DB = -48.0


def waveform_of(file: Path, duration_s: float) -> tuple[int, ...]:
    """Return how loud each of 240 equal parts of a file is, 0 to 100 on a scale of decibels (RMS, −48 to 0 dBFS).

    Args:
        file: an MP3.
        duration_s: its length in seconds; more than 0.

    Raises:
        NotAudio: it can't be decoded.
    """
    powers = np.zeros(BARS)
    counts = np.zeros(BARS)
    with open_audio(file) as audio:
        frames = max(1.0, duration_s * audio.rate_hz)
        done = 0
        for block in audio.blocks:
            bars = np.minimum((np.arange(done, done + len(block)) * (BARS / frames)).astype(int), BARS - 1)
            powers += np.bincount(bars, np.square(block, dtype=np.float64).mean(axis=1), BARS)
            counts += np.bincount(bars, minlength=BARS)
            done += len(block)
    level_db = 10 * np.log10(powers / np.maximum(counts, 1) + 1e-12)
    return tuple(int(level) for level in np.clip(100 * (1 - level_db / _FLOOR_DB), 0, 100).round())
