"""Protocol Buffers' wire format: fields of a message found where they lie, and fields written.

It is small and doesn't change (protobuf.dev/programming-guides/encoding), so no package is needed for it.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import NamedTuple

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

_SHORT = tuple(bytes((value,)) for value in range(0x80))

Content = bytes | mmap.mmap
"""A message, or the file that it lies in."""


class Field(NamedTuple):
    """A field of a message: its number, where it begins with its key, and where its content lies."""

    number: int
    outer: int
    start: int
    end: int


def children(content: Content, parent: Field, *numbers: int) -> Iterator[Field]:
    """Yield the fields of these numbers inside a field that is a message.

    Raises:
        as `fields` does.
    """
    return (field for field in fields(content, parent.start, parent.end) if field.number in numbers)


def fields(content: Content, start: int, end: int) -> Iterator[Field]:
    """Yield the fields of the message that lies from `start` to `end`, in their order.

    Raises:
        IndexError, ValueError: it isn't a well-formed message.
    """
    at = start
    while at < end:
        outer = at
        # Nearly all keys and lengths are one byte, and a model has 25,000 fields: calls for them took most of the time.
        key, at = content[at], at + 1
        if key > 0x7F:
            key, at = _read_varint(content, outer)
        kind = key & 7
        if kind == _BYTES:
            length, at = content[at], at + 1
            if length > 0x7F:
                length, at = _read_varint(content, at - 1)
        elif kind == _VARINT:
            length = _read_varint(content, at)[1] - at
        elif kind in (_FIXED32, _FIXED64):
            length = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"unknown wire type {kind} at byte {outer}")
        if at + length > end:
            raise ValueError(f"a field at byte {outer} is longer than what holds it")
        yield Field(key >> 3, outer, at, at + length)
        at += length


def varint_of(content: Content, field: Field) -> int:
    """Return the whole number, 0 or more, that a field of that kind holds."""
    return _read_varint(content, field.start)[0]


def _read_varint(content: Content, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError(f"a number at byte {at} has no end")


def _varint(value: int) -> bytes:
    if value <= 0x7F:
        return _SHORT[value]
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varint_field(number: int, value: int) -> bytes:
    """Return a field that holds a whole number, 0 or more."""
    return _varint(number << 3 | _VARINT) + _varint(value)


def bytes_field(number: int, content: bytes) -> bytes:
    """Return a field that holds bytes, text or a message."""
    return bytes_head(number, len(content)) + content


def bytes_head(number: int, length: int) -> bytes:
    """Return what stands before the content of a field that holds so many bytes."""
    return _varint(number << 3 | _BYTES) + _varint(length)
