"""The worker processes that one thread of a pool has speak for it."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from pathlib import Path

from audio_builder.errors import EngineFailed, EngineTimedOut
from audio_builder.narration.workers.jobs import Deadlines, Job
from audio_builder.narration.workers.process import WorkerProcess
from audio_builder.narration.workers.protocol import Spoken, Task


class Stopped(Exception):
    """The pool is ending: start nothing more."""


class Processes:
    """The worker processes that live, so that all can be ended from another thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()
        self._live: set[WorkerProcess] = set()
        self.stopping = False

    def start(self) -> WorkerProcess:
        """Start a worker, unless all is ending: under the lock, so that `stop_all` misses none.

        Raises:
            Stopped: all is ending.
            EngineFailed: the operating system starts no process.
        """
        with self._lock:
            if self.stopping:
                raise Stopped
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="audio-builder-", ignore_cleanup_errors=True)
            worker = WorkerProcess(Path(self._folder.name))
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
            worker.kill()
        for worker in live:
            worker.stop()

    def clean(self) -> None:
        """Remove their temporary files, when all have ended."""
        if self._folder is not None:
            self._folder.cleanup()


class Slot:
    """A thread's workers, one for each engine: started when first needed, replaced when they fail.

    Two engines never share a process: Piper and the system's voice each bring an eSpeak NG, and together they crash.
    """

    def __init__(self, processes: Processes, deadlines: Deadlines) -> None:
        """Begin with none.

        Args:
            processes: where they are started.
            deadlines: when one counts as hung.
        """
        self._processes = processes
        self._deadlines = deadlines
        self._workers: dict[str, WorkerProcess] = {}
        self._begun: WorkerProcess | None = None

    def begin(self) -> None:
        """Start a worker for whatever engine is needed first. If that fails, the first phrase will tell why."""
        with contextlib.suppress(EngineFailed, Stopped):
            self._begun = self._begun or self._processes.start()

    def speak(self, job: Job, task: Task) -> Spoken:
        """Return the job's clip; if its worker crashes, hangs or fails, a new one tries once more.

        Raises:
            Stopped: the pool is ending.
            NarrationError: it failed twice, or its sound can't be the phrase.
        """
        try:
            return self._attempt(job, task)
        except (EngineFailed, EngineTimedOut):
            failed = self._workers.pop(_engine_of(job, task), None)  # none where no process could be started
            if failed is not None:
                self._processes.retire(failed)
            return self._attempt(job, task)

    def close(self) -> None:
        """End the workers."""
        if self._begun is not None:
            self._processes.retire(self._begun)
            self._begun = None
        while self._workers:
            self._processes.retire(self._workers.popitem()[1])

    def _attempt(self, job: Job, task: Task) -> Spoken:
        engine = _engine_of(job, task)
        fresh = engine not in self._workers
        if fresh:
            self._workers[engine], self._begun = self._begun or self._processes.start(), None
        return self._workers[engine].speak(job, task, self._deadlines.limit_s(job.text, fresh=fresh))


def _engine_of(job: Job, task: Task) -> str:
    return task.voices[job.voice].profile.engine
