"""A sound that can't be its sentence is refused, and every sound that could is let through."""

from __future__ import annotations

import numpy as np
import pytest

from audio_builder.audio.samples import segment_from_samples
from audio_builder.errors import ClipRejected
from audio_builder.narration.trim import TrimmedClip
from audio_builder.narration.workers.worker import check_clip, plausible_seconds

SENTENCE = "The evening arrives more softly than we expect."


def clip(seconds: float, level: float = 0.3) -> TrimmedClip:
    time = np.arange(round(seconds * 44100)) / 44100
    wave = np.clip(level * np.sin(2 * np.pi * 180 * time), -1, 1).astype(np.float32)
    return TrimmedClip(segment_from_samples(wave, 44100), 0, 0)


def test_a_sentence_at_its_rate_is_let_through() -> None:
    """Eight words at 125 words per minute are 3.8 s; half and double of that are no reason for alarm."""
    for seconds in (1.9, 3.8, 7.6):
        check_clip(clip(seconds), SENTENCE, 125)


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        (clip(0), "silent"),
        (clip(3.8, 0.001), "silent (its peak is -60 dBFS)"),
        (clip(3.8, 30), "at full scale"),
        (clip(0.4), "it lasts 0.40 s; 8 words at 125 words per minute take"),
        (clip(30), "it lasts 30.00 s"),
    ],
)
def test_an_impossible_sound_is_refused_with_its_sentence_and_numbers(sound: TrimmedClip, told: str) -> None:
    """Empty, silent, flat, far too short, far too long."""
    with pytest.raises(ClipRejected) as caught:
        check_clip(sound, SENTENCE, 125)
    assert f"“{SENTENCE}”" in caught.value.message
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1984", 1.8), ("WWW", 2.3), ("3.14159265", 5.0), ("$1,000,000!", 2.6), ("Oh", 0.25), ("50 %", 1.2), ("A", 0.3)],
)
def test_what_takes_longer_than_it_looks_is_let_through(text: str, seconds: float) -> None:
    """Digits, symbols and spelled letters stand for whole words."""
    shortest, longest = plausible_seconds(text, 125)
    assert shortest <= seconds <= longest
