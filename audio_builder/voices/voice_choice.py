"""Which voice reads a text where nobody has chosen one: one of its language, and never one of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audio_builder.errors import AudioBuilderError, VoiceError
from audio_builder.voices.catalogue import find_voice, scan_voices
from audio_builder.voices.engines.base import Polyglot
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.languages import closest, in_language, primary
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import VoiceProfile

AUTO = "auto"
"""What stands in the recipe for a voice of the text's language."""

ENGLISH_VOICE, SYSTEM_VOICE = "lark", "system"


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """A voice for a language.

    Attributes:
        name: of its profile.
        note: empty, or what to tell the user about it.
    """

    name: str
    note: str = ""


def choose_voice(language: str) -> VoiceChoice:
    """Return the voice of a language: `lark` for English, else one that is installed, else the system's.

    Of several that are installed, one of the same region comes first, then one whose rates are measured, then by name.

    Args:
        language: BCP 47 tag; empty for English.

    Raises:
        VoiceError: no voice on this machine speaks it (with the command that installs one).
    """
    if primary(language or "en") == "en":
        return VoiceChoice(ENGLISH_VOICE)
    own = voices_of(language)
    for name, profile in own.items():
        if _is_ready(profile):
            return VoiceChoice(name)
    first, *others = own or ("",)
    command = f"audio-builder voices install {first}" if own else f"audio-builder voices search {primary(language)}"
    command += f" (or {', '.join(others)})" if others else ""
    if _system_speaks(language):
        return VoiceChoice(
            SYSTEM_VOICE, f"no voice for {language} is installed, so the system's own reads it; a better one: {command}"
        )
    raise VoiceError(
        f"no voice on this machine speaks {language}",
        hint=f"Get one with {command}. Or name a voice with --voice, whatever it speaks.",
    )


def voices_of(language: str) -> Mapping[str, VoiceProfile]:
    """Return the voices with a profile that speak a language, the most fitting first; not those that follow the words.

    Args:
        language: BCP 47 tag.
    """
    own = [
        found
        for found in scan_voices().values()
        if isinstance(found, VoiceProfile)
        and not found.follows_language
        and primary(found.language) == primary(language)
    ]
    wanted = language.lower()
    own.sort(key=lambda found: (wanted not in (found.language.lower(), primary(wanted)), found.rates_of, found.name))
    return {profile.name: profile for profile in own}


def _is_ready(profile: VoiceProfile) -> bool:
    try:
        prepare_voice(profile, profile.calibration[0].wpm)
    except VoiceError:
        return False
    return True


def _system_speaks(language: str) -> bool:
    try:
        profile = in_language(find_voice(SYSTEM_VOICE), language)
        engine = load_engine(profile.engine)
        return isinstance(engine, Polyglot) and bool(closest(language, [(tag, [tag]) for tag in engine.languages()]))
    except AudioBuilderError:
        return False
