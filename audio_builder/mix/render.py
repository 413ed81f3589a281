"""Timeline to sound, block by block: the voice in the middle, its room, the tones, and the bed around them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from audio_builder.audio.filters import high_pass
from audio_builder.audio.samples import Samples, samples_from_segment
from audio_builder.mix.ducking import BedEnvelope
from audio_builder.mix.levels import tone_sound
from audio_builder.mix.plan import MixPlan
from audio_builder.mix.separation import SeparationMeter
from audio_builder.mix.timeline import PlacedTone, Timeline
from audio_builder.narration.clip import Clip
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bed import Bed
from audio_builder.sound.room import in_the_room, room_response

BLOCK_FRAMES = 32768
"""Small enough that a block of every stem fits into a processor's cache."""

_CLIPS_IN_A_BLOCK = 16
"""Up to so many clips that begin in one block are loaded once for the voice and its room together."""


def render(
    timeline: Timeline,
    plan: MixPlan,
    bed: Bed,
    soundscape: Soundscape,
    separation: SeparationMeter | None = None,
    block_frames: int = BLOCK_FRAMES,
) -> Iterator[Samples]:
    """Yield the mix at its final level, not yet limited, from the first frame to the last.

    Each clip is loaded when it is reached and dropped when it is over, so memory does not grow with
    the length of the episode. Every frame depends on its position alone: whatever the block size,
    the samples are the same.

    Args:
        timeline: what sounds when.
        plan: how loud.
        bed: the background, with as many channels as the plan.
        soundscape: the bell, the room, the bed's swell and its fades.
        separation: takes the two stems, so that the bed's distance can be reported.
        block_frames: frames of each block but the last.

    Yields:
        Blocks of shape (frames, channels), full scale at ±1.0; peaks may lie above.

    Raises:
        NarrationError: a clip can't be loaded any more.
    """
    envelope = BedEnvelope(timeline, soundscape, plan.bed_ducks_db)
    bed_gain = np.float32(_linear(plan.bed_gain_db))

    speech, room, tones = _tracks(timeline, plan, soundscape)
    for start in range(0, timeline.frames, block_frames):
        frames = min(block_frames, timeline.frames - start)
        voice = np.zeros(frames, dtype=np.float32)
        spoken = speech.add_to(voice, start)
        if bed_gain:
            mix = bed.read(start, frames)
            gains = envelope.gains(start, frames) * bed_gain
            # Channel by channel, because NumPy is slow over a last axis of two.
            for channel in range(plan.channels):
                mix[:, channel] *= gains
        else:
            mix = np.zeros((frames, plan.channels), dtype=np.float32, order="F")
        if separation and spoken:
            separation.push(start, voice, mix)
        for channel in range(plan.channels if spoken else 0):
            mix[:, channel] += voice
        room.add_to(mix, start)
        tones.add_to(mix, start)
        yield mix


def _tracks(timeline: Timeline, plan: MixPlan, soundscape: Soundscape) -> tuple[_Track, _Track, _Track]:
    """Return the voice in one channel, what the room adds to it, and the tones, each at its final level."""
    roomy = soundscape.room != "none"

    @functools.lru_cache(maxsize=_CLIPS_IN_A_BLOCK if roomy else 0)
    def clip(number: int) -> Samples:
        sound = load_voice(timeline.clips[number].clip)
        return sound * np.float32(_linear(plan.clip_gains_db[number]))

    def clip_in_the_room(number: int) -> Samples:
        return in_the_room(clip(number), room_response(timeline.rate_hz, plan.channels))

    def tone(number: int) -> Samples:
        return tone_in_mix(timeline.tones[number], plan, soundscape, timeline.rate_hz)

    starts = [placed.start for placed in timeline.clips]
    return (
        _Track(starts, clip),
        _Track(starts if roomy else (), clip_in_the_room),
        _Track([placed.start for placed in timeline.tones], tone),
    )


class _Track:
    """Sounds at their places, each loaded when it is reached and dropped when it is over."""

    def __init__(self, starts: Sequence[int], load: Callable[[int], Samples]) -> None:
        self._starts = starts
        self._load = load
        self._next = 0
        self._playing: list[tuple[int, Samples]] = []

    def add_to(self, block: Samples, start: int) -> bool:
        """Add what sounds in a block to it, in place; return whether anything does. Blocks must follow one another."""
        end = start + len(block)
        while self._next < len(self._starts) and self._starts[self._next] < end:
            self._playing.append((self._starts[self._next], self._load(self._next)))
            self._next += 1
        sounds = bool(self._playing)
        for at, sound in self._playing:
            first, last = max(at, start), min(at + len(sound), end)
            block[first - start : last - start] += sound[first - at : last - at]
        self._playing = [(at, sound) for at, sound in self._playing if at + len(sound) > end]
        return sounds


def _linear(gain_db: float) -> float:
    """Return a linear gain; 0 for −inf."""
    return float(10 ** (gain_db / 20))


def tone_in_mix(tone: PlacedTone, plan: MixPlan, soundscape: Soundscape, rate_hz: int) -> Samples:
    """Return a bell or a breath at its final level, shape (frames, channels)."""
    sound = tone_sound(tone, soundscape, rate_hz)
    sound = sound if plan.channels > 1 else sound.mean(axis=1, keepdims=True)
    return sound * np.float32(_linear(plan.tone_gain_db))


def load_voice(clip: Clip) -> Samples:
    """Return the sound of a clip after the high-pass, shape (frames,), as long as the clip and at its times.

    Each clip is filtered for itself, from silence on, so the samples don't depend on blocks or neighbours, and the
    cache keeps the engine's own sound.

    Raises:
        NarrationError: the clip can't be loaded any more.
    """
    return high_pass(samples_from_segment(clip.load()), clip.rate_hz)
