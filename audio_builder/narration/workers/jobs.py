"""What a pool is asked to speak, how long that may take, and what it tells meanwhile."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a worker may take for a phrase before it counts as hung.

    Attributes:
        start_s: added for a new process, which has to start and load its model.
        base_s: for every phrase.
        per_character_s: on top, for each character; a slow computer needs 0.1 s with a large voice.
    """

    start_s: float = 60.0
    base_s: float = 20.0
    per_character_s: float = 0.5

    def limit_s(self, text: str, *, fresh: bool) -> float:
        """Return the seconds that a phrase may take, in a `fresh` process or in one that has spoken."""
        return (self.start_s if fresh else 0.0) + self.base_s + self.per_character_s * len(text)


@dataclass(frozen=True, slots=True)
class Job:
    """A phrase to speak.

    Attributes:
        key: its content address.
        text: as the engine gets it.
        voice: place of its voice among the task's.
    """

    key: str
    text: str
    voice: int = 0


@dataclass(frozen=True, slots=True)
class PoolEvent:
    """What the waiting thread is told.

    Attributes:
        job: which phrase.
        finished: False when it was begun, True when its clip is stored.
        error: what went wrong, or None.
    """

    job: Job
    finished: bool
    error: BaseException | None = None
