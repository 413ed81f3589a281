"""What a running build tells whoever is watching."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["narrate", "wait", "render", "verify", "fetch"]
"""The stages that take long enough to be watched; `wait` is for another build in the same folder."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step forward in one stage of a build.

    Attributes:
        stage: the stage at work.
        done: how much of it is finished, in the stage's own unit (clips, seconds of audio, or bytes).
        total: how much there is to do, in the same unit; 0 while unknown.
        detail: what is being worked on, for a person to read: the sentence being spoken.
    """

    stage: Stage
    done: float
    total: float
    detail: str = ""


Progress = Callable[[Step], None]
"""Called in the building thread with each `Step`; it must return soon and must not raise."""


def silent(_step: Step) -> None:
    """Watch nothing."""
