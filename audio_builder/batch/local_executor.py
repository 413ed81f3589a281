"""Articles built on this machine: a process for each core, each with one article at a time.

Each process is a `ProcessPoolExecutor` of its own: when an article ends its process, it is known which one did, and
nobody else's work is lost.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

from audio_builder.batch.task import Failure, Product, Stage, Task, close_worker, run_task

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
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._on_stage(*line.recv())


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
