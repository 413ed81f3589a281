"""The background `binaural`: one pure tone for each ear, so close that the listener hears a beat."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from audio_builder.audio.samples import Samples
from audio_builder.errors import SoundError
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import REFERENCE_DBFS, Bed, BedFormat

_AMPLITUDE = math.sqrt(2) * 10 ** (REFERENCE_DBFS / 20)


@dataclass(frozen=True, slots=True)
class Tones:
    """Two pure tones, worked out anew for each block: they need no memory and have no seam.

    Attributes:
        left_hz: heard by the left ear.
        right_hz: heard by the right ear.
        rate_hz: frames per second.
        channels: 2.
        loudest_second_dbfs: a whole number of turns or not, no second is more than 0.1 dB above the mean.
        notes: what the listener should know.
    """

    left_hz: float
    right_hz: float
    rate_hz: int
    channels: int = 2
    loudest_second_dbfs: float = REFERENCE_DBFS + 0.1
    notes: tuple[str, ...] = ("binaural is heard with headphones only",)

    def read(self, start: int, frames: int) -> Samples:
        """Return frames from a position on, shape (frames, 2)."""
        places = np.arange(start, start + frames, dtype=np.float64)
        sound = np.empty((frames, 2), dtype=np.float32, order="F")
        for side, hz in enumerate((self.left_hz, self.right_hz)):
            turns = places * (hz / self.rate_hz)
            # Whole turns are left out, or the sine of a large number would grow imprecise in the third hour.
            turns -= np.floor(turns)
            np.sin((2 * math.pi * turns).astype(np.float32), out=sound[:, side])
        sound *= np.float32(_AMPLITUDE)
        return sound


def check(_: Soundscape, channels: int) -> None:
    """Make sure that there is a channel for each ear.

    Raises:
        SoundError: the episode is mono.
    """
    if channels != 2:
        raise SoundError(
            "the background 'binaural' needs stereo, and this recipe asks for mono: each ear has a tone of its own",
            hint="Set mastering.channels to 2, or choose another background.",
        )


def make(soundscape: Soundscape, bed_format: BedFormat) -> Bed:
    """Return two tones around a carrier, the right one higher by the beat (Oster, Scientific American 229, 1973).

    Args:
        soundscape: its `binaural_carrier_hz` is the middle between the two, its `binaural_beat_hz` how far they lie
            apart.
        bed_format: for its rate.
    """
    carrier_hz, beat_hz = soundscape.binaural_carrier_hz, soundscape.binaural_beat_hz
    return Tones(carrier_hz - beat_hz / 2, carrier_hz + beat_hz / 2, bed_format.rate_hz)
