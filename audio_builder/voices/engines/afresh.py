"""Doing something in a process that has done nothing before, for libraries that never forget what they did."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable

import msgspec

from audio_builder import errors
from audio_builder.errors import AudioBuilderError, EngineFailed, EngineTimedOut

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
_MOST_BYTES = 65536


class _Mishap(msgspec.Struct, frozen=True):
    """What went wrong in the other process."""

    kind: str
    message: str
    hint: str


class _Said(msgspec.Struct, frozen=True):
    """What the other process answers: a value, or a mishap."""

    value: list[str]
    mishap: _Mishap | None = None


def afresh(work: Callable[[], list[str]], limit_s: float) -> list[str]:
    """Return what `work` returns, called in a fork of this process that ends with it. For Linux.

    This process must not have done itself what is to be done afresh, and have no threads that the work needs.

    Args:
        work: what to do; what it changes stays in the fork, but for files.
        limit_s: how long it may take.

    Raises:
        AudioBuilderError: what the work raised, by its class, message and hint.
        EngineFailed: it raised something else, or the fork died.
        EngineTimedOut: it wasn't finished in time.
    """
    here, there = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        # Whatever happens, nothing of the parent's may run on in here.
        try:
            with contextlib.suppress(OSError, AttributeError):  # a C library without it
                ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            with os.fdopen(there, "wb") as pipe:
                pipe.write(msgspec.json.encode(_answer(work)))
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(0)
    os.close(there)
    try:
        answer = _heard(here, limit_s)
    finally:
        os.close(here)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not answer:
        raise EngineFailed("the process that spoke died")
    said = msgspec.json.decode(answer, type=_Said)
    if said.mishap is not None:
        kind = getattr(errors, said.mishap.kind, EngineFailed)
        raise kind(said.mishap.message, hint=said.mishap.hint)
    return said.value


def _answer(work: Callable[[], list[str]]) -> _Said:
    try:
        return _Said(work())
    except AudioBuilderError as error:
        return _Said([], _Mishap(type(error).__name__, error.message, error.hint))
    except Exception as error:  # noqa: BLE001 - the parent must hear of anything
        return _Said([], _Mishap("EngineFailed", f"{type(error).__name__}: {error}", ""))


def _heard(pipe: int, limit_s: float) -> bytes:
    """Return all that comes through a pipe until its other end is closed."""
    ends = time.monotonic() + limit_s
    heard = b""
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, ends - time.monotonic()))
        if not ready:
            raise EngineTimedOut(f"nothing was heard of the process that spoke for {limit_s:.0f} s")
        part = os.read(pipe, _MOST_BYTES)
        if not part:
            return heard
        heard += part
