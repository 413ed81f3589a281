"""What of an episode is read: its words, as written and in their paragraphs, and its chapters as players show them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio_builder.article.text import gap_between
from audio_builder.script.cues import Bell, Breath, ChapterStart, Reason, Rest, Say, Script

if TYPE_CHECKING:
    from audio_builder.mix.timeline import Timeline

_SPACE, _NEWLINE, _BLANK_LINE = " ", "\n", "\n\n"

_AFTER: dict[Reason, str] = {
    Reason.SENTENCE: _SPACE,
    Reason.ELLIPSIS: _SPACE,
    Reason.DASH: _SPACE,
    Reason.LINE: _NEWLINE,
    Reason.ITEM: _NEWLINE,
    Reason.MARK: _NEWLINE,
}
"""What a silence looks like on the page; every other reason is a blank line.

A pause that a person set may stand for that between two paragraphs: it begins a line of its own,
unless the words go on in lower case.
"""

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def words_of(script: Script) -> str:
    """Return the words of a script as written: paragraphs and stanzas apart, lines of verse on lines.

    >>> from audio_builder.script.cues import Role
    >>> cues = (Say("Be here.", Role.PROSE), Rest(1.0, Reason.SENTENCE), Say("Breathe.", Role.PROSE))
    >>> words_of(Script("", "", "", "en", "", "gentle", cues))
    'Be here. Breathe.'
    """
    pieces: list[str] = []
    gap = ""
    reason: Reason | None = None
    for cue in script.cues:
        match cue:
            case Say():
                words = clean(cue.text)
                if pieces:
                    goes_on = reason is Reason.MARK and words[:1].islower()
                    gap = _SPACE if goes_on else gap or _SPACE
                    pieces.append(gap_between(pieces[-1], words) if gap == _SPACE else gap)
                pieces.append(words)
                gap, reason = "", None
            case Rest():
                gap = max(gap, _AFTER.get(cue.reason, _BLANK_LINE), key=_weight)
                reason = cue.reason
            case ChapterStart() | Bell() | Breath():
                gap, reason = _BLANK_LINE, None
    return "".join(pieces)


def clean(text: str) -> str:
    """Return a text that is safe in a tag, a player and a terminal: one line, no control characters.

    Control characters and line breaks become spaces, runs of spaces one; lone surrogates, which no
    encoding can hold, and marks that turn the direction of the text that follows are left out.
    """
    kept = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in text
        if unicodedata.category(character) != "Cs" and character not in _BIDI_OVERRIDES
    )
    return " ".join(kept.split())


def _weight(gap: str) -> int:
    return ("", _SPACE, _NEWLINE, _BLANK_LINE).index(gap)


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
