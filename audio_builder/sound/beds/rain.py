"""The background `rain`: a steady fall outside, with single drops near the window."""

from __future__ import annotations

import math

import numpy as np

from audio_builder.audio.samples import Samples
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat, uniform
from audio_builder.sound.loop import LayeredBed, level_slow_changes, pack
from audio_builder.sound.noise import FIRST_FRAMES, SECOND_FRAMES, Colour, Hertz, add_round, noise

_DROPS_PER_S = 14.0
_DROPS_BELOW_DB = 9.0
_DROP_S = 0.03
_SMALLEST_MM, _LARGEST_MM = 0.9, 3.4
_LEVELLED_SHARE = 0.7


def _hiss(hz: Hertz) -> Hertz:
    """Return the power density of rain on leaves and ground: broad, soft above 5 kHz, little below 300 Hz."""
    density: Hertz = (hz / 700.0) ** 2 / (1 + (hz / 700.0) ** 2) / (1 + (hz / 2200.0) ** 2) / np.sqrt(hz)
    return density


_FALL = Colour(_hiss, stereo_correlation=0.3)


def make(_: Soundscape, bed_format: BedFormat) -> Bed:
    """Return rain: the hiss of drops too many to be heard one by one, and single drops.

    That rain is both follows Farnell, "Designing Sound" (MIT Press, 2010), the chapter on rain. A drop's
    sound is that of the bubble it makes: pitch 3/r Hz (Minnaert, 1933) and decay 0.13/r + 0.0072 r^(-3/2)
    per second for a radius r in metres (van den Doel, "Physically based models for liquid sounds",
    ACM Transactions on Applied Perception 2, 2005).
    """
    fall = noise(_FALL, FIRST_FRAMES, bed_format, 1500)
    drops = _drops(SECOND_FRAMES, bed_format, 1600)
    drops *= np.float32(10 ** (-_DROPS_BELOW_DB / 20) / math.sqrt(float(np.mean(np.square(drops)))))
    near = noise(_FALL, SECOND_FRAMES, bed_format, 1700)
    layers = []
    for sound in (fall, near + drops):
        level_slow_changes(sound, bed_format.rate_hz, _LEVELLED_SHARE)
        layers.append(pack(sound, bed_format.rate_hz))
    return LayeredBed(tuple(layers))


def _drops(frames: int, bed_format: BedFormat, seed: int) -> Samples:
    """Return a loop of single drops, each at its own place between left and right."""
    rate_hz = bed_format.rate_hz
    count = round(frames / rate_hz * _DROPS_PER_S)
    starts = (uniform(count, seed) * frames).astype(np.int64)
    radii_m = 1e-3 * _SMALLEST_MM * (_LARGEST_MM / _SMALLEST_MM) ** uniform(count, seed + 1)
    levels = 0.15 + 0.85 * uniform(count, seed + 2) ** 3
    sides = uniform(count, seed + 3)
    time_s = np.arange(round(_DROP_S * rate_hz)) / rate_hz
    soft_start = np.minimum(time_s / 0.0008, 1.0)
    sound = np.zeros((frames, bed_format.channels), dtype=np.float32, order="F")
    for start, radius_m, level, side in zip(starts, radii_m, levels, sides, strict=True):
        decay = 0.13 / radius_m + 0.0072 * radius_m**-1.5
        drop = level * soft_start * np.exp(-decay * time_s) * np.sin(2 * math.pi * 3.0 / radius_m * time_s)
        places = (math.cos(side * math.pi / 2), math.sin(side * math.pi / 2)) if bed_format.channels > 1 else (1.0,)
        add_round(sound, int(start), (drop[:, np.newaxis] * places).astype(np.float32))
    return sound
