"""What narration delivers: a clip of sound for each phrase of the script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from audio_builder.audio.samples import AudioSegment, samples_from_segment
from audio_builder.narration.levels import ClipLevels, measure_clip, unpacked_levels
from audio_builder.narration.words import carried_over, unpacked_words
from audio_builder.script.cues import Say
from audio_builder.script.phrases import count_words
from audio_builder.voices.engines.base import WordStart


@dataclass(frozen=True, slots=True)
class Clip:
    """The sound of one phrase, trimmed, faded and at the episode's rate; loaded when it is needed.

    A long episode has thousands of clips, so a clip is a handle on a cache entry and not the sound
    itself: memory stays flat however long the episode is.

    Attributes:
        say: the phrase.
        key: its content address in the cache, 64 hexadecimal digits.
        frames: exact length at `rate_hz`.
        rate_hz: the episode's sample rate.
        lead_frames: quiet frames before the first sound (the trimmer's margin).
        tail_frames: quiet frames after the last sound.
        loader: reads the sound from the cache and verifies it.
        voice: name of the voice that speaks it; empty for the narrator.
        packed_levels: its levels, as they are kept in the cache; empty where nobody has measured.
        packed_words: where its words begin, as that is kept in the cache; empty where the engine doesn't tell.
        spoken: its words as the engine got them.
    """

    say: Say
    key: str
    frames: int
    rate_hz: int
    lead_frames: int
    tail_frames: int
    loader: Callable[[str], AudioSegment] = field(repr=False, compare=False)
    voice: str = ""
    packed_levels: bytes = field(default=b"", repr=False, compare=False)
    packed_words: bytes = field(default=b"", repr=False, compare=False)
    spoken: str = field(default="", repr=False, compare=False)

    def load(self) -> AudioSegment:
        """Return the sound: mono, 16 bit, `rate_hz`, exactly `frames` long.

        Raises:
            NarrationError: the cache entry is gone or damaged since it was narrated.
        """
        return self.loader(self.key)

    def levels(self) -> ClipLevels:
        """Return how loud it is; measured now if that isn't known.

        Raises:
            NarrationError: it has to be loaded, and can't be any more.
        """
        if self.packed_levels:
            return unpacked_levels(self.packed_levels)
        return measure_clip(samples_from_segment(self.load()), self.rate_hz, self.lead_frames, self.tail_frames)

    def words(self, written: str) -> tuple[WordStart, ...]:
        """Return where words begin, by their place in the phrase as it is written; those whose frame is known."""
        return carried_over(unpacked_words(self.packed_words), self.spoken, written)

    @property
    def speech_s(self) -> float:
        """Seconds from the first to the last sound."""
        return (self.frames - self.lead_frames - self.tail_frames) / self.rate_hz


@dataclass(frozen=True, slots=True)
class Narration:
    """The script's phrases, spoken.

    Attributes:
        clips: one for each `Say` of the script, in its order.
        rate_hz: the episode's sample rate, the same in every clip.
        synthesized: how many clips an engine spoke for this build.
        wpm: measured words per minute inside phrases: words ÷ the clips' speech; 0 without speech.
        rate_note: what to tell the user about the rate, such as that the voice can't go that slow;
            empty where there is nothing to tell.
        tried: how many more clips were spoken for this build, at a setting that turned out to miss the rate.
        spoken: keys of all clips that were spoken for this build.
    """

    clips: tuple[Clip, ...]
    rate_hz: int
    synthesized: int
    wpm: float
    rate_note: str = ""
    tried: int = 0
    spoken: frozenset[str] = frozenset()

    @property
    def cached(self) -> int:
        """How many clips came from the cache, or are another's of this build."""
        return len(self.clips) - self.synthesized


def measured_wpm(clips: tuple[Clip, ...]) -> float:
    """Return words per minute inside phrases: words ÷ the clips' speech, pauses between clips left out."""
    minutes = sum(clip.speech_s for clip in clips) / 60
    return sum(count_words(clip.say.text) for clip in clips) / minutes if minutes > 0 else 0.0
