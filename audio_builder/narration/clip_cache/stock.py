"""What the cache holds as a whole: how much, whether it is sound, and what may go."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from audio_builder.errors import OutputError
from audio_builder.narration.clip_cache.cache import CLIP_SUFFIX, ClipCache
from audio_builder.narration.clip_cache.entry import HEADER, unpack, unpack_header
from audio_builder.narration.clip_cache.lossless import decompressed

LARGEST_BYTES = 4_000_000_000
"""What the cache is kept to when a build has added to it: some 30 hours of speech."""

IN_USE_S = 3600.0
"""What was used so short a time ago may be part of a build that still runs, and stays."""

_KEY_DIGITS = 64


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What a cache holds.

    Attributes:
        schema_version: of this layout.
        folder: where.
        clips: how many.
        bytes: on disk.
        speech_s: how long all of it plays.
        oldest_use_s: seconds since the one was used that wasn't used for longest; 0 for an empty cache.
    """

    schema_version: int = 1
    folder: str
    clips: int
    bytes: int
    speech_s: float
    oldest_use_s: float


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What looking through a cache found.

    Attributes:
        schema_version: of this layout.
        folder: where.
        clips: how many were looked at.
        read_data: whether every byte was read, or the headers and lengths alone.
        damaged: paths of those that were unreadable, short, altered or misnamed; they are removed.
    """

    schema_version: int = 1
    folder: str
    clips: int
    read_data: bool
    damaged: list[str]


class Pruned(msgspec.Struct, frozen=True, kw_only=True):
    """What making room took away and left.

    Attributes:
        schema_version: of this layout.
        folder: where.
        removed_clips: how many.
        removed_bytes: on disk.
        kept_clips: how many are left.
        kept_bytes: on disk.
        in_use_clips: how many of those stay only because they were used within the last hour.
    """

    schema_version: int = 1
    folder: str
    removed_clips: int
    removed_bytes: int
    kept_clips: int
    kept_bytes: int
    in_use_clips: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of the cache: its size, and when it was last used."""

    path: Path
    size: int
    used: float

    @property
    def key(self) -> str:
        return self.path.name.removesuffix(CLIP_SUFFIX)


def take_stock(cache: ClipCache) -> Stock:
    """Return what a cache holds; only headers are read."""
    entries = list(_entries(cache))
    return Stock(
        folder=str(cache.folder),
        clips=len(entries),
        bytes=sum(entry.size for entry in entries),
        speech_s=round(sum(map(_seconds, entries)), 1),
        oldest_use_s=round(max((time.time() - entry.used for entry in entries), default=0.0), 1),
    )


def verify_stock(cache: ClipCache, *, read_data: bool) -> Verified:
    """Look at every entry and remove what is damaged: it will be spoken again when it is needed.

    Args:
        cache: which.
        read_data: whether to read every byte and unpack every sound, or to hold header, length and name together.

    Raises:
        OutputError: a damaged entry can't be removed.
    """
    damaged = []
    entries = list(_entries(cache))
    for entry in entries:
        if _is_sound(cache, entry, read_data=read_data):
            continue
        try:
            entry.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"can't remove the damaged clip {entry.path}: {error.strerror or error}",
                hint="Remove it yourself, or change who may write to that folder.",
            ) from error
        damaged.append(str(entry.path))
    return Verified(folder=str(cache.folder), clips=len(entries), read_data=read_data, damaged=damaged)


def prune(cache: ClipCache, keep_bytes: int) -> Pruned:
    """Remove the least recently used clips until the rest is no larger than so many bytes.

    What was used within the last hour stays, so that a build that runs meanwhile finds its clips. A file that can't be
    removed, or that another process has removed, is passed over.
    """
    cache.sweep()
    entries = sorted(_entries(cache), key=lambda entry: entry.used)
    size = sum(entry.size for entry in entries)
    kept, kept_bytes, in_use = len(entries), size, 0
    now = time.time()
    for entry in entries:
        if kept_bytes <= keep_bytes:
            break
        if now - entry.used < IN_USE_S:
            in_use += 1
            continue
        with contextlib.suppress(OSError):
            entry.path.unlink(missing_ok=True)
            kept, kept_bytes = kept - 1, kept_bytes - entry.size
    return Pruned(
        folder=str(cache.folder),
        removed_clips=len(entries) - kept,
        removed_bytes=size - kept_bytes,
        kept_clips=kept,
        kept_bytes=kept_bytes,
        in_use_clips=in_use,
    )


def _entries(cache: ClipCache) -> Iterator[_Entry]:
    """Yield the files of a cache; what other processes remove meanwhile is left out."""
    for path in sorted(cache.folder.glob(f"*/*{CLIP_SUFFIX}")):
        with contextlib.suppress(OSError):
            facts = path.stat()
            yield _Entry(path, facts.st_size, facts.st_mtime)


def _is_sound(cache: ClipCache, entry: _Entry, *, read_data: bool) -> bool:
    if len(entry.key) != _KEY_DIGITS or entry.path != cache.path_of(entry.key):
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


def _seconds(entry: _Entry) -> float:
    try:
        with entry.path.open("rb") as stream:
            clip = unpack_header(entry.key, stream.read(HEADER.size), entry.size)
    except OSError:
        return 0.0
    return clip.frames / clip.rate_hz if clip and clip.rate_hz else 0.0
