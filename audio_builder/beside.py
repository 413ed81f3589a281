"""Work that is done beside other work, and never waited for by one who no longer wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from audio_builder.memory import give_back

Made = TypeVar("Made")


def beside(work: Callable[[], Made]) -> Future[Made]:
    """Begin something on a thread of its own; the future gives it, or raises what it raised.

    A thread of an executor would be joined when the program ends: Ctrl-C while somebody's music is decoded would
    wait for the end of the piece.
    """
    made: Future[Made] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            made.set_exception(error)
        else:
            give_back()
            made.set_result(result)

    threading.Thread(target=run, name="beside", daemon=True).start()
    return made
