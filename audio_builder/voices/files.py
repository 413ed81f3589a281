"""Finding a voice's files in installed packages, and making sure that they are the ones that were pinned."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

from audio_builder.errors import MissingExtra, VoiceError, VoiceFileChanged, VoiceFileMissing
from audio_builder.voices.extras import install_command
from audio_builder.voices.profile import PackageSource, VoiceFile, VoiceProfile


def locate_files(profile: VoiceProfile) -> dict[str, Path]:
    """Return where each of a voice's files lies, by its role, with size and SHA-256 verified.

    Nothing is imported from the packages that hold them.

    Raises:
        MissingExtra: the package that holds a file isn't installed (with the command that mends it).
        VoiceFileMissing: the package is there, the file or the right version isn't.
        VoiceFileChanged: the file's bytes aren't the ones the profile pins.
    """
    paths = {}
    for file in profile.files:
        path = _locate(profile, file)
        _verify(profile, file, path)
        paths[file.role] = path
    return paths


def _locate(profile: VoiceProfile, file: VoiceFile) -> Path:
    failures: list[VoiceError] = []
    for source in file.sources:
        try:
            return _installed_path(profile, source)
        except (MissingExtra, VoiceFileMissing) as error:
            failures.append(error)
    if failures:
        raise failures[0]
    raise VoiceFileMissing(f"the voice “{profile.name}” names no source for its file {file.name}")


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


def _verify(profile: VoiceProfile, file: VoiceFile, path: Path) -> None:
    try:
        size = path.stat().st_size
        if size == file.size_bytes:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        else:
            found = f"{size} bytes"
    except OSError as error:
        raise VoiceFileMissing(f"can't read the voice file {path}: {error.strerror or error}") from error
    if found != file.sha256:
        wanted = file.sha256 if size == file.size_bytes else f"{file.size_bytes} bytes"
        raise VoiceFileChanged(
            f"the file {path} of the voice “{profile.name}” isn't the one that was checked: "
            f"it has {found}, not {wanted}",
            hint="Don't use it. Install the package that brings it again, from a source you trust.",
        )
