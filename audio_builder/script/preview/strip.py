"""What a picture of the pacing shows: stretches of speech and silence one after the other, and what happens at them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Background, Bell, Breath, ChapterStart, Cue, Reason, Rest, Say, Script
from audio_builder.script.estimate import laid_out


class Kind(Enum):
    """What a stretch is, in the words of the key beside a picture."""

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
    Reason.BEFORE_HEADING: Kind.HEADING,
    **dict.fromkeys((Reason.OPENING, Reason.CLOSING), Kind.EDGE),
    Reason.MARK: Kind.OWN,
    Reason.SILENCE: Kind.SILENCE,
}
"""Every other reason is `Kind.LONGER`."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phrase or a silence.

    Attributes:
        kind: what it is.
        start_s: where it begins, in seconds.
        seconds: how long it lasts; more than 0.
        told: the words, or the reason.
    """

    kind: Kind
    start_s: float
    seconds: float
    told: str

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
        stretches: in order, without a gap.
        signs: in order; a chapter stands where its first sound is.
        seconds: the expected length.
    """

    stretches: tuple[Stretch, ...]
    signs: tuple[Sign, ...]
    seconds: float


def strip_of(script: Script, pacing: Pacing) -> Strip:
    """Return a script along its expected time; pauses are exact, phrases as long as their words are at the rate."""
    stretches: list[Stretch] = []
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
                stretches.append(Stretch(_kind(cue), now_s, timed.seconds, _told(cue)))
    return Strip(tuple(stretches), tuple(signs), seconds)


def _kind(cue: Cue) -> Kind:
    match cue:
        case Say():
            return Kind.SOFT if cue.slower or cue.quieter else Kind.SPEECH
        case Rest():
            return _KINDS.get(cue.reason, Kind.LONGER)
        case Breath():
            return Kind.BREATH
    return Kind.OWN


def _told(cue: Cue) -> str:
    match cue:
        case Say():
            return cue.text
        case Rest():
            return Kind.OWN.value if cue.reason is Reason.MARK else cue.reason.value
        case Breath():
            return f"breath, in {cue.in_s:g} s, out {cue.out_s:g} s, {cue.count} times"
    return "to the next beat"
