"""The shipped fake engine: speech-like sound made from the text alone, the same bytes everywhere.

It is for tests, for trying a pacing and for machines without any voice. Syllables of harmonics shaped
like vowels, breathy onsets before them, pauses at commas, a falling line of pitch. All samples are
computed in integers from tables rounded once, so that no processor's arithmetic shows in them.
"""

from __future__ import annotations

import functools
import hashlib
import math
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import audio_builder
from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import EngineFailed, quoted
from audio_builder.script.phrases import count_words
from audio_builder.voices.engines.base import TimedSound, WordStart
from audio_builder.voices.profile import Voice

RATE_HZ = 44100
"""The commonest rate of an episode, so that clips need no resampling."""

_TABLE = 4096
_PHASE_BITS = 20
_EDGE_FRAMES = RATE_HZ // 10
_ONSET_FRAMES = RATE_HZ * 35 // 1000
_PAUSE_S = {",": 0.18, ";": 0.24, ":": 0.24, "—": 0.24, "…": 0.3, ".": 0.3, "?": 0.3, "!": 0.3}
_VOWELS_HZ = {"a": (730, 1090), "e": (530, 1840), "i": (300, 2290), "o": (570, 840), "u": (330, 900)}
"""Centres of the first two formants of five vowels, rounded from Peterson and Barney (1952)."""

_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Syllable:
    """A tone for a syllable; the first of a word has the word's place in the text as `begins_at`."""

    vowel: str
    word: int
    frames: int
    breathy: bool
    begins_at: int | None


class ToneEngine:
    """Speaks any text at exactly the rate asked for: its setting is words per minute."""

    def voices(self) -> tuple[str, ...]:
        """Return the one voice that there is."""
        return ("tone",)

    def fingerprint(self) -> str:
        """Return the engine's name and version."""
        return f"tone {audio_builder.__version__}"

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return the text as tones: words ÷ (sound with its inner pauses) is the setting, to a frame.

        Raises:
            EngineFailed: there is no word in the text.
        """
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return the text as tones, and where each word begins, to a frame.

        Raises:
            as `speak` does.
        """
        if not count_words(text):
            raise EngineFailed(f"there is no word to speak in {quoted(text)}")
        edge: _Ints = np.zeros(_EDGE_FRAMES, dtype=np.int64)
        parts = [edge]
        plan = _plan(text, voice.rate)
        spoken = sum(isinstance(part, _Syllable) for part in plan)
        at, frame = 0, _EDGE_FRAMES
        words = []
        for part in plan:
            if isinstance(part, _Syllable):
                rising = text.rstrip().endswith("?") and at >= spoken - 2
                parts.append(_sound(part, at / spoken, rising=rising))
                at += 1
                if part.begins_at is not None:
                    words.append(WordStart(part.begins_at, frame))
            else:
                parts.append(np.zeros(part, dtype=np.int64))
            frame += len(parts[-1])
        pcm = np.concatenate([*parts, edge]).astype("<i2")
        return TimedSound(AudioSegment(pcm.tobytes(), frame_rate=RATE_HZ, sample_width=2, channels=1), tuple(words))


def _plan(text: str, wpm: float) -> list[_Syllable | int]:
    """Return syllables, and pauses as their frames, that take together exactly words ÷ wpm minutes."""
    found = [token for token in re.finditer(r"\S+", text) if count_words(token.group())]
    words = [token.group() for token in found]
    total = round(count_words(text) * 60 * RATE_HZ / wpm)
    syllables = [_vowels(word) for word in words]
    pauses = [_PAUSE_S.get(word.rstrip("\"'”’»)")[-1:], 0.0) for word in words[:-1]]
    # Where a text is all punctuation, the pauses shrink: a third of the time is theirs at most.
    shrink = min(1.0, total / (3 * RATE_HZ * sum(pauses))) if sum(pauses) else 1.0
    pause_frames = [round(pause * shrink * RATE_HZ) for pause in pauses] + [0]
    voiced, count = total - sum(pause_frames), sum(len(vowels) for vowels in syllables)
    plan: list[_Syllable | int] = []
    done = 0
    for number, (word, vowels, pause) in enumerate(zip(words, syllables, pause_frames, strict=True)):
        for position, vowel in enumerate(vowels):
            frames = voiced * (done + 1) // count - voiced * done // count
            breathy = position == 0 and word.lstrip("\"'“‘«(")[:1].lower() in "hsf"
            begins_at = found[number].start() if position == 0 else None
            plan.append(_Syllable(vowel, _digest(word) + number, frames, breathy, begins_at))
            done += 1
        if pause:
            plan.append(pause)
    return plan


def _vowels(word: str) -> list[str]:
    """Return a vowel for each syllable: the first letter of each group of vowels, or one of our own."""
    groups = re.findall(r"[aeiouy]+", word.lower())
    if len(groups) > 1 and re.search(r"[^aeiouyl]e\W*$", word.lower()):
        groups.pop()
    return ["i" if group[0] == "y" else group[0] for group in groups] or ["aeiou"[_digest(word) % 5]]


def _digest(word: str) -> int:
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[0]


def _sound(syllable: _Syllable, progress: float, *, rising: bool) -> _Ints:
    """Return one syllable; `progress` from 0 to 1 is where in the phrase it stands."""
    frames = syllable.frames
    time: _Ints = np.arange(frames, dtype=np.int64)
    pitch = 138 - round(26 * progress) + syllable.word % 7
    start = (pitch << _PHASE_BITS) // RATE_HZ
    glide = (14 if rising else -3) * time * time // (2 * max(frames, 1))
    phase = start * time + (glide << _PHASE_BITS) // RATE_HZ
    voiced = _wave(syllable.vowel)[(phase & ((1 << _PHASE_BITS) - 1)) >> (_PHASE_BITS - 12)]
    rise, fall = max(1, frames // 6), max(1, frames // 3)
    envelope = np.minimum(4096, np.minimum((time + 1) * 4096 // rise, (frames - time) * 4096 // fall))
    envelope = 1400 + envelope * 2696 // 4096 if frames > 4 else envelope
    taper = np.minimum(4096, np.minimum((time + 1) * 4096 // 440, (frames - time) * 4096 // 440))
    loudness = 700 + 40 * (syllable.word % 9)
    sound = ((voiced * envelope >> 12) * taper >> 12) * loudness >> 10
    if syllable.breathy:
        breath = min(_ONSET_FRAMES, frames // 3)
        sound[:breath] = _noise()[:breath] * (time[:breath] + breath // 4) // max(1, breath)
    result: _Ints = sound
    return result


@functools.cache
def _wave(vowel: str) -> _Ints:
    """Return one period of a vowel, rounded to integers, peak near 11,000."""
    first, second = _VOWELS_HZ[vowel]
    period = [0.0] * _TABLE
    for harmonic in range(1, 25):
        hertz = 120.0 * harmonic
        gain = (
            1 / (1 + ((hertz - first) / 110) ** 2) + 0.35 / (1 + ((hertz - second) / 160) ** 2) + 0.05
        ) / harmonic**0.3
        for step in range(_TABLE):
            period[step] += gain * math.sin(2 * math.pi * harmonic * step / _TABLE + harmonic * harmonic)
    peak = max(abs(sample) for sample in period)
    return np.array([round(11000 * sample / peak) for sample in period], dtype=np.int64)


@functools.cache
def _noise() -> _Ints:
    """Return soft noise, the same on every machine: the bytes of a hash."""
    stream = hashlib.shake_256(b"audio-builder breath").digest(_ONSET_FRAMES)
    return (np.frombuffer(stream, dtype=np.uint8).astype(np.int64) - 128) * 6
