"""HTML to its outline: the article of a saved page, without its menus and footers; a chapter; a document.

The parser is a linear, lenient one (lexbor); it resolves no entities but HTML's own, loads nothing
and runs nothing. `boilerplate` says what is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from audio_builder.article.blocks import UNWRAPPED
from audio_builder.article.boilerplate import BLOCKS, is_boilerplate, is_label, names
from audio_builder.article.frontmatter import FrontMatter, shortened
from audio_builder.article.model import BlockKind, Line
from audio_builder.article.outline import OutlineBuilder, Wording
from audio_builder.article.readers import Parsed, TextReader
from audio_builder.article.source import SourceText
from audio_builder.article.text import speakable
from audio_builder.errors import SourceError, SourceTooLarge

DEEPEST = 10_000
"""Levels of nesting at most; the parser's time grows with their square."""

_LONGEST_TAG = 4096
_LONGEST_HEAD = 4096

_NEVER_CLOSED = names(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th tbody option"
)
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1[^>]*>?|\Z)|<(/?)([a-z][^\s/>]*)[^>]*>?",
    re.IGNORECASE | re.DOTALL,
)
_PAGE = re.compile(r"(?:<\?xml[^>]*+>|<!--(?>.*?-->)|\s++)*+<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<([a-z][^\s/<>]*+)([^<>]*+)>", re.IGNORECASE)

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CONTAINERS = {"blockquote": BlockKind.QUOTE, **dict.fromkeys(("ul", "ol", "dl", "table"), BlockKind.LIST)}
_EMPHASIS = frozenset({"em", "i", "strong", "b", "cite"})
_IN_SENTENCES = names("p li dt dd td th caption blockquote figure address h1 h2 h3 h4 h5 h6")
_MOSTLY = 0.6
_MOST_ARTICLES = 50


def _read(source: SourceText) -> Parsed:
    """Return the outline of a page's article, or of all that was unpacked from a file that says what it is.

    Its paragraphs are numbered: a page has no lines of its own.

    Raises:
        SourceError: it declares XML entities of its own.
        SourceTooLarge: it is nested more than 10,000 deep.
    """
    page_of_web = source.front is None
    if page_of_web:
        _refuse_declarations(source.text, source.name)
    page = _parsed(source.text, source.name)
    root = _article(page) if page_of_web else page.body
    front = source.front or _front(page, root)
    builder = OutlineBuilder(front.language, UNWRAPPED)
    if root is not None:
        _Walk(builder, root, page=page_of_web, title=_title_element(page)).run()
    return Parsed(front, builder.outline(front))


def _front(page: LexborHTMLParser, root: LexborNode | None) -> FrontMatter:
    """Return what a page says about itself: author, language, and a title if no heading gives one."""
    language = (page.root.attributes.get("lang") or page.root.attributes.get("xml:lang") or "") if page.root else ""
    title, named = "", _title_element(page)
    if root is None or root.css_first("h1") is None:
        # A heading around the article would say all of it.
        above = None if root is None or _inside_heading(root) else page.css_first("h1")
        title = shortened(above.text() if above else named)
    elif named and _words(root).startswith(named):
        title = shortened(named)
    author = page.css_first("meta[name=author]")
    return FrontMatter(
        title=title,
        author=shortened(author.attributes.get("content") or "") if author else "",
        language=language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}", language) else "",
    )


def as_html(xhtml: str) -> str:
    """Return XHTML with its self-closed elements closed, as a parser of HTML expects them."""

    def closed(tag: re.Match[str]) -> str:
        kept = not tag[2].endswith("/") or tag[1].lower() in _NEVER_CLOSED
        return tag[0] if kept else f"<{tag[1]}{tag[2][:-1]}></{tag[1]}>"

    return _TAG.sub(closed, xhtml)


def _refuse_declarations(text: str, name: str) -> None:
    head = text[:_LONGEST_HEAD].casefold()
    doctype = head[head.find("<!doctype") :].partition(">")[0] if "<!doctype" in head else ""
    if "[" in doctype.partition("<html")[0]:
        raise SourceError(
            f"{name} is refused: it declares XML entities of its own", hint="Save the page as plain text."
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


def _title_element(page: LexborHTMLParser) -> str:
    found = page.css_first("title")
    return _words(found) if found else ""


def _words(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _inside_heading(node: LexborNode) -> bool:
    above = node.parent
    while above is not None and above.tag != "h1":
        above = above.parent
    return above is not None


def _paragraph_length(node: LexborNode) -> int:
    return sum(len(paragraph.text()) for paragraph in node.css("p"))


@dataclass(slots=True)
class _Walk:
    """Goes through an element in the order of its text, without recursion: nesting may be deep."""

    builder: OutlineBuilder
    root: LexborNode
    page: bool
    title: str
    words: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    hard: bool = False
    emphasis: int = 0
    plain: bool = False
    links: int = 0
    unlinked: bool = False
    block: str = ""
    subtitle: bool = False
    level: int = 0
    paragraph: int = 1

    def run(self) -> None:
        """Give everything that the element says to the builder."""
        page_header = self.root.tag == "body"
        node = self.root.child
        depth = 0
        while node is not None:
            if node.tag == "-text":
                self._text(node.text(deep=False) or "")
            elif node.tag != "-comment" and not self._is_silent(node, at_top=page_header and depth == 0):
                self._open(node)
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
        if speakable(text):
            self.plain = self.plain or not self.emphasis
            self.unlinked = self.unlinked or not self.links

    def _is_silent(self, node: LexborNode, *, at_top: bool) -> bool:
        site_header = at_top and node.tag == "header" and not self._names_page(node)
        return is_boilerplate(node, page=self.page, site_header=site_header)

    def _names_page(self, node: LexborNode) -> bool:
        """Return whether a heading in an element says the page's title, so that it is the article's, not the site's."""
        heading = node.css_first("h1")
        return heading is not None and _words(heading) == self.title

    def _open(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "br":
            self._end_line(hard=True)
        elif tag in _EMPHASIS:
            self.emphasis += 1
        elif tag == "a":
            self.links += 1
        if tag in BLOCKS:
            self._flush()
            self.block = tag
            self.subtitle = "subtitle" in (node.attributes.get("class") or "").split()
            if tag in _CONTAINERS:
                self.builder.open_container(_CONTAINERS[tag])
            self.level = _HEADINGS.get(tag, self.level)

    def _close(self, tag: str) -> None:
        if tag in _EMPHASIS:
            self.emphasis -= 1
        elif tag == "a":
            self.links -= 1
        if tag in BLOCKS:
            self._flush()
            self.block, self.subtitle = "", False
            if tag in _CONTAINERS:
                self.builder.close_container()
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
        if self.lines and not self._is_label():
            lines = tuple(self.lines)
            hard = self.hard and len(lines) > 1
            emphasised = self.subtitle or not self.plain
            self.builder.words(Wording(lines, tuple(line.text for line in lines), hard, emphasised), self.level)
        self.lines, self.hard, self.plain, self.unlinked = [], False, False, False

    def _is_label(self) -> bool:
        """Return whether the words are a link or two of a page, in no paragraph: a tag, a name, a button."""
        loose = self.page and not self.unlinked and self.block not in _IN_SENTENCES
        return loose and is_label(" ".join(line.text for line in self.lines))


READER = TextReader(
    "html",
    "web pages",
    (".html", ".htm", ".xhtml"),
    lambda text, _name: text.lstrip().startswith("<") and _PAGE.match(text[:4096]) is not None,
    _read,
    rank=10,
)
