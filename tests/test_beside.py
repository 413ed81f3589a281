"""Work beside other work."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from audio_builder.beside import Beside
from audio_builder.errors import SoundError


def test_what_was_made_is_given_and_what_went_wrong_is_raised() -> None:
    """Where it is asked for, not where it was begun."""
    assert Beside(threading.get_ident).result() != threading.get_ident()

    def refuse() -> None:
        raise SoundError("no such bed")

    made = Beside(refuse)
    made.begin()
    with pytest.raises(SoundError, match="no such bed"):
        made.result()


def test_it_is_made_once_and_from_when_it_is_begun() -> None:
    """Not before, and not again for who asks twice."""
    begun: list[int] = []
    made = Beside(lambda: begun.append(1))
    assert not begun
    made.begin()
    made.begin()
    made.result()
    made.result()
    assert begun == [1]


def test_a_program_that_ends_does_not_wait_for_it() -> None:
    """As it would for a thread of an executor: Ctrl-C must not wait for the end of somebody's music."""
    code = "import time; from audio_builder.beside import Beside; Beside(lambda: time.sleep(60)).begin()"
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)
    assert time.monotonic() - start < 30
