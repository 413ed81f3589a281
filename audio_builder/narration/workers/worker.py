"""A worker process: it speaks the phrases that come on its stdin.

Engines print, crash and hang; here that harms nothing. Answers go out on a private copy of stdout, whatever
an engine prints goes to stderr, which the building process keeps in a file.
"""

from __future__ import annotations

import os
import re
import signal
from typing import BinaryIO

import msgspec

from audio_builder.audio.samples import AudioSegment, samples_from_segment
from audio_builder.errors import AudioBuilderError, ClipRejected, EngineFailed, quoted
from audio_builder.narration.checks import check_clip
from audio_builder.narration.clip import measure_clip, packed_words
from audio_builder.narration.hearing import Hearing, packed_hearing
from audio_builder.narration.recogniser import hear_clip
from audio_builder.narration.trim import TrimmedClip, trim
from audio_builder.narration.workers.process import Answer, Job, Refused, Spoken, receive, send
from audio_builder.voices.engines.base import Engine, TimedSound, WordStart, WordTimer
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.profile import Voice
from audio_builder.voices.rate import expected_wpm

_OTHER_SEED = 1.01
"""A take in the rate of which nobody hears a difference either, and that sounds otherwise to a recogniser."""

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
            speak = speak_and_listen if job.listen else _unheard
            answer = _measured(*speak(engine, job.voice, job.text, job.rate_hz))
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
        return _attempt(engine, _nudged(voice, _NUDGE), text, rate_hz, wpm)


def _unheard(engine: Engine, voice: Voice, text: str, rate_hz: int) -> tuple[TrimmedClip, None]:
    return speak_phrase(engine, voice, text, rate_hz), None


def speak_and_listen(engine: Engine, voice: Voice, text: str, rate_hz: int) -> tuple[TrimmedClip, Hearing]:
    """Return a phrase spoken as `speak_phrase` does it, and what is heard in it; a wrong one is spoken twice more.

    First with another seed, which the engines take from the rate, then in two parts. Of takes that are all wrong, the
    one with the fewest differences is kept.

    Args:
        engine: the voice's.
        voice: made ready.
        text: from `spoken_text`.
        rate_hz: the episode's sample rate.

    Raises:
        as `speak_phrase` does.
        MissingExtra: nothing is installed that could listen.
    """
    takes: list[tuple[TrimmedClip, Hearing]] = []
    for speaker, speaks in ((engine, voice), (engine, _nudged(voice, _OTHER_SEED)), (_InParts(engine), voice)):
        try:
            clip = speak_phrase(speaker, speaks, text, rate_hz)
        except (ClipRejected, EngineFailed):
            if not takes:
                raise
            continue
        hearing = hear_clip(clip, text, voice.profile)
        takes.append((clip, hearing))
        if not hearing.is_wrong:
            break
    clip, hearing = min(takes, key=lambda take: len(take[1].differences))
    return clip, msgspec.structs.replace(hearing, takes=len(takes))


def _nudged(voice: Voice, by: float) -> Voice:
    return msgspec.structs.replace(voice, rate=voice.rate * by)


class _InParts:
    """An engine that speaks a text in two parts, parted at a mark, else between words."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def voices(self) -> tuple[str, ...]:
        """Return those of the engine."""
        return self._engine.voices()

    def fingerprint(self) -> str:
        """Return that of the engine."""
        return self._engine.fingerprint()

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return the parts one after the other; a text of one word as it is."""
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return the parts one after the other, with the words that the engine times."""
        sound, words, at = None, [], 0
        for part in _parts(text):
            timed = _timed(self._engine, part, voice)
            frames = 0 if sound is None else int(sound.frame_count())
            words += [WordStart(at + word.at, frames + word.frame) for word in timed.words]
            sound = timed.sound if sound is None else sound.append(timed.sound, crossfade=0)
            at += len(part)
        return TimedSound(sound, tuple(words))


def _parts(text: str) -> tuple[str, ...]:
    """Return a text in two, of lengths as alike as can be: after a mark if there is one, else after a space."""
    for cut in (r"(?<=[,;:—–…]) ", " "):
        ends = [found.end() for found in re.finditer(cut, text)]
        if ends:
            end = min(ends, key=lambda place: abs(place - len(text) / 2))
            return text[:end], text[end:]
    return (text,)


def _timed(engine: Engine, text: str, voice: Voice) -> TimedSound:
    if isinstance(engine, WordTimer):
        return engine.speak_timed(text, voice)
    return TimedSound(engine.speak(text, voice), ())


def _attempt(engine: Engine, voice: Voice, text: str, rate_hz: int, wpm: float) -> TrimmedClip:
    timed = _timed(engine, text, voice)
    spoken = timed.sound
    if not isinstance(spoken, AudioSegment) or spoken.channels != 1 or spoken.sample_width != 2:
        raise EngineFailed(f"the engine “{voice.profile.engine}” gave no mono 16-bit sound for {quoted(text)}")
    clip = trim(spoken, rate_hz, timed.words)
    check_clip(clip, text, wpm)
    return clip


def _measured(clip: TrimmedClip, hearing: Hearing | None) -> Spoken:
    rate_hz = int(clip.segment.frame_rate)
    levels = measure_clip(samples_from_segment(clip.segment), rate_hz, clip.lead_frames, clip.tail_frames)
    words = packed_words(clip.words)
    heard = packed_hearing(hearing)
    return Spoken(clip.segment.raw_data, clip.lead_frames, clip.tail_frames, levels.packed(), words, heard)


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
