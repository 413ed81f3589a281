"""The background `bowls`: singing bowls, struck softly and seldom, ringing into each other."""

from __future__ import annotations

import dataclasses

import numpy as np

from audio_builder.audio.samples import Samples
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat, spread_times, uniform
from audio_builder.sound.bells import BOWL, ring, soft_stroke
from audio_builder.sound.loop import LayeredBed, pack
from audio_builder.sound.noise import FIRST_FRAMES, add_round

# Fifths and fourths over A: whichever ring together, they agree. A large bowl rings for half a minute.
# Lowest mode in Hz, how much slower than the measured bowl it decays, and whether it leans to the right.
_LARGE = ((110.0, 3.2, False), (164.81, 2.8, True))
_SMALL = ((220.0, 2.4, True), (246.94, 2.2, False), (329.63, 2.0, True))
_LARGE_FRAMES, _LARGE_STROKES = 2 * 3**13, 6
_SMALL_FRAMES, _SMALL_STROKES = FIRST_FRAMES, 4
_SMALL_BELOW_DB = 4.0

_STRIKE_S = 0.06
_JITTER = 0.15
_RING_S = 30.0
_UPPER_MODES_BELOW_DB = 5.0
_WIDTH = 0.45  # The two halves of a mode lie apart, so that its beat wanders between the ears.


def make(_: Soundscape, bed_format: BedFormat) -> Bed:
    """Return bowls: two large ones every 12 s and three small ones in between, with a very soft mallet.

    The modes are those of measured bowls (`sound.modal.BOWL`); they decay as they do there, only
    slower in larger bowls, and a stroke's end rings into the beginning of the next round.
    """
    large = _strokes(_LARGE_FRAMES, _LARGE_STROKES, _LARGE, bed_format, 2300)
    small = _strokes(_SMALL_FRAMES, _SMALL_STROKES, _SMALL, bed_format, 2400)
    small *= np.float32(10 ** (-_SMALL_BELOW_DB / 20))
    return LayeredBed(tuple(pack(sound, bed_format.rate_hz) for sound in (large, small)))


def _strokes(
    frames: int, count: int, sizes: tuple[tuple[float, float, bool], ...], bed_format: BedFormat, seed: int
) -> Samples:
    """Return a loop of strokes on bowls that take turns."""
    sound = np.zeros((frames, bed_format.channels), dtype=np.float32, order="F")
    sounds = [_bowl(*size, bed_format) for size in sizes]
    levels = uniform(count, seed + 1, 0.75, 1.0)
    for number, start in enumerate(spread_times(count, frames, _JITTER, seed)):
        add_round(sound, int(start), sounds[number % len(sounds)] * np.float32(levels[number]))
    return sound


def _bowl(lowest_hz: float, slower: float, rightwards: bool, bed_format: BedFormat) -> Samples:
    """Return one stroke of a bowl whose modes take `slower` times as long to die away."""
    modes = tuple(
        dataclasses.replace(
            mode,
            decay_s=mode.decay_s * slower,
            level_db=mode.level_db - _UPPER_MODES_BELOW_DB * (mode.ratio > 1),
            pan=max(mode.pan, _WIDTH),
        )
        for mode in BOWL
    )
    sound = ring(lowest_hz, modes, _RING_S, bed_format.rate_hz)
    sound *= soft_stroke(len(sound), bed_format.rate_hz, _STRIKE_S)[:, np.newaxis]
    # What still rings after half a minute fades within the last five seconds.
    fade = 5 * bed_format.rate_hz
    sound[-fade:] *= (np.cos(np.linspace(0, np.pi / 2, fade)) ** 2).astype(np.float32)[:, np.newaxis]
    if bed_format.channels == 1:
        middle: Samples = sound.mean(axis=1, keepdims=True)
        return middle
    return sound[:, ::-1] if rightwards else sound
