"""The background `drone`: a warm open chord whose partials move slowly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audio_builder.sound.bed import Bed, BedFormat
from audio_builder.sound.stretch import LayeredBed, Spectrum, level_slow_changes, pack, stretch_from_spectrum

# 95 and 72 s at 44.1 kHz. They share no factor but 2, so the sum repeats after four years.
_ROOT_FRAMES = 2**22
_FIFTH_FRAMES = 2 * 3**13

_PARTIALS = 12
_LOWEST_HZ = 60.0
_HIGHEST_HZ = 12000.0
_SOFT_ABOVE_HZ = 500.0
_WIDTH_HZ = 0.10
_STEADY_SHARE = 0.5
_LEVELLED_SHARE = 0.85


@dataclass(frozen=True, slots=True)
class _Note:
    """One note of the chord.

    Attributes:
        ratio: its pitch over the root's.
        level_db: beside the loudest note.
    """

    ratio: float
    level_db: float


# The octave and the twelfth carry the chord, for at the level of a bed the ear hardly hears the root.
_ROOTS = (_Note(1.0, -6.0), _Note(2.0, 0.0), _Note(4.0, -9.0))
_FIFTHS = (_Note(1.5, -6.0), _Note(3.0, -4.0), _Note(4.5, -18.0))


def drone(bed_format: BedFormat, root_hz: float) -> Bed:
    """Return the drone: roots, fifths and octaves, each partial a narrow band of noise.

    The way is that of PADsynth (N. O. Paul, 2005); see `stretch_from_spectrum`.

    A band 0.2 Hz wide swells and fades within some seconds, and no two do so together: the chord
    stands still while its colour moves. A part of each partial is a single bin, which never fades.

    Args:
        bed_format: rate and channels.
        root_hz: the lowest note. The default, 110 Hz, is low enough to be warm, and clear of mains hum.
    """
    layers = []
    for seed, (notes, frames) in enumerate(((_ROOTS, _ROOT_FRAMES), (_FIFTHS, _FIFTH_FRAMES)), start=1):
        spectrum = _spectrum([(root_hz * note.ratio, note.level_db) for note in notes], frames, bed_format.rate_hz)
        sound = stretch_from_spectrum(spectrum, 100 * seed, bed_format.channels)
        level_slow_changes(sound, bed_format.rate_hz, _LEVELLED_SHARE)
        layers.append(pack(sound, bed_format.rate_hz))
    return LayeredBed(tuple(layers))


def _spectrum(notes: list[tuple[float, float]], frames: int, rate_hz: int) -> Spectrum:
    """Return all partials of notes, each a pitch in Hz and a level in dB, as Gaussian bands."""
    power = np.zeros(frames // 2)
    bin_hz = rate_hz / frames
    for note_hz, level_db in notes:
        for partial in range(1, min(_PARTIALS, int(_HIGHEST_HZ / note_hz)) + 1):
            hz = note_hz * partial
            width_hz = _WIDTH_HZ * partial**0.6
            first, last = int((hz - 5 * width_hz) / bin_hz), int((hz + 5 * width_hz) / bin_hz) + 2
            distance = (np.arange(first, last) * bin_hz - hz) / width_hz
            level = 10 ** (level_db / 10) / partial**2.4 / (1 + (hz / _SOFT_ABOVE_HZ) ** 2)
            power[first:last] += (1 - _STEADY_SHARE) * level * bin_hz / width_hz * np.exp(-(distance**2))
            power[round(hz / bin_hz)] += _STEADY_SHARE * level
    lowest_hz = min(_LOWEST_HZ, 0.8 * min(note_hz for note_hz, _ in notes))
    power[: int(lowest_hz / bin_hz)] = 0.0
    bins = np.flatnonzero(power)
    # Low notes stay near the middle, as in a room; high ones open out.
    kinship = (0.7 / (1 + bins * bin_hz / 400)).astype(np.float32)
    return Spectrum(frames, bins, np.sqrt(power[bins]).astype(np.float32), kinship)
