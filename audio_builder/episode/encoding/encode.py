"""From blocks of 16-bit sound to a constant-bit-rate MP3, streamed through ffmpeg's LAME."""

from __future__ import annotations

import errno
import math
import os
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from audio_builder.audio.ffmpeg import Ffmpeg
from audio_builder.audio.samples import ffmpeg_identity
from audio_builder.episode.encoding.gapless import Sound, crc16_of_long, finish_header
from audio_builder.episode.encoding.kept import KeptStretches, stretch_key
from audio_builder.episode.encoding.mpeg import parse_header
from audio_builder.episode.encoding.stretches import FRAME_SAMPLES, Stretch, kept_frames, stretches
from audio_builder.errors import EncoderError, OutputError
from audio_builder.files import draft_beside, output_error

BITRATES_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""The constant bit rates that MPEG-1 layer III knows (ISO/IEC 11172-3, table of bit_rate_index)."""

RATES_HZ = (32000, 44100, 48000)
"""The sample rates that MPEG-1 layer III knows."""

_BYTES_PER_SAMPLE = 2
_DISK_FULL_WORDS = ("No space left on device", "Disk quota exceeded")

_ENOUGH_KBPS = {1: 80, 2: 128}
"""Bit rate for a number of channels from which on every frame has bits to spare (decision 0095)."""

_LAME_SCALES = ((160, 0.95), (192, 0.97), (224, 0.98), (320, 1.0))
"""Up to which bit rate in kbps LAME scales by what."""


def encoder_gain_db(bitrate_kbps: int) -> float:
    """Return how much louder LAME delivers a constant bit rate than it was given, in dB: never more than 0.

    LAME scales its input to make room for its own errors (the `scale` column of the ABR presets in `presets.c`,
    which CBR uses too); a test measures each.

    Args:
        bitrate_kbps: one of `BITRATES_KBPS`.
    """
    scale = next(scale for highest, scale in _LAME_SCALES if bitrate_kbps <= highest)
    return 20 * math.log10(scale)


@dataclass(frozen=True, slots=True)
class Mp3Form:
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


def encode(
    pcm: Iterable[bytes],
    target: Path,
    form: Mp3Form,
    *,
    frames: int | None = None,
    tell: Callable[[bytes], None] = lambda _: None,
    kept: KeptStretches | None = None,
) -> None:
    """Write sound as an MP3: constant bit rate, gapless header, no tag; the same sound gives the same bytes.

    A long sound is encoded in stretches (see `stretches`), one on each core, while the caller renders the next.
    Memory holds one stretch for each core and two more, however long the sound is.

    Args:
        pcm: signed 16-bit little-endian samples, channels interleaved, in pieces of any size.
        target: the file to write, which may exist already. It must be seekable: the gapless header
            (Xing/Info with LAME's delay and padding) is written when the length is known.
        form: rate, channels and bit rate.
        frames: of sound, as far as that is known: it decides where the stretches end, and with them the last bits.
        tell: called with the MPEG frames of sound as they are written, in order and in large pieces: everything
            but the header. What it raises ends the encoding.
        kept: where encoded stretches are looked for and kept; None for nowhere.

    Raises:
        EncoderError: a value is not allowed, there is nothing to encode, or ffmpeg failed.
        DiskFull: no space is left for the file.
    """
    _check(form)
    cores = os.cpu_count() or 1
    joined = _Joined(target, form, tell)
    running: deque[Future[_Encoded]] = deque()
    work = _Work(target, form, header=True)
    with ThreadPoolExecutor(cores, thread_name_prefix="encode") as pool:
        try:
            for stretch in stretches(pcm, form.frame_bytes, frames):
                _check_sound(stretch, form)
                if len(running) > cores:
                    joined.add(running.popleft().result())
                running.append(pool.submit(_encoded, stretch, work, kept))
                work = replace(work, header=False)
                # Its thread alone holds the sound now, and lets go of it when it is encoded.
                del stretch
            while running:
                joined.add(running.popleft().result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    joined.finish()
    if kept is not None:
        kept.make_room()


@dataclass(frozen=True, slots=True)
class _Work:
    """How a stretch is encoded: for which file, into what, and whether behind a gapless header."""

    target: Path
    form: Mp3Form
    header: bool


@dataclass(frozen=True, slots=True)
class _Encoded:
    """What has become of a stretch.

    Attributes:
        content: its MPEG frames; those of the first stretch behind a gapless header.
        skip: how many to drop.
        keep: how many to keep after these; None for all.
        frames: of its own sound.
    """

    content: bytes
    skip: int
    keep: int | None
    frames: int


@dataclass(slots=True)
class _Joined:
    """An MP3 that grows stretch by stretch."""

    target: Path
    form: Mp3Form
    tell: Callable[[bytes], None]
    frames: int = 0
    mpeg_frames: int = 0
    checksum: int = 0

    def add(self, part: _Encoded) -> None:
        header, sound = (b"", part.content) if self.mpeg_frames else _split(part.content)
        self.frames += part.frames
        own, count = kept_frames(sound, part.skip, part.keep)
        try:
            with self.target.open("ab" if self.mpeg_frames else "wb") as stream:
                stream.write(header)
                stream.write(own)
        except OSError as error:
            raise output_error(error, self.target) from error
        self.mpeg_frames += count
        self.checksum = crc16_of_long(own, self.checksum)
        self.tell(own)

    def finish(self) -> None:
        finish_header(self.target, Sound(self.mpeg_frames, self.frames, self.checksum))


def _check_sound(stretch: Stretch, form: Mp3Form) -> None:
    if not stretch.pcm:
        raise EncoderError("there is no sound to encode: the mix gave no block at all")
    if len(stretch.pcm) % form.frame_bytes:
        raise EncoderError(
            f"the sound ends inside a frame: {len(stretch.pcm)} bytes are no multiple of {form.frame_bytes}"
        )


def _encoded(stretch: Stretch, work: _Work, kept: KeptStretches | None) -> _Encoded:
    """Return a stretch, encoded now or found."""
    frames = len(stretch.pcm) // work.form.frame_bytes - stretch.skip * FRAME_SAMPLES
    own = frames if stretch.keep is None else stretch.keep * FRAME_SAMPLES
    content = _newly_encoded(stretch, work) if kept is None else _found_or_encoded(stretch, work, kept)
    return _Encoded(content, stretch.skip, stretch.keep, own)


def _found_or_encoded(stretch: Stretch, work: _Work, kept: KeptStretches) -> bytes:
    how = _arguments(Path(), work.form, header=work.header)
    key = stretch_key(stretch.pcm, ffmpeg_identity(), *how)
    found = kept.find(key)
    if found is None:
        found = _newly_encoded(stretch, work)
        kept.keep(key, found)
    return found


def _newly_encoded(stretch: Stretch, work: _Work) -> bytes:
    with draft_beside(work.target) as draft:
        with Ffmpeg(_arguments(draft, work.form, header=work.header), feeds=True) as program:
            whole = _feed(program, stretch.pcm)
            code = program.wait()
            complaints = program.complaints
        if code != 0 or not whole:
            raise _failure(code, complaints, work.target)
        return draft.read_bytes()


def _split(content: bytes) -> tuple[bytes, bytes]:
    """Return the gapless header's MPEG frame, and the others."""
    header = parse_header(content[:4])
    size = header.size_bytes if header else 0
    return content[:size], content[size:]


def _check(form: Mp3Form) -> None:
    rate_hz, channels, bitrate_kbps = form.rate_hz, form.channels, form.bitrate_kbps
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


def _arguments(target: Path, form: Mp3Form, *, header: bool) -> tuple[str, ...]:
    source = ("-f", "s16le", "-ar", str(form.rate_hz), "-ac", str(form.channels), "-i", "pipe:0")
    # Without the two bitexact flags the version of ffmpeg is written into the file.
    exact = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
    codec: tuple[str, ...] = ("-c:a", "libmp3lame", "-b:a", f"{form.bitrate_kbps}k", "-abr", "0", "-reservoir", "0")
    if form.bitrate_kbps >= _ENOUGH_KBPS[form.channels]:
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
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    return EncoderError(
        f"ffmpeg {how} while it encoded {target}" + (f":\n{said}" if said else ""),
        hint="Run the same command again; if it fails again, `audio-builder doctor` shows what is amiss.",
    )
