"""Cutting the silence off a spoken phrase, so that the pauses of the script are exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

from audio_builder.audio.samples import AudioSegment, Samples, samples_from_segment, segment_from_samples
from audio_builder.voices.engines.base import WordStart

TRIM_VERSION = 6
"""Part of every clip's cache key: raise it when anything here changes what a clip sounds like."""

LEAD_S = 0.040
"""Left before the first sound: a soft "h" or "f" begins some 20 ms before it can be told from noise."""

TAIL_S = 0.120
"""Left after the last sound: a room's or a voice's dying away is heard for about that long, and joins
stay natural up to 150 ms."""

FADE_IN_S, FADE_OUT_S = 0.010, 0.020
"""Within the margins, so that neither a step nor a click is heard at a join."""

_EDGE_S = 0.005
"""An engine may begin in the middle of an "s": its own first and last moments are faded, or they would click
against the silence that is added."""

_WINDOW_S, _HOP_S = 0.010, 0.0025
_SOFTEST_DB, _LOUDEST_DB = -58.0, -32.0
"""The threshold lies between these, relative to the loud parts of the phrase: fricatives at a phrase's
start are 25 to 35 dB below its vowels, breath and hiss of a recording 45 to 60 dB."""

_HISS_DB = (-68.0, -45.0)
"""Where the hiss that some voices end in is looked for. Below is digital silence, which tells nothing of it."""

_OVER_HISS_DB = 6.0
_LEAST_HISS_S = 0.15
"""Sound falls through that range within some 0.05 s; what stays there longer is hiss."""

_LOUD_PERCENT = 95
_FLOOR_PERCENT, _OVER_FLOOR_DB = 5, 9.0

_SILENT_DB = -80.0

_SHORTEST_SOUND_WINDOWS = 8
"""Fewer windows in a row above the threshold are a click of under 10 ms; the burst of a final "t" has 20."""

_BREATH_DB, _BREATH_APART_S = -40.0, 0.05
"""What comes first, is so much softer than the phrase and stands so far before the next sound is a breath or a click of
the lips, which a bed covers. Consonants are louder, or go over into their vowel."""

_CLOSED_S = 0.06
"""A word begins no longer before its first sound: so long the lips are closed for a "p". An engine may put a word's
beginning into the pause before it."""

_PRE_EMPHASIS = 0.9
"""Lifts the highs, where fricatives are, over hum."""


@dataclass(frozen=True, slots=True)
class TrimmedClip:
    """A phrase with fixed margins.

    Attributes:
        segment: mono, 16 bit.
        lead_frames: quiet frames before the first sound.
        tail_frames: quiet frames after the last.
        words: where they begin, as far as the engine told it; none before the first sound or after the last.
    """

    segment: AudioSegment
    lead_frames: int
    tail_frames: int
    words: tuple[WordStart, ...] = ()

    @property
    def frames(self) -> int:
        """Length in frames."""
        return int(self.segment.frame_count())

    @property
    def speech_s(self) -> float:
        """Seconds from the first to the last sound."""
        return (self.frames - self.lead_frames - self.tail_frames) / float(self.segment.frame_rate)


def trim(spoken: AudioSegment, rate_hz: int, words: tuple[WordStart, ...] = ()) -> TrimmedClip:
    """Return a phrase at another sample rate with exactly `LEAD_S` before and `TAIL_S` after its sound.

    Where the engine left less silence than the margin, silence is added. A phrase without any sound
    comes back with margins alone.

    Args:
        spoken: mono, 16 bit, at the engine's own rate.
        rate_hz: the episode's rate, 8,000 or more.
        words: where they begin in `spoken`.
    """
    samples = resample(samples_from_segment(spoken), int(spoken.frame_rate), rate_hz)
    first, last = find_speech(samples, rate_hz)
    edge = round(_EDGE_S * rate_hz)
    samples = _faded(samples, edge, edge)
    lead, tail = round(LEAD_S * rate_hz), round(TAIL_S * rate_hz)
    before = np.zeros(max(0, lead - first), dtype=np.float32)
    after = np.zeros(max(0, last + tail - len(samples)), dtype=np.float32)
    cut = np.concatenate((before, samples[max(0, first - lead) : last + tail], after))
    # pydub's fades count in whole milliseconds and may change the number of frames; these don't.
    cut = _faded(cut, round(FADE_IN_S * rate_hz), round(FADE_OUT_S * rate_hz))
    told = [min(max(first, round(word.frame * rate_hz / spoken.frame_rate)), last) for word in words]
    closed = round(_CLOSED_S * rate_hz)
    heard = (max(at, sound - closed) for at, sound in zip(told, sound_from(samples, rate_hz, told), strict=True))
    kept = tuple(WordStart(word.at, lead + min(at, last) - first) for word, at in zip(words, heard, strict=True))
    return TrimmedClip(segment_from_samples(cut, rate_hz), lead, tail, kept)


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Return mono samples at another rate, band-limited; `round(n·to/from)` frames of float32.

    Args:
        samples: shape (frames,).
        from_hz: their rate.
        to_hz: the rate of the result.
    """
    if from_hz == to_hz or not len(samples):
        return samples
    out: Samples = soxr.resample(samples.astype(np.float32, copy=False), from_hz, to_hz, quality="HQ")
    return out


def find_speech(samples: Samples, rate_hz: int) -> tuple[int, int]:
    """Return the first frame with sound and the frame after the last; (0, 0) where there is none.

    Levels are taken in windows of 10 ms with the highs lifted. The threshold is 9 dB above the quietest
    twentieth of the phrase and 6 dB above its hiss, kept between 58 and 32 dB under its loud parts. A sound
    of under 10 ms at either end is passed over as a click, and so is a breath before the words.

    Args:
        samples: shape (frames,), full scale at ±1.0.
        rate_hz: frames per second.
    """
    window, hop = round(_WINDOW_S * rate_hz), round(_HOP_S * rate_hz)
    if len(samples) < window:
        return 0, 0
    levels = _levels_db(samples, window, hop)
    loud = float(np.percentile(levels, _LOUD_PERCENT))
    if loud < _SILENT_DB:  # a short word in a long silence is less than a twentieth of it
        loud = float(np.sort(levels)[-_SHORTEST_SOUND_WINDOWS:][0])
    if loud < _SILENT_DB:
        return 0, 0
    above = levels > _threshold_db(levels, loud, hop / rate_hz)
    # A run is long enough where as many windows in a row, here or just before, are above.
    runs = np.convolve(above.astype(np.int64), np.ones(_SHORTEST_SOUND_WINDOWS, dtype=np.int64))
    ends = np.flatnonzero(runs == _SHORTEST_SOUND_WINDOWS)
    if ends.size == 0:
        return 0, 0
    ends = ends[_breaths(levels - loud, ends, round(_BREATH_APART_S * rate_hz / hop)) :]
    first = int(ends[0]) - _SHORTEST_SOUND_WINDOWS + 1
    # A window tells of a sound anywhere in it: at the start the sound may be at its end, and the other way round.
    start = first * hop + window - hop if first > 0 else 0
    return start, min(len(samples), int(ends[-1]) * hop + hop)


def sound_from(samples: Samples, rate_hz: int, frames: Sequence[int]) -> list[int]:
    """Return for each of some frames the first one with sound from there on; the frame itself if nothing follows.

    Args:
        samples: shape (frames,), full scale at ±1.0.
        rate_hz: frames per second.
        frames: indices into the samples.
    """
    window, hop = round(_WINDOW_S * rate_hz), round(_HOP_S * rate_hz)
    if len(samples) < window or not frames:
        return [*frames]
    levels = _levels_db(samples, window, hop)
    sounding = np.flatnonzero(
        levels > _threshold_db(levels, float(np.percentile(levels, _LOUD_PERCENT)), hop / rate_hz)
    )
    starts = np.append(sounding * hop + window - hop, len(samples))
    result = []
    for frame in frames:
        # A window that begins here or before tells of this frame; later ones begin to sound at their end.
        here = max(0, frame - window + hop) // hop
        next_start = int(starts[np.searchsorted(sounding, here)])
        result.append(frame if next_start == len(samples) else max(frame, next_start))
    return result


def _breaths(levels: npt.NDArray[np.float64], ends: npt.NDArray[np.int64], apart: int) -> int:
    """Return how many of the first windows are breaths before the words.

    Args:
        levels: of all windows, in dB relative to the loud parts.
        ends: indices of the windows with sound; each ends a run that is long enough.
        apart: least number of windows between a breath and what follows it.
    """
    gaps = np.flatnonzero(np.diff(ends) > apart + _SHORTEST_SOUND_WINDOWS - 1)
    begin = 0
    for after in (int(gap) + 1 for gap in gaps):
        if levels[ends[begin] - _SHORTEST_SOUND_WINDOWS + 1 : ends[after - 1] + 1].max() > _BREATH_DB:
            break
        begin = after
    return begin


def _threshold_db(levels: npt.NDArray[np.float64], loud: float, hop_s: float) -> float:
    """Return the level above which a window holds speech.

    Args:
        levels: of the phrase's windows, in dB.
        loud: of its loud parts, in dB.
        hop_s: from one window to the next, in seconds.
    """
    threshold = max(float(np.percentile(levels, _FLOOR_PERCENT)) + _OVER_FLOOR_DB, loud + _SOFTEST_DB)
    hiss = levels[(levels > loud + _HISS_DB[0]) & (levels < loud + _HISS_DB[1])]
    if hiss.size * hop_s >= _LEAST_HISS_S:
        threshold = max(threshold, float(np.median(hiss)) + _OVER_HISS_DB)
    return min(threshold, loud + _LOUDEST_DB)


def _levels_db(samples: Samples, window: int, hop: int) -> npt.NDArray[np.float64]:
    """Return the level of each window in dB relative to full scale, after lifting the highs."""
    lifted = np.append(samples[:1], samples[1:] - np.float32(_PRE_EMPHASIS) * samples[:-1]).astype(np.float64)
    energy = np.concatenate(([0.0], np.cumsum(lifted * lifted)))
    starts = np.arange(0, len(samples) - window + 1, hop)
    mean_square = (energy[starts + window] - energy[starts]) / window
    levels: npt.NDArray[np.float64] = 10 * np.log10(np.maximum(mean_square, 1e-12))
    return levels


def _faded(samples: Samples, fade_in: int, fade_out: int) -> Samples:
    """Return samples that rise from silence and fall back to it, over that many frames, along a cosine."""
    faded = samples.copy()
    fade_in, fade_out = min(fade_in, len(faded)), min(fade_out, len(faded))
    faded[:fade_in] *= _raised_cosine(fade_in)
    faded[len(faded) - fade_out :] *= _raised_cosine(fade_out)[::-1]
    return faded


def _raised_cosine(frames: int) -> Samples:
    """Return a rise from 0 to 1."""
    angle = np.pi * (np.arange(frames, dtype=np.float32) + np.float32(0.5)) / np.float32(max(1, frames))
    return np.asarray((1 - np.cos(angle)) / 2, dtype=np.float32)
