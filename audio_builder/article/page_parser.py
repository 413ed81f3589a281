"""HTML and XHTML to a tree, whatever is in it: linear in its length, nothing is loaded, run or unfolded."""

from __future__ import annotations

import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser, LexborNode

from audio_builder.article.word_tables import word_set
from audio_builder.errors import SourceError, SourceTooLarge

DEEPEST = 10_000
"""Levels of nesting at most; the parser's time grows with their square."""
_LONGEST_TAG = 4096
_LONGEST_HEAD = 4096
_NEVER_CLOSED = word_set(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th tbody option"
)
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1[^>]*>?|\Z)|<(/?)([a-z][^\s/>]*)[^>]*>?",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<([a-z][^\s/<>]*+)([^<>]*+)>", re.IGNORECASE)
_BULLET_START, _BULLET_END = "<![if !supportLists]>", "<![endif]>"


def as_html(xhtml: str) -> str:
    """Return XHTML with its self-closed elements closed, as a parser of HTML expects them."""

    def closed(tag: re.Match[str]) -> str:
        kept = not tag[2].endswith("/") or tag[1].lower() in _NEVER_CLOSED
        return tag[0] if kept else f"<{tag[1]}{tag[2][:-1]}></{tag[1]}>"

    return _TAG.sub(closed, xhtml)


def refuse_declarations(text: str, name: str) -> None:
    """Refuse a page that declares entities.

    Raises:
        SourceError: it does.
    """
    head = text[:_LONGEST_HEAD].casefold()
    doctype = head[head.find("<!doctype") :].partition(">")[0] if "<!doctype" in head else ""
    if "[" in doctype.partition("<html")[0]:
        raise SourceError(
            f"{name} is refused: it declares XML entities of its own", hint="Save the page as plain text."
        )


def parsed(text: str, name: str) -> LexborHTMLParser:
    """Return the parsed page, without scripts, comments and the attributes of absurdly long tags.

    Raises:
        SourceTooLarge: it is nested more than 10,000 deep.
    """
    open_tags: Counter[str] = Counter()
    depth = 0

    def safer(found: re.Match[str]) -> str:
        nonlocal depth
        tag = (found[3] or "").lower()
        if not tag:
            return ""
        if tag not in _NEVER_CLOSED:
            if not found[2]:
                open_tags[tag] += 1
                depth += 1
            elif open_tags[tag]:
                open_tags[tag] -= 1
                depth -= 1
            if depth > DEEPEST:
                raise SourceTooLarge(
                    f"{name}: its elements are nested more than {DEEPEST:,} deep", hint="Save the page as plain text."
                )
        # The parser's time grows with the square of the attributes of one tag.
        return found[0] if len(found[0]) <= _LONGEST_TAG else f"<{found[2]}{found[3][:40]}>"

    return LexborHTMLParser(_TOKEN.sub(safer, _without_drawn_bullets(text)))


def _without_drawn_bullets(text: str) -> str:
    """Return a page without the bullets and numbers that Word draws for browsers that know no lists."""
    kept: list[str] = []
    position = 0
    while (start := text.find(_BULLET_START, position)) >= 0 and (end := text.find(_BULLET_END, start)) >= 0:
        kept.append(text[position:start])
        position = end + len(_BULLET_END)
    return "".join([*kept, text[position:]])


def words_in(node: LexborNode) -> str:
    """Return the words in an element on one line."""
    return " ".join(node.text().split())
