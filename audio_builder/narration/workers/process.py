"""One worker process, seen from the building process, and the messages that go to and fro.

A worker is `python -m audio_builder.narration.workers.worker` in a process group of its own: when it hangs or crashes,
all that its engine started is ended with it, and what it wrote to stderr becomes part of the error.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from audio_builder import errors
from audio_builder.errors import AudioBuilderError, EngineFailed, EngineTimedOut, quoted
from audio_builder.voices.profile import Voice

MOST_TAKES = 3
"""How often a phrase is spoken at most until it is heard right."""

_LENGTH_BYTES = 4
_LAST_WORDS_BYTES = 600
_END_S = 1.0
_RETRY_HINT = (
    "Run the same command again: finished sentences are kept. If it stops at the same one, word it "
    "differently or choose another voice."
)


class Job(msgspec.Struct, frozen=True):
    """A message to a worker: words to speak.

    Attributes:
        key: content address of the clip.
        text: as the engine gets it.
        voice: who speaks it.
        rate_hz: the episode's sample rate.
        listen: whether it is heard, and spoken again where it isn't what it should be.
    """

    key: str
    text: str
    voice: Voice
    rate_hz: int
    listen: bool = False


class Spoken(msgspec.Struct, frozen=True, tag=True):
    """A worker's answer: a trimmed and checked clip.

    Attributes:
        pcm: mono, 16 bit, little-endian, at the job's rate.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
        levels: from `ClipLevels.packed`.
        words: from `packed_words`, by their place in the job's text.
        hearing: from `packed_hearing`; empty where nobody listened.
    """

    pcm: bytes
    lead_frames: int
    tail_frames: int
    levels: bytes
    words: bytes
    hearing: bytes = b""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A worker's answer: an error of our tree, by the name of its class."""

    error: str
    message: str
    hint: str


Answer = Spoken | Refused


def send(stream: BinaryIO, message: msgspec.Struct) -> None:
    """Write one message behind its length, and flush.

    Raises:
        OSError: the other side is gone.
    """
    content = msgspec.msgpack.encode(message, enc_hook=str)
    stream.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
    stream.flush()


def receive(stream: BinaryIO, kind: Any) -> Any:
    """Return the next message, or None when the other side has ended.

    Args:
        stream: where it comes from.
        kind: the type of the message, or a union of types.

    Raises:
        EngineFailed: what came is no such message.
    """
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    size = int.from_bytes(head, "big")
    content = stream.read(size)
    if len(content) < size:
        return None
    try:
        return msgspec.msgpack.decode(content, type=kind, dec_hook=_decoded)
    except msgspec.MsgspecError as error:
        raise EngineFailed(f"a worker process answered with something unreadable: {error}") from error


def _decoded(kind: type, value: Any) -> Any:
    return Path(value) if kind is Path else value


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How much of the processor's time a worker may take for a phrase before it counts as hung.

    On Linux it is the time for which it computes: on a busy computer it may wait. Elsewhere it is the clock's.

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


_LOOK_S = 2.0
_LEAST_WORK = 0.001
"""A process that got less than this share of a processor since the last look waits for something that doesn't come."""


def processor_s(pid: int) -> float | None:
    """Return how long a process has computed, in seconds; None where the system doesn't say, or it is gone.

    A process has a clock of its own, whose number is made of its own (clock_getcpuclockid, in Linux's ABI).
    """
    if sys.platform != "linux":
        return None
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return None


class WorkerProcess:
    """A child process with one engine. It is used from one thread; `kill` and `stop` may come from any."""

    def __init__(self, folder: Path) -> None:
        """Start the process.

        Args:
            folder: where it puts its temporary files; whoever made it removes it.

        Raises:
            EngineFailed: the operating system starts no process.
        """
        self._lock = threading.Lock()
        self._log = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it is open as long as the process lives
        # -P: the current folder isn't importable; the child finds what the parent finds, in the same order.
        command = [sys.executable, "-P", "-m", "audio_builder.narration.workers.worker"]
        paths = [entry or str(Path.cwd()) for entry in sys.path]
        own = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
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

    def speak(self, job: Job, limit_s: float) -> Spoken:
        """Return the clip of one phrase.

        Raises:
            EngineTimedOut: it computed for `limit_s` seconds, or so long did nothing, without an answer; it is killed.
            EngineFailed: the process died (with the last that it wrote), or its engine failed.
            AudioBuilderError: what else the worker refused the phrase with.
        """
        late, answered = threading.Event(), threading.Event()
        watcher = threading.Thread(target=self._watch, args=(limit_s, answered, late), daemon=True)
        watcher.start()
        answer: Answer | None
        try:
            send(self._stdin, job)
            answer = receive(self._stdout, Answer)
        except (OSError, ValueError):  # the process died before it read the phrase, or `close` closed its pipes
            answer = None
        finally:
            answered.set()
            watcher.join()
        if isinstance(answer, Spoken):
            return answer
        if answer is not None:
            raise _refusal(answer, job.text)
        about = quoted(job.text)
        if late.is_set():
            raise EngineTimedOut(f"the voice did not finish {about} within {limit_s:.1f} s", hint=_RETRY_HINT)
        raise EngineFailed(f"the voice's process ended unexpectedly at {about}: {self._last_words()}", hint=_RETRY_HINT)

    def _watch(self, limit_s: float, answered: threading.Event, late: threading.Event) -> None:
        """Kill the process when it has computed for too long, or, after that time, does nothing any more.

        Args:
            limit_s: how long it may compute.
            answered: set when there is nothing to wait for any more.
            late: set here when it is killed.
        """
        begun_s = processor_s(self._process.pid)
        before_s, wait_s = begun_s, limit_s
        while not answered.wait(wait_s):
            now_s = processor_s(self._process.pid)
            if begun_s is None or before_s is None or now_s is None:
                break
            left_s = limit_s - (now_s - begun_s)
            if left_s <= 0 or now_s - before_s < _LEAST_WORK * wait_s:
                break
            before_s, wait_s = now_s, max(left_s, _LOOK_S)
        else:
            return
        late.set()
        self.kill()

    def kill(self) -> None:
        """End the process and whatever it started, and don't wait for that."""
        with self._lock:
            if self._process.poll() is None:
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()

    def close(self) -> None:
        """End the process and whatever it started, and wait for it; nothing of it remains. May be called twice."""
        self.kill()
        with self._lock:
            self._process.wait()
        for stream in (self._stdin, self._stdout, self._log):
            try:
                stream.close()
            except OSError:  # unsent bytes for a process that is gone
                continue

    def _last_words(self) -> str:
        """Return how the process ended and the last lines it wrote to stderr."""
        until = time.monotonic() + _END_S  # it closed its end; a moment later it ends by itself, with its exit code
        while self._process.poll() is None and time.monotonic() < until:
            time.sleep(_END_S / 100)
        self.kill()
        code = self._process.wait()
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
