"""Recorded: a person's own reading, a file for each phrase, in a folder of takes."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import soundfile

from audio_builder.audio.samples import AudioSegment, segment_from_samples
from audio_builder.errors import EngineFailed, VoiceFileMissing, quoted
from audio_builder.files import decode_json
from audio_builder.voices.profile import Voice

TAKES_INDEX = "takes.json"
"""In the folder: which file has which phrase."""

FOLDER_SETTING = "folder"
REVISION_SETTING = "revision"
"""Changes with every take, and so no clip of an earlier one is found in the cache."""

LONGEST_TAKE_S = 120.0


class RecordedEngine:
    """Gives the take of a phrase. The setting of the rate changes nothing: a person's own reading isn't stretched."""

    reader = "person"
    """None of the rules for numbers and abbreviations is for a person: takes are known by the words as they stand."""

    def voices(self) -> tuple[str, ...]:
        """Return nothing: each voice is a folder named by a profile."""
        return ()

    def fingerprint(self) -> str:
        """Return the engine's name and the version of how it reads takes."""
        return "recorded 1"

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return the take of a phrase, in one channel.

        Raises:
            VoiceFileMissing: the profile names no folder, or the folder has no list of takes.
            EngineFailed: there is no take of the phrase, or it can't be read.
        """
        folder = Path(str(voice.profile.settings.get(FOLDER_SETTING, "")))
        name = _index(folder, str(voice.profile.settings.get(REVISION_SETTING, ""))).get(text)
        if name is None:
            raise EngineFailed(
                f"there is no take of {quoted(text)} in {folder}",
                hint="Read it in the studio, or give the phrase another voice.",
            )
        try:
            with soundfile.SoundFile(folder / name) as sound:
                frames = sound.read(round(LONGEST_TAKE_S * sound.samplerate), dtype="float32", always_2d=True)
                return segment_from_samples(np.ascontiguousarray(frames.mean(axis=1)), sound.samplerate)
        except (OSError, soundfile.SoundFileError) as error:
            raise EngineFailed(
                f"the take {folder / name} can't be read: {error}", hint="Read the phrase again in the studio."
            ) from error


@functools.lru_cache(maxsize=4)
def _index(folder: Path, _revision: str) -> dict[str, str]:
    """Return the file of each phrase, by its words.

    Raises:
        VoiceFileMissing: there is no such list, or it is malformed.
    """
    try:
        index = decode_json((folder / TAKES_INDEX).read_bytes(), dict[str, str])
    except (OSError, ValueError) as error:
        raise VoiceFileMissing(
            f"the folder of takes {folder} has no list of them: {error}", hint="Read a phrase in the studio first."
        ) from error
    return {text: Path(name).name for text, name in index.items()}
