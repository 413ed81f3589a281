"""Backgrounds by name, and an episode's background, which may change on the way.

A background is one module in `sound/beds/` (its `__init__` says how to write one), or a listener's own audio file,
named by its path. `recipe.settings.BACKGROUNDS` lists the modules by their files' names.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, cast

import msgspec
import numpy as np

from audio_builder.audio.samples import Samples
from audio_builder.errors import SoundError, did_you_mean
from audio_builder.files import looks_like_path
from audio_builder.recipe.settings import BACKGROUNDS, Soundscape
from audio_builder.sound import beds
from audio_builder.sound.bed import Bed, BedFormat, NoBed
from audio_builder.sound.music import MusicLoader, music_format

NO_BACKGROUND = "none"

CROSSFADE_S = 6.0
"""How long one background takes to give way to the next."""


class BedModule(Protocol):
    """What a module in `sound/beds/` has."""

    @staticmethod
    def make(soundscape: Soundscape, bed_format: BedFormat) -> Bed:
        """Return the background, ready to be read.

        Args:
            soundscape: for the settings that belong to this background.
            bed_format: sample rate and channels of the episode.
        """
        ...


def check_background(soundscape: Soundscape, channels: int) -> None:
    """Make sure, without preparing any sound, that a background exists and can be read.

    Args:
        soundscape: its background is one of `BACKGROUNDS`, or the path of an audio file.
        channels: of the episode.

    Raises:
        SoundError: no such name or file, the file isn't audio in a format that is read here, or a setting of the
            background is wrong.
    """
    background = soundscape.background
    if background == NO_BACKGROUND:
        return
    if background in BACKGROUNDS:
        if check := getattr(_module(background), "check", None):
            check(soundscape, channels)
        return
    if not looks_like_path(background):
        otherwise = "Name one of these, or the path of an audio file."
        raise SoundError(
            f"there is no background named {background!r}; there are {', '.join(BACKGROUNDS)}",
            hint=did_you_mean(background.lower(), BACKGROUNDS, otherwise, most=3),
        )
    music_format(Path(background))


def open_bed(soundscape: Soundscape, bed_format: BedFormat) -> Bed:
    """Return a background, ready to be read.

    Args:
        soundscape: its background is one of `BACKGROUNDS`, or the path of an audio file.
        bed_format: sample rate and channels of the episode.

    Raises:
        SoundError: no such name or file, or the background can't be used or made with these settings.
    """
    return open_beds(soundscape, bed_format, ())[""]


def open_beds(soundscape: Soundscape, bed_format: BedFormat, names: Iterable[str]) -> dict[str, Bed]:
    """Return backgrounds by name, ready to be read, as `BedMaker.make` does."""
    with BedMaker(soundscape, bed_format, names) as maker:
        return maker.make()


class BedMaker:
    """Makes the backgrounds of an episode; a context manager.

    From when the block is entered ffmpeg decodes a listener's music beside this process. However the block is left,
    ffmpeg has ended then: a thread that is inside `make` comes back at once, with an error. So an executor that is
    opened before this block never waits for music that no one wants any more.
    """

    def __init__(self, soundscape: Soundscape, bed_format: BedFormat, names: Iterable[str] = ()) -> None:
        """Begin nothing yet.

        Args:
            soundscape: of the recipe.
            bed_format: sample rate and channels of the episode.
            names: of the backgrounds to which the script changes.
        """
        self._soundscape = soundscape
        self._format = bed_format
        self._names = tuple(dict.fromkeys((soundscape.background, *filter(None, names))))
        self._music: dict[str, MusicLoader] = {}
        self._stack = ExitStack()

    def __enter__(self) -> BedMaker:
        """Check the backgrounds and begin to decode those that are files.

        Raises:
            SoundError: there is no such background, or one can't be used with these settings.
        """
        with ExitStack() as stack:
            for name in self._names:
                check_background(self._named(name), self._format.channels)
                if name not in BACKGROUNDS:
                    self._music[name] = stack.enter_context(MusicLoader(Path(name), self._format))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is still being decoded."""
        self._stack.close()

    def make(self) -> dict[str, Bed]:
        """Return all backgrounds by name; the one that the recipe has chosen is that without a name too.

        Raises:
            SoundError: one of them can't be decoded, or is silent or too short.
        """
        made = {name: self._made(name) for name in self._names}
        return {"": made[self._soundscape.background], **made}

    def _made(self, name: str) -> Bed:
        if name == NO_BACKGROUND:
            return NoBed(self._format.channels)
        if name in self._music:
            return self._music[name].load()
        return _module(name).make(self._named(name), self._format)

    def _named(self, name: str) -> Soundscape:
        return msgspec.structs.replace(self._soundscape, background=name)


def describe_background(name: str) -> str:
    """Return one line about a background that is made here: what its module's docstring says of it."""
    said = (_module(name).__doc__ or "").partition("\n")[0]
    about = said.partition(": ")[2].rstrip(".")
    return about[:1].upper() + about[1:]


def _module(name: str) -> BedModule:
    """Return the module of a background; only those that are heard are imported."""
    return cast("BedModule", importlib.import_module(f"{beds.__name__}.{name}"))


@dataclass(frozen=True, slots=True)
class BedChange:
    """Where a background begins to change.

    Attributes:
        name: of the next one; empty for the one that the recipe has chosen.
        start: first frame of the crossfade.
    """

    name: str
    start: int


def as_one(by_name: Mapping[str, Bed], changes: Sequence[BedChange], bed_format: BedFormat) -> Bed:
    """Return a background with its changes: the bed without a name, and from each change on the one that it names."""
    return ChangingBed(by_name, changes, bed_format) if changes else by_name[""]


class ChangingBed:
    """Several beds as one, each brought to the same loudest second, so that all lie as far under the speech.

    Attributes:
        channels: as in `Bed`, as the others.
        loudest_second_dbfs: of all.
        notes: on those that are heard.
    """

    def __init__(self, by_name: Mapping[str, Bed], changes: Sequence[BedChange], bed_format: BedFormat) -> None:
        """Take beds by their names; the one with an empty name is heard first."""
        self._beds = by_name
        self.channels = bed_format.channels
        self._fade = round(CROSSFADE_S * bed_format.rate_hz)
        self._starts = [-self._fade, *(change.start for change in changes)]
        self._names = ["", *(change.name for change in changes)]
        heard = [by_name[name] for name in dict.fromkeys(self._names)]
        audible = [bed.loudest_second_dbfs for bed in heard if math.isfinite(bed.loudest_second_dbfs)]
        self.loudest_second_dbfs = audible[0] if audible else -math.inf
        self.notes = tuple(dict.fromkeys(note for bed in heard for note in bed.notes))

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
            return np.zeros((frames, self.channels), dtype=np.float32)
        gain = np.float32(10 ** ((self.loudest_second_dbfs - bed.loudest_second_dbfs) / 20))
        return bed.read(start, frames) * gain
