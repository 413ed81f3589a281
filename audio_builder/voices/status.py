"""Which voices can speak on this machine, and what would mend those that can't."""

from __future__ import annotations

from msgspec import Struct

from audio_builder.errors import MissingExtra, VoiceError, VoiceFileMissing
from audio_builder.voices.catalogue import scan_voices
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import RatePoint, VoiceProfile
from audio_builder.voices.voice_files import locate_files, missing_mb


class VoiceStatus(Struct, frozen=True, kw_only=True):
    """A voice and whether it is ready.

    Attributes:
        name: what the user types.
        description: one line.
        language: BCP 47 tag.
        engine: name of its engine.
        licence: SPDX identifier of the voice.
        slowest_wpm: slowest measured rate inside phrases.
        fastest_wpm: fastest measured rate inside phrases.
        ready: its engine is installed and its files are there, unchanged.
        fetchable: it isn't ready only because what it needs isn't on this machine: `voices install` fetches that.
        missing_mb: size of those of its files that aren't on this machine.
        problem: what is missing; empty when ready.
        mend: what to do about it; empty when ready.
        rates_of: the voice whose rates stand in until its own are measured; empty where they are its own.
    """

    name: str
    description: str
    language: str
    engine: str
    licence: str
    slowest_wpm: float
    fastest_wpm: float
    ready: bool
    fetchable: bool = False
    missing_mb: float = 0.0
    problem: str = ""
    mend: str = ""
    rates_of: str = ""


class FileDetails(Struct, frozen=True, kw_only=True):
    """One file of a voice.

    Attributes:
        role: what the engine uses it for.
        name: the file's own name.
        size_bytes: exact size.
        sha256: the hash that is pinned.
        sources: where it can come from, in words.
        path: where it lies on this machine; empty when it isn't there or isn't the one that was checked.
    """

    role: str
    name: str
    size_bytes: int
    sha256: str
    sources: tuple[str, ...]
    path: str = ""


class VoiceDetails(Struct, frozen=True, kw_only=True):
    """Everything about a voice.

    Attributes:
        status: what the list of voices says of it.
        attribution: whom to credit.
        calibration: what was measured, by rising wpm.
        files: what the engine loads.
        size_bytes: of all files together.
        rates_of: the voice whose rates stand in; empty where they are its own.
    """

    status: VoiceStatus
    attribution: str
    calibration: tuple[RatePoint, ...]
    files: tuple[FileDetails, ...]
    size_bytes: int
    rates_of: str = ""


def voice_details(profile: VoiceProfile) -> VoiceDetails:
    """Return everything about one voice. Its files are hashed; no engine is started."""
    try:
        paths = {role: str(path) for role, path in locate_files(profile).items()}
    except VoiceError:
        paths = {}  # its status says what is wrong
    files = tuple(
        FileDetails(
            role=file.role,
            name=file.name,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            sources=tuple(str(source) for source in file.sources),
            path=paths.get(file.role, ""),
        )
        for file in profile.files
    )
    return VoiceDetails(
        status=voice_status(profile),
        attribution=profile.attribution,
        calibration=profile.calibration,
        files=files,
        size_bytes=sum(file.size_bytes for file in files),
        rates_of=profile.rates_of,
    )


def voice_statuses() -> tuple[VoiceStatus, ...]:
    """Return every voice with its state, by name. Files are hashed; no engine is started."""
    return tuple(
        _broken_status(name, found) if isinstance(found, VoiceError) else voice_status(found)
        for name, found in scan_voices().items()
    )


def _broken_status(name: str, error: VoiceError) -> VoiceStatus:
    """Return the state of a voice whose profile is malformed: only its name is known."""
    return VoiceStatus(
        name=name,
        description="a profile that can't be read",
        language="?",
        engine="?",
        licence="?",
        slowest_wpm=0.0,
        fastest_wpm=0.0,
        ready=False,
        problem=error.message,
        mend=error.hint,
    )


def voice_status(profile: VoiceProfile) -> VoiceStatus:
    """Return one voice with its state. Its files are hashed; no engine is started."""
    problem = mend = ""
    fetchable = False
    try:
        prepare_voice(profile, profile.calibration[0].wpm)
    except VoiceError as error:
        problem, mend = error.message, error.hint
        fetchable = isinstance(error, VoiceFileMissing | MissingExtra)
    return VoiceStatus(
        name=profile.name,
        description=profile.description,
        language=profile.language,
        engine=profile.engine,
        licence=profile.licence,
        slowest_wpm=profile.calibration[0].wpm,
        fastest_wpm=profile.calibration[-1].wpm,
        ready=not problem,
        fetchable=fetchable,
        missing_mb=round(missing_mb(profile), 1),
        problem=problem,
        mend=mend,
        rates_of=profile.rates_of,
    )
