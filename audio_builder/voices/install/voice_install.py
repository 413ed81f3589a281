"""Installing a voice: its engine's packages, and each file from the first of its sources that works; removing it.

Nothing is ever fetched unless this is called. A file is written beside its place, its size and SHA-256 are
compared with what the profile pins, and only then is it moved there.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from audio_builder.errors import DownloadFailed, VoiceError, VoiceFileChanged
from audio_builder.files import commit, draft_beside, output_errors
from audio_builder.progress import Progress, Step
from audio_builder.voices.catalogue import list_voices
from audio_builder.voices.engines.base import voice_fingerprint
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.install.downloads import OnBytes, download
from audio_builder.voices.install.engine_packages import EnginePackages, install_packages, missing_packages
from audio_builder.voices.profile import VoiceFile, VoiceProfile
from audio_builder.voices.voice_files import data_folder, installed_file, locate_file, verify


@dataclass(frozen=True, slots=True)
class NeededDownloads:
    """What a voice needs and this machine doesn't have.

    Attributes:
        profile: the voice.
        files: those that are missing, or aren't the ones that were checked.
        packages: what its engine lacks, and the reader of its language.
    """

    profile: VoiceProfile
    files: tuple[VoiceFile, ...]
    packages: tuple[EnginePackages, ...]

    def __str__(self) -> str:
        """Return what will be fetched, with size and licence; empty where nothing is missing."""
        parts = []
        if self.files:
            size_mb = sum(file.size_bytes for file in self.files) / 1e6
            names = ", ".join(file.name for file in self.files)
            parts.append(f"the voice's files {names} ({size_mb:.1f} MB; {self.profile.licence})")
        parts += [f"the Python packages {', '.join(found.names)} ({found.contents})" for found in self.packages]
        return " and ".join(parts)


def needed_downloads(profile: VoiceProfile) -> NeededDownloads:
    """Return what has to be fetched before a voice can speak. Nothing is fetched; files are hashed.

    Raises:
        MissingExtra: somebody else's engine lacks packages (with the command that installs them).
        VoiceError: its engine is unknown or can't be loaded.
    """
    missing = tuple(file for file in profile.files if not _is_here(profile, file))
    return NeededDownloads(profile, missing, missing_packages(profile))


def _is_here(profile: VoiceProfile, file: VoiceFile) -> bool:
    try:
        locate_file(profile, file)
    except VoiceError:
        return False
    return True


def install_voice(needed: NeededDownloads, progress: Progress) -> tuple[tuple[Path, str], ...]:
    """Install the packages of a voice's engine and fetch its files; return each new file with its source.

    Args:
        needed: from `needed_downloads`.
        progress: called with the bytes that have arrived; its stage is `fetch`.

    Raises:
        DownloadFailed: no source of a file works (each with its reason), or pip can't install the packages.
        VoiceFileChanged: what came isn't the file that is pinned; nothing was put in place.
        OutputError: a file can't be written.
        MissingExtra: the engine lacks something that its packages don't bring.
    """
    total = sum(file.size_bytes for file in needed.files)
    for packages in needed.packages:
        progress(Step("fetch", 0, total, ", ".join(packages.names)))
        install_packages(packages)
    voice_fingerprint(load_engine(needed.profile.engine), needed.profile)
    fetched: list[tuple[Path, str]] = []
    done = 0
    for file in needed.files:

        def on_bytes(have: int, detail: str, before: int = done, most: int = file.size_bytes) -> None:
            progress(Step("fetch", before + min(have, most), total, detail))

        target = installed_file(file.sha256, file.name)
        fetched.append((target, _fetch_first(needed.profile, file, target, on_bytes)))
        done += file.size_bytes
    progress(Step("fetch", total, total))
    return tuple(fetched)


def _fetch_first(profile: VoiceProfile, file: VoiceFile, target: Path, on_bytes: OnBytes) -> str:
    """Put a file in place from the first source that works; return that source in words."""
    failures: list[VoiceError] = []
    for source in file.sources:
        try:
            with draft_beside(target) as draft:
                download(source, file, draft, on_bytes)
                verify(profile, file, draft)
                commit(draft, target)
        except DownloadFailed as error:
            failures.append(error)
        except VoiceFileChanged:
            failures.append(
                VoiceFileChanged(
                    f"the {file.name} that came from {source} isn't the one that was checked (its size or SHA-256 "
                    "differs); nothing was put in place",
                    hint="Try again later. If it stays so, that source has another file by now: please report it.",
                )
            )
        else:
            return str(source)
    changed = next((error for error in failures if isinstance(error, VoiceFileChanged)), None)
    if changed and len(failures) == 1:
        raise changed
    reasons = "; ".join(error.message for error in failures) or "its profile names no source"
    raise DownloadFailed(
        f"can't fetch {file.name} for the voice “{profile.name}”: {reasons}",
        hint="Check the network, then run the same command again. What is already there is kept.",
    )


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing a voice did.

    Attributes:
        removed: files that are gone.
        shared: files that stay because another installed voice needs them.
    """

    removed: tuple[Path, ...]
    shared: tuple[Path, ...]


def remove_voice(profile: VoiceProfile) -> Removal:
    """Remove what was installed for a voice, but not what another installed voice shares with it.

    The profile goes too where it is the user's own. Files in Python packages stay.

    Raises:
        OutputError: a file can't be removed.
        VoiceError: another voice's profile is malformed.
    """
    needed = {
        file.sha256
        for other in list_voices()
        if other.name != profile.name and all(_lies_here(file) for file in other.files)
        for file in other.files
    }
    removed: list[Path] = []
    shared: list[Path] = []
    for file in profile.files:
        path = installed_file(file.sha256, file.name)
        if path.exists():
            (shared if file.sha256 in needed else removed).append(path)
    own = data_folder() / "voices" / f"{profile.name}.toml"
    removed += [own] if own.is_file() else []
    for path in removed:
        with output_errors(path):
            path.unlink()
        with contextlib.suppress(OSError):  # the folder stays where something else is in it
            path.parent.rmdir()
    return Removal(tuple(removed), tuple(shared))


def _lies_here(file: VoiceFile) -> bool:
    return installed_file(file.sha256, file.name).exists()
