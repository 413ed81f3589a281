"""Spoken clips on disk, by content: what was spoken once is never spoken again."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from audio_builder.audio import AudioSegment
from audio_builder.errors import DiskFull, NarrationError, OutputError
from audio_builder.files import DRAFT_SUFFIX, draft_beside, output_error
from audio_builder.narration.clip_cache.entry import HEADER, StoredClip, pack, unpack, unpack_header
from audio_builder.narration.clip_cache.lossless import decompressed

FOLDER_VARIABLE = "AUDIO_BUILDER_CACHE"
"""Environment variable that names another folder for the clips."""

CLIP_SUFFIX = ".clip"

_STALE_S = 24 * 3600.0
_USED_AGAIN_S = 600.0
"""An entry's time of change is when it was last used, to ten minutes: writing it at each use would cost more."""


class ClipCache:
    """A folder of clips. Many threads and processes may use one folder at the same time.

    An entry that is unreadable, short, altered or under a wrong name is never played: it counts in
    `damaged`, is removed and made again.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open a cache; nothing is read or made yet.

        Args:
            folder: by default the one named by AUDIO_BUILDER_CACHE, else the user's cache folder.
        """
        self.folder = default_cache_folder() if folder is None else folder
        self.damaged = 0

    def find(self, key: str) -> StoredClip | None:
        """Return what is stored under a key, verified to its last bit, or None; it counts as used now."""
        entry = self._read(key)
        if entry is None:
            return None
        self._mark_used(key)
        return entry[0]

    def glance(self, key: str) -> StoredClip | None:
        """Return what an entry's header says, without levels, or None; nothing else of it is read or verified."""
        try:
            with self.path_of(key).open("rb") as entry:
                return unpack_header(key, entry.read(HEADER.size), os.fstat(entry.fileno()).st_size)
        except OSError:
            return None

    def store(self, key: str, clip: StoredClip, pcm: bytes) -> None:
        """Keep a clip: all of it or nothing. It isn't synced to the disk; a torn entry is noticed when read.

        Args:
            key: 64 hexadecimal digits.
            clip: what it is.
            pcm: mono, 16 bit, little-endian.

        Raises:
            OutputError: the folder can't be written.
            DiskFull: no space is left.
        """
        target = self.path_of(key)
        try:
            # The draft lies in the cache's own folder, where `sweep` finds it should this process be killed.
            with draft_beside(self.folder / key) as draft:
                draft.write_bytes(pack(key, clip, pcm))
                target.parent.mkdir(parents=True, exist_ok=True)
                draft.replace(target)
        except DiskFull:
            raise
        except (OSError, OutputError) as error:
            cause = error if isinstance(error, OSError) else error.__cause__
            if isinstance(cause, OSError) and isinstance(output_error(cause, target), DiskFull):
                raise output_error(cause, target) from error
            raise OutputError(
                f"can't keep spoken clips in {self.folder}: {getattr(cause, 'strerror', None) or error}",
                hint=f"Set the environment variable {FOLDER_VARIABLE} to a folder you may write to.",
            ) from error

    def load(self, key: str) -> AudioSegment:
        """Return the sound stored under a key, verified again.

        Raises:
            NarrationError: it is gone or damaged since it was narrated.
        """
        entry = self._read(key)
        pcm = decompressed(entry[1], entry[0].frames) if entry else None
        if entry is None or pcm is None:
            raise NarrationError(
                f"a spoken clip is gone from {self.folder}, or was damaged there, while the episode was built",
                hint="Run the same command again: the clip will be spoken anew.",
            )
        return AudioSegment(pcm, frame_rate=entry[0].rate_hz, sample_width=2, channels=1)

    def sweep(self) -> None:
        """Remove drafts that killed processes left here more than a day ago."""
        for draft in self.folder.glob(f".*{DRAFT_SUFFIX}"):
            with contextlib.suppress(OSError):
                if time.time() - draft.stat().st_mtime > _STALE_S:
                    draft.unlink()

    def path_of(self, key: str) -> Path:
        """Return where the entry of a key is, or would be."""
        return self.folder / key[:2] / f"{key}{CLIP_SUFFIX}"

    def _mark_used(self, key: str) -> None:
        path = self.path_of(key)
        # A cache that can only be read still plays; it may have gone meanwhile, which loading will notice.
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _USED_AGAIN_S:
                os.utime(path)

    def _read(self, key: str) -> tuple[StoredClip, bytes] | None:
        path = self.path_of(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged += 1
            return None
        entry = unpack(key, content)
        if entry is None:
            self.damaged += 1
            with contextlib.suppress(OSError):
                path.unlink()
        return entry


def default_cache_folder() -> Path:
    """Return the folder named by AUDIO_BUILDER_CACHE, else the clips' place in the user's cache folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("audio-builder", appauthor=False) / "clips"
