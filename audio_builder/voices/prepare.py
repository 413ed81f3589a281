"""Making a voice ready to speak: its engine is there, its files are verified, its rate is solved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from audio_builder.errors import MissingExtra
from audio_builder.voices.engines.base import voice_fingerprint
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.extras import engine_lock
from audio_builder.voices.profile import Voice, VoiceProfile
from audio_builder.voices.rate import limit_note, solve_rate
from audio_builder.voices.spoken.lexicon import Lexicon
from audio_builder.voices.voice_files import install_hint, locate_files


@dataclass(frozen=True, slots=True)
class PreparedVoice:
    """A voice that can speak, and what to tell the user about its rate.

    Attributes:
        voice: what `narrate` is given.
        wpm: words per minute that are asked for.
        text_factor: how much longer a word of the text takes it than a word of the calibration text; 1.0 until it is
            measured.
        limit: as in `RateSolution`.
        rate_note: empty, or that the voice can't go that slow or fast and what is used instead.
        language_note: empty, or that it speaks another language than the text has.
    """

    voice: Voice
    wpm: float
    text_factor: float = 1.0
    limit: str = ""
    rate_note: str = ""
    language_note: str = ""

    @property
    def name(self) -> str:
        """The name of its profile."""
        return self.voice.profile.name

    @property
    def note(self) -> str:
        """What to tell the user about it; empty where there is nothing."""
        return "; ".join(filter(None, (self.rate_note, self.language_note)))

    def for_text(self, text_factor: float) -> PreparedVoice:
        """Return the voice at the setting that meets its rate on a text with another factor."""
        rate = solve_rate(self.voice.profile, self.wpm, text_factor)
        voice = msgspec.structs.replace(self.voice, rate=rate.setting)
        return replace(self, voice=voice, text_factor=text_factor, limit=rate.limit, rate_note=rate.note)

    def at_rate(self, wpm: float) -> PreparedVoice:
        """Return the voice at another rate on the same text, in words per minute."""
        return replace(self, wpm=wpm).for_text(self.text_factor)

    def measured_at(self, wpm: float) -> PreparedVoice:
        """Return the voice with a note on its rate that names the measured rate instead of the expected one."""
        return replace(self, rate_note=limit_note(self.name, self.limit, self.wpm, wpm))


def prepare_voice(profile: VoiceProfile, wpm: float, lexicon: Lexicon | None = None) -> PreparedVoice:
    """Return a voice ready to speak at a rate, which is that of the calibration text (see `narrate_at_rate`).

    No engine is started.

    Args:
        profile: from `catalogue.find_voice`.
        wpm: words per minute inside phrases.
        lexicon: the project's pronunciations, which win over the voice's own.

    Raises:
        MissingExtra: a package it needs isn't installed (with the command that mends it).
        VoiceFileMissing: a file it needs isn't there.
        VoiceFileChanged: a file isn't the one that was checked.
        VoiceError: its engine is unknown or can't be loaded.
    """
    engine = load_engine(profile.engine)
    try:
        voice_fingerprint(engine, profile)
    except MissingExtra as error:
        if engine_lock(profile.engine) is None:
            raise
        raise MissingExtra(error.message, hint=install_hint(profile)) from error
    lexicon = {**profile.lexicon, **(lexicon or {})}
    voice = Voice(profile=profile, rate=1.0, paths=locate_files(profile), lexicon=lexicon)
    return PreparedVoice(voice, wpm).for_text(1.0)
