"""HTML to its outline: the article of a saved page, without its menus and footers; a chapter; a document.

The parser is a linear, lenient one (lexbor); it resolves no entities but HTML's own, loads nothing
and runs nothing. Decision 0071 tells what is left out and why.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from audio_builder.article.frontmatter import LONGEST_VALUE, FrontMatter
from audio_builder.article.gather import Gatherer
from audio_builder.article.inline import Wording
from audio_builder.article.model import BlockKind, Line
from audio_builder.article.outline import Outline
from audio_builder.article.text import speakable
from audio_builder.article.wrapping import UNWRAPPED
from audio_builder.errors import SourceTooLarge

DEEPEST = 10_000
"""Levels of nesting at most; the parser's time grows with their square."""

_LONGEST_TAG = 4096


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER_CLOSED = _names(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th tbody option"
)
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1[^>]*>?|\Z)|<(/?)([a-z][^\s/>]*)[^>]*>?",
    re.IGNORECASE | re.DOTALL,
)
_SELF_CLOSED = re.compile(r"<([a-z][^\s/>]*)([^<>]*)/>", re.IGNORECASE)

_SILENT_TAGS = _names(
    "head script style noscript template svg math iframe object audio video canvas form button select textarea "
    "input nav footer aside dialog pre del s strike figcaption img map rt rp title"
)
_SILENT_ROLES = _names(
    "navigation banner contentinfo complementary search menu menubar doc-endnotes doc-footnote doc-noteref"
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|sidebar|breadcrumbs?|comments?|share|sharing|social|related|newsletter|"
    r"subscribe|cookies?|promo|advert|ads|footnotes?|endnotes?|skip-link|screen-reader-text)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS = _names(
    "html body p div section article main header address figure center details summary fieldset hgroup h1 h2 "
    "h3 h4 h5 h6 blockquote ul ol dl li dt dd table thead tbody tfoot tr td th caption hr"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MAY_BE_FURNITURE = _BLOCKS - {"html", "body", "article", "main", "p", *_HEADINGS}
_CONTAINERS = {"blockquote": BlockKind.QUOTE, **dict.fromkeys(("ul", "ol", "dl", "table"), BlockKind.LIST)}
_EMPHASIS = frozenset({"em", "i", "strong", "b", "cite"})
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§a-z])[\])]?")
_MOSTLY = 0.6
_MOST_ARTICLES = 50


def read_html(text: str, front: FrontMatter, name: str, *, whole: bool = False) -> Outline:
    """Return the outline of a page's article.

    Args:
        text: the page; its paragraphs are numbered where a file has no lines of its own.
        front: from `html_front` or from a book; its title, subtitle and language matter here.
        name: for messages.
        whole: everything in it is to be read, as in a book, not only what looks like the article of a page.

    Raises:
        SourceTooLarge: it is nested more than 10,000 deep.
    """
    page = _parsed(text, name)
    root = page.body if whole else _article(page)
    gatherer = Gatherer(front.language, UNWRAPPED)
    if root is not None:
        _Walk(gatherer, root).run()
    return gatherer.outline(front)


def html_front(text: str, name: str) -> FrontMatter:
    """Return what a page says about itself: author, language, and a title if no heading gives one.

    Raises:
        SourceTooLarge: it is nested more than 10,000 deep.
    """
    page = _parsed(text, name)
    root = _article(page)
    language = (page.root.attributes.get("lang") or page.root.attributes.get("xml:lang") or "") if page.root else ""
    title = ""
    if root is None or root.css_first("h1") is None:
        # A heading around the article would say all of it.
        above = None if root is None or _inside_heading(root) else page.css_first("h1")
        heading = above or page.css_first("title")
        title = " ".join(heading.text().split())[:LONGEST_VALUE] if heading else ""
    author = page.css_first("meta[name=author]")
    return FrontMatter(
        title=title,
        author=" ".join((author.attributes.get("content") or "").split())[:LONGEST_VALUE] if author else "",
        language=language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}", language) else "",
    )


def as_html(xhtml: str) -> str:
    """Return XHTML with its self-closed elements closed, as a parser of HTML expects them."""
    return _SELF_CLOSED.sub(
        lambda tag: tag[0] if tag[1].lower() in _NEVER_CLOSED else f"<{tag[1]}{tag[2]}></{tag[1]}>", xhtml
    )


def _parsed(text: str, name: str) -> LexborHTMLParser:
    """Return the parsed page, without scripts, comments and the attributes of absurdly long tags."""
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

    return LexborHTMLParser(_TOKEN.sub(safer, text))


def _article(page: LexborHTMLParser) -> LexborNode | None:
    """Return the element that holds the article: `<article>` or `<main>` where most of the paragraphs are in it."""
    body = page.body
    if body is None:
        return None
    whole = _paragraph_length(body)
    for selector in ("article", "main", "[role=main]", "[itemprop=articleBody]"):
        best = max(page.css(selector)[:_MOST_ARTICLES], key=_paragraph_length, default=None)
        if best is not None and _paragraph_length(best) >= _MOSTLY * whole:
            return best
    return body


def _inside_heading(node: LexborNode) -> bool:
    above = node.parent
    while above is not None and above.tag != "h1":
        above = above.parent
    return above is not None


def _paragraph_length(node: LexborNode) -> int:
    return sum(len(paragraph.text()) for paragraph in node.css("p"))


def _silent(node: LexborNode, inside_header: bool) -> bool:
    """Tell whether an element is no part of what its author wrote to be read."""
    tag = node.tag or ""
    attributes = node.attributes
    if tag in _SILENT_TAGS or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if (attributes.get("role") or "") in _SILENT_ROLES or "note" in (attributes.get("epub:type") or ""):
        return True
    if tag == "sup":
        return _NOTE_MARK.fullmatch(node.text().strip()) is not None
    if (attributes.get("id") or "").startswith(("footnote-", "endnote-")):
        return True
    if tag == "header" and inside_header:
        return True
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return tag in _MAY_BE_FURNITURE and _FURNITURE.search(named) is not None


@dataclass(slots=True)
class _Walk:
    """Goes through an element in the order of its text, without recursion: nesting may be deep."""

    gatherer: Gatherer
    root: LexborNode
    words: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    hard: bool = False
    emphasis: int = 0
    plain: bool = False
    level: int = 0
    paragraph: int = 1

    def run(self) -> None:
        """Tell the gatherer everything that the element says."""
        page_header = self.root.tag == "body"
        node = self.root.child
        depth = 0
        while node is not None:
            if node.tag == "-text":
                self._text(node.text(deep=False) or "")
            elif node.tag != "-comment" and not _silent(node, page_header and depth == 0):
                self._open(node.tag or "")
                if node.child is not None:
                    node, depth = node.child, depth + 1
                    continue
                self._close(node.tag or "")
            while node is not None and node.next is None and depth:
                node, depth = node.parent, depth - 1
                self._close((node.tag or "") if node else "")
            node = node.next if node is not None else None
        self._flush()

    def _text(self, text: str) -> None:
        self.words.append(text)
        self.plain = self.plain or (not self.emphasis and speakable(text))

    def _open(self, tag: str) -> None:
        if tag == "br":
            self._end_line(hard=True)
        elif tag in _EMPHASIS:
            self.emphasis += 1
        if tag in _BLOCKS:
            self._flush()
            if tag in _CONTAINERS:
                self.gatherer.open_container(_CONTAINERS[tag])
            self.level = _HEADINGS.get(tag, self.level)

    def _close(self, tag: str) -> None:
        if tag in _EMPHASIS:
            self.emphasis -= 1
        if tag in _BLOCKS:
            self._flush()
            if tag in _CONTAINERS:
                self.gatherer.close_container()
            if tag in _HEADINGS:
                self.level = 0

    def _end_line(self, *, hard: bool) -> None:
        text = " ".join("".join(self.words).split())
        if text:
            self.lines.append(Line(text, self.paragraph))
            self.hard = self.hard or hard
        self.words = []

    def _flush(self) -> None:
        """End the paragraph, if one is open."""
        self._end_line(hard=False)
        if self.lines:
            lines = tuple(self.lines)
            hard = self.hard and len(lines) > 1
            self.gatherer.words(
                Wording(lines, tuple(line.text for line in lines), hard, emphasised=not self.plain), self.level
            )
        self.lines, self.hard, self.plain = [], False, False
