"""A worker process: `python -m audio_builder.narration.workers.worker` speaks the phrases that come on its stdin.

Engines print, crash and hang; here that harms nothing. Answers go out on a private copy of stdout, whatever
an engine prints goes to stderr, which the building process keeps in a file.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import BinaryIO

from audio_builder.audio.samples import samples_from_segment
from audio_builder.errors import AudioBuilderError
from audio_builder.narration.levels import measure_clip
from audio_builder.narration.speak import speak_phrase
from audio_builder.narration.trim import TrimmedClip
from audio_builder.narration.words import packed_words
from audio_builder.narration.workers.protocol import Answer, Refused, Request, Spoken, Task, receive, send
from audio_builder.voices.engines.base import Engine
from audio_builder.voices.engines.registry import load_engine


def main() -> None:
    """Answer phrases until the building process closes its end, or is gone."""
    # Ctrl-C in a terminal reaches the whole group; the building process decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = _private_streams()
    # Nothing of what a model is read into goes round in circles: looking for that until it speaks took 12 ms.
    gc.disable()
    task = Task(voices=(), rate_hz=0)  # until the first comes, before any phrase
    engine: Engine | None = None  # one for all phrases: the pool gives each engine its own worker
    while (request := receive(requests, Request)) is not None:
        if isinstance(request, Task):
            task = request
            continue
        answer: Answer
        try:
            voice = task.voices[request.voice]
            engine = engine or load_engine(voice.profile.engine)
            clip = speak_phrase(engine, voice, request.text, task.rate_hz)
            answer = _measured(clip)
        except AudioBuilderError as error:
            answer = Refused(type(error).__name__, error.message, error.hint)
        except Exception as error:  # noqa: BLE001 - somebody else's engine may raise anything; the parent must hear it
            answer = Refused("EngineFailed", f"the engine raised {type(error).__name__}: {error}", "")
        gc.enable()
        try:
            send(answers, answer)
        except BrokenPipeError:
            break
    # Libraries with threads of their own, such as espeak-ng, may crash when Python tidies up.
    sys.stderr.flush()
    os._exit(0)


def _measured(clip: TrimmedClip) -> Spoken:
    rate_hz = int(clip.segment.frame_rate)
    levels = measure_clip(samples_from_segment(clip.segment), rate_hz, clip.lead_frames, clip.tail_frames)
    words = packed_words(clip.words)
    return Spoken(clip.segment.raw_data, clip.lead_frames, clip.tail_frames, levels.packed(), words)


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return this process's stdin and stdout for us alone; engines get an empty stdin, and stderr as stdout."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


if __name__ == "__main__":
    main()
