"""Files by content in the user's cache folder: what was made once is found again, by any number of processes.

Nothing in it is precious: what is damaged counts as missing and is made again.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from audio_builder.errors import DiskFull, OutputError
from audio_builder.files import draft_beside, drafts_in, output_error

FOLDER_VARIABLE = "AUDIO_BUILDER_CACHE"
"""Environment variable that names another folder."""

IN_USE_S = 3600.0
"""What was used so short a time ago may be part of a build that still runs, and stays."""

_PLACE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")
"""Of an entry in the folder, without its suffix: a SHA-256. What lies there under another name is somebody else's."""

_STALE_S = 3600.0
_USED_AGAIN_S = 600.0
"""An entry's time of change is when it was last used, to ten minutes: writing it at each use would cost more."""

_OLD_SUFFIXES = (".clip", ".msgpack")
"""What earlier versions kept; it is never read, and swept."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the cache.

    Attributes:
        path: where it is.
        size: in bytes.
        used: when it was last used, in seconds since 1970.
    """

    path: Path
    size: int
    used: float

    @property
    def key(self) -> str:
        """What its name says that it is."""
        return self.path.stem


class Store:
    """One kind of entry in a folder, by content address. Many threads and processes may use it at the same time.

    Attributes:
        folder: of all kinds.
        suffix: of this one's files.
        damaged: how many entries were found unreadable or were dropped.
    """

    def __init__(self, suffix: str, folder: Path | None = None) -> None:
        """Open a store; nothing is read or made yet.

        Args:
            suffix: such as `.flac`.
            folder: by default the one named by AUDIO_BUILDER_CACHE, else the user's cache folder.
        """
        self.suffix = suffix
        self.folder = default_cache_folder() if folder is None else folder
        self.damaged = 0

    def read(self, key: str) -> bytes | None:
        """Return the bytes under a key, as they are on disk, or None."""
        try:
            return self.path_of(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged += 1
            return None

    def write(self, key: str, content: bytes) -> None:
        """Keep an entry: all of it or nothing. It isn't synced to the disk; a torn one is noticed when it is read.

        Raises:
            OutputError: the folder can't be written.
            DiskFull: no space is left.
        """
        target = self.path_of(key)
        try:
            # The draft lies in the store's own folder, where `sweep` finds it should this process be killed.
            with draft_beside(self.folder / key) as draft:
                draft.write_bytes(content)
                target.parent.mkdir(parents=True, exist_ok=True)
                draft.replace(target)
        except DiskFull:
            raise
        except (OSError, OutputError) as error:
            cause = error if isinstance(error, OSError) else error.__cause__
            if isinstance(cause, OSError) and isinstance(output_error(cause, target), DiskFull):
                raise output_error(cause, target) from error
            raise OutputError(
                f"can't keep anything in {self.folder}: {getattr(cause, 'strerror', None) or error}",
                hint=f"Set the environment variable {FOLDER_VARIABLE} to a folder you may write to.",
            ) from error

    def drop(self, key: str) -> None:
        """Remove an entry that turned out damaged."""
        self.damaged += 1
        with contextlib.suppress(OSError):
            self.path_of(key).unlink()

    def mark_used(self, key: str) -> None:
        """Note that an entry was used now."""
        path = self.path_of(key)
        # A store that can only be read still serves; the entry may have gone meanwhile, which reading will notice.
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _USED_AGAIN_S:
                os.utime(path)

    def path_of(self, key: str) -> Path:
        """Return where the entry of a key is, or would be."""
        return self.folder / key[:2] / f"{key}{self.suffix}"

    def entries(self) -> Iterator[StoredFile]:
        """Yield what is there; what other processes remove meanwhile is left out."""
        for path in sorted(self._named(self.suffix)):
            with contextlib.suppress(OSError):
                facts = path.stat()
                yield StoredFile(path, facts.st_size, facts.st_mtime)

    def in_place(self, entry: StoredFile) -> bool:
        """Return whether a file is where an entry of its name belongs."""
        return entry.path == self.path_of(entry.key)

    def _named(self, suffix: str) -> Iterator[Path]:
        """Yield the files that are called as ours are: whoever names a folder of music as the cache keeps the music."""
        for path in self.folder.glob(f"??/*{suffix}"):
            if _PLACE.fullmatch(f"{path.parent.name}/{path.name.removesuffix(suffix)}"):
                yield path

    def sweep(self) -> None:
        """Remove drafts that killed processes left here, and what earlier versions kept, if it is an hour old."""
        old = (path for suffix in _OLD_SUFFIXES for path in self._named(suffix))
        for path in (*drafts_in(self.folder), *old):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE_S:
                    path.unlink()


def default_cache_folder() -> Path:
    """Return the folder named by AUDIO_BUILDER_CACHE, else our place in the user's cache folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(os.path.expanduser(named))  # noqa: PTH111 - it leaves `~nobody` as it is; Path's raises
    return platformdirs.user_cache_path("audio-builder", appauthor=False) / "clips"


@dataclass(frozen=True, slots=True)
class Cleared:
    """What making room took away and left.

    Attributes:
        removed: how many entries, by suffix.
        kept: how many are left, by suffix.
        removed_bytes: on disk.
        kept_bytes: on disk.
        in_use: how many stay only because they were used within the last hour, by suffix.
    """

    removed: Counter[str]
    kept: Counter[str]
    removed_bytes: int
    kept_bytes: int
    in_use: Counter[str]


def clear(stores: Sequence[Store], keep_bytes: int) -> Cleared:
    """Remove the least recently used entries until the rest is no larger than so many bytes.

    What was used within the last hour stays, so that a build that runs meanwhile finds what it needs. A file that can't
    be removed, or that another process has removed, is passed over.
    """
    for store in stores:
        store.sweep()
    entries = sorted((entry for store in stores for entry in store.entries()), key=lambda entry: entry.used)
    size = kept_bytes = sum(entry.size for entry in entries)
    kept = Counter(entry.path.suffix for entry in entries)
    removed: Counter[str] = Counter()
    in_use: Counter[str] = Counter()
    now = time.time()
    for entry in entries:
        if kept_bytes <= keep_bytes:
            break
        if now - entry.used < IN_USE_S:
            in_use[entry.path.suffix] += 1
            continue
        with contextlib.suppress(OSError):
            entry.path.unlink(missing_ok=True)
            removed[entry.path.suffix] += 1
            kept_bytes -= entry.size
    return Cleared(removed, kept - removed, size - kept_bytes, kept_bytes, in_use)


def remove_damaged(entry: StoredFile) -> None:
    """Remove an entry that is damaged.

    Raises:
        OutputError: it can't be removed.
    """
    try:
        entry.path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"can't remove the damaged file {entry.path}: {error.strerror or error}",
            hint="Remove it yourself, or change who may write to that folder.",
        ) from error
