"""Worker processes at work on the phrases of a script: one for each core, and one more try for each that fails."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from audio_builder.errors import EngineFailed, EngineTimedOut
from audio_builder.files import scratch_folder, sweep_scratch
from audio_builder.narration.workers.process import MOST_TAKES, Deadlines, Job, Spoken, WorkerProcess

MAX_WORKERS = 8
"""A neural voice takes some 500 MB in each worker: this many are 4 GB, on a machine with the cores for it."""

_WAKE_S = 0.25
"""How often the waiting thread looks up, for systems where a wait can't be interrupted by Ctrl-C."""

_Outcome = BaseException | bool
"""What the waiting thread hears of a job: False when it begins, True when its clip is kept, or its error."""


class Pool:
    """Speaks jobs with worker processes, the longest phrases first.

    A context manager: processes start with the first jobs that need them, wait between one call of `run` and the next
    with their voice loaded, and end with the block.
    """

    def __init__(self, *, workers: int | None = None, deadlines: Deadlines | None = None) -> None:
        """Make a pool; nothing is started yet.

        Args:
            workers: how many processes speak at a time; by default one for each core that this process may use.
            deadlines: when a worker counts as hung.
        """
        count = workers or min(usable_cores(), MAX_WORKERS)
        self._processes = _Processes()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        # The slot that was used last is used first: few jobs start few processes.
        self._idle: queue.LifoQueue[_Slot] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(_Slot(self._processes, deadlines or Deadlines()))

    def __enter__(self) -> Pool:
        """Return it; what a killed run left is removed, also where all is spoken already and no process starts."""
        sweep_scratch()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes; nothing of them is left."""
        self._processes.kill_all()
        self._threads.shutdown(cancel_futures=True)
        self._processes.close_all()

    def run(
        self,
        jobs: Sequence[Job],
        keep: Callable[[Job, Spoken], None],
        on_event: Callable[[Job, bool], None] = lambda _job, _finished: None,
    ) -> None:
        """Speak all jobs; each clip is kept when it is finished, also if others then fail.

        Args:
            jobs: with keys that differ.
            keep: called with each clip, from several threads at once, as soon as it is there.
            on_event: called in this thread with each job that begins, and again when it is finished.

        Raises:
            NarrationError: a phrase failed twice, or its sound can't be the phrase. No more can be run then.
            MissingExtra: the engine's packages aren't installed.
            KeyboardInterrupt: Ctrl-C; no process or thread is left when the block has ended.
        """
        events: queue.SimpleQueue[tuple[Job, _Outcome]] = queue.SimpleQueue()
        for job in sorted(jobs, key=lambda job: len(job.text), reverse=True):
            self._threads.submit(self._work, job, keep, events)
        try:
            _follow(events, len(jobs), on_event)
        except BaseException:
            self._processes.kill_all()
            raise

    def _work(
        self, job: Job, keep: Callable[[Job, Spoken], None], events: queue.SimpleQueue[tuple[Job, _Outcome]]
    ) -> None:
        """Speak and keep one job, in a thread of the pool."""
        if self._processes.ending:
            return
        slot = self._idle.get()
        events.put((job, False))
        try:
            keep(job, slot.speak(job))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            events.put((job, error))
        else:
            events.put((job, True))
        finally:
            self._idle.put(slot)


def _follow(events: queue.SimpleQueue[tuple[Job, _Outcome]], jobs: int, on_event: Callable[[Job, bool], None]) -> None:
    """Pass on events until so many jobs are finished or one has failed."""
    while jobs:
        try:
            job, outcome = events.get(timeout=_WAKE_S)
        except queue.Empty:
            continue
        if isinstance(outcome, BaseException):
            raise outcome
        jobs -= outcome
        on_event(job, outcome)


class _Slot:
    """The workers that one thread uses at a time, one for each engine: started when needed, replaced when they fail.

    Two engines never share a process: Piper and the system's voice each bring an eSpeak NG, and together they crash.
    """

    def __init__(self, processes: _Processes, deadlines: Deadlines) -> None:
        self._processes = processes
        self._deadlines = deadlines
        self._workers: dict[str, WorkerProcess] = {}

    def speak(self, job: Job) -> Spoken:
        """Return the job's clip; if its worker crashes, hangs or fails, a new one tries once more.

        Raises:
            NarrationError: it failed twice, its sound can't be the phrase, or the pool is ending.
        """
        try:
            return self._attempt(job)
        except (EngineFailed, EngineTimedOut):
            failed = self._workers.pop(job.voice.profile.engine, None)  # none where no process could be started
            if failed is not None:
                failed.close()
            return self._attempt(job)

    def _attempt(self, job: Job) -> Spoken:
        engine = job.voice.profile.engine
        fresh = engine not in self._workers
        if fresh:
            self._workers[engine] = self._processes.start()
        limit_s = self._deadlines.limit_s(job.text, fresh=fresh) * (MOST_TAKES if job.listen else 1)
        return self._workers[engine].speak(job, limit_s)


class _Processes:
    """The worker processes of a pool, so that all can be ended from another thread."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._stack = contextlib.ExitStack()
        self._lock = threading.Lock()
        self._started: list[WorkerProcess] = []
        self.ending = False

    def start(self) -> WorkerProcess:
        """Start a worker, unless all are ending: under the lock, so that `kill_all` misses none.

        Raises:
            EngineFailed: all are ending, or the operating system starts no process.
        """
        with self._lock:
            if self.ending:
                raise EngineFailed("the worker processes are ending")
            if self._folder is None:
                self._folder = self._stack.enter_context(scratch_folder())
            worker = WorkerProcess(self._folder)
            self._started.append(worker)
            return worker

    def kill_all(self) -> None:
        """Kill every worker; none is started after."""
        with self._lock:
            self.ending = True
            for worker in self._started:
                worker.kill()

    def close_all(self) -> None:
        """Wait for the end of all workers and remove their files, when no thread uses them any more."""
        for worker in self._started:
            worker.close()
        self._stack.close()


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
