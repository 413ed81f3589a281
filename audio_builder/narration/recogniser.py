"""The recogniser of sounds: `hama`, which writes down the phonemes of English speech with their times.

The only module that imports it. It is an extra, `listen`; without it nothing is heard, and nothing else needs it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from audio_builder.audio.samples import Samples, samples_from_segment
from audio_builder.errors import MissingExtra
from audio_builder.narration.hearing import Difference, Hearing, Sounds, Word, compare, is_sure
from audio_builder.narration.trim import TrimmedClip, resample
from audio_builder.voices.engines import misaki
from audio_builder.voices.extras import installed_version
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.spoken.lexicon import IPA_MARKS
from audio_builder.voices.word_alignment import first_sounds, words_with_places

RATE_HZ = 16_000
_FRAME_S = 0.02
"""The recogniser gives one answer for each of these."""

_VOICED_HZ, _VOICED_DB = 1000.0, -34.0
"""Below this a voice has its power; and how far below the loudest a quiet vowel at the beginning may be."""

_BETWEEN = ("<wb>", "<blank>")
"""Its symbols for the border of a word, and for nothing new."""

_STRESS = "ˈˌ"

_OFF_EDGE_S = 0.010
_NOTHING_DB = -85.0
"""Below its loud parts: an engine's own quiet has more than that, what we add where a sound is cut has nothing."""

_NEVER_SILENT = frozenset({"hibari", "kokoro", "piper"})
"""Engines whose quiet around the words has a noise of its own; eSpeak's is digital silence, which says nothing."""

_BEGINS_AT_ONCE, _HISSED = frozenset({"piper"}), frozenset("sʃfθhʧ")
"""Engines that may begin in the middle of a sound by themselves, and those sounds."""


def recogniser_name() -> str:
    """Return the name and version of the recogniser, which is part of the address of a clip that it heard.

    Raises:
        MissingExtra: it isn't installed.
    """
    try:
        return f"hama={installed_version('hama', '--listen')}"
    except MissingExtra as error:
        raise MissingExtra(error.message, hint="Install it with: pip install 'audio-builder[listen]'") from error


def can_hear(language: str) -> bool:
    """Return whether the recogniser's sounds are those of a language (BCP 47)."""
    return language.partition("-")[0].lower() == "en"


def hear_clip(clip: TrimmedClip, text: str, profile: VoiceProfile) -> Hearing:
    """Return what is heard in a clip, its edges included.

    Raises:
        MissingExtra: the recogniser isn't installed.
    """
    rate_hz = int(clip.segment.frame_rate)
    samples = samples_from_segment(clip.segment)
    words = words_to_hear(text, profile.language)
    if not words:
        return Hearing()
    found = list(compare(words, heard_sounds(resample(samples, rate_hz, RATE_HZ))))
    if profile.engine in _NEVER_SILENT:
        found += _cut_edges(clip, samples, words, may_hiss=profile.engine in _BEGINS_AT_ONCE)
    found.sort(key=lambda difference: difference.at_s)
    return Hearing(heard=True, sure=is_sure(words), differences=tuple(found))


def _cut_edges(clip: TrimmedClip, samples: Samples, words: Sequence[Word], *, may_hiss: bool) -> Iterator[Difference]:
    """Yield the first and the last word where nothing but digital silence is outside them."""
    rate_hz = int(clip.segment.frame_rate)
    off = round(_OFF_EDGE_S * rate_hz)
    loud = float(np.percentile(np.abs(samples), 99)) * 10 ** (_NOTHING_DB / 20)
    if not (may_hiss and words[0].phonemes[0] in _HISSED) and not np.any(
        np.abs(samples[: clip.lead_frames - off]) > loud
    ):
        yield Difference("cut", words[0].text, clip.lead_frames / rate_hz)
    if not np.any(np.abs(samples[len(samples) - clip.tail_frames + off :]) > loud):
        yield Difference("cut", words[-1].text, (len(samples) - clip.tail_frames) / rate_hz)


def hear(samples: Samples, text: str, language: str, caution: float = 0.0) -> Hearing:
    """Return what is heard in a sound.

    Args:
        samples: shape (frames,), at `RATE_HZ`.
        text: what should be said.
        language: BCP 47; one that can't be heard gives a hearing that says so.
        caution: as `compare` takes it.

    Raises:
        MissingExtra: the recogniser isn't installed.
    """
    words = words_to_hear(text, language)
    if not words:
        return Hearing()
    return Hearing(heard=True, sure=is_sure(words), differences=compare(words, heard_sounds(samples), caution))


def words_to_hear(text: str, language: str) -> tuple[Word, ...]:
    """Return the words of a text with their phonemes; what is written as one may be several, as 42 is.

    None where there is nothing to hear, or the language can't be heard.
    """
    if not can_hear(language):
        return ()
    phonemes = functools.partial(misaki.phonemes, british=language.lower() == "en-gb")
    spoken = phonemes(text)
    written = words_with_places(text)
    firsts = first_sounds([phonemes(word) for _, word in written], spoken)
    labels = {
        first: IPA_MARKS.sub("/", word) for (_, word), first in zip(written, firsts, strict=True) if first is not None
    }
    words, label, end = [], written[0][1] if written else text, 0
    for group in re.finditer(r"\S+", spoken):
        label = next((labels[place] for place in range(group.start(), group.end()) if place in labels), label)
        sounds = tuple(symbol for symbol in group.group() if symbol.isalpha() and symbol not in _STRESS)
        if sounds:
            before = spoken[end : group.start() + 1].strip(f"{_STRESS} ")
            after_mark = any(not c.isalpha() for c in before)
            words.append(Word(label.strip(',.;:!?…—–-()“”"'), sounds, after_mark))
            end = group.start() + max(place for place, symbol in enumerate(group.group()) if symbol.isalpha()) + 1
    return tuple(words)


def heard_sounds(samples: Samples) -> Sounds:
    """Return the sounds that are heard, each with how likely it is which.

    Args:
        samples: shape (frames,), at `RATE_HZ`.

    Raises:
        MissingExtra: the recogniser isn't installed.
    """
    model = _model()
    symbols = tuple(model.decoder_tokens)
    between = [symbols.index(symbol) for symbol in _BETWEEN]
    likely = np.exp(_log_likelihoods(model, samples))
    best = likely.argmax(axis=1) if len(likely) else np.empty(0, dtype=np.int64)
    starts = [
        frame
        for frame, symbol in enumerate(best)
        if symbol not in between and (frame == 0 or best[frame - 1] != symbol)
    ]
    likely[:, between] = 0.0
    rows = []
    for start in starts:
        end = start + 1
        while end < len(best) and best[end] == best[start]:
            end += 1
        shares = likely[start:end].sum(axis=0)
        rows.append(shares / shares.sum())
    shape = np.array(rows).reshape(len(starts), len(symbols))
    return Sounds(shape, tuple(start * _FRAME_S for start in starts), symbols, _voice_s(samples))


def _voice_s(samples: Samples) -> float:
    """Return when a voice begins, in seconds: the first frame that isn't too quiet and has most of it below 1 kHz."""
    frame = round(_FRAME_S * RATE_HZ)
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    is_low = np.fft.rfftfreq(frame, 1 / RATE_HZ) < _VOICED_HZ
    power = np.abs(np.fft.rfft(frames * np.hanning(frame), axis=1)) ** 2
    low, high = power[:, is_low].sum(axis=1), power[:, ~is_low].sum(axis=1)
    voiced = (low > low.max(initial=0.0) * 10 ** (_VOICED_DB / 10)) & (low > high)
    return float(voiced.argmax() * _FRAME_S) if len(frames) else 0.0


def _log_likelihoods(model: Any, samples: Samples) -> Any:
    """Return the logarithm of the likelihood of each symbol in each frame, shape (frames, symbols)."""
    if len(samples) < RATE_HZ * _FRAME_S * 4:
        return np.empty((0, len(model.decoder_tokens)))
    sound = {
        "waveform": samples.reshape(1, -1).astype(np.float32),
        "waveform_lengths": np.array([len(samples)], dtype=np.int64),
    }
    given, lengths = model.session.run(["log_probs", "out_lengths"], sound)
    return given[0, : int(lengths[0])].astype(np.float64)


@functools.cache
def _model() -> Any:
    recogniser_name()
    from hama import ASRModel

    return ASRModel()
