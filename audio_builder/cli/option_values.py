"""What options take: lengths of time, sizes, and the names that a shell completes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import click
from click.shell_completion import CompletionItem

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{2}(?:\.\d+)?)")
_TIME_UNITS = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*h(?:ours?)?)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in(?:utes?)?)?)?"
    r"\s*(?:(\d+(?:\.\d+)?)\s*(?:s(?:ec(?:onds?)?)?)?)?",
    re.IGNORECASE,
)
_WORTH_S = (3600, 60, 1)

_SIZE_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?B?)", re.IGNORECASE)
_STEP = 1000


def seconds_of(text: str) -> float | None:
    """Return the seconds that a length has; None where it is none.

    >>> seconds_of("15m"), seconds_of("1h 5m"), seconds_of("7:30"), seconds_of("90"), seconds_of("soon")
    (900.0, 3900.0, 450.0, 90.0, None)
    """
    found = _CLOCK.fullmatch(text.strip()) or _TIME_UNITS.fullmatch(text.strip())
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
        return round(float(found[1]) * _SIZE_UNITS[unit])


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


def _voices() -> dict[str, str]:
    from audio_builder.voices.status import voice_statuses

    return {status.name: status.description + ("" if status.ready else " (not ready)") for status in voice_statuses()}


def _backgrounds() -> dict[str, str]:
    from audio_builder.recipe.settings import BACKGROUNDS
    from audio_builder.sound.background import NO_BACKGROUND, describe_background

    return {name: "No background" if name == NO_BACKGROUND else describe_background(name) for name in BACKGROUNDS}


def _bells() -> dict[str, str]:
    from audio_builder.sound.bells import BELLS, NO_BELL, describe_bell

    return {name: "No bell" if name == NO_BELL else describe_bell(name) for name in BELLS}


def _guides() -> dict[str, str]:
    from audio_builder.script.guides import describe_guide, guide_names

    return {name: describe_guide(name) for name in guide_names()}


def _pacings() -> dict[str, str]:
    from audio_builder.recipe.settings import PACING_PRESETS

    return {
        name: f"{preset.wpm:g} words per minute; {preset.sentence_s:g} s after a sentence, "
        f"{preset.paragraph_s:g} s after a paragraph, {preset.question_s:g} s after a question"
        for name, preset in PACING_PRESETS.items()
    }


KINDS: Mapping[str, tuple[str, Callable[[], dict[str, str]]]] = {
    "voices": ("--voice NAME", _voices),
    "backgrounds": ("--background NAME", _backgrounds),
    "bells": ("--bell NAME", _bells),
    "guides": ("--guide NAME", _guides),
    "pacings": ("--pacing NAME", _pacings),
}
"""What can be listed: the option that takes it, and what lists it."""

COMPLETED: Mapping[str, str] = {
    "voice": "voices",
    "quote_voice": "voices",
    "background": "backgrounds",
    "bell": "bells",
    "pacing": "pacings",
    "guides": "guides",
}
"""Options whose names a shell completes, and the kind of `audio-builder list` that they are."""


def complete(option: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return what completes an option's value in a shell: names, and files where a file may be given."""

    def completions(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        _, names = KINDS[COMPLETED[option]]
        found = [CompletionItem(name, help=about) for name, about in names().items() if name.startswith(begun.lower())]
        takes_file = option in ("background", "guides")
        return found or ([CompletionItem(begun, type="file")] if takes_file else [])

    return completions
