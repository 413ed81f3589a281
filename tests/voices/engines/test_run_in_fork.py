"""Work in a fork: its answer, its mishaps, and its end."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from audio_builder.errors import EngineFailed, EngineTimedOut, MissingExtra
from audio_builder.voices.engines.system import run_in_fork

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are used on Linux alone")


def test_what_is_changed_there_stays_there() -> None:
    """The answer comes back, however long it is; nothing else does."""
    seen: list[str] = []

    def work() -> list[str]:
        seen.append("here")
        return [str(os.getpid()), "x" * 200_000]

    pid, text = run_in_fork(work, 10)
    assert int(pid) != os.getpid()
    assert len(text) == 200_000
    assert seen == []


def test_an_error_of_ours_comes_back_as_it_was() -> None:
    """With its class, message and hint."""

    def work() -> list[str]:
        raise MissingExtra("no voice here", hint="Install one.")

    with pytest.raises(MissingExtra, match="no voice here") as caught:
        run_in_fork(work, 10)
    assert caught.value.hint == "Install one."


def test_any_other_error_is_a_failed_engine() -> None:
    """Its class and message are told."""
    with pytest.raises(EngineFailed, match="ZeroDivisionError: "):
        run_in_fork(lambda: [str(1 // 0)], 10)


def test_one_that_dies_is_noticed() -> None:
    """A library that crashes takes the fork with it, and nothing else."""
    with pytest.raises(EngineFailed, match="stopped unexpectedly"):
        run_in_fork(lambda: [str(os._exit(139))], 10)


def test_one_that_hangs_is_given_up_and_gone() -> None:
    """It is killed, and leaves no zombie; the process that runs the tests may have other children."""
    children = _children()
    with pytest.raises(EngineTimedOut, match="0 s"):
        run_in_fork(lambda: [str(time.sleep(60))], 0.2)
    assert _children() <= children


def _children() -> set[str]:
    """The ids of the processes that this one began and has not waited for."""
    return {pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()}
