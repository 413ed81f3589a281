"""The progress bar: what is being spoken, how far a build has come, how long it will still take."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from audio_builder.cli.console import Console, printable
from audio_builder.progress import Progress, Stage, Step

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

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
