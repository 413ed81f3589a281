"""Where the words are in what Piper spoke: its model tells how long each sound lasts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from audio_builder.voices.engines.base import WordStart
from audio_builder.voices.word_alignment import first_sounds, words_with_places

_BEGIN, _BETWEEN, _END = "^", "_", "$"
"""What Piper puts before, between and after the sounds."""

_PAUSES = frozenset(".,:;!?")
_VOWELS = frozenset("aeiouyæøœɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵʉʊʌʏᵻːʲ")
"""With the marks that end one."""

_STRESS, _GLIDES = frozenset("ˈˌ"), frozenset("wjlɹ")
"""A vowel goes over into a glide: half of it is heard as the glide's."""

_EARLY_AFTER_CONSONANT = 0.3
"""How much of what is between the last sound and the gap is heard as the next word's; after a vowel all of it is."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """A symbol of what was spoken.

    Attributes:
        symbol: a letter of IPA, a mark or a space.
        begin: the frame where it begins; None where that isn't told.
        since: the frame where what is between it and the symbol before begins.
    """

    symbol: str
    begin: int | None = None
    since: int | None = None


def word_starts(text: str, pieces: Sequence[str], runs: Sequence[Sequence[Any]], speaker: Any) -> tuple[WordStart, ...]:
    """Return the words whose place is sure; none from a model that doesn't tell its lengths.

    Args:
        text: of the phrase.
        pieces: of the text, in which it was spoken: the same characters but for spaces, and a full stop more.
        runs: the `AudioChunk`s of each piece.
        speaker: the `PiperVoice`.
    """
    ids = speaker.config.phoneme_id_map
    places = [place for place, character in enumerate(text) if not character.isspace()]
    found: list[WordStart] = []
    letters = begin = 0
    for piece, chunks in zip(pieces, runs, strict=True):
        sounds: list[_Sound] = []
        for chunk in chunks:
            sounds += _sounds(chunk, ids, begin)
            begin += len(chunk.audio_float_array)
        words = words_with_places(piece)
        alone = [_alone(word, speaker.phonemize) for _, word in words]
        firsts = first_sounds(alone, "".join(sound.symbol for sound in sounds))
        for (at, _), first in zip(words, firsts, strict=True):
            frame = None if first is None else _begin_of(sounds, first)
            if frame is not None:
                found.append(WordStart(places[letters + _letters(piece[:at])], frame))
        letters += _letters(piece)
    return tuple(found)


def _begin_of(sounds: Sequence[_Sound], first: int) -> int | None:
    """Return the frame where a word begins to be heard, of which the place of the first sound is given.

    The lengths are what the model learned to lay its sounds along, not where an ear parts them: without a pause, the
    gap between two words is heard as the beginning of the second, and so is part of what is before it (decision 14).
    """
    own = sounds[first]
    if first == 0 or own.begin is None:
        return own.begin
    gap = sounds[first - 1]
    if not gap.symbol.isspace():
        return own.since
    if first == 1 or gap.begin is None or gap.since is None or sounds[first - 2].symbol in _PAUSES:
        return own.begin
    before = sounds[first - 2]
    if before.symbol not in _VOWELS:
        return gap.begin - round(_EARLY_AFTER_CONSONANT * (gap.begin - gap.since))
    glides = next((sound.symbol for sound in sounds[first:] if sound.symbol not in _STRESS), "") in _GLIDES
    return gap.since - (gap.since - before.begin) // 2 if glides and before.begin is not None else gap.since


def _alone(word: str, phonemize: Callable[[str], list[list[str]]]) -> str:
    """Return the sounds of a word by itself."""
    return " ".join("".join(sentence) for sentence in phonemize(word))


def _letters(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _sounds(chunk: Any, ids: dict[str, Sequence[int]], begin: int) -> Iterator[_Sound]:
    """Yield the sounds of a chunk, then a gap.

    Args:
        chunk: an `AudioChunk`.
        ids: what the model knows each symbol by; Piper leaves out those that it doesn't know.
        begin: frame where the chunk begins.
    """
    known = [symbol for symbol in chunk.phonemes if symbol in ids]
    parts = [(*ids[_BEGIN], *ids[_BETWEEN]), *((*ids[symbol], *ids[_BETWEEN]) for symbol in known), (*ids[_END],)]
    lengths = chunk.phoneme_id_samples
    told = (
        lengths is not None
        and [*itertools.chain.from_iterable(parts)] == [*chunk.phoneme_ids]
        and int(sum(lengths)) == len(chunk.audio_float_array)
    )
    begins = [*itertools.accumulate(map(int, lengths), initial=begin)] if told else []
    at = len(parts[0])
    for symbol, part in zip(known, parts[1:-1], strict=True):
        for letter in symbol:
            yield _Sound(letter, begins[at], begins[at - len(ids[_BETWEEN])]) if told else _Sound(letter)
        at += len(part)
    yield _Sound(" ")
