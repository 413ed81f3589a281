"""Bells by modal synthesis: a few inharmonic modes, each a pair that beats, each dying away at its own pace."""

from __future__ import annotations

import difflib
import functools
import math
from dataclasses import dataclass

import numpy as np

from audio_builder.audio import AudioSegment, segment_from_samples
from audio_builder.errors import SoundError

BELL_S = 5.0
"""How long a bell rings, its last part faded to nothing."""

_FADE_S = 1.5
_STRIKE_S = 0.006
_PEAK = 0.9
_SECOND_HALF = 0.4  # of a mode: equal halves would beat to silence, which sounds like a second stroke


@dataclass(frozen=True, slots=True)
class _Mode:
    """One way in which a bell vibrates.

    Attributes:
        ratio: frequency over the lowest mode's.
        level_db: at the stroke, beside the lowest mode.
        decay_s: seconds until it is 60 dB softer.
        beat_hz: no bell is perfectly round, so each mode is two that lie this far apart.
        pan: where its two halves are heard, 0 (both in the middle) to 1 (left and right).
    """

    ratio: float
    level_db: float
    decay_s: float
    beat_hz: float
    pan: float


# The ratios are those of a bowl's bending modes as measured by Inácio, Henrique and Antunes,
# "The Dynamics of Tibetan Singing Bowls" (Acta Acustica 92, 2006): about 1, 2.8, 5.3, 8.3, 11.7.
_BOWL = (
    _Mode(1.0, 0.0, 11.0, 0.55, 0.15),
    _Mode(2.77, -7.0, 7.0, 0.83, 0.5),
    _Mode(5.18, -15.0, 4.0, 1.30, 0.8),
    _Mode(8.16, -24.0, 2.2, 1.70, 0.9),
    _Mode(11.66, -33.0, 1.2, 2.10, 1.0),
)
_BELLS = {"bowl": (220.0, _BOWL)}

BELLS = (*_BELLS, "none")
"""Every name that a recipe may give for a bell."""


def check_bell(name: str) -> None:
    """Make sure that a bell exists.

    Raises:
        SoundError: there is none of that name.
    """
    if name not in BELLS:
        close = difflib.get_close_matches(name.lower(), BELLS, n=3, cutoff=0.6)
        raise SoundError(
            f"there is no bell named {name!r}; there are {', '.join(BELLS)}",
            hint=f"Did you mean {' or '.join(close)}?" if close else "",
        )


@functools.cache
def strike(name: str, rate_hz: int) -> AudioSegment:
    """Return one stroke of a bell: stereo, 16 bit, `BELL_S` long, its peak 0.9 dB below full scale.

    Args:
        name: one of `BELLS` but `none`.
        rate_hz: frames per second.

    Raises:
        SoundError: there is none of that name.
    """
    check_bell(name)
    if name == "none":
        return AudioSegment.silent(0, frame_rate=rate_hz).set_channels(2)
    lowest_hz, modes = _BELLS[name]
    time_s = np.arange(round(BELL_S * rate_hz)) / rate_hz
    sound = np.zeros((len(time_s), 2))
    for number, mode in enumerate(modes):
        hz = lowest_hz * mode.ratio
        envelope = 10 ** (mode.level_db / 20 - 3 * time_s / mode.decay_s)
        for half_side, level in ((-1, 1.0), (1, _SECOND_HALF)):
            half = level * envelope * np.sin(2 * math.pi * (hz + half_side * mode.beat_hz / 2) * time_s)
            # The stronger halves take turns left and right; constant power between the two sides.
            angle = math.pi / 4 * (1 + half_side * (-1) ** number * mode.pan)
            sound += half[:, np.newaxis] * (math.cos(angle), math.sin(angle))
    sound *= _stroke_and_fade(len(time_s), rate_hz)[:, np.newaxis]
    return segment_from_samples((sound * (_PEAK / np.abs(sound).max())).astype(np.float32), rate_hz)


def _stroke_and_fade(frames: int, rate_hz: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the soft contact of a padded mallet at the start and the fade to nothing at the end."""
    rise, fall = round(_STRIKE_S * rate_hz), round(_FADE_S * rate_hz)
    gains = np.ones(frames)
    gains[:rise] = np.sin(np.linspace(0, math.pi / 2, rise)) ** 2
    gains[-fall:] = np.cos(np.linspace(0, math.pi / 2, fall)) ** 2
    return gains
