"""Removing a voice's installed files, and the profile of one that the user added."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from audio_builder.files import output_error
from audio_builder.voices.catalogue import list_voices
from audio_builder.voices.folders import data_folder, installed_file
from audio_builder.voices.profile import VoiceFile, VoiceProfile


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
        try:
            path.unlink()
        except OSError as error:
            raise output_error(error, path) from error
        with contextlib.suppress(OSError):  # the folder stays where something else is in it
            path.parent.rmdir()
    return Removal(tuple(removed), tuple(shared))


def _lies_here(file: VoiceFile) -> bool:
    return installed_file(file.sha256, file.name).exists()
