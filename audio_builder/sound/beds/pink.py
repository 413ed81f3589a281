"""The background `pink`: as much power in each octave, like a waterfall far away."""

from __future__ import annotations

from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat
from audio_builder.sound.loop import LayeredBed, level_slow_changes, pack
from audio_builder.sound.noise import FIRST_FRAMES, SECOND_FRAMES, Colour, noise, slope

_PINK = Colour(slope(-3.01))
_LEVELLED_SHARE = 0.7


def make(_: Soundscape, bed_format: BedFormat) -> Bed:
    """Return pink noise from 35 Hz to 18 kHz: power density 1/f (Voss and Clarke, Nature 258, 1975)."""
    layers = []
    for seed, frames in enumerate((FIRST_FRAMES, SECOND_FRAMES)):
        sound = noise(_PINK, frames, bed_format, 1000 + 10 * seed)
        level_slow_changes(sound, bed_format.rate_hz, _LEVELLED_SHARE)
        layers.append(pack(sound, bed_format.rate_hz))
    return LayeredBed(tuple(layers))
