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
from audio_builder.episode.encode.audio_file import Audio, open_audio
from audio_builder.errors import NotAudio

CELLS_PER_S = 100
"""Energies and peaks are kept for every hundredth of a second: 600 bytes for each second of an episode."""

_DIGITAL_SILENCE = 2.0**-16
"""Half a step of 16-bit sound: what is below could not have been written."""

_LARGEST_DB = 60.0
"""What stands for a silent side, so that the figures stay finite."""

_CLICK_CELLS_PER_S = 200
_SMALLEST_JUMP = 0.02
_OVER_ITS_SIDES = 25.0
_NEAREST, _FURTHEST = 2, 6

Energies = npt.NDArray[np.float32]
"""Mean square of the samples, over all channels, for each hundredth of a second; shape (cells,)."""


Peaks = npt.NDArray[np.float16]
"""Highest magnitude in each hundredth of a second, to three digits; shape (cells,)."""


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
        clicks: how many (see `ClickMeter`).
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
    peaks: Peaks
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
        cells = self._cells[:]
        if len(self._rest):
            cells.append(float(self._rest.mean() / self.channels))
        return np.frombuffer(cells, dtype=np.float32)

    def peaks(self) -> Peaks:
        last = self._loudest_rest.max(keepdims=True).astype(np.float16).tobytes() if len(self._loudest_rest) else b""
        return np.frombuffer(self._peaks + last, dtype=np.float16)

    def dc_percent(self) -> float:
        return float(np.abs(self._sums).max() / self.frames * 100) if self.frames else 0.0


def measure(path: Path, *, progress: Callable[[float], None] | None = None) -> Measurements:
    """Decode a file and measure it. Memory grows by 50 KB for each minute of sound.

    Raises:
        NotAudio: it can't be read or decoded, or has more than two channels.
        EncoderError: ffmpeg can't be started.
    """
    with open_audio(path) as audio:
        if audio.channels > 2:
            raise NotAudio(f"{path} has {audio.channels} channels; only mono and stereo can be measured")
        return measure_audio(audio, progress)


def measure_audio(audio: Audio, progress: Callable[[float], None] | None = None) -> Measurements:
    """Measure what is being decoded, to its end."""
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
        loudest_moment_lufs=loudness.loudest_moment_lufs(),
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


@dataclass(slots=True)
class StereoMeter:
    """Sums the powers of two channels, and of their middle, over sound that is pushed block by block."""

    _left: float = 0.0
    _right: float = 0.0
    _product: float = 0.0

    def push(self, block: Samples) -> None:
        """Take the next frames, shape (frames, 2); one channel counts as both."""
        left, right = block[:, 0], block[:, -1]
        self._left += float(left @ left)
        self._right += float(right @ right)
        self._product += float(left @ right)

    def left_over_right_db(self) -> float:
        """Return how much louder (RMS) left is than right, −60 to 60 dB; 0 in silence."""
        return _ratio_db(self._left, self._right)

    def lost_in_mono_db(self) -> float:
        """Return how much softer (RMS) the middle of both is than the two are, 0 to 60 dB; 0 in silence.

        Equal sides lose nothing, unrelated ones 3 dB, opposite ones everything.
        """
        both = (self._left + self._right) / 2
        middle = max((both + self._product) / 2, 0.0)
        return _ratio_db(both, middle)


def _ratio_db(power: float, other: float) -> float:
    """Return a ratio of powers in dB, within what is reported."""
    if power == other:
        return 0.0
    if power <= 0 or other <= 0:
        return -_LARGEST_DB if power <= 0 else _LARGEST_DB
    return min(max(10 * math.log10(power / other), -_LARGEST_DB), _LARGEST_DB)


@dataclass(slots=True)
class ClickMeter:
    """Counts clicks in sound that is pushed block by block; it keeps 60 ms.

    A click is a first difference of at least 0.02 of full scale that is 25 times as large as the RMS of the
    first differences in the loudest 5 ms on either side, from 10 to 30 ms away. Consonants begin out of silence
    too, but what follows them is noise of their own kind. A very short one may still be counted, so the figure
    is reported and not judged.
    """

    rate_hz: int
    channels: int
    _last: Samples = field(init=False)
    _rest: Samples = field(init=False)
    _peaks: Samples = field(init=False)
    _powers: Samples = field(init=False)
    _counted: int = 0

    def __post_init__(self) -> None:
        """Begin after silence."""
        self._last = np.zeros(self.channels, dtype=np.float32)
        self._rest = np.zeros(0, dtype=np.float32)
        # Of cells that can't be judged yet for want of those after them; the powers of those before them too.
        self._peaks = np.zeros(0, dtype=np.float32)
        self._powers = np.zeros(_FURTHEST, dtype=np.float32)

    def push(self, block: Samples) -> None:
        """Take the next frames, shape (frames, 1 or 2)."""
        if not len(block):
            return
        jumps = np.empty(len(self._rest) + len(block), dtype=np.float32)
        jumps[: len(self._rest)] = self._rest
        # Column by column: ten times as fast as a maximum over rows of two.
        sides = [_jumps(block[:, side], self._last[side]) for side in range(self.channels)]
        np.maximum(sides[0], sides[-1], out=jumps[len(self._rest) :])
        self._last = block[-1].copy()
        cell = self.rate_hz // _CLICK_CELLS_PER_S
        whole = len(jumps) - len(jumps) % cell
        cells = jumps[:whole].reshape(-1, cell)
        self._rest = jumps[whole:].copy()
        self._peaks = np.concatenate((self._peaks, cells.max(axis=1)))
        self._powers = np.concatenate((self._powers, np.einsum("cf,cf->c", cells, cells) / np.float32(cell)))
        judged = max(0, len(self._powers) - 2 * _FURTHEST)
        self._counted += _clicks_in(self._peaks[:judged], self._powers)
        self._peaks, self._powers = self._peaks[judged:], self._powers[judged:]

    def clicks(self) -> int:
        """Return how many there were so far; what follows is silence."""
        return self._counted + _clicks_in(self._peaks, np.pad(self._powers, (0, _FURTHEST)))


def _jumps(plane: Samples, before: np.float32) -> Samples:
    """Return how far each sample of a channel lies from the one before it."""
    jumps = np.empty_like(plane)
    jumps[:1] = plane[:1] - before
    np.subtract(plane[1:], plane[:-1], out=jumps[1:])
    return np.abs(jumps, out=jumps)


def _clicks_in(peaks: Samples, powers: Samples) -> int:
    """Return how many of some cells hold a click.

    Args:
        peaks: of the cells.
        powers: of the same cells, of `_FURTHEST` before them and of as many after them, or more.
    """
    if not len(peaks):
        return 0
    around = np.lib.stride_tricks.sliding_window_view(powers, 2 * _FURTHEST + 1)[: len(peaks)]
    sides = (around[:, : _FURTHEST - _NEAREST + 1], around[:, _FURTHEST + _NEAREST :])
    louder_side = np.sqrt(np.maximum(*(side.max(axis=1) for side in sides)))
    return int(np.count_nonzero((peaks >= _SMALLEST_JUMP) & (peaks >= _OVER_ITS_SIDES * louder_side)))
