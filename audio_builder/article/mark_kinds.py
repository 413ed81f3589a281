"""Each mark by itself: what it is called, what may stand in it, and what it means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from audio_builder.recipe.settings import BACKGROUNDS
from audio_builder.recipe.values import WrongValue, language_tag

LONGEST_PAUSE_S = 3600.0
LONGEST_BEAT_S = 60.0
LONGEST_BREATH_S = 60.0
MOST_BREATHS = 100

_NUMBER = r"(\d{1,9}(?:[.,]\d{1,30})?)"
_SECONDS = r"(?:seconds?|secs?|s)"
_MINUTES = r"(?:minutes?|mins?|m)"
_LENGTH = re.compile(
    rf"(?P<min>\d{{1,4}}):(?P<sec>\d\d)|{_NUMBER}\s*ms|(?:{_NUMBER}\s*{_MINUTES}(?![a-z]))?\s*(?:{_NUMBER}\s*{_SECONDS}(?![a-z]))?",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(_NUMBER)
_REASON = re.compile(r"[a-z ]*", re.IGNORECASE)
_BEAT = re.compile(rf"{_NUMBER}\s*{_SECONDS}?", re.IGNORECASE)
_BREATH = re.compile(rf"(?:{_NUMBER}\s*[-–]\s*{_NUMBER}\s*s?)?\s*(?:[x×]\s*(\d{{1,6}}))?", re.IGNORECASE)
_VOICE = re.compile(r"[a-z0-9.:+-]{0,80}", re.IGNORECASE)
_HINTED_TAG = re.compile(r"Did you mean ([A-Za-z-]+)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class PauseMark:
    """`[pause 4s]`.

    Attributes:
        seconds: 0 or more; 0 means no pause at all at this place.
        reason: the words after the number, in lower case; always empty in an article.
    """

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class SilenceMark:
    """`[silence 2m]`.

    Attributes:
        seconds: more than 0.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class BeatMark:
    """`[beat 1s]`.

    Attributes:
        seconds: more than 0.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class BellMark:
    """`[bell]`."""


@dataclass(frozen=True, slots=True)
class BreathMark:
    """`[breath]` or `[breath 4-6 x3]`.

    Attributes:
        in_s: breathing in, in seconds; None where the pacing decides.
        out_s: breathing out, likewise.
        count: how many breaths.
    """

    in_s: float | None
    out_s: float | None
    count: int


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """`[chapter A title]`."""

    title: str


@dataclass(frozen=True, slots=True)
class VoiceMark:
    """`[voice emma]`, and `[voice]` to go back.

    Attributes:
        name: of the voice, in lower case; empty for the narrator's own.
    """

    name: str


@dataclass(frozen=True, slots=True)
class SlowerMark:
    """`[slower]`, and `[slower off]` to go back.

    Attributes:
        on: whether what follows is to be slower.
    """

    on: bool


@dataclass(frozen=True, slots=True)
class QuieterMark:
    """`[quieter]`, and `[quieter off]` to go back.

    Attributes:
        on: whether what follows is to be softer.
    """

    on: bool


@dataclass(frozen=True, slots=True)
class BackgroundMark:
    """`[background rain]`, and `[background]` to go back.

    Attributes:
        name: one of `recipe.BACKGROUNDS`; empty for the one that the recipe has chosen.
    """

    name: str


@dataclass(frozen=True, slots=True)
class LangMark:
    """`[lang fr]`, and `[/lang]` to go back.

    Attributes:
        tag: BCP 47 tag of what follows; empty for the language of the text.
    """

    tag: str


StyleMark = VoiceMark | LangMark | SlowerMark | QuieterMark
"""A mark that changes how the words after it are said, and nothing else."""

Mark = PauseMark | SilenceMark | BeatMark | BellMark | BreathMark | ChapterMark | BackgroundMark | StyleMark


@dataclass(frozen=True, slots=True)
class MarkKind:
    """What a mark may be.

    Attributes:
        example: one as it should be written.
        allowed: what may stand in it, in words.
        parse: gives the mark from what stands after its name, or None where that can't be understood.
        nearest: gives the mark that may have been meant where it can't.
    """

    example: str
    allowed: str
    parse: Callable[[str], Mark | None]
    nearest: Callable[[str], str]


def unescape(text: str) -> str:
    r"""Return the text without the backslashes that stand before punctuation."""
    return _ESCAPE.sub(r"\1", text)


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _length(text: str) -> tuple[float, str] | None:
    """Return the seconds that a text begins with, and what follows: `4s`, `1m30s`, `1:30`, `500ms`, `1.5 minutes`."""
    found = _LENGTH.match(text)
    if not found or not found.group().strip():
        return None
    clock_minutes, clock_seconds, milliseconds, minutes, seconds = found.groups()
    if clock_minutes:
        return int(clock_minutes) * 60.0 + int(clock_seconds), text[found.end() :]
    length = _number(milliseconds) / 1000 if milliseconds else _number(minutes or "0") * 60 + _number(seconds or "0")
    return length, text[found.end() :]


def _pause(rest: str) -> PauseMark | None:
    length = _length(rest)
    if length is None and (bare := _BARE_NUMBER.match(rest)):
        length = _number(bare[1]), rest[bare.end() :]
    if length is None or length[0] > LONGEST_PAUSE_S:
        return None
    seconds, reason = length
    # A word begins after a space: "4sentence" is no length.
    if not _REASON.fullmatch(reason) or (reason and not reason[0].isspace()):
        return None
    return PauseMark(seconds, " ".join(reason.lower().split()))


def _silence(rest: str) -> SilenceMark | None:
    length = _length(rest)
    fits = length is not None and not length[1].strip() and 0 < length[0] <= LONGEST_PAUSE_S
    return SilenceMark(length[0]) if length is not None and fits else None


def _beat(rest: str) -> BeatMark | None:
    found = _BEAT.fullmatch(rest)
    seconds = _number(found[1]) if found else 0.0
    return BeatMark(seconds) if 0 < seconds <= LONGEST_BEAT_S else None


def _bell(rest: str) -> BellMark | None:
    return None if rest else BellMark()


def _breath(rest: str) -> BreathMark | None:
    found = _BREATH.fullmatch(rest)
    if not found:
        return None
    lengths = [_number(text) if text else None for text in found.groups()[:2]]
    count = int(found[3] or 1)
    if not 1 <= count <= MOST_BREATHS or any(s is not None and not 0 < s <= LONGEST_BREATH_S for s in lengths):
        return None
    return BreathMark(lengths[0], lengths[1], count)


def _chapter(rest: str) -> ChapterMark | None:
    title = " ".join(unescape(rest).split())
    return ChapterMark(title) if title else None


def _voice(rest: str) -> VoiceMark | None:
    rest = rest.strip("\"'“”‘’")
    return VoiceMark(rest.lower()) if _VOICE.fullmatch(rest) else None


def _lang(rest: str) -> LangMark | None:
    try:
        return LangMark(language_tag(rest.strip("\"'“”‘’")))
    except WrongValue:
        return None


def _nearest_lang(rest: str) -> str:
    try:
        language_tag(rest)
    except WrongValue as error:
        close = _HINTED_TAG.search(error.hint)
        return f"[lang {close[1]}]" if close else "[lang fr]"
    return "[lang fr]"


def _switch(mark: Callable[[bool], Mark]) -> Callable[[str], Mark | None]:
    """Return what parses a mark that is alone to begin and has `off` to end."""
    marks = {"": mark(True), "off": mark(False)}
    return lambda rest: marks.get(rest.casefold())


def _background(rest: str) -> BackgroundMark | None:
    name = rest.casefold()
    return BackgroundMark(name) if name in {"", *BACKGROUNDS} else None


def _nearest_background(rest: str) -> str:
    closest = difflib.get_close_matches(rest.casefold(), BACKGROUNDS, n=1, cutoff=0.4) or BACKGROUNDS[:1]
    return f"[background {closest[0]}]"


def _nearest_silence(rest: str) -> str:
    return f"[silence {rest}m] or [silence {rest}s]" if _BARE_NUMBER.fullmatch(rest) else "[silence 2m]"


def _kind(example: str, allowed: str, parse: Callable[[str], Mark | None]) -> MarkKind:
    return MarkKind(example, allowed, parse, lambda _: example)


KINDS: dict[str, MarkKind] = {
    "pause": _kind(
        "[pause 4s]",
        f"A pause needs its length, from 0 to {LONGEST_PAUSE_S:g} seconds: "
        "[pause 4s], [pause 1.5s], [pause 2m], [pause 1m30s].",
        _pause,
    ),
    "silence": MarkKind(
        "[silence 2m]",
        "A silence needs its length with minutes or seconds, of an hour at most: "
        "[silence 2m], [silence 90s], [silence 1m30s].",
        _silence,
        _nearest_silence,
    ),
    "beat": _kind(
        "[beat 1s]",
        f"A beat needs the seconds from the beginning of the words before it to the beginning of the next, "
        f"up to {LONGEST_BEAT_S:g}: [beat 1s].",
        _beat,
    ),
    "bell": _kind("[bell]", "A bell takes nothing beside its name.", _bell),
    "breath": _kind(
        "[breath 4-6 x3]",
        f"A breath needs nothing, or the seconds in and out (each up to {LONGEST_BREATH_S:g}), "
        f"or how many (up to {MOST_BREATHS}): [breath], [breath 4-6], [breath 4-6 x3].",
        _breath,
    ),
    "chapter": _kind("[chapter A title]", "A chapter needs its title.", _chapter),
    "voice": _kind(
        "[voice emma]",
        "A voice needs its name, or nothing to go back to the narrator: [voice emma], [voice].",
        _voice,
    ),
    "lang": MarkKind(
        "[lang fr]",
        "A passage in another language begins at [lang] with its tag and ends at [/lang]: [lang fr], [lang pt-BR].",
        _lang,
        _nearest_lang,
    ),
    "slower": _kind("[slower]", "Slower words begin at [slower] and end at [slower off].", _switch(SlowerMark)),
    "quieter": _kind("[quieter]", "Quieter words begin at [quieter] and end at [quieter off].", _switch(QuieterMark)),
    "background": MarkKind(
        "[background rain]",
        f"A background needs its name, one of {', '.join(BACKGROUNDS)}, or nothing to go back to the episode's own: "
        "[background rain], [background].",
        _background,
        _nearest_background,
    ),
}
"""Every mark by its name, in the order in which messages list them."""
