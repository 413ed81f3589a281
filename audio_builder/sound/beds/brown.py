"""The background `brown`: deep and soft, like a heating system two rooms away."""

from __future__ import annotations

from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat
from audio_builder.sound.loop import LayeredBed, level_slow_changes, pack
from audio_builder.sound.noise import FIRST_FRAMES, SECOND_FRAMES, Colour, Hertz, noise, slope

_FLAT_BELOW_HZ = 70.0
_LEVELLED_SHARE = 0.85


def make(_: Soundscape, bed_format: BedFormat) -> Bed:
    """Return brown noise: the spectrum of Brownian motion, power density 1/f² (a random walk's).

    It is flat below 70 Hz: a true random walk has most of its power where no speaker can follow.
    """
    colour = Colour(_power, stereo_correlation=0.75)
    layers = []
    for seed, frames in enumerate((FIRST_FRAMES, SECOND_FRAMES)):
        sound = noise(colour, frames, bed_format, 1100 + 10 * seed)
        level_slow_changes(sound, bed_format.rate_hz, _LEVELLED_SHARE)
        layers.append(pack(sound, bed_format.rate_hz))
    return LayeredBed(tuple(layers))


def _power(hz: Hertz) -> Hertz:
    """Return 1/f² with a corner (a leaky random walk)."""
    return slope(-6.02)(hz) / (1 + (_FLAT_BELOW_HZ / hz) ** 2)
