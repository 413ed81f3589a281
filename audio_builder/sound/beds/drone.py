"""The background `drone`: a warm open chord whose partials move slowly."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from audio_builder.errors import SoundError
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat
from audio_builder.sound.loop import LayeredBed, Spectrum, level_slow_changes, loop_from_spectrum, pack

LOWEST_ROOT_HZ, HIGHEST_ROOT_HZ = 50.0, 300.0
"""Lower roots can't be heard on small speakers; higher ones are no ground to rest on."""

_NOTE = re.compile(r"([A-Ga-g])([#♯b♭]?)(-?\d)")
_SEMITONES_FROM_A = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}

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


def check(soundscape: Soundscape, _: int) -> None:
    """Make sure that the root is a note that can be heard.

    Raises:
        SoundError: see `root_hz`.
    """
    root_hz(soundscape.drone_root)


def make(soundscape: Soundscape, bed_format: BedFormat) -> Bed:
    """Return the drone: roots, fifths and octaves, each partial a narrow band of noise.

    The way is that of PADsynth (N. O. Paul, 2005); see `loop_from_spectrum`.

    A band 0.2 Hz wide swells and fades within some seconds, and no two do so together: the chord
    stands still while its colour moves. A part of each partial is a single bin, which never fades.
    The default root, 110 Hz, is low enough to be warm, and clear of mains hum.

    Raises:
        SoundError: see `root_hz`.
    """
    layers, lowest_hz = [], root_hz(soundscape.drone_root)
    for seed, (notes, frames) in enumerate(((_ROOTS, _ROOT_FRAMES), (_FIFTHS, _FIFTH_FRAMES)), start=1):
        spectrum = _spectrum([(lowest_hz * note.ratio, note.level_db) for note in notes], frames, bed_format.rate_hz)
        sound = loop_from_spectrum(spectrum, 100 * seed, bed_format.channels)
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
    stereo_correlation = (0.7 / (1 + bins * bin_hz / 400)).astype(np.float32)
    return Spectrum(frames, bins, np.sqrt(power[bins]).astype(np.float32), stereo_correlation)


def root_hz(root: str) -> float:
    """Return the frequency of a drone's root.

    Args:
        root: a number in Hz, or a note in scientific pitch notation such as `A2`, `C#3` or `Eb2`; equal
            temperament with A4 at 440 Hz.

    Raises:
        SoundError: it is neither, or too low or too high.
    """
    note = _NOTE.fullmatch(root.strip())
    if note:
        semitones = _SEMITONES_FROM_A[note[1].upper()] + _ACCIDENTALS[note[2]] + 12 * (int(note[3]) - 4)
        hz = 440.0 * 2 ** (semitones / 12)
    else:
        hz = _number(root)
    if not LOWEST_ROOT_HZ <= hz <= HIGHEST_ROOT_HZ:
        found = f" ({hz:.0f} Hz)" if note else ""
        raise SoundError(
            f"the drone's root must be a note or a number from {LOWEST_ROOT_HZ:g} to {HIGHEST_ROOT_HZ:g} Hz,"
            f" not {root!r}{found}",
            hint="Set soundscape.drone_root to a note from G#1 to D4 such as A2 or Eb3, or to a number such as 108.",
        )
    return hz


def _number(text: str) -> float:
    """Return a number; nan, which is in no range, for what is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
