"""The gapless header of an MP3, made exact.

ffmpeg writes how much LAME padded the end, but never more than one frame of it. For 47 of every 1,152
lengths LAME pads more, and the file would play up to 46 frames (1 ms) too long. How many went in
is known here, so the field is set to what it must be, and the header's checksum with it.
Layout: the "mp3 info tag" of LAME, revision 1.
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_builder.episode.encode.mpeg_frames import parse_header
from audio_builder.errors import EncoderError
from audio_builder.files import output_errors

_INFO_BYTES = 120
"""Of the Xing/Info part before LAME's, as ffmpeg writes it: with frames, bytes, seek table and quality."""

_PADDING_AT, _CHECKSUM_AT = 21, 34
"""In LAME's part. The checksum covers the whole frame up to itself."""

_LENGTH_AT = 28
"""In LAME's part: four bytes for the length of the file, two for the checksum of all that follows the header."""

_ALL_FIELDS = bytes((0, 0, 0, 0x0F))
_ROW_DOUBLINGS = 6
"""A row of a long content is 2 to so many words of two bytes."""

_LARGEST = 0xFFF


@dataclass(frozen=True, slots=True)
class EncodedSound:
    """What follows the header.

    Attributes:
        mpeg_frames: how many.
        frames: of sound that a gapless player is to play.
        checksum: CRC-16/ARC of all MPEG frames.
    """

    mpeg_frames: int
    frames: int
    checksum: int


def finish_header(path: Path, sound: EncodedSound) -> None:
    """Make the gapless header of an untagged MP3 that was joined say what follows it.

    Frames, bytes, the seek table (linear, for a constant bit rate), the padding that leaves exactly so many frames of
    sound, the sound's length in bytes and its checksum.

    Raises:
        EncoderError: it has no header in the layout that ffmpeg writes, or holds less sound than that.
        OutputError: it can't be written.
    """
    size = path.stat().st_size
    with output_errors(path), path.open("rb+") as stream:
        header = parse_header(stream.read(4))
        info = header.info_offset if header else 0
        stream.seek(0)
        head = bytearray(stream.read(header.size_bytes if header else 0))
        if header is None or head[info : info + 4] != b"Info" or head[info + 4 : info + 8] != _ALL_FIELDS:
            raise EncoderError(f"ffmpeg wrote the gapless header of {path} in a layout that isn't known")
        struct.pack_into(">II", head, info + 8, sound.mpeg_frames, size)
        head[info + 16 : info + 116] = bytes(256 * percent // 100 for percent in range(100))
        lame = info + _INFO_BYTES
        at = lame + _PADDING_AT
        delay = int.from_bytes(head[at : at + 3], "big") >> 12
        padding = sound.mpeg_frames * header.samples - delay - sound.frames
        if not 0 <= padding <= _LARGEST:
            raise EncoderError(
                f"ffmpeg encoded another length than it was given: {path} should hold {sound.frames} frames"
            )
        head[at : at + 3] = (delay << 12 | padding).to_bytes(3, "big")
        struct.pack_into(">IH", head, lame + _LENGTH_AT, size, sound.checksum)
        at = lame + _CHECKSUM_AT
        head[at : at + 2] = crc16(bytes(head[:at])).to_bytes(2, "big")
        stream.seek(0)
        stream.write(head)


def crc16_of_long(content: bytes, crc: int = 0) -> int:
    """Return the CRC-16/ARC of bytes that follow bytes of a known one: `crc16`, some thousand times as fast.

    A CRC that starts from 0 is linear: that of two parts is the first's, moved past as many zeros as the second is
    long, xor the second's. It takes no notice of leading zeros. So all rows of 128 bytes are gone through at once, two
    bytes at a time, and then joined two by two.
    """
    if len(content) < 2:
        return crc16(content, crc)
    mixed = bytes(before ^ after for before, after in zip(content, crc.to_bytes(2, "little"), strict=False))
    content = mixed + content[len(mixed) :]
    rows = 1 << max(0, (len(content) - 1).bit_length() - _ROW_DOUBLINGS - 1)
    words = np.frombuffer(content.rjust(rows << _ROW_DOUBLINGS + 1, b"\0"), dtype="<u2").reshape(rows, -1)
    crcs = np.zeros(rows, dtype=np.uint16)
    for column in np.ascontiguousarray(words.T):
        crcs = _past_words(0)[crcs ^ column]
    doublings = _ROW_DOUBLINGS
    while len(crcs) > 1:
        crcs = _past_words(doublings)[crcs[::2]] ^ crcs[1::2]
        doublings += 1
    return int(crcs[0])


@functools.cache
def _past_words(doublings: int) -> npt.NDArray[np.uint16]:
    """Return what becomes of each value of the register when 2 to so many two-byte words of zero follow."""
    if doublings:
        half = _past_words(doublings - 1)
        return half[half]
    register = np.arange(1 << 16, dtype=np.uint16)
    for _ in range(16):
        register = register >> np.uint16(1) ^ (register & np.uint16(1)) * np.uint16(0xA001)
    return register


def crc16(content: bytes, crc: int = 0) -> int:
    """Return the CRC-16/ARC of bytes that follow bytes of a known one: polynomial 0x8005, reflected, from 0.

    >>> hex(crc16(b"123456789"))
    '0xbb3d'
    """
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
