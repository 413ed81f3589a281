"""From a stranger's audio file to float32 blocks, streamed through ffmpeg."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio_builder.audio.ffmpeg import Ffmpeg, bare_frames, format_of
from audio_builder.audio.samples import Samples
from audio_builder.episode.encode.mpeg_frames import find_frame, id3_bytes
from audio_builder.errors import NotAudio
from audio_builder.files import open_regular

BLOCK_FRAMES = 65_536
"""Frames in a block: about a second and a half, small enough for the cache of a processor."""

IN_LARGE_PIECES = ("-af", "asetnsamples=n=16384:p=0")
"""For ffmpeg: what was decoded goes on in large pieces, which leaves out a third of what passing it on costs."""

_SNIFFED_BYTES = 16_384
_AU_HEADER = struct.Struct(">4sIIIII")
_AU_FLOAT_32 = 6
_PLAYLISTS = (b"#EXTM3U", b"#EXTINF", b"[playlist]", b"ffconcat", b"<?xml", b"<asx", b"[Reference]")


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound that is being decoded.

    Attributes:
        rate_hz: the file's own frames per second.
        channels: the file's own number of channels.
        blocks: float32, shape (frames, channels), full scale at ±1.0 and beyond where the encoder
            overshot; to be read once, to the end.
        complaints: what ffmpeg found wrong; filled when the last block has been read.
    """

    rate_hz: int
    channels: int
    blocks: Iterator[Samples]
    complaints: list[str]


@contextlib.contextmanager
def open_audio(path: Path) -> Iterator[Audio]:
    """Decode the first audio stream of a file, at its own rate. However the block ends, ffmpeg has ended.

    Only what the file's first bytes are known to be is tried: a playlist under the name of an MP3
    would make ffmpeg read other files. A damaged file is decoded as far as it goes; see `complaints`,
    and `mpeg.walk` for a truncated one, which ffmpeg does not notice.

    Raises:
        NotAudio: the file can't be read, or is nothing ffmpeg can decode.
        EncoderError: ffmpeg can't be started.
    """
    kind = sniff(path)
    source = ("-protocol_whitelist", "file,pipe", "-f", kind, "-i", f"file:{path}", "-map", "0:a:0")
    sink = (*IN_LARGE_PIECES, "-map_metadata", "-1", "-c:a", "pcm_f32be", "-fflags", "+bitexact", "-f", "au", "pipe:1")
    with Ffmpeg((*source, *sink), reads=True) as program:
        header = program.output.read(_AU_HEADER.size)
        if len(header) < _AU_HEADER.size:
            program.wait()
            said = "\n".join(program.complaints)
            raise NotAudio(f"{path} looks like {kind} but can't be decoded" + (f":\n{said}" if said else ""))
        magic, offset, _, encoding, rate_hz, channels = _AU_HEADER.unpack(header)
        if magic != b".snd" or encoding != _AU_FLOAT_32 or not channels:
            raise NotAudio(f"{path} was decoded to something other than sound")
        program.output.read(offset - _AU_HEADER.size)
        complaints: list[str] = []
        yield Audio(rate_hz, channels, _blocks_of(program, channels, complaints), complaints)


def sniff(path: Path) -> str:
    """Return ffmpeg's name for the format that a file's own first bytes show; its name says nothing.

    Raises:
        NotAudio: it can't be read, or is none of the known formats, or is a playlist.
    """
    try:
        with open_regular(path) as stream:
            start = stream.read(_SNIFFED_BYTES)
            tag = id3_bytes(start)
            if tag:
                stream.seek(tag)
                start = stream.read(_SNIFFED_BYTES)
    except OSError as error:
        raise NotAudio(f"can't read {path}: {error.strerror or error}", hint="Check the file's name.") from error
    if kind := _kind(start):
        return kind
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_PLAYLISTS):
        raise NotAudio(f"{path} is a playlist, not sound", hint="Give one of the files that it names.")
    raise NotAudio(
        f"{path} is not audio that can be recognised" if start else f"{path} is empty",
        hint="MP3, AAC, M4A, FLAC, Ogg, WAV, AIFF, WMA, WebM and others are understood.",
    )


def _kind(start: bytes) -> str:
    if kind := format_of(start):
        return kind
    if find_frame(start, 0, len(start)) >= 0:
        return "mp3"
    return bare_frames(start) if bare_frames(start) != "mp3" else ""


def _blocks_of(program: Ffmpeg, channels: int, complaints: list[str]) -> Iterator[Samples]:
    """Yield what a running ffmpeg gives, until it ends.

    Args:
        program: one that reads.
        channels: of what it gives.
        complaints: filled at the end with what ffmpeg found wrong.

    Yields:
        Blocks of shape (frames, channels), float32.
    """
    frame_bytes = 4 * channels
    while data := program.output.read(BLOCK_FRAMES * frame_bytes):
        whole = len(data) - len(data) % frame_bytes
        if whole:
            # AU is big-endian by definition.
            yield np.frombuffer(data[:whole], dtype=">f4").astype(np.float32, copy=False).reshape(-1, channels)
    code = program.wait()
    complaints.extend(program.complaints)
    if code != 0 and not complaints:
        complaints.append(f"ffmpeg ended with code {code}")
