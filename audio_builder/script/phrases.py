"""Phrases: what is said in one go, and how many words that is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from audio_builder.article.sentences import own_questions, sentences
from audio_builder.article.text import speakable

_ELLIPSIS = re.compile(r"(?:…|\.{3,}|\.(?: \.){2,})[….?!]*(?P<closers>[”’\"')\]»」』]*)")
_MAY_TRAIL = re.compile(r"…|\.\.\.|\. \.")
_MAY_DASH = re.compile(r"[—–―⸺]|--| - ")
_TRAILING = re.compile(rf"(?:{_ELLIPSIS.pattern})$")
_TAG = re.compile(r"\s*[—–―]\s*[^\W\d_]")
"""A dash between a speech and the words that say whose it is."""

_DASH = re.compile(r"(?<=\S)(?:\s+(?:[—–-]|-{2,3})\s+|(?<=[^\W\d])(?:—|-{2,3})(?=[^\W\d])|[—―⸺]{2}|⸺)(?=\S)")
_OPENING_SPEECH = "—–―«“„"
_CLOSING_SPEECH = "”’\"'»」』"
_LEAST_AT_A_DASH = 4
"""Words on either side of a dash that divides: engines speak shorter pieces oddly, and an aside isn't torn out."""

_LONGEST_ELLIPSIS = 20
"""Characters at the end of a phrase that are searched for one."""

_WORD = re.compile(r"[^\W_][^\s—–…/]*")
_IDEOGRAPHS = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")

_IDEOGRAPHS_PER_WORD = 2
_COUNTED_BY_CHARACTERS = ("ja", "zh")
_UNSPACED_PER_WORD = 5


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to say in one go.

    Attributes:
        text: with its punctuation; it has a letter or a digit.
        trails_off: it ends in an ellipsis.
        at_dash: it ends in a dash that more of its sentence follows.
        question: its sentence is a question of the writer's own, not one inside quotation marks.
        ends_sentence: no more of its sentence follows.
    """

    text: str
    trails_off: bool
    at_dash: bool
    question: bool
    ends_sentence: bool


def phrases(text: str, language: str = "") -> tuple[Phrase, ...]:
    """Return the phrases of a line in order; together they have every word of it.

    Long sentences stay whole: an engine that can't speak them divides them itself.

    >>> [phrase.text for phrase in phrases("She waited… and then he came. Did he stay?")]
    ['She waited…', 'and then he came.', 'Did he stay?']
    """
    found: list[Phrase] = []
    spoken = sentences(text, language)
    for sentence, question in zip(spoken, own_questions(spoken), strict=True):
        for part in _at_ellipses(sentence):
            trails_off = _TRAILING.search(part[-_LONGEST_ELLIPSIS:]) is not None
            *before, last = _at_dashes(part)
            found += (Phrase(piece, False, True, question, ends_sentence=False) for piece in before)
            found.append(Phrase(last, trails_off, False, question, ends_sentence=False))
        if found:
            found[-1] = replace(found[-1], ends_sentence=True)
    return tuple(found)


def _at_ellipses(sentence: str) -> list[str]:
    """Return the parts of a sentence around its ellipses; a part without words stays with its neighbour.

    One that ends a speech doesn't part it from the words that say whose it is.
    """
    if not _MAY_TRAIL.search(sentence):
        return [sentence] if speakable(sentence) else []
    words_end = len(sentence) - next(
        (place for place, c in enumerate(reversed(sentence)) if c.isalnum()), len(sentence)
    )
    parts: list[str] = []
    start = seen = 0
    has_words = False
    for ellipsis in _ELLIPSIS.finditer(sentence, 0, words_end):
        has_words = has_words or speakable(sentence[seen : ellipsis.end()])
        before_tag = sentence[0] in _OPENING_SPEECH and _TAG.match(sentence, ellipsis.end())
        if before_tag or any(sign in _CLOSING_SPEECH for sign in ellipsis["closers"]):
            seen = ellipsis.end()
            continue
        seen = ellipsis.end()
        if has_words:
            parts.append(sentence[start:seen].strip())
            start, has_words = seen, False
    return [*parts, sentence[start:].strip()] if words_end else []


def _at_dashes(part: str) -> list[str]:
    """Return the pieces of a part around the dashes that stand between clauses; each keeps the dash it ends in.

    A dash between numbers (1914–18), one that opens a speech, and one with few words beside it divide nothing.
    """
    dashes = list(_DASH.finditer(part)) if _MAY_DASH.search(part) else []
    if not dashes:
        return [part]
    starts = [0, *(dash.end() for dash in dashes)]
    ends = [*(dash.start() for dash in dashes), len(part)]
    long = [count_words(part[start:end]) >= _LEAST_AT_A_DASH for start, end in zip(starts, ends, strict=True)]
    cuts = [
        dash.end()
        for dash, enough in zip(dashes, pairwise(long), strict=True)
        if all(enough) and not (part[dash.start() - 1].isdigit() and part[dash.end()].isdigit())
    ]
    return [part[start:end].strip() for start, end in pairwise([0, *cuts, len(part)])]


def count_words(text: str) -> int:
    """Return how many words are spoken in a text.

    A word is what stands between spaces or dashes and has a letter or a digit. Scripts that put no
    spaces between words are counted by characters: two Chinese or Japanese ones make a word, five
    Thai, Lao, Khmer or Burmese ones.

    >>> count_words("It is half-past nine — time to rest.")
    7
    """
    if text.isascii():
        return len(_WORD.findall(text))
    spaced, ideographs = _IDEOGRAPHS.subn(" ", text)
    spaced, unspaced = _UNSPACED.subn(" ", spaced)
    words = len(_WORD.findall(spaced))
    return words + -(-ideographs // _IDEOGRAPHS_PER_WORD) + -(-unspaced // _UNSPACED_PER_WORD)


def unit_of(language: str) -> tuple[int, str]:
    """Return how many of the unit in which a language is counted make a word, and the unit: characters, or words.

    >>> unit_of("ja"), unit_of("pt-BR")
    ((2, 'character'), (1, 'word'))
    """
    return (_IDEOGRAPHS_PER_WORD, "character") if language.lower().startswith(_COUNTED_BY_CHARACTERS) else (1, "word")
