"""Project Gutenberg's header and licence, which stand around its texts between unambiguous markers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audio_builder.article.frontmatter import FrontMatter, shortened
from audio_builder.article.left_out import LeftOut

_NAME = re.compile(r"project gutenberg", re.IGNORECASE)
_START = re.compile(
    r"^[ \t]*\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG E(?:BOOK|TEXT)\b[^\n]*(?:\n[^\n]+?\*{3})?[ \t]*$"
    r"|^[ \t]*\*END\*? ?THE SMALL PRINT![^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    r"^[ \t]*\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG E(?:BOOK|TEXT)\b[^\n]*$"
    r"|^[ \t]*End of (?:the |this )?Project Gutenberg(?:['’]s|(?: (?:EBook|Etext))? of)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_MADE_BY = re.compile(
    r"\s*(?:Produced by|E-?text prepared by|This e-?(?:book|text) was (?:produced|prepared) by|Transcribed (?:by|from)|"
    r"Credits:)[^\n]*(?:\n[ \t]*\S[^\n]*)*",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^(Title|Author|Language):[ \t]*(\S[^\n]*)", re.MULTILINE)
_LONGEST_MARKER = 3000
"""Characters. The header of an old page stands in one paragraph with its marker."""

_LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi", "polish": "pl", "greek": "el",
    "latin": "la", "chinese": "zh", "japanese": "ja", "hungarian": "hu", "czech": "cs", "russian": "ru",
    "catalan": "ca", "esperanto": "eo",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Etext:
    """A text of Project Gutenberg without what stands around it.

    Attributes:
        text: of as many lines as before; what was taken away is empty.
        front: title, author and language, from the header; empty ones for any other text.
        left_out: the header and the licence.
    """

    text: str
    front: FrontMatter
    left_out: tuple[LeftOut, ...] = ()


def take_licence(text: str) -> Etext:
    r"""Return a text without Project Gutenberg's header and licence, where its markers stand in it.

    >>> take_licence("Title: A\n*** START OF THE PROJECT GUTENBERG EBOOK A ***\\nWords.").text
    '\n\nWords.'
    """
    if not _NAME.search(text):
        return Etext(text, FrontMatter())
    starts = list(_START.finditer(text))
    start = starts[-1].end() if starts else 0
    if starts and (made := _MADE_BY.match(text, start)):
        start = made.end()
    end = found.start() if (found := _END.search(text, start)) else len(text)
    head, tail = text[:start], text[end:]
    parts = ((head, 1), (tail, text.count("\n", 0, end) + 1))
    return Etext(
        "\n" * head.count("\n") + text[start:end] + "\n" * tail.count("\n"),
        _front(head),
        tuple(LeftOut("licence", " ".join(part.split()), line) for part, line in parts if part.strip()),
    )


def ends_header(words: str) -> bool:
    """Return whether a paragraph of a page is the marker after which a text of Project Gutenberg begins."""
    return _may_mark(words) and _START.search(words) is not None


def begins_licence(words: str) -> bool:
    """Return whether a paragraph of a page is the marker with which a text of Project Gutenberg ends."""
    return _may_mark(words) and _END.search(words) is not None


def _may_mark(words: str) -> bool:
    return len(words) < _LONGEST_MARKER and _NAME.search(words) is not None


def _front(head: str) -> FrontMatter:
    said = {name: shortened(value) for name, value in reversed(_FIELD.findall(head))}
    return FrontMatter(
        title=said.get("Title", ""),
        author=said.get("Author", ""),
        language=_LANGUAGES.get(said.get("Language", "").casefold(), ""),
    )
