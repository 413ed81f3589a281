"""Long sound in stretches that are encoded on all cores and joined, heard as one.

A frame of layer III needs its neighbours: the transform overlaps, and the encoder judges by what came before.
So every stretch is encoded with some frames before it and after it, which are dropped again, and cuts lie where
the encoder's own frames begin. Without a bit reservoir no frame borrows bytes from another.
"""

from __future__ import annotations

import itertools
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


def stretches(pcm: Iterable[bytes], frame_bytes: int, frames: int | None = None) -> Iterator[Stretch]:
    """Yield the sound in stretches. The last is up to a stretch and its neighbours long; it may be the only one.

    Args:
        pcm: 16-bit samples in pieces of any size.
        frame_bytes: of a frame of sound.
        frames: of sound, as far as that is known; the first stretch and the last ones are shorter then.
    """
    unit = FRAME_SAMPLES * frame_bytes
    held = bytearray()
    skip = 0
    lengths = itertools.chain(_lengths(-(-frames // FRAME_SAMPLES)) if frames else (), itertools.repeat(STRETCH))
    length = next(lengths)
    for piece in pcm:
        held += piece
        # More than the neighbours must follow, so that the last stretch always has something of its own.
        while len(held) > (needed := (skip + length + AFTER) * unit):
            # What was gathered is given away, not copied: it is what takes most of a build's memory.
            following = held[(skip + length - BEFORE) * unit :]
            del held[needed:]
            yield Stretch(held, skip, length)
            held, skip, length = following, BEFORE, next(lengths)
    yield Stretch(held, skip, None)


def _lengths(mpeg_frames: int) -> Iterator[int]:
    """Yield the lengths of all stretches but the last.

    The first is short, so that an encoder begins soon. So are the last, which are encoded when nothing is left to mix,
    and listened to one after the other: else all but one core would wait for them.
    """
    short = max(STRETCH // 4, BEFORE + AFTER)
    if mpeg_frames < 2 * short:
        return
    yield short
    left = mpeg_frames - short
    while left >= 2 * STRETCH:
        yield STRETCH
        left -= STRETCH
    parts = max(1, min(4, left // short))
    yield from itertools.repeat(left // parts, parts - 1)


def kept_frames(content: bytes, skip: int, keep: int | None) -> tuple[bytes, int]:
    """Return the MPEG frames of an encoded stretch that are its own, and how many they are.

    Args:
        content: MPEG frames and nothing else.
        skip: how many to drop.
        keep: how many to keep, None for all that follow.

    Raises:
        EncoderError: there are fewer, or something else is between them.
    """
    edges = frame_edges(content)
    count = len(edges) - 1
    end = count if keep is None else skip + keep
    if edges[-1] != len(content) or end > count or skip >= end:
        raise EncoderError("the encoder wrote fewer MPEG frames than the sound needs")
    return content[edges[skip] : edges[end]], end - skip


def frame_edges(content: bytes) -> list[int]:
    """Return where each MPEG frame begins, and where the last one ends: past the end of the content if it is cut short.

    Args:
        content: MPEG frames and nothing else.

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
