"""What a batch shows: its plan as a table, and while it runs what waits, what is at work, and what is done."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from audio_builder.cli.console import Console, printable
from audio_builder.script.estimate import clock

if TYPE_CHECKING:
    from rich.console import Console as Terminal
    from rich.table import Table

    from audio_builder.batch.batch_plan import Batch, PlannedEpisode
    from audio_builder.batch.run_batch import Finished, Workers
    from audio_builder.batch.task import Failure, Stage

SCHEMA_VERSION = 1
"""Of the lines of `--json`; raised when a field is renamed, removed or changes its meaning."""

_MOST_ROWS = 200
"""Of a plan that are shown; a longer one is summed up."""

_MOST_AT_WORK = 12
_FEW = 3
_GAP = 2
"""Between two columns."""

_STAGE_WIDTH = 14
"""Of “speaking 12:34” and the time left."""
_STATES = {"new": "new", "new version": "new version", "unchanged": "unchanged", "failed": "can't be built"}


def show_plan(rows: Sequence[PlannedEpisode], console: Console) -> None:
    """Show what each text will become."""
    if not console.quiet:
        terminal = _terminal()
        terminal.print(_plan_table(rows[:_MOST_ROWS], terminal.width))
        if len(rows) > _MOST_ROWS:
            console.say(f"… and {len(rows) - _MOST_ROWS:,} more")


def show_warnings(rows: Sequence[PlannedEpisode], console: Console) -> None:
    """Say what a person should know of what is planned before it begins: the same of several in one line."""
    said: dict[tuple[str, bool], list[str]] = {}
    for row in rows:
        for line in (*row.warnings, *row.notes):
            said.setdefault((line, line in row.warnings), []).append(row.source.name)
    for (line, is_warning), names in said.items():
        (console.warn if is_warning else console.say)(f"{_listed(names)}: {line}")
    for row in rows:
        if row.failure:
            console.warn(f"{row.source.name} can't be built: {row.failure.message}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _FEW else f"{names[0]} and {len(names) - 1:,} more"


def _plan_table(rows: Sequence[PlannedEpisode], width: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    columns: dict[str, list[Text]] = {name: [] for name in ("title", "words", "length", "voice", "lang", "episode", "")}
    for row in rows:
        failed = row.failure is not None
        fits = not any("the words are in" in warning for warning in row.warnings)
        cells = (
            Text(printable(row.title or row.source.name)),
            Text("" if failed else f"{row.words:,}"),
            Text("" if failed else clock(row.expected_s)),
            Text(", ".join(row.voices)),
            Text(row.language, style="" if fits else "bold red"),
            Text(row.path.stem if row.path else ""),
            Text(_STATES[row.state], style="red" if failed else "dim" if row.state == "unchanged" else "green"),
        )
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    # On a narrow terminal the names are cut, and no figure is.
    room = width - sum(
        _GAP + max(len(name), *(cell.cell_len for cell in column))
        for name, column in columns.items()
        if name not in {"title", "episode"}
    )
    for name in columns:
        most = max(8, room // 2 - _GAP) if name in {"title", "episode"} else None
        align: Literal["left", "right"] = "right" if name in {"words", "length"} else "left"
        table.add_column(name, justify=align, no_wrap=True, overflow="ellipsis", max_width=most)
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*cells)
    return table


def summed_up(rows: Sequence[PlannedEpisode]) -> str:
    """Return how much there is to do, in one line."""
    to_make = [row for row in rows if row.state in {"new", "new version"}]
    unchanged = sum(row.state == "unchanged" for row in rows)
    failed = sum(row.state == "failed" for row in rows)
    sound = f", about {clock(sum(row.expected_s for row in to_make))} of sound" if to_make else ""
    parts = [f"{len(to_make):,} to make{sound}"]
    parts += [f"{unchanged:,} there unchanged"] if unchanged else []
    parts += [f"{failed:,} can't be built"] if failed else []
    return "; ".join(parts) + "."


def _terminal() -> Terminal:
    from rich.console import Console as Terminal

    return Terminal(stderr=True, highlight=False)


@dataclass(slots=True)
class _Work:
    """A row that a worker has."""

    row: PlannedEpisode
    stage: str = "waiting"
    since: float = field(default_factory=time.monotonic)


class BatchView:
    """Shows a batch on stderr, and its results on stdout: paths, or lines of JSON."""

    def __init__(self, console: Console, *, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json
        self._terminal = _terminal()
        self._live = self._terminal.is_terminal and not console.quiet
        # On one terminal, paths would tear the table apart: they come after it.
        self._later: list[Path] = []
        self._work: dict[str, _Work] = {}
        self._counts = {"made": 0, "failed": 0}
        self._letters = self._letters_done = self._rows = 0
        self._began = time.monotonic()

    def planning(self, rows: Iterable[PlannedEpisode], count: int) -> Iterator[PlannedEpisode]:
        """Yield rows, and show how far planning has come."""
        status = self._terminal.status("Reading …") if self._live else contextlib.nullcontext()
        with status as shown:
            for number, row in enumerate(rows, start=1):
                if shown is not None:
                    shown.update(f"Reading {number:,} of {count:,} …")
                self._print_json(
                    "planned",
                    source=row.source.name,
                    state=row.state,
                    title=row.title,
                    words=row.words,
                    expected_s=round(row.expected_s, 1),
                    voices=row.voices,
                    language=row.language,
                    episode=str(row.path or ""),
                    notes=(*row.warnings, *row.notes),
                )
                if row.failure:
                    self._print_json("failed", source=row.source.name, **_as_fields(row.failure))
                yield row

    @contextlib.contextmanager
    def running(self, rows: Sequence[PlannedEpisode]) -> Iterator[Callable[[str, Stage], None]]:
        """Show the batch while it runs; give what is called with a task's key and its stage."""
        to_make = [row for row in rows if row.state in {"new", "new version"}]
        self._letters, self._rows, self._began = sum(row.letters for row in to_make), len(to_make), time.monotonic()
        if not self._live:
            yield self._on_stage
            return
        from rich.live import Live

        try:
            with Live(
                console=self._terminal, get_renderable=self._picture, refresh_per_second=4, transient=True,
                redirect_stdout=False, redirect_stderr=False,
            ):  # fmt: skip
                yield self._on_stage
        finally:  # what was made before somebody stopped it is there
            for path in self._later:
                self._console.result_path(path)

    def follow(self, batch: Batch, rows: Sequence[PlannedEpisode], workers: Workers) -> list[Finished]:
        """Build rows, and show each that is finished; return what became of them, without the reports of those made.

        Raises:
            WorkersError: the workers have gone.
        """
        from dataclasses import replace

        from audio_builder.batch.run_batch import run_batch

        self._began = time.monotonic()
        finished: list[Finished] = []
        keys: dict[str, str] = {}

        def on_begin(row: PlannedEpisode, key: str) -> None:
            keys[row.source.name] = key
            self._work[key] = _Work(row)

        for one in run_batch(batch, rows, workers, on_begin):
            self._work.pop(keys.pop(one.row.source.name, ""), None)
            self._letters_done += one.row.letters
            self._counts["failed" if one.failure else "made"] += 1
            self._show_finished(one)
            # A report has every chapter: thousands of them would fill the memory.
            finished.append(replace(one, report=None))
        return finished

    def end(self, rows: Sequence[PlannedEpisode], finished: Sequence[Finished]) -> None:
        """Name what failed, and say what is there."""
        failed = [(row, row.failure) for row in rows] + [(one.row, one.failure) for one in finished]
        unbuilt = 0
        for row, failure in failed:
            if failure:
                unbuilt += 1
                self._console.error(f"{row.source.name}: {failure.message}", hint=failure.hint)
        unchanged = sum(row.state == "unchanged" for row in rows)
        made = self._counts["made"]
        self._print_json("end", made=made, unchanged=unchanged, failed=unbuilt)
        said = f"{made:,} made" + (f", {unchanged:,} there unchanged" if unchanged else "")
        if unbuilt:
            hint = "The same command tries again what is missing."
            self._console.error(f"of {len(rows):,}, {unbuilt:,} could not be made ({said})", hint=hint)
        else:
            self._console.say(f"{said}, in {clock(time.monotonic() - self._began)}.")

    def _on_stage(self, key: str, stage: Stage) -> None:
        if work := self._work.get(key):
            work.stage = stage

    def _show_finished(self, one: Finished) -> None:
        name = one.row.source.name
        if one.failure:
            self._print_json("failed", source=name, **_as_fields(one.failure))
            return
        if one.report is None:
            return
        path = Path(one.report.path)
        self._print_json("made", source=name, report=msgspec.json.decode(one.report.as_json()))
        if not self._as_json:
            if self._live and sys.stdout.isatty():
                self._later.append(path)
            else:
                self._console.result_path(path)
        if not self._live:
            done = sum(self._counts.values())
            left = f"; about {clock(self._left_s)} left" if done < self._rows else ""
            self._console.say(f"{done:,} of {self._rows:,}: {one.report.title}{left}")

    @property
    def _left_s(self) -> float:
        """Seconds that the rest will take, if a letter takes as long as those so far."""
        elapsed_s = time.monotonic() - self._began
        return elapsed_s * (self._letters - self._letters_done) / max(1, self._letters_done)

    def _picture(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, overflow="ellipsis", max_width=self._terminal.width - _GAP - _STAGE_WIDTH)
        table.add_column(no_wrap=True)
        work = list(self._work.values())
        for one in [one for one in work if one.stage != "waiting"][:_MOST_AT_WORK]:
            table.add_row(Text(printable(one.row.title)), Text(f"{one.stage} {clock(time.monotonic() - one.since)}"))
        stages = [one.stage for one in work]
        done = sum(self._counts.values())
        waiting = self._rows - done - len(work) + stages.count("waiting")
        counts = f"waiting {waiting:,} · speaking {stages.count('speaking')} · mixing {stages.count('mixing')}"
        counts += f" · done {self._counts['made']:,} · failed {self._counts['failed']:,}"
        table.add_row(Text(counts), Text(f"{clock(self._left_s)} left" if self._letters_done else ""))
        return table

    def _print_json(self, event: str, **fields: Any) -> None:
        if self._as_json:
            content = {"schema_version": SCHEMA_VERSION, "event": event, **fields}
            self._console.result(msgspec.json.encode(content).decode())


def _as_fields(failure: Failure) -> dict[str, Any]:
    exit_code = failure.as_error().exit_code
    return {"error": failure.error, "message": failure.message, "hint": failure.hint, "exit_code": exit_code}
