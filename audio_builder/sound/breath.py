"""Soft tones to breathe with: one that opens while the listener breathes in, one that settles."""

from __future__ import annotations

import functools
import math

import numpy as np

from audio_builder.audio import AudioSegment, segment_from_samples

_LOW_HZ = 165.0
_HIGH_HZ = 220.0
_TURN_S = 0.5
_PEAK = 0.9
# Level of each partial; the right ear hears it a little sharper, which gives it width.
_PARTIALS_DB = ((1, 0.0), (2, -12.0), (3, -22.0))
_DETUNE_HZ = 0.35


@functools.lru_cache(maxsize=4)
def breathe(frames: int, rate_hz: int, *, inward: bool) -> AudioSegment:
    """Return the tone of one breath: stereo, 16 bit, exactly as long as asked.

    Breathing in it rises by a fourth and grows; breathing out it is the same backwards. Where the
    breath turns, both are at their fullest and fade within half a second.

    Args:
        frames: its length.
        rate_hz: frames per second.
        inward: breathing in, or out.
    """
    share = (np.arange(frames) + 0.5) / frames
    glide_hz = _LOW_HZ * (_HIGH_HZ / _LOW_HZ) ** (0.5 - 0.5 * np.cos(math.pi * share))
    turn = min(round(_TURN_S * rate_hz), frames // 2)
    envelope = (0.5 - 0.5 * np.cos(math.pi * share)) ** 1.2
    envelope[frames - turn :] *= np.cos(np.linspace(0, math.pi / 2, turn)) ** 2
    sound = np.zeros((frames, 2))
    for partial, level_db in _PARTIALS_DB:
        # Higher partials come in later, so the tone opens as it grows.
        level = 10 ** (level_db / 20) * share ** (partial - 1)
        for side, detune_hz in enumerate((0.0, _DETUNE_HZ)):
            turns = np.cumsum(partial * (glide_hz + detune_hz)) / rate_hz
            sound[:, side] += level * np.sin(2 * math.pi * turns)
    sound *= envelope[:, np.newaxis]
    if not inward:
        sound = sound[::-1]
    return segment_from_samples((sound * (_PEAK / np.abs(sound).max())).astype(np.float32), rate_hz)
