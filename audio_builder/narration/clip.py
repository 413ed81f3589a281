"""A clip is the sound of one phrase, with its levels and the places of its words; a narration is a script's clips."""

from __future__ import annotations

import difflib
import functools
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from audio_builder.audio.filters import ChunkedFilter, high_pass
from audio_builder.audio.loudness import k_weighting, quietest_second
from audio_builder.audio.samples import AudioSegment, Samples, samples_from_segment
from audio_builder.narration.hearing import Hearing
from audio_builder.script.cues import Say
from audio_builder.script.phrases import count_words
from audio_builder.voices.engines.base import WordStart
from audio_builder.voices.word_alignment import words_with_places

CELL_S = 0.02
"""Sound is remembered as one energy and one peak for each 20 ms: 1.4 MB for an hour."""
CELLS_PER_S = round(1 / CELL_S)

Cells = npt.NDArray[np.float32]
"""One value for each `CELL_S`."""


@dataclass(frozen=True, slots=True)
class Clip:
    """The sound of one phrase, trimmed, faded and at the episode's rate; loaded when it is needed.

    A long episode has thousands of clips, so a clip is a handle on a cache entry and not the sound
    itself: memory stays flat however long the episode is.

    Attributes:
        say: the phrase.
        key: its content address in the cache, 64 hexadecimal digits.
        frames: exact length at `rate_hz`.
        rate_hz: the episode's sample rate.
        lead_frames: quiet frames before the first sound (the trimmer's margin).
        tail_frames: quiet frames after the last sound.
        loader: reads the sound from the cache and verifies it.
        voice: name of the voice that speaks it; empty for the narrator.
        packed_levels: its levels, as they are kept in the cache; empty where they aren't measured.
        packed_words: where its words begin, as that is kept in the cache; empty where the engine doesn't tell.
        spoken: its words as the engine got them.
        hearing: what a recogniser found in it; None where nobody listened.
    """

    say: Say
    key: str
    frames: int
    rate_hz: int
    lead_frames: int
    tail_frames: int
    loader: Callable[[str], AudioSegment] = field(repr=False, compare=False)
    voice: str = ""
    packed_levels: bytes = field(default=b"", repr=False, compare=False)
    packed_words: bytes = field(default=b"", repr=False, compare=False)
    spoken: str = field(default="", repr=False, compare=False)
    hearing: Hearing | None = field(default=None, repr=False, compare=False)

    def load(self) -> AudioSegment:
        """Return the sound: mono, 16 bit, `rate_hz`, exactly `frames` long.

        Raises:
            NarrationError: the cache entry is gone or damaged since it was narrated.
        """
        return self.loader(self.key)

    def levels(self) -> ClipLevels:
        """Return how loud it is; measured now if that isn't known.

        Raises:
            NarrationError: it has to be loaded, and can't be any more.
        """
        if self.packed_levels:
            return unpacked_levels(self.packed_levels)
        return measure_clip(samples_from_segment(self.load()), self.rate_hz, self.lead_frames, self.tail_frames)

    def words(self, written: str) -> tuple[WordStart, ...]:
        """Return where words begin, by their place in the phrase as it is written; those whose frame is known."""
        return carried_over(unpacked_words(self.packed_words), self.spoken, written)

    @property
    def speech_s(self) -> float:
        """Seconds from the first to the last sound."""
        return (self.frames - self.lead_frames - self.tail_frames) / self.rate_hz


@dataclass(frozen=True, slots=True)
class Narration:
    """The script's phrases, spoken.

    Attributes:
        clips: one for each `Say` of the script, in its order.
        rate_hz: the episode's sample rate, the same in every clip.
        synthesized: how many clips an engine spoke for this build.
        wpm: measured words per minute inside phrases: words ÷ the clips' speech; 0 without speech.
        rate_note: what to tell the user about the rate, such as that the voice can't go that slow;
            empty where there is nothing to tell.
        tried: how many more clips were spoken for this build, at a setting that turned out to miss the rate.
        spoken: keys of all clips that were spoken for this build.
        text_factors: how much longer a word of this text takes each voice than a word of the calibration text, by the
            name of its profile; handed in again, an edited text keeps its settings (see `rate_control`).
    """

    clips: tuple[Clip, ...]
    rate_hz: int
    synthesized: int
    wpm: float
    rate_note: str = ""
    tried: int = 0
    spoken: frozenset[str] = frozenset()
    text_factors: Mapping[str, float] = field(default_factory=dict)

    @property
    def cached(self) -> int:
        """How many clips came from the cache, or are another's of this build."""
        return len(self.clips) - self.synthesized


def measured_wpm(clips: tuple[Clip, ...]) -> float:
    """Return words per minute inside phrases: words ÷ the clips' speech, pauses between clips left out."""
    minutes = sum(clip.speech_s for clip in clips) / 60
    return sum(count_words(clip.say.text) for clip in clips) / minutes if minutes > 0 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class ClipLevels:
    """What the mix has to know of a clip, without rumble.

    Attributes:
        energies: K-weighted mean square of each cell, from the clip's first frame on.
        peaks: highest magnitude in each cell, full scale at 1.0.
        quietest_second: mean square of the quietest second of its speech (see `speech_level`); 0 without sound.
    """

    energies: Cells
    peaks: Cells
    quietest_second: float

    def packed(self) -> bytes:
        """Return them as little-endian float32: the quietest second, the energies, the peaks."""
        head = np.array([self.quietest_second], dtype=np.float32)
        return np.concatenate((head, self.energies, self.peaks)).astype("<f4").tobytes()


def unpacked_levels(content: bytes) -> ClipLevels:
    """Return what `ClipLevels.packed` gave."""
    values = np.frombuffer(content, dtype="<f4").astype(np.float32)
    cells = len(values) // 2
    return ClipLevels(values[1 : 1 + cells], values[1 + cells :], float(values[0]))


def measure_clip(sound: Samples, rate_hz: int, lead_frames: int, tail_frames: int) -> ClipLevels:
    """Return the levels of a clip.

    Args:
        sound: shape (frames,), as it is in the cache.
        rate_hz: frames per second.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
    """
    cell = round(rate_hz * CELL_S)
    clean = high_pass(sound, rate_hz)
    energies, peaks = cells_of_sound(clean, 0, rate_hz)
    speech = clean[lead_frames : len(clean) - tail_frames]
    return ClipLevels(energies.astype(np.float32), peaks, _quietest_second(speech, cell))


def cells_of_sound(sound: Samples, offset: int, rate_hz: int) -> tuple[npt.NDArray[np.float64], Cells]:
    """Return the K-weighted mean square and the peak of each cell that a mono sound touches.

    Args:
        sound: shape (frames,).
        offset: frames from the beginning of the first cell to the sound.
        rate_hz: frames per second.
    """
    cell = round(rate_hz * CELL_S)
    padded = np.pad(sound, (offset, -(offset + len(sound)) % cell))
    weighted = _weighting(rate_hz).once(padded).reshape(-1, cell)
    return np.einsum("cf,cf->c", weighted, weighted).astype(np.float64) / cell, np.abs(padded).reshape(-1, cell).max(
        axis=1
    )


@functools.cache
def _weighting(rate_hz: int) -> ChunkedFilter:
    """Return the K-weighting for whole cells."""
    return ChunkedFilter(k_weighting(rate_hz), unit=round(rate_hz * CELL_S))


def _quietest_second(speech: Samples, cell: int) -> float:
    """Return the mean square of the quietest second of speech; what is shorter than a cell is taken whole."""
    cells = len(speech) // cell
    if not cells:
        return float(np.vdot(speech, speech)) / max(len(speech), 1)
    return quietest_second(np.square(speech[: cells * cell]).reshape(cells, cell).mean(axis=1), CELLS_PER_S)


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
