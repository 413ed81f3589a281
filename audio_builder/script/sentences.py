"""Phrases: what is said in one go. A sentence, or the part of one before its words trail off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audio_builder.article.sentences import asks, sentences
from audio_builder.article.text import speakable

_ELLIPSIS = re.compile(r"(?:…|\.{3,}|\.(?: \.){2,})[…?!]*[”’\"')\]»]*")
_TRAILING = re.compile(rf"(?:{_ELLIPSIS.pattern})$")
_LONGEST_ELLIPSIS = 20
"""Characters at the end of a phrase that are searched for one."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to say in one go.

    Attributes:
        text: with its punctuation; it has a letter or a digit.
        trails_off: it ends in an ellipsis.
        question: its sentence is a question of the writer's own, not one inside quotation marks.
        ends_sentence: no more of its sentence follows.
    """

    text: str
    trails_off: bool
    question: bool
    ends_sentence: bool


def phrases(text: str, language: str = "") -> tuple[Phrase, ...]:
    """Return the phrases of a line in order; together they have every word of it.

    Long sentences stay whole: an engine that can't speak them divides them itself.

    Args:
        text: words without marks.
        language: BCP 47 tag, or empty.

    >>> [phrase.text for phrase in phrases("She waited… and then he came. Did he stay?")]
    ['She waited…', 'and then he came.', 'Did he stay?']
    """
    found: list[Phrase] = []
    for sentence in sentences(text, language):
        parts = _at_ellipses(sentence)
        for part in parts:
            trails_off = _TRAILING.search(part[-_LONGEST_ELLIPSIS:]) is not None
            found.append(Phrase(part, trails_off, asks(sentence), ends_sentence=part is parts[-1]))
    return tuple(found)


def _at_ellipses(sentence: str) -> list[str]:
    """Return the parts of a sentence around its ellipses; a part without words stays with its neighbour."""
    words_end = len(sentence) - next(
        (place for place, c in enumerate(reversed(sentence)) if c.isalnum()), len(sentence)
    )
    parts: list[str] = []
    start = seen = 0
    has_words = False
    for ellipsis in _ELLIPSIS.finditer(sentence, 0, words_end):
        has_words = has_words or speakable(sentence[seen : ellipsis.end()])
        seen = ellipsis.end()
        if has_words:
            parts.append(sentence[start:seen].strip())
            start, has_words = seen, False
    return [*parts, sentence[start:].strip()] if words_end else []
