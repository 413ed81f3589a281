"""Chapters in the order of time inside the tag, where mutagen puts the shortest title first.

The table of contents says the order, but players that don't read it, and ffprobe, take the frames as
they come. The frames change places; no byte of them, and not the length of the tag, changes.
Layout: ID3v2.3.0 and ID3v2.4.0, section 3; Chapter Frame Addendum 1.0.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_HEADER_BYTES = 10


def put_chapters_in_order(path: Path) -> None:
    """Rewrite the tag at the beginning of a file with its CHAP frames by their start.

    A file without a tag is left alone.

    Raises:
        OSError: it can't be read or written.
    """
    with path.open("rb+") as stream:
        header = stream.read(_HEADER_BYTES)
        if header[:3] != b"ID3":
            return
        body = stream.read(tag_size(header))
        frames = list(tag_frames(body, version=header[3]))
        chapters = iter(sorted((frame for frame in frames if frame[:4] == b"CHAP"), key=_start_ms))
        ordered = b"".join(next(chapters) if frame[:4] == b"CHAP" else frame for frame in frames)
        stream.seek(_HEADER_BYTES)
        stream.write(ordered)


def tag_size(header: bytes) -> int:
    """Return how many bytes a tag has after the ten of its header."""
    return _synchsafe(header[6:10])


def tag_frames(body: bytes, version: int) -> Iterator[bytes]:
    """Yield every frame with its header, up to the padding; a last one that is cut short as far as it goes.

    Args:
        body: a tag without its header.
        version: 3 for ID3v2.3, 4 for ID3v2.4.
    """
    at = 0
    while at + _HEADER_BYTES <= len(body) and body[at]:
        size = body[at + 4 : at + 8]
        end = at + _HEADER_BYTES + (int.from_bytes(size, "big") if version == 3 else _synchsafe(size))
        yield body[at:end]
        at = end


def _start_ms(chapter: bytes) -> int:
    """Return the start that follows the element id and its end mark."""
    at = chapter.index(b"\0", _HEADER_BYTES) + 1
    return int(struct.unpack_from(">I", chapter, at)[0])


def _synchsafe(four: bytes) -> int:
    """Return a number whose bytes hold seven bits each."""
    return sum((byte & 0x7F) << shift for byte, shift in zip(four, (21, 14, 7, 0), strict=True))
