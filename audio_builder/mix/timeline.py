"""The timeline: when everything happens, in integer frames. The one source of truth for times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from audio_builder.narration.clip import Clip
from audio_builder.script.cues import Reason
from audio_builder.sound.background import BedChange


@dataclass(frozen=True, slots=True)
class PlacedClip:
    """A phrase at its place.

    Attributes:
        clip: the sound.
        start: frame of the clip's first sample.
    """

    clip: Clip
    start: int

    @property
    def end(self) -> int:
        """The frame after the clip's last sample."""
        return self.start + self.clip.frames

    @property
    def speech_start(self) -> int:
        """Frame of the first sound in the clip."""
        return self.start + self.clip.lead_frames

    @property
    def speech_end(self) -> int:
        """The frame after the last sound in the clip."""
        return self.end - self.clip.tail_frames


class Tone(Enum):
    """A short sound that is not speech."""

    BELL = "bell"
    CLOSING_BELL = "closing bell"
    BREATH_IN = "breath in"
    BREATH_OUT = "breath out"


@dataclass(frozen=True, slots=True)
class PlacedTone:
    """A bell or a breath tone at its place.

    Attributes:
        tone: which.
        start: frame of its first sample.
        frames: how long it sounds; breath tones last as long as the breath.
    """

    tone: Tone
    start: int
    frames: int


@dataclass(frozen=True, slots=True)
class PlacedRest:
    """A silence of the script at its place.

    Attributes:
        reason: why it is there.
        start: frame where the sound before it has ended.
        frames: how long it is.
    """

    reason: Reason
    start: int
    frames: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the player's list.

    Attributes:
        title: what the player shows.
        start: first frame.
        end: the frame after the last; the next chapter's start, or the end of the episode.
    """

    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything in the episode at its place.

    Attributes:
        rate_hz: frames per second.
        frames: length of the episode.
        clips: by start; they never overlap.
        tones: by start.
        chapters: contiguous; the first starts at 0, the last ends with the episode.
        backgrounds: where the background begins to change, by start.
        rests: the silences of the script, by start.
    """

    rate_hz: int
    frames: int
    clips: tuple[PlacedClip, ...]
    tones: tuple[PlacedTone, ...]
    chapters: tuple[Chapter, ...]
    backgrounds: tuple[BedChange, ...] = ()
    rests: tuple[PlacedRest, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the episode."""
        return self.frames / self.rate_hz


def frames_from_seconds(seconds: float, rate_hz: int) -> int:
    """Return the nearest whole number of frames: the only place where time is rounded."""
    return round(seconds * rate_hz)
