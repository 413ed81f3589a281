"""Articles built on a Dask cluster that exists: its client gives a `concurrent.futures.Executor`.

Nothing of a cluster is started here; docs/batch.md says how others do that. `distributed` is imported only here.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from audio_builder.batch.run_batch import GO_ON, Workers
from audio_builder.batch.task import Failure, Product, Stage, Task, close_workers, run_task
from audio_builder.errors import AudioBuilderError, ClusterError
from audio_builder.preflight import versions_of
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.voice_files import locate_files

if TYPE_CHECKING:
    from distributed import Client

_TIMEOUT_S = 30.0
"""How long the scheduler is waited for."""

FIRST_WORKER_S = 180.0
"""How long a worker is waited for where there is none yet: queues of clusters take their time."""

_TOPIC = "audio-builder"


class Abilities(Struct, frozen=True, kw_only=True):
    """What a worker can do.

    Attributes:
        versions: of what makes the sound, by voice.
        missing: why a voice can't speak there, by voice.
    """

    versions: dict[str, dict[str, str]]
    missing: dict[str, str]


def abilities(voices: Sequence[str]) -> Abilities:
    """Return what this machine can do with some voices; called on each worker, and here."""
    versions: dict[str, dict[str, str]] = {}
    missing: dict[str, str] = {}
    for name in voices:
        try:
            profile = find_voice(name)
            files = {file.role: file.sha256 for file in profile.files}
            locate_files(profile)
            versions[name] = {**versions_of(profile), **files}
        except AudioBuilderError as error:
            missing[name] = error.message
    return Abilities(versions=versions, missing=missing)


@contextlib.contextmanager
def open_cluster(
    address: str,
    voices: Sequence[str],
    on_stage: Callable[[str, Stage], None],
    on_warning: Callable[[str], None],
) -> Iterator[Workers]:
    """Give the workers of a cluster, each of which has the voices in the same versions as this machine.

    Args:
        address: of its scheduler, such as `tcp://192.0.2.7:8786`.
        voices: names of all that the batch needs.
        on_stage: called from another thread with a task's key and the stage that begins.
        on_warning: called with what a person should know of the cluster.

    Raises:
        ClusterError: `distributed` isn't installed, the scheduler doesn't answer, there is no worker, or one can't
            build this.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise ClusterError(
            "--cluster needs the package distributed, which isn't installed",
            hint='Install it with: pip install "audio-builder[cluster]"',
        ) from error
    try:
        client = Client(address, timeout=_TIMEOUT_S, set_as_default=False, name="audio-builder")
    except (OSError, ValueError, RuntimeError) as error:
        raise ClusterError(
            f"the scheduler at {address} doesn't answer: {error}",
            hint="Check the address, such as tcp://192.0.2.7:8786, and that a scheduler runs there.",
        ) from error
    # It would write of each worker that dies into the middle of our table.
    logging.getLogger("distributed.client").setLevel(logging.ERROR)
    with contextlib.closing(client):
        if not client.nthreads():
            on_warning("Waiting for the first worker of the cluster …")
        _check_workers(client, address, voices)
        _warn_of_retries(client, on_warning)
        client.subscribe_topic(_TOPIC, lambda event: on_stage(*event[1]))
        yield Workers(
            executor=client.get_executor(pure=False),
            run=run_on_worker,
            count=lambda: _places(client, address),
            check=lambda: _check_scheduler(client, address),
            gave_up=(KilledWorker,),
        )
        client.run(close_workers)


def run_on_worker(task: Task) -> Product | Failure:
    """Build a task in a worker of the cluster."""
    from distributed import get_worker

    worker = get_worker()

    def on_stage(stage: Stage) -> None:
        worker.log_event(_TOPIC, (task.key, stage))

    return run_task(task, on_stage)


def _check_workers(client: Client, address: str, voices: Sequence[str]) -> None:
    """Compare each worker with this machine before the first task.

    Raises:
        ClusterError: names the worker, and what it lacks.
    """
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER_S)
    except TimeoutError as error:
        raise ClusterError(
            f"the scheduler at {address} has no worker", hint=f"Start one: dask worker {address} --nthreads 1"
        ) from error
    try:
        client.get_versions(check=True)
        found: Mapping[str, Abilities] = client.run(abilities, tuple(voices))
    except Exception as error:
        raise ClusterError(
            f"the workers at {address} can't be asked what they have: {type(error).__name__}: {error}",
            hint="Install the same versions of Python, audio-builder and distributed on all machines.",
        ) from error
    here = abilities(voices)
    for worker, there in found.items():
        for voice, problem in there.missing.items():
            raise ClusterError(f"the worker {worker} can't speak “{voice}”: {problem}", hint=_on_worker(voice))
        for voice, versions in there.versions.items():
            own = here.versions.get(voice, {})
            other = [
                f"{name} {versions.get(name)} instead of {own[name]}" for name in own if versions.get(name) != own[name]
            ]
            if other:
                raise ClusterError(
                    f"the worker {worker} would speak “{voice}” otherwise than this machine: it has {', '.join(other)}",
                    hint="Install the same versions on all machines.",
                )


def _on_worker(voice: str) -> str:
    return f"On that machine: audio-builder voices install {voice}"


def _warn_of_retries(client: Client, on_warning: Callable[[str], None]) -> None:
    """Say how often this scheduler lets an article end its workers, if that is more than twice."""
    tried = int(client.run_on_scheduler(_allowed_failures)) + 1
    if tried > 2:
        on_warning(
            f"The scheduler lets an article end {tried} workers before it gives up on it. "
            "Start it with DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=1 for two."
        )


def _allowed_failures(dask_scheduler: object) -> int:
    return int(getattr(dask_scheduler, "allowed_failures", 1))


def _places(client: Client, address: str) -> int:
    """Return how many tasks the cluster shall have: one for each thread, and some to follow at once.

    Raises:
        ClusterError: the scheduler has gone.
    """
    _check_scheduler(client, address)
    try:
        threads = sum(client.nthreads().values())
    except (OSError, RuntimeError) as error:
        raise _gone(address) from error
    return threads + threads // 4 + 1 if threads else 0


def _check_scheduler(client: Client, address: str) -> None:
    """Make sure that the scheduler is there.

    Raises:
        ClusterError: it has gone.
    """
    if client.status != "running":
        raise _gone(address)


def _gone(address: str) -> ClusterError:
    return ClusterError(f"the scheduler at {address} has gone", hint=GO_ON)
