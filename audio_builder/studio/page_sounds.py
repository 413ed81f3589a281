"""Sounds for the page as WAV: a phrase as it is in the finished mix, a stretch of the background, a bell, a breath."""

from __future__ import annotations

import functools
import math

import numpy as np

from audio_builder.audio.filters import high_pass
from audio_builder.audio.samples import Samples, samples_from_segment, segment_from_samples, wav_from_segment
from audio_builder.errors import NarrationError
from audio_builder.mix.levels import tone_sound
from audio_builder.mix.master import limit
from audio_builder.mix.timeline import PlacedTone, Tone, frames_from_seconds
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed
from audio_builder.sound.bells import BELL_S
from audio_builder.sound.room import in_the_room, room_response

STRETCH_S = 45.0
"""How much of a background the page plays, over and over."""

SEAM_S = 3.0
"""How long its end takes to become its beginning."""


def wav(sound: Samples, rate_hz: int) -> bytes:
    """Return samples, shape (frames, channels), as a WAV file of 16 bits."""
    return wav_from_segment(segment_from_samples(sound, rate_hz))


def clip_wav(cache: ClipCache, key: str, gain_db: float, ceiling_dbtp: float, *, room: bool = False) -> bytes:
    """Return a phrase at its level in the mix, with the peaks that the limiter leaves.

    Args:
        cache: where it is kept.
        key: 64 hexadecimal digits.
        gain_db: from the plan of the mix.
        ceiling_dbtp: likewise.
        room: whether it is heard in a room; it is in two channels then, and longer by its decay.

    Raises:
        NarrationError: it isn't there, or can't be loaded any more.
    """
    stored = cache.find(key)
    if stored is None:
        raise NarrationError("this phrase isn't spoken yet", hint="Play it once more.")
    rate_hz = stored.rate_hz
    voice = high_pass(samples_from_segment(cache.load(key)), rate_hz) * np.float32(10 ** (gain_db / 20))
    sound = voice[:, np.newaxis]
    if room:
        sound = in_the_room(voice, room_response(rate_hz, 2))
        sound[: len(voice)] += voice[:, np.newaxis]  # the room alone is what is added
    return wav(np.concatenate(list(limit([np.asfortranarray(sound)], rate_hz, ceiling_dbtp))), rate_hz)


def bed_wav(bed: Bed, rate_hz: int) -> bytes:
    """Return a stretch of a background that can be repeated: its end fades into its beginning at even power."""
    frames, seam = frames_from_seconds(STRETCH_S, rate_hz), frames_from_seconds(SEAM_S, rate_hz)
    if not math.isfinite(bed.loudest_second_dbfs):
        return wav(np.zeros((rate_hz, bed.channels), dtype=np.float32), rate_hz)
    sound = bed.read(0, frames + seam)
    share = np.sin(np.linspace(0, math.pi / 2, seam, dtype=np.float32))[:, np.newaxis]
    sound[:seam] = sound[:seam] * share + sound[frames:] * np.sqrt(1 - share**2)
    return wav(sound[:frames], rate_hz)


@functools.lru_cache(maxsize=16)
def bell_wav(name: str, rate_hz: int) -> bytes:
    """Return one stroke of a bell, in two channels.

    Raises:
        SoundError: there is none of that name.
    """
    tone = PlacedTone(Tone.BELL, 0, frames_from_seconds(BELL_S, rate_hz))
    return wav(tone_sound(tone, Soundscape(bell=name), rate_hz), rate_hz)


@functools.lru_cache(maxsize=32)
def breath_wav(seconds: float, rate_hz: int, *, inward: bool) -> bytes:
    """Return the tone of one breath, in two channels."""
    tone = PlacedTone(Tone.BREATH_IN if inward else Tone.BREATH_OUT, 0, frames_from_seconds(seconds, rate_hz))
    return wav(tone_sound(tone, Soundscape(), rate_hz), rate_hz)
