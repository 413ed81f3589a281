"""Piper: small neural voices that run on a processor in a fraction of real time."""

from __future__ import annotations

import json
import mmap
import os
import re
from pathlib import Path
from typing import Any

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import EngineFailed, VoiceError, VoiceFileMissing, quoted
from audio_builder.voices.engines.base import TimedSound
from audio_builder.voices.engines.onnx.protobuf import Content
from audio_builder.voices.engines.onnx.voice_session import voice_session
from audio_builder.voices.engines.piper_words import word_starts
from audio_builder.voices.extras import installed_version, missing_extra
from audio_builder.voices.lexicon import IPA_END, IPA_START
from audio_builder.voices.profile import Voice

_LONGEST_PIECE = 400
"""Characters in one run of the model. Its attention grows with the square of them, and longer sentences
than it was trained on come out hurried."""

_CLAUSE_END = re.compile(r"(?<=[;:,—–…])\s+|(?<=[.!?])\s+")


class PiperEngine:
    """Speaks with a Piper voice: the files `model` (ONNX) and `config` (JSON); the setting is `length_scale`.

    The noise that the model adds is seeded with what is spoken: the same words at the same rate are the
    same bytes on one machine, in whichever order and process they are spoken.
    """

    takes_ipa = True

    def __init__(self) -> None:
        self._loaded: dict[Path, Any] = {}

    def voices(self) -> tuple[str, ...]:
        """Return nothing: each voice is a pair of files named by a profile."""
        self.fingerprint()
        return ()

    def fingerprint(self) -> str:
        """Return the versions of everything that turns text into this sound.

        Raises:
            MissingExtra: `piper-tts` isn't installed.
        """
        piper, runtime, numpy = (
            installed_version(name, "the engine piper") for name in ("piper-tts", "onnxruntime", "numpy")
        )
        return f"piper seeded-1 quick-2 piper-tts={piper} onnxruntime={runtime} numpy={numpy}"

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return `text` at the model's own rate, usually 22,050 Hz.

        Raises:
            MissingExtra: `piper-tts` isn't installed.
            VoiceFileMissing: the voice names no model or no config.
            VoiceError: the model or its config is malformed or refers to data outside itself.
            EngineFailed: there is nothing that could be spoken in the text.
        """
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return `text` at the model's own rate, with its words where the model tells the lengths of its sounds.

        Raises:
            as `speak` does.
        """
        try:
            from piper import SynthesisConfig
        except ImportError as error:
            raise missing_extra("piper-tts", "the engine piper") from error
        speaker = self._speaker(voice)
        # Peaks are left as the model gives them: bringing each sentence to full scale makes short ones shout.
        config = SynthesisConfig(length_scale=voice.rate, normalize_audio=False)
        pieces = _pieces(text)
        runs = [list(speaker.synthesize(_readable(piece), config, include_alignments=True)) for piece in pieces]
        pcm = b"".join(chunk.audio_int16_bytes for chunks in runs for chunk in chunks)
        if not pcm:
            raise EngineFailed(f"Piper found nothing to speak in {quoted(text)}")
        sound = AudioSegment(pcm, frame_rate=speaker.config.sample_rate, sample_width=2, channels=1)
        return TimedSound(sound, word_starts(text, pieces, runs, speaker))

    def _speaker(self, voice: Voice) -> Any:
        """Return the loaded `PiperVoice`, loading it when it is first asked for."""
        try:
            model, config = voice.paths["model"], voice.paths["config"]
        except KeyError as error:
            raise VoiceFileMissing(f"the voice “{voice.profile.name}” names no {error} among its files") from error
        if model not in self._loaded:
            self._loaded[model] = _load(model, config)
        return self._loaded[model]


def _load(model: Path, config: Path) -> Any:
    from piper import PiperVoice
    from piper.config import PiperConfig

    try:
        settings = PiperConfig.from_dict(json.loads(config.read_text(encoding="utf-8")))
        session = voice_session(_mapped(model), model.name)
    except OSError as error:
        raise VoiceFileMissing(f"can't read {error.filename}: {error.strerror}") from error
    except VoiceError:
        raise
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise VoiceError(f"{config.name} isn't a Piper configuration: {error!r}") from error
    return PiperVoice(session=session, config=settings)


def _mapped(path: Path) -> Content:
    """Return a file as part of the memory: its weights are then neither copied nor held once for each process.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        # What is empty can't be mapped.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if os.fstat(file.fileno()).st_size else b""


def _pieces(text: str) -> list[str]:
    """Return a phrase in pieces the model takes, cut between clauses, else between words."""
    # Without a full stop a heading ends in the air.
    text = text + "." if text[-1:].isalnum() else text
    pieces: list[str] = []
    for clause in _CLAUSE_END.split(text) if len(text) > _LONGEST_PIECE else [text]:
        for part in _cut(clause):
            if pieces and len(pieces[-1]) + 1 + len(part) <= _LONGEST_PIECE:
                pieces[-1] += f" {part}"
            else:
                pieces.append(part)
    return pieces


def _readable(piece: str) -> str:
    """Return a piece as Piper reads it: [[…]] are phonemes to it, and in an article only brackets."""
    return piece.replace("[[", "[ [").replace("]]", "] ]").replace(IPA_START, "[[").replace(IPA_END, "]]")


def _cut(clause: str) -> list[str]:
    """Return a clause in parts of at most `_LONGEST_PIECE` characters, cut at spaces where there are any."""
    parts = []
    while len(clause) > _LONGEST_PIECE:
        space = clause.rfind(" ", 1, _LONGEST_PIECE + 1)
        end = space if space > 0 else _LONGEST_PIECE
        parts.append(clause[:end].rstrip())
        clause = clause[end:].lstrip()
    return [*parts, clause] if clause else parts
