"""What stands in a source and isn't read out, and how a person is shown it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

COUNTED = {
    "footnote": "footnotes",
    "table": "tables",
    "picture": "pictures",
    "caption": "captions",
    "comment": "comments",
    "note": "notes",
    "formula": "formulas",
    "direction": "directions",
    "citation": "citations",
    "tag": "tags",
    "page number": "page numbers",
    "running head": "running heads",
    "embed": "embeds",
    "property": "properties",
    "footnote mark": "footnote marks",
    "link to another page": "links to other pages",
    "verse number": "verse numbers",
    "missing part": "missing parts",
    "pull quote": "pull quotes",
    "time stamp": "time stamps",
    "speaker's name": "names of the speaker",
}
"""What is left out by the piece, and its plural. All else is counted in words."""

_LONGEST_SHOWN = 300
_USUAL_WORDS = 60
"""Of one thing; of longer ones the words are said too, as something may have been taken for what it isn't."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that isn't read out.

    Attributes:
        kind: what it is, in the singular: one of `COUNTED`, or a name for words, such as `code` or `hidden text`.
        words: as they stand in the source, on one line; empty where there are none, as of a picture.
        line: of the source, counted from 1; 0 where the source has no lines of its own.
    """

    kind: str
    words: str = ""
    line: int = 0


def summary(left_out: Sequence[LeftOut]) -> str:
    """Return what was left out on one line, each kind once in the order of the source; empty for nothing.

    >>> summary([LeftOut("footnote"), LeftOut("code", "a = b"), LeftOut("footnote")])
    'Not read out: 2 footnotes, 3 words of code.'
    """
    by_kind: dict[str, list[LeftOut]] = {}
    for item in left_out:
        by_kind.setdefault(item.kind, []).append(item)
    return f"Not read out: {', '.join(_amount(*entry) for entry in by_kind.items())}." if by_kind else ""


def details(left_out: Sequence[LeftOut]) -> Iterator[str]:
    """Yield a line for each thing that was left out; the same thing at one place is shown once."""
    for item, _ in groupby(left_out):
        place = f"line {item.line}: " if item.line else ""
        shown = item.words if len(item.words) <= _LONGEST_SHOWN else f"{item.words[:_LONGEST_SHOWN].rstrip()} …"
        yield f"  {place}{item.kind}{f' “{shown}”' if shown else ''}"


def _amount(kind: str, items: Sequence[LeftOut]) -> str:
    words = sum(len(item.words.split()) for item in items)
    if kind in COUNTED:
        article = "an" if kind[0] in "aeiou" else "a"
        size = f" ({words:,} words)" if words > _USUAL_WORDS * len(items) else ""
        return (f"{article} {kind}" if len(items) == 1 else f"{len(items):,} {COUNTED[kind]}") + size
    return f"{words:,} {'word' if words == 1 else 'words'} of {kind}"
