"""Counting words the way a speaking rate counts them."""

from __future__ import annotations

import re

from audio_builder.article.text import speakable

_BETWEEN_WORDS = re.compile(r"[\s—–…/]+")
_IDEOGRAPHS = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")

_IDEOGRAPHS_PER_WORD = 2
_UNSPACED_PER_WORD = 5


def count_words(text: str) -> int:
    """Return how many words are spoken in a text.

    A word is what stands between spaces or dashes and has a letter or a digit. Scripts that put no
    spaces between words are counted by characters: two Chinese or Japanese ones make a word, five
    Thai, Lao, Khmer or Burmese ones.

    >>> count_words("It is half-past nine — time to rest.")
    7
    """
    if text.isascii():
        return sum(map(speakable, _BETWEEN_WORDS.split(text)))
    spaced, ideographs = _IDEOGRAPHS.subn(" ", text)
    spaced, unspaced = _UNSPACED.subn(" ", spaced)
    words = sum(map(speakable, _BETWEEN_WORDS.split(spaced)))
    return words + -(-ideographs // _IDEOGRAPHS_PER_WORD) + -(-unspaced // _UNSPACED_PER_WORD)
