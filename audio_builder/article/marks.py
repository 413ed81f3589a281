r"""The marks a person may write into a text, and where they are.

A mark stands in square brackets: `[pause 4s]`, `[bell]`, `[slower]`; `mark_kinds` has each of them. A direction
in words, such as “(pause for ten seconds)”, is as good, in brackets of any kind: see `directions`. Any
other bracket in an article is words, unless it looks like a mistyped mark: then it is an error, because
a mark must never be spoken. A backslash before a bracket makes it words: `\[pause 4s]`. The same grammar
serves articles and scripts; only in a script may the reason of a pause follow its length, and only there
is every square bracket a mark or an error.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from audio_builder.article.directions import Direction, Where, between_sentences, direction, is_gloss, tag
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

_ENDS = {
    "voice": "[voice]",
    "lang": "[/lang]",
    "slower": "[slower off]",
    "quieter": "[quieter off]",
    "background": "[background]",
}
"""What is meant by a mark like `[/slower]`."""

_PIECE = re.compile(
    r"(?:[^\\\[(（{<［【]+|\\.|\\$)+"
    r"|\[{1,2}(?P<square>(?:[^\\\[\]]|\\.)*)\]{1,2}"
    r"|(?:［(?P<wide>[^\\\[\]［］]{1,80})］|【(?P<heavy>[^\\\[\]【】]{1,80})】)"
    r"|[(（](?P<round>[^\\()（）\[\]]{1,120})[)）]"
    r"|\{\{?(?P<curly>[^\\{}\[\]]{1,80})\}\}?"
    r"|<(?P<tag>[^\\<>\[\]]{1,200})>"
    r"|[\[(（{<［【]",
    re.DOTALL,
)
_FLOOD = 3000
"""More brackets than a person puts into one line."""

_CLOSERS = re.compile(r"[)）}>］】]")
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
_LEFT_OVER = re.compile(r"\s*[.,;:!?…]+(?=\s|\Z)")
_PAUSES_IN_ROUND_BRACKETS = frozenset({"beat", "hold", "rest", "wait"})
_IN_NAMES = frozenset({"bell", "voice", "silence", "breath", "beat"})
_NAME_GOES_ON = re.compile(r"[A-Z][a-z]|of [A-Za-z]")
_MEASURE = re.compile(r"(?:s[ei][cgk]|min|breath|respir|atemz|count|moment|sek|сек|мин)")
"""What no reason of a pause begins with: the words of a length in other languages, and breaths."""

_NAMED = re.compile(r"\([^\W\d_]+\)")
_DECORATION = " \t.,;:!*_~-–—"
_LONGEST_NAME = 40
_NEAR = 24
"""Characters around a bracket that say whether it stands between sentences."""

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


@dataclass(frozen=True, slots=True)
class Words:
    """Text between marks, with its escapes already taken away."""

    text: str


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


def _raise(bad: BadMark) -> None:
    raise bad_marks_error([bad])


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a line.

    Attributes:
        raw: as written.
        offset: where it begins.
        inside: what stands in its square brackets; None for all else.
        asked: what it asks for as a direction; None where it is words, or a mark of `mark_kinds`.
    """

    raw: str
    offset: int
    inside: str | None = None
    asked: Direction | None = None


def escape(text: str) -> str:
    r"""Return words so that `split` gives them back as words: `[sic]` becomes `\[sic]`."""
    light = text.replace("\\", "\\\\").replace("[", "\\[")
    if may_have_marks(text) and any(piece.asked for piece in _pieces(light)):
        return re.sub(r"([({<])", r"\\\1", light)
    return light


def split(text: str, locate: Locate, *, script: bool = False, on_bad: OnBad = _raise) -> tuple[Words | Mark, ...]:
    """Return the words and marks of a line in their order; neighbouring words are one `Words`.

    A direction that nobody here can follow, such as “[soft music]”, is left out: see `unheard`.

    Args:
        text: a line, with escapes.
        locate: asked only where a mark is wrong.
        script: True in a script file, where every square bracket must be a mark.
        on_bad: called with each mark that is wrong; what it stands in is then left out.

    Raises:
        ScriptError: a mark that can't be understood, or looks mistyped, unless `on_bad` takes it; the message begins
            with its place.
    """
    pieces: list[Words | Mark] = []
    words: list[str] = []
    for piece in _pieces(text):
        if piece.raw == "[":
            _check_closed(text[piece.offset : piece.offset + _LONGEST_NAME], locate, piece.offset, on_bad)
        found = _marks_of(piece, locate, script=script, on_bad=on_bad)
        if found is None:
            words.append(piece.raw)
            continue
        if found:
            pieces.extend(_joined(words))
            words.clear()
            pieces.extend(found)
    pieces.extend(_joined(words))
    return tuple(_tidied(pieces)) if len(pieces) > 1 else tuple(pieces)


def only_marks(text: str) -> bool:
    """Return whether a line holds nothing but marks and directions, rightly written or mistyped."""
    if not may_have_marks(text):
        return False
    found = [piece for piece in _pieces(text) if piece.raw.strip(_DECORATION)]
    return bool(found) and all(map(_is_mark, found))


def holds_marks(text: str) -> bool:
    """Return whether a line has a mark or a direction in it, rightly written or mistyped."""
    return may_have_marks(text) and any(map(_is_mark, _pieces(text)))


def named_direction(text: str) -> str:
    r"""Return a heading that is a direction without a length in round brackets so that it is words: (Silence).

    >>> named_direction("(Silence)"), named_direction("(Silence, 2 minutes)")
    ('\\(Silence)', '(Silence, 2 minutes)')
    """
    named = _NAMED.fullmatch(text) and only_marks(text)
    return f"\\{text}" if named else text


def without_marks(text: str) -> str:
    """Return the words of a line alone, unescaped. Bad marks are left out too: this never fails."""
    if not may_have_marks(text):
        return " ".join(unescape(text).split())
    words = [unescape(piece.raw) for piece in _pieces(text) if not _is_mark(piece)]
    return " ".join("".join(words).split())


def may_have_marks(text: str) -> bool:
    """Return whether a line has a bracket and so must be looked at; in a flood of brackets there is no mark."""
    if len(text) > _FLOOD and sum(map(text.count, "[({<*")) > _FLOOD:
        return False
    return "[" in text or _CLOSERS.search(text) is not None


def unheard(text: str) -> Iterator[tuple[str, int]]:
    """Yield the directions of a line that nobody here can follow, as written, with their offsets."""
    if may_have_marks(text):
        yield from ((piece.raw, piece.offset) for piece in _pieces(text) if piece.asked and piece.asked.unheard)


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield the line stretch by stretch: words, marks, directions, and brackets that are none of these."""
    if not may_have_marks(text):
        yield _Piece(text, 0)
        return
    after_mark = False
    for found in _PIECE.finditer(text):
        raw, kind = found.group(), found.lastgroup
        inside = found[kind] if kind else ""
        square = inside if kind == "square" else None
        asked = None
        if kind and not (square is not None and _known(square)):
            before = "" if after_mark else text[max(0, found.start() - _NEAR) : found.start()]
            asked = _direction_in(kind, inside, before, text[found.end() : found.end() + _NEAR])
        piece = _Piece(raw, found.start(), square, asked)
        after_mark = _is_mark(piece) or (after_mark and not raw.strip(_DECORATION))
        yield piece


def _direction_in(kind: str, inside: str, before: str, after: str) -> Direction | None:
    """Return what a bracket asks for, if its words and its place say that it is a direction."""
    asked = tag(inside) if kind == "tag" else direction(inside)
    if asked is None or (kind in ("round", "tag") and inside.isalpha() and is_gloss(before, after)):
        return None
    if asked.where is Where.ANYWHERE:
        return asked
    if kind == "heavy":  # 【呼吸】 is a heading
        return None
    if asked.where is Where.BETWEEN_SENTENCES and kind != "round":
        return asked
    alone = (not before.strip() and not after.strip()) or inside in _PAUSES_IN_ROUND_BRACKETS
    if asked.where is Where.IN_SQUARE_BRACKETS and kind == "round" and not (alone and asked.marks):
        return None
    return asked if between_sentences(before, after) else None


def _known(inside: str) -> bool:
    """Return whether what stands in square brackets is a mark, rightly written."""
    name, rest = _name_and_rest(inside)
    mark = KINDS[name].parse(rest) if name in KINDS else None
    return mark is not None and not (isinstance(mark, PauseMark) and _MEASURE.match(mark.reason))


def _is_mark(piece: _Piece) -> bool:
    return piece.asked is not None or (piece.inside is not None and _resembles_mark(piece.inside))


def _marks_of(piece: _Piece, locate: Locate, *, script: bool, on_bad: OnBad) -> tuple[Mark, ...] | None:
    """Return the marks that a stretch of a line is; None for words."""
    if piece.asked is not None:
        if script and piece.asked.unheard:
            on_bad(_unknown(piece.raw, "", locate, piece.offset))
        return piece.asked.marks
    if piece.inside is None:
        return None
    mark = _parse(piece.inside, locate, piece.offset, script=script, on_bad=on_bad)
    return mark if mark is None or isinstance(mark, tuple) else (mark,)


def _tidied(pieces: list[Words | Mark]) -> Iterator[Words | Mark]:
    """Yield the pieces; the full stop of “now (pause). Then” belongs to the words before, or to nothing."""
    for place, piece in enumerate(pieces):
        if not isinstance(piece, Words):
            yield piece
            continue
        text = piece.text
        if place and (left_over := _LEFT_OVER.match(text)):
            text = text[left_over.end() :]
        following = pieces[place + 1 :]
        sign = _sign_after(following)
        if sign and text.rstrip()[-1:].isalnum():
            text = text.rstrip() + sign
        if text:
            yield Words(text)


def _sign_after(following: list[Words | Mark]) -> str:
    """Return the punctuation with which the words go on after the marks that come next."""
    words = next((piece.text for piece in following if isinstance(piece, Words)), "")
    left_over = _LEFT_OVER.match(words) if following and not isinstance(following[0], Words) else None
    return left_over.group().strip() if left_over else ""


def _joined(words: list[str]) -> tuple[Words, ...]:
    text = unescape("".join(words))
    return (Words(text),) if text else ()


def _name_and_rest(inside: str) -> tuple[str, str]:
    inside = inside.strip()
    if inside.casefold() == "/lang":
        return "lang", ""
    if (run_on := _RUN_ON.match(inside)) and run_on[1].casefold() in KINDS:
        return run_on[1].casefold(), run_on[2]
    name, _, rest = inside.partition(" ")
    return name.casefold(), rest.strip()


def _resembles_mark(inside: str) -> bool:
    name, rest = _name_and_rest(inside)
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


def _parse(inside: str, locate: Locate, offset: int, *, script: bool, on_bad: OnBad) -> Mark | tuple[()] | None:
    """Return the mark in square brackets, None for words, nothing for one that `on_bad` took."""
    name, rest = _name_and_rest(inside)
    if not script and _is_name_of_other(name, rest):
        return None
    if name not in KINDS:
        closest = _closest(name, rest)
        if closest or script:
            on_bad(_unknown(f"[{inside}]", closest or _nearest(name), locate, offset))
            return ()
        return None
    mark = KINDS[name].parse(rest)
    if mark is not None and (script or not isinstance(mark, PauseMark) or not mark.reason):
        return mark
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


def _check_closed(opened: str, locate: Locate, offset: int, on_bad: OnBad) -> None:
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


_KNOWN = f"The marks are {', '.join(kind.example for kind in KINDS.values())}."


def _unknown(written: str, meant: str, locate: Locate, offset: int) -> BadMark:
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
    for rest in (_name_and_rest(inside)[1], numbers.group() if numbers else ""):
        if rest and KINDS[kind].parse(rest) is not None:
            return f"[{kind} {rest}]"
    return KINDS[kind].example
