"""One process, timed and weighed as a whole: start-up, its children and all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_LOOK_EVERY_S = 0.25

_WORTH_WEIGHING = 1.01
"""How much larger than before a tree must be to be weighed again: weighing 400 times took nearly 10 s of a core."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took.

    Attributes:
        wall_s: from its start to its end.
        cpu_s: user and system time, of its children too.
        peak_mb: highest memory of the whole process tree at one moment (proportional set size, looked at four times a
            second); 0 where the system doesn't report it.
        stages: seconds of each stage, where the process printed a build's report as JSON.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    stages: Mapping[str, float] = field(default_factory=dict)


def run(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path | None = None) -> Run:
    """Run a command to its end.

    Args:
        command: the program and its arguments.
        environment: variables on top of this process's own.
        folder: where it runs; None for the current one.

    Raises:
        subprocess.CalledProcessError: it failed; with what it wrote to stderr.
    """
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complained:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=complained,
        )
        scales = _Scales(process.pid)
        scales.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        scales.ended.set()
        scales.join()
        if process.returncode:
            complained.seek(0)
            stderr = complained.read().decode(errors="replace")
            raise subprocess.CalledProcessError(process.returncode, command, stderr=stderr)
        printed.seek(0)
        stages = _stages(printed.read())
    return Run(wall_s, usage.ru_utime + usage.ru_stime, scales.peak_kb / 1024, stages)


def _stages(printed: bytes) -> dict[str, float]:
    """Return the seconds of each stage of a build's report; nothing for what is no such report."""
    if not printed.startswith(b"{"):
        return {}
    return {stage["stage"]: stage["seconds"] for stage in json.loads(printed).get("stages", ())}


class _Scales(threading.Thread):
    """Looks at the memory of a process and its descendants until `ended` is set."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak_kb, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        # The kernel walks through all pages of a process to find its share of common memory, and the process waits.
        # So the tree is weighed only when its sizes, which cost nothing to read, sum to more than they did.
        most_pages = 0.0
        while sys.platform == "linux" and not self.ended.wait(_LOOK_EVERY_S):
            tree = _tree(self.pid)
            pages = sum(map(_resident_pages, tree))
            if pages > most_pages * _WORTH_WEIGHING:
                most_pages = pages
                self.peak_kb = max(self.peak_kb, sum(map(_kilobytes, tree)))


def _tree(root: int) -> list[int]:
    """Return a process and its descendants, without a child that was just forked and shares its parent's memory."""
    found = [root]
    for pid in found:
        found.extend(child for child in _children(pid) if _image(child) != _image(pid))
    return found


def _children(pid: int) -> list[int]:
    try:
        lists = [(thread / "children").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it, or one of its threads, has ended meanwhile
        return []
    return [int(child) for listed in lists for child in listed.split()]


def _image(pid: int) -> tuple[bytes, str]:
    """Return what distinguishes one program's memory from another's: its command line, and its size in pages."""
    try:
        folder = Path(f"/proc/{pid}")
        return (folder / "cmdline").read_bytes(), (folder / "statm").read_text().split()[0]
    except OSError:  # it has ended meanwhile
        return b"", str(pid)


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
