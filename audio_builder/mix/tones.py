"""The sound of a placed tone: a bell or a breath, as long as the timeline says."""

from __future__ import annotations

import math

import numpy as np

from audio_builder.audio.samples import Samples, samples_from_segment
from audio_builder.mix.timeline import PlacedTone, Tone, frames_from_seconds
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bells import strike
from audio_builder.sound.breath import breathe

_BREATH_BELOW_BELL_DB = 16.0  # A tone that lasts is much louder than a stroke of the same peak.
_CUT_FADE_S = 0.8


def tone_sound(tone: PlacedTone, soundscape: Soundscape, rate_hz: int) -> Samples:
    """Return a tone in stereo, shape (tone.frames, 2), its peak just below full scale.

    A bell that is cut short fades out over its last 0.8 s, or over all of it if it is shorter.

    Args:
        tone: which, and how long.
        soundscape: names the bells.
        rate_hz: frames per second.
    """
    if tone.tone in {Tone.BELL, Tone.CLOSING_BELL}:
        bell = soundscape.bell if tone.tone is Tone.BELL else soundscape.closing_bell
        sound = samples_from_segment(strike(bell, rate_hz))
        return sound if len(sound) <= tone.frames else _cut(sound, tone.frames, rate_hz)
    breath = samples_from_segment(breathe(tone.frames, rate_hz, inward=tone.tone is Tone.BREATH_IN))
    return breath * np.float32(10 ** (-_BREATH_BELOW_BELL_DB / 20))


def _cut(sound: Samples, frames: int, rate_hz: int) -> Samples:
    """Return the beginning of a sound, faded out."""
    fade = min(frames, frames_from_seconds(_CUT_FADE_S, rate_hz))
    short = sound[:frames].copy()
    short[frames - fade :] *= (np.cos(np.linspace(0, math.pi / 2, fade)) ** 2).astype(np.float32)[:, np.newaxis]
    return short
