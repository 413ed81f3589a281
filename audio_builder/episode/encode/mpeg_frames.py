"""The frames of an MP3, walked one by one: what is really in the file, against what its header promises.

Neither decoders nor tag libraries tell a truncated MP3 from a whole one: they play what is there.
Layout: ISO/IEC 11172-3 and 13818-3, layer III; the Xing/Info header with LAME's extension.
"""

from __future__ import annotations

import functools
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_builder.errors import EncoderError, NotAudio
from audio_builder.files import output_errors

_BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
DECODER_DELAY = 529
"""Frames of sound by which a decoder of layer III is late, by its own filters (LAME's "mp3 info tag", revision 1)."""

_MPEG_1 = 3
_LAYER_3 = 1
_MONO = 3
_ID3_HEADER_BYTES = 10
_ID3V1_BYTES = 128
_APE_BYTES = 32
_KEPT_BYTES = 2**23
"""So much of a file is held while it is walked over: nine minutes of sound."""


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The four bytes that begin a frame.

    Attributes:
        rate_hz: frames of sound per second.
        channels: 1 or 2.
        bitrate_kbps: of this MPEG frame.
        size_bytes: of the MPEG frame, its header included.
        samples: frames of sound in it: 1152 or 576.
        info_offset: where in the frame a Xing/Info header would stand.
    """

    rate_hz: int
    channels: int
    bitrate_kbps: int
    size_bytes: int
    samples: int
    info_offset: int


@dataclass(frozen=True, slots=True)
class Mpeg:
    """What a walk over all frames of an MP3 found.

    Attributes:
        rate_hz: frames of sound per second.
        channels: 1 or 2.
        bitrates_kbps: every bit rate that occurs, rising; more than one is a variable bit rate.
        mpeg_frames: how many MPEG frames of sound there are, the header's own frame not counted.
        samples_per_frame: 1152 or 576.
        promised_frames: how many the Xing/Info header says there are; None without one.
        delay: frames of sound the encoder put before the first; None without a gapless header.
        padding: frames of sound it put after the last; None without a gapless header.
        stray_bytes: bytes between the tags that belong to no frame.
        cut_short: whether the last frame ends after the file does.
        old_tags: `ID3v1` and `APE` where these are found at the end.
        begins_at: bytes before the first MPEG frame of sound.
    """

    rate_hz: int
    channels: int
    bitrates_kbps: tuple[int, ...]
    mpeg_frames: int
    samples_per_frame: int
    promised_frames: int | None
    delay: int | None
    padding: int | None
    stray_bytes: int
    cut_short: bool
    old_tags: tuple[str, ...]
    begins_at: int

    @property
    def gapless(self) -> bool:
        """Whether a player can leave out what the encoder added at both ends."""
        return self.delay is not None and self.padding is not None

    @property
    def frames(self) -> int:
        """Frames of sound that a gapless player plays."""
        return self.mpeg_frames * self.samples_per_frame - (self.delay or 0) - (self.padding or 0)

    @property
    def whole(self) -> bool:
        """Whether everything that the header promises is there, and nothing else between the tags."""
        kept = self.promised_frames is None or self.promised_frames == self.mpeg_frames
        return kept and not self.cut_short and self.stray_bytes == 0


@functools.lru_cache(maxsize=256)
def parse_header(four: bytes) -> FrameHeader | None:
    """Return what the first four bytes of a layer III frame say, or None if they begin no such frame."""
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE0 != 0xE0:
        return None
    version, layer = four[1] >> 3 & 3, four[1] >> 1 & 3
    rate_index, bitrate_index = four[2] >> 2 & 3, four[2] >> 4
    if version not in _RATES_HZ or layer != _LAYER_3 or rate_index == 3:
        return None
    bitrate_kbps = (_BITRATES_1 if version == _MPEG_1 else _BITRATES_2)[bitrate_index]
    if bitrate_kbps == 0:
        return None
    rate_hz = _RATES_HZ[version][rate_index]
    channels = 1 if four[3] >> 6 == _MONO else 2
    samples = 1152 if version == _MPEG_1 else 576
    size_bytes = samples // 8 * bitrate_kbps * 1000 // rate_hz + (four[2] >> 1 & 1)
    side_info = (32 if channels == 2 else 17) if version == _MPEG_1 else (17 if channels == 2 else 9)
    return FrameHeader(rate_hz, channels, bitrate_kbps, size_bytes, samples, 4 + side_info)


def id3_bytes(start: bytes) -> int:
    """Return how long the ID3v2 tag is that a file's first ten bytes announce; 0 without one."""
    if len(start) < _ID3_HEADER_BYTES or start[:3] != b"ID3":
        return 0
    size = functools.reduce(lambda total, byte: total << 7 | byte & 0x7F, start[6:10], 0)
    footer = _ID3_HEADER_BYTES if start[5] & 0x10 else 0
    return _ID3_HEADER_BYTES + size + footer


def find_frame(content: bytes | mmap.mmap, start: int, end: int) -> int:
    """Return where the next frame begins that is followed by another, or by the end; -1 if none does."""
    position = content.find(b"\xff", start, end)
    while position >= 0:
        header = parse_header(content[position : position + 4])
        if header is not None:
            after = position + header.size_bytes
            if after == end or (after < end and parse_header(content[after : after + 4]) is not None):
                return position
        position = content.find(b"\xff", position + 1, end)
    return -1


def walk(path: Path) -> Mpeg:
    """Walk over every frame of an MP3. About 1 ms for each minute of sound.

    Raises:
        NotAudio: the file can't be read, or no layer III frame is in it.
    """
    try:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _walk(content, path)
    except (OSError, ValueError) as error:
        # mmap refuses an empty file with ValueError.
        raise NotAudio(f"can't read {path} as an MP3: {error}") from error


def _walk(content: mmap.mmap, path: Path) -> Mpeg:
    end, old_tags = _without_old_tags(content)
    begin = id3_bytes(content[:_ID3_HEADER_BYTES])
    position = find_frame(content, begin, end)
    first = parse_header(content[position : position + 4]) if position >= 0 else None
    if first is None:
        raise NotAudio(f"{path} holds no MP3 sound")
    promised, delay, padding, is_info = _info(content[position : position + first.size_bytes], first)
    stray = position - begin
    if is_info:
        position += first.size_bytes
    begins_at = position
    bitrates: set[int] = set()
    count = forgotten = 0
    while position < end:
        if position - forgotten >= _KEPT_BYTES:
            forgotten = _forget(content, forgotten, position)
        header = parse_header(content[position : position + 4])
        if header is None:
            found = find_frame(content, position, end)
            stray += (found if found >= 0 else end) - position
            position = found if found >= 0 else end
            continue
        bitrates.add(header.bitrate_kbps)
        count += 1
        position += header.size_bytes
    cut_short = position > end
    return Mpeg(
        rate_hz=first.rate_hz,
        channels=first.channels,
        bitrates_kbps=tuple(sorted(bitrates or {first.bitrate_kbps})),
        mpeg_frames=count - cut_short,
        samples_per_frame=first.samples,
        promised_frames=promised,
        delay=delay,
        padding=padding,
        stray_bytes=stray,
        cut_short=cut_short,
        old_tags=old_tags,
        begins_at=begins_at,
    )


def _forget(content: mmap.mmap, start: int, position: int) -> int:
    """Let go of the pages before a position, which would count as this process's memory; return where they end."""
    end = position - position % mmap.ALLOCATIONGRANULARITY
    if hasattr(mmap, "MADV_DONTNEED"):
        content.madvise(mmap.MADV_DONTNEED, start, end - start)
    return end


def _without_old_tags(content: mmap.mmap) -> tuple[int, tuple[str, ...]]:
    """Return where the sound ends at the latest, and which old tags follow."""
    end = len(content)
    found: list[str] = []
    if end >= _ID3V1_BYTES and content[end - _ID3V1_BYTES :][:3] == b"TAG":
        end -= _ID3V1_BYTES
        found.append("ID3v1")
    footer = content[end - _APE_BYTES : end] if end >= _APE_BYTES else b""
    if footer[:8] == b"APETAGEX":
        size = int.from_bytes(footer[12:16], "little")
        header = _APE_BYTES if footer[23] & 0x80 else 0
        end = max(0, end - size - header)
        found.append("APE")
    return end, tuple(found)


def _info(frame: bytes, header: FrameHeader) -> tuple[int | None, int | None, int | None, bool]:
    """Return frames promised, delay, padding, and whether this frame is a header rather than sound."""
    at = header.info_offset
    if frame[36:40] == b"VBRI":
        return int.from_bytes(frame[50:54], "big"), None, None, True
    if frame[at : at + 4] not in {b"Xing", b"Info"}:
        return None, None, None, False
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    after = at + 8
    promised = int.from_bytes(frame[after : after + 4], "big") if flags & 1 else None
    for flag, size in ((1, 4), (2, 4), (4, 100), (8, 4)):
        after += size if flags & flag else 0
    lame = frame[after : after + 24]
    if len(lame) < 24 or not lame[:4].strip(b"\0"):
        return promised, None, None, True
    both = int.from_bytes(lame[21:24], "big")
    return promised, both >> 12, both & 0xFFF, True


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
