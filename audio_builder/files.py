"""Writing so that nothing is ever half there: beside, checked, synced, renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from audio_builder.errors import DiskFull, OutputError

DRAFT_SUFFIX = ".draft"
"""How the names of unfinished files end, so that a later build can sweep them."""


def output_error(error: OSError, path: Path) -> OutputError:
    """Return the error of our own tree for a failed write to `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"no space is left to write {path}", hint="Free some space and run the same command again.")
    reason = error.strerror or str(error)
    return OutputError(f"can't write {path}: {reason}", hint="Choose a folder you may write to with -o DIR.")


@contextlib.contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """Give the path of a new draft in the folder of `target`; it is gone when the block ends.

    Move the draft with `commit` inside the block to keep it.

    Raises:
        OutputError: the folder can't be made or written.
        DiskFull: no space is left.
    """
    draft = target.parent / f".{target.name[:80]}.{secrets.token_hex(6)}{DRAFT_SUFFIX}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(exist_ok=False)
    except OSError as error:
        raise output_error(error, target) from error
    try:
        yield draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def commit(draft: Path, target: Path) -> None:
    """Move a finished draft to its final name, so that a crash leaves the old file or the new one.

    Raises:
        OutputError: it can't be synced or renamed.
        DiskFull: no space is left.
    """
    try:
        with draft.open("rb+") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise output_error(error, target) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the platform can (Windows can't open folders)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_bytes(target: Path, content: bytes) -> None:
    """Write a whole file: all of it or nothing.

    Raises:
        OutputError: the folder or the file can't be written.
        DiskFull: no space is left.
    """
    with draft_beside(target) as draft:
        try:
            draft.write_bytes(content)
        except OSError as error:
            raise output_error(error, target) from error
        commit(draft, target)


def sweep_drafts(folder: Path) -> int:
    """Remove what an interrupted build left in a folder; return how many files. Hold the folder's lock."""
    swept = 0
    for stale in folder.glob(f".*{DRAFT_SUFFIX}"):
        with contextlib.suppress(OSError):
            stale.unlink()
            swept += 1
    return swept
