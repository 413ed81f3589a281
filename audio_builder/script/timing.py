"""How long a rest is, from its reason and the pacing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audio_builder.recipe import Pacing
from audio_builder.script.cues import Cue, Reason, Rest, Say
from audio_builder.script.words import count_words


def seconds_for(reason: Reason, pacing: Pacing) -> float:
    """Return how long a rule's rest lasts: the field of `Pacing` named after its reason, `longest_s` at most.

    Args:
        reason: one that a rule has, not a person.
        pacing: the table of pauses.

    >>> seconds_for(Reason.BEFORE_HEADING, Pacing(before_heading_s=7))
    7
    """
    seconds: float = getattr(pacing, f"{reason.value.replace(' ', '_')}_s")
    return min(seconds, pacing.longest_s)


def retimed(cues: Iterable[Cue], pacing: Pacing) -> tuple[Cue, ...]:
    """Return the cues with every rule's rest as long as the pacing says; those of 0 s are left out."""
    timed: list[Cue] = []
    for cue in cues:
        if not isinstance(cue, Rest) or not scales(cue):
            timed.append(cue)
        elif (seconds := seconds_for(cue.reason, pacing)) > 0:
            timed.append(Rest(seconds, cue.reason))
    return slowed(timed, pacing)


def slowed(cues: Sequence[Cue], pacing: Pacing) -> tuple[Cue, ...]:
    """Return the cues with rules' rests that grow from word to word, up to `slowing` times at the last.

    None becomes longer than `longest_s`; they are rounded to tenths of a second, for who reads them.
    """
    if pacing.slowing == 1:
        return tuple(cues)
    total = sum(count_words(cue.text) for cue in cues if isinstance(cue, Say))
    spoken = 0
    grown: list[Cue] = []
    for cue in cues:
        if isinstance(cue, Say):
            spoken += count_words(cue.text)
        if isinstance(cue, Rest) and scales(cue):
            growth = 1 + (pacing.slowing - 1) * spoken / max(total, 1)
            longer_s = min(max(round(cue.seconds * growth, 1), cue.seconds), max(cue.seconds, pacing.longest_s))
            grown.append(Rest(longer_s, cue.reason))
        else:
            grown.append(cue)
    return tuple(grown)


def scales(rest: Rest) -> bool:
    """Tell whether a rest may be made shorter or longer for a wanted duration: a person's own never is."""
    return not rest.reason.by_person


def scaled_s(rest: Rest, scale: float, pacing: Pacing) -> float:
    """Return how long a rule's rest becomes at a scale, in seconds.

    No rest grows beyond `longest_s`; one that is longer in the script already stays as it is.

    >>> scaled_s(Rest(4.0, Reason.QUESTION), 2.0, Pacing(longest_s=7))
    7
    """
    return min(rest.seconds * scale, max(rest.seconds, pacing.longest_s)) if scale > 1 else rest.seconds * scale
