"""A few words by themselves, to try how a voice says them."""

from __future__ import annotations

import io
import wave

from audio_builder.errors import EmptySource
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.progress import Progress, silent
from audio_builder.script.cues import Role, Say, Script
from audio_builder.script.phrases import phrases
from audio_builder.voices.profile import Voice

RATE_HZ = 44100
_BETWEEN_S = 0.6


def say_as_wav(text: str, voice: Voice, progress: Progress = silent) -> bytes:
    """Return words spoken, as a WAV file: mono, 16 bit, 44,100 Hz. The clips are kept like those of an episode.

    Args:
        text: one or more sentences.
        voice: from `prepare_voice`.
        progress: told of each clip.

    Raises:
        EmptySource: there is no word in the text.
        NarrationError: a phrase can't be spoken.
    """
    says = tuple(Say(" ".join(phrase.text.split()), Role.PROSE) for phrase in phrases(text, voice.profile.language))
    if not says:
        raise EmptySource("there is no word to speak in that text", hint="Give a text with words in it.")
    script = Script("", "", "", "", "", "", says)
    narration = narrate(script, voice, cache=ClipCache(), rate_hz=RATE_HZ, progress=progress)
    pause = bytes(2 * round(_BETWEEN_S * RATE_HZ))
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(pause.join(clip.load().raw_data for clip in narration.clips))
    return stream.getvalue()
