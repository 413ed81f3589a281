"""Which language a text is in, where nothing says it. Decision 6 has the reasons for this library."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from audio_builder.article.marks import without_marks
from audio_builder.article.model import Article
from audio_builder.article.text import columns, speakable

_SAMPLE_CHARACTERS = 20_000
_LEAST_COLUMNS, _FEW_COLUMNS = 16, 10
_SURE = 0.9
_LIKELY = 0.6
"""Enough for one of the languages below: no short English phrase came to it in a trial of 60."""

_OFTEN_SHORT = frozenset({"de", "es", "fr", "it", "pt"})

_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u30ff]|[\u3400-\u9fff](?=[\u3400-\u9fff]{0,6}[\u3041-\u30ff])")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
)
"""Scripts that tell a language, in the order in which they are asked; Japanese by its kana."""

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    {
        *("the", "and", "you", "your", "with", "this", "that", "what", "are", "not", "be", "from", "they", "there"),
        *("where", "when", "nothing", "which", "would", "been", "their", "yes"),
    }
)
"""Common words of English that no other language writes."""

_ENGLISH_TOGETHER = re.compile(
    r"\b(?:it is|it['’]s|i am|i['’]m|let (?:go|it)|(?:of|in|on|to) the|be still|breathe (?:in|out)|close your)\b"
)
"""Words that stand so together in English alone: each as good as two of the others."""

_LEAST_WORDS = 10
_LEAST_ENGLISH_SHARE = 0.08
_LEAST_ENGLISH_WORDS = 2


def recognised_language(article: Article) -> str:
    """Return the language of an article's words, as a tag of two letters; empty where that isn't clear."""
    return language_of(_sample(article))


def language_of(sample: str) -> str:
    """Return the language of some words, as a tag of two letters; empty where that isn't clear.

    English is known by some of its commonest words. Everything else is asked of a library, which takes about a
    second to load. Where that isn't sure of a few words, their script may be.

    Args:
        sample: words without marks; the first 40,000 characters are looked at.
    """
    sample = sample[: 2 * _SAMPLE_CHARACTERS]
    words = _WORD.findall(sample.lower())
    english = _english_in(sample, words)
    if _are_english(words, english):
        return "en"
    length = sum(map(columns, words))
    if length < _FEW_COLUMNS:
        return _of_script(sample)
    tag, probability = _identifier().classify(sample)
    likely = probability >= _LIKELY and tag in _OFTEN_SHORT and not english
    sure = probability >= _SURE and length >= _LEAST_COLUMNS
    return str(tag) if sure or likely else _of_script(sample)


def other_language(article: Article, said: str) -> str:
    """Return the language of an article's words where it is clearly not the one that is said; else nothing.

    The library is asked only of words without any English that are said to be English.

    Args:
        article: its words.
        said: a BCP 47 tag.
    """
    sample = _sample(article)
    words = _WORD.findall(sample.lower())
    english = _english_in(sample, words)
    if not said.lower().startswith("en"):
        return "en" if _are_english(words, english) else ""
    found = language_of(sample) if not english and len(words) >= _LEAST_WORDS else ""
    return found if found != "en" else ""


def _english_in(sample: str, words: Sequence[str]) -> int:
    return sum(word in _ENGLISH for word in words) + 2 * len(_ENGLISH_TOGETHER.findall(sample.lower()))


def _are_english(words: Sequence[str], english: int) -> bool:
    return english >= _LEAST_ENGLISH_WORDS and english >= _LEAST_ENGLISH_SHARE * len(words)


def _of_script(sample: str) -> str:
    """Return the language that nearly all words in a script are in, where most of the letters are of one."""
    letters = sum(map(str.isalpha, sample))
    return next((tag for tag, script in _SCRIPTS if 2 * len(script.findall(sample)) > letters), "") if letters else ""


def _sample(article: Article) -> str:
    """Return words from all over the article: its first pages may be in another language than the rest."""
    lines = [line.text for section in article.sections for line in section.lines]
    step = 1 + sum(map(len, lines)) // _SAMPLE_CHARACTERS
    # The name of a file is often in another language than what is in it.
    title = article.title if article.title_is_spoken or not any(map(speakable, lines)) else ""
    return "\n".join([title, article.subtitle, *map(without_marks, lines[::step])])


@functools.cache
def _identifier() -> Any:
    """Return the library's model for the languages of two letters: their dialects would divide the votes."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([tag for tag in dict.fromkeys(identifier.nb_classes) if len(tag) == 2])
    return identifier
