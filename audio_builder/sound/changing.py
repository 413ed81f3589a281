"""A background that changes on the way: each gives way to the next over a slow crossfade."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from audio_builder.audio.samples import Samples
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.backgrounds import open_bed
from audio_builder.sound.bed import Bed, BedFormat

CROSSFADE_S = 6.0
"""How long one background takes to give way to the next."""


@dataclass(frozen=True, slots=True)
class BedChange:
    """Where a background begins to change.

    Attributes:
        name: of the next one; empty for the one that the recipe has chosen.
        start: first frame of the crossfade.
    """

    name: str
    start: int


def open_beds(wanted: Soundscape, bed_format: BedFormat, names: Iterable[str]) -> dict[str, Bed]:
    """Return backgrounds by name, ready to be read; the one that the recipe has chosen is that without a name too.

    Args:
        wanted: of the recipe.
        bed_format: sample rate and channels of the episode.
        names: of the others.

    Raises:
        SoundError: one of them can't be used or made as it is wanted.
    """
    own = open_bed(wanted, bed_format)
    beds = {"": own, wanted.background: own}
    for name in names:
        if name not in beds:
            beds[name] = open_bed(msgspec.structs.replace(wanted, background=name), bed_format)
    return beds


def as_one(beds: Mapping[str, Bed], changes: Sequence[BedChange], bed_format: BedFormat) -> Bed:
    """Return a background with its changes: the bed without a name, and from each change on the one that it names."""
    return ChangingBed(beds, changes, bed_format) if changes else beds[""]


class ChangingBed:
    """Several beds as one, each brought to the same loudest second, so that all lie as far under the speech."""

    def __init__(self, beds: Mapping[str, Bed], changes: Sequence[BedChange], bed_format: BedFormat) -> None:
        """Take beds by their names; the one with an empty name is heard first."""
        self._beds = beds
        self._channels = bed_format.channels
        self._fade = round(CROSSFADE_S * bed_format.rate_hz)
        self._starts = [-self._fade, *(change.start for change in changes)]
        self._names = ["", *(change.name for change in changes)]
        heard = [beds[name] for name in dict.fromkeys(self._names)]
        audible = [bed.loudest_second_dbfs for bed in heard if math.isfinite(bed.loudest_second_dbfs)]
        self._loudest_second_dbfs = audible[0] if audible else -math.inf
        self._notes = tuple(dict.fromkeys(note for bed in heard for note in bed.notes))

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self._channels

    @property
    def loudest_second_dbfs(self) -> float:
        """The root mean square of its loudest second, to half a decibel; −inf for silence."""
        return self._loudest_second_dbfs

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever chose them should know of them."""
        return self._notes

    def read(self, start: int, frames: int) -> Samples:
        """Return frames from a position on, shape (frames, channels).

        Where two meet, their powers add up to that of one: a quarter of a sine each.
        """
        arrived = max(place for place, begins in enumerate(self._starts) if begins + self._fade <= start)
        sound = self._read(self._names[arrived], start, frames)
        positions = np.arange(start, start + frames)
        for name, begins in zip(self._names[arrived + 1 :], self._starts[arrived + 1 :], strict=True):
            if begins >= start + frames:
                break
            share = np.clip((positions - begins) / self._fade, 0.0, 1.0)[:, np.newaxis]
            coming = np.sin(share * (math.pi / 2))
            sound *= np.sqrt(1 - coming**2).astype(np.float32)
            sound += self._read(name, start, frames) * coming.astype(np.float32)
        return sound

    def _read(self, name: str, start: int, frames: int) -> Samples:
        bed = self._beds[name]
        if not math.isfinite(bed.loudest_second_dbfs):
            return np.zeros((frames, self._channels), dtype=np.float32)
        gain = np.float32(10 ** ((self._loudest_second_dbfs - bed.loudest_second_dbfs) / 20))
        return bed.read(start, frames) * gain
