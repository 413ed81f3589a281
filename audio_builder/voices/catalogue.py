"""The profiles of voices: finding and reading them; one TOML file each, in the user's folder or ours."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import msgspec

from audio_builder.errors import UnknownVoice, VoiceError, did_you_mean
from audio_builder.toml_files import read_toml
from audio_builder.voices.blend import blend, is_blend, parse_blend
from audio_builder.voices.profile import (
    NpmSource,
    PackageSource,
    PartsSource,
    RatePoint,
    Source,
    VoiceFile,
    VoiceProfile,
    platform_of,
)
from audio_builder.voices.voice_files import data_folder

_UNKNOWN_KEY = re.compile(r"unknown field `(\w+)`")
_REMOVED_KEYS = ("cadence", "ending_s")
"""Earlier versions wrote these into a listener's own profiles."""


def profile_folders() -> tuple[Path, ...]:
    """Return the folders with voice profiles, the user's own first, then the shipped ones."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent / "voices"
    shipped = checkout if (package.parent / "pyproject.toml").is_file() else package / "voices" / "profiles"
    return data_folder() / "voices", shipped


def list_voices(folders: tuple[Path, ...] | None = None) -> tuple[VoiceProfile, ...]:
    """Return every voice, by name; a user's own profile takes the place of a shipped one.

    Args:
        folders: where to look, the first that has a name wins; by default `profile_folders()`.

    Raises:
        VoiceError: a profile is malformed (its file and the field).
    """
    return tuple(read_profile(path) for _, path in sorted(_profile_files(folders).items()))


def scan_voices(folders: tuple[Path, ...] | None = None) -> dict[str, VoiceProfile | VoiceError]:
    """Return every voice by name, and where its profile is malformed, the error: one of them spoils no list."""
    found: dict[str, VoiceProfile | VoiceError] = {}
    for name, path in sorted(_profile_files(folders).items()):
        try:
            found[name] = read_profile(path)
        except VoiceError as error:
            found[name] = error
    return found


def find_voice(name: str, folders: tuple[Path, ...] | None = None) -> VoiceProfile:
    """Return the voice of that name. Other profiles aren't read, so a broken one does no harm.

    Args:
        name: as the user typed it; upper and lower case are the same. A blend is `NAME:SHARE+NAME:SHARE`.
        folders: as in `list_voices`.

    Raises:
        UnknownVoice: there is none (with the closest names).
        VoiceError: its profile is malformed (the file and the field), or the blend can't be made.
    """
    if is_blend(name):
        return blend([(find_voice(part, folders), share) for part, share in parse_blend(name).items()])
    return read_profile(profile_path(name, folders))


def profile_path(name: str, folders: tuple[Path, ...] | None = None) -> Path:
    """Return the file with the profile of that name; a blend has none.

    Args:
        name: as the user typed it; upper and lower case are the same.
        folders: as in `list_voices`.

    Raises:
        UnknownVoice: there is none (with the closest names).
    """
    files = _profile_files(folders)
    wanted = name.strip().lower()
    path = files.get(wanted) or files.get(wanted.replace("_", "-"))
    if path is None:
        known = ", ".join(sorted(files)) or "none"
        hint = did_you_mean(name.lower(), files, "See `audio-builder voices` for the list.", most=3, cutoff=0.5)
        raise UnknownVoice(f"there is no voice called “{name}”; the voices are: {known}", hint=hint)
    return path


def is_voice(name: str) -> bool:
    """Tell whether a name, in upper or lower case, is that of a voice or a blend; it may not be ready to speak."""
    wanted = name.strip().lower()
    return is_blend(name) or not {wanted, wanted.replace("_", "-")}.isdisjoint(_profile_files(None))


def read_profile(path: Path) -> VoiceProfile:
    """Return the profile in a TOML file, checked, with the rates that hold on this system.

    Raises:
        VoiceError: it can't be read or is malformed (its file and the field).
    """
    content = read_toml(path, "the voice profile", VoiceError, hint=_MEND)
    for key in _REMOVED_KEYS:
        content.pop(key, None)
    try:
        profile = msgspec.convert(content, VoiceProfile)
    except msgspec.ValidationError as error:
        raise _malformed(path, _with_closest(str(error))) from error
    here = platform_of([point.platform for point in profile.calibration])
    measured_here = tuple(point for point in profile.calibration if point.platform == here)
    profile = msgspec.structs.replace(profile, calibration=measured_here)
    for problem in _problems(profile, path):
        raise _malformed(path, problem)
    return profile


def _profile_files(folders: tuple[Path, ...] | None) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in profile_folders() if folders is None else folders:
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem.lower(), path)
    return found


def _problems(profile: VoiceProfile, path: Path) -> list[str]:
    """Return what the types can't say: in words, each with its field."""
    problems = []
    if profile.name != path.stem:
        problems.append(f"name is “{profile.name}”, but must be the file's own name, “{path.stem}”")
    if not all(point.setting > 0 and point.wpm > 0 for point in profile.calibration):
        problems.append("calibration: every setting and wpm must be above 0")
    rates = [point.wpm for point in profile.calibration]
    if any(slower >= faster for slower, faster in itertools.pairwise(rates)):
        problems.append("calibration must be in the order of rising wpm")
    roles = [file.role for file in profile.files]
    if len(set(roles)) < len(roles):
        problems.append("files: two of them have the same role")
    for file in profile.files:
        for inner in (inner for source in file.sources for inner in _paths(source)):
            parts = inner.replace("\\", "/").split("/")
            if ".." in parts or parts[0] == "" or ":" in inner:
                problems.append(f"files: the path “{inner}” must stay inside its package")
    return problems


def _paths(source: Source) -> list[str]:
    if isinstance(source, PartsSource):
        return [part.path for part in source.parts]
    return [source.path] if isinstance(source, PackageSource | NpmSource) else []


def _with_closest(complaint: str) -> str:
    """Return what msgspec says, with the closest of the right keys where it is about a wrong one."""
    keys = dict.fromkeys(key for struct in (VoiceProfile, VoiceFile, RatePoint) for key in struct.__struct_fields__)
    wrong = _UNKNOWN_KEY.search(complaint)
    hint = did_you_mean(wrong[1], keys, cutoff=0.5) if wrong else ""
    return f"{complaint}. {hint}" if hint else complaint


def _malformed(path: Path, problem: str) -> VoiceError:
    return VoiceError(f"the voice profile {path} is malformed: {problem}", hint=_MEND)


_MEND = "Mend that field, or delete the file if it is your own and no longer needed."
