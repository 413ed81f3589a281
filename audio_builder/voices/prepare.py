"""Making a voice ready to speak: its engine is there, its files are verified, its rate is solved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audio_builder.voices.cadence import density
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.files import locate_files
from audio_builder.voices.lexicon import Lexicon
from audio_builder.voices.profile import Voice, VoiceProfile
from audio_builder.voices.rates import solve_rate


@dataclass(frozen=True, slots=True)
class PreparedVoice:
    """A voice that can speak, and what to tell the user about its rate.

    Attributes:
        voice: what `narrate` is given.
        note: empty, or that the voice can't go that slow or fast and what is used instead.
    """

    voice: Voice
    note: str


def prepare_voice(
    profile: VoiceProfile, wpm: float, texts: Iterable[str] = (), lexicon: Lexicon | None = None
) -> PreparedVoice:
    """Return a voice ready to speak a text at a rate. No engine is started, no model loaded.

    Args:
        profile: from `catalogue.find_voice`.
        wpm: words per minute inside phrases.
        texts: the phrases that it will speak; without any, the rate is that of the calibration passage.
        lexicon: the project's pronunciations, which win over the voice's own.

    Raises:
        MissingExtra: a package it needs isn't installed (with the command that mends it).
        VoiceFileMissing: a file it needs isn't there.
        VoiceFileChanged: a file isn't the one that was checked.
        VoiceError: its engine is unknown or can't be loaded.
    """
    load_engine(profile.engine).fingerprint()
    paths = locate_files(profile)
    rate = solve_rate(profile, wpm, density(texts, profile.cadence))
    voice = Voice(profile=profile, rate=rate.setting, paths=paths, lexicon={**profile.lexicon, **(lexicon or {})})
    return PreparedVoice(voice, rate.note)
