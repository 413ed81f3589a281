"""Page numbers and running heads in a text that was taken from printed pages: they are never words of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from audio_builder.article.left_out import LeftOut
from audio_builder.article.sentences import ends_sentence
from audio_builder.article.text import speakable

_PAGE_WORD = r"(?:page|pg\.?|p\.|seite|s\.|página|pagina|pág\.|pag\.|стр\.|sida|side|sivu|strona|blz\.)"
_NUMBERED_PAGE = re.compile(
    rf"[-–—~·•|]\s*(?P<dashed>\d{{1,4}})\s*[-–—~·•|]"
    rf"|[\[{{(]?\s*{_PAGE_WORD}\s*(?P<named>\d{{1,4}}|[ivxlc]{{1,7}})(?:\s*(?:of|/|von|de|di|sur|из|av|van|z)\s*\d{{1,4}})?\s*[\]}})]?"
    rf"|[\[{{]\s*(?P<bracketed>\d{{1,4}})\s*[\]}}]|(?P<outof>\d{{1,4}})\s*/\s*\d{{1,4}}",
    re.IGNORECASE,
)
_BARE = re.compile(r"\d{1,3}")
_HEAD = re.compile(
    r"(?:(?P<first>\d{1,4})(?:\s{2,}|\s*[|·•]\s*)(?P<after>\D.*)|(?P<before>\D.*?)(?:\s{2,}|\s*[|·•]\s*)(?P<last>\d{1,4}))"
)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A line that may be printed around a page.

    Attributes:
        place: of the line.
        number: of the page; 0 for a numeral in letters.
        words: of a running head, in small letters.
        certain: nothing but a page is written so.
    """

    place: int
    number: int
    words: str = ""
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Pages:
    """The lines of a text without the marks of its pages.

    Attributes:
        lines: as many as before; None for one that is to be passed over, so that what stands around it is one
            paragraph; empty where a mark stood between two.
        left_out: the page numbers and running heads.
    """

    lines: tuple[str | None, ...]
    left_out: tuple[LeftOut, ...] = ()


def without_page_marks(lines: Sequence[str]) -> Pages:
    """Return the lines of a text without page numbers and running heads, its paragraphs whole again."""
    candidates = [mark for place in range(len(lines)) if (mark := _mark(lines, place))]
    if not candidates:
        return Pages(tuple(lines))
    alone = Counter(_plain(line) for place, line in enumerate(lines) if speakable(line) and _is_alone(lines, place))
    marks = _accepted(candidates, lines, alone)
    if not marks:
        return Pages(tuple(lines))
    heads = _heads_beside(marks, lines, alone)
    out = {mark.place for mark in marks} | heads
    kept: list[str | None] = ["" if place in out else line for place, line in enumerate(lines)]
    after = -1
    for place in sorted(out):
        if place > after:
            after = _close_gap(kept, place)
    heads |= {mark.place for mark in marks if mark.words}
    noted = (
        LeftOut("running head" if place in heads else "page number", lines[place].strip(), place + 1)
        for place in sorted(out)
    )
    return Pages(tuple(kept), tuple(noted))


def _mark(lines: Sequence[str], place: int) -> _Mark | None:
    line = lines[place].strip()
    if not line or len(line) > 100 or not any(map(str.isalnum, line)):
        return None
    if found := _NUMBERED_PAGE.fullmatch(line):
        digits = next(filter(None, found.groups()), "")
        return _Mark(place, int(digits) if digits.isdigit() else 0, certain=not found["outof"])
    if not (line[0].isdigit() or line[-1].isdigit()):
        return None
    if _BARE.fullmatch(line):
        return _Mark(place, int(line))
    found = _HEAD.fullmatch(line)
    if found and _is_alone(lines, place):
        return _Mark(place, int(found["first"] or found["last"]), _plain(found["after"] or found["before"]))
    return None


def _accepted(candidates: Sequence[_Mark], lines: Sequence[str], alone: Counter[str]) -> list[_Mark]:
    """Return the marks that are certain, and those that are one of a row of pages."""
    heads = Counter(mark.words for mark in candidates if mark.words)
    sure = [
        replace(mark, certain=True)
        if mark.certain
        or (mark.words and (heads[mark.words] > 1 or alone[mark.words] > 0))
        or _interrupts(lines, mark.place)
        else mark
        for mark in candidates
        if not mark.words or heads[mark.words] > 1 or alone[mark.words] > 0
    ]
    rows: list[list[_Mark]] = []
    for mark in sure:
        if (rows and mark.number and rows[-1][-1].number + 1 == mark.number) or (
            rows and mark.certain and not mark.number
        ):
            rows[-1].append(mark)
        else:
            rows.append([mark])
    accepted: list[_Mark] = []
    for row in rows:
        printed = len(row) > 1 and (row[0].number > 1 or any(mark.certain for mark in row))
        accepted += [mark for mark in row if mark.certain or printed]
    return accepted


def _interrupts(lines: Sequence[str], place: int) -> bool:
    """Return whether a bare number stands in the middle of a sentence, alone on its line."""
    before, after = _neighbours(lines, place)
    return before is not None and after is not None and _goes_on(lines[before], lines[after])


def _neighbours(lines: Sequence[str | None], place: int) -> tuple[int | None, int | None]:
    """Return the places of the nearest lines with words."""
    before = next((at for at in range(place - 1, -1, -1) if speakable(lines[at] or "")), None)
    after = next((at for at in range(place + 1, len(lines)) if speakable(lines[at] or "")), None)
    return before, after


def _goes_on(line: str, following: str) -> bool:
    """Return whether a sentence goes on from one line to another with no more than a page between."""
    line, following = line.rstrip(), following.lstrip(" \t“‘\"'(*_")
    return not ends_sentence(line) and line[-1:] not in ":" and following[:1].islower()


def _heads_beside(marks: Sequence[_Mark], lines: Sequence[str], alone: Counter[str]) -> set[int]:
    """Return the places of running heads without a number: beside that of a page, and not there for the first time."""
    seen: set[str] = set()
    beside: set[int] = set()
    for mark in marks:
        beside.update(near for near in _neighbours(lines, mark.place) if near is not None)
    heads: set[int] = set()
    for place, line in enumerate(lines):
        words = _plain(line)
        if alone[words] > 1 and words and _is_alone(lines, place):
            in_columns = "   " in line.strip()
            if (words in seen or in_columns) and place in beside:
                heads.add(place)
            seen.add(words)
    return heads


def _close_gap(lines: list[str | None], place: int) -> int:
    """Pass over all that stands between two parts of a paragraph that a page has divided; return where it ends."""
    before, after = _neighbours(lines, place)
    if before is not None and after is not None and _goes_on(lines[before] or "", lines[after] or ""):
        for at in range(before + 1, after):
            lines[at] = None
    return len(lines) if after is None else after


def _is_alone(lines: Sequence[str], place: int) -> bool:
    above = place == 0 or not lines[place - 1].strip()
    return above and (place + 1 == len(lines) or not lines[place + 1].strip())


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", text.casefold()))
