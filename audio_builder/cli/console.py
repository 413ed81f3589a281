"""What a command says: results on stdout, everything else on stderr, no terminal escapes from strangers."""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from audio_builder.errors import OutputError
from audio_builder.progress import Progress, Stage, Step


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


@contextlib.contextmanager
def _writing_result() -> Iterator[TextIO]:
    """Give standard output, and flush it.

    Raises:
        OutputError: it is closed, or takes no more.
        BrokenPipeError: whoever read it has gone.
    """
    if sys.stdout is None:
        raise OutputError("can't write the result: standard output is closed", hint=_OUTPUT_HINT)
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"can't write the result to standard output: {error.strerror}", hint=_OUTPUT_HINT) from error


_OUTPUT_HINT = "What the command made is in its place; only its result could not be shown."


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command's words go.

    Attributes:
        quiet: only the result, warnings and errors are told.
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
        line = text if text.endswith("\n") else text + "\n"
        with _writing_result() as stream:
            stream.write(line)

    def result_json(self, value: object) -> None:
        """Print a struct, or what msgspec takes, as indented JSON on stdout."""
        import msgspec

        self.result(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())

    def result_path(self, path: Path) -> None:
        """Print a path on stdout, byte for byte, whatever the terminal's encoding."""
        with _writing_result() as stream:
            stream.flush()
            stream.buffer.write(os.fsencode(path) + b"\n")
            stream.buffer.flush()

    def say(self, text: str) -> None:
        """Tell the user something on stderr, unless quiet."""
        if not self.quiet:
            click.echo(printable(text), err=True)

    def done(self, path: Path, outcome: str, *, with_path: bool = True) -> None:
        """Say that a file is made and where: its path alone on stdout for a program, a line on stderr for a person."""
        one_terminal = sys.stdout is not None and sys.stdout.isatty() and sys.stderr.isatty()
        if with_path and (self.quiet or not one_terminal):
            self.result_path(path)
        self.say(f"Done: {path} ({outcome})")

    def warn(self, text: str) -> None:
        """Tell the user on stderr what must not be missed, even if quiet."""
        self._styled("Warning: ", text, "yellow")

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


if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

# --- the progress bar: what is being spoken, how far a build has come, how long it will still take ---

_TITLES: dict[Stage, str] = {
    "narrate": "Speaking",
    "wait": "Waiting",
    "render": "Mixing",
    "verify": "Listening",
    "fetch": "Fetching",
}
_LONGEST_DETAIL = 48


@contextlib.contextmanager
def progress_bar(console: Console) -> Iterator[Progress]:
    """Give a `Progress` that draws a bar on stderr, or plain lines where stderr is no terminal.

    Nothing but warnings is shown when the console is quiet.
    """
    if console.quiet:
        yield _Warnings(console)
        return
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichBars

    terminal = Terminal(stderr=True, highlight=False)
    if not terminal.is_terminal:
        yield _PlainLines(console)
        return
    columns = (
        TextColumn("{task.description:<9}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f} %", markup=False),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[detail]}", markup=False, style="dim"),
    )
    with RichBars(*columns, console=terminal, transient=True) as bars:
        yield _Bars(bars, console)


@contextlib.contextmanager
def bar_for_each(console: Console) -> Iterator[Callable[[str], Progress]]:
    """Give what begins a new bar, and says whose: for a command that builds several things one after the other."""
    with contextlib.ExitStack() as bar:

        def begin(name: str) -> Progress:
            bar.close()
            console.say(f"{name} …")
            return bar.enter_context(progress_bar(console))

        yield begin


class _Bars:
    """One bar for each stage that has begun."""

    def __init__(self, bars: Bars, console: Console) -> None:
        self._bars = bars
        self._console = console
        self._tasks: dict[Stage, TaskID] = {}

    def __call__(self, step: Step) -> None:
        if step.stage == "warn":
            self._console.warn(step.detail)
            return
        if step.stage not in self._tasks:
            self._tasks[step.stage] = self._bars.add_task(_TITLES[step.stage], total=None, detail="")
        self._bars.update(
            self._tasks[step.stage],
            completed=step.done,
            total=step.total or None,
            detail=_shortened(step.detail),
        )


class _Warnings:
    """Nothing but warnings."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, step: Step) -> None:
        if step.stage == "warn":
            self._console.warn(step.detail)


class _PlainLines(_Warnings):
    """A line when a stage begins that has something to do: for logs, where a bar would be litter.

    A long text is spoken in two goes, first the part by which its rate is found: each has its line.
    """

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._begun: set[tuple[Stage, float]] = set()

    def __call__(self, step: Step) -> None:
        super().__call__(step)
        if step.stage == "warn":
            return
        speaking, left = step.stage == "narrate", step.total - step.done
        begun = (step.stage, step.total if speaking else 0)
        if begun in self._begun or (speaking and not left):
            return
        self._begun.add(begun)
        amount = f" {left:.0f} phrase{'s' if left > 1 else ''}" if speaking else ""
        self._console.say(f"{_TITLES[step.stage]}{amount} …")


def _shortened(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
