"""The script as data: what is said, and every silence with its reason. It knows no voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from audio_builder.article.details import NOTHING_SAID, Details
from audio_builder.errors import SourceTooLarge


class Role(Enum):
    """What a spoken phrase is in the text; engines may speak a title unlike a sentence."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    HEADING = "heading"
    PROSE = "prose"
    VERSE = "verse"
    QUOTE = "quote"
    ITEM = "item"


class Reason(Enum):
    """Why a silence is there.

    `MARK` is a pause and `SILENCE` a long rest that a person set; all others are named after the pause in
    `Pacing` that sets them.
    """

    OPENING = "opening"
    TITLE = "title"
    SUBTITLE = "subtitle"
    SENTENCE = "sentence"
    LINE = "line"
    STANZA = "stanza"
    PARAGRAPH = "paragraph"
    SCENE = "scene"
    ITEM = "item"
    QUESTION = "question"
    ELLIPSIS = "ellipsis"
    DASH = "dash"
    BEFORE_HEADING = "before heading"
    BELL = "bell"
    AFTER_HEADING = "after heading"
    CLOSING = "closing"
    MARK = "mark"
    SILENCE = "silence"

    @property
    def by_person(self) -> bool:
        """Whether a person set the silence; then no pacing and no wanted duration changes it."""
        return self in {Reason.MARK, Reason.SILENCE}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, how fast and in which language: phrases of one part are spoken alike.

    Attributes:
        voice: name of the voice; empty for the narrator's own.
        slower: more slowly than the rest.
        language: BCP 47 tag of the words, where a mark says it; empty for that of the script.
    """

    voice: str = ""
    slower: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """A phrase to speak: one sentence, one line of verse, one heading.

    Attributes:
        text: the words as written, with their punctuation; never empty, no line break, no mark.
        role: what the phrase is in the text.
        voice: name of the voice that a mark or the recipe gives it; empty for the narrator's own.
        slower: a mark slows it down, by `pacing.slower_share`.
        quieter: a mark makes it softer, by `pacing.quieter_db`, with all that sounds meanwhile.
        language: BCP 47 tag of the words, where a mark says it; empty for that of the script.
    """

    text: str
    role: Role
    voice: str = ""
    slower: bool = False
    quieter: bool = False
    language: str = ""

    @property
    def speaker(self) -> Speaker:
        """What decides, besides the words, how it sounds."""
        return Speaker(self.voice, self.slower, self.language)


@dataclass(frozen=True, slots=True)
class Rest:
    """A silence of the voice; the background goes on.

    Attributes:
        seconds: more than 0.
        reason: which rule set it, or that a person did.
    """

    seconds: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Beat:
    """The next sound comes so long after the phrase before began: for counting aloud.

    Attributes:
        seconds: more than 0; where the phrase takes longer, the next follows at once.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class Bell:
    """A bell is struck here. It takes no time: the rest that follows lets it ring."""


@dataclass(frozen=True, slots=True)
class Breath:
    """Breaths for the listener to follow, marked by soft tones.

    Attributes:
        in_s: breathing in, in seconds.
        out_s: breathing out, in seconds.
        count: how many breaths; at least 1.
    """

    in_s: float
    out_s: float
    count: int

    @property
    def seconds(self) -> float:
        """How long the breaths take together."""
        return (self.in_s + self.out_s) * self.count


@dataclass(frozen=True, slots=True)
class ChapterStart:
    """A chapter begins with whatever comes next.

    Attributes:
        title: what the player shows.
    """

    title: str


@dataclass(frozen=True, slots=True)
class Background:
    """The background begins to change here. It takes no time.

    Attributes:
        name: one of `recipe.BACKGROUNDS`; empty for the one that the recipe has chosen.
    """

    name: str


Cue = Say | Rest | Beat | Bell | Breath | ChapterStart | Background


@dataclass(frozen=True, slots=True)
class Script:
    """A paced text: all that happens in an episode, in order, before any voice has spoken.

    Attributes:
        title: title of the episode; empty where there is none.
        subtitle: empty where there is none.
        author: empty where there is none.
        language: a BCP 47 tag, or empty where it isn't known.
        date: `YYYY-MM-DD`, or with a time of day, in ISO 8601; or empty.
        pacing: name of the preset that set the pauses.
        cues: in order; the first is a `ChapterStart`.
        details: what players read besides.
        id: what the author calls the episode, whatever its title and its file; empty for nothing.
        place: the file that the words were read from (see `SourceText.place`); empty for none.
    """

    title: str
    subtitle: str
    author: str
    language: str
    date: str
    pacing: str
    cues: tuple[Cue, ...]
    details: Details = NOTHING_SAID
    id: str = ""
    place: str = field(default="", compare=False)


UNTITLED = "Beginning"
_UNTITLED_IN = {
    "de": "Anfang",
    "es": "Comienzo",
    "fr": "Début",
    "hi": "आरंभ",
    "it": "Inizio",
    "ja": "はじめ",
    "pt": "Início",
    "zh": "开始",
}


def untitled(language: str) -> str:
    """Return the title of the first chapter where the text has no title and doesn't begin with a heading.

    Args:
        language: BCP 47 tag; English where there is none in it.
    """
    return _UNTITLED_IN.get(language.partition("-")[0].lower(), UNTITLED)


MOST_CHAPTERS = 255
"""An ID3v2 table of contents (CTOC) counts its entries in one byte."""


def check_chapters(cues: Sequence[Cue], name: str = "the article") -> None:
    """Make sure that an MP3 file can list the chapters.

    Raises:
        SourceTooLarge: there are more than 255.
    """
    count = sum(isinstance(cue, ChapterStart) for cue in cues)
    if count > MOST_CHAPTERS:
        raise SourceTooLarge(
            f"{name} has {count} chapters; an MP3 file can list {MOST_CHAPTERS}",
            hint="Split the text into several episodes, or turn small headings into paragraphs.",
        )
