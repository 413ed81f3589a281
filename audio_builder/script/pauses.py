"""How long each pause is: by its reason, and then shortened, grown or scaled for the whole text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Cue, Reason, Rest, Say
from audio_builder.script.phrases import count_words

_CROWD = 3
"""Rests in a row that are a crowd: two short sentences side by side are still a figure of speech."""

_INSIDE_A_BLOCK = frozenset({Reason.SENTENCE, Reason.LINE, Reason.ITEM, Reason.ELLIPSIS, Reason.DASH})


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


def rest_for(reason: Reason, pacing: Pacing) -> list[Rest]:
    """Return the rest of a rule, in a list; an empty list where the pacing makes it 0 s long."""
    seconds = seconds_for(reason, pacing)
    return [Rest(seconds, reason)] if seconds > 0 else []


def retimed(cues: Iterable[Cue], pacing: Pacing) -> tuple[Cue, ...]:
    """Return the cues with every rule's rest as long as the pacing says; those of 0 s are left out."""
    timed: list[Cue] = []
    for cue in cues:
        if not isinstance(cue, Rest) or not scales(cue):
            timed.append(cue)
        else:
            timed += rest_for(cue.reason, pacing)
    return slowed(thinned(timed, pacing), pacing)


def thinned(cues: Sequence[Cue], pacing: Pacing) -> tuple[Cue, ...]:
    """Return the cues with shorter rests where three or more in a row would each outlast the words before them.

    There would be more silence than voice inside one paragraph, stanza or list, which is heard as a stutter. Each
    of them then lasts as long as its words, at the rate of the pacing, or `thinning` times what it was, whichever
    is longer; rounded up to tenths of a second, for who reads them.
    """
    timed = list(cues)
    run: dict[int, Rest] = {}
    for place, (say, rest) in enumerate(pairwise(cues), start=1):
        if not isinstance(rest, Rest):
            continue
        if isinstance(say, Say) and rest.reason in _INSIDE_A_BLOCK:
            words_s = count_words(say.text) * 60 / pacing.wpm
            if rest.seconds > words_s:
                run[place] = _thin(rest, words_s, pacing)
                if len(run) == _CROWD:
                    for at, thin in run.items():
                        timed[at] = thin
                elif len(run) > _CROWD:
                    timed[place] = run[place]
                continue
        run = {}
    return tuple(timed)


def _thin(rest: Rest, words_s: float, pacing: Pacing) -> Rest:
    """Return a rest as short as the words before it, if it was longer, but no shorter than `thinning` allows."""
    least_s = max(words_s, pacing.thinning * rest.seconds)
    return Rest(min(rest.seconds, math.ceil(round(least_s * 10, 6)) / 10), rest.reason)


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
    """Return whether a rest may be made shorter or longer for a wanted duration: a person's own never is."""
    return not rest.reason.by_person


def scaled_s(rest: Rest, scale: float, pacing: Pacing) -> float:
    """Return how long a rule's rest becomes at a scale, in seconds.

    No rest grows beyond `longest_s`; one that is longer in the script already stays as it is.

    >>> scaled_s(Rest(4.0, Reason.QUESTION), 2.0, Pacing(longest_s=7))
    7
    """
    return min(rest.seconds * scale, max(rest.seconds, pacing.longest_s)) if scale > 1 else rest.seconds * scale
