"""A worker process: it speaks the phrases that come on its stdin.

Engines print, crash and hang; here that harms nothing. Answers go out on a private copy of stdout, whatever
an engine prints goes to stderr, which the building process keeps in a file.
"""

from __future__ import annotations

import os
import signal
from typing import BinaryIO

import msgspec

from audio_builder.audio.samples import AudioSegment, samples_from_segment
from audio_builder.errors import AudioBuilderError, ClipRejected, EngineFailed, quoted
from audio_builder.narration.checks import check_clip
from audio_builder.narration.clip import measure_clip, packed_words
from audio_builder.narration.trim import TrimmedClip, trim
from audio_builder.narration.workers.process import Answer, Job, Refused, Spoken, receive, send
from audio_builder.voices.engines.base import Engine, TimedSound, WordTimer
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.profile import Voice
from audio_builder.voices.rate import expected_wpm

_NUDGE = 1.001
"""A second attempt is a thousandth off in rate: nobody hears it, and an engine that answers the same words
with the same bytes gives others."""


def main() -> None:
    """Answer phrases until the building process closes its end, or is gone."""
    # Ctrl-C in a terminal reaches the whole group; the building process decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = _private_streams()
    engine: Engine | None = None  # one for all phrases: the pool gives each engine its own worker
    while (job := receive(requests, Job)) is not None:
        answer: Answer
        try:
            engine = engine or load_engine(job.voice.profile.engine)
            answer = _measured(speak_phrase(engine, job.voice, job.text, job.rate_hz))
        except AudioBuilderError as error:
            answer = Refused(type(error).__name__, error.message, error.hint)
        except Exception as error:  # noqa: BLE001 - somebody else's engine may raise anything; the parent must hear it
            answer = Refused("EngineFailed", f"the engine raised {type(error).__name__}: {error}", "")
        try:
            send(answers, answer)
        except BrokenPipeError:
            break


def speak_phrase(engine: Engine, voice: Voice, text: str, rate_hz: int) -> TrimmedClip:
    """Return a phrase spoken, resampled, trimmed and checked; an implausible sound is made a second time.

    Args:
        engine: the voice's.
        voice: made ready.
        text: from `spoken_text`.
        rate_hz: the episode's sample rate.

    Raises:
        ClipRejected: the sound can't be the sentence, twice.
        EngineFailed: the engine failed, or gave something that isn't mono 16-bit sound.
    """
    wpm = expected_wpm(voice.profile, voice.rate)
    try:
        return _attempt(engine, voice, text, rate_hz, wpm)
    except ClipRejected:
        nudged = msgspec.structs.replace(voice, rate=voice.rate * _NUDGE)
        return _attempt(engine, nudged, text, rate_hz, wpm)


def _attempt(engine: Engine, voice: Voice, text: str, rate_hz: int, wpm: float) -> TrimmedClip:
    timed = (
        engine.speak_timed(text, voice) if isinstance(engine, WordTimer) else TimedSound(engine.speak(text, voice), ())
    )
    spoken = timed.sound
    if not isinstance(spoken, AudioSegment) or spoken.channels != 1 or spoken.sample_width != 2:
        raise EngineFailed(f"the engine “{voice.profile.engine}” gave no mono 16-bit sound for {quoted(text)}")
    clip = trim(spoken, rate_hz, timed.words)
    check_clip(clip, text, wpm)
    return clip


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
