"""The gapless header of an MP3, made exact.

ffmpeg writes how much LAME padded the end, but never more than one frame of it. For 47 of every 1,152
lengths LAME pads more, and the file would play up to 46 frames (1 ms) too long. How many went in
is known here, so the field is set to what it must be, and the header's checksum with it.
Layout: the "mp3 info tag" of LAME, revision 1.
"""

from __future__ import annotations

from pathlib import Path

from audio_builder.episode.mpeg import parse_header, walk
from audio_builder.errors import EncoderError
from audio_builder.files import output_error

_INFO_BYTES = 120
"""Of the Xing/Info part before LAME's, as ffmpeg writes it: with frames, bytes, seek table and quality."""

_PADDING_AT, _CHECKSUM_AT = 21, 34
"""In LAME's part. The checksum covers the whole frame up to itself."""

_LARGEST = 0xFFF


def set_length(path: Path, frames: int) -> None:
    """Make an untagged MP3 with a gapless header say that it holds exactly so many frames of sound.

    Raises:
        EncoderError: it has no gapless header, or holds less sound than that.
        OutputError: it can't be written.
    """
    found = walk(path)
    if found.delay is None or found.padding is None or not found.whole:
        raise EncoderError(f"ffmpeg wrote {path} without a gapless header")
    padding = found.mpeg_frames * found.samples_per_frame - found.delay - frames
    if padding == found.padding:
        return
    if not 0 <= padding <= _LARGEST:
        raise EncoderError(f"ffmpeg encoded another length than it was given: {path} should hold {frames} frames")
    try:
        with path.open("rb+") as stream:
            header = parse_header(stream.read(4))
            lame = (header.info_offset if header else 0) + _INFO_BYTES
            stream.seek(0)
            head = bytearray(stream.read(lame + _CHECKSUM_AT + 2))
            at = lame + _PADDING_AT
            if int.from_bytes(head[at : at + 3], "big") != found.delay << 12 | found.padding:
                raise EncoderError(f"ffmpeg wrote the gapless header of {path} in a layout that isn't known")
            head[at : at + 3] = (found.delay << 12 | padding).to_bytes(3, "big")
            head[-2:] = crc16(bytes(head[:-2])).to_bytes(2, "big")
            stream.seek(0)
            stream.write(head)
    except OSError as error:
        raise output_error(error, path) from error


def crc16(content: bytes) -> int:
    """Return the CRC-16/ARC of bytes: polynomial 0x8005, reflected, starting from 0.

    >>> hex(crc16(b"123456789"))
    '0xbb3d'
    """
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
