"""Soft tones to breathe with: one that opens while the listener breathes in, one that settles."""

from __future__ import annotations

import functools
import math

import numpy as np

from audio_builder.audio.samples import AudioSegment, segment_from_samples

_LOW_HZ = 165.0
_HIGH_HZ = 220.0
_TURN_S = 0.5
_PEAK = 0.9
# Amplitudes of the second and the third partial beside the first, −12 and −22 dB.
_SECOND, _THIRD = 10 ** (-12 / 20), 10 ** (-22 / 20)
# The right ear hears the tone a little sharper, which gives it width.
_DETUNE_HZ = 0.35


@functools.lru_cache(maxsize=4)
def breathe(frames: int, rate_hz: int, *, inward: bool) -> AudioSegment:
    """Return the tone of one breath: stereo, 16 bit, exactly that long.

    Breathing in it rises by a fourth and grows; breathing out it is the same backwards. Where the
    breath turns, both are at their fullest and fade within half a second.
    """
    share = (np.arange(frames) + 0.5) / frames
    rising = 0.5 - 0.5 * np.cos(math.pi * share)
    glide_hz = _LOW_HZ * (_HIGH_HZ / _LOW_HZ) ** rising
    turn = min(round(_TURN_S * rate_hz), frames // 2)
    envelope = rising**1.2
    envelope[frames - turn :] *= np.cos(np.linspace(0, math.pi / 2, turn)) ** 2
    # Higher partials come in later, so the tone opens as it grows.
    second, third = _SECOND * share, _THIRD * np.square(share)
    sound = np.empty((frames, 2), order="F")
    for side, detune_hz in enumerate((0.0, _DETUNE_HZ)):
        angle = np.cumsum(glide_hz + detune_hz)
        angle *= 2 * math.pi / rate_hz
        sine = np.sin(angle)
        # With x the angle, sin 2x is 2 sin x cos x, and sin 3x is sin x (3 − 4 sin² x).
        factor = 2 * second * np.cos(angle)
        factor += third * (3 - 4 * np.square(sine))
        factor += 1
        factor *= sine
        np.multiply(factor, envelope, out=sound[:, side])
    if not inward:
        sound = sound[::-1]
    return segment_from_samples((sound * (_PEAK / max(sound.max(), -sound.min()))).astype(np.float32), rate_hz)
