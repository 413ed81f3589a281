"""One worker process, seen from the building process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import BinaryIO, cast

from audio_builder import errors
from audio_builder.errors import AudioBuilderError, EngineFailed, EngineTimedOut, quoted
from audio_builder.narration.workers.jobs import Job
from audio_builder.narration.workers.protocol import Answer, Phrase, Refused, Spoken, Task, receive, send

_LAST_WORDS_BYTES = 600
_END_S = 1.0
_RETRY_HINT = (
    "Run the same command again: finished sentences are kept. If it stops at the same one, word it "
    "differently or choose another voice."
)


_KEEP_MEMORY = "glibc.malloc.trim_threshold=1000000000:glibc.malloc.mmap_threshold=33554432"
"""Else the C library of Linux gives a model's large arrays back to the system after each phrase, and asks for them
anew: 2 % of the time of speaking. Other systems don't know the variable."""


class WorkerProcess:
    """A child process with one engine. It is used from one thread; `stop` may come from any."""

    def __init__(self, folder: Path) -> None:
        """Start the process.

        Args:
            folder: where it puts its temporary files; whoever made it removes it.

        Raises:
            EngineFailed: the operating system starts no process.
        """
        self._lock = threading.Lock()
        self._task: Task | None = None
        self._log = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it is open as long as the process lives
        # -P: the current folder isn't importable; the child finds what the parent finds, in the same order.
        command = [sys.executable, "-P", "-m", "audio_builder.narration.workers.worker"]
        paths = [entry or str(Path.cwd()) for entry in sys.path]
        own = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
        own["GLIBC_TUNABLES"] = ":".join(filter(None, (_KEEP_MEMORY, os.environ.get("GLIBC_TUNABLES"))))
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **own},
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            self._log.close()
            raise EngineFailed(f"can't start a worker process: {error}") from error

    def speak(self, job: Job, task: Task, limit_s: float) -> Spoken:
        """Return the clip of one phrase.

        Args:
            job: the phrase.
            task: what is the same for it and those after it; told once.
            limit_s: how long it may take.

        Raises:
            EngineTimedOut: no answer within `limit_s` seconds; the process is killed.
            EngineFailed: the process died (with the last that it said), or its engine failed.
            AudioBuilderError: what else the worker refused the phrase with.
        """
        late = threading.Event()

        def end() -> None:
            late.set()
            self.kill()

        timer = threading.Timer(limit_s, end)
        timer.daemon = True
        timer.start()
        answer: Answer | None
        try:
            if task is not self._task:
                send(self._stdin, task)
                self._task = task
            send(self._stdin, Phrase(job.text, job.voice))
            answer = receive(self._stdout, Answer)
        except (OSError, ValueError):  # the process died before it read the phrase, or `stop` closed its pipes
            answer = None
        finally:
            timer.cancel()
            timer.join()
        if isinstance(answer, Spoken):
            return answer
        if answer is not None:
            raise _refusal(answer, job.text)
        about = quoted(job.text)
        if late.is_set():
            raise EngineTimedOut(f"the voice did not finish {about} within {limit_s:.1f} s", hint=_RETRY_HINT)
        raise EngineFailed(f"the voice's process died at {about}: {self._last_words()}", hint=_RETRY_HINT)

    def stop(self) -> None:
        """End the process and whatever it started, at once; nothing remains of it. May be called twice."""
        self.kill()
        with self._lock:
            self._process.wait()

    def close(self) -> None:
        """Stop, and close the pipes. Only for the thread that uses it."""
        self.stop()
        for stream in (self._stdin, self._stdout, self._log):
            try:
                stream.close()
            except OSError:  # unsent bytes for a process that is gone
                continue

    def kill(self) -> None:
        """End the process and whatever it started, and don't wait for that."""
        with self._lock:
            if self._process.poll() is None:
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()

    def _wait_for_end(self) -> None:
        """Give a process that closed its end a moment to end by itself, so that its own exit code is told."""
        until = time.monotonic() + _END_S
        while time.monotonic() < until:
            with self._lock:
                if self._process.poll() is not None:
                    return
            time.sleep(_END_S / 100)

    def _last_words(self) -> str:
        """Return how the process ended and the last lines it wrote to stderr."""
        self._wait_for_end()
        self.stop()
        code = self._process.returncode
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _LAST_WORDS_BYTES))
        said = self._log.read().decode(errors="replace").strip()
        return f"{how}; it last said: {said}" if said else how

    @property
    def _stdin(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdin)

    @property
    def _stdout(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdout)


def _refusal(answer: Refused, text: str) -> AudioBuilderError:
    """Return the error a worker meant; one that doesn't name its sentence gets it."""
    kind = getattr(errors, answer.error, EngineFailed)
    about = quoted(text)
    message = answer.message if about in answer.message else f"{answer.message} (at {about})"
    error: AudioBuilderError = kind(message, hint=answer.hint or _RETRY_HINT)
    return error
