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
import numpy as np

from audio_builder.audio.samples import AudioSegment, samples_from_segment
from audio_builder.errors import AudioBuilderError, ClipRejected, EngineFailed, quoted
from audio_builder.narration.clip import measure_clip, packed_words
from audio_builder.narration.hearing import Hearing, packed_hearing
from audio_builder.narration.recogniser import hear_clip
from audio_builder.narration.trim import TrimmedClip, trim
from audio_builder.narration.workers.process import Answer, Job, Refused, Spoken, receive, send
from audio_builder.script.phrases import count_words
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

    Raises:
        as `speak_phrase` does.
        MissingExtra: nothing is installed that could listen.
    """
    takes: list[tuple[TrimmedClip, Hearing]] = []
    for take, speaks in enumerate((voice, _nudged(voice, _OTHER_SEED), voice)):
        speaker = engine if take < _LAST_TAKE else _InParts(engine)
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


_LAST_TAKE = 2


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
        """Return what `speak_timed` does, without the words."""
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


_SILENT_PEAK = 10 ** (-46 / 20)
_FLAT_SHARE = 0.05
"""Speech touches full scale in well under 1 % of its samples, even when an engine brings its peaks there."""

_FULL_SCALE = 0.999
_CHARACTERS_PER_WORD = 5.5
_LETTER, _SPELLED, _DIGIT, _SYMBOL = 1.0, 4.0, 7.0, 9.0
"""How many characters of speech one written character may stand for: "7" is "seven", "W" in "WWW" is
"double u", "%" is "per cent" and "€" is "euros"."""

_SYMBOLS = frozenset("%&@+=#$€£°§<>*/")
_SHORTEST_SHARE, _LONGEST_SHARE, _LONGEST_EXTRA_S = 0.3, 4.0, 1.5
"""Wide on purpose: they find a clip that lost its half or ran on, and never a slow or hurried reading."""


def check_clip(clip: TrimmedClip, text: str, wpm: float) -> None:
    """Return nothing if a clip can be the phrase.

    Args:
        clip: trimmed.
        text: the phrase that was spoken.
        wpm: how fast the voice speaks at its setting, in words per minute.

    Raises:
        ClipRejected: it is empty, silent, clipped flat, or absurdly long or short for its words.
    """
    samples = samples_from_segment(clip.segment)
    peak = float(np.max(np.abs(samples), initial=0.0))
    if clip.speech_s <= 0 or peak < _SILENT_PEAK:
        raise _rejected(text, f"it is silent (its peak is {20 * np.log10(max(peak, 1e-6)):.0f} dBFS)")
    flat = float(np.mean(np.abs(samples) >= _FULL_SCALE))
    if flat > _FLAT_SHARE:
        raise _rejected(
            text, f"{100 * flat:.0f} % of it is at full scale; speech stays under {100 * _FLAT_SHARE:.0f} %"
        )
    shortest, longest = plausible_seconds(text, wpm)
    if not shortest <= clip.speech_s <= longest:
        raise _rejected(
            text,
            f"it lasts {clip.speech_s:.2f} s; {count_words(text)} words at {wpm:.0f} words per minute "
            f"take {shortest:.2f} to {longest:.1f} s",
        )


def plausible_seconds(text: str, wpm: float) -> tuple[float, float]:
    """Return the shortest and the longest that a phrase can plausibly last, in seconds."""
    seconds_per_word = 60 / wpm
    by_words = count_words(text) * seconds_per_word
    by_letters = sum(character.isalpha() for character in text) / _CHARACTERS_PER_WORD * seconds_per_word
    by_sound = sum(_weight(token) for token in text.split()) / _CHARACTERS_PER_WORD * seconds_per_word
    shortest = _SHORTEST_SHARE * min(by_words, by_letters)
    return shortest, _LONGEST_SHARE * max(by_words, by_sound) + _LONGEST_EXTRA_S


def _weight(token: str) -> float:
    spelled = token.isupper()
    weight = _LETTER  # the space
    for character in token:
        if character.isdigit():
            weight += _DIGIT
        elif character in _SYMBOLS:
            weight += _SYMBOL
        else:
            weight += _SPELLED if spelled else _LETTER
    return weight


def _rejected(text: str, why: str) -> ClipRejected:
    return ClipRejected(
        f"the voice's sound for {quoted(text)} can't be that sentence: {why}",
        hint="Word that sentence a little differently, or choose another voice; the finished sentences are kept.",
    )


if __name__ == "__main__":
    main()
