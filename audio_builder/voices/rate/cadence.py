"""How long words take a voice, told from the words alone: why the same rate is another number on another text.

An engine's setting fixes how fast it makes sounds. How many *words* a minute that gives depends on the
text: on how long its words are, how often it pauses inside a phrase, and how short its phrases are.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from audio_builder.script.phrases import count_words
from audio_builder.voices.profile import Cadence
from audio_builder.voices.rate.passage import CALIBRATION_PASSAGE

STEP = 0.03
"""Logarithms of densities are rounded to steps of this, 3 %, so that a changed sentence leaves the setting as it is and
with it every other clip; that costs 1.5 % of exactness at most."""

WHOLE_TEXT_WORDS = 300
"""A shorter text is judged as if the passage filled it up: a title alone must not be hurried."""

_PAUSE = re.compile(r"[,;:—–…]|[.!?](?=\s)")
_VOWELS = re.compile(r"[aeiouyæœøаеёиоуыэюяіїєαεηιουω]+")
_SILENT_E = re.compile(r"(?<=[^\Waeiouyl])e\b")
_IDEOGRAPH = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_LETTERS_PER_IDEOGRAPH = 3.0
_LETTERS_PER_DIGIT = 4.0


def weight(text: str, cadence: Cadence) -> float:
    """Return how long a phrase takes, in units of one letter of a voice with the usual cadence.

    Args:
        text: one phrase, as it is spoken.
        cadence: how the voice's time goes.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    ideographs = len(_IDEOGRAPH.findall(plain))
    digits = sum(character.isdigit() for character in plain)
    letters = sum(character.isalpha() for character in plain) - ideographs
    syllables = len(_VOWELS.findall(_SILENT_E.sub("", plain))) + ideographs + digits
    return (
        cadence.letter * (letters + _LETTERS_PER_IDEOGRAPH * ideographs + _LETTERS_PER_DIGIT * digits)
        + cadence.syllable * syllables
        + cadence.word * count_words(text)
        + cadence.pause * len(_PAUSE.findall(text.rstrip()[:-1]))
        + cadence.phrase
    )


def density(texts: Iterable[str], cadence: Cadence) -> float:
    """Return how much longer a word of a text takes than a word of the passage, told from its letters.

    Args:
        texts: its phrases.
        cadence: how the voice's time goes.
    """
    return density_by(texts, lambda text: weight(text, cadence), _weight_per_word(cadence))


def density_by(texts: Iterable[str], length: Callable[[str], float], usual: float) -> float:
    """Return how much longer a word of a text takes than a word of the passage: 1.1 for 10 % longer.

    It is rounded to steps of 3 %. What the text lacks to 300 words counts as the passage.

    Args:
        texts: its phrases.
        length: how long a phrase takes, in any unit.
        usual: the mean length of a word of the passage, in that unit (see `mean_of_passage`).
    """
    words, lengths = 0, 0.0
    for text in texts:
        words += count_words(text)
        lengths += length(text)
    filling = max(0, WHOLE_TEXT_WORDS - words)
    exact = (lengths / usual + filling) / (words + filling)
    return density_at(nearest_step(exact))


def nearest_step(density: float) -> int:
    """Return the number of the step that a density lies nearest to; the passage's own is 0."""
    return round(math.log(density) / STEP)


def density_at(step: int) -> float:
    """Return the density of a step."""
    return math.exp(step * STEP)


def mean_of_passage(length: Callable[[str], float]) -> float:
    """Return the mean length of a word of the passage, phrases measured by `length`."""
    return sum(map(length, CALIBRATION_PASSAGE)) / sum(map(count_words, CALIBRATION_PASSAGE))


@lru_cache(maxsize=64)
def _weight_per_word(cadence: Cadence) -> float:
    return mean_of_passage(lambda text: weight(text, cadence))
