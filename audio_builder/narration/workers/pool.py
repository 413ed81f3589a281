"""Several worker processes at work on the phrases of a script."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from audio_builder.narration.workers.jobs import Deadlines, Job, PoolEvent
from audio_builder.narration.workers.protocol import Spoken, Task
from audio_builder.narration.workers.slot import Processes, Slot, Stopped

MOST_WORKERS = 8
"""A neural voice takes some 500 MB in each worker: this many are 4 GB, on a machine with the cores for it."""

_WAKE_S = 0.25
"""How often the waiting thread looks up, for systems where a wait can't be interrupted by Ctrl-C."""


class Pool:
    """Runs jobs on worker processes, one thread of this process for each, the longest phrases first.

    A context manager: the processes begin with the first jobs that need them, wait between one round of jobs and the
    next with their voice loaded, and end with the block.
    """

    def __init__(self, *, workers: int | None = None, deadlines: Deadlines | None = None) -> None:
        """Make a pool; nothing is started yet.

        Args:
            workers: how many processes; by default one for each core that this process may use.
            deadlines: when a worker counts as hung.
        """
        self._processes = Processes()
        count = workers or min(_usable_cores(), MOST_WORKERS)
        self._slots = [Slot(self._processes, deadlines or Deadlines()) for _ in range(count)]

    def __enter__(self) -> Pool:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes; nothing of them is left."""
        self._processes.stop_all()
        for slot in self._slots:
            slot.close()
        self._processes.clean()

    def begin(self, count: int) -> None:
        """Start so many workers before it is known whether there is anything to speak: they import what all need.

        Those that were begun count. On two cores and more that passes beside the reading of a text; on one it would
        stand in its way, and is left.
        """
        for slot in self._slots[:count]:
            if _usable_cores() > 1:
                slot.begin()

    def run(
        self, task: Task, jobs: Sequence[Job], store: Callable[[Job, Spoken], None], tell: Callable[[PoolEvent], None]
    ) -> None:
        """Speak all jobs; each clip is stored when it is finished, also if others then fail.

        Args:
            task: what is the same for all of them.
            jobs: with keys that differ.
            store: called with each clip, from several threads at once, as soon as it is there.
            tell: called in this thread with what begins and what is finished.

        Raises:
            NarrationError: a phrase failed twice, or its sound can't be the phrase. No more can be run then.
            MissingExtra: the engine's packages aren't installed.
            KeyboardInterrupt: Ctrl-C; no process or thread is left when the block has ended.
        """
        waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in sorted(jobs, key=lambda job: len(job.text), reverse=True):
            waiting.put(job)
        slots = self._slots[: len(jobs)]
        with ThreadPoolExecutor(len(slots) or 1, thread_name_prefix="store") as keepers:
            work = _Round(task, store, waiting, keepers, queue.SimpleQueue(), self._processes)
            threads = [threading.Thread(target=work.serve, args=(slot,), daemon=True) for slot in slots]
            try:
                for thread in threads:
                    thread.start()
                work.follow(len(jobs), tell)
            except BaseException:
                self._processes.stop_all()
                raise
            finally:
                _join(threads)


@dataclass(frozen=True, slots=True)
class _Round:
    """The jobs of one run, and what its threads share.

    Attributes:
        task: of all jobs.
        store: keeps a clip.
        waiting: jobs that nobody has begun.
        keepers: threads that store what was spoken, while its worker speaks the next phrase.
        events: for the waiting thread.
        processes: which may be stopping.
    """

    task: Task
    store: Callable[[Job, Spoken], None]
    waiting: queue.SimpleQueue[Job]
    keepers: ThreadPoolExecutor
    events: queue.SimpleQueue[PoolEvent]
    processes: Processes

    def follow(self, left: int, tell: Callable[[PoolEvent], None]) -> None:
        """Pass on events until all jobs are finished or one has failed."""
        while left:
            try:
                event = self.events.get(timeout=_WAKE_S)
            except queue.Empty:
                continue
            if event.error is not None:
                raise event.error
            left -= event.finished
            tell(event)

    def serve(self, slot: Slot) -> None:
        """One thread: take jobs and have its worker speak them, until there are none or one fails."""
        storing: Future[None] | None = None
        while not self.processes.stopping:
            try:
                job = self.waiting.get_nowait()
            except queue.Empty:
                return
            self.events.put(PoolEvent(job, finished=False))
            try:
                spoken = slot.speak(job, self.task)
            except Stopped:
                return
            except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
                self.events.put(PoolEvent(job, finished=False, error=error))
                return
            if storing is not None:
                storing.result()  # a slow disk must not fill the memory with what is still to be stored
            storing = self.keepers.submit(self._keep, job, spoken)

    def _keep(self, job: Job, spoken: Spoken) -> None:
        try:
            self.store(job, spoken)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            self.events.put(PoolEvent(job, finished=False, error=error))
        else:
            self.events.put(PoolEvent(job, finished=True))


def _join(threads: Iterable[threading.Thread]) -> None:
    for thread in threads:
        if thread.ident is not None:  # it was started
            thread.join()


def _usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
