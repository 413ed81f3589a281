"""From blocks of 16-bit sound to a constant-bit-rate MP3, streamed through ffmpeg's LAME on all cores.

A long sound is cut into segments; each is encoded by a process of its own, and their MPEG frames are joined.
A frame of layer III needs its neighbours: the transform overlaps, and the encoder judges by what came before.
So every segment is encoded with some frames before it and after it, which are dropped again, and cuts lie where
the encoder's own frames begin. Without a bit reservoir no frame borrows bytes from another.
"""

from __future__ import annotations

import errno
import itertools
import math
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from audio_builder.audio.ffmpeg import Ffmpeg
from audio_builder.episode.encode.mpeg_frames import EncodedSound, crc16_of_long, finish_header, parse_header
from audio_builder.errors import EncoderError, OutputError
from audio_builder.files import draft_beside, output_error, output_errors

BITRATES_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""The constant bit rates that MPEG-1 layer III knows (ISO/IEC 11172-3, table of bit_rate_index)."""

RATES_HZ = (32000, 44100, 48000)
"""The sample rates that MPEG-1 layer III knows."""

FRAME_SAMPLES = 1152
"""Frames of sound in an MPEG-1 frame."""

_BYTES_PER_SAMPLE = 2
_DISK_FULL_WORDS = ("No space left on device", "Disk quota exceeded")

_ENOUGH_KBPS = {1: 80, 2: 128}
"""Bit rate for a number of channels from which on every frame has bits to spare (decision 24)."""

_LAME_SCALES = ((160, 0.95), (192, 0.97), (224, 0.98), (320, 1.0))
"""Up to which bit rate in kbps LAME scales by what."""


def encoder_gain_db(bitrate_kbps: int) -> float:
    """Return how much louder LAME delivers a constant bit rate than it was given, in dB: never more than 0.

    LAME scales its input to make room for its own errors (the `scale` column of the ABR presets in `presets.c`,
    which CBR uses too); a test measures each.
    """
    scale = next(scale for highest, scale in _LAME_SCALES if bitrate_kbps <= highest)
    return 20 * math.log10(scale)


@dataclass(frozen=True, slots=True)
class Mp3Format:
    """What goes in and what comes out.

    Attributes:
        rate_hz: frames per second, one of `RATES_HZ`.
        channels: 1 or 2.
        bitrate_kbps: one of `BITRATES_KBPS`.
    """

    rate_hz: int
    channels: int
    bitrate_kbps: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of a frame of sound that goes in."""
        return self.channels * _BYTES_PER_SAMPLE


@dataclass(frozen=True, slots=True)
class SegmentSize:
    """How a long sound is cut, in MPEG frames.

    Attributes:
        length: of a segment; 2048 are 53 s, and starting an encoder costs what 5 s of sound do.
        before: encoded ahead of a segment and dropped: 0.2 s for the encoder to come to the same judgement.
        after: encoded after it and dropped.
    """

    length: int = 2048
    before: int = 8
    after: int = 4


def encode(
    pcm: Iterable[bytes],
    target: Path,
    mp3_format: Mp3Format,
    *,
    frames: int | None = None,
    on_frames: Callable[[bytes], None] = lambda _: None,
    size: SegmentSize = SegmentSize(),
) -> None:
    """Write sound as an MP3: constant bit rate, gapless header, no tag; the same sound gives the same bytes.

    While the caller renders the next segment, those before it are encoded, one on each core.
    Memory holds one segment for each core and two more, however long the sound is.

    Args:
        pcm: signed 16-bit little-endian samples, channels interleaved, in pieces of any size.
        target: the file to write, which may exist already. It must be seekable: the gapless header
            (Xing/Info with LAME's delay and padding) is written when the length is known.
        mp3_format: rate, channels and bit rate.
        frames: of sound, as far as that is known: it decides where the segments end, and with them the last bits.
        on_frames: called with the MPEG frames of sound as they are written, in order and in large pieces: everything
            but the header. What it raises ends the encoding.
        size: of the segments.

    Raises:
        EncoderError: a value is not allowed, there is nothing to encode, or ffmpeg failed.
        DiskFull: no space is left for the file.
    """
    _check(mp3_format)
    cores = os.cpu_count() or 1
    joined = _Joined(target, mp3_format, on_frames)
    running: deque[Future[_Encoded]] = deque()
    with ThreadPoolExecutor(cores, thread_name_prefix="encode") as pool:
        try:
            for segment in _segments(pcm, mp3_format.frame_bytes, frames, size):
                _check_sound(segment, mp3_format)
                if len(running) > cores:
                    joined.add(running.popleft().result())
                running.append(pool.submit(_encode_segment, segment, mp3_format, target))
                # Its thread alone holds the sound now, and lets go of it when it is encoded.
                del segment
            while running:
                joined.add(running.popleft().result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    joined.finish()


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of the sound with its neighbours.

    Attributes:
        pcm: 16-bit samples.
        skip: MPEG frames to drop at its start.
        keep: MPEG frames to keep after these; None for all, at the end of the sound.
        first: whether it begins the sound, and the gapless header goes before it.
    """

    pcm: bytearray
    skip: int
    keep: int | None
    first: bool


def _segments(pcm: Iterable[bytes], frame_bytes: int, frames: int | None, size: SegmentSize) -> Iterator[_Segment]:
    """Yield the sound in segments. The last is up to a segment and its neighbours long; it may be the only one.

    Args:
        pcm: 16-bit samples in pieces of any size.
        frame_bytes: of a frame of sound.
        frames: of sound, as far as that is known; the first segment and the last ones are shorter then.
        size: of the others.
    """
    unit = FRAME_SAMPLES * frame_bytes
    held = bytearray()
    skip, first = 0, True
    known = _lengths(-(-frames // FRAME_SAMPLES), size) if frames else ()
    lengths = itertools.chain(known, itertools.repeat(size.length))
    length = next(lengths)
    for piece in pcm:
        held += piece
        # More than the neighbours must follow, so that the last segment always has something of its own.
        while len(held) > (needed := (skip + length + size.after) * unit):
            # What was gathered is given away, not copied: it is what takes most of a build's memory.
            following = held[(skip + length - size.before) * unit :]
            del held[needed:]
            yield _Segment(held, skip, length, first)
            held, skip, first, length = following, size.before, False, next(lengths)
    yield _Segment(held, skip, None, first)


def _lengths(mpeg_frames: int, size: SegmentSize) -> Iterator[int]:
    """Yield the lengths of all segments but the last.

    The first is short, so that an encoder begins soon. So are the last, which are encoded when nothing is left to mix,
    and measured one after the other: else all but one core would wait for them.
    """
    short = max(size.length // 4, size.before + size.after)
    if mpeg_frames < 2 * short:
        return
    yield short
    left = mpeg_frames - short
    while left >= 2 * size.length:
        yield size.length
        left -= size.length
    parts = max(1, min(4, left // short))
    yield from itertools.repeat(left // parts, parts - 1)


@dataclass(frozen=True, slots=True)
class _Encoded:
    """What has become of a segment.

    Attributes:
        content: its MPEG frames; those of the first segment behind a gapless header.
        skip: how many to drop.
        keep: how many to keep after these; None for all.
        frames: of its own sound.
    """

    content: bytes
    skip: int
    keep: int | None
    frames: int


def _encode_segment(segment: _Segment, mp3_format: Mp3Format, target: Path) -> _Encoded:
    """Return a segment encoded in a draft beside the target."""
    frames = len(segment.pcm) // mp3_format.frame_bytes - segment.skip * FRAME_SAMPLES
    with draft_beside(target) as draft:
        with Ffmpeg(_arguments(draft, mp3_format, header=segment.first), feeds=True) as program:
            whole = _feed(program, segment.pcm)
            code = program.wait()
            complaints = program.complaints
        if code != 0 or not whole:
            raise _failure(code, complaints, target)
        content = draft.read_bytes()
    own = frames if segment.keep is None else segment.keep * FRAME_SAMPLES
    return _Encoded(content, segment.skip, segment.keep, own)


@dataclass(slots=True)
class _Joined:
    """An MP3 that grows segment by segment."""

    target: Path
    mp3_format: Mp3Format
    on_frames: Callable[[bytes], None]
    frames: int = 0
    mpeg_frames: int = 0
    checksum: int = 0

    def add(self, part: _Encoded) -> None:
        header, sound = (b"", part.content) if self.mpeg_frames else _split(part.content)
        self.frames += part.frames
        own, count = _own_frames(sound, part.skip, part.keep)
        with output_errors(self.target), self.target.open("ab" if self.mpeg_frames else "wb") as stream:
            stream.write(header)
            stream.write(own)
        self.mpeg_frames += count
        self.checksum = crc16_of_long(own, self.checksum)
        self.on_frames(own)

    def finish(self) -> None:
        finish_header(self.target, EncodedSound(self.mpeg_frames, self.frames, self.checksum))


def _own_frames(content: bytes, skip: int, keep: int | None) -> tuple[bytes, int]:
    """Return the MPEG frames of an encoded segment that are its own, and how many they are.

    Args:
        content: MPEG frames and nothing else.
        skip: how many to drop.
        keep: how many to keep, None for all that follow.

    Raises:
        EncoderError: there are fewer, or something else is between them.
    """
    edges = _frame_edges(content)
    count = len(edges) - 1
    end = count if keep is None else skip + keep
    if edges[-1] != len(content) or end > count or skip >= end:
        raise EncoderError("the encoder wrote fewer MPEG frames than the sound needs")
    return content[edges[skip] : edges[end]], end - skip


def _frame_edges(content: bytes) -> list[int]:
    """Return where each MPEG frame begins, and where the last one ends: past the end of the content if it is cut short.

    Raises:
        EncoderError: something else is between them.
    """
    edges = [0]
    while edges[-1] < len(content):
        header = parse_header(content[edges[-1] : edges[-1] + 4])
        if header is None:
            raise EncoderError("the encoder wrote something that is no MPEG frame")
        edges.append(edges[-1] + header.size_bytes)
    return edges


def _check_sound(segment: _Segment, mp3_format: Mp3Format) -> None:
    if not segment.pcm:
        raise EncoderError("there is no sound to encode: the mix gave no block at all")
    if len(segment.pcm) % mp3_format.frame_bytes:
        raise EncoderError(
            f"the sound ends inside a frame: {len(segment.pcm)} bytes are no multiple of {mp3_format.frame_bytes}"
        )


def _split(content: bytes) -> tuple[bytes, bytes]:
    """Return the gapless header's MPEG frame, and the others."""
    header = parse_header(content[:4])
    size = header.size_bytes if header else 0
    return content[:size], content[size:]


def _check(mp3_format: Mp3Format) -> None:
    rate_hz, channels, bitrate_kbps = mp3_format.rate_hz, mp3_format.channels, mp3_format.bitrate_kbps
    if rate_hz not in RATES_HZ:
        raise EncoderError(f"an MP3 can't have {rate_hz} Hz; allowed are {', '.join(map(str, RATES_HZ))}")
    if channels not in (1, 2):
        raise EncoderError(f"an MP3 can't have {channels} channels; allowed are 1 and 2")
    if bitrate_kbps not in BITRATES_KBPS:
        allowed = ", ".join(map(str, BITRATES_KBPS))
        raise EncoderError(
            f"an MP3 can't have a constant bit rate of {bitrate_kbps} kbps; allowed are {allowed}",
            hint="Set bitrate_kbps under [mastering] in the recipe to one of these; 128 suits a stereo episode.",
        )


def _arguments(target: Path, mp3_format: Mp3Format, *, header: bool) -> tuple[str, ...]:
    source = ("-f", "s16le", "-ar", str(mp3_format.rate_hz), "-ac", str(mp3_format.channels), "-i", "pipe:0")
    # Without the two bitexact flags the version of ffmpeg is written into the file.
    exact = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
    codec: tuple[str, ...] = (
        "-c:a",
        "libmp3lame",
        "-b:a",
        f"{mp3_format.bitrate_kbps}k",
        "-abr",
        "0",
        "-reservoir",
        "0",
    )
    if mp3_format.bitrate_kbps >= _ENOUGH_KBPS[mp3_format.channels]:
        # Quality 7: without noise shaping, which stops spending bits where it believes that nobody hears more.
        codec = (*codec, "-compression_level", "7")
    container = ("-f", "mp3", "-write_xing", str(int(header)), "-id3v2_version", "0", "-write_id3v1", "0")
    # `file:` makes every name a name: one that begins with `-` or holds `:` or `%` too.
    return (*source, *exact, *codec, *container, "-y", f"file:{target}")


def _feed(program: Ffmpeg, pcm: bytearray) -> bool:
    """Write everything to ffmpeg; return whether it took it all."""
    try:
        program.input.write(pcm)
        program.input.close()
    except OSError:
        # It has ended early. Why, its exit code and last lines say.
        return False
    return True


def _failure(code: int, complaints: tuple[str, ...], target: Path) -> EncoderError | OutputError:
    said = "\n".join(complaints)
    if any(words in said for words in _DISK_FULL_WORDS):
        return output_error(OSError(errno.ENOSPC, "no space left"), target)
    if code == -getattr(signal, "SIGXFSZ", 0) and code:
        return output_error(OSError(errno.EFBIG, os.strerror(errno.EFBIG)), target)
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    return EncoderError(
        f"ffmpeg {how} while it encoded {target}" + (f":\n{said}" if said else ""),
        hint="Run the same command again; if it fails again, `audio-builder doctor` shows what is amiss.",
    )
