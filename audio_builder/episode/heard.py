"""When any place in a phrase is heard, from what is known of its clauses and words."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator

from audio_builder.episode.record import Phrase
from audio_builder.voices.word_alignment import words_with_places


def times_in(phrase: Phrase, places: Iterable[int]) -> Iterator[float]:
    """Yield when each place is heard, in seconds from the beginning of the episode.

    What begins a clause is heard when its sound was found to begin, what begins a word when the voice says that it
    begins it. The time between such places is shared by the length of the text.

    Args:
        phrase: what is spoken.
        places: indices of characters in it.
    """
    known = _known(phrase)
    order = sorted(known)
    for place in places:
        after = order[min(bisect.bisect_left(order, place), len(order) - 1)]
        if not any(map(str.isalnum, phrase.text[place:after])):  # a dash or a quotation mark isn't heard itself
            yield known[after]
            continue
        before = order[bisect.bisect_right(order, place) - 1]
        share = (place - before) / (after - before)
        yield known[before] + (known[after] - known[before]) * share


def _known(phrase: Phrase) -> dict[int, float]:
    """Return the times that are known, by place, both rising; those of the beginning and the end are among them."""
    words = words_with_places(phrase.text)
    known: dict[int, float] = {}
    if len(words) == len(phrase.word_starts_s):
        told = zip(words, phrase.word_starts_s, strict=True)
        known = {at: start_s for (at, _), start_s in told if start_s is not None}
    known |= {clause.at: clause.start_s for clause in phrase.clauses}
    known |= {0: phrase.start_s}
    rising: dict[int, float] = {}
    last_s = phrase.start_s
    for at in sorted(known):
        last_s = min(max(known[at], last_s), phrase.end_s)
        rising[at] = last_s
    return {**rising, len(phrase.text): phrase.end_s}
