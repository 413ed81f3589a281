"""How long each pause is: by its reason, and then shortened, grown or scaled for the whole text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Cue, Reason, Rest, Say
from audio_builder.script.phrases import count_words

_CROWD = 3
"""Rests in a row that are a crowd: two short sentences side by side are still a figure of speech."""

_BREATHING = re.compile(
    r"\b(?:breath|inhal|exhal|atme|einatm|ausatm|inspir|expir|respir|souffl|aspir|espir|adem|ånd|andas|andning|pust|"
    r"hengit|вдо[хш]|выдо[хш]|вдыха|выдыха|дыш|wdech|wydech|oddych|nadech|výdech|belégz|kilégz|nefes|hít vào|thở)|"
    r"吸|呼|息|شهيق|زفير|تنف|נשימ|נשמ|נשיפ|श्वास|साँस|सांस|숨|들이|내쉬|หายใจ",
    re.IGNORECASE,
)
"""Beginnings of words for breathing, in all languages at once: what it costs is a pause that isn't thinned."""

_BREATH_WORDS = re.compile(
    r"(?:(?:and|then|und|dann|et|y|e|en|och|og|и)[ ])?"
    r"(?:in|out|hold|ein|aus|halten|ut|inn|ud|ind|dentro|fuera|fora|fuori|adentro|afuera|uit|вдох|выдох)",
    re.IGNORECASE,
)
"""A phrase that is one of these alone."""

_AROUND_WORDS = " .,;:!?…“”„«»\"'’—–-"

_INSIDE_A_BLOCK = frozenset({Reason.SENTENCE, Reason.LINE, Reason.ITEM, Reason.ELLIPSIS, Reason.DASH})


def seconds_for(reason: Reason, pacing: Pacing) -> float:
    """Return how long a rule's rest lasts: the field of `Pacing` named after its reason, `longest_s` at most.

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
    is longer; rounded up to tenths of a second, for who reads them. Among words to breathe by, none is shortened.
    """
    timed = list(cues)
    run: dict[int, Rest] = {}
    words: list[str] = []
    for place, (say, rest) in enumerate(pairwise(cues), start=1):
        if not isinstance(rest, Rest):
            continue
        words_s = math.inf
        if isinstance(say, Say) and (run or rest.reason in _INSIDE_A_BLOCK):
            words_s = count_words(say.text) * 60 / pacing.wpm
            words.append(say.text)
        if rest.reason in _INSIDE_A_BLOCK and rest.seconds > words_s:
            run[place] = _thin(rest, words_s, pacing)
            continue
        if len(run) >= _CROWD and not any(map(_breathes, words)):
            for at, thin in run.items():
                timed[at] = thin
        run, words = {}, []
    return tuple(timed)


def _breathes(words: str) -> bool:
    """Return whether a listener breathes to the words: they name the breath, or only say in, hold or out."""
    return _BREATHING.search(words) is not None or _BREATH_WORDS.fullmatch(words.strip(_AROUND_WORDS)) is not None


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
