"""The background `night`: a warm night in a garden, some crickets near and far."""

from __future__ import annotations

import math

import numpy as np

from audio_builder.audio.samples import Samples
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat, spread_times, uniform
from audio_builder.sound.loop import LayeredBed, level_slow_changes, pack
from audio_builder.sound.noise import FIRST_FRAMES, SECOND_FRAMES, Colour, Hertz, add_round, noise

# Dolbear, "The Cricket as a Thermometer" (American Naturalist 31, 1897): chirps a minute = 40 + 4 (°F − 50).
_TEMPERATURE_F = 57.0
_CHIRPS_PER_S = (40 + 4 * (_TEMPERATURE_F - 50)) / 60

# A snowy tree cricket's chirp is a handful of pulses of a nearly pure tone near 2.5 kHz in the cool of a night.
_PULSES, _PULSES_PER_S, _PULSE_S = 5, 26.0, 0.024
_LOWEST_HZ, _HIGHEST_HZ = 2150.0, 2900.0
_NEAR, _FAR = 2, 5
_NEAR_BELOW_DB, _FAR_BELOW_DB = 10.0, 15.0
_LEVELLED_SHARE = 0.6


def make(_: Soundscape, bed_format: BedFormat) -> Bed:
    """Return a night: soft air, two crickets near and five far away, each with its own pitch and pace.

    How insects are made of pulses follows Farnell, "Designing Sound" (MIT Press, 2010), the chapter on
    insects; how often they chirp follows Dolbear's law for 14 °C.
    """
    layers = []
    parts = ((FIRST_FRAMES, _NEAR, _NEAR_BELOW_DB, 2000), (SECOND_FRAMES, _FAR, _FAR_BELOW_DB, 2100))
    for frames, crickets, below_db, seed in parts:
        air = noise(Colour(_air, stereo_correlation=0.5), frames, bed_format, seed)
        song = np.zeros_like(air)
        for number in range(1, crickets + 1):
            song += _cricket(frames, bed_format, seed + 10 * number)
        song *= np.float32(10 ** (-below_db / 20) / math.sqrt(float(np.mean(np.square(song)))))
        level_slow_changes(air, bed_format.rate_hz, _LEVELLED_SHARE)
        layers.append(pack(air + song, bed_format.rate_hz))
    return LayeredBed(tuple(layers))


def _air(hz: Hertz) -> Hertz:
    """Return the power density of still air and leaves: falling by 6 dB an octave above 150 Hz, by 9 above 2 kHz."""
    density: Hertz = 1 / (1 + (hz / 150.0) ** 2) / np.sqrt(1 + (hz / 2000.0) ** 2)
    return density


def _cricket(frames: int, bed_format: BedFormat, seed: int) -> Samples:
    """Return one cricket for a whole loop, at its own place between left and right."""
    rate_hz = bed_format.rate_hz
    pitch, side, pace, loud = uniform(4, seed)
    hz = _LOWEST_HZ + (_HIGHEST_HZ - _LOWEST_HZ) * pitch
    count = round(frames / rate_hz * _CHIRPS_PER_S * (0.94 + 0.12 * pace))
    chirp = _chirp(hz, rate_hz)
    side = (0.1 + 0.8 * side) * math.pi / 2
    places = (math.cos(side), math.sin(side)) if bed_format.channels > 1 else (1.0,)
    sound = np.zeros((frames, bed_format.channels), dtype=np.float32, order="F")
    levels = (0.5 + 0.5 * loud) * uniform(count, seed + 2, 0.8, 1.0)
    for start, level in zip(spread_times(count, frames, 0.06, seed + 1), levels, strict=True):
        add_round(sound, int(start), (level * chirp[:, np.newaxis] * places).astype(np.float32))
    return sound


def _chirp(hz: float, rate_hz: int) -> Samples:
    """Return one chirp: pulses that grow louder, each with soft edges, shape (frames,)."""
    time_s = np.arange(round(_PULSES / _PULSES_PER_S * rate_hz)) / rate_hz
    number, within_s = np.divmod(time_s, 1 / _PULSES_PER_S)
    pulse = np.where(within_s < _PULSE_S, np.sin(np.pi * np.minimum(within_s / _PULSE_S, 1.0)) ** 2, 0.0)
    grown: Samples = (pulse * (0.5 + 0.5 * number / (_PULSES - 1)) * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)
    return grown
