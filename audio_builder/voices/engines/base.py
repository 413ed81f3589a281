"""The boundary between this package and whatever can speak."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import VoiceFileMissing
from audio_builder.voices.profile import Voice, VoiceProfile

ENTRY_POINT_GROUP = "audio_builder.engines"
"""An engine is a class without arguments, published under its name in this entry point group."""


@runtime_checkable
class Engine(Protocol):
    """Something that can speak. One instance lives in one worker process and speaks on its main thread.

    An engine may print, crash or hang: it is run where that harms nothing. Making an instance must
    be cheap and load no model; models are loaded by the first `speak` and kept.
    """

    def voices(self) -> tuple[str, ...]:
        """Return the engine's own names of the voices it can find on this machine.

        Empty for an engine whose voices are all files named by profiles.

        Raises:
            MissingExtra: the packages it needs aren't installed.
        """
        ...

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return `text` spoken by `voice`: mono, 16 bit, at the engine's own sample rate, untrimmed.

        Args:
            text: one phrase, without marks; never empty.
            voice: profile, rate setting and the paths of its files, already verified.

        Raises:
            MissingExtra: the packages it needs aren't installed.
            EngineFailed: it could not speak the text.
        """
        ...

    def fingerprint(self) -> str:
        """Return the engine's name and the versions of everything that changes its sound.

        Part of each clip's cache key, beside the hashes of the voice's files. It is asked for in
        the building process, so it must be cheap: read versions, import nothing heavy.

        Raises:
            MissingExtra: the packages it needs aren't installed.
        """
        ...


@dataclass(frozen=True, slots=True)
class WordStart:
    """Where a word begins.

    Attributes:
        at: index of its first character in its text.
        frame: of the sound, where its first sound begins.
    """

    at: int
    frame: int


@dataclass(frozen=True, slots=True)
class TimedSound:
    """A spoken phrase, and where its words are in it.

    Attributes:
        sound: as `Engine.speak` returns it.
        words: in the order of the text, also by frame; those whose place is sure.
    """

    sound: AudioSegment
    words: tuple[WordStart, ...]


@runtime_checkable
class WordTimer(Protocol):
    """An engine that knows when it speaks each word. Transcripts then show parts of a phrase when they are heard."""

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return what `speak` returns, and where the words are in it.

        Raises:
            as `speak` does.
        """
        ...


@runtime_checkable
class LanguageReader(Protocol):
    """An engine that needs more packages for some languages than for others."""

    def language_extra(self, language: str) -> str:
        """Return the name of the extra with those packages, also of their lock file; empty where none is needed.

        Args:
            language: BCP 47 tag.

        Raises:
            VoiceError: the engine doesn't speak the language.
        """
        ...

    def language_fingerprint(self, language: str) -> str:
        """Return the versions of what reads a language, for the clip's key; empty as above.

        Args:
            language: BCP 47 tag.

        Raises:
            MissingExtra: a package isn't installed.
            VoiceError: the engine doesn't speak the language.
        """
        ...


@runtime_checkable
class Polyglot(Protocol):
    """An engine whose voice follows the language of the words, as far as the machine can."""

    def languages(self) -> tuple[str, ...]:
        """Return the BCP 47 tags of what it can speak on this machine.

        Raises:
            MissingExtra: the packages it needs aren't installed.
        """
        ...


def voice_file(voice: Voice, role: str) -> Path:
    """Return where the file of a voice with a role lies.

    Raises:
        VoiceFileMissing: the voice names none.
    """
    try:
        return voice.paths[role]
    except KeyError as error:
        raise VoiceFileMissing(f"the voice “{voice.profile.name}” names no {error} among its files") from error


def voice_fingerprint(engine: Engine, profile: VoiceProfile) -> str:
    """Return what an engine's `fingerprint` and `language_fingerprint` return for a voice.

    Raises:
        MissingExtra: a package that the voice needs isn't installed.
        VoiceError: the engine doesn't speak the voice's language.
    """
    own = engine.fingerprint()
    reading = engine.language_fingerprint(profile.language) if isinstance(engine, LanguageReader) else ""
    return f"{own} {reading}".rstrip()
