"""Spoken clips on disk, by content: what was spoken once is never spoken again."""

from __future__ import annotations

import os
from pathlib import Path

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import NarrationError
from audio_builder.narration.clip_cache.entry import HEADER, StoredClip, pack, unpack, unpack_header
from audio_builder.narration.clip_cache.lossless import decompressed
from audio_builder.store import Store

CLIP_SUFFIX = ".clip"


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
        self.files = Store(CLIP_SUFFIX, folder)

    @property
    def folder(self) -> Path:
        """Where the clips are."""
        return self.files.folder

    @property
    def damaged(self) -> int:
        """How many entries were found unreadable, short, altered or under a wrong name."""
        return self.files.damaged

    def find(self, key: str) -> StoredClip | None:
        """Return what is stored under a key, verified to its last bit, or None; it counts as used now."""
        entry = self._read(key)
        if entry is None:
            return None
        self.files.mark_used(key)
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
        self.files.write(key, pack(key, clip, pcm))

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

    def path_of(self, key: str) -> Path:
        """Return where the entry of a key is, or would be."""
        return self.files.path_of(key)

    def _read(self, key: str) -> tuple[StoredClip, bytes] | None:
        content = self.files.read(key)
        if content is None:
            return None
        entry = unpack(key, content)
        if entry is None:
            self.files.drop(key)
        return entry
