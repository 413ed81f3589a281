"""What a running build tells whoever is watching."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["warn", "narrate", "wait", "render", "verify", "fetch"]
"""The stages that take long enough to be watched; `wait` is for another build in the same folder. `warn` isn't one: it
says, before a word is spoken, what a person should know."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step forward in one stage of a build.

    Attributes:
        stage: the stage at work.
        done: how much of it is finished, in the stage's own unit (clips, seconds of audio, or bytes).
        total: how much there is to do, in the same unit; 0 while unknown.
        detail: what is being worked on, for a person to read: the sentence being spoken, or the warning.
    """

    stage: Stage
    done: float
    total: float
    detail: str = ""


Progress = Callable[[Step], None]
"""Called in the building thread with each `Step`; it must return soon and must not raise."""


def silent(_step: Step) -> None:
    """Watch nothing."""


@dataclass(slots=True)
class Clock:
    """Elapsed seconds of each stage of a build, for its report alone."""

    laps: list[tuple[str, float]] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        """Note that a stage has ended, and the next begins."""
        now = time.perf_counter()
        self.laps.append((stage, round(now - self.started, 3)))
        self.started = now
