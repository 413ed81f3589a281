"""What stands in square brackets: a mark, a slip for one, or words; and the errors on marks that are wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from audio_builder.article.mark_kinds import KINDS, Mark, PauseMark
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
_ENDS = {
    "voice": "[voice]",
    "lang": "[/lang]",
    "slower": "[slower off]",
    "quieter": "[quieter off]",
    "background": "[background]",
}
"""What is meant by a mark like `[/slower]`."""
_MOST_MISSING = 3
"""Letters; with more of them too many or too few, no word is like a mark."""
_OPENED = re.compile(r"\[\s*([a-z]+)\b", re.IGNORECASE)
_IS_A_LENGTH = re.compile(
    r"(?:[^\W\d_]+ )?\d{1,3}(?:[.,]\d+)?\s?(?:s|sec|secs|seconds?|m|min|mins|minutes?)\s?", re.IGNORECASE
)
"""A length, with at most one word before it."""
_RUN_TOGETHER = re.compile(r"([^\W\d_]+)(?:[:=]|-?\d).*")
_RUN_ON = re.compile(r"([a-z]+)[:=]\s*(.*)", re.IGNORECASE | re.DOTALL)
_FROM_THE_NUMBER = re.compile(r"\d.*", re.DOTALL)
_IN_NAMES = frozenset({"bell", "voice", "silence", "breath", "beat"})
_NAME_GOES_ON = re.compile(r"[A-Z][a-z]|of [A-Za-z]")
_KNOWN = f"The marks are {', '.join(kind.example for kind in KINDS.values())}."
_MOST_SHOWN = 20


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


Locate = Callable[[str, int], Place]
"""Gives the place of a bracket for a message, from the bracket as written and its offset in the text."""


@dataclass(frozen=True, slots=True)
class BadMark:
    """A mark that is wrong.

    Attributes:
        place: of its bracket.
        problem: what is wrong with it, and the closest right one.
        allowed: what may stand there, in a sentence or two.
        hint: what to do about it.
    """

    place: Place
    problem: str
    allowed: str
    hint: str


OnBad = Callable[[BadMark], None]


def bad_marks_error(bad: Sequence[BadMark]) -> ScriptError:
    """Return the error on one wrong mark in full, or on all of several with their places."""
    if len(bad) == 1:
        return ScriptError(f"{bad[0].place}: {bad[0].problem} {bad[0].allowed}".rstrip(), hint=bad[0].hint)
    shown = [f"{mark.place}: {mark.problem}" for mark in bad[:_MOST_SHOWN]]
    more = [f"… and {len(bad) - _MOST_SHOWN:,} more"] if len(bad) > _MOST_SHOWN else []
    return ScriptError(
        "\n".join([f"{len(bad):,} marks can't be understood:", *shown, *more]),
        hint=f"Correct them, or put a backslash before a bracket that is to be read aloud. {_KNOWN}",
    )


def raise_bad(bad: BadMark) -> None:
    """Refuse a wrong mark at once."""
    raise bad_marks_error([bad])


def name_and_rest(inside: str) -> tuple[str, str]:
    """Return the name of what may be a mark, in small letters, and what follows it."""
    inside = inside.strip()
    if inside.casefold() == "/lang":
        return "lang", ""
    if (run_on := _RUN_ON.match(inside)) and run_on[1].casefold() in KINDS:
        return run_on[1].casefold(), run_on[2]
    name, _, rest = inside.partition(" ")
    name = name.casefold()
    return name[:-1] if name in ("pause.", "silence.") else name, rest.strip()


def resembles_mark(inside: str) -> bool:
    """Return whether what stands in square brackets is a mark, rightly written or mistyped."""
    name, rest = name_and_rest(inside)
    return not _is_name_of_other(name, rest) and (name in KINDS or bool(_closest(name, rest)))


def _is_name_of_other(name: str, rest: str) -> bool:
    """Return whether a bracket names something that only begins like a mark: [Bell Labs], [Voice of America]."""
    return name in _IN_NAMES and _NAME_GOES_ON.match(rest) is not None and KINDS[name].parse(rest) is None


@lru_cache(maxsize=1024)
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


@lru_cache(maxsize=4096)
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


def marks_in(inside: str, locate: Locate, offset: int, *, script: bool, on_bad: OnBad) -> tuple[Mark, ...] | None:
    """Return the mark in square brackets, None for words, nothing for one that `on_bad` took."""
    name, rest = name_and_rest(inside)
    if not script and _is_name_of_other(name, rest):
        return None
    if name not in KINDS:
        closest = _closest(name, rest)
        if closest or script:
            on_bad(unknown_mark(f"[{inside}]", closest or _nearest(name), locate, offset))
            return ()
        return None
    mark = KINDS[name].parse(rest)
    if mark is not None and (script or not isinstance(mark, PauseMark) or not mark.reason):
        return (mark,)
    reason = " Words after the length may only stand in a script file." if mark is not None else ""
    written = f"[{inside}]"
    on_bad(
        BadMark(
            locate(written, offset),
            f"{written} can't be understood.",
            f"{KINDS[name].allowed}{reason}",
            f"Write {KINDS[name].nearest(rest)}, or put a backslash before the bracket to have it read aloud: "
            f"\\{written}",
        )
    )
    return ()


def check_closed(opened: str, locate: Locate, offset: int, on_bad: OnBad) -> None:
    """Refuse a mark whose bracket is never closed; other brackets that stay open are words."""
    found = _OPENED.match(opened)
    if found and found[1].casefold() in KINDS:
        example = KINDS[found[1].casefold()].example
        on_bad(
            BadMark(
                locate(found[0], offset),
                f"the mark {found[0]} has no closing bracket",
                "",
                f"Write {example}, or put a backslash before the bracket to have it read aloud: \\{found[0]}",
            )
        )


def _nearest(name: str) -> str:
    return (difflib.get_close_matches(name, KINDS, n=1, cutoff=0.4) or ["pause"])[0]


def unknown_mark(written: str, meant: str, locate: Locate, offset: int) -> BadMark:
    """Return what is wrong with a bracket that is no mark; `meant` is the name of the closest, empty for none."""
    inside = written[1:-1].strip()
    if not meant:
        problem = f"{written} is a direction that can't be followed."
        return BadMark(locate(written, offset), problem, _KNOWN, f"Remove it, or have it read aloud: \\{written}")
    closest = _ENDS[meant] if inside.startswith("/") and meant in _ENDS else _as_meant(meant, inside)
    return BadMark(
        locate(written, offset),
        f"{written} is not a mark; the closest is {closest}.",
        _KNOWN,
        f"Correct it, or put a backslash before the bracket to have it read aloud: \\{written}",
    )


def _as_meant(kind: str, inside: str) -> str:
    """Return a mark of a kind with what a mistyped one says, where that can stand in it; else the example."""
    numbers = _FROM_THE_NUMBER.search(inside)
    for rest in (name_and_rest(inside)[1], numbers.group() if numbers else ""):
        if rest and KINDS[kind].parse(rest) is not None:
            return f"[{kind} {rest}]"
    return KINDS[kind].example
