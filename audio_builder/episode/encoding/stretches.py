"""Long sound in stretches that are encoded on all cores and joined, heard as one.

A frame of layer III needs its neighbours: the transform overlaps, and the encoder judges by what came before.
So every stretch is encoded with some frames before it and after it, which are dropped again, and cuts lie where
the encoder's own frames begin. Without a bit reservoir no frame borrows bytes from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audio_builder.episode.encoding.mpeg import parse_header
from audio_builder.errors import EncoderError

FRAME_SAMPLES = 1152
"""Frames of sound in an MPEG-1 frame."""

STRETCH = 2048
"""MPEG frames in a stretch: 53 s. Starting an encoder costs what 5 s of sound do."""

BEFORE, AFTER = 8, 4
"""MPEG frames encoded with a stretch and dropped: 0.2 s for the encoder to come to the same judgement."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the sound with its neighbours.

    Attributes:
        pcm: 16-bit samples.
        skip: MPEG frames to drop at its start.
        keep: MPEG frames to keep after these; None for all, at the end of the sound.
    """

    pcm: bytearray
    skip: int
    keep: int | None


def stretches(pcm: Iterable[bytes], frame_bytes: int) -> Iterator[Stretch]:
    """Yield the sound in stretches. The last is up to a stretch and its neighbours long; it may be the only one.

    Args:
        pcm: 16-bit samples in pieces of any size.
        frame_bytes: of a frame of sound.
    """
    unit = FRAME_SAMPLES * frame_bytes
    held = bytearray()
    skip = 0
    for piece in pcm:
        held += piece
        # More than the neighbours must follow, so that the last stretch always has something of its own.
        while len(held) > (needed := (skip + STRETCH + AFTER) * unit):
            # What was gathered is given away, not copied: it is what takes most of a build's memory.
            following = held[(skip + STRETCH - BEFORE) * unit :]
            del held[needed:]
            yield Stretch(held, skip, STRETCH)
            held, skip = following, BEFORE
    yield Stretch(held, skip, None)


def kept_frames(content: bytes, skip: int, keep: int | None) -> tuple[bytes, int]:
    """Return the MPEG frames of an encoded stretch that are its own, and how many they are.

    Args:
        content: MPEG frames and nothing else.
        skip: how many to drop.
        keep: how many to keep, None for all that follow.

    Raises:
        EncoderError: there are fewer, or something else is between them.
    """
    begins = []
    position = 0
    while position < len(content):
        header = parse_header(content[position : position + 4])
        if header is None:
            raise EncoderError("the encoder wrote something that is no MPEG frame")
        begins.append(position)
        position += header.size_bytes
    end = len(begins) if keep is None else skip + keep
    if position != len(content) or end > len(begins) or skip >= end:
        raise EncoderError("the encoder wrote fewer MPEG frames than the sound needs")
    begins.append(len(content))
    return content[begins[skip] : begins[end]], end - skip
