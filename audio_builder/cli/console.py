"""What a command says: results on stdout, everything else on stderr, no terminal escapes from strangers."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click


def printable(text: str) -> str:
    """Return text without control characters, so that a title can't steer the terminal."""
    return "".join(" " if char in "\n\t" else char for char in text if char in "\n\t" or not _is_control(char))


def _is_control(char: str) -> bool:
    return (
        unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
    )


def can_show(text: str, encoding: str) -> bool:
    """Tell whether an encoding has all the characters of a text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command's words go.

    Attributes:
        quiet: only errors are told.
        verbose: details are told too, and errors with their traceback.
    """

    quiet: bool = False
    verbose: bool = False

    @classmethod
    def from_arguments(cls, arguments: Sequence[str]) -> Console:
        """Return the console of a command line; it must exist before the options are parsed, for errors in them."""
        own = list(arguments)[: arguments.index("--")] if "--" in arguments else arguments
        return cls(quiet=not {"-q", "--quiet"}.isdisjoint(own), verbose=not {"-v", "--verbose"}.isdisjoint(own))

    def result(self, text: str) -> None:
        """Print what the command was called for, on stdout; control characters are not in our results."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()

    def result_path(self, path: Path) -> None:
        """Print a path on stdout, byte for byte, whatever the terminal's encoding."""
        sys.stdout.flush()
        sys.stdout.buffer.write(os.fsencode(path) + b"\n")
        sys.stdout.buffer.flush()

    def say(self, text: str) -> None:
        """Tell the user something on stderr, unless quiet."""
        if not self.quiet:
            click.echo(printable(text), err=True)

    def detail(self, text: str) -> None:
        """Tell something that only matters to a curious user, with -v."""
        if self.verbose:
            click.echo(printable(text), err=True)

    def picture(self, text: str) -> None:
        """Show a picture of block characters on stderr, light on dark whatever the terminal's own colours are."""
        if not self.quiet:
            coloured = "NO_COLOR" not in os.environ
            lines = (click.style(line, fg=231, bg=16) if coloured else line for line in text.splitlines())
            click.echo("\n".join(lines), err=True)

    def error(self, message: str, *, hint: str = "") -> None:
        """Say what failed and what to do about it."""
        self._styled("Error: ", message, "red")
        if hint:
            self._styled("  ", hint, None)

    def _styled(self, label: str, text: str, colour: str | None) -> None:
        shown = click.style(label, fg=colour, bold=True) if colour and "NO_COLOR" not in os.environ else label
        click.echo(shown + printable(text), err=True)
