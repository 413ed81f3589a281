"""Script and clips to timeline: when everything happens."""

from __future__ import annotations

from dataclasses import dataclass, field

from audio_builder.mix.timeline import Chapter, PlacedClip, PlacedRest, PlacedTone, Timeline, Tone, frames_from_seconds
from audio_builder.narration.clip import Clip, Narration
from audio_builder.recipe.settings import Soundscape
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Rest, Say, Script
from audio_builder.sound.background import BedChange
from audio_builder.sound.bells import BELL_S

LONGEST_OVER_SPEECH_S = 2.0
"""A sound over speech may last so long (WCAG 2.2, technique G56, excepts sounds of 1 to 2 s)."""

CLOSING_BELL_AFTER_S = 2.5
"""From the last words to the bell that ends the episode; where the closing rest is shorter there is none."""


def arrange(script: Script, narration: Narration, soundscape: Soundscape) -> Timeline:
    """Return the timeline: every clip, tone and chapter at an integer frame.

    A rest is what the listener hears between two sounds: the quiet margins of the clips on both
    sides are part of it. Where the margins alone are longer, the clips follow one another at once.
    A chapter begins at the first sound after its mark, the first chapter at 0; one in which nothing
    sounds is left out.

    Args:
        script: the cues.
        narration: one clip for each `Say` of the script.
        soundscape: with the bell `none`, bells leave their rest and nothing else.

    Raises:
        ValueError: the narration has more or fewer clips than the script has phrases.
    """
    phrases = sum(isinstance(cue, Say) for cue in script.cues)
    if phrases != len(narration.clips):
        raise ValueError(f"{len(narration.clips)} clips were given for {phrases} phrases")
    cursor = _Cursor(narration.rate_hz)
    clips = iter(narration.clips)
    for cue in script.cues:
        if isinstance(cue, Say):
            cursor.say(next(clips))
        elif not isinstance(cue, Bell) or soundscape.bell != "none":
            cursor.go_on(cue)
    frames = max(cursor.sounded, cursor.free)
    if soundscape.closing_bell != "none":
        cursor.closing_bell()
    return Timeline(
        rate_hz=narration.rate_hz,
        frames=frames,
        clips=tuple(cursor.clips),
        tones=_bells_cut_short(cursor.tones, cursor.clips, frames, narration.rate_hz),
        chapters=_chapters(cursor.chapters, frames),
        backgrounds=tuple(cursor.backgrounds),
        rests=tuple(cursor.rests),
    )


@dataclass(slots=True)
class _Cursor:
    """Where the arrangement stands.

    Attributes:
        rate_hz: frames per second.
        sounded: the frame where the last sound ended, moved on by every rest since.
        free: the first frame that no clip takes up, margins included.
        title: of the chapter that begins with the next sound; None when it has begun.
    """

    rate_hz: int
    sounded: int = 0
    free: int = 0
    title: str | None = None
    clips: list[PlacedClip] = field(default_factory=list)
    tones: list[PlacedTone] = field(default_factory=list)
    chapters: list[tuple[str, int]] = field(default_factory=list)
    backgrounds: list[BedChange] = field(default_factory=list)
    rests: list[PlacedRest] = field(default_factory=list)

    def go_on(self, cue: Rest | Beat | Bell | Breath | ChapterStart | Background) -> None:
        """Do what a cue without words asks for."""
        match cue:
            case Rest(seconds, reason):
                rest = PlacedRest(reason, self.sounded, frames_from_seconds(seconds, self.rate_hz))
                self.rests.append(rest)
                self.sounded += rest.frames
            case Beat(seconds):
                self.beat(seconds)
            case Bell():
                self.bell()
            case Breath():
                self.breathe(cue)
            case ChapterStart(title):
                self.title = title
            case Background(name):
                self.backgrounds.append(BedChange(name, self.sounded))

    def say(self, clip: Clip) -> None:
        """Place a clip so that its first sound comes when the rest is over."""
        placed = PlacedClip(clip, start=max(self.free, self.sounded - clip.lead_frames))
        self.clips.append(placed)
        self._begin_chapter(placed.speech_start)
        self.sounded, self.free = placed.speech_end, placed.end

    def beat(self, seconds: float) -> None:
        """Wait until so long after the last phrase began."""
        began = self.clips[-1].speech_start if self.clips else 0
        self.sounded = max(self.sounded, began + frames_from_seconds(seconds, self.rate_hz))

    def bell(self) -> None:
        """Strike a bell; it takes no time."""
        self.tones.append(PlacedTone(Tone.BELL, self.sounded, frames_from_seconds(BELL_S, self.rate_hz)))
        self._begin_chapter(self.sounded)

    def closing_bell(self) -> None:
        """Strike the bell that ends the episode, once the last words or tones have died away."""
        ends = [clip.speech_end for clip in self.clips[-1:]] + [tone.start + tone.frames for tone in self.tones[-1:]]
        start = max(ends, default=0) + frames_from_seconds(CLOSING_BELL_AFTER_S, self.rate_hz)
        self.tones.append(PlacedTone(Tone.CLOSING_BELL, start, frames_from_seconds(BELL_S, self.rate_hz)))

    def breathe(self, breath: Breath) -> None:
        """Place the tones of all breaths, one after the other."""
        halves = ((Tone.BREATH_IN, breath.in_s), (Tone.BREATH_OUT, breath.out_s))
        self._begin_chapter(self.sounded)
        for tone, seconds in halves * breath.count:
            frames = frames_from_seconds(seconds, self.rate_hz)
            self.tones.append(PlacedTone(tone, self.sounded, frames))
            self.sounded += frames

    def _begin_chapter(self, start: int) -> None:
        """Begin the chapter that waits for a sound, if one does."""
        if self.title is not None:
            self.chapters.append((self.title, start))
            self.title = None


def _bells_cut_short(
    tones: list[PlacedTone], clips: list[PlacedClip], frames: int, rate_hz: int
) -> tuple[PlacedTone, ...]:
    """Return the tones, with bells that end in time: after 2 s over speech, and with the episode."""
    speech_starts = [clip.speech_start for clip in clips]
    over_speech = frames_from_seconds(LONGEST_OVER_SPEECH_S, rate_hz)
    cut = []
    upcoming = 0
    for tone in tones:
        while upcoming < len(speech_starts) and speech_starts[upcoming] < tone.start:
            upcoming += 1
        end = min(tone.start + tone.frames, frames)
        if tone.tone is Tone.BELL and upcoming < len(speech_starts):
            end = min(end, speech_starts[upcoming] + over_speech)
        if end > tone.start:
            cut.append(PlacedTone(tone.tone, tone.start, end - tone.start))
    return tuple(cut)


def _chapters(starts: list[tuple[str, int]], frames: int) -> tuple[Chapter, ...]:
    """Return contiguous chapters from titles and the frames of their first sounds."""
    if not starts:
        return ()
    firsts = [0, *(start for _, start in starts[1:])]
    ends = [*firsts[1:], frames]
    return tuple(
        Chapter(title, start, end) for (title, _), start, end in zip(starts, firsts, ends, strict=True) if end > start
    )
