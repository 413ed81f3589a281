"""What a listener's music is, told from its first bytes alone.

What ffmpeg would guess from the content is never trusted: a playlist called "music.mp3" would make it open other files.
"""

from __future__ import annotations

from pathlib import Path

from audio_builder.errors import SoundError

READABLE = "MP3, AAC, M4A, FLAC, Ogg Vorbis or Opus, WAV, AIFF, CAF, WMA, WebM, AC-3, WavPack, AU"
"""What most people have, for messages."""

_HEAD_BYTES = 768

# How each format begins (offset, bytes), and what ffmpeg calls it.
_SIGNATURES: tuple[tuple[str, tuple[tuple[int, bytes], ...]], ...] = (
    ("wav", ((0, b"RIFF"), (8, b"WAVE"))),
    ("wav", ((0, b"RF64"), (8, b"WAVE"))),
    ("wav", ((0, b"RIFX"), (8, b"WAVE"))),
    ("w64", ((0, b"riff\x2e\x91\xcf\x11"),)),
    ("aiff", ((0, b"FORM"), (8, b"AIF"))),
    ("flac", ((0, b"fLaC"),)),
    ("ogg", ((0, b"OggS"),)),
    ("mov", ((4, b"ftyp"),)),
    ("mov", ((4, b"moov"),)),
    ("mov", ((4, b"mdat"),)),
    ("mov", ((4, b"wide"),)),
    ("matroska", ((0, b"\x1aE\xdf\xa3"),)),
    ("asf", ((0, b"0&\xb2u\x8ef\xcf\x11"),)),
    ("caf", ((0, b"caff"),)),
    ("au", ((0, b".snd"),)),
    ("wv", ((0, b"wvpk"),)),
    ("ape", ((0, b"MAC "),)),
    ("tta", ((0, b"TTA1"),)),
    ("tak", ((0, b"tBaK"),)),
    ("mpc8", ((0, b"MPCK"),)),
    ("mpc", ((0, b"MP+"),)),
    ("dsf", ((0, b"DSD "),)),
    ("amr", ((0, b"#!AMR"),)),
    ("voc", ((0, b"Creative Voice File"),)),
    ("avi", ((0, b"RIFF"), (8, b"AVI "))),
    ("flv", ((0, b"FLV\x01"),)),
    ("mpeg", ((0, b"\0\0\x01\xba"),)),
    ("mpegts", ((0, b"G"), (188, b"G"), (376, b"G"), (564, b"G"))),
    ("mp3", ((0, b"ID3"),)),
)

_AC3_SYNC = b"\x0bw"
_FIRST_EAC3 = 11  # The bit stream identifications of E-AC-3 are 11 to 16, those of AC-3 lie below (ETSI TS 102 366).


def music_format(path: Path) -> str:
    """Return ffmpeg's name of an audio file's format.

    Raises:
        SoundError: it can't be read, or it isn't audio in a format that is read here.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SoundError(
            f"can't read the background {path}: {reason}",
            hint="Check the path; the names of the backgrounds that need no file are in the documentation.",
        ) from error
    for name, parts in _SIGNATURES:
        if all(head[offset : offset + len(magic)] == magic for offset, magic in parts):
            return name
    if name := _frames(head):
        return name
    raise SoundError(
        f"the background {path} isn't a sound file that can be read here",
        hint=f"Use {READABLE}; a playlist is not a sound file.",
    )


def _frames(head: bytes) -> str:
    """Return the format of sound that is nothing but frames, told from the first one; empty for none."""
    if head.startswith(_AC3_SYNC) and len(head) > 5:
        return "eac3" if head[5] >> 3 >= _FIRST_EAC3 else "ac3"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # The layer bits of an MPEG frame header; 00 is ADTS, which carries AAC.
        return "mp3" if head[1] & 0x06 else "aac"
    return ""
