"""What the runs say: a table of medians, and ratios held against what was set out to be reached."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.process import Run

CORES = os.cpu_count() or 1

LONG_WORDS = 5_000
"""An article of so many words is judged as a long one."""

_SYNTHESIS = "(CPU of speech alone ÷ cores)"
_OWN_SYNTHESIS = "(CPU of its own speech ÷ cores)"

_RATIOS = (
    ("cold build", "plain script", 0.65, None),
    ("cold build", _SYNTHESIS, None, 1.20),
    ("cold build", _OWN_SYNTHESIS, None, 1.20),
    ("another pacing", "cold build", 0.35, None),
    ("another background", "cold build", 0.35, None),
    ("another pacing", "encoder alone", None, 1.0),
    ("another background", "encoder alone", None, 1.0),
    ("another pacing", "encoder as ours", None, None),
    ("another background", "encoder as ours", None, None),
)
"""Which case's time over which other's, and the limit for a short and for a long article; None where none is set."""

_MEMORY_LIMIT = 1.2


@dataclass(frozen=True, slots=True)
class Judged:
    """A ratio.

    Attributes:
        name: of what over what.
        ratio: the median over the runs.
        limit: what it is to stay under; None where nothing was set out.
    """

    name: str
    ratio: float
    limit: float | None

    def __str__(self) -> str:
        """Return a line for a person."""
        if self.limit is None:
            return f"{self.name}: {self.ratio:.2f}"
        verdict = "met" if self.ratio <= self.limit else "MISSED"
        return f"{self.name}: {self.ratio:.2f} (limit {self.limit:.2f}: {verdict})"


def table(words: int, found: Mapping[str, list[Run]]) -> Iterator[str]:
    """Yield the lines of a table of medians, and the ratios to be judged by."""
    yield f"{words} words, median of {len(next(iter(found.values())))}"
    yield f"{'case':20} {'wall s':>8} {'min':>8} {'max':>8} {'CPU s':>8} {'CPU %':>6} {'peak MB':>8}"
    for case, all_runs in found.items():
        walls = [one.wall_s for one in all_runs]
        cpu_s = statistics.median(one.cpu_s for one in all_runs)
        busy = statistics.median(100 * one.cpu_s / one.wall_s for one in all_runs)
        peak_mb = statistics.median(one.peak_mb for one in all_runs)
        wall_s = f"{statistics.median(walls):8.2f} {min(walls):8.2f} {max(walls):8.2f}"
        yield f"{case:20} {wall_s} {cpu_s:8.2f} {busy:6.0f} {peak_mb:8.0f}"
        if all_runs[0].stages:
            names = all_runs[0].stages
            laps = {name: statistics.median(one.stages.get(name, 0.0) for one in all_runs) for name in names}
            yield "    of it " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in laps.items())
    for one in judged(words, found):
        yield str(one)


def judged(words: int, found: Mapping[str, list[Run]]) -> list[Judged]:
    """Return what is judged: the median, over the runs, of one case's wall time over that of another."""
    found = dict(found)
    if "speech alone" in found:
        found[_SYNTHESIS] = [Run(one.cpu_s / CORES, one.cpu_s, one.peak_mb) for one in found["speech alone"]]
    if all(one.speech_cpu_s for one in found.get("cold build", ())):
        # A machine that is slower or quicker some minutes later doesn't show in this one.
        found[_OWN_SYNTHESIS] = [Run(one.speech_cpu_s / CORES, 0.0, 0.0) for one in found.get("cold build", ())]
    ratios = [
        Judged(
            f"{over} / {under}",
            _median_ratio(found[over], found[under]) * _same_length(found, over, under),
            long if words >= LONG_WORDS else short,
        )
        for over, under, short, long in _RATIOS
        if over in found and under in found
    ]
    if "cold build" in found and _SYNTHESIS in found:
        speaking = [Run(one.stages.get("narrate", 0.0), 0.0, 0.0) for one in found["cold build"]]
        ratios.append(
            Judged(f"narration in the cold build / {_SYNTHESIS}", _median_ratio(speaking, found[_SYNTHESIS]), None)
        )
    return ratios


def _same_length(found: Mapping[str, list[Run]], over: str, under: str) -> float:
    """Return what brings a time over an encoder's to the same length of sound: it encodes the first episode."""
    if not under.startswith("encoder") or "cold build" not in found:
        return 1.0
    first, other = (statistics.median(one.episode_s for one in found[case]) for case in ("cold build", over))
    return first / other if first and other else 1.0


def memory_ratios(found: Mapping[int, Mapping[str, list[Run]]]) -> Iterator[Judged]:
    """Yield how much more memory our cases take for the longest article than for the shortest."""
    short, long = min(found), max(found)
    for case in ("cold build", "another pacing", "another background"):
        if short < long and case in found[short] and case in found[long]:
            peaks = [statistics.median(one.peak_mb for one in found[words][case]) for words in (short, long)]
            if peaks[0]:
                yield Judged(f"memory of {case}, {long} / {short} words", peaks[1] / peaks[0], _MEMORY_LIMIT)


def _median_ratio(over: list[Run], under: list[Run]) -> float:
    return statistics.median(one.wall_s / other.wall_s for one, other in zip(over, under, strict=True))
