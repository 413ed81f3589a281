"""A batch against as many single builds, on this machine and on a cluster of two workers; and a simulation of many.

Run from the checkout, and leave the machine alone meanwhile:

    python -m benchmarks.batches --articles 40              # the ratios of docs/batch.md
    python -m benchmarks.batches --simulate 1000            # `tone`, 1 % poison, killed driver and worker
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.article import article
from benchmarks.process import Run, run
from tests.support.batch_helpers import cluster, put_articles

BATCH_LIMIT, CLUSTER_LIMIT = 0.6, 1.15
"""Of the wall time: a batch to its single builds, a cluster of two workers to the batch."""

_COMMAND = (sys.executable, "-m", "audio_builder")


def main() -> int:
    """Measure, and return 0 if the ratios are within their limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--voice", default="lark")
    parser.add_argument("--simulate", type=int, metavar="N", default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.simulate:
            return _simulate(Path(folder), options.simulate)
        return _compare(Path(folder), options.articles, options.words, options.voice)


def _compare(folder: Path, count: int, words: int, voice: str) -> int:
    texts = folder / "texts"
    texts.mkdir()
    for number in range(count):
        # Each length gives other sentences.
        (texts / f"{number:03}.md").write_text(article(words + number), encoding="utf-8")
    singles = [
        _timed(folder / "single", "build", str(text), "-o", str(folder / "out-single"), "--voice", voice, "-q")
        for text in sorted(texts.iterdir())
    ]
    alone = Run(
        sum(one.wall_s for one in singles), sum(one.cpu_s for one in singles), max(one.peak_mb for one in singles)
    )
    _show(f"{count} single builds", alone)
    arguments = ("batch", str(texts), "--voice", voice, "--yes", "-q", "-o")
    batch = _timed(folder / "batch", *arguments, str(folder / "out-batch"))
    _show("a batch", batch, alone)
    with cluster(folder / "cluster", environment={"AUDIO_BUILDER_CACHE": str(folder / "cluster-cache")}) as running:
        there = _timed(folder / "there", *arguments, str(folder / "out-there"), "--cluster", running.address)
    _show("a cluster of two workers", there, batch)
    for other in ("out-single", "out-there"):
        _check_same(folder / "out-batch", folder / other)
    return int(batch.wall_s > BATCH_LIMIT * alone.wall_s or there.wall_s > CLUSTER_LIMIT * batch.wall_s)


def _simulate(folder: Path, count: int) -> int:
    """Kill the driver at a quarter, and with the same command a worker at half; run it once more when all is there."""
    poison = range(50, count, 100)
    texts = put_articles(folder / "texts", count, poison=poison)
    with cluster(folder / "cluster") as running:
        command = [*_COMMAND, "batch", str(texts), "-o", str(folder / "out"), "--yes", "--json"]
        command += ["--cluster", running.address]
        first = _followed(command, {count // 4: _kill_driver})
        print("the driver was killed:", first, flush=True)
        second = _followed(command, {count // 2: lambda _driver: running.kill_one_worker()})
        print("the same command, and a worker was killed:", second, flush=True)
        third = _followed(command, {})
        print("once more:", third, flush=True)
    there = len(list((folder / "out").glob("*.mp3")))
    wanted = count - len(poison)
    finished = second["made"] + second["unchanged"]
    right = finished == wanted == there and second["failed"] == third["failed"] == len(poison)
    return int(not right or third["made"] != 0)


def _followed(command: list[str], at: Mapping[int, Callable[[subprocess.Popen[str]], None]]) -> Counter[str]:
    """Run a batch, do something when so many episodes are made, and return the counts of what became of all."""
    driver = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said: Counter[str] = Counter()
    began = time.monotonic()
    for line in driver.stdout or ():
        event = json.loads(line)
        if event["event"] == "planned":
            said["unchanged"] += event["state"] == "unchanged"
            continue
        said[event["event"]] += 1
        there = said["made"] + said["unchanged"]
        if event["event"] == "made" and there % 100 == 0:
            memory = f"memory of the driver {_resident_mb(driver.pid):.0f} MB"
            print(f"{there} there after {time.monotonic() - began:.0f} s; {memory}", flush=True)
        if event["event"] == "made" and there in at:
            at[there](driver)
    driver.wait()
    del said["end"]
    return said


def _kill_driver(driver: subprocess.Popen[str]) -> None:
    driver.kill()


def _timed(cache: Path, *arguments: str) -> Run:
    return run([*_COMMAND, *arguments], {"AUDIO_BUILDER_CACHE": str(cache)})


def _show(what: str, took: Run, against: Run | None = None) -> None:
    ratio = (
        f"; × {took.wall_s / against.wall_s:.2f} of the wall, × {took.cpu_s / against.cpu_s:.2f} of the CPU"
        if against
        else ""
    )
    print(f"{what}: {took.wall_s:.1f} s, {took.cpu_s:.1f} s of CPU, at most {took.peak_mb:.0f} MB{ratio}", flush=True)


def _check_same(one: Path, other: Path) -> None:
    for path in one.glob("*.mp3"):
        if path.read_bytes() != (other / path.name).read_bytes():
            raise AssertionError(f"{path.name} differs")


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


if __name__ == "__main__":
    sys.exit(main())
