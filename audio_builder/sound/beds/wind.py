"""The background `wind`: gusts that come and go in trees, never twice the same."""

from __future__ import annotations

import numpy as np

from audio_builder.audio.samples import Samples
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat
from audio_builder.sound.loop import LayeredBed, level_slow_changes, pack
from audio_builder.sound.noise import FIRST_FRAMES, SECOND_FRAMES, Colour, Hertz, band, noise, slow_curve

# Davenport's spectrum of gusts: n S(n) ~ x² / (1 + x²)^(4/3), x = 1200 m · n / mean speed.
_MEAN_SPEED_M_S = 5.0
_GUST_LENGTH_M = 1200.0
_FASTEST_GUST_HZ = 0.3

# Middle and width of each band, how strongly it follows the gusts, and its level in a calm. The faster the air,
# the higher the pitch at which it sheds vortices from a branch (Strouhal), so the high bands follow most.
_BANDS = (
    (140.0, 1.1, 0.20, 0.0),
    (420.0, 0.8, 0.45, -5.0),
    (1100.0, 0.7, 0.80, -14.0),
)
_LEVELLED_SHARE = 0.3


def make(_: Soundscape, bed_format: BedFormat) -> Bed:
    """Return wind: three bands of noise that follow one gust.

    The bands and their gusts follow Farnell, "Designing Sound" (MIT Press, 2010), the chapter on wind;
    the gusts have the spectrum of Davenport (Q. J. R. Meteorol. Soc. 87, 1961).
    """
    layers = []
    for seed, frames in enumerate((FIRST_FRAMES, SECOND_FRAMES)):
        sound = _gusts(frames, bed_format, 1200 + 100 * seed)
        level_slow_changes(sound, bed_format.rate_hz, _LEVELLED_SHARE)
        layers.append(pack(sound, bed_format.rate_hz))
    return LayeredBed(tuple(layers))


def _gusts(frames: int, bed_format: BedFormat, seed: int) -> Samples:
    """Return a loop of wind."""
    gust = slow_curve(frames, bed_format.rate_hz, _davenport, _FASTEST_GUST_HZ, seed)
    sound = np.zeros((frames, bed_format.channels), dtype=np.float32, order="F")
    for number, (centre_hz, width, following, level_db) in enumerate(_BANDS, start=1):
        air = noise(Colour(band(centre_hz, width)), frames, bed_format, seed + 10 * number)
        air *= np.exp(np.float32(following) * gust)[:, np.newaxis]
        sound += air * np.float32(10 ** (level_db / 20))
    return sound


def _davenport(hz: Hertz) -> Hertz:
    """Return the power density of gusts over their frequency."""
    x = _GUST_LENGTH_M * hz / _MEAN_SPEED_M_S
    density: Hertz = x**2 / (1 + x**2) ** (4 / 3) / hz
    return density
