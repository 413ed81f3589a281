"""How long an episode will be, before any voice has spoken."""

from __future__ import annotations

from dataclasses import dataclass

from audio_builder.recipe import Pacing
from audio_builder.script.cues import Beat, Breath, Cue, Rest, Say, Script
from audio_builder.script.timing import scaled_s, scales
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
        share = 100 * self.silence_s / self.total_s if self.total_s else 0.0
        noun = "word" if self.words == 1 else "words"
        return f"about {clock(self.total_s)} ({self.words:,} {noun}; {share:.0f} % of it is silence)"


@dataclass(frozen=True, slots=True)
class ExpectedRange:
    """How short and how long an episode may be made by `pacing.duration_s`, as far as words alone can tell.

    Attributes:
        silence_least_s: rests and breaths, with every rule's rest as short as the pacing lets it become.
        silence_most_s: the same, as long as it lets it become.
        speech_least_s: the speech at the quickest rate that the pacing lets it step to.
        speech_most_s: the speech at the slowest.
    """

    silence_least_s: float
    silence_most_s: float
    speech_least_s: float
    speech_most_s: float

    @property
    def shortest_s(self) -> float:
        """Seconds of the shortest episode."""
        return self.silence_least_s + self.speech_least_s

    @property
    def longest_s(self) -> float:
        """Seconds of the longest episode."""
        return self.silence_most_s + self.speech_most_s


def expected_range(script: Script, pacing: Pacing, wpm: float) -> ExpectedRange:
    """Return how short and how long an episode may be made.

    Args:
        script: a person's own pauses and the breaths in it are never scaled.
        pacing: its limits on the scale and on the rate.
        wpm: words per minute that the voice speaks; more than 0.
    """
    expected = estimate(script, wpm, pacing.slower_share)
    rests = [cue for cue in script.cues if isinstance(cue, Rest) and scales(cue)]
    fixed_s = expected.silence_s - sum(rest.seconds for rest in rests)
    return ExpectedRange(
        silence_least_s=fixed_s + sum(scaled_s(rest, pacing.least_share, pacing) for rest in rests),
        silence_most_s=fixed_s + sum(scaled_s(rest, pacing.most_share, pacing) for rest in rests),
        speech_least_s=expected.speech_s / (1 + pacing.rate_share),
        speech_most_s=expected.speech_s / (1 - pacing.rate_share),
    )


def estimate(script: Script, wpm: float, slower_share: float = Pacing().slower_share) -> Estimate:
    """Return the expected length of a script.

    Args:
        script: its rests and breaths count as they are.
        wpm: words per minute inside phrases; more than 0.
        slower_share: how much more slowly the phrases after `[slower]` are spoken.
    """
    says = [cue for cue in script.cues if isinstance(cue, Say)]
    speech_s = sum(phrase_s(say, wpm, slower_share) for say in says)
    silence_s = sum(cue.seconds for cue in script.cues if isinstance(cue, Rest | Breath))
    before: Cue | None = None
    for cue in script.cues:
        if isinstance(cue, Beat):
            silence_s += beat_rest_s(cue, phrase_s(before, wpm, slower_share) if isinstance(before, Say) else 0.0)
        before = cue
    return Estimate(sum(count_words(say.text) for say in says), speech_s, silence_s)


def beat_rest_s(beat: Beat, spoken_s: float) -> float:
    """Return the silence from the end of a phrase to the next beat, in seconds."""
    return max(beat.seconds - spoken_s, 0.0)


def phrase_s(say: Say, wpm: float, slower_share: float) -> float:
    """Return how long a phrase is expected to take, in seconds."""
    return count_words(say.text) * 60 / (wpm * (1 - slower_share) if say.slower else wpm)


def clock(seconds: float) -> str:
    """Return a length for a person, to the nearest second.

    >>> clock(440.2), clock(3725)
    ('7:20', '1:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
