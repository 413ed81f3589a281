"""The background `ocean`: waves on a flat beach at the pace of slow breathing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import Samples
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat, spread_times, uniform
from audio_builder.sound.loop import LayeredBed, level_slow_changes, pack
from audio_builder.sound.noise import FIRST_FRAMES, Colour, Curve, Hertz, noise, slope

# 72 and 48 s at 44.1 kHz, with no common factor but 2: about six waves in a minute, near and farther off.
_NEAR_FRAMES, _NEAR_WAVES = 2 * 3**13, 7
_FAR_FRAMES, _FAR_WAVES = FIRST_FRAMES, 5
_FAR_BELOW_DB = 5.0

_RISE_S, _FALL_S = 4.0, 6.5
_FOAM_LATER_S = 0.9
_TROUGH = 0.22
_HEIGHTS = (0.75, 1.0)
_JITTER = 0.10
_LEVELLED_SHARE = 0.15


def make(_: Soundscape, bed_format: BedFormat) -> Bed:
    """Return waves: the low roar of the breaker, and the foam that follows it and runs out on the sand.

    Breaking waves radiate a spectrum that falls by 5 to 6 dB for each octave above 500 Hz (Wenz,
    J. Acoust. Soc. Am. 34, 1962). A wave rises for 4 s and runs out for 6.5, a breath in and out.
    """
    near = _waves(_NEAR_FRAMES, _NEAR_WAVES, bed_format, 1800)
    far = _waves(_FAR_FRAMES, _FAR_WAVES, bed_format, 1900) * np.float32(10 ** (-_FAR_BELOW_DB / 20))
    layers = []
    for sound in (near, far):
        level_slow_changes(sound, bed_format.rate_hz, _LEVELLED_SHARE)
        layers.append(pack(sound, bed_format.rate_hz))
    return LayeredBed(tuple(layers))


def _waves(frames: int, count: int, bed_format: BedFormat, seed: int) -> Samples:
    """Return a loop with so many waves."""
    crests = spread_times(count, frames, _JITTER, seed)
    heights = uniform(count, seed + 1, *_HEIGHTS)
    roar = noise(Colour(_roar), frames, bed_format, seed + 10)
    roar *= _surf(crests, heights, frames, bed_format.rate_hz)[:, np.newaxis]
    foam = noise(Colour(_foam, stereo_correlation=0.2), frames, bed_format, seed + 20)
    later = crests + round(_FOAM_LATER_S * bed_format.rate_hz)
    foam *= np.float32(0.7) * np.square(_surf(later, heights, frames, bed_format.rate_hz))[:, np.newaxis]
    return roar + foam


def _roar(hz: Hertz) -> Hertz:
    """Return a power density that is flat below 300 Hz and falls by 6 dB an octave above."""
    density: Hertz = 1 / (1 + (hz / 300.0) ** 2)
    return density


def _foam(hz: Hertz) -> Hertz:
    """Return a power density that falls by 5 dB an octave, rounded off below 800 Hz."""
    return slope(-5.0)(hz) / (1 + (800.0 / hz) ** 3)


def _surf(crests: npt.NDArray[np.int64], heights: npt.NDArray[np.float64], frames: int, rate_hz: int) -> Curve:
    """Return how high the water stands: half a cosine up to each crest and another down, over a trough."""
    level = np.full(frames, _TROUGH, dtype=np.float32)
    rise, fall = round(_RISE_S * rate_hz), round(_FALL_S * rate_hz)
    up = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, rise, endpoint=False))
    down = 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall, endpoint=False))
    wave = np.concatenate((up, down)).astype(np.float32)
    for crest, height in zip(crests, heights, strict=True):
        places = (np.arange(len(wave)) + int(crest) - rise) % frames
        level[places] = np.maximum(level[places], _TROUGH + np.float32(height - _TROUGH) * wave)
    return level
