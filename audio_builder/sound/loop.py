"""Loops: sound whose end leads into its beginning without a seam, and beds made of several."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import Samples
from audio_builder.sound.bed import REFERENCE_DBFS, Numbers

_LARGEST_STEP = 32767


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """Sound that can be repeated without a seam.

    Attributes:
        steps: 16-bit samples, shape (frames, channels), channel by channel in memory: half the memory of
            float32, and as a bed is played some 25 dB below its own peaks, the rounding lies 120 dB below full scale.
        step: what one step is worth, full scale at 1.0.
        mean_square: over all frames and channels.
        loudest_second: the largest mean square of any second.
    """

    steps: npt.NDArray[np.int16]
    step: float
    mean_square: float
    loudest_second: float

    def read(self, start: int, frames: int) -> Samples:
        """Return frames from any position on, shape (frames, channels)."""
        sound = np.empty((frames, self.steps.shape[1]), dtype=np.float32, order="F")
        done = 0
        while done < frames:
            position = (start + done) % len(self.steps)
            part = self.steps[position : position + frames - done]
            sound[done : done + len(part)] = part
            done += len(part)
        sound *= np.float32(self.step)
        return sound


@dataclass(frozen=True, slots=True, eq=False)
class LayeredBed:
    """A bed made of loops whose lengths have no common measure, so that their sum does not repeat."""

    layers: tuple[Loop, ...]
    notes: tuple[str, ...] = ()

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.layers[0].steps.shape[1])

    @property
    def loudest_second_dbfs(self) -> float:
        """Every layer's loudest second at once; by chance a second of the sum can lie up to 0.4 dB above it."""
        loudest = sum(layer.loudest_second for layer in self.layers)
        return REFERENCE_DBFS + 10 * math.log10(loudest / self._mean_square())

    def read(self, start: int, frames: int) -> Samples:
        """Return the sum of the layers at `REFERENCE_DBFS`."""
        gain = np.float32(10 ** (REFERENCE_DBFS / 20) / math.sqrt(self._mean_square()))
        total = self.layers[0].read(start, frames)
        for layer in self.layers[1:]:
            total += layer.read(start, frames)
        total *= gain
        return total

    def _mean_square(self) -> float:
        """Return the mean square of the sum before its gain: the layers have nothing in common."""
        return sum(layer.mean_square for layer in self.layers)


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """What a loop is made from: the bins of a real FFT that aren't silent.

    Attributes:
        frames: length of the loop; even.
        bins: their numbers, rising, more than 0 and less than frames / 2.
        magnitudes: root mean square of each.
        stereo_correlation: correlation of right and left in each, 0 (wide) to 1 (in the middle).
    """

    frames: int
    bins: npt.NDArray[np.int64]
    magnitudes: npt.NDArray[np.float32]
    stereo_correlation: npt.NDArray[np.float32]


def loop_from_spectrum(spectrum: Spectrum, seed: int, channels: int) -> npt.NDArray[np.float32]:
    """Return noise with exactly this spectrum: random phases and one inverse FFT, so there is no seam.

    This is the PADsynth algorithm of N. O. Paul (2005), in stereo: both sides have the same spectrum, and
    the correlation of their phases decides how wide it sounds.

    Args:
        spectrum: what it is to sound like.
        seed: the same seed gives the same sound, for ever.
        channels: 1 or 2; one channel is the left one of two.

    Returns:
        Shape (frames, channels); its mean square is the sum of the squared magnitudes.
    """
    # A cosine of root mean square 1 is frames / √2 in the bin of an inverse real FFT.
    magnitudes = spectrum.magnitudes * np.float32(spectrum.frames / math.sqrt(2))
    left = magnitudes * _random_phases(len(magnitudes), seed)
    own = magnitudes * _random_phases(len(magnitudes), seed + 1)
    right = spectrum.stereo_correlation * left + np.sqrt(1 - spectrum.stereo_correlation**2) * own
    sound = np.empty((spectrum.frames, channels), dtype=np.float32, order="F")
    bins = np.zeros(spectrum.frames // 2 + 1, dtype=np.complex64)
    for side, values in enumerate((left, right)[:channels]):
        bins[spectrum.bins] = values
        # NumPy's transform, unlike SciPy's, keeps no plan: for lengths like these, 50 MB.
        np.fft.irfft(bins, n=spectrum.frames, out=sound[:, side])  # type: ignore[arg-type]  # float32 is right
    return sound


def level_slow_changes(sound: npt.NDArray[np.float32], rate_hz: int, share: float) -> None:
    """Reduce, in place, the drift of each side's level over seconds; the loop stays seamless.

    Each side by itself, because a chord that wanders from ear to ear makes a listener seasick; and
    both sides to the same level.

    Args:
        sound: shape (frames, channels).
        rate_hz: frames per second.
        share: part of the drift in dB that is removed, 0 to 1.
    """
    count = max(4, len(sound) // (rate_hz // 2))
    level = float(_mean_squares(sound, count).mean())
    for side in range(sound.shape[1]):
        power = _mean_squares(sound[:, side], count)
        centres = (np.arange(len(power)) + 0.5) * len(sound) / len(power)
        smooth = (np.roll(power, 1) + 2 * power + np.roll(power, -1)) / 4
        gains = (smooth / power.mean()) ** (-share / 2) * math.sqrt(level / power.mean())
        # Around the seam: NumPy's own `period` would sort them again for each part.
        centres = np.concatenate((centres[-1:] - len(sound), centres, centres[:1] + len(sound)))
        gains = np.concatenate((gains[-1:], gains, gains[:1]))
        _multiply_along(sound[:, side], centres, gains)


def _multiply_along(plane: npt.NDArray[np.float32], places: Numbers, gains: Numbers) -> None:
    """Multiply a channel, in place, by gains that lie straight between some places, the first and last outside of it.

    NumPy's own `interp` does the same to the last bit in three times as long: it looks for each frame's two places.
    """
    for (place, following), (gain, next_gain) in zip(
        itertools.pairwise(places), itertools.pairwise(gains), strict=True
    ):
        start, end = max(0, math.ceil(place)), min(len(plane), math.ceil(following))
        along = np.arange(start, end, dtype=np.float64)
        along -= place
        along *= (next_gain - gain) / (following - place)
        along += gain
        plane[start:end] *= along.astype(np.float32)


def pack(sound: npt.NDArray[np.float32], rate_hz: int) -> Loop:
    """Return sound of any level as a `Loop` that uses its 16 bits fully.

    Args:
        sound: shape (frames, channels), of which the end leads into the beginning.
        rate_hz: frames per second.
    """
    step = max(float(sound.max()), -float(sound.min())) / _LARGEST_STEP
    steps = np.empty(sound.shape, dtype=np.int16, order="F")
    for side in range(sound.shape[1]):
        for start in range(0, len(sound), rate_hz):
            part = sound[start : start + rate_hz, side] / np.float32(step)
            steps[start : start + rate_hz, side] = np.rint(part, out=part)
    tenths = _mean_squares(sound, count=max(1, len(sound) * 10 // rate_hz))
    rounds = np.concatenate((tenths, tenths[:9]))
    seconds = np.convolve(rounds, np.full(10, 0.1), mode="valid") if len(tenths) >= 10 else tenths
    return Loop(steps, step, mean_square=float(tenths.mean()), loudest_second=float(seconds.max()))


def _mean_squares(sound: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.float64]:
    """Return the mean square, over the channels too, of so many equal parts."""
    edges = [len(sound) * part // count for part in range(count + 1)]
    parts = (sound[start:end] for start, end in itertools.pairwise(edges))
    return np.array([np.square(part).mean(dtype=np.float64) for part in parts])


def _random_phases(count: int, seed: int) -> npt.NDArray[np.complex64]:
    """Return random unit vectors; the bit generator's own stream never changes between versions of NumPy."""
    turns = (np.random.PCG64(seed).random_raw(count) >> np.uint64(40)).astype(np.float32) * np.float32(2**-24)
    angles = turns * np.float32(2 * math.pi)
    phases = np.empty(count, dtype=np.complex64)
    # Ten times as fast as the exponential of a complex number.
    np.cos(angles, out=phases.real)
    np.sin(angles, out=phases.imag)
    return phases
