"""Where the words of a clip begin: kept with it as the engine told them, and carried over to the words as written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np

from audio_builder.voices.engines.base import WordStart
from audio_builder.voices.word_alignment import words_with_places


def packed_words(words: Iterable[WordStart]) -> bytes:
    """Return words as little-endian pairs of uint32: the index of the first character, the frame."""
    return np.array([(word.at, word.frame) for word in words], dtype="<u4").tobytes()


def unpacked_words(content: bytes) -> tuple[WordStart, ...]:
    """Return what `packed_words` was given."""
    pairs = np.frombuffer(content, dtype="<u4").reshape(-1, 2).tolist()
    return tuple(WordStart(at, frame) for at, frame in pairs)


def carried_over(words: tuple[WordStart, ...], spoken: str, written: str) -> tuple[WordStart, ...]:
    """Return the words of one text where they stand in another.

    Where the texts differ, as `19 84` does from `1984`, only the first of the words that differ is known.

    Args:
        words: their places in `spoken`.
        spoken: as an engine gets it, from `spoken_text`.
        written: as a reader sees it.
    """
    if spoken == written:
        return words
    import difflib

    theirs, ours = words_with_places(spoken), words_with_places(written)
    alike = difflib.SequenceMatcher(
        None, [_composed(word) for _, word in theirs], [_composed(word) for _, word in ours], autojunk=False
    )
    places: dict[int, int] = {}
    for kind, there, there_end, here, _ in alike.get_opcodes():
        if kind == "equal":
            places |= {theirs[there + step][0]: ours[here + step][0] for step in range(there_end - there)}
        elif kind == "replace":
            places[theirs[there][0]] = ours[here][0]
    return tuple(WordStart(places[word.at], word.frame) for word in words if word.at in places)


def _composed(word: str) -> str:
    """Return a word without case and without marks around it: `IN` is spoken as `in`, `book—` as `book,`."""
    composed = unicodedata.normalize("NFC", word)
    return "".join(filter(str.isalnum, composed)).casefold() or composed
