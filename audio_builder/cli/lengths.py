"""Lengths of time as people type them."""

from __future__ import annotations

import re

import click

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{2}(?:\.\d+)?)")
_UNITS = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*h(?:ours?)?)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in(?:utes?)?)?)?"
    r"\s*(?:(\d+(?:\.\d+)?)\s*(?:s(?:ec(?:onds?)?)?)?)?",
    re.IGNORECASE,
)
_WORTH_S = (3600, 60, 1)


def seconds_of(text: str) -> float | None:
    """Return the seconds that a length has; None where it is none.

    >>> seconds_of("15m"), seconds_of("1h 5m"), seconds_of("7:30"), seconds_of("90"), seconds_of("soon")
    (900.0, 3900.0, 450.0, 90.0, None)
    """
    found = _CLOCK.fullmatch(text.strip()) or _UNITS.fullmatch(text.strip())
    if not found or not any(found.groups()):
        return None
    return sum(float(part) * worth for part, worth in zip(found.groups(), _WORTH_S, strict=True) if part)


class Lengths(click.ParamType[tuple[float, ...]]):
    """Several lengths with commas between them, such as `8m,15m,25m`, in seconds."""

    name = "lengths"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """Return the seconds of each, or fail with what may be written."""
        if isinstance(value, tuple):  # the default, which click converts too
            return value
        lengths = tuple(Length().convert(part.strip(), param, ctx) for part in str(value).split(","))
        if len(set(map(round, lengths))) < len(lengths):
            self.fail(f"{value!r} has a length twice", param, ctx)
        if min(lengths) <= 0:
            self.fail(f"{value!r} has a length of 0", param, ctx)
        return lengths


class Length(click.ParamType[float]):
    """A length such as `15m`, `1h5m`, `15:00` or `900`, in seconds."""

    name = "length"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds, or fail with what may be written."""
        seconds = seconds_of(str(value))
        if seconds is None:
            self.fail(f"{str(value)!r} is not a length; write it as 15m, 1h5m, 15:00 or 900 (seconds)", param, ctx)
        return seconds
