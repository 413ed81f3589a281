"""Articles for the tests of batches, and a Dask cluster of processes on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

POISON_FILE = ROOT / "tests" / "support" / "poison.py"


SHORT_RECIPE = """voice = "tone"
[pacing]
wpm = 240
opening_s = 0
title_s = 0.5
paragraph_s = 0.5
question_s = 0.5
closing_s = 0
[soundscape]
background = "none"
[mastering]
channels = 1
"""
"""Episodes of a few seconds, for tests of many."""


def put_articles(folder: Path, count: int, *, poison: Collection[int] = ()) -> Path:
    """Write so many short articles, those of some numbers poison, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "audio-builder.toml").write_text(SHORT_RECIPE, encoding="utf-8")
    for number in range(count):
        title = f"Poison {number}" if number in poison else f"Walk {number}"
        words = f"The boat of day {number} lay still.\n\nWhat would you ask of it?\n\nLet it come.\n"
        (folder / f"{number:03}.md").write_text(f"# {title}\n\n{words}", encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    def kill_one_worker(self) -> None:
        """Kill the process under one nanny, which starts another."""
        import psutil

        for child in psutil.Process(self.workers[0].pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # one that its article has just ended
                if "spawn_main" in " ".join(child.cmdline()) or "forkserver" in " ".join(child.cmdline()):
                    child.kill()


@contextmanager
def cluster(folder: Path, *, workers: int = 2, environment: dict[str, str] | None = None) -> Iterator[Cluster]:
    """Start a scheduler and workers as processes of their own, on loopback; a task may end two workers."""
    folder.mkdir(parents=True, exist_ok=True)
    scheduler_file = folder / "scheduler.json"
    variables = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        **(environment or {}),
    }
    common = ["--scheduler-file", str(scheduler_file), "--no-dashboard"]
    log = (folder / "log").open("wb")

    def start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *common, *arguments]
        return subprocess.Popen(command, env=variables, stdout=log, stderr=log, cwd=folder)

    with ExitStack() as stack:
        stack.callback(log.close)
        scheduler = start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        stack.callback(_end, scheduler)
        address = _address(scheduler_file)
        worker_arguments = ["--host", "127.0.0.1", "--nthreads", "1", "--memory-limit", "0"]
        worker_arguments += ["--local-directory", str(folder), "--preload", str(POISON_FILE)]
        started = [start("dask_worker", *worker_arguments) for _ in range(workers)]
        for worker in started:
            stack.callback(_end, worker)
        yield Cluster(address, scheduler, started)


def _address(file: Path) -> str:
    for _ in range(600):
        if file.is_file() and (content := file.read_text()):
            return str(json.loads(content)["address"])
        time.sleep(0.1)
    raise AssertionError("the scheduler didn't start")


def _end(process: subprocess.Popen[bytes]) -> None:
    import psutil

    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in children:
        if child.is_running():
            child.kill()
