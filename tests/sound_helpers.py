"""Speech-like clips, scripts and signals for the tests of sound and mix."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from audio_builder.audio.samples import AudioSegment, Samples, samples_from_segment, segment_from_samples
from audio_builder.mix.arrange import arrange
from audio_builder.mix.timeline import Timeline
from audio_builder.narration.clip import Clip, Narration
from audio_builder.recipe.settings import Soundscape
from audio_builder.script.cues import Cue, Role, Say, Script

RATE_HZ = 44100
MARGIN = 4410


def sine(hz: float, peak_dbfs: float, seconds: float, *, rate_hz: int = 48000, channels: int = 2) -> Samples:
    """A sine, the same in every channel."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = 10 ** (peak_dbfs / 20) * np.sin(2 * np.pi * hz * time_s)
    return np.repeat(wave[:, np.newaxis], channels, axis=1).astype(np.float32)


def noise(frames: int, channels: int, *, level: float = 0.1, seed: int = 1) -> Samples:
    """White noise of a given root mean square."""
    return (np.random.default_rng(seed).standard_normal((frames, channels)) * level).astype(np.float32)


def speech(seconds: float, *, peak: float = 0.5, seed: int = 1, margin: int = MARGIN) -> AudioSegment:
    """Noise in syllables of a quarter of a second, between margins of silence."""
    frames = round(seconds * RATE_HZ)
    time_s = np.arange(frames) / RATE_HZ
    syllables = 0.15 + 0.85 * np.sin(np.pi * time_s / 0.25) ** 2
    sound = noise(frames, 1, seed=seed)[:, 0] * syllables
    # Voices have little above some kHz; a moving average is enough of a low-pass.
    sound = np.convolve(sound, np.ones(8) / 8, mode="same")
    sound *= peak / np.abs(sound).max()
    return segment_from_samples(np.pad(sound, margin).astype(np.float32), RATE_HZ)


class Clips:
    """Makes clips of segments, and counts how often each is loaded."""

    def __init__(self) -> None:
        self.loads: list[str] = []
        self._segments: dict[str, AudioSegment] = {}

    def clip(self, segment: AudioSegment, margin: int = MARGIN) -> Clip:
        key = f"{len(self._segments):064x}"
        self._segments[key] = segment
        frames = int(segment.frame_count())
        return Clip(Say("Some words.", Role.PROSE), key, frames, RATE_HZ, margin, margin, self._load)

    def _load(self, key: str) -> AudioSegment:
        self.loads.append(key)
        return self._segments[key]


def script_of(cues: Sequence[Cue]) -> Script:
    """A script of these cues and nothing else."""
    return Script("", "", "", "en", "", "gentle", tuple(cues))


def timeline_of(cues: Sequence[Cue], clips: Iterable[Clip], soundscape: Soundscape | None = None) -> Timeline:
    """The timeline of these cues with these clips."""
    narration = Narration(tuple(clips), RATE_HZ, 0, 125.0)
    return arrange(script_of(cues), narration, soundscape or Soundscape())


def blocks_of(sound: Samples, *lengths: int) -> Iterator[Samples]:
    """Cut sound into blocks of these lengths, over and over."""
    start = 0
    for length in itertools.cycle(lengths):
        if start >= len(sound):
            return
        yield sound[start : start + length]
        start += length


def rms_dbfs(sound: Samples) -> float:
    """Root mean square over everything, in dB below full scale."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64))))


def sound_after_pauses(sound: AudioSegment, least_s: float) -> list[float]:
    """When sound begins again after each pause of so many seconds or more, in seconds: 40 dB below the loudest 5 ms."""
    samples = samples_from_segment(sound)
    cell = round(sound.frame_rate * 0.005)
    levels = np.square(samples[: len(samples) // cell * cell]).reshape(-1, cell).mean(axis=1)
    sounding = np.flatnonzero(levels > levels.max() * 1e-4)
    return [after * 0.005 for before, after in itertools.pairwise(sounding) if (after - before) * 0.005 > least_s]
