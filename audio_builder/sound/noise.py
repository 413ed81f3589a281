"""Noise of any spectrum in loops, and the slow curves along which it swells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import Samples
from audio_builder.sound.bed import BedFormat, uniform
from audio_builder.sound.loop import Spectrum, loop_from_spectrum

FIRST_FRAMES = 2**21
SECOND_FRAMES = 2 * 7**7
"""48 and 37 s at 44.1 kHz. They share no factor but 2, so the sum of two such loops repeats after a year."""

LOWEST_HZ = 35.0
"""Nothing below is made: small speakers can't play it, and in headphones it is a pressure rather than a sound."""

Hertz = npt.NDArray[np.floating[Any]]
Curve = npt.NDArray[np.float32]
"""A gain for each frame of a loop, shape (frames,), whose end leads into its beginning."""

_CURVE_STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class Colour:
    """The spectrum and the width of noise.

    Attributes:
        power: power density over frequency (Hz), in any unit.
        lowest_hz: nothing is made below.
        highest_hz: nor above.
        stereo_correlation: of left and right at the lowest notes, 0 to 1; above 400 Hz it falls more and more.
    """

    power: Callable[[Hertz], Hertz]
    lowest_hz: float = LOWEST_HZ
    highest_hz: float = 18000.0
    stereo_correlation: float = 0.6


def noise(colour: Colour, frames: int, bed_format: BedFormat, seed: int) -> Samples:
    """Return a loop of noise, shape (frames, channels), its mean square 1.

    Args:
        colour: its spectrum and width.
        frames: its length; even.
        bed_format: rate and channels.
        seed: the same seed gives the same noise.
    """
    bin_hz = bed_format.rate_hz / frames
    last = min(int(colour.highest_hz / bin_hz), frames // 2 - 1)
    bins = np.arange(int(colour.lowest_hz / bin_hz) + 1, last + 1)
    hz = bins * bin_hz
    power = colour.power(hz)
    stereo_correlation = colour.stereo_correlation / (1 + hz / 400)
    magnitudes = np.sqrt(power / power.sum()).astype(np.float32)
    spectrum = Spectrum(frames, bins, magnitudes, stereo_correlation.astype(np.float32))
    return loop_from_spectrum(spectrum, seed, bed_format.channels)


def slope(decibels_per_octave: float) -> Callable[[Hertz], Hertz]:
    """Return a power density that rises or falls by so much for each octave; −3 is pink, −6 is brown."""
    exponent = decibels_per_octave / (10 * np.log10(2))
    return lambda hz: (hz / 1000.0) ** exponent


def band(centre_hz: float, width_octaves: float) -> Callable[[Hertz], Hertz]:
    """Return a power density like a bell over the octaves, `width_octaves` from its middle to 1/e."""
    return lambda hz: np.exp(-((np.log2(hz / centre_hz) / width_octaves) ** 2)) / hz


def slow_curve(frames: int, rate_hz: int, power: Callable[[Hertz], Hertz], highest_hz: float, seed: int) -> Curve:
    """Return a slow random curve: a loop of Gaussian noise with mean 0 and mean square 1.

    Args:
        frames: length of the loop.
        rate_hz: frames per second.
        power: its power density over frequency.
        highest_hz: nothing moves faster.
        seed: of the random numbers.
    """
    steps = round(frames / rate_hz / _CURVE_STEP_S)
    hz = np.fft.rfftfreq(steps, frames / rate_hz / steps)
    inside = (hz > 0) & (hz <= highest_hz)
    values = np.zeros(len(hz), dtype=np.complex128)
    values[inside] = np.sqrt(power(hz[inside])) * np.exp(2j * np.pi * uniform(int(inside.sum()), seed))
    curve = np.fft.irfft(values, n=steps)
    return drawn_round(curve / curve.std(), frames)


def drawn_round(points: npt.NDArray[np.float64], frames: int) -> Curve:
    """Return a curve through evenly spaced points of a loop, straight in between, shape (frames,)."""
    places = np.arange(len(points)) * (frames / len(points))
    return np.interp(np.arange(frames), places, points, period=frames).astype(np.float32)


def add_round(loop: Samples, start: int, event: Samples) -> None:
    """Add a sound to a loop in place; what goes past its end comes in again at its beginning.

    Args:
        loop: shape (frames, channels).
        start: where the event begins.
        event: shape (its frames, channels), not longer than the loop.
    """
    start %= len(loop)
    fitting = min(len(event), len(loop) - start)
    loop[start : start + fitting] += event[:fitting]
    loop[: len(event) - fitting] += event[fitting:]
