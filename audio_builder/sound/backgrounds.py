"""Backgrounds by name: the one place where a bed is registered."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from audio_builder.errors import SoundError
from audio_builder.sound.bed import Bed, BedFormat, NoBed
from audio_builder.sound.beds.drone import drone
from audio_builder.sound.music import Music, music_format

BEDS: dict[str, Callable[[BedFormat], Bed]] = {
    "drone": drone,
    "none": lambda bed_format: NoBed(bed_format.channels),
}
"""Every background that is made here, by the name a recipe gives it."""


def check_background(background: str) -> None:
    """Make sure, without preparing any sound, that a background exists and can be read.

    Args:
        background: a name of `BEDS`, or the path of an audio file.

    Raises:
        SoundError: no such name or file, or the file isn't audio in a format that is read here.
    """
    if background in BEDS:
        return
    if not _looks_like_path(background):
        close = difflib.get_close_matches(background.lower(), BEDS, n=3, cutoff=0.6)
        raise SoundError(
            f"there is no background named {background!r}; there are {', '.join(sorted(BEDS))}",
            hint=f"Did you mean {' or '.join(close)}?" if close else "Name one of these, or the path of an audio file.",
        )
    music_format(Path(background))


def open_bed(background: str, bed_format: BedFormat) -> Bed:
    """Return a background, ready to be read.

    Args:
        background: a name of `BEDS`, or the path of an audio file.
        bed_format: sample rate and channels of the episode.

    Raises:
        SoundError: no such name or file, or the file can't be used as a background.
    """
    check_background(background)
    if background in BEDS:
        return BEDS[background](bed_format)
    return Music.load(Path(background), bed_format)


def _looks_like_path(background: str) -> bool:
    """Tell whether a value means a file rather than a misspelt name."""
    path = Path(background)
    if path.suffix or "/" in background or "\\" in background:
        return True
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a file's name, or a NUL in it
        return False
