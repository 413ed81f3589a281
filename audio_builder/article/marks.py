r"""The marks a person may write into a text, and where they are.

A mark stands in square brackets: `[pause 4s]`, `[bell]`, `[breath 4-6 x3]`, `[chapter A title]`, `[voice emma]`.
Any other bracket in an article is words, unless it looks like a mistyped mark: then it is an
error, because a mark must never be spoken. A backslash before a bracket makes it words:
`\[pause 4s]`. The same grammar serves articles and scripts; only in a script may the reason of
a pause follow its length, and only there is every bracket a mark or an error.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from audio_builder.errors import ScriptError

LONGEST_PAUSE_S = 3600.0
LONGEST_BREATH_S = 60.0
MOST_BREATHS = 100

_EXAMPLES = {
    "pause": "[pause 4s]",
    "bell": "[bell]",
    "breath": "[breath 4-6 x3]",
    "chapter": "[chapter A title]",
    "voice": "[voice emma]",
}
_WORDS_LIKE_MARKS = frozenset({"voices", "vice"})
"""Ordinary words that only look like a slip for a mark."""

_OTHER_WORDS_FOR_PAUSE = ("silence", "rest", "wait", "break", "stop", "hold", "stille", "silencio")

_PIECE = re.compile(r"(?:[^\\\[]+|\\.|\\$)+|\[((?:[^\\\[\]]|\\.)*)\]|\[", re.DOTALL)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_NUMBER = r"(\d{1,9}(?:[.,]\d{1,30})?)"
_PAUSE = re.compile(rf"{_NUMBER}\s*(seconds?|secs?|s|minutes?|mins?|m)?(?:\s+([a-z ]+))?", re.IGNORECASE)
_BREATH = re.compile(rf"(?:{_NUMBER}\s*[-–]\s*{_NUMBER}\s*s?)?\s*(?:[x×]\s*(\d{{1,6}}))?", re.IGNORECASE)
_VOICE = re.compile(r"[a-z0-9.:+-]{0,80}", re.IGNORECASE)
_RUN_TOGETHER = re.compile(r"([^\W\d_]+)(?::|[-=]?\d).*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, for messages.

    Attributes:
        name: the file's name.
        line: counted from 1.
        column: counted from 1.
    """

    name: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return `FILE:LINE:COLUMN`."""
        return f"{self.name}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Words:
    """Text between marks, with its escapes already taken away."""

    text: str


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


Mark = PauseMark | BellMark | BreathMark | ChapterMark | VoiceMark

Locate = Callable[[str, int], Place]
"""Gives the place of a bracket for a message, from the bracket as written and its offset in the text."""


def escape(text: str) -> str:
    r"""Return words so that `split` gives them back as words: `[sic]` becomes `\[sic]`."""
    return text.replace("\\", "\\\\").replace("[", "\\[")


def unescape(text: str) -> str:
    r"""Return the text without the backslashes that stand before punctuation."""
    return _ESCAPE.sub(r"\1", text)


def split(text: str, locate: Locate, *, script: bool = False) -> tuple[Words | Mark, ...]:
    """Return the words and marks of a line in their order; neighbouring words are one `Words`.

    Args:
        text: a line, with escapes.
        locate: asked only where a mark is wrong.
        script: True in a script file, where every bracket must be a mark.

    Raises:
        ScriptError: a mark that can't be understood, or looks mistyped; the message begins with its place.
    """
    pieces: list[Words | Mark] = []
    words: list[str] = []
    for raw, inside, offset in _brackets(text):
        mark = None if inside is None else _parse(inside, locate, offset, script=script)
        if mark is None:
            words.append(raw)
            continue
        pieces.extend(_joined(words))
        words.clear()
        pieces.append(mark)
    pieces.extend(_joined(words))
    return tuple(pieces)


def only_marks(text: str) -> bool:
    """Tell whether a line holds nothing but things that are written as marks, rightly or mistyped."""
    found = [(raw, inside) for raw, inside, _ in _brackets(text) if raw.strip()]
    return bool(found) and all(inside is not None and _resembles_mark(inside) for _, inside in found)


def without_marks(text: str) -> str:
    """Return the words of a line alone, unescaped. Bad marks are left out too: this never fails."""
    words = [unescape(raw) for raw, inside, _ in _brackets(text) if inside is None or not _resembles_mark(inside)]
    return " ".join("".join(words).split())


def _brackets(text: str) -> Iterator[tuple[str, str | None, int]]:
    """Yield each stretch as written, what stands inside its brackets (None for plain words), and its offset."""
    if "[" not in text:
        yield text, None, 0
        return
    for found in _PIECE.finditer(text):
        yield found.group(), found.group(1), found.start()


def _joined(words: list[str]) -> tuple[Words, ...]:
    text = unescape("".join(words))
    return (Words(text),) if text else ()


def _name_and_rest(inside: str) -> tuple[str, str]:
    name, _, rest = inside.strip().partition(" ")
    return name.casefold(), rest.strip()


def _resembles_mark(inside: str) -> bool:
    name, rest = _name_and_rest(inside)
    return name in _EXAMPLES or bool(_closest(name, rest))


def _closest(name: str, rest: str) -> str:
    """Return the mark a person may have meant by an unknown one, or an empty string for ordinary words."""
    if not name.isalpha():
        run_together = _RUN_TOGETHER.fullmatch(name)
        return run_together[1] if run_together and run_together[1] in _EXAMPLES else ""
    if name in _WORDS_LIKE_MARKS:
        return ""
    if name in _OTHER_WORDS_FOR_PAUSE:
        return "pause" if rest[:1].isdigit() else ""
    for known in _EXAMPLES:
        likeness = difflib.SequenceMatcher(a=name, b=known).ratio()
        # "parse" and "phase" are as like "pause" as the slip "puase" is: only the same letters count there.
        if name[0] == known[0] and (likeness > 0.85 or (likeness >= 0.8 and sorted(name) == sorted(known))):
            return known
    return ""


def _parse(inside: str, locate: Locate, offset: int, *, script: bool) -> Mark | None:
    name, rest = _name_and_rest(inside)
    if name not in _EXAMPLES:
        closest = _closest(name, rest)
        if closest or script:
            raise _unknown(inside, closest or _nearest(name), locate, offset)
        return None
    mark = _PARSERS[name](rest)
    if mark is None or (not script and isinstance(mark, PauseMark) and mark.reason):
        raise ScriptError(
            f"{locate(f'[{inside}]', offset)}: [{inside}] can't be understood. {_ALLOWED[name]}",
            hint=f"Write {_EXAMPLES[name]}, or put a backslash before the bracket to have it read aloud: \\[{inside}]",
        )
    return mark


def _nearest(name: str) -> str:
    return (difflib.get_close_matches(name, _EXAMPLES, n=1, cutoff=0.4) or ["pause"])[0]


def _unknown(inside: str, meant: str, locate: Locate, offset: int) -> ScriptError:
    known = ", ".join(_EXAMPLES.values())
    return ScriptError(
        f"{locate(f'[{inside}]', offset)}: [{inside}] is not a mark; the closest is {_EXAMPLES[meant]}. "
        f"The marks are {known}.",
        hint=f"Correct it, or put a backslash before the bracket to have it read aloud: \\[{inside}]",
    )


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _pause(rest: str) -> PauseMark | None:
    found = _PAUSE.fullmatch(rest)
    if not found:
        return None
    unit = (found[2] or "s").casefold()
    seconds = _number(found[1]) * (60 if unit.startswith("m") else 1)
    return PauseMark(seconds, " ".join((found[3] or "").lower().split())) if seconds <= LONGEST_PAUSE_S else None


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
    return VoiceMark(rest.lower()) if _VOICE.fullmatch(rest) else None


_PARSERS: dict[str, Callable[[str], Mark | None]] = {
    "pause": _pause,
    "bell": _bell,
    "breath": _breath,
    "chapter": _chapter,
    "voice": _voice,
}
_ALLOWED = {
    "pause": f"A pause needs its length, from 0 to {LONGEST_PAUSE_S:g} seconds: [pause 4s], [pause 1.5s], [pause 2m].",
    "bell": "A bell takes nothing beside its name.",
    "breath": (
        f"A breath needs nothing, or the seconds in and out (each up to {LONGEST_BREATH_S:g}), "
        f"or how many (up to {MOST_BREATHS}): [breath], [breath 4-6], [breath 4-6 x3]."
    ),
    "chapter": "A chapter needs its title.",
    "voice": "A voice needs its name, or nothing to go back to the narrator: [voice emma], [voice].",
}
