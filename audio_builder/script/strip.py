"""The pacing as a strip of speech and silence, with what happens at it; drawn with characters for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from audio_builder.article.text import columns
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Background, Bell, Breath, ChapterStart, Cue, Reason, Rest, Say, Script
from audio_builder.script.estimate import clock, laid_out

_STEPS_S = (0.5, 1, 2, 3, 5, 10, 15, 30, 60, 120, 300, 600)
"""How many seconds a character may stand for."""

_MOST_ROWS = 12
_NARROWEST, _WIDEST = 24, 120


class Kind(Enum):
    """What a segment is, in the words of the key beside a picture."""

    SPEECH = "speech"
    SOFT = "slower or quieter speech"
    SHORT = "after a sentence or a line"
    LONGER = "after a paragraph, a stanza or a title"
    ANSWER = "after a question"
    HEADING = "before a heading"
    EDGE = "beginning and end"
    OWN = "your own pause"
    SILENCE = "silence"
    BREATH = "breath"


_KINDS = {
    **dict.fromkeys((Reason.SENTENCE, Reason.LINE, Reason.ITEM, Reason.ELLIPSIS), Kind.SHORT),
    Reason.QUESTION: Kind.ANSWER,
    **dict.fromkeys((Reason.BEFORE_HEADING, Reason.SCENE), Kind.HEADING),
    **dict.fromkeys((Reason.OPENING, Reason.CLOSING), Kind.EDGE),
    Reason.MARK: Kind.OWN,
    Reason.SILENCE: Kind.SILENCE,
}
"""Every other reason is `Kind.LONGER`."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A phrase or a silence.

    Attributes:
        kind: what it is.
        start_s: where it begins, in seconds.
        seconds: how long it lasts; more than 0.
        label: the words, or the reason.
    """

    kind: Kind
    start_s: float
    seconds: float
    label: str

    @property
    def end_s(self) -> float:
        """Where it ends, in seconds."""
        return self.start_s + self.seconds


class SignKind(Enum):
    """What happens at a moment."""

    CHAPTER = "chapter"
    BELL = "bell"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that takes no time.

    Attributes:
        kind: what it is.
        at_s: when, in seconds.
        label: the chapter's title or the background's name; empty for a bell.
    """

    kind: SignKind
    at_s: float
    label: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A script laid out along its expected time.

    Attributes:
        segments: in order, without a gap.
        signs: in order; a chapter stands where its first sound is.
        seconds: the expected length.
    """

    segments: tuple[Segment, ...]
    signs: tuple[Sign, ...]
    seconds: float


def strip_of(script: Script, pacing: Pacing) -> Strip:
    """Return a script along its expected time; pauses are exact, phrases as long as their words are at the rate."""
    segments: list[Segment] = []
    signs: list[Sign] = []
    waiting: str | None = None
    seconds = 0.0
    for timed in laid_out(script, pacing.wpm, pacing.slower_share):
        cue, now_s, seconds = timed.cue, timed.start_s, timed.start_s + timed.seconds
        if waiting is not None and isinstance(cue, Say | Breath | Bell):
            first = not any(sign.kind is SignKind.CHAPTER for sign in signs)
            signs.append(Sign(SignKind.CHAPTER, 0.0 if first else now_s, waiting))
            waiting = None
        match cue:
            case ChapterStart(title):
                waiting = title
            case Bell():
                signs.append(Sign(SignKind.BELL, now_s, ""))
            case Background(name):
                signs.append(Sign(SignKind.BACKGROUND, now_s, name or "usual"))
            case _ if timed.seconds > 0:
                segments.append(Segment(_kind(cue), now_s, timed.seconds, _label_of(cue)))
    return Strip(tuple(segments), tuple(signs), seconds)


def _kind(cue: Cue) -> Kind:
    match cue:
        case Say():
            return Kind.SOFT if cue.slower or cue.quieter else Kind.SPEECH
        case Rest():
            return _KINDS.get(cue.reason, Kind.LONGER)
        case Breath():
            return Kind.BREATH
    return Kind.OWN


def _label_of(cue: Cue) -> str:
    match cue:
        case Say():
            return cue.text
        case Rest():
            return Kind.OWN.value if cue.reason is Reason.MARK else cue.reason.value
        case Breath():
            return f"breath, in {cue.in_s:g} s, out {cue.out_s:g} s, {cue.count} times"
    return "to the next beat"


@dataclass(frozen=True, slots=True)
class Letters:
    """What the strip is drawn with; each takes one column.

    Attributes:
        kinds: for each kind of segment.
        bell: where a bell is struck.
        chapter: before a chapter's title.
        background: before a background's name.
    """

    kinds: dict[Kind, str]
    bell: str
    chapter: str
    background: str


_ASCII = Letters(dict(zip(Kind, "#=.-?^ +_o", strict=True)), "*", "v", "~")
LETTERS = "█▒·┄╪♪▼≈"
"""What a terminal must be able to show for more than ASCII."""
_UNICODE = Letters(dict(zip(Kind, "█▒·┄?╪ +_o", strict=True)), "♪", "▼", "≈")


def strip_as_text(strip: Strip, width: int, *, unicode: bool) -> str:
    """Return a strip as lines of text: time goes from left to right, a key stands below."""
    letters = _UNICODE if unicode else _ASCII
    margin = len(clock(strip.seconds)) + 1
    cells = min(max(width, _NARROWEST), _WIDEST) - margin
    step_s = next((step for step in _STEPS_S if strip.seconds <= step * cells * _MOST_ROWS), strip.seconds / cells)
    lines = []
    row_s = step_s * cells
    for row in range(max(1, -(-int(strip.seconds * 1000) // int(row_s * 1000)))):
        start_s = row * row_s
        signs = [sign for sign in strip.signs if start_s <= sign.at_s < start_s + row_s]
        lines += [" " * margin + line for line in _labels(signs, start_s, step_s, cells, letters)]
        drawn = _row(strip, start_s, step_s, cells, letters)
        lines.append(f"{clock(start_s):<{margin}}{drawn}".rstrip())
    return "\n".join([*lines, "", *_key(strip, step_s, letters, margin + cells)]) + "\n"


def _row(strip: Strip, start_s: float, step_s: float, cells: int, letters: Letters) -> str:
    """Return the letters of a row: in each cell what takes most of it, a bell before everything."""
    shares: list[dict[Kind, float]] = [{} for _ in range(cells)]
    for segment in strip.segments:
        if segment.end_s > start_s and segment.start_s < start_s + step_s * cells:
            _spread(segment, start_s, step_s, shares)
    drawn = [letters.kinds[max(share, key=share.__getitem__)] if share else " " for share in shares]
    for sign in strip.signs:
        cell = int((sign.at_s - start_s) / step_s)
        if sign.kind is SignKind.BELL and sign.at_s - start_s >= 0 and cell < cells:
            drawn[cell] = letters.bell
    return "".join(drawn)


def _spread(segment: Segment, start_s: float, step_s: float, shares: list[dict[Kind, float]]) -> None:
    """Add the seconds that a segment takes of each cell."""
    first = max(int((segment.start_s - start_s) / step_s), 0)
    for cell in range(first, len(shares)):
        cell_s = start_s + cell * step_s
        taken_s = min(segment.end_s, cell_s + step_s) - max(segment.start_s, cell_s)
        if taken_s <= 0:
            break
        shares[cell][segment.kind] = shares[cell].get(segment.kind, 0.0) + taken_s


def _labels(signs: list[Sign], start_s: float, step_s: float, cells: int, letters: Letters) -> Iterator[str]:
    """Yield a line with the chapters of a row and one with its backgrounds, each label as far as there is room."""
    for kind, letter in ((SignKind.CHAPTER, letters.chapter), (SignKind.BACKGROUND, letters.background)):
        places = [(int((sign.at_s - start_s) / step_s), sign.label) for sign in signs if sign.kind is kind]
        line, taken = "", 0
        for number, (cell, label) in enumerate(places):
            end = places[number + 1][0] - 1 if number + 1 < len(places) else cells
            shown, first = _fitting(f"{letter} {label}", end - cell), cell
            turned = cell + 1 - columns(f"{label} {letter}")
            # At the end of a row there is more room before the place than after it.
            if end == cells < cell + columns(f"{letter} {label}") and turned > taken:
                shown, first = f"{label} {letter}", turned
            line += " " * (first - taken) + shown
            taken = first + columns(shown)
        if line:
            yield line


def _fitting(label: str, room: int) -> str:
    """Return a label that takes no more than some columns."""
    while columns(label) > max(room, 0):
        label = label[:-1]
    return label


def _key(strip: Strip, step_s: float, letters: Letters, width: int) -> list[str]:
    """Return what the letters mean, those that are in the picture."""
    seen = dict.fromkeys(segment.kind for segment in strip.segments)
    shown = [f"{letters.kinds[kind]} {kind.value}" for kind in Kind if kind in seen and letters.kinds[kind].strip()]
    kinds = {sign.kind for sign in strip.signs}
    shown += [
        f"{letter} {kind.value}"
        for kind, letter in (
            (SignKind.BELL, letters.bell),
            (SignKind.CHAPTER, letters.chapter),
            (SignKind.BACKGROUND, letters.background),
        )
        if kind in kinds
    ]
    text = "   ".join([*shown, f"each sign is {step_s:g} s"])
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
