"""Sizes on disk, as people write and read them."""

from __future__ import annotations

import re

import click

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?B?)", re.IGNORECASE)
_STEP = 1000


class Size(click.ParamType[int]):
    """A size such as `2GB` or `500 MB`, in powers of a thousand; given on as bytes."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes that a text stands for, or refuse it with examples."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        unit = found[2].upper() if found else ""
        if found is None or (unit and not unit.endswith("B")):
            self.fail(f"“{value}” is not a size; write it as 2GB, 500MB or 0", param, ctx)
        return round(float(found[1]) * _UNITS[unit])


def size_in_words(count: int) -> str:
    """Return a number of bytes as people say it.

    >>> size_in_words(230_400_000), size_in_words(3_210_000_000), size_in_words(12)
    ('230 MB', '3.2 GB', '12 bytes')
    """
    if count < _STEP:
        return f"{count} bytes"
    size, unit = count / _STEP, "KB"
    for larger in ("MB", "GB", "TB"):
        if round(size) < _STEP:
            break
        size, unit = size / _STEP, larger
    return f"{size:.1f} {unit}" if size < 10 else f"{size:.0f} {unit}"
