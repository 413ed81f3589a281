"""An entry of the cache: a header, the clip's levels, words and compressed sound; checked to the last bit when read."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, replace

from audio_builder.narration.clip_cache.lossless import compressed

MAGIC = b"abclip04"
"""Raise its number when anything here changes, what `narration.levels` measures or how words are found: older entries
are made again."""

HEADER = struct.Struct("<8s32sIIIIIII32s")
"""Format, key, rate in Hz, frames, lead frames, tail frames, bytes of levels, of words and of sound, SHA-256 of
all else."""


@dataclass(frozen=True, slots=True)
class StoredClip:
    """What is known of a clip without its sound.

    Attributes:
        frames: length at `rate_hz`.
        rate_hz: frames per second.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
        levels: from `ClipLevels.packed`; empty where nobody has measured.
        words: from `packed_words`; empty where the engine doesn't tell.
    """

    frames: int
    rate_hz: int
    lead_frames: int
    tail_frames: int
    levels: bytes = b""
    words: bytes = b""


def pack(key: str, clip: StoredClip, pcm: bytes) -> bytes:
    """Return an entry.

    Args:
        key: 64 hexadecimal digits.
        clip: what it is.
        pcm: mono, 16 bit, little-endian.
    """
    sound = compressed(pcm)
    body = clip.levels + clip.words + sound
    lengths = (len(clip.levels), len(clip.words), len(sound))
    sizes = (clip.rate_hz, clip.frames, clip.lead_frames, clip.tail_frames, *lengths)
    fields = (MAGIC, bytes.fromhex(key), *sizes)
    return HEADER.pack(*fields, _checksum(fields, body)) + body


def unpack(key: str, content: bytes) -> tuple[StoredClip, bytes] | None:
    """Return an entry's clip and its compressed sound, if every byte of it is right."""
    clip = unpack_header(key, content[: HEADER.size], len(content))
    if clip is None:
        return None
    *fields, checksum = HEADER.unpack_from(content)
    body = content[HEADER.size :]
    if _checksum(tuple(fields), body) != checksum:
        return None
    words_at, sound_at = fields[6], fields[6] + fields[7]
    found = replace(clip, levels=body[:words_at], words=body[words_at:sound_at])
    return found, body[sound_at:]


def unpack_header(key: str, header: bytes, size: int) -> StoredClip | None:
    """Return what an entry's header says, without levels and words, if it belongs to the key and an entry so long."""
    if len(header) < HEADER.size:
        return None
    magic, stored_key, rate_hz, frames, lead, tail, *lengths, _ = HEADER.unpack(header)
    right = magic == MAGIC and stored_key.hex() == key and size == HEADER.size + sum(lengths)
    return StoredClip(frames, rate_hz, lead, tail) if right else None


def _checksum(fields: tuple[bytes | int, ...], body: bytes) -> bytes:
    return hashlib.sha256(HEADER.pack(*fields, bytes(32)) + body).digest()
