"""How what was heard differs from what was written: words compared by their edit distance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from num2words import num2words

_NUMBER = re.compile(r"\d+(?:,\d{3})*")


def plain_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without punctuation, figures as words: `It’s 20` is `its twenty`."""
    text = re.sub("['’]", "", text.lower())
    text = _NUMBER.sub(lambda figures: f" {num2words(int(figures.group().replace(',', '')))} ", text)
    return re.findall(r"[^\W_]+", text)


@dataclass(frozen=True)
class Alignment:
    """The cheapest way from what is expected to what was heard.

    Attributes:
        errors: how many items are replaced, left out or added on it.
        matched: for each expected item, whether it was heard.
    """

    errors: int
    matched: tuple[bool, ...]


def align(expected: Sequence[str], heard: Sequence[str]) -> Alignment:
    """Return the alignment of two sequences with the least errors (Levenshtein distance)."""
    rows = [list(range(len(heard) + 1))]
    for one in expected:
        above, row = rows[-1], [len(rows)]
        for at, other in enumerate(heard):
            row.append(min(above[at] + (one != other), above[at + 1] + 1, row[at] + 1))
        rows.append(row)
    matched = [False] * len(expected)
    i, j = len(expected), len(heard)
    while i and j:
        if rows[i][j] == rows[i - 1][j - 1] + (expected[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            matched[i] = expected[i] == heard[j]
        elif rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return Alignment(rows[-1][-1], tuple(matched))
