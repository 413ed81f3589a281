"""A batch against as many single builds, on this machine and on a cluster of two workers; and a simulation of many.

Run from the checkout, and leave the machine alone meanwhile:

    python -m benchmarks.batches --articles 40              # the ratios of docs/batch.md
    python -m benchmarks.batches --simulate 1000            # `tone`, 1 % poison, a worker killed half-way, a second run
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
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
    poison = range(50, count, 100)
    texts = put_articles(folder / "texts", count, poison=poison)
    command = [*_COMMAND, "batch", str(texts), "-o", str(folder / "out"), "--yes", "--json"]
    with cluster(folder / "cluster") as running:
        command += ["--cluster", running.address]
        first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        made = 0
        event: dict[str, object] = {}
        for line in first.stdout or ():
            event = json.loads(line)
            made += event["event"] == "made"
            if made == count // 2 and event["event"] == "made":
                print(
                    f"{made} made; memory of the driver {_resident_mb(first.pid):.0f} MB; killing a worker", flush=True
                )
                running.kill_one_worker()
            elif event["event"] == "made" and made in (count // 10, count - len(poison)):
                print(f"{made} made; memory of the driver {_resident_mb(first.pid):.0f} MB", flush=True)
        print("first run:", {key: event[key] for key in ("made", "unchanged", "failed")}, flush=True)
        right = (event["made"], event["failed"]) == (count - len(poison), len(poison))
        again = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
        event = json.loads(again.stdout.splitlines()[-1])
        print("second run:", {key: event[key] for key in ("made", "unchanged", "failed")}, flush=True)
    return int(not right or event["made"] != 0)


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
