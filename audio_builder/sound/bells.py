"""Bells: one stroke of each, by modal synthesis."""

from __future__ import annotations

import difflib
import functools
import math

import numpy as np

from audio_builder.audio.samples import AudioSegment, Samples, segment_from_samples
from audio_builder.errors import SoundError
from audio_builder.sound.modal import BOWL, CHIME, CHURCH_BELL, ring, soft_stroke

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
        close = difflib.get_close_matches(name.lower(), BELLS, n=3, cutoff=0.6)
        raise SoundError(
            f"there is no bell named {name!r}; there are {', '.join(BELLS)}",
            hint=f"Did you mean {' or '.join(close)}?" if close else "",
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
