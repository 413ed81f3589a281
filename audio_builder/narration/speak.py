"""One phrase, from its words to a checked clip: what a worker process does."""

from __future__ import annotations

import msgspec

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import ClipRejected, EngineFailed, quoted
from audio_builder.narration.plausible import check_clip
from audio_builder.narration.trim import TrimmedClip, trim
from audio_builder.voices.engines.base import Engine, TimedSound, WordTimer
from audio_builder.voices.profile import Voice
from audio_builder.voices.rate.rates import expected_wpm

_NUDGE = 1.001
"""A second attempt is a thousandth off in rate: nobody hears it, and an engine that answers the same words
with the same bytes gives others."""


def speak_phrase(engine: Engine, voice: Voice, text: str, rate_hz: int) -> TrimmedClip:
    """Return a phrase spoken, resampled, trimmed and checked; an implausible sound is made a second time.

    Args:
        engine: the voice's.
        voice: made ready.
        text: from `spoken_text`.
        rate_hz: the episode's sample rate.

    Raises:
        ClipRejected: the sound can't be the sentence, twice.
        EngineFailed: the engine failed, or gave something that isn't mono 16-bit sound.
    """
    wpm = expected_wpm(voice.profile, voice.rate)
    try:
        return _attempt(engine, voice, text, rate_hz, wpm)
    except ClipRejected:
        nudged = msgspec.structs.replace(voice, rate=voice.rate * _NUDGE)
        return _attempt(engine, nudged, text, rate_hz, wpm)


def _attempt(engine: Engine, voice: Voice, text: str, rate_hz: int, wpm: float) -> TrimmedClip:
    told = (
        engine.speak_timed(text, voice) if isinstance(engine, WordTimer) else TimedSound(engine.speak(text, voice), ())
    )
    spoken = told.sound
    if not isinstance(spoken, AudioSegment) or spoken.channels != 1 or spoken.sample_width != 2:
        raise EngineFailed(f"the engine “{voice.profile.engine}” gave no mono 16-bit sound for {quoted(text)}")
    clip = trim(spoken, rate_hz, told.words)
    check_clip(clip, text, wpm)
    return clip
