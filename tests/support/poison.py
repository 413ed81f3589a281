"""Articles that end the process which builds them, for the tests of batches; a Dask worker preloads this file."""

from __future__ import annotations

import os
from typing import Any

from audio_builder import pipeline
from audio_builder.batch.executors import run_here
from audio_builder.batch.task import Failure, Product, Task

TITLE = "Poison"
_build = pipeline.build


def build_or_die(document: Any, *args: Any, **kwargs: Any) -> Any:
    """Build an episode, unless it is poison: then end this process as a crash of a library does."""
    if document.title.startswith(TITLE):
        os._exit(139)
    return _build(document, *args, **kwargs)


def run_or_die(task: Task) -> Product | Failure:
    """Build a task in a process of the local executor, with poison."""
    pipeline.build = build_or_die
    return run_here(task)


def dask_setup(_worker: object) -> None:
    """Called by a Dask worker that preloads this file."""
    pipeline.build = build_or_die
