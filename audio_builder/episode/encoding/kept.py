"""Encoded stretches that are kept: where the sound is the same to the last bit, so is what the encoder makes of it.

A corrected last sentence, another title or cover, a second pacing tried and taken back: most of the sound, or all
of it, has been encoded before.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

from audio_builder.errors import OutputError
from audio_builder.narration.cache import Entry, Store, clear, remove_damaged

STRETCH_SUFFIX = ".mpeg"

LARGEST_BYTES = 500_000_000
"""What the stretches are kept to when a build has added to them: some eight hours at 128 kbps."""

_MAGIC = b"abstre01"
_HEADER = struct.Struct("<8s32sI32s")
"""Format, key, bytes that follow, SHA-256 of the key and these bytes."""


class KeptStretches:
    """A folder of encoded stretches. Many threads and processes may use it at the same time.

    An entry that is unreadable, short, altered or under a wrong name is dropped and encoded again.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open the folder; nothing is read or made yet.

        Args:
            folder: by default that of the spoken clips.
        """
        self.files = Store(STRETCH_SUFFIX, folder)
        self._added = False

    def find(self, key: str) -> bytes | None:
        """Return the MPEG frames under a key, verified to the last bit, or None; they count as used now."""
        entry = self.files.read(key)
        if entry is None:
            return None
        if not _is_sound(key, entry):
            self.files.drop(key)
            return None
        self.files.mark_used(key)
        return entry[_HEADER.size :]

    def keep(self, key: str, mpeg_frames: bytes) -> None:
        """Keep a stretch, if there is room and the folder can be written: an episode never fails for want of it."""
        checksum = hashlib.sha256(key.encode() + mpeg_frames).digest()
        header = _HEADER.pack(_MAGIC, bytes.fromhex(key), len(mpeg_frames), checksum)
        with contextlib.suppress(OutputError):
            self.files.write(key, header + mpeg_frames)
            self._added = True

    def make_room(self) -> None:
        """Remove what wasn't used for longest, if anything was added and all are larger than `LARGEST_BYTES`."""
        if self._added:
            clear((self.files,), LARGEST_BYTES)


def stretch_key(pcm: bytes | bytearray, *how: str) -> str:
    """Return the content address of an encoded stretch: 64 hexadecimal digits.

    Args:
        pcm: what is encoded.
        how: everything else that decides the bytes that come out.
    """
    digest = hashlib.sha256("\0".join(how).encode())
    digest.update(b"\0\0")
    digest.update(pcm)
    return digest.hexdigest()


def remove_damaged_stretches(kept: KeptStretches, *, read_data: bool) -> Iterator[tuple[Entry, bool]]:
    """Look at every entry and remove what is damaged.

    Args:
        kept: which.
        read_data: whether to read every byte, or to hold header, length and name together.

    Yields:
        Each entry, and whether it is sound.

    Raises:
        OutputError: a damaged entry can't be removed.
    """
    for entry in kept.files.entries():
        sound = kept.files.in_place(entry) and _file_is_sound(entry, read_data=read_data)
        if not sound:
            remove_damaged(entry)
        yield entry, sound


def _file_is_sound(entry: Entry, *, read_data: bool) -> bool:
    try:
        with entry.path.open("rb") as stream:
            content = stream.read(-1 if read_data else _HEADER.size)
    except FileNotFoundError:  # another process has removed it meanwhile
        return True
    except OSError:
        return False
    return _is_sound(entry.key, content) if read_data else _fits(entry.key, content, entry.size)


def _fits(key: str, header: bytes, size: int) -> bool:
    """Return whether an entry's header belongs to the key and to an entry of that size."""
    if len(header) < _HEADER.size:
        return False
    magic, stored_key, length, _ = _HEADER.unpack_from(header)
    right: bool = magic == _MAGIC and stored_key.hex() == key and size == _HEADER.size + length
    return right


def _is_sound(key: str, entry: bytes) -> bool:
    if not _fits(key, entry, len(entry)):
        return False
    checksum: bytes = _HEADER.unpack_from(entry)[3]
    return checksum == hashlib.sha256(key.encode() + entry[_HEADER.size :]).digest()
