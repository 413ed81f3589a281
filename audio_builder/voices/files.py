"""Finding a voice's files, installed by us or in packages, and making sure that they are the ones that were pinned."""

from __future__ import annotations

import functools
import hashlib
from importlib import metadata
from pathlib import Path

from audio_builder.errors import MissingExtra, VoiceError, VoiceFileChanged, VoiceFileMissing
from audio_builder.voices.extras import install_command
from audio_builder.voices.folders import installed_file
from audio_builder.voices.profile import PackageSource, VoiceFile, VoiceProfile


def locate_files(profile: VoiceProfile) -> dict[str, Path]:
    """Return where each of a voice's files lies, by its role, with size and SHA-256 verified.

    Nothing is imported from the packages that hold them.

    Raises:
        MissingExtra: the package that holds a file isn't installed (with the command that mends it).
        VoiceFileMissing: the package is there, the file or the right version isn't.
        VoiceFileChanged: the file's bytes aren't the ones the profile pins.
    """
    return {file.role: locate_file(profile, file) for file in profile.files}


def locate_file(profile: VoiceProfile, file: VoiceFile) -> Path:
    """Return where one file of a voice lies: in the data folder, else in an installed package; verified.

    Raises:
        as `locate_files` does.
    """
    installed = installed_file(file.sha256, file.name)
    path = installed if installed.is_file() else _in_packages(profile, file)
    verify(profile, file, path)
    return path


def _in_packages(profile: VoiceProfile, file: VoiceFile) -> Path:
    failures: list[VoiceError] = []
    for source in file.sources:
        if not isinstance(source, PackageSource):
            continue
        try:
            return _installed_path(profile, source)
        except (MissingExtra, VoiceFileMissing) as error:
            failures.append(error)
    # A voice that is a package of its own is best installed by pip; others are fetched by us.
    if failures and len(failures) == len(file.sources):
        raise failures[0]
    size_mb = sum(each.size_bytes for each in profile.files) / 1e6
    names = " ".join(profile.blend_of or (profile.name,))
    raise VoiceFileMissing(
        f"the voice “{profile.name}” isn't installed: its file {file.name} isn't on this machine",
        hint=f"Install it with: audio-builder voices install {names} (once; {size_mb:.0f} MB)",
    )


def _installed_path(profile: VoiceProfile, source: PackageSource) -> Path:
    command = f"Install it with: {install_command(source.distribution, source.version)}"
    try:
        distribution = metadata.distribution(source.distribution)
    except metadata.PackageNotFoundError as error:
        raise MissingExtra(
            f"the voice “{profile.name}” needs the package {source.distribution}, which isn't installed", hint=command
        ) from error
    if distribution.version != source.version:
        raise VoiceFileMissing(
            f"the voice “{profile.name}” was checked with {source.distribution} {source.version}, "
            f"but version {distribution.version} is installed",
            hint=command,
        )
    path = Path(str(distribution.locate_file(source.path)))
    if not path.is_file():
        raise VoiceFileMissing(
            f"the voice “{profile.name}” needs {source.path}, which the installed {source.distribution} lacks",
            hint=f"Install it again with: pip install --force-reinstall '{source.distribution}=={source.version}'",
        )
    return path


def verify(profile: VoiceProfile, file: VoiceFile, path: Path) -> None:
    """Make sure that a file is the one that a profile pins.

    Raises:
        VoiceFileMissing: it can't be read.
        VoiceFileChanged: its size or its SHA-256 is another.
    """
    try:
        state = path.stat()
        size = state.st_size
        same_size = size == file.size_bytes
        found = _sha256(path, size, state.st_mtime_ns, state.st_ino) if same_size else f"{size} bytes"
    except OSError as error:
        raise VoiceFileMissing(f"can't read the voice file {path}: {error.strerror or error}") from error
    if found != file.sha256:
        wanted = file.sha256 if same_size else f"{file.size_bytes} bytes"
        raise VoiceFileChanged(
            f"the file {path} of the voice “{profile.name}” isn't the one that was checked: "
            f"it has {found}, not {wanted}",
            hint="Don't use it. Install the package that brings it again, from a source you trust.",
        )


@functools.lru_cache(maxsize=256)
def _sha256(path: Path, _size: int, _changed_ns: int, _inode: int) -> str:
    """Return a file's hash; asked again for a file that wasn't touched, it isn't read again: voices share models."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
