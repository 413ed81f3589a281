"""How much of a script is spoken, and how fast that was, for each voice and manner of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audio_builder.narration.clip import Clip
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.phrases import phrases_of
from audio_builder.script.cues import Script, Speaker
from audio_builder.script.phrases import count_words
from audio_builder.voices.profile import Voice


@dataclass(frozen=True, slots=True)
class Stand:
    """What is spoken of a part.

    Attributes:
        words: all that it has.
        spoken: those of them that have a clip.
        speech_s: seconds of speech in these clips.
    """

    words: int = 0
    spoken: int = 0
    speech_s: float = 0.0

    @property
    def wpm(self) -> float:
        """Words per minute inside phrases, measured on the clips that are there; 0 without any."""
        return 60 * self.spoken / self.speech_s if self.speech_s else 0.0

    def plus(self, words: int, speech_s: float | None) -> Stand:
        """Return the stand with one more phrase; `speech_s` is None for one that isn't spoken yet."""
        if speech_s is None:
            return Stand(self.words + words, self.spoken, self.speech_s)
        return Stand(self.words + words, self.spoken + words, self.speech_s + speech_s)


def stand_of_cache(
    script: Script, voice: Voice, others: Mapping[Speaker, Voice], cache: ClipCache, rate_hz: int
) -> dict[Speaker, Stand]:
    """Return what a cache has of a script's phrases at their voices' rates, by who speaks them; nothing is spoken.

    Only the entries' headers are read; whether their sound is whole is seen when they are narrated.

    Args:
        script: its `Say` cues.
        voice: the narrator's.
        others: by the part that a phrase has; one that isn't here is the narrator's.
        cache: where clips are kept.
        rate_hz: the episode's sample rate.
    """
    found: dict[Speaker, Stand] = {}
    for phrase in phrases_of(script, voice, others, rate_hz):
        clip = cache.glance(phrase.key)
        speech_s = None if clip is None else (clip.frames - clip.lead_frames - clip.tail_frames) / clip.rate_hz
        stand = found.get(phrase.part, Stand())
        found[phrase.part] = stand.plus(count_words(phrase.say.text), speech_s)
    return found


def stand_of_clips(clips: Iterable[Clip]) -> dict[Speaker, Stand]:
    """Return what was measured on a narration's clips, by who speaks them."""
    found: dict[Speaker, Stand] = {}
    for clip in clips:
        part = Speaker(clip.voice, clip.say.slower)
        found[part] = found.get(part, Stand()).plus(count_words(clip.say.text), clip.speech_s)
    return found
