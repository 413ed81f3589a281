"""Work that is done beside other work, and never waited for by one who no longer wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from audio_builder.memory import give_back

Made = TypeVar("Made")


class Beside(Generic[Made]):
    """Something that is made on a thread of its own, from when it is begun.

    A thread of an executor would be joined when the program ends: Ctrl-C while somebody's music is decoded would
    wait for the end of the piece.
    """

    def __init__(self, work: Callable[[], Made]) -> None:
        """Begin nothing yet.

        Args:
            work: makes it.
        """
        self._work = work
        self._made: Future[Made] = Future()
        self._begun = False

    def begin(self) -> None:
        """Begin, if that hasn't been done. For the thread alone that made this."""
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._make, name="beside", daemon=True).start()

    def result(self) -> Made:
        """Return what was made, or raise what its making raised; begin now if that hasn't been done."""
        self.begin()
        return self._made.result()

    def _make(self) -> None:
        try:
            result = self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            self._made.set_exception(error)
        else:
            give_back()
            self._made.set_result(result)
