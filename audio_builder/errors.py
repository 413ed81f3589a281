"""Every error this package raises on purpose, and the exit code each one gives.

    AudioBuilderError            1   anything below; never raised bare
    ├── RecipeError              2   a setting is unknown, of the wrong type or out of range
    ├── SourceError              3   the article can't be read
    │   ├── EmptySource              nothing in it, or nothing that can be spoken
    │   ├── NotText                  binary, or in no encoding that can be told
    │   ├── SourceTooLarge           beyond a documented cap
    │   └── ScriptError              a script file or a mark is malformed (line and column)
    ├── VoiceError               4   a voice can't be used
    │   ├── UnknownVoice             no profile of that name (with the closest names)
    │   ├── MissingExtra             its engine isn't installed (with the command that mends it)
    │   ├── VoiceFileMissing         a file the profile names isn't there
    │   ├── DownloadFailed           a file of a voice can't be fetched
    │   └── VoiceFileChanged         a file's bytes aren't the ones the profile pins
    ├── NarrationError           5   the engine failed on a sentence
    │   ├── EngineFailed             it raised, or its process died
    │   ├── EngineTimedOut           it did not answer in time
    │   └── ClipRejected             the sound it gave can't be that sentence
    ├── SoundError               6   a background or bell can't be used
    ├── OutputError              7   the episode can't be written
    │   └── DiskFull                 no space left
    ├── EncoderError             8   ffmpeg failed
    │   └── NotAudio                 ffmpeg can't decode what it was given
    ├── VerificationError        9   the finished draft does not meet the standard
    ├── WorkersError            11   what builds a batch of articles can't be used
    │   ├── WorkerLost               an article ended the process that built it, twice
    │   └── ClusterError             the cluster isn't there, has gone, or its workers can't build this
    └── Interrupted            130   Ctrl-C; 143 after SIGTERM, 129 after SIGHUP (128 + the signal's number)

Exit code 2 is also click's for a wrong command line, 10 is `audio-builder check`'s for a file that
does not meet the standard, and 70 is a defect of ours (an exception outside this tree).

A message says what failed, the value given and what is allowed; a hint says what to do next.
Errors of other packages are turned into one of these where they enter, with `from`.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

CHECK_FAILED = 10
INTERNAL_ERROR = 70
_LONGEST_QUOTE = 80


class AudioBuilderError(Exception):
    """The root of the tree.

    Attributes:
        message: what failed, with the value given.
        hint: what to do next, or an empty string where the message already says it.
        exit_code: what the command line exits with.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RecipeError(AudioBuilderError):
    """A setting is unknown, of the wrong type or out of range."""

    exit_code = 2


class SourceError(AudioBuilderError):
    """The article can't be read."""

    exit_code = 3


class EmptySource(SourceError):
    """There is nothing in the source, or nothing that can be spoken."""


class NotText(SourceError):
    """The source is binary, or its encoding can't be told."""


class SourceTooLarge(SourceError):
    """The source is beyond a documented cap."""


class ScriptError(SourceError):
    """A script file or a mark in an article is malformed."""


class VoiceError(AudioBuilderError):
    """A voice can't be used."""

    exit_code = 4


class UnknownVoice(VoiceError):
    """No voice profile has that name."""


class MissingExtra(VoiceError):
    """The packages an engine needs aren't installed."""


class VoiceFileMissing(VoiceError):
    """A file that a voice profile names isn't on this machine."""


class DownloadFailed(VoiceError):
    """A file of a voice can't be fetched from any of its sources."""


class VoiceFileChanged(VoiceError):
    """A voice file's bytes aren't the ones its profile pins."""


class NarrationError(AudioBuilderError):
    """An engine failed on a sentence."""

    exit_code = 5


class EngineFailed(NarrationError):
    """The engine raised an error, or its process died."""


class EngineTimedOut(NarrationError):
    """The engine did not answer in the time that its text allows."""


class ClipRejected(NarrationError):
    """The sound the engine gave can't be the sentence: empty, silent, or absurdly long or short."""


class SoundError(AudioBuilderError):
    """A background or a bell can't be used."""

    exit_code = 6


class OutputError(AudioBuilderError):
    """The episode can't be written."""

    exit_code = 7


class DiskFull(OutputError):
    """No space is left where the episode or the cache is written."""


class EncoderError(AudioBuilderError):
    """ffmpeg failed."""

    exit_code = 8


class NotAudio(EncoderError):
    """ffmpeg can't decode the file as audio."""


class VerificationError(AudioBuilderError):
    """The finished draft does not meet the standard."""

    exit_code = 9


class WorkersError(AudioBuilderError):
    """What builds the articles of a batch can't be used."""

    exit_code = 11


class WorkerLost(WorkersError):
    """An article ended the process that built it, twice."""


class ClusterError(WorkersError):
    """The cluster isn't there, has gone, or its workers can't build what they are asked for."""


class Interrupted(AudioBuilderError):
    """The user pressed Ctrl-C, or the system asked the process to end."""

    exit_code = 130


def did_you_mean(given: str, known: Iterable[str], otherwise: str = "", *, most: int = 1, cutoff: float = 0.6) -> str:
    """Return the hint that names what is closest to something that isn't known; `otherwise` where nothing is.

    >>> did_you_mean("lrak", ["lark", "joe"])
    'Did you mean lark?'
    """
    close = difflib.get_close_matches(given, list(known), n=most, cutoff=cutoff)
    return f"Did you mean {' or '.join(close)}?" if close else otherwise


def quoted(text: str) -> str:
    """Return a phrase for an error message: in quotation marks, cut after 80 characters."""
    shown = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1].rstrip() + "…"
    return f"“{shown}”"
