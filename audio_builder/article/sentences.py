"""Sentences of a line, with every mark of punctuation kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

_AT_ONCE = 8000
"""Characters given to the splitter in one go: its time grows with the square of unclosed quotation marks."""

_TITLES = frozenset({"dr.", "mr.", "mrs.", "ms.", "prof.", "rev.", "mme.", "hr.", "fr."})
_BEFORE_NUMBERS = frozenset(
    {"vol.", "vols.", "no.", "nos.", "nr.", "p.", "pp.", "fig.", "figs.", "ch.", "sec.", "art.", "approx.", "ca.", "c."}
)
_SENTENCE_END = re.compile(r"""[.!?…。！？؟।][”’"')\]»」』]*\s""")
_CLOSERS = "”’\"')]»›」』*_ "
_QUESTION_MARKS = "?？؟⁇\u037e"
_STOPS = ".!…。！।" + _QUESTION_MARKS


def sentences(text: str, language: str = "") -> tuple[str, ...]:
    """Return the sentences of a line in their order, each without space at its ends.

    Joined by single spaces they are the line again (for languages written with spaces).

    Args:
        text: one line.
        language: BCP 47 tag; empty or unknown ones are split by the rules most languages share.

    >>> sentences("St. John wrote it, cf. p. 12. “Did he?” she asked.", "en")
    ('St. John wrote it, cf. p. 12.', '“Did he?” she asked.')
    """
    from sentencex import segment

    # A multi-byte space beside a full stop makes the splitter panic: it is only given plain spaces.
    line = " ".join(text.split())
    tag = language.partition("-")[0].lower() or "en"
    found: list[str] = []
    for stretch in _stretches(line):
        for piece in filter(None, (raw.strip() for raw in segment(tag, stretch))):
            if found and _belongs_to(piece, found[-1]):
                found[-1] += " " + piece
            else:
                found.append(piece)
    return tuple(found)


def ends_sentence(text: str) -> bool:
    """Tell whether the text ends with the punctuation of a sentence, inside or outside quotation marks."""
    return text.rstrip(_CLOSERS)[-1:] in tuple(_STOPS)


def asks(sentence: str) -> bool:
    """Tell whether a sentence is a question of the writer's own, not one inside quotation marks.

    >>> asks("What do you hear?"), asks("She said, “What?”")
    (True, False)
    """
    return sentence.rstrip(")]*_ !.…").endswith(tuple(_QUESTION_MARKS))


def _belongs_to(piece: str, before: str) -> bool:
    """Tell whether the splitter cut after an abbreviation, or left a bracket or quotation mark behind."""
    last = before.rsplit(None, 1)[-1].lower().lstrip("(“\"'")
    if piece[0] in ")]”’»":
        return True
    return last in _TITLES or (last in _BEFORE_NUMBERS and piece[0].isdigit())


def _stretches(line: str) -> Iterator[str]:
    """Yield a long line in parts, cut after a sentence where one ends, else at a space."""
    start = 0
    while len(line) - start > _AT_ONCE:
        window = line[start : start + _AT_ONCE]
        ends = [found.end() for found in _SENTENCE_END.finditer(window)]
        cut = ends[-1] if ends else window.rfind(" ") + 1 or _AT_ONCE
        yield line[start : start + cut]
        start += cut
    yield line[start:]
