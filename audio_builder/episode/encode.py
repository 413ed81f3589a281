"""From blocks of 16-bit sound to a constant-bit-rate MP3, streamed through ffmpeg's LAME."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterable
from pathlib import Path

from audio_builder.episode.ffmpeg import Ffmpeg
from audio_builder.episode.gapless import set_length
from audio_builder.errors import EncoderError, OutputError
from audio_builder.files import output_error

BITRATES_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""The constant bit rates that MPEG-1 layer III knows (ISO/IEC 11172-3, table of bit_rate_index)."""

RATES_HZ = (32000, 44100, 48000)
"""The sample rates that MPEG-1 layer III knows."""

_BYTES_PER_SAMPLE = 2
_DISK_FULL_WORDS = ("No space left on device", "Disk quota exceeded")

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


def encode(pcm: Iterable[bytes], target: Path, *, rate_hz: int, channels: int, bitrate_kbps: int) -> None:
    """Write sound as an MP3: constant bit rate, gapless header, no tag; the same sound gives the same bytes.

    The encoder runs beside the caller: it works on one block while the next is being rendered.

    Args:
        pcm: signed 16-bit little-endian samples, channels interleaved, in pieces of any size.
        target: the file to write, which may exist already. It must be seekable: the gapless header
            (Xing/Info with LAME's delay and padding) is written when the length is known.
        rate_hz: frames per second, one of `RATES_HZ`.
        channels: 1 or 2.
        bitrate_kbps: one of `BITRATES_KBPS`.

    Raises:
        EncoderError: a value is not allowed, there is nothing to encode, or ffmpeg failed.
        DiskFull: no space is left for the file.
    """
    _check(rate_hz, channels, bitrate_kbps)
    frame_bytes = channels * _BYTES_PER_SAMPLE
    with Ffmpeg(_arguments(target, rate_hz, channels, bitrate_kbps), feeds=True) as program:
        fed, whole = _feed(program, pcm)
        code = program.wait()
        complaints = program.complaints
    if code != 0 or not whole:
        raise _failure(code, complaints, target)
    if fed == 0:
        raise EncoderError("there is no sound to encode: the mix gave no block at all")
    if fed % frame_bytes:
        raise EncoderError(f"the sound ends inside a frame: {fed} bytes are no multiple of {frame_bytes}")
    set_length(target, fed // frame_bytes)


def _check(rate_hz: int, channels: int, bitrate_kbps: int) -> None:
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


def _arguments(target: Path, rate_hz: int, channels: int, bitrate_kbps: int) -> tuple[str, ...]:
    source = ("-f", "s16le", "-ar", str(rate_hz), "-ac", str(channels), "-i", "pipe:0")
    # Without the two bitexact flags the version of ffmpeg is written into the file.
    exact = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
    codec = ("-c:a", "libmp3lame", "-b:a", f"{bitrate_kbps}k", "-abr", "0")
    container = ("-f", "mp3", "-write_xing", "1", "-id3v2_version", "0", "-write_id3v1", "0")
    # `file:` makes every name a name: one that begins with `-` or holds `:` or `%` too.
    return (*source, *exact, *codec, *container, "-y", f"file:{target}")


def _feed(program: Ffmpeg, pcm: Iterable[bytes]) -> tuple[int, bool]:
    """Write everything to ffmpeg; return how many bytes, and whether it took them all."""
    fed = 0
    for piece in pcm:
        fed += len(piece)
        try:
            program.pipe.write(piece)
        except OSError:
            # It has ended early. Why, its exit code and last lines say.
            return fed, False
    try:
        program.pipe.close()
    except OSError:
        return fed, False
    return fed, True


def _failure(code: int, complaints: tuple[str, ...], target: Path) -> EncoderError | OutputError:
    said = "\n".join(complaints)
    if any(words in said for words in _DISK_FULL_WORDS):
        return output_error(OSError(errno.ENOSPC, "no space left"), target)
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    return EncoderError(
        f"ffmpeg {how} while it encoded {target}" + (f":\n{said}" if said else ""),
        hint="Run the same command again; if it fails again, `audio-builder doctor` shows what is amiss.",
    )
