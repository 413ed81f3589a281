"""How long an episode will be, before any voice has spoken."""

from __future__ import annotations

from dataclasses import dataclass

from audio_builder.script.cues import Breath, Rest, Say, Script
from audio_builder.script.words import count_words


@dataclass(frozen=True, slots=True)
class Estimate:
    """The expected length of a script.

    Attributes:
        words: how many words are spoken.
        speech_s: how long that takes at the given rate, in seconds.
        silence_s: rests and breaths, in seconds; this part is exact.
    """

    words: int
    speech_s: float
    silence_s: float

    @property
    def total_s(self) -> float:
        """Seconds from the first to the last moment."""
        return self.speech_s + self.silence_s

    def summary(self) -> str:
        """Return one line for a person, such as `about 7:20 (573 words; 42 % of it is silence)`."""
        minutes, seconds = divmod(round(self.total_s), 60)
        hours, minutes = divmod(minutes, 60)
        length = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
        share = 100 * self.silence_s / self.total_s if self.total_s else 0.0
        noun = "word" if self.words == 1 else "words"
        return f"about {length} ({self.words:,} {noun}; {share:.0f} % of it is silence)"


def estimate(script: Script, wpm: float) -> Estimate:
    """Return the expected length of a script.

    Args:
        script: its rests and breaths count as they are.
        wpm: words per minute inside phrases; more than 0.
    """
    words = sum(count_words(cue.text) for cue in script.cues if isinstance(cue, Say))
    silence_s = sum(cue.seconds for cue in script.cues if isinstance(cue, Rest | Breath))
    return Estimate(words, words * 60 / wpm, silence_s)
