r"""The marks a person may write into a text, and where they are.

A mark stands in square brackets: `[pause 4s]`, `[bell]`, `[slower]`; `mark_kinds` has each of them. A direction
in words, such as “(pause for ten seconds)”, is as good, in brackets of any kind: see `directions`. Any
other bracket in an article is words, unless it looks like a mistyped mark: then it is an error, because
a mark must never be spoken. A backslash before a bracket makes it words: `\[pause 4s]`. The same grammar
serves articles and scripts; only in a script may the reason of a pause follow its length, and only there
is every square bracket a mark or an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from audio_builder.article.bad_marks import (
    Locate,
    OnBad,
    check_closed,
    marks_in,
    name_and_rest,
    raise_bad,
    resembles_mark,
    unknown_mark,
)
from audio_builder.article.directions import Direction, Where, between_sentences, direction, is_gloss, tag
from audio_builder.article.mark_kinds import KINDS, Mark, PauseMark, unescape

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


_LEFT_OVER = re.compile(r"\s*[.,;:!?…]+(?=\s|\Z)")
_PAUSES_IN_ROUND_BRACKETS = frozenset({"beat", "hold", "rest", "wait"})
_MEASURE = re.compile(r"(?:s[ei][cgk]|min|breath|respir|atemz|count|moment|sek|сек|мин)")
"""What no reason of a pause begins with: the words of a length in other languages, and breaths."""

_NAMED = re.compile(r"\([^\W\d_]+\)")
_DECORATION = " \t.,;:!*_~-–—"
_LONGEST_NAME = 40
_NEAR = 24
"""Characters around a bracket that say whether it stands between sentences."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text between marks, with its escapes already taken away."""

    text: str


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


def split(text: str, locate: Locate, *, script: bool = False, on_bad: OnBad = raise_bad) -> tuple[Words | Mark, ...]:
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
            check_closed(text[piece.offset : piece.offset + _LONGEST_NAME], locate, piece.offset, on_bad)
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
    stamp = inside[0].isdigit() and ":" in inside and before.strip() and after.strip()
    if asked.where is Where.IN_SQUARE_BRACKETS and kind == "round" and not ((alone and asked.marks) or stamp):
        return None
    return asked if between_sentences(before, after) else None


def _known(inside: str) -> bool:
    """Return whether what stands in square brackets is a mark, rightly written."""
    name, rest = name_and_rest(inside)
    mark = KINDS[name].parse(rest) if name in KINDS else None
    return mark is not None and not (isinstance(mark, PauseMark) and _MEASURE.match(mark.reason))


def _is_mark(piece: _Piece) -> bool:
    return piece.asked is not None or (piece.inside is not None and resembles_mark(piece.inside))


def _marks_of(piece: _Piece, locate: Locate, *, script: bool, on_bad: OnBad) -> tuple[Mark, ...] | None:
    """Return the marks that a stretch of a line is; None for words."""
    if piece.asked is not None:
        if script and piece.asked.unheard:
            on_bad(unknown_mark(piece.raw, "", locate, piece.offset))
        return piece.asked.marks
    if piece.inside is None:
        return None
    return marks_in(piece.inside, locate, piece.offset, script=script, on_bad=on_bad)


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
