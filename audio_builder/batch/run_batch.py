"""The loop of a batch: tasks go out to an executor, episodes come back and are put into place, one after the other."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from audio_builder.batch.batch_plan import Batch, PlannedEpisode
from audio_builder.batch.task import Failure, Product, Task, shared_path
from audio_builder.episode.identity import Work
from audio_builder.episode.produce import adopt_episode
from audio_builder.episode.record import EpisodeRecord
from audio_builder.episode.report import BuildReport
from audio_builder.errors import AudioBuilderError, OutputError, WorkerLost, WorkersError
from audio_builder.files import folder_locked

ATTEMPTS = 2
"""How often an article is tried that ends its worker."""

_WAKE_S = 0.25
_NOBODY_S = 60.0
"""How long a batch waits for workers when all have gone."""


@dataclass(frozen=True, slots=True)
class Workers:
    """What builds the articles.

    Attributes:
        executor: runs the tasks.
        run: what it is given with each task.
        count: returns how many tasks it shall have at a time; workers may come and go.
        check: raises `WorkersError` if the executor is no longer there.
        gave_up: errors by which it says that workers died that had a task, as often as it tries. This one may have
            ended them, or another one that they had: it is tried once more when all others are done, alone.
    """

    executor: Executor
    run: Callable[[Task], Product | Failure]
    count: Callable[[], int]
    check: Callable[[], None] = lambda: None
    gave_up: tuple[type[BaseException], ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a row: a report, or why not."""

    row: PlannedEpisode
    report: BuildReport | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class _Attempt:
    row: PlannedEpisode
    task: Task
    work: Work
    number: int = 1


def run_batch(
    batch: Batch,
    rows: Iterable[PlannedEpisode],
    workers: Workers,
    on_begin: Callable[[PlannedEpisode, str], None] = lambda _row, _key: None,
) -> Iterator[Finished]:
    """Build rows, and yield each as it is finished and in place; one that fails doesn't keep others from being built.

    Args:
        batch: makes their tasks.
        rows: of its plan, to be built.
        workers: what builds them.
        on_begin: called with each row that goes out, and the key of its task.

    Raises:
        WorkersError: the workers have gone. What was finished is in place.
    """
    waiting = deque(rows)
    out: dict[Future[Product | Failure], _Attempt] = {}
    suspects: deque[_Attempt] = deque()
    seen = time.monotonic()
    while waiting or out or suspects:
        count = workers.count()
        seen = time.monotonic() if count else seen
        while waiting and len(out) < count:
            row = waiting.popleft()
            try:
                task, work = batch.task(row)
            except AudioBuilderError as error:
                yield _failed(batch, row, "", Failure.of(error))
                continue
            on_begin(row, task.key)
            out[_submit(workers, task)] = _Attempt(row, task, work)
        if suspects and not out and count:
            attempt = suspects.popleft()
            out[_submit(workers, attempt.task)] = attempt
        done = _some_done(out)
        if not done and time.monotonic() - seen > _NOBODY_S:
            raise WorkersError("all workers have gone", hint="Start workers, and run the same command again.")
        for future in done:
            attempt = out.pop(future)
            outcome = _outcome(future, workers)
            if isinstance(outcome, Product | Failure):
                yield _finished(batch, attempt, outcome)
            elif attempt.number >= ATTEMPTS:
                yield _finished(batch, attempt, _LOST)
            else:
                again = replace(attempt, number=attempt.number + 1)
                if outcome == "its worker died":
                    out[_submit(workers, again.task)] = again
                else:
                    suspects.append(again)


def _some_done(out: Collection[Future[Product | Failure]]) -> set[Future[Product | Failure]]:
    """Return what is finished; wait a moment for it, and no longer, so that Ctrl-C is heard everywhere."""
    if not out:
        time.sleep(_WAKE_S)
        return set()
    return wait(out, timeout=_WAKE_S, return_when=FIRST_COMPLETED).done


def _submit(workers: Workers, task: Task) -> Future[Product | Failure]:
    """Hand out a task.

    Raises:
        WorkersError: the executor takes none.
    """
    try:
        return workers.executor.submit(workers.run, task)
    except (RuntimeError, OSError) as error:  # it was shut down, or can't be reached
        workers.check()
        raise WorkersError(f"the workers take no more articles: {error}", hint=GO_ON) from error


def _outcome(
    future: Future[Product | Failure], workers: Workers
) -> Product | Failure | Literal["its worker died", "its workers died"]:
    """Return what a worker made of a task, or that it ended without an answer.

    Raises:
        WorkersError: the executor has gone.
    """
    try:
        return future.result()
    except workers.gave_up:
        return "its workers died"
    except (BrokenExecutor, CancelledError):
        workers.check()
        return "its worker died"
    except Exception as error:  # noqa: BLE001 - a defect costs one article, and is named with it
        workers.check()
        return Failure("AudioBuilderError", f"this should not have happened: {type(error).__name__}: {error}", "")


GO_ON = "What is finished is in place; the same command goes on with the rest."
_LOST = Failure(
    WorkerLost.__name__,
    "it ended the process that built it each time it was tried",
    "The others aren't harmed. Build it alone to see what happens: audio-builder build FILE -v",
)


def _finished(batch: Batch, attempt: _Attempt, outcome: Product | Failure) -> Finished:
    """Put an episode into its place, and note what became of it."""
    row, key = attempt.row, attempt.task.key
    if isinstance(outcome, Failure):
        return _failed(batch, row, key, outcome)
    record = msgspec.json.decode(outcome.record, type=EpisodeRecord)
    suffixes = (".mp3", *(beside.suffix for beside in record.beside)) if attempt.task.shared else ()
    left = {suffix: shared_path(attempt.task, suffix) for suffix in suffixes}
    try:
        with folder_locked(row.folder, lambda: None):
            place = batch.place(row, attempt.work)
            report = adopt_episode(record, left or outcome.sounds, place)
            folder = batch.folder(row.folder)
            folder.index.add(place.path)
        folder.journal.note_made(row.source.name, key, place.path, record.sound.sha256)
    except OutputError as error:
        return _failed(batch, row, key, Failure.of(error))
    finally:
        for path in left.values():
            path.unlink(missing_ok=True)
    return Finished(row, report=report)


def _failed(batch: Batch, row: PlannedEpisode, key: str, failure: Failure) -> Finished:
    batch.folder(row.folder).journal.note_failed(row.source.name, key, failure)
    return Finished(row, failure=failure)
