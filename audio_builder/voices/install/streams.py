"""Copying a member out of an archive with caps on what really comes, and running a package manager."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from audio_builder.errors import DownloadFailed

BLOCK_BYTES = 1 << 18
LARGEST_ARCHIVE_BYTES = 500_000_000
"""What all members of an archive may unpack to while one of them is looked for."""

_LONGEST_FETCH_S = 3600
_LAST_LINES = 3


def copy_capped(source: IO[bytes], target: IO[bytes], cap_bytes: int, tell: Callable[[int], None]) -> int:
    """Copy a stream and return how many bytes it had.

    Args:
        source: read to its end.
        target: written to.
        cap_bytes: more than this many bytes are refused, whatever a header said.
        tell: called with the bytes copied so far.

    Raises:
        DownloadFailed: the stream is longer than the cap.
    """
    copied = 0
    while block := source.read(BLOCK_BYTES):
        copied += len(block)
        if copied > cap_bytes:
            raise DownloadFailed(f"more than the {cap_bytes:,} bytes came that were expected")
        target.write(block)
        tell(copied)
    return copied


def run_manager(command: list[str], folder: Path, what: str) -> None:
    """Run a package manager in a folder, with its own configuration.

    Args:
        command: program and arguments.
        folder: where it is run.
        what: what is fetched, for the error.

    Raises:
        DownloadFailed: it can't be run, fails, or takes longer than an hour.
    """
    try:
        done = subprocess.run(
            command, cwd=folder, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=_LONGEST_FETCH_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadFailed(f"{what}: {error}") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
        wrong = [line.strip() for line in lines if "error" in line.lower()] or lines or ["no reason given"]
        raise DownloadFailed(f"{what}: {'; '.join(wrong[-_LAST_LINES:])}")
