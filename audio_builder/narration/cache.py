"""Spoken clips on disk, by content: what was spoken once is never spoken again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from audio_builder.audio import AudioSegment
from audio_builder.errors import DiskFull, NarrationError, OutputError
from audio_builder.files import DRAFT_SUFFIX, draft_beside, output_error

FOLDER_VARIABLE = "AUDIO_BUILDER_CACHE"
"""Environment variable that names another folder for the clips."""

_MAGIC = b"abclip01"
_HEADER = struct.Struct("<8s32sIIII32s")
"""Format, key, rate in Hz, frames, lead frames, tail frames, SHA-256 of all that and the samples."""

_FRAME_BYTES = 2
_STALE_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class StoredClip:
    """What is known of a clip without its sound.

    Attributes:
        frames: length at `rate_hz`.
        rate_hz: frames per second.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
    """

    frames: int
    rate_hz: int
    lead_frames: int
    tail_frames: int


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
        """Return what is stored under a key, verified to its last sample, or None."""
        entry = self._read(key)
        return None if entry is None else entry[0]

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
        target = self._path(key)
        try:
            # The draft lies in the cache's own folder, where `sweep` finds it should this process be killed.
            with draft_beside(self.folder / key) as draft:
                draft.write_bytes(_packed(key, clip, pcm))
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
        if entry is None:
            raise NarrationError(
                f"a spoken clip is gone from {self.folder}, or was damaged there, while the episode was built",
                hint="Run the same command again: the clip will be spoken anew.",
            )
        clip, pcm = entry
        return AudioSegment(pcm, frame_rate=clip.rate_hz, sample_width=_FRAME_BYTES, channels=1)

    def sweep(self) -> None:
        """Remove drafts that killed processes left here more than a day ago."""
        for draft in self.folder.glob(f".*{DRAFT_SUFFIX}"):
            with contextlib.suppress(OSError):
                if time.time() - draft.stat().st_mtime > _STALE_S:
                    draft.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.clip"

    def _read(self, key: str) -> tuple[StoredClip, bytes] | None:
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged += 1
            return None
        entry = _unpacked(key, content)
        if entry is None:
            self.damaged += 1
            with contextlib.suppress(OSError):
                path.unlink()
        return entry


def _packed(key: str, clip: StoredClip, pcm: bytes) -> bytes:
    fields = (_MAGIC, bytes.fromhex(key), clip.rate_hz, clip.frames, clip.lead_frames, clip.tail_frames)
    return _HEADER.pack(*fields, _checksum(fields, pcm)) + pcm


def _unpacked(key: str, content: bytes) -> tuple[StoredClip, bytes] | None:
    """Return an entry's content if every byte of it is right."""
    if len(content) < _HEADER.size:
        return None
    *fields, checksum = _HEADER.unpack_from(content)
    pcm = content[_HEADER.size :]
    magic, stored_key, rate_hz, frames, lead, tail = fields
    sound = magic == _MAGIC and stored_key.hex() == key and len(pcm) == frames * _FRAME_BYTES
    if not sound or _checksum(tuple(fields), pcm) != checksum:
        return None
    return StoredClip(frames, rate_hz, lead, tail), pcm


def _checksum(fields: tuple[bytes | int, ...], pcm: bytes) -> bytes:
    return hashlib.sha256(_HEADER.pack(*fields, bytes(32)) + pcm).digest()


def default_cache_folder() -> Path:
    """Return the folder named by AUDIO_BUILDER_CACHE, else the clips' place in the user's cache folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("audio-builder", appauthor=False) / "clips"
