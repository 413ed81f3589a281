"""Making a voice ready to speak: its engine is there, its files are verified, its rate is solved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.files import locate_files
from audio_builder.voices.profile import Voice, VoiceProfile
from audio_builder.voices.rate.plans import voice_density
from audio_builder.voices.rate.rates import solve_rate
from audio_builder.voices.wording.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class PreparedVoice:
    """A voice that can speak, and what to tell the user about its rate.

    Attributes:
        voice: what `narrate` is given.
        note: empty, or that the voice can't go that slow or fast and what is used instead.
        density: how much longer a word of the text takes it than a word of the calibration passage.
    """

    voice: Voice
    note: str
    density: float


def prepare_voice(
    profile: VoiceProfile, wpm: float, texts: Iterable[str] = (), lexicon: Lexicon | None = None
) -> PreparedVoice:
    """Return a voice ready to speak a text at a rate.

    No engine is started; one that plans its lengths is asked for those of new phrases.

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
    engine = load_engine(profile.engine)
    engine.fingerprint()
    lexicon = {**profile.lexicon, **(lexicon or {})}
    voice = Voice(profile=profile, rate=1.0, paths=locate_files(profile), lexicon=lexicon)
    density = voice_density(texts, voice, engine)
    rate = solve_rate(profile, wpm, density)
    return PreparedVoice(msgspec.structs.replace(voice, rate=rate.setting), rate.note, density)
