"""What the runs show: a table of medians, and ratios with their limits."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.process import Run

LONG_WORDS = 5_000
"""An article of so many words counts as a long one."""

AGAINST = " (against)"
"""Follows the name of a case that was run with another checkout."""

_RATIOS = (
    ("cold build", "plain joe", 0.25, None),
    ("cold build", "plain hibari", 0.45, None),
    ("cold build", "encoder alone", None, 1.20),
)
"""Which case's time over which other's, and the limit for a short and for a long article; None for no limit."""

_MEMORY_LIMIT = 1.2


@dataclass(frozen=True, slots=True)
class Judged:
    """A ratio.

    Attributes:
        name: of what over what.
        ratio: the median over the runs.
        limit: what it must not exceed; None for no limit.
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
    """Yield the lines of a table of medians, and the ratios."""
    yield f"{words} words, median of {len(next(iter(found.values())))}"
    yield f"{'case':28} {'wall s':>8} {'min':>8} {'max':>8} {'CPU s':>8} {'peak MB':>8}"
    for case, runs in found.items():
        walls = [one.wall_s for one in runs]
        cpu_s = statistics.median(one.cpu_s for one in runs)
        peak_mb = statistics.median(one.peak_mb for one in runs)
        wall_s = f"{statistics.median(walls):8.2f} {min(walls):8.2f} {max(walls):8.2f}"
        yield f"{case:28} {wall_s} {cpu_s:8.2f} {peak_mb:8.0f}"
        if runs[0].stages:
            laps = {name: statistics.median(one.stages.get(name, 0.0) for one in runs) for name in runs[0].stages}
            yield "    of it " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in laps.items())
    yield from map(str, judged(words, found))


def judged(words: int, found: Mapping[str, list[Run]]) -> list[Judged]:
    """Return the ratios: medians, over the runs, of one case's wall time over another's in the same run."""
    limits = [(over, under, long if words >= LONG_WORDS else short) for over, under, short, long in _RATIOS]
    limits += [(case, case + AGAINST, None) for case in found if case + AGAINST in found]
    return [
        Judged(f"{over} / {under}", statistics.median(_ratios(found[over], found[under])), limit)
        for over, under, limit in limits
        if over in found and under in found
    ]


def pairs(found: Mapping[str, list[Run]]) -> Iterator[str]:
    """Yield a line for each case that was run with another checkout too: the ratio of wall times in each run."""
    for case in found:
        if case + AGAINST in found:
            ratios = " ".join(f"{ratio:.2f}" for ratio in _ratios(found[case], found[case + AGAINST]))
            yield f"{case}, this / other, run by run: {ratios}"


def memory_ratios(found: Mapping[int, Mapping[str, list[Run]]]) -> Iterator[Judged]:
    """Yield how much more memory a case takes for the longest article than for the shortest."""
    short, long = min(found), max(found)
    for case in ("cold build", "another pacing", "another background"):
        if short < long and case in found[short] and case in found[long]:
            small, large = (statistics.median(one.peak_mb for one in found[words][case]) for words in (short, long))
            if small:
                yield Judged(f"memory of {case}, {long} / {short} words", large / small, _MEMORY_LIMIT)


def _ratios(over: list[Run], under: list[Run]) -> list[float]:
    return [one.wall_s / other.wall_s for one, other in zip(over, under, strict=True)]
