"""A clip on disk: a FLAC file that any player opens, with the clip's levels, words and checksum in its comment."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from dataclasses import dataclass, replace

import soundfile

from audio_builder.errors import NarrationError

_FORMAT = "abclip05"
"""Raise its number when anything here changes, what `measure_clip` measures or how words are found: older entries are
made again."""

_NO_CHECKSUM = "0" * 64
HEAD_BYTES = 2048
"""In these first bytes of a file its record begins, and all of it but levels and words ends."""

_RECORD = re.compile(
    rb"(?i:comment)=" + _FORMAT.encode() + rb" (?P<key>[0-9a-f]{64}) (?P<rate>\d+) (?P<frames>\d+) (?P<lead>\d+) "
    rb"(?P<tail>\d+) (?P<size>\d{10}) (?P<checksum>[0-9a-f]{64}) "
)
_PACKED = re.compile(rb"(?P<levels>[A-Za-z0-9+/=]*) (?P<words>[A-Za-z0-9+/=]*) (?:(?P<hearing>[A-Za-z0-9+/=]+) )?\.")


@dataclass(frozen=True, slots=True)
class StoredClip:
    """What is known of a clip without its sound.

    Attributes:
        frames: length at `rate_hz`.
        rate_hz: frames per second.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
        levels: from `ClipLevels.packed`; empty where they aren't measured.
        words: from `packed_words`; empty where the engine doesn't tell.
        hearing: from `packed_hearing`; empty where nobody listened.
    """

    frames: int
    rate_hz: int
    lead_frames: int
    tail_frames: int
    levels: bytes = b""
    words: bytes = b""
    hearing: bytes = b""


def encode_clip(key: str, clip: StoredClip, pcm: bytes) -> bytes:
    """Return the bytes of a clip's file.

    The checksum is the SHA-256 of the file with zeros in its place; the file's size and it are put in afterwards, which
    FLAC allows in a comment.

    Args:
        key: 64 hexadecimal digits.
        clip: what it is.
        pcm: mono, 16 bit, little-endian.
    """
    sizes = f"{clip.rate_hz} {clip.frames} {clip.lead_frames} {clip.tail_frames}"
    parts = (clip.levels, clip.words, *filter(None, (clip.hearing,)))
    packed = "".join(f"{base64.b64encode(part).decode()} " for part in parts) + "."
    stream = io.BytesIO()
    with soundfile.SoundFile(stream, "w", clip.rate_hz, 1, "PCM_16", format="FLAC") as sound:
        sound.comment = f"{_FORMAT} {key} {sizes} {0:010d} {_NO_CHECKSUM} {packed}"
        sound.buffer_write(pcm, "int16")
    content = bytearray(stream.getvalue())
    record = _RECORD.search(content, 0, HEAD_BYTES)
    if record is None:
        raise NarrationError(f"this version of libsndfile ({soundfile.__libsndfile_version__}) writes no comments")
    start, end = record.span("size")
    content[start:end] = b"%010d" % len(content)
    start, end = record.span("checksum")
    content[start:end] = hashlib.sha256(content).hexdigest().encode()
    return bytes(content)


def decode_clip(key: str, content: bytes) -> StoredClip | None:
    """Return what a clip's file says of it, if every byte is right; its sound isn't decoded."""
    head = decode_head(key, content[:HEAD_BYTES], len(content))
    record = _RECORD.search(content, 0, HEAD_BYTES)
    packed = _PACKED.match(content, record.end()) if record else None
    if head is None or record is None or packed is None:
        return None
    start, end = record.span("checksum")
    rest = hashlib.sha256(content[:start])
    rest.update(_NO_CHECKSUM.encode())
    rest.update(content[end:])
    if rest.hexdigest().encode() != record["checksum"]:
        return None
    try:
        levels, words, hearing = (base64.b64decode(packed[name] or b"") for name in ("levels", "words", "hearing"))
    except binascii.Error:
        return None
    return replace(head, levels=levels, words=words, hearing=hearing)


def decode_head(key: str, head: bytes, size: int) -> StoredClip | None:
    """Return what the beginning of a clip's file says, without levels and words, if it belongs to the key and the size.

    Args:
        key: 64 hexadecimal digits.
        head: the first bytes of the file.
        size: of the whole file, in bytes.
    """
    record = _RECORD.search(head)
    if record is None or record["key"].decode() != key or int(record["size"]) != size:
        return None
    return StoredClip(int(record["frames"]), int(record["rate"]), int(record["lead"]), int(record["tail"]))


def decode_sound(content: bytes, frames: int) -> bytes | None:
    """Return a file's samples, mono, 16 bit, little-endian; None if there aren't so many, or they can't be read."""
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as sound:
            # One frame more than there should be: what claims to be longer isn't decoded to its end.
            pcm = bytes(sound.buffer_read(frames + 1, "int16"))
    except soundfile.SoundFileError:
        return None
    return pcm if len(pcm) == 2 * frames else None
