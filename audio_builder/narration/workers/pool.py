"""Several worker processes at work on the phrases of one script."""

from __future__ import annotations

import contextlib
import os
import queue
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audio_builder.errors import EngineFailed, EngineTimedOut
from audio_builder.narration.workers.process import WorkerProcess
from audio_builder.narration.workers.protocol import Spoken, Task

MOST_WORKERS = 8
"""A neural voice takes some 500 MB in each worker: this many are 4 GB, on a machine with the cores for it."""

_WAKE_S = 0.25
"""How often the waiting thread looks up, for systems where a wait can't be interrupted by Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a worker may take for a phrase before it counts as hung.

    Attributes:
        start_s: added for a new process, which has to start and load its model.
        base_s: for every phrase.
        per_character_s: on top, for each character; a slow computer needs 0.1 s with a large voice.
    """

    start_s: float = 60.0
    base_s: float = 20.0
    per_character_s: float = 0.5

    def limit_s(self, text: str, *, fresh: bool) -> float:
        """Return the seconds that a phrase may take, in a `fresh` process or in one that has spoken."""
        return (self.start_s if fresh else 0.0) + self.base_s + self.per_character_s * len(text)


@dataclass(frozen=True, slots=True)
class Job:
    """A phrase to speak.

    Attributes:
        key: its content address.
        text: as the engine gets it.
        voice: place of its voice among the task's.
    """

    key: str
    text: str
    voice: int = 0


@dataclass(frozen=True, slots=True)
class PoolEvent:
    """What the waiting thread is told.

    Attributes:
        job: which phrase.
        finished: False when it was begun, True when its clip is stored.
        error: what went wrong, or None.
    """

    job: Job
    finished: bool
    error: BaseException | None = None


class _Stopped(Exception):
    """The pool is ending: start nothing more."""


class _Processes:
    """The worker processes that live, so that all can be ended from another thread."""

    def __init__(self, task: Task, folder: Path) -> None:
        self._task = task
        self._folder = folder
        self._lock = threading.Lock()
        self._live: set[WorkerProcess] = set()
        self.stopping = False

    def start(self) -> WorkerProcess:
        """Start a worker, unless all is ending: under the lock, so that `stop_all` misses none."""
        with self._lock:
            if self.stopping:
                raise _Stopped
            worker = WorkerProcess(self._task, self._folder)
            self._live.add(worker)
            return worker

    def retire(self, worker: WorkerProcess) -> None:
        """End a worker that its thread no longer needs."""
        with self._lock:
            self._live.discard(worker)
        worker.close()

    def stop_all(self) -> None:
        """End every worker; none is started after."""
        with self._lock:
            self.stopping = True
            live = list(self._live)
        for worker in live:
            worker.stop()


class _Slot:
    """A thread's workers, one for each engine: started when first needed, replaced when they fail.

    Two engines never share a process: Piper and the system's voice each bring an eSpeak NG, and together they crash.
    """

    def __init__(self, processes: _Processes, deadlines: Deadlines, engines: tuple[str, ...]) -> None:
        self._processes = processes
        self._deadlines = deadlines
        self._engines = engines
        self._workers: dict[str, WorkerProcess] = {}

    def speak(self, job: Job) -> Spoken:
        """Return the job's clip; if its worker crashes, hangs or fails, a new one tries once more."""
        try:
            return self._attempt(job)
        except (EngineFailed, EngineTimedOut):
            failed = self._workers.pop(self._engines[job.voice], None)  # none where no process could be started
            if failed is not None:
                self._processes.retire(failed)
            return self._attempt(job)

    def close(self) -> None:
        """End the workers."""
        while self._workers:
            self._processes.retire(self._workers.popitem()[1])

    def _attempt(self, job: Job) -> Spoken:
        engine = self._engines[job.voice]
        fresh = engine not in self._workers
        if fresh:
            self._workers[engine] = self._processes.start()
        return self._workers[engine].speak(job.text, self._deadlines.limit_s(job.text, fresh=fresh), job.voice)


class Pool:
    """Runs jobs on worker processes, one thread of this process for each, the longest phrases first."""

    def __init__(
        self,
        task: Task,
        store: Callable[[Job, Spoken], None],
        *,
        workers: int | None = None,
        deadlines: Deadlines | None = None,
    ) -> None:
        """Make a pool; nothing is started yet.

        Args:
            task: what is the same for all phrases.
            store: called with each clip, from several threads at once, as soon as it is there.
            workers: how many processes; by default one for each core that this process may use.
            deadlines: when a worker counts as hung.
        """
        self._task = task
        self._engines = tuple(voice.profile.engine for voice in task.voices)
        self._store = store
        self._workers = workers or min(_usable_cores(), MOST_WORKERS)
        self._deadlines = deadlines or Deadlines()
        self._events: queue.SimpleQueue[PoolEvent] = queue.SimpleQueue()

    def run(self, jobs: Sequence[Job], tell: Callable[[PoolEvent], None]) -> None:
        """Speak all jobs; each clip is stored when it is finished, also if others then fail.

        Args:
            jobs: with keys that differ.
            tell: called in this thread with what begins and what is finished.

        Raises:
            NarrationError: a phrase failed twice, or its sound can't be the phrase.
            MissingExtra: the engine's packages aren't installed.
            KeyboardInterrupt: Ctrl-C; no process or thread is left.
        """
        waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in sorted(jobs, key=lambda job: len(job.text), reverse=True):
            waiting.put(job)
        with tempfile.TemporaryDirectory(prefix="audio-builder-", ignore_cleanup_errors=True) as folder:
            processes = _Processes(self._task, Path(folder))
            threads = [
                threading.Thread(target=self._serve, args=(waiting, processes), daemon=True)
                for _ in range(min(self._workers, len(jobs)))
            ]
            try:
                for thread in threads:
                    thread.start()
                self._follow(len(jobs), tell)
            finally:
                processes.stop_all()
                for thread in threads:
                    if thread.ident is not None:
                        thread.join()

    def _follow(self, left: int, tell: Callable[[PoolEvent], None]) -> None:
        """Pass on events until all jobs are finished or one has failed."""
        while left:
            try:
                event = self._events.get(timeout=_WAKE_S)
            except queue.Empty:
                continue
            if event.error is not None:
                raise event.error
            left -= event.finished
            tell(event)

    def _serve(self, waiting: queue.SimpleQueue[Job], processes: _Processes) -> None:
        """One thread: take jobs and have its worker speak them, until there are none or one fails."""
        with contextlib.closing(_Slot(processes, self._deadlines, self._engines)) as slot:
            while not processes.stopping:
                try:
                    job = waiting.get_nowait()
                except queue.Empty:
                    return
                self._events.put(PoolEvent(job, finished=False))
                try:
                    self._store(job, slot.speak(job))
                except _Stopped:
                    return
                except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
                    self._events.put(PoolEvent(job, finished=False, error=error))
                    return
                self._events.put(PoolEvent(job, finished=True))


def _usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
