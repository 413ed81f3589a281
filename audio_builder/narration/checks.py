"""Whether a sound can be the sentence it should be."""

from __future__ import annotations

import numpy as np

from audio_builder.audio.samples import samples_from_segment
from audio_builder.errors import ClipRejected, quoted
from audio_builder.narration.trim import TrimmedClip
from audio_builder.script.phrases import count_words

_SILENT_PEAK = 10 ** (-46 / 20)
_FLAT_SHARE = 0.05
"""Speech touches full scale in well under 1 % of its samples, even when an engine brings its peaks there."""

_FULL_SCALE = 0.999
_CHARACTERS_PER_WORD = 5.5
_LETTER, _SPELLED, _DIGIT, _SYMBOL = 1.0, 4.0, 7.0, 9.0
"""How many characters of speech one written character may stand for: "7" is "seven", "W" in "WWW" is
"double u", "%" is "per cent" and "€" is "euros"."""

_SYMBOLS = frozenset("%&@+=#$€£°§<>*/")
_SHORTEST_SHARE, _LONGEST_SHARE, _LONGEST_EXTRA_S = 0.3, 4.0, 1.5
"""Wide on purpose: they find a clip that lost its half or ran on, and never a slow or hurried reading."""


def check_clip(clip: TrimmedClip, text: str, wpm: float) -> None:
    """Return nothing if a clip can be the phrase.

    Args:
        clip: trimmed.
        text: the phrase that was spoken.
        wpm: how fast the voice speaks at its setting, in words per minute.

    Raises:
        ClipRejected: it is empty, silent, clipped flat, or absurdly long or short for its words.
    """
    samples = samples_from_segment(clip.segment)
    peak = float(np.max(np.abs(samples), initial=0.0))
    if clip.speech_s <= 0 or peak < _SILENT_PEAK:
        raise _rejected(text, f"it is silent (its peak is {20 * np.log10(max(peak, 1e-6)):.0f} dBFS)")
    flat = float(np.mean(np.abs(samples) >= _FULL_SCALE))
    if flat > _FLAT_SHARE:
        raise _rejected(
            text, f"{100 * flat:.0f} % of it is at full scale; speech stays under {100 * _FLAT_SHARE:.0f} %"
        )
    shortest, longest = plausible_seconds(text, wpm)
    if not shortest <= clip.speech_s <= longest:
        raise _rejected(
            text,
            f"it lasts {clip.speech_s:.2f} s; {count_words(text)} words at {wpm:.0f} words per minute "
            f"take {shortest:.2f} to {longest:.1f} s",
        )


def plausible_seconds(text: str, wpm: float) -> tuple[float, float]:
    """Return the shortest and the longest that a phrase can plausibly last, in seconds."""
    seconds_per_word = 60 / wpm
    by_words = count_words(text) * seconds_per_word
    by_letters = sum(character.isalpha() for character in text) / _CHARACTERS_PER_WORD * seconds_per_word
    by_sound = sum(_weight(token) for token in text.split()) / _CHARACTERS_PER_WORD * seconds_per_word
    shortest = _SHORTEST_SHARE * min(by_words, by_letters)
    return shortest, _LONGEST_SHARE * max(by_words, by_sound) + _LONGEST_EXTRA_S


def _weight(token: str) -> float:
    spelled = token.isupper()
    weight = _LETTER  # the space
    for character in token:
        if character.isdigit():
            weight += _DIGIT
        elif character in _SYMBOLS:
            weight += _SYMBOL
        else:
            weight += _SPELLED if spelled else _LETTER
    return weight


def _rejected(text: str, why: str) -> ClipRejected:
    return ClipRejected(
        f"the voice's sound for {quoted(text)} can't be that sentence: {why}",
        hint="Word that sentence a little differently, or choose another voice; the finished sentences are kept.",
    )
