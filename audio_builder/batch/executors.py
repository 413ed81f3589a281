"""Where the workers of a batch come from: this machine, or an executor that another package publishes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from importlib import metadata

from audio_builder.batch.local_executor import LocalExecutor, run_here
from audio_builder.batch.run_batch import Workers
from audio_builder.batch.task import Stage, close_workers, run_task
from audio_builder.errors import WorkersError
from audio_builder.narration.workers.pool import usable_cores

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
