"""Bells: one stroke of each, by modal synthesis."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import AudioSegment, Samples, segment_from_samples
from audio_builder.errors import SoundError, did_you_mean

_SECOND_HALF = 0.4  # of a mode: equal halves would beat to silence, which sounds like a second stroke
_INAUDIBLE_DB = 80.0
_ROW_FRAMES = 512


@dataclass(frozen=True, slots=True)
class Mode:
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
BOWL = (
    Mode(1.0, 0.0, 11.0, 0.55, 0.15),
    Mode(2.77, -7.0, 7.0, 0.83, 0.5),
    Mode(5.18, -15.0, 4.0, 1.30, 0.8),
    Mode(8.16, -24.0, 2.2, 1.70, 0.9),
    Mode(11.66, -33.0, 1.2, 2.10, 1.0),
)

# A bar that is free at both ends (Euler and Bernoulli), which a tubular chime is: Fletcher and Rossing,
# "The Physics of Musical Instruments" (1998), section 2.16.
CHIME = (
    Mode(1.0, -4.0, 9.0, 0.30, 0.3),
    Mode(2.76, 0.0, 7.0, 0.45, 0.5),
    Mode(5.40, -8.0, 4.0, 0.60, 0.7),
    Mode(8.93, -18.0, 2.2, 0.90, 0.9),
    Mode(13.34, -28.0, 1.2, 1.30, 1.0),
)

# A church bell: hum, prime, a minor third, fifth, nominal and twelfth (the same book, section 21.2).
CHURCH_BELL = (
    Mode(1.0, -3.0, 14.0, 0.35, 0.2),
    Mode(2.0, 0.0, 8.0, 0.50, 0.4),
    Mode(2.4, -3.0, 7.0, 0.70, 0.6),
    Mode(3.0, -12.0, 5.0, 0.90, 0.7),
    Mode(4.0, -6.0, 4.0, 1.10, 0.8),
    Mode(6.0, -16.0, 2.0, 1.50, 1.0),
)


def ring(lowest_hz: float, modes: tuple[Mode, ...], seconds: float, rate_hz: int) -> Samples:
    """Return what rings after a stroke, shape (frames, 2), its lowest mode about 1 in amplitude.

    Each mode is worked out until it is 80 dB below its own beginning.

    Args:
        lowest_hz: frequency of the lowest mode.
        modes: all of them.
        seconds: how long.
        rate_hz: frames per second.
    """
    sound = np.zeros((round(seconds * rate_hz), 2), dtype=np.float32, order="F")
    for number, mode in enumerate(modes):
        frames = min(len(sound), round(mode.decay_s * _INAUDIBLE_DB / 60 * rate_hz))
        for half_side, level in ((-1, 1.0), (1, _SECOND_HALF)):
            hz = lowest_hz * mode.ratio + half_side * mode.beat_hz / 2
            half = _dying_sine(hz, mode.decay_s, frames, rate_hz)
            half *= level * 10 ** (mode.level_db / 20)
            # The stronger halves take turns left and right; constant power between the two sides.
            angle = math.pi / 4 * (1 + half_side * (-1) ** number * mode.pan)
            for side, share in enumerate((math.cos(angle), math.sin(angle))):
                sound[:frames, side] += (share * half).astype(np.float32)
    return sound


def _dying_sine(hz: float, decay_s: float, frames: int, rate_hz: int) -> npt.NDArray[np.float64]:
    """Return a sine that falls by 60 dB within `decay_s`, shape (frames,), its amplitude 1 at the start.

    It is the imaginary part of a complex power, and a power of a sum is the product of two powers: some hundred of
    each are worked out in place of one for every frame.
    """
    growth = complex(-3 * math.log(10) / decay_s, 2 * math.pi * hz)
    rows = -(-frames // _ROW_FRAMES)
    starts = np.exp(growth * (np.arange(rows) * _ROW_FRAMES / rate_hz))
    within = np.exp(growth * (np.arange(_ROW_FRAMES) / rate_hz))
    sine: npt.NDArray[np.float64] = np.multiply.outer(starts.real, within.imag)
    sine += np.multiply.outer(starts.imag, within.real)
    return sine.reshape(-1)[:frames]


def soft_stroke(frames: int, rate_hz: int, rise_s: float) -> Samples:
    """Return the gains of a padded mallet's soft contact, shape (frames,): up within `rise_s`, then 1."""
    rise = min(frames, round(rise_s * rate_hz))
    gains = np.ones(frames, dtype=np.float32)
    gains[:rise] = np.sin(np.linspace(0, math.pi / 2, rise)) ** 2
    return gains


BELL_S = 5.0
"""How long a bell rings, its last part faded to nothing."""

_FADE_S = 1.5
_STRIKE_S = 0.006
_PEAK = 0.9
_BELLS = {
    "bowl": (220.0, BOWL, "A singing bowl, the A below middle C"),
    "large-bowl": (130.81, BOWL, "A large singing bowl, deep and slow to fade"),
    "chime": (349.23, CHIME, "A bar of a chime, clear and light"),
    "church-bell": (146.83, CHURCH_BELL, "A church bell, its strike and its hum"),
}

NO_BELL = "none"
BELLS = (*_BELLS, NO_BELL)
"""Every name that a recipe may give for a bell."""


def check_bell(name: str) -> None:
    """Make sure that a bell exists.

    Raises:
        SoundError: there is none of that name.
    """
    if name not in BELLS:
        raise SoundError(
            f"there is no bell named {name!r}; there are {', '.join(BELLS)}",
            hint=did_you_mean(name.lower(), BELLS, most=3),
        )


def describe_bell(name: str) -> str:
    """Return one line about a bell."""
    return _BELLS[name][2]


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
    if name == NO_BELL:
        return AudioSegment.silent(0, frame_rate=rate_hz).set_channels(2)
    lowest_hz, modes, _ = _BELLS[name]
    sound = ring(lowest_hz, modes, BELL_S, rate_hz)
    sound *= _stroke_and_fade(len(sound), rate_hz)[:, np.newaxis]
    return segment_from_samples(sound * np.float32(_PEAK / np.abs(sound).max()), rate_hz)


def _stroke_and_fade(frames: int, rate_hz: int) -> Samples:
    """Return the soft contact of a padded mallet at the start and the fade to nothing at the end."""
    gains, fall = soft_stroke(frames, rate_hz, _STRIKE_S), round(_FADE_S * rate_hz)
    gains[-fall:] = np.cos(np.linspace(0, math.pi / 2, fall)) ** 2
    return gains
