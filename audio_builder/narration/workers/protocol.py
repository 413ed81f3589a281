"""What the building process and its workers say to each other: messages, each behind its length."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from audio_builder.errors import EngineFailed
from audio_builder.voices.profile import Voice

_LENGTH_BYTES = 4


class Task(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to a worker before its first phrase, and before others that differ: what is the same for all of them.

    Attributes:
        voices: who speaks them, each with its engine's name in its profile; one for most episodes.
        rate_hz: the episode's sample rate.
    """

    voices: tuple[Voice, ...]
    rate_hz: int


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """A message to a worker: words to speak.

    Attributes:
        text: as the engine gets it.
        voice: place of its voice among the task's.
    """

    text: str
    voice: int = 0


class Spoken(msgspec.Struct, frozen=True, tag=True):
    """A worker's answer: a trimmed and checked clip.

    Attributes:
        pcm: mono, 16 bit, little-endian, at the task's rate.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
        levels: from `ClipLevels.packed`.
        words: from `packed_words`, by their place in the phrase's text.
    """

    pcm: bytes
    lead_frames: int
    tail_frames: int
    levels: bytes
    words: bytes


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A worker's answer: an error of our tree, by the name of its class."""

    error: str
    message: str
    hint: str


Request = Task | Phrase
Answer = Spoken | Refused


def send(stream: BinaryIO, message: msgspec.Struct) -> None:
    """Write one message and flush.

    Raises:
        OSError: the other side is gone.
    """
    content = msgspec.msgpack.encode(message, enc_hook=str)
    stream.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
    stream.flush()


def receive(stream: BinaryIO, kind: Any) -> Any:
    """Return the next message, or None when the other side has ended.

    Args:
        stream: where it comes from.
        kind: the type of the message, or a union of types.

    Raises:
        EngineFailed: what came is no such message.
    """
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    size = int.from_bytes(head, "big")
    content = stream.read(size)
    if len(content) < size:
        return None
    try:
        return msgspec.msgpack.decode(content, type=kind, dec_hook=_decoded)
    except msgspec.MsgspecError as error:
        raise EngineFailed(f"a worker process answered with something unreadable: {error}") from error


def _decoded(kind: type, value: Any) -> Any:
    return Path(value) if kind is Path else value
