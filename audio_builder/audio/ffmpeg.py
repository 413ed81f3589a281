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


# --- formats, known by a file's first bytes: what ffmpeg would guess is never used ---

HEAD_BYTES = 768
"""Of a file, by which its format is known."""

# How each format begins (offset, bytes), and what ffmpeg calls it.
_SIGNATURES: tuple[tuple[str, tuple[tuple[int, bytes], ...]], ...] = (
    ("wav", ((0, b"RIFF"), (8, b"WAVE"))),
    ("wav", ((0, b"RF64"), (8, b"WAVE"))),
    ("wav", ((0, b"RIFX"), (8, b"WAVE"))),
    ("w64", ((0, b"riff\x2e\x91\xcf\x11"),)),
    ("aiff", ((0, b"FORM"), (8, b"AIF"))),
    ("flac", ((0, b"fLaC"),)),
    ("ogg", ((0, b"OggS"),)),
    ("mov", ((4, b"ftyp"),)),
    ("mov", ((4, b"moov"),)),
    ("mov", ((4, b"mdat"),)),
    ("mov", ((4, b"wide"),)),
    ("matroska", ((0, b"\x1aE\xdf\xa3"),)),
    ("asf", ((0, b"0&\xb2u\x8ef\xcf\x11"),)),
    ("caf", ((0, b"caff"),)),
    ("au", ((0, b".snd"),)),
    ("wv", ((0, b"wvpk"),)),
    ("ape", ((0, b"MAC "),)),
    ("tta", ((0, b"TTA1"),)),
    ("tak", ((0, b"tBaK"),)),
    ("mpc8", ((0, b"MPCK"),)),
    ("mpc", ((0, b"MP+"),)),
    ("dsf", ((0, b"DSD "),)),
    ("amr", ((0, b"#!AMR"),)),
    ("voc", ((0, b"Creative Voice File"),)),
    ("avi", ((0, b"RIFF"), (8, b"AVI "))),
    ("flv", ((0, b"FLV\x01"),)),
    ("mpeg", ((0, b"\0\0\x01\xba"),)),
    ("mpegts", ((0, b"G"), (188, b"G"), (376, b"G"), (564, b"G"))),
)

_AC3_SYNC = b"\x0bw"
_FIRST_EAC3 = 11  # The bit stream identifications of E-AC-3 are 11 to 16, those of AC-3 lie below (ETSI TS 102 366).


def format_of(head: bytes) -> str:
    """Return ffmpeg's name of the format that a file's first bytes show; empty where they show none."""
    for name, parts in _SIGNATURES:
        if all(head[offset : offset + len(magic)] == magic for offset, magic in parts):
            return name
    return ""


def bare_frames(head: bytes) -> str:
    """Return the format of a stream of bare frames, found from the first one; empty for none."""
    if head.startswith(_AC3_SYNC) and len(head) > 5:
        return "eac3" if head[5] >> 3 >= _FIRST_EAC3 else "ac3"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # The layer bits of an MPEG frame header; 00 is ADTS, which carries AAC.
        return "mp3" if head[1] & 0x06 else "aac"
    return ""
