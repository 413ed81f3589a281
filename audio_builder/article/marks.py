r"""The marks a person may write into a text, and where they are.

A mark stands in square brackets: `[pause 4s]`, `[bell]`, `[slower]`; `mark_kinds` has each of them. Any
other bracket in an article is words, unless it looks like a mistyped mark: then it is an error, because
a mark must never be spoken. A backslash before a bracket makes it words: `\[pause 4s]`. The same grammar
serves articles and scripts; only in a script may the reason of a pause follow its length, and only there
is every bracket a mark or an error.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from audio_builder.article.mark_kinds import KINDS, Mark, PauseMark, unescape
from audio_builder.errors import ScriptError

_WORDS_LIKE_MARKS = frozenset({"voices", "vice", "quieted", "quieten", "silenced", "silences", "beast"})
"""Ordinary words that only look like a slip for a mark."""

_WITH_A_LENGTH = {
    **dict.fromkeys(("rest", "wait", "break", "stop", "hold"), "pause"),
    **dict.fromkeys(("quiet", "stillness", "stille", "silencio"), "silence"),
}
"""Other words for marks, where a number follows."""

_ALONE = {"faster": "slower", "normal": "slower", "louder": "quieter", "softer": "quieter"}
"""Other words for marks, where nothing follows."""

_ENDS = {"voice": "[voice]", "slower": "[slower off]", "quieter": "[quieter off]", "background": "[background]"}
"""What is meant by a mark like `[/slower]`."""

_PIECE = re.compile(r"(?:[^\\\[]+|\\.|\\$)+|\[((?:[^\\\[\]]|\\.)*)\]|\[", re.DOTALL)
_MOST_MISSING = 3
"""Letters; with more of them too many or too few, no word is like a mark."""

_OPENED = re.compile(r"\[\s*([a-z]+)\b", re.IGNORECASE)
_IS_A_LENGTH = re.compile(
    r"(?:[^\W\d_]+ )?\d{1,3}(?:[.,]\d+)?\s?(?:s|sec|secs|seconds?|m|min|mins|minutes?)\s?", re.IGNORECASE
)
"""A length, with at most one word before it."""

_RUN_TOGETHER = re.compile(r"([^\W\d_]+)(?:[:=]|-?\d).*")


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


Locate = Callable[[str, int], Place]
"""Gives the place of a bracket for a message, from the bracket as written and its offset in the text."""


def escape(text: str) -> str:
    r"""Return words so that `split` gives them back as words: `[sic]` becomes `\[sic]`."""
    return text.replace("\\", "\\\\").replace("[", "\\[")


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
        if raw == "[":
            _check_closed(text[offset:], locate, offset)
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
    """Return whether a line holds nothing but things that are written as marks, rightly or mistyped."""
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
    return name in KINDS or bool(_closest(name, rest))


def _closest(name: str, rest: str) -> str:
    """Return the mark a person may have meant by an unknown one, or an empty string for ordinary words."""
    if _IS_A_LENGTH.fullmatch(f"{name} {rest}"):
        near = difflib.get_close_matches(name, ("pause", "silence", "beat", "breath"), n=1)
        return _WITH_A_LENGTH.get(name) or (near or ["pause"])[0]
    if not name.isalpha():
        run_together = _RUN_TOGETHER.fullmatch(name)
        known = run_together[1] if run_together else name.removeprefix("/")
        return known if known in KINDS else ""
    if name in _WORDS_LIKE_MARKS or name in _WITH_A_LENGTH:
        return _WITH_A_LENGTH.get(name, "") if rest[:1].isdigit() else ""
    if name in _ALONE:
        return "" if rest else _ALONE[name]
    return _slip_of(name)


@functools.lru_cache(maxsize=4096)
def _slip_of(name: str) -> str:
    """Return the mark that a word is a slip of the pen for, or an empty string."""
    for known in KINDS:
        if name[0] != known[0] or abs(len(name) - len(known)) > _MOST_MISSING:
            continue
        likeness = difflib.SequenceMatcher(a=name, b=known).ratio()
        # "parse" and "phase" are as like "pause" as the slip "puase" is: only the same letters count there.
        if likeness > 0.85 or (likeness >= 0.8 and sorted(name) == sorted(known)):
            return known
    return ""


def _parse(inside: str, locate: Locate, offset: int, *, script: bool) -> Mark | None:
    name, rest = _name_and_rest(inside)
    if name not in KINDS:
        closest = _closest(name, rest)
        if closest or script:
            raise _unknown(inside, closest or _nearest(name), locate, offset)
        return None
    mark = KINDS[name].parse(rest)
    if mark is None or (not script and isinstance(mark, PauseMark) and mark.reason):
        raise ScriptError(
            f"{locate(f'[{inside}]', offset)}: [{inside}] can't be understood. {KINDS[name].allowed}",
            hint=f"Write {KINDS[name].nearest(rest)}, or put a backslash before the bracket to have it read aloud: "
            f"\\[{inside}]",
        )
    return mark


def _check_closed(opened: str, locate: Locate, offset: int) -> None:
    """Refuse a mark whose bracket is never closed; other brackets that stay open are words."""
    found = _OPENED.match(opened)
    if found and found[1].casefold() in KINDS:
        example = KINDS[found[1].casefold()].example
        raise ScriptError(
            f"{locate(found[0], offset)}: the mark {found[0]} has no closing bracket",
            hint=f"Write {example}, or put a backslash before the bracket to have it read aloud: \\{found[0]}",
        )


def _nearest(name: str) -> str:
    return (difflib.get_close_matches(name, KINDS, n=1, cutoff=0.4) or ["pause"])[0]


def _unknown(inside: str, meant: str, locate: Locate, offset: int) -> ScriptError:
    known = ", ".join(kind.example for kind in KINDS.values())
    ends = inside.strip().startswith("/") and meant in _ENDS
    closest = _ENDS[meant] if ends else KINDS[meant].example
    return ScriptError(
        f"{locate(f'[{inside}]', offset)}: [{inside}] is not a mark; the closest is {closest}. The marks are {known}.",
        hint=f"Correct it, or put a backslash before the bracket to have it read aloud: \\[{inside}]",
    )
