"""Reading a person's TOML file, bounded: small, no deeper than a person writes, no number that is none."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from audio_builder.errors import AudioBuilderError
from audio_builder.files import open_regular

LARGEST_BYTES = 1_000_000
DEEPEST = 16
"""Tables and arrays in one another, and the parts of a dotted key, at most."""

_LARGEST_INTEGER = 2**63
"""TOML 1.0 asks for 64 bits; Python would take thousands of digits, and fail where it writes them out."""

_TOKEN = re.compile(
    r'''
    """(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5}+)?  |  \'{3}(?:[^\']++|\'(?!\'\'))*+(?:\'{3,5}+)?  # of several lines
    | "(?:[^"\\\n]++|\\.)*+"?               |  \'[^\'\n]*+\'?                         # of one
    | \#[^\n]*+
    | [.=,\n\[\]{}]
    ''',
    re.DOTALL | re.VERBOSE,
)
"""What decides where a key or a table begins: strings, closed or not, and comments are passed over in one piece."""


def read_toml(path: Path, what: str, error: type[AudioBuilderError], *, hint: str = "") -> dict[str, Any]:
    """Return what is in a TOML file.

    Args:
        path: of the file.
        what: how messages name it, such as `the recipe`.
        error: what is raised.
        hint: what to do where it can't be read.

    Raises:
        AudioBuilderError: `error`: it can't be read, is over a megabyte, or isn't TOML.
    """
    try:
        with open_regular(path) as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise error(f"can't read {what} {path}: {reason}", hint=hint) from problem
    if len(content) > LARGEST_BYTES:
        raise error(f"{what} {path} is over a megabyte", hint="It is a short TOML file.")
    try:
        return parse_toml(content)
    except ValueError as problem:
        raise error(f"{what} {path} is not valid TOML in UTF-8: {problem}") from problem


def parse_toml(content: bytes) -> dict[str, Any]:
    """Return what a TOML text says.

    Raises:
        ValueError: it isn't UTF-8 or TOML, is nested more than 16 deep, or has a number of more than 64 bits.
    """
    text = content.decode("utf-8-sig")
    _check_depth(text)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # Python converts no more than 4,300 digits
        raise ValueError("a number in it has too many digits") from error
    _check_integers(found)
    return found


def _check_depth(text: str) -> None:
    """Refuse what a parser would need a call, or a walk through all before it, for each part of."""
    depth = dots = 0
    for token in _TOKEN.finditer(text):
        sign = token.group()
        if sign == ".":
            dots += 1
        elif len(sign) == 1:
            dots = 0
            depth = max(0, depth + (sign in "[{") - (sign in "]}"))
        if max(depth, dots) > DEEPEST:
            line = text.count("\n", 0, token.start()) + 1
            raise ValueError(f"line {line} is nested more than {DEEPEST} deep")


def _check_integers(found: object) -> None:
    if isinstance(found, dict):
        for value in found.values():
            _check_integers(value)
    elif isinstance(found, list):
        for value in found:
            _check_integers(value)
    elif isinstance(found, int) and not -_LARGEST_INTEGER <= found < _LARGEST_INTEGER:
        raise ValueError("a number in it is larger than 64 bits can hold")
