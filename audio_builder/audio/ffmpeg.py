"""ffmpeg as a child process: ended with its block, its stderr read, its exit code checked."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import IO

from audio_builder.audio.samples import ffmpeg_program
from audio_builder.errors import EncoderError

LAST_LINES = 8
"""How many of the last lines on stderr are kept for an error message."""

QUIET = ("-hide_banner", "-nostdin", "-v", "error")
"""ffmpeg reads no keys and says nothing but errors."""


class Ffmpeg:
    """One run of ffmpeg, with a pipe to its input, from its output, or both.

    Used as a context manager: however the block ends, the process has ended too and was waited
    for. A thread reads its stderr, because a full pipe there would block the process for ever.
    It lives in a process group of its own, so that Ctrl-C reaches this program alone and ffmpeg is
    ended in an orderly way.

    Attributes:
        arguments: what ffmpeg is given, without the program.
        feeds: whether this side writes to its standard input.
        reads: whether this side reads its standard output.
        into: an open file for its standard output, for one that isn't read.
    """

    def __init__(
        self, arguments: Sequence[str], *, feeds: bool = False, reads: bool = False, into: IO[bytes] | None = None
    ) -> None:
        self.arguments = tuple(arguments)
        self.feeds = feeds
        self.reads = reads
        self.into = into
        self._lines: deque[str] = deque(maxlen=LAST_LINES)
        self._process: subprocess.Popen[bytes] | None = None
        self._drain: threading.Thread | None = None

    def __enter__(self) -> Ffmpeg:
        """Start the process.

        Raises:
            EncoderError: the program can't be started.
        """
        if sys.platform == "win32":
            group, flags = None, subprocess.CREATE_NEW_PROCESS_GROUP
        else:
            group, flags = 0, 0
        try:
            self._process = subprocess.Popen(
                [ffmpeg_program(), *QUIET, *self.arguments],
                stdin=subprocess.PIPE if self.feeds else subprocess.DEVNULL,
                stdout=subprocess.PIPE if self.reads else self.into or subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                process_group=group,
                creationflags=flags,
            )
        except (OSError, RuntimeError) as error:
            # imageio-ffmpeg raises RuntimeError where its wheel has no program for this machine.
            raise EncoderError(
                f"can't start ffmpeg: {error}", hint="Reinstall it with: pip install --force-reinstall imageio-ffmpeg"
            ) from error
        self._drain = threading.Thread(target=self._read_complaints, name="ffmpeg-stderr", daemon=True)
        self._drain.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process if it still runs, wait for it and close its pipes."""
        process = self._running()
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                # What was still buffered has nowhere to go once the process is dead.
                with contextlib.suppress(OSError):
                    pipe.close()
        if self._drain is not None:
            self._drain.join()
        if process.stderr is not None:
            process.stderr.close()

    @property
    def input(self) -> IO[bytes]:
        """The pipe to its input; for one that feeds."""
        return _there(self._running().stdin)

    @property
    def output(self) -> IO[bytes]:
        """The pipe from its output; for one that reads."""
        return _there(self._running().stdout)

    @property
    def complaints(self) -> tuple[str, ...]:
        """The last lines it wrote on stderr; complete once `wait` has returned."""
        return tuple(self._lines)

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait until it has ended; return its exit code (negative: ended by that signal).

        Raises:
            TimeoutError: it still runs after so many seconds.
        """
        try:
            code = self._running().wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"ffmpeg was not done after {timeout_s} s") from error
        if self._drain is not None:
            self._drain.join()
        return code

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise EncoderError("ffmpeg was used before it was started")
        return self._process

    def _read_complaints(self) -> None:
        stream = self._running().stderr
        if stream is None:
            return
        for raw in stream:
            line = raw.decode("utf-8", "replace").strip()
            if line:
                self._lines.append(line)


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EncoderError("ffmpeg was started without that pipe")
    return pipe
