"""Backgrounds by name: the one place where a bed is registered."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from audio_builder.errors import SoundError
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed, BedFormat, NoBed
from audio_builder.sound.beds.binaural import binaural
from audio_builder.sound.beds.bowls import bowls
from audio_builder.sound.beds.brown import brown
from audio_builder.sound.beds.drone import drone
from audio_builder.sound.beds.night import night
from audio_builder.sound.beds.ocean import ocean
from audio_builder.sound.beds.pink import pink
from audio_builder.sound.beds.rain import rain
from audio_builder.sound.beds.wind import wind
from audio_builder.sound.music import Music
from audio_builder.sound.music_format import music_format
from audio_builder.sound.pitch import root_hz

BEDS: dict[str, Callable[[Soundscape, BedFormat], Bed]] = {
    "drone": lambda wanted, bed_format: drone(bed_format, root_hz(wanted.drone_root)),
    "bowls": lambda _, bed_format: bowls(bed_format),
    "rain": lambda _, bed_format: rain(bed_format),
    "ocean": lambda _, bed_format: ocean(bed_format),
    "wind": lambda _, bed_format: wind(bed_format),
    "night": lambda _, bed_format: night(bed_format),
    "pink": lambda _, bed_format: pink(bed_format),
    "brown": lambda _, bed_format: brown(bed_format),
    "binaural": lambda wanted, bed_format: binaural(
        bed_format.rate_hz, wanted.binaural_carrier_hz, wanted.binaural_beat_hz
    ),
    "none": lambda _, bed_format: NoBed(bed_format.channels),
}
"""Every background that is made here, by the name a recipe gives it."""


def check_background(wanted: Soundscape, channels: int) -> None:
    """Make sure, without preparing any sound, that a background exists and can be read.

    Args:
        wanted: its background is a name of `BEDS`, or the path of an audio file.
        channels: of the episode.

    Raises:
        SoundError: no such name or file, the file isn't audio in a format that is read here, or the
            background can't be made as it is wanted.
    """
    background = wanted.background
    if background == "drone":
        root_hz(wanted.drone_root)
    elif background == "binaural" and channels != 2:
        raise SoundError(
            "the background 'binaural' needs stereo, and this recipe asks for mono: each ear has a tone of its own",
            hint="Set mastering.channels to 2, or choose another background.",
        )
    if background in BEDS:
        return
    if not _looks_like_path(background):
        close = difflib.get_close_matches(background.lower(), BEDS, n=3, cutoff=0.6)
        raise SoundError(
            f"there is no background named {background!r}; there are {', '.join(BEDS)}",
            hint=f"Did you mean {' or '.join(close)}?" if close else "Name one of these, or the path of an audio file.",
        )
    music_format(Path(background))


def open_bed(wanted: Soundscape, bed_format: BedFormat) -> Bed:
    """Return a background, ready to be read.

    Args:
        wanted: its background is a name of `BEDS`, or the path of an audio file.
        bed_format: sample rate and channels of the episode.

    Raises:
        SoundError: no such name or file, or the background can't be used or made as it is wanted.
    """
    check_background(wanted, bed_format.channels)
    if wanted.background in BEDS:
        return BEDS[wanted.background](wanted, bed_format)
    return Music.load(Path(wanted.background), bed_format)


def _looks_like_path(background: str) -> bool:
    """Tell whether a value means a file rather than a misspelt name."""
    path = Path(background)
    if path.suffix or "/" in background or "\\" in background:
        return True
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a file's name, or a NUL in it
        return False
