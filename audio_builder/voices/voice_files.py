"""Finding a voice's files, installed by us or in packages, and making sure that they are the ones that were pinned."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from importlib import metadata
from pathlib import Path

from audio_builder.errors import VoiceFileChanged, VoiceFileMissing
from audio_builder.voices.profile import PackageSource, VoiceFile, VoiceProfile


def data_folder() -> Path:
    """Return the folder for what the user adds: `$AUDIO_BUILDER_DATA`, else where the platform keeps such things."""
    named = os.environ.get("AUDIO_BUILDER_DATA")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_data_path("audio-builder", appauthor=False)


def installed_file(sha256: str, name: str) -> Path:
    """Return where an installed voice file lies, or would lie: by its hash, so that voices share what is the same.

    Args:
        sha256: the file's pinned hash.
        name: the file's own name.
    """
    return data_folder() / "weights" / sha256[:16] / name


def locate_files(profile: VoiceProfile) -> dict[str, Path]:
    """Return where each of a voice's files lies, by its role, with size and SHA-256 verified.

    Nothing is imported from the packages that hold them.

    Raises:
        VoiceFileMissing: a file isn't on this machine (with the command that installs the voice).
        VoiceFileChanged: the file's bytes aren't the ones the profile pins.
    """
    return {file.role: locate_file(profile, file) for file in profile.files}


def locate_file(profile: VoiceProfile, file: VoiceFile) -> Path:
    """Return where one file of a voice lies: in the data folder, else in an installed package; verified.

    Raises:
        as `locate_files` does.
    """
    path = _place_of(file)
    if path is None:
        raise VoiceFileMissing(
            f"the voice “{profile.name}” isn't installed: its file {file.name} isn't on this machine",
            hint=f"{install_hint(profile)} (once; {missing_mb(profile):.1f} MB)",
        )
    verify(profile, file, path)
    return path


def missing_mb(profile: VoiceProfile) -> float:
    """Return the size of those of a voice's files that aren't on this machine, in MB; voices share what is the same."""
    return sum(file.size_bytes for file in profile.files if _place_of(file) is None) / 1e6


def _place_of(file: VoiceFile) -> Path | None:
    """Return where a file lies: installed by us, or in a package of the version that was checked; None if nowhere."""
    installed = installed_file(file.sha256, file.name)
    if installed.is_file():
        return installed
    for source in file.sources:
        if not isinstance(source, PackageSource):
            continue
        with contextlib.suppress(metadata.PackageNotFoundError):
            distribution = metadata.distribution(source.distribution)
            path = Path(str(distribution.locate_file(source.path)))
            if distribution.version == source.version and path.is_file():
                return path
    return None


def install_hint(profile: VoiceProfile) -> str:
    """Return the sentence with the command that fetches what a voice needs; for a blend, what its voices need."""
    return f"Install it with: audio-builder voices install {' '.join(profile.blend_of or (profile.name,))}"


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
            hint=f"Don't use it. {install_hint(profile)}",
        )


@functools.lru_cache(maxsize=256)
def _sha256(path: Path, _size: int, _changed_ns: int, _inode: int) -> str:
    """Return a file's hash; asked again for a file that wasn't touched, it isn't read again: voices share models."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
