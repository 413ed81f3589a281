"""Which voices can speak on this machine, and what would mend those that can't."""

from __future__ import annotations

from msgspec import Struct

from audio_builder.errors import VoiceError
from audio_builder.voices.catalogue import list_voices
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import VoiceProfile


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
        problem: what is missing; empty when ready.
        mend: what to do about it; empty when ready.
    """

    name: str
    description: str
    language: str
    engine: str
    licence: str
    slowest_wpm: float
    fastest_wpm: float
    ready: bool
    problem: str = ""
    mend: str = ""


def voice_statuses() -> tuple[VoiceStatus, ...]:
    """Return every voice with its state, by name. Files are hashed; no engine is started.

    Raises:
        VoiceError: a profile is malformed.
    """
    return tuple(_status(profile) for profile in list_voices())


def _status(profile: VoiceProfile) -> VoiceStatus:
    problem = mend = ""
    try:
        prepare_voice(profile, profile.calibration[0].wpm)
    except VoiceError as error:
        problem, mend = error.message, error.hint
    return VoiceStatus(
        name=profile.name,
        description=profile.description,
        language=profile.language,
        engine=profile.engine,
        licence=profile.licence,
        slowest_wpm=profile.calibration[0].wpm,
        fastest_wpm=profile.calibration[-1].wpm,
        ready=not problem,
        problem=problem,
        mend=mend,
    )
