"""What the cache of clips holds as a whole: how much, and whether it is sound."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.clip_cache.entry import HEADER, unpack, unpack_header
from audio_builder.narration.clip_cache.lossless import decompressed
from audio_builder.store import Entry, remove_damaged

LARGEST_BYTES = 4_000_000_000
"""What the clips are kept to when a build has added to them: some 30 hours of speech."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What a cache holds.

    Attributes:
        clips: how many.
        bytes: on disk.
        speech_s: how long all of it plays.
        oldest_use_s: seconds since the one was used that wasn't used for longest; 0 for an empty cache.
    """

    clips: int
    bytes: int
    speech_s: float
    oldest_use_s: float


def take_stock(cache: ClipCache) -> Stock:
    """Return what a cache holds; only headers are read."""
    entries = list(cache.files.entries())
    return Stock(
        clips=len(entries),
        bytes=sum(entry.size for entry in entries),
        speech_s=round(sum(map(_seconds, entries)), 1),
        oldest_use_s=round(max((time.time() - entry.used for entry in entries), default=0.0), 1),
    )


def remove_damaged_clips(cache: ClipCache, *, read_data: bool) -> Iterator[tuple[Entry, bool]]:
    """Look at every entry and remove what is damaged: it will be spoken again when it is needed.

    Args:
        cache: which.
        read_data: whether to read every byte and unpack every sound, or to hold header, length and name together.

    Yields:
        Each entry, and whether it is sound.

    Raises:
        OutputError: a damaged entry can't be removed.
    """
    for entry in cache.files.entries():
        sound = _is_sound(cache, entry, read_data=read_data)
        if not sound:
            remove_damaged(entry)
        yield entry, sound


def _is_sound(cache: ClipCache, entry: Entry, *, read_data: bool) -> bool:
    if not cache.files.in_place(entry):
        return False
    try:
        if not read_data:
            with entry.path.open("rb") as stream:
                return unpack_header(entry.key, stream.read(HEADER.size), entry.size) is not None
        found = unpack(entry.key, entry.path.read_bytes())
    except FileNotFoundError:  # another process has removed it meanwhile
        return True
    except OSError:
        return False
    return found is not None and decompressed(found[1], found[0].frames) is not None


def _seconds(entry: Entry) -> float:
    try:
        with entry.path.open("rb") as stream:
            clip = unpack_header(entry.key, stream.read(HEADER.size), entry.size)
    except OSError:
        return 0.0
    return clip.frames / clip.rate_hz if clip and clip.rate_hz else 0.0
