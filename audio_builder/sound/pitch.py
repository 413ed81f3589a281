"""Notes to frequencies."""

from __future__ import annotations

import math
import re

from audio_builder.errors import SoundError

LOWEST_ROOT_HZ, HIGHEST_ROOT_HZ = 50.0, 300.0
"""Lower roots can't be heard on small speakers; higher ones are no ground to rest on."""

_NOTE = re.compile(r"([A-Ga-g])([#♯b♭]?)(-?\d)")
_SEMITONES_FROM_A = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}


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
