"""The chapters a player shows: the timeline's, in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass

from audio_builder.episode.words import clean
from audio_builder.mix.timeline import Timeline


@dataclass(frozen=True, slots=True)
class PlayerChapter:
    """A chapter as it stands in the file.

    Attributes:
        title: free of control characters; never empty.
        start_ms: from the beginning of the episode.
        end_ms: the next chapter's start, or the end of the episode.
    """

    title: str
    start_ms: int
    end_ms: int


def player_chapters(timeline: Timeline) -> tuple[PlayerChapter, ...]:
    """Return the chapters of a timeline in milliseconds, contiguous."""
    chapters = timeline.chapters
    starts_ms = [_milliseconds(chapter.start, timeline.rate_hz) for chapter in chapters]
    ends_ms = [*starts_ms[1:], _milliseconds(timeline.frames, timeline.rate_hz)]
    return tuple(
        PlayerChapter(clean(chapter.title) or f"Part {number}", start_ms, end_ms)
        for number, (chapter, start_ms, end_ms) in enumerate(zip(chapters, starts_ms, ends_ms, strict=True), start=1)
    )


def _milliseconds(frame: int, rate_hz: int) -> int:
    return round(frame * 1000 / rate_hz)
