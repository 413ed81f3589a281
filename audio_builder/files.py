"""Writing so that nothing is ever half there: beside, checked, synced, renamed."""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import logging
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from audio_builder.errors import DiskFull, OutputError

STATE_VARIABLE = "AUDIO_BUILDER_STATE"
"""Environment variable that names the folder for notes on what was written."""

DRAFT_SUFFIX = ".draft"
"""How the names of unfinished files end."""

_DRAFT_NAME = re.compile(r"\..+\.[0-9a-f]{12}\.draft")
"""What a later build sweeps; a person's file is hardly ever called so."""

SCRATCH_PREFIX = "audio-builder-"
"""How the names of temporary folders begin, so that a later run can sweep those of killed ones."""

_NOT_SUPPORTED = {errno.EINVAL, errno.ENOTTY, errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP}
"""What file systems answer that can't sync or lock a folder (SMB, some FUSE, NFS without locks)."""

_UNLOCKED_S = 3600.0
"""A temporary folder that is so old and was never locked belongs to nobody: it was killed while it was made."""

_Kind = TypeVar("_Kind")
_log = logging.getLogger(__name__)


def output_error(error: OSError, path: Path) -> OutputError:
    """Return the error of our own tree for a failed write to `path`; of a draft, the final name is told."""
    path = _final_name(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"no space is left to write {path}", hint="Free some space and try again.")
    if error.errno == errno.EFBIG:
        hint = "The disk or this session (ulimit -f) allows no file so large: choose another folder, or a shorter text."
    elif error.errno == errno.ENAMETOOLONG:
        hint = "Give it a shorter name, or a folder with a shorter one."
    else:
        hint = "Choose a folder you may write to, or allow writing to this one."
    return OutputError(f"can't write {path}: {error.strerror or error}", hint=hint)


@contextlib.contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn what the system refuses in a block into the error of our own tree for a failed write to `path`."""
    try:
        yield
    except OSError as error:
        raise output_error(error, path) from error


def _final_name(path: Path) -> Path:
    """Return what a draft will be called, and any other path as it is: nobody knows the names of drafts."""
    if not (path.name.startswith(".") and path.name.endswith(DRAFT_SUFFIX)):
        return path
    return path.with_name(path.name.removesuffix(DRAFT_SUFFIX)[1:].rpartition(".")[0])


@contextlib.contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """Give the path of a new draft in the folder of `target`; it is gone when the block ends.

    Move the draft with `commit` inside the block to keep it.

    Raises:
        OutputError: the folder can't be made or written.
        DiskFull: no space is left.
    """
    draft = _new_draft(target)
    with output_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(exist_ok=False)
    try:
        yield draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _new_draft(target: Path) -> Path:
    return target.parent / f".{target.name[:80]}.{secrets.token_hex(6)}{DRAFT_SUFFIX}"


def commit(draft: Path, target: Path) -> None:
    """Move a finished draft to its final name, so that a crash leaves the old file or the new one.

    Raises:
        OutputError: it can't be synced or renamed; or it is in place, but the folder can't be synced.
        DiskFull: no space is left.
    """
    with output_errors(target):
        with draft.open("rb+") as stream:
            _sync(stream.fileno())
        draft.replace(target)
    try:
        sync_folder(target.parent)
    except OSError as error:
        raise OutputError(
            f"{target} is written and in place, but its folder can't be synced to the disk: {error.strerror or error}",
            hint="Check the disk. Run the same command again: it goes on from what is there.",
        ) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the platform and the file system can; that one can't is said once.

    Raises:
        OSError: the disk failed.
    """
    if os.name == "nt":  # Windows can't open folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    """Make what is open durable; where the file system can't do that, it is said once."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_SUPPORTED:
            raise
        _say_unsupported("sync: what is written is safe from a crash of this program, not from a power cut")


@functools.cache
def _say_unsupported(what: str) -> None:
    """Log, once in a process, what the file system of the output can't do."""
    _log.warning("The file system of the output folder can't %s.", what)


def open_regular(path: Path) -> BinaryIO:
    """Open an existing file for reading; what isn't a file on a disk is refused: a pipe without a writer never answers.

    Raises:
        OSError: it can't be opened, or is a folder, a pipe or a device.
        ValueError: there is a NUL in its path.
    """
    # Without waiting for the other end of a pipe; for files the flag means nothing.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise OSError(errno.EINVAL, "it is not a file", str(path))


def decode_json(content: bytes | msgspec.Raw, kind: type[_Kind]) -> _Kind:
    """Return what a JSON text says that anybody may have changed.

    Raises:
        ValueError: it isn't UTF-8 or JSON, not of this kind, or nested too deep.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def write_bytes(target: Path, content: bytes) -> None:
    """Write a whole file: all of it or nothing.

    Raises:
        OutputError: the folder or the file can't be written.
        DiskFull: no space is left.
    """
    with draft_beside(target) as draft:
        write_draft(draft, content)
        commit(draft, target)


def write_draft(draft: Path, content: bytes) -> None:
    """Fill a draft.

    Raises:
        OutputError: it can't be written.
        DiskFull: no space is left.
    """
    with output_errors(draft):
        draft.write_bytes(content)


def write_probe(folder: Path) -> None:
    """Make sure that files can be written in a folder, which is made if it isn't there; leave nothing behind.

    Raises:
        OutputError: the folder can't be made or written.
        DiskFull: no space is left.
    """
    probe = _new_draft(folder / "probe")
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            probe.write_bytes(bytes(4096))
        finally:
            probe.unlink(missing_ok=True)


@contextlib.contextmanager
def folder_locked(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a folder for this process until the block ends; sweep what a killed build left in it first.

    The lock is on the folder itself, so it leaves no file behind and dies with its process. Where the file system has
    no locks, that is logged once, and the block runs without one.

    Args:
        folder: an existing folder.
        on_wait: called once if another process holds the folder, before waiting for it.

    Raises:
        OutputError: the folder can't be opened or locked.
    """
    try:
        with _exclusive(folder, on_wait):
            sweep_drafts(folder)
            yield
    except _LockError as error:
        raise output_error(error.cause, folder) from error.cause


class _LockError(Exception):
    """Locking failed; kept apart from the errors of the block that runs under the lock."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


@contextlib.contextmanager
def _exclusive(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    if sys.platform == "win32":  # pragma: no cover - Windows can't lock a folder itself
        import filelock

        lock = filelock.FileLock(folder / ".audio-builder.lock")
        with contextlib.suppress(filelock.Timeout):
            lock.acquire(timeout=0)
        if not lock.is_locked:
            on_wait()
            lock.acquire()
        try:
            yield
        finally:
            lock.release()
        return
    import fcntl

    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise _LockError(error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in _NOT_SUPPORTED:
                raise _LockError(error) from error
            _say_unsupported("lock folders: let only one command write there at a time")
        yield
    finally:
        os.close(descriptor)


def sweep_drafts(folder: Path) -> None:
    """Remove every draft in a folder; for who holds the lock: nobody else may have one."""
    for stale in drafts_in(folder):
        with contextlib.suppress(OSError):
            stale.unlink()


def drafts_in(folder: Path) -> Iterator[Path]:
    """Yield the drafts in a folder, by their names."""
    return (path for path in folder.glob(f".*{DRAFT_SUFFIX}") if _DRAFT_NAME.fullmatch(path.name))


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a temporary folder of this process, which is gone when the block ends; sweep those of killed processes.

    It is locked as long as the block lasts, so that others know that it is in use.

    Raises:
        OutputError: none can be made.
    """
    with output_errors(Path(tempfile.gettempdir())):
        # It gets its name when it is locked: who sweeps never meets one that is in use and not locked.
        made = Path(tempfile.mkdtemp(prefix=f".{SCRATCH_PREFIX}{os.getpid()}-"))
    with contextlib.ExitStack() as stack:
        folder = made.with_name(SCRATCH_PREFIX + made.name.removeprefix(f".{SCRATCH_PREFIX}"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(shutil.rmtree, made, ignore_errors=True)
        if os.name != "nt":
            descriptor = os.open(made, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            _try_lock(descriptor)
            sweep_scratch()
        made.rename(folder)
        yield folder


def _try_lock(descriptor: int) -> bool:
    """Lock an open folder without waiting, and return whether that was done."""
    if sys.platform == "win32":  # pragma: no cover - nobody calls it there
        return False
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sweep_scratch() -> None:
    """Remove the temporary folders of processes that were killed: those of this user that nobody holds locked."""
    if os.name == "nt":  # a folder that is in use can't be told from others
        return
    parent = Path(tempfile.gettempdir())
    for pattern in (f"{SCRATCH_PREFIX}*", f".{SCRATCH_PREFIX}*"):
        for found in parent.glob(pattern):
            with contextlib.suppress(OSError):
                facts = found.lstat()
                recent = time.time() - facts.st_mtime < _UNLOCKED_S and not _is_orphaned(found.name)
                if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or (pattern[0] == "." and recent):
                    continue
                descriptor = os.open(found, os.O_RDONLY | os.O_NOFOLLOW)
                try:
                    if _try_lock(descriptor):
                        shutil.rmtree(found, ignore_errors=True)
                finally:
                    os.close(descriptor)


def _is_orphaned(name: str) -> bool:
    """Return whether the process is gone that began to make a temporary folder of that name."""
    number = name.removeprefix(f".{SCRATCH_PREFIX}").partition("-")[0]
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (ValueError, OverflowError, OSError):
        return False
    return False


def write_named(target: Path, content: bytes, *, force: bool = False) -> None:
    """Write a file whose name a person chose: where nothing is, or over what we wrote there and nobody changed since.

    A link stays, and what it names is written.

    Raises:
        OutputError: something else is there and it isn't to be replaced, or the file can't be written.
        DiskFull: no space is left.
    """
    path = Path(os.path.realpath(target))
    if _is_file(path, target) and sha256_of(content) == sha256_in(path):
        return
    check_named(target, force=force)
    note_writing(path, sha256_of(content))
    write_bytes(path, content)


def check_named(target: Path, *, force: bool = False, known: Collection[str] = ()) -> None:
    """Make sure that a file may be written, before work goes into it: the one rule for all commands.

    Args:
        target: of the file.
        force: whether whatever is there is replaced; a folder never is.
        known: SHA-256 of what else of ours may lie there, such as the sound that an episode's record is about.

    Raises:
        OutputError: it may not; the hint names `--force` where that would do.
    """
    path = Path(os.path.realpath(target))
    if not _is_file(path, target) or force:
        return
    hint = "Choose another name, or replace it with --force."
    if not path.stat().st_mode & 0o222:
        raise OutputError(f"{target} is there and read-only", hint=hint)
    if sha256_in(path) not in {*known, *written_by_us(path)}:
        raise OutputError(
            f"{target} is there already: made by somebody else, or changed since it was written", hint=hint
        )


def looks_like_path(name: str) -> bool:
    """Return whether a value means a file rather than a misspelt name."""
    if Path(name).suffix or "/" in name or "\\" in name:
        return True
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long for a file's name, or a NUL in it
        return False


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of some bytes, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def sha256_in(path: Path) -> str:
    """Return the SHA-256 of what is in a file, which may be of any length.

    Raises:
        OutputError: it can't be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise output_error(error, path) from error


def _is_file(path: Path, target: Path) -> bool:
    """Return whether a file is there.

    Raises:
        OutputError: something else is, or it can't be looked at.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise output_error(error, target) from error
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "not a file"
        raise OutputError(f"{target} is {what}", hint="Give the name of a file.")
    return True


def written_by_us(path: Path) -> frozenset[str]:
    """Return the SHA-256 of what was written to a path on this machine: the last, and what it replaced."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return frozenset(_note(path).read_text(encoding="ascii").split())
    return frozenset()


def note_writing(path: Path, *sha256: str) -> None:
    """Note what is about to be written to a path: later it is replaced unasked only if it is still that.

    What of ours is there now stays noted, should the writing be stopped. Where no note can be kept, writing goes on:
    the next time we ask.
    """
    note, digests = _note(path), set(sha256)
    with contextlib.suppress(OSError, OutputError):
        if path.is_file():
            digests |= {sha256_in(path)} & written_by_us(path)
        note.parent.mkdir(parents=True, exist_ok=True)
        draft = note.with_suffix(f".{secrets.token_hex(6)}")
        draft.write_text("\n".join(sorted(digests)), encoding="ascii")
        draft.replace(note)


def _note(path: Path) -> Path:
    """Return where the note on a path is: a file of 64 bytes or so in the user's folder for the state of programs."""
    named = os.environ.get(STATE_VARIABLE)
    if named:
        folder = Path(named)
    else:
        import platformdirs  # slow to import, and most commands write no such file

        folder = platformdirs.user_state_path("audio-builder", appauthor=False)
    return folder / "written" / sha256_of(os.fsencode(os.path.realpath(path)))[:32]
