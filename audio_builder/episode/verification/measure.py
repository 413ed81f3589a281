"""What a finished file sounds like, in numbers: decoded once, as a stream."""

from __future__ import annotations

import functools
import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_builder.audio.loudness import LoudnessMeter
from audio_builder.audio.samples import Samples
from audio_builder.audio.true_peak import TruePeakMeter
from audio_builder.episode.encoding.audio_file import Audio, open_audio
from audio_builder.episode.verification.clicks import ClickMeter
from audio_builder.episode.verification.stereo import StereoMeter
from audio_builder.errors import NotAudio

CELLS_PER_S = 100
"""Energies and peaks are kept for every hundredth of a second: 600 bytes for each second of an episode."""

_DIGITAL_SILENCE = 2.0**-16
"""Half a step of 16-bit sound: what is below could not have been written."""

Energies = npt.NDArray[np.float32]
"""Mean square of the samples, over all channels, for each hundredth of a second; shape (cells,)."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What was measured.

    Attributes:
        rate_hz: frames per second.
        channels: 1 or 2, mostly.
        frames: how many were decoded.
        integrated_lufs: gated loudness; minus infinity for silence.
        loudness_range_lu: how far loud and soft parts lie apart.
        loudest_moment_lufs: loudness of the loudest 400 ms; minus infinity for silence.
        true_peak_dbtp: highest peak between the samples too; minus infinity for silence.
        dc_percent: the channel with the largest mean, in percent of full scale, without its sign.
        longest_silence_s: longest stretch in which every sample is below half a 16-bit step.
        left_over_right_db: how much louder left is than right; 0 in mono.
        lost_in_mono_db: how much softer both are when played as one channel; 0 in mono.
        clicks: how many (see `episode.clicks`).
        peaks: highest magnitude in every hundredth of a second, to three digits; the last one may be of less.
        short_term_lufs: loudness of every three seconds, one for each tenth of a second.
        energies: for every hundredth of a second; the last one may be of less.
        complaints: what ffmpeg found wrong while decoding.
    """

    rate_hz: int
    channels: int
    frames: int
    integrated_lufs: float
    loudness_range_lu: float
    loudest_moment_lufs: float
    true_peak_dbtp: float
    dc_percent: float
    longest_silence_s: float
    left_over_right_db: float
    lost_in_mono_db: float
    clicks: int
    peaks: Energies
    short_term_lufs: npt.NDArray[np.float64]
    energies: Energies
    complaints: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Length of what was decoded."""
        return self.frames / self.rate_hz


@dataclass(slots=True)
class _Plain:
    """The sums that need no standard: length, offset, silence, energies."""

    rate_hz: int
    channels: int
    frames: int = 0
    longest: int = 0
    _run: int = 0
    _sums: npt.NDArray[np.float64] = field(init=False)
    _rest: Samples = field(init=False)
    _cells: array[float] = field(default_factory=lambda: array("f"))
    _peaks: bytearray = field(default_factory=bytearray)  # of float16, which draw a waveform as well
    _loudest_rest: Samples = field(init=False)

    def __post_init__(self) -> None:
        self._sums = np.zeros(self.channels)
        self._rest = self._loudest_rest = np.zeros(0, dtype=np.float32)

    def push(self, block: Samples) -> None:
        # Channel by channel, because NumPy is slow over a last axis of two.
        columns = [block[:, channel] for channel in range(self.channels)]
        self._sums += [float(np.einsum("f->", column)) for column in columns]
        self.frames += len(block)
        loudest: Samples = functools.reduce(np.maximum, map(np.abs, columns))
        self._push_silence(loudest)
        power: Samples = functools.reduce(np.add, map(np.square, columns))
        power = np.concatenate((self._rest, power))
        cell = self.rate_hz // CELLS_PER_S
        cells = len(power) // cell
        whole = cells * cell
        # A mean over rows takes three times as long as this sum.
        sums = np.einsum("cf->c", power[:whole].reshape(cells, cell))
        # One array that grows: thousands of small ones take half as much again.
        self._cells.frombytes((sums / np.float32(cell * self.channels)).tobytes())
        self._rest = power[whole:].copy()
        loudest = np.concatenate((self._loudest_rest, loudest))
        self._peaks += loudest[:whole].reshape(cells, cell).max(axis=1).astype(np.float16).tobytes()
        self._loudest_rest = loudest[whole:].copy()

    def _push_silence(self, loudest: Samples) -> None:
        if float(loudest.min(initial=math.inf)) >= _DIGITAL_SILENCE:
            self._run = 0
            return
        loud = np.flatnonzero(loudest >= _DIGITAL_SILENCE)
        if not len(loud):
            self._run += len(loudest)
            self.longest = max(self.longest, self._run)
            return
        inner = int(np.diff(loud).max(initial=1)) - 1
        self.longest = max(self.longest, self._run + int(loud[0]), inner)
        self._run = len(loudest) - 1 - int(loud[-1])
        self.longest = max(self.longest, self._run)

    def energies(self) -> Energies:
        last = [np.array([self._rest.mean() / self.channels], dtype=np.float32)] if len(self._rest) else []
        return np.concatenate([np.array(self._cells, dtype=np.float32), *last])

    def peaks(self) -> Energies:
        last = [self._loudest_rest.max(keepdims=True)] if len(self._loudest_rest) else []
        return np.concatenate([np.frombuffer(self._peaks, dtype=np.float16).astype(np.float32), *last])

    def dc_percent(self) -> float:
        return float(np.abs(self._sums).max() / self.frames * 100) if self.frames else 0.0


def measure(path: Path, *, progress: Callable[[float], None] | None = None) -> Measurements:
    """Decode a file and measure it. Memory grows by 50 KB for each minute of sound.

    Args:
        path: any audio file that `audio_file.open_audio` understands.
        progress: called with the seconds measured so far.

    Raises:
        NotAudio: it can't be read or decoded, or has more than two channels.
        EncoderError: ffmpeg can't be started.
    """
    with open_audio(path) as audio:
        if audio.channels > 2:
            raise NotAudio(f"{path} has {audio.channels} channels; only mono and stereo can be measured")
        return measure_audio(audio, progress)


def measure_audio(audio: Audio, progress: Callable[[float], None] | None = None) -> Measurements:
    """Measure what is being decoded, to its end.

    Args:
        audio: of one or two channels.
        progress: called with the seconds measured so far.
    """
    plain = _Plain(audio.rate_hz, audio.channels)
    loudness = LoudnessMeter(audio.rate_hz, audio.channels)
    peak = TruePeakMeter(audio.channels)
    stereo, clicks = StereoMeter(), ClickMeter(audio.rate_hz, audio.channels)
    for decoded in audio.blocks:
        block = np.asfortranarray(decoded)
        for meter in (plain, peak, stereo, clicks, loudness):
            meter.push(block)
        if progress is not None:
            progress(plain.frames / audio.rate_hz)
    return Measurements(
        rate_hz=audio.rate_hz,
        channels=audio.channels,
        frames=plain.frames,
        integrated_lufs=loudness.integrated_lufs(),
        loudness_range_lu=loudness.loudness_range_lu(),
        loudest_moment_lufs=float(loudness.momentary_lufs().max(initial=-math.inf)),
        true_peak_dbtp=peak.true_peak_dbtp(),
        dc_percent=plain.dc_percent(),
        longest_silence_s=plain.longest / audio.rate_hz,
        left_over_right_db=stereo.left_over_right_db(),
        lost_in_mono_db=stereo.lost_in_mono_db(),
        clicks=clicks.clicks(),
        peaks=plain.peaks(),
        short_term_lufs=loudness.short_term_lufs(),
        energies=plain.energies(),
        complaints=tuple(audio.complaints),
    )
