"""Episodes in the making: one after the other, in a thread; what waits is kept in a file and goes on after a stop."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from audio_builder.episode.record import record_path
from audio_builder.errors import AudioBuilderError, Interrupted, OutputError
from audio_builder.files import DRAFT_SUFFIX, decode_json, output_errors, write_bytes
from audio_builder.pipeline import build
from audio_builder.progress import Step
from audio_builder.studio.project import Project

QUEUE = ".audio-builder-queue.json"
EARLIER = "earlier"
"""Folder of a project with the version before of each episode."""

State = Literal["waiting", "running", "done", "failed", "stopped"]

_KEPT = 30

_WEIGHTS = {"narrate": 0.5, "render": 0.4, "verify": 0.1}
"""The usual share of each stage in the time of a build."""


class BuildJob(Struct, kw_only=True):
    """An episode that was asked for.

    Attributes:
        project: name of its folder.
        state: what has become of it.
        stage: of the build, while it runs.
        share: of that stage, 0 to 1.
        left_s: seconds until it will be done; None where that isn't known yet.
        path: of the episode, when it is done.
        problem: what went wrong, in words.
        hint: what to do about it.
    """

    project: str
    state: State = "waiting"
    stage: str = ""
    share: float = 0.0
    left_s: float | None = None
    path: str = ""
    problem: str = ""
    hint: str = ""


class BuildQueue:
    """Builds projects one by one."""

    def __init__(
        self,
        folder: Path,
        find: Callable[[str], Project | None],
        text_factors: Callable[[str], dict[str, float]],
    ) -> None:
        """Go on with what an earlier run left.

        Args:
            folder: where the list of what waits is kept.
            find: gives a project by its name.
            text_factors: what the page's own sound was spoken at, by a project's name.
        """
        self._file = folder / QUEUE
        self._find = find
        self._text_factors = text_factors
        self._jobs: list[BuildJob] = [BuildJob(project=name) for name in self._kept() if find(name)]
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping: str = ""
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="builds", daemon=True)
        self._thread.start()
        self._wake.set()

    def jobs(self) -> list[BuildJob]:
        """Return all of them, the oldest first."""
        with self._lock:
            return [msgspec.structs.replace(job) for job in self._jobs]

    def add(self, project: str) -> None:
        """Have an episode made, unless it waits already.

        Raises:
            OutputError: the list can't be written.
        """
        with self._lock:
            if not any(job.project == project and job.state in {"waiting", "running"} for job in self._jobs):
                self._jobs = [*self._jobs, BuildJob(project=project)][-_KEPT:]
            self._keep()
        self._wake.set()

    def stop(self, project: str) -> None:
        """Make an episode no further; what was spoken of it stays in the cache."""
        with self._lock:
            for job in self._jobs:
                if job.project == project and job.state == "waiting":
                    job.state = "stopped"
                elif job.project == project and job.state == "running":
                    self._stopping = project
            self._keep()

    def close(self) -> None:
        """End the thread; what runs is begun again by the next run."""
        self._ended = True
        self._wake.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._ended:
            self._wake.wait()
            self._wake.clear()
            while not self._ended and (job := self._next()):
                self._make(job)

    def _next(self) -> BuildJob | None:
        with self._lock:
            return next((job for job in self._jobs if job.state == "waiting"), None)

    def _make(self, job: BuildJob) -> None:
        job.state, self._stopping = "running", ""
        clock = _TimeLeft()

        def on_progress(step: Step) -> None:
            if self._ended or self._stopping == job.project:
                raise Interrupted("stopped")
            job.stage, job.share, job.left_s = step.stage, *clock.after(step)

        try:
            project = self._project(job.project)
            before = _linked(project)
            report = build(
                project.opened().script,
                project.recipe(),
                project.show,
                progress=on_progress,
                text_factors=self._text_factors(job.project) or None,
            )
            _keep_before(project, before, Path(report.path))
            job.path, job.state = report.path, "done"
        except Interrupted:
            job.state = "waiting" if self._ended else "stopped"
        except AudioBuilderError as error:
            job.state, job.problem, job.hint = "failed", error.message, error.hint
        except Exception as error:  # noqa: BLE001 - one build that fails must not end the others
            job.state, job.problem = "failed", f"{type(error).__name__}: {error}"
        with self._lock:
            self._keep()

    def _project(self, name: str) -> Project:
        found = self._find(name)
        if found is None:
            raise OutputError(f"there is no project {name} any more")
        return found

    def _kept(self) -> list[str]:
        try:
            return decode_json(self._file.read_bytes(), list[str])
        except (OSError, ValueError):
            return []

    def _keep(self) -> None:
        waiting = [job.project for job in self._jobs if job.state in {"waiting", "running"}]
        if waiting or self._file.exists():
            try:
                write_bytes(self._file, msgspec.json.encode(waiting))
            except OutputError:
                return  # then only the next run doesn't know of it


def _linked(project: Project) -> dict[str, Path]:
    """Give each episode of a project and its record a second name, under which the next version can't reach them."""
    folder = project.folder / EARLIER
    linked: dict[str, Path] = {}
    for path in project.episodes():
        for one in (path, record_path(path)):
            if one.is_file():
                linked[one.name] = _second_name(one, folder / f".{one.name}{DRAFT_SUFFIX}")
    return linked


def _second_name(path: Path, other: Path) -> Path:
    with output_errors(other):
        other.parent.mkdir(exist_ok=True)
        other.unlink(missing_ok=True)
        try:
            os.link(path, other)
        except OSError:  # no hard links here: a copy does as well
            shutil.copyfile(path, other)
    return other


def _keep_before(project: Project, linked: dict[str, Path], built: Path) -> None:
    """Keep what was there before an episode was built, under its name in the folder `earlier`; forget the rest."""
    for name, other in linked.items():
        if name in {built.name, record_path(built).name}:
            other.replace(project.folder / EARLIER / name)
        else:
            other.unlink(missing_ok=True)


class _TimeLeft:
    """Says how long a build still takes: from the pace of the stage, and the usual weight of those that follow."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def after(self, step: Step) -> tuple[float, float | None]:
        """Return the share of all that is done, 0 to 1, and the seconds that are left, None where that isn't known."""
        before = 0.0
        for stage, weight in _WEIGHTS.items():
            if stage == step.stage:
                share = before + weight * (step.done / step.total if step.total else 0.0)
                gone_s = time.monotonic() - self._began
                return share, gone_s * (1 - share) / share if share > 0.02 else None
            before += weight
        return 0.0, None
