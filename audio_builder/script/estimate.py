"""How long an episode will be, before any voice has spoken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Beat, Breath, Cue, Rest, Say, Script
from audio_builder.script.pauses import scaled_s, scales
from audio_builder.script.phrases import count_words, unit_of


@dataclass(frozen=True, slots=True)
class Estimate:
    """The expected length of a script.

    Attributes:
        words: how many words are spoken.
        speech_s: how long that takes at the given rate, in seconds.
        silence_s: rests and breaths, in seconds; this part is exact.
        language: BCP 47 tag of the words, for the unit in which they are counted.
    """

    words: int
    speech_s: float
    silence_s: float
    language: str = ""

    @property
    def total_s(self) -> float:
        """Seconds from the first to the last moment."""
        return self.speech_s + self.silence_s

    def summary(self) -> str:
        """Return one line for a person, such as `about 7:20 (573 words; 42 % of it is silence)`."""
        share = 100 * self.silence_s / self.total_s if self.total_s else 0.0
        per_word, noun = unit_of(self.language)
        count = self.words * per_word
        return (
            f"about {clock(self.total_s)} ({count:,} {noun}{'' if count == 1 else 's'}; {share:.0f} % of it is silence)"
        )


@dataclass(frozen=True, slots=True)
class Timed:
    """A cue at its expected time.

    Attributes:
        cue: of the script.
        start_s: when it begins, in seconds.
        seconds: how long it lasts; 0 for what takes no time.
    """

    cue: Cue
    start_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class ExpectedRange:
    """How short and how long an episode may be made by `pacing.duration_s`, as far as words alone say.

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
    speech_s = silence_s = 0.0
    words = 0
    for timed in laid_out(script, wpm, slower_share):
        if isinstance(timed.cue, Say):
            words += count_words(timed.cue.text)
            speech_s += timed.seconds
        else:
            silence_s += timed.seconds
    return Estimate(words, speech_s, silence_s, script.language)


def laid_out(script: Script, wpm: float, slower_share: float) -> Iterator[Timed]:
    """Yield the cues of a script along their expected time.

    Args:
        script: its rests and breaths last as long as they say.
        wpm: words per minute inside phrases; more than 0.
        slower_share: how much more slowly the phrases after `[slower]` are spoken.
    """
    now_s = began_s = 0.0
    for cue in script.cues:
        match cue:
            case Say():
                began_s = now_s
                seconds = count_words(cue.text) * 60 / (wpm * (1 - slower_share) if cue.slower else wpm)
            case Rest() | Breath():
                seconds = cue.seconds
            case Beat():
                seconds = max(began_s + cue.seconds - now_s, 0.0)
            case _:
                seconds = 0.0
        yield Timed(cue, now_s, seconds)
        now_s += seconds


def clock(seconds: float) -> str:
    """Return a length for a person, to the nearest second.

    >>> clock(440.2), clock(3725)
    ('7:20', '1:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
