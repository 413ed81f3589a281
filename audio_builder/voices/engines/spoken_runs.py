"""A phrase that was spoken in pieces, joined: for engines whose models plan how long each phoneme lasts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import AudioSegment
from audio_builder.voices.engines.base import TimedSound, WordStart
from audio_builder.voices.word_alignment import first_sounds, words_with_places

MARKS = ' .,;:!?…—"“”)'
"""What may stand behind the last word. Stretched with slow words it is heard, as is the quiet before the first one."""

_BEFORE_A_WORD = ' “("'
"""A gap, and what opens a quotation, is heard as part of the word that follows."""

_EARLY_S = 0.04
"""Words are heard so long before the lengths that are planned (decision 14)."""

_QUIET_DB = -45.0
"""Below the loudest sample of a piece by so much, it is quiet."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A piece of a phrase, spoken.

    Attributes:
        phonemes: of the piece.
        sound: from -1 to 1, shape (frames,).
        begins: the frame where each of the phonemes begins; empty where that isn't known.
    """

    phonemes: str
    sound: npt.NDArray[np.float32]
    begins: tuple[int, ...]

    def closed_up(self, before: int | None, after: int | None) -> Run:
        """Return it with at most so many frames of quiet before and after its sound; None for as many as there are."""
        loud = np.flatnonzero(np.abs(self.sound) > np.max(np.abs(self.sound), initial=0.0) * 10 ** (_QUIET_DB / 20))
        if not loud.size:
            return self
        begin = 0 if before is None else max(0, int(loud[0]) - before)
        end = len(self.sound) if after is None else min(len(self.sound), int(loud[-1]) + after)
        begins = (min(max(frame, begin), end) - begin for frame in self.begins)
        return Run(self.phonemes, self.sound[begin:end], tuple(begins))


def joined(
    text: str, phonemes_of: Callable[[str], str], phonemes: str, runs: Sequence[Run], rate_hz: int
) -> TimedSound:
    """Return a phrase in one sound, with its words where the lengths of its phonemes put them.

    Args:
        text: of the phrase.
        phonemes_of: gives those of a word by itself.
        phonemes: of the whole phrase.
        runs: its pieces in their order; a piece lacks the spaces at its ends and what the model has no token for.
        rate_hz: frames per second.
    """
    pcm = np.round(np.clip(np.concatenate([run.sound for run in runs]), -1.0, 1.0) * 32767).astype("<i2")
    sound = AudioSegment(pcm.tobytes(), frame_rate=rate_hz, sample_width=2, channels=1)
    words = words_with_places(text)
    firsts = first_sounds([phonemes_of(word) for _, word in words], phonemes)
    frames = zip(words, word_begins(firsts, phonemes, runs, rate_hz), strict=True)
    return TimedSound(sound, tuple(WordStart(at, frame) for (at, _), frame in frames if frame is not None))


def word_begins(firsts: Sequence[int | None], phonemes: str, runs: Sequence[Run], rate_hz: int) -> list[int | None]:
    """Return the frame where each word begins to be heard; None where that isn't sure.

    Args:
        firsts: the place of each word's first sound among the phonemes.
        phonemes: of the whole phrase.
        runs: as in `joined`.
        rate_hz: frames per second.
    """
    begins: list[int | None] = [None] * len(phonemes)
    at = frames = 0
    for run in runs:
        for symbol, begin in itertools.zip_longest(run.phonemes, run.begins[: len(run.phonemes)]):
            at = phonemes.index(symbol, at) + 1
            begins[at - 1] = None if begin is None else frames + begin
        frames += len(run.sound)
    early = round(_EARLY_S * rate_hz)
    found = [None if first is None else _begin_of(first, phonemes, begins) for first in firsts]
    return [None if frame is None else max(0, frame - early) for frame in found]


def _begin_of(first: int, phonemes: str, begins: Sequence[int | None]) -> int | None:
    """Return where the gap before a sound begins, with what else stands in it; the sound, where a piece begins."""
    place = first
    while place and phonemes[place - 1] in _BEFORE_A_WORD:
        place -= 1
    return next((begin for begin in begins[place : first + 1] if begin is not None), None)
