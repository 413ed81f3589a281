"""The content address of a clip: everything that changes its sound, and nothing else."""

from __future__ import annotations

import hashlib

import msgspec

from audio_builder.narration.trim import TRIM_VERSION
from audio_builder.script.cues import Role
from audio_builder.voices.profile import Voice


class ClipIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What all clips of one voice, rate and format have in common.

    Attributes:
        engine: its fingerprint.
        language: the voice's.
        settings: the engine's own settings, by name.
        files: SHA-256 of each of the voice's files, by role.
        rate: the engine's rate setting.
        rate_hz: the episode's sample rate.
        trimming: version of the trimmer.
    """

    engine: str
    language: str
    settings: list[tuple[str, str | float | bool]]
    files: list[tuple[str, str]]
    rate: float
    rate_hz: int
    trimming: int = TRIM_VERSION


def identity_of(voice: Voice, fingerprint: str, rate_hz: int) -> ClipIdentity:
    """Return what a voice's clips have in common. The voice's name and description aren't part of it."""
    profile = voice.profile
    return ClipIdentity(
        engine=f"{profile.engine}: {fingerprint}",
        language=profile.language,
        settings=sorted(profile.settings.items()),
        files=sorted((file.role, file.sha256) for file in profile.files),
        rate=voice.rate,
        rate_hz=rate_hz,
    )


def clip_key(text: str, role: Role, identity: ClipIdentity) -> str:
    """Return a phrase's content address: 64 hexadecimal digits.

    Args:
        text: from `spoken_text`.
        role: what the phrase is.
        identity: of the voice.
    """
    content = msgspec.json.encode((text, role.value, identity))
    return hashlib.sha256(content).hexdigest()
