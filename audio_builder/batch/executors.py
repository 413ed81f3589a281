"""Where the workers of a batch come from: this machine, or an executor that another package publishes.

Here it is a process for each core, each with one article at a time. Each is a `ProcessPoolExecutor` of its own: when an
article ends its process, it is known which one did, and nobody else's work is lost.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import metadata
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

from audio_builder.batch.run_batch import Workers
from audio_builder.batch.task import Failure, Product, Stage, Task, close_worker, close_workers, run_task
from audio_builder.errors import WorkersError
from audio_builder.files import sweep_scratch
from audio_builder.narration.workers.pool import usable_cores

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class LocalExecutor(Executor):
    """Runs calls in processes of this machine; one that dies is replaced, and only its own call fails."""

    def __init__(self, workers: int, on_stage: Callable[[str, Stage], None]) -> None:
        """Make it; processes start with the first calls.

        Args:
            workers: how many processes.
            on_stage: called from other threads with a task's key and the stage that begins.
        """
        self._slots = [_Slot(on_stage) for _ in range(workers)]
        self._lock = threading.Lock()

    def submit(
        self, fn: Callable[_Parameters, _Result], /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> Future[_Result]:
        """Run a call in the process with the least to do.

        Its future fails with `BrokenProcessPool` if the process dies.
        """
        with self._lock:
            slot = min(self._slots, key=lambda slot: slot.pending)
            future = slot.submit(fn, *args, **kwargs)
        future.add_done_callback(lambda _future: slot.finished())
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all processes: when their calls are finished, or without `wait` at once."""
        for slot in self._slots:
            slot.shutdown(wait=wait, cancel_futures=cancel_futures)


class _Slot:
    """One process, and the line on which it says what it is doing; closing the line ends it."""

    def __init__(self, on_stage: Callable[[str, Stage], None]) -> None:
        self._on_stage = on_stage
        self.pending = 0
        self._pool: ProcessPoolExecutor | None = None
        self._line: Connection | None = None
        self._there: Connection | None = None

    def submit(
        self, fn: Callable[_Parameters, _Result], /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> Future[_Result]:
        pool = self._pool or self._start()
        try:
            future = pool.submit(fn, *args, **kwargs)
        except BrokenProcessPool:
            self.shutdown(wait=False)
            future = self._start().submit(fn, *args, **kwargs)
        if self._there is not None:  # the process has it by now
            self._there.close()
            self._there = None
        self.pending += 1
        return future

    def finished(self) -> None:
        self.pending -= 1

    def shutdown(self, *, wait: bool, cancel_futures: bool = False) -> None:
        pool, line, self._pool, self._line = self._pool, self._line, None, None
        if pool is None or line is None:
            return
        if wait:
            with contextlib.suppress(BrokenProcessPool):
                pool.submit(close_worker).result()
        # Without its line the process ends at once; waiting for that takes back what Python keeps for it.
        line.close()
        pool.shutdown(cancel_futures=cancel_futures)

    def _start(self) -> ProcessPoolExecutor:
        # A fresh interpreter: a fork would copy whatever locks other threads hold.
        context = multiprocessing.get_context("spawn")
        self._line, self._there = context.Pipe()
        pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(self._there,))
        self._pool = pool
        threading.Thread(target=self._follow, args=(self._line,), daemon=True).start()
        return pool

    def _follow(self, line: Connection) -> None:
        while said := _next_on(line):
            self._on_stage(*said)


def _next_on(line: Connection) -> tuple[str, Stage] | None:
    """Return what a process says next; None at its end, or where the line is closed here while it is read."""
    try:
        said: tuple[str, Stage] = line.recv()
    except (EOFError, OSError, TypeError):  # closed under the reader, a line has no handle left: a TypeError
        return None
    return said


_LINES: list[Connection] = []
"""In a process of the executor: its line to the process that hands out the tasks."""


def _begin(line: Connection) -> None:
    """Prepare a process: Ctrl-C is for the one that hands out the tasks, and without it there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _LINES.append(line)
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    """End this process as soon as the other end of the line is closed, by whatever ended its process."""
    with contextlib.suppress(EOFError, OSError):
        line.recv()
    os._exit(1)


def run_here(task: Task) -> Product | Failure:
    """Build a task in a process of the executor."""

    def on_stage(stage: Stage) -> None:
        for line in _LINES:
            line.send((task.key, stage))

    return run_task(task, on_stage)


ENTRY_POINT_GROUP = "audio_builder.executors"
"""Under a name stands a callable without arguments that returns a `concurrent.futures.Executor`."""


@contextlib.contextmanager
def open_local(jobs: int | None, on_stage: Callable[[str, Stage], None]) -> Iterator[Workers]:
    """Give workers on this machine; when the block is left by an error or Ctrl-C, they end at once.

    Args:
        jobs: how many articles at a time; None for one for each core.
        on_stage: called from other threads with a task's key and the stage that begins.
    """
    count = jobs or usable_cores()
    executor = LocalExecutor(count, on_stage)
    try:
        yield Workers(executor, run_here, lambda: count)
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        sweep_scratch()
        raise
    executor.shutdown()


@contextlib.contextmanager
def open_published(name: str, jobs: int | None) -> Iterator[Workers]:
    """Give workers by an executor that an installed package publishes.

    Args:
        name: of its entry point.
        jobs: how many articles at a time; None for one for each core of this machine.

    Raises:
        WorkersError: there is none of that name, or it can't be started.
    """
    points = metadata.entry_points(group=ENTRY_POINT_GROUP)
    found = points.select(name=name)
    if not found:
        known = ", ".join(sorted(points.names)) or "none"
        raise WorkersError(
            f"there is no executor called “{name}”; installed are: {known}",
            hint="Leave --executor out to build on this machine.",
        )
    try:
        executor = next(iter(found)).load()()
    except Exception as error:  # somebody else's package may raise anything
        raise WorkersError(
            f"the executor “{name}” can't be started: {error}", hint="Ask the package it is from."
        ) from error
    if not isinstance(executor, Executor):
        raise WorkersError(f"“{name}” isn't a concurrent.futures.Executor", hint="Ask the package it is from.")
    count = jobs or usable_cores()
    with executor:
        yield Workers(executor, run_task, lambda: count)
    close_workers()  # where it runs its tasks in threads of this process
