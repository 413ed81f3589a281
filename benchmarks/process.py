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

_LOOK_EVERY_S, _MOST_SELDOM_S = 0.1, 0.5
_LOOKS = 200
"""A process is looked at every so many-th of the time that it has run, within these bounds: a look takes more than a
millisecond of a core from it."""

_MATTERS = 1.01
"""So much more memory than before is worth being weighed: to watch a build of seven minutes and weigh it 400 times
took nearly 10 s of a core. A peak may be told too low by that."""

_SPEAKER = b"audio_builder.narration.workers.worker"
"""In the command line of a process that speaks."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took.

    Attributes:
        wall_s: from its start to its end.
        cpu_s: user and system time, of its children too.
        peak_mb: highest memory of the whole process tree at one moment (proportional set size, looked for
            ten times a second, and after a while twice); 0 where the system doesn't tell it.
        stages: seconds of each stage, where the process printed a build's report as JSON.
        episode_s: how long the episode is that it built; 0 where it built none.
        speech_cpu_s: the part of `cpu_s` that those processes took which speak, but for what came after the last look;
            0 where the system doesn't tell it.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    stages: Mapping[str, float] = field(default_factory=dict)
    episode_s: float = 0.0
    speech_cpu_s: float = 0.0


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> Run:
    """Run a command to its end.

    Raises:
        subprocess.CalledProcessError: it failed; with what it said on stderr.
    """
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complained:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=complained,
        )
        weight = _Weight(process.pid)
        weight.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        weight.ended.set()
        weight.join()
        if process.returncode:
            complained.seek(0)
            said = complained.read().decode(errors="replace")
            raise subprocess.CalledProcessError(process.returncode, command, stderr=said)
        printed.seek(0)
        stages, episode_s = _reported(printed.read())
    cpu_s = usage.ru_utime + usage.ru_stime
    return Run(wall_s, cpu_s, weight.peak_kb / 1024, stages, episode_s, sum(weight.speech_cpu_s.values()))


def _reported(printed: bytes) -> tuple[dict[str, float], float]:
    """Return the seconds of each stage of a build's report and of its episode; nothing for what is no such report."""
    if not printed.startswith(b"{"):
        return {}, 0.0
    report = json.loads(printed)
    stages = {stage["stage"]: stage["seconds"] for stage in report.get("stages", ())}
    return stages, report.get("duration_s", 0.0)


class _Weight(threading.Thread):
    """Looks at a process and its descendants until it is told to stop: at their memory, and how long some spoke."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak_kb, self.ended = pid, 0, threading.Event()
        self.speech_cpu_s: dict[int, float] = {}

    def run(self) -> None:
        # To tell a share of common memory the kernel walks through all pages of a process, and meanwhile that process
        # waits: looked at ten times a second, a build with workers took a twentieth longer. So it is asked only
        # when the sizes that cost nothing sum to a hundredth more than when it was asked last.
        most_pages, began = 0, time.perf_counter()
        while sys.platform == "linux" and not self.ended.wait(_until_next(time.perf_counter() - began)):
            tree = _tree(self.pid)
            for pid in tree:
                if _SPEAKER in _image(pid)[0]:
                    self.speech_cpu_s[pid] = max(self.speech_cpu_s.get(pid, 0.0), _cpu_s(pid))
            pages = sum(map(_resident_pages, tree))
            if pages > most_pages * _MATTERS:
                most_pages = pages
                self.peak_kb = max(self.peak_kb, sum(map(_kilobytes, tree)))


def _until_next(gone_by_s: float) -> float:
    return min(max(gone_by_s / _LOOKS, _LOOK_EVERY_S), _MOST_SELDOM_S)


def _tree(root: int) -> list[int]:
    """Return a process and its descendants, but no child that was just begun and still is in its parent's memory."""
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


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def _cpu_s(pid: int) -> float:
    """Return the user and system time of a process so far."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _image(pid: int) -> tuple[bytes, str]:
    """Return what tells one program's memory from another's: its command line, and its size in pages."""
    try:
        folder = Path(f"/proc/{pid}")
        return (folder / "cmdline").read_bytes(), (folder / "statm").read_text().split()[0]
    except OSError:  # it has ended meanwhile
        return b"", str(pid)


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
