"""HTML and XHTML to a tree, whatever is in it: linear in its length, nothing is loaded, run or unfolded.

Which element is the article, what the page says about itself, and which elements are notes that no class names.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from audio_builder.article.boilerplate import BLOCKS, MOST_LEVELS
from audio_builder.article.file_titles import says_nothing
from audio_builder.article.frontmatter import FrontMatter, shortened
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


# --- notes, found by the links between their marks and their words ---

_MARK = re.compile(r"[\[({]?(?:\d{1,3}|[*†‡§¶]{1,3}|[a-z]|[A-Z]{1,2}\d{1,3}|[ivx]{1,5})[\])}]?\.?")
_COMMENT = re.compile(r"_?(?:cmnt|msocom|comment)", re.IGNORECASE)
_MOST_LINKS = 20_000
_LONGEST_NOTE = 5000
_MOST_STEPS = 8
_NO_NOTES = frozenset({"body", "html", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6"})
_BACK = "a[href*='#']"
_HEADING = "h1, h2, h3"


@dataclass(frozen=True, slots=True)
class _Note:
    """What may be the words of a note.

    Attributes:
        body: the element that holds them.
        begin: how they begin, without brackets.
        leads_back: there is a link in them.
    """

    body: LexborNode
    begin: str
    leads_back: bool


def find_notes(root: LexborNode) -> dict[int, str]:
    """Return the elements that are marks of notes or their words, by identity: footnotes, and comments of reviewers."""
    links = [link for link in root.css("a[href]")[:_MOST_LINKS] if "#" in (link.attributes.get("href") or "")]
    marks = [link for link in links if _MARK.fullmatch(link.text().strip()) and _is_attached(link)]
    if not marks:
        return {}
    named: dict[str, list[LexborNode]] = defaultdict(list)
    for node in root.css("[id], a[name]"):
        for name in {node.attributes.get("id"), node.attributes.get("name")} - {None, ""}:
            named[str(name)].append(node)
    found: dict[int, str] = {}
    bodies = _Bodies()
    for mark in marks:
        target = (mark.attributes.get("href") or "").rpartition("#")[2]
        kind = "comment" if _COMMENT.match(target) else "footnote"
        found[mark.mem_id] = kind
        for node in named.get(target, ())[:3]:
            body = bodies.body(node, mark.text().strip())
            if body is not None and not _is_around(body, mark):
                found[body.mem_id] = kind
    return found


def _is_around(body: LexborNode, mark: LexborNode) -> bool:
    """Return whether what may be a note holds its own mark, so that it is the text that the note belongs to."""
    above = mark.parent
    for _ in range(MOST_LEVELS):
        if above is None or above.mem_id == body.mem_id:
            break
        above = above.parent
    return above is not None and above.mem_id == body.mem_id


def _is_attached(link: LexborNode) -> bool:
    """Return whether a link is raised, or stands right behind a word."""
    node: LexborNode | None = link
    for _ in range(_MOST_STEPS):
        if node is None or node.tag in BLOCKS:
            return False
        if node.tag == "sup":
            return True
        before = node.prev
        if before is not None:
            text = (before.text(deep=False) if before.tag == "-text" else before.text()) or ""
            if text:
                return not text[-1].isspace() and (text[-1].isalnum() or text[-1] in ".,;:!?…”’\"')]»*†‡§¶")
            node = before
            continue
        node = node.parent
    return False


@dataclass(slots=True)
class _Bodies:
    """Finds the elements that hold the words of notes; each is looked at once, for thousands may lead to it."""

    notes: dict[int, _Note | None] = field(default_factory=dict)
    around: dict[int, str] = field(default_factory=dict)

    def body(self, target: LexborNode, mark: str) -> LexborNode | None:
        """Return the element that holds the words of a note, None where what a mark leads to is none."""
        node: LexborNode | None = target
        for _ in range(MOST_LEVELS):
            if node is None or node.tag in BLOCKS or node.tag == "aside":
                break
            node = node.parent
        if node is None or node.tag in _NO_NOTES:
            return None
        if node.mem_id not in self.notes:
            self.notes[node.mem_id] = self._note(node)
        note = self.notes[node.mem_id]
        begins = note is not None and note.begin.startswith(mark.strip("[](){}."))
        return note.body if note is not None and (begins or note.leads_back) else None

    def _note(self, node: LexborNode) -> _Note | None:
        """Return the note that an element may be, None where it is too long or has a heading."""
        text = node.text().strip()
        if len(text) > _LONGEST_NOTE or node.css_first(_HEADING) is not None:
            return None
        parent = node.parent
        if parent is not None and parent.mem_id not in self.around:
            self.around[parent.mem_id] = _only_note(parent)
        around = self.around[parent.mem_id] if parent is not None else ""
        alone = around != "" and around.startswith(text[:80])
        leads_back = node.css_first(_BACK) is not None
        return _Note(parent if parent is not None and alone else node, text[:80].lstrip("[({"), leads_back)


def _only_note(node: LexborNode) -> str:
    """Return the text of an element that holds one note at most, nothing for any other."""
    if node.tag not in ("li", "div", "aside") or len(node.css(_BACK)) > 2 or node.css_first(_HEADING) is not None:
        return ""
    text = node.text().strip()
    return text if len(text) <= _LONGEST_NOTE else ""


# --- the article, and what the page says about itself ---

_TITLE_NAMES = word_set("title msotitle entry-title post-title article-title page-title p-name graf--title headline")
ENTRY_TITLES = ".entry-title, .post-title, .article-title"
_ENTRY_TITLE = "h2.entry-title, h3.entry-title, h2.post-title, h3.post-title, h2.article-title"
_TITLED = "p, h2, h3, h4, div.title, div.post-title, div.entry-title"
_OF_GUTENBERG = re.compile(r"^The Project Gutenberg e-?book of |,? by [^,|]+$|\s*\| Project Gutenberg$", re.IGNORECASE)
_MOSTLY = 0.6
_MOST_ARTICLES = 50


def page_front(page: LexborHTMLParser, root: LexborNode | None) -> FrontMatter:
    """Return what a page says about itself: author, language, and a title if no heading gives one."""
    language = (page.root.attributes.get("lang") or page.root.attributes.get("xml:lang") or "") if page.root else ""
    title, named = "", title_element(page)
    if root is None or root.css_first("h1") is None:
        # A heading around the article would say all of it.
        above = None if root is None or _is_inside(root, "h1") else page.css_first("h1")
        inside = root is not None and any(is_title_element(node) for node in root.css(_TITLED))
        entry = root is not None and root.css_first(_ENTRY_TITLE) is not None
        title = _said_inside(page, root) or (
            shortened(above.text()) if above else "" if inside else name_of(page, root)
        )
        title = "" if entry else title
    elif named and words_in(root).startswith(named):
        title = shortened(named)
    author = page.css_first("meta[name=author]:not([content*='@'])")
    return FrontMatter(
        title=title,
        author=shortened(author.attributes.get("content") or "") if author else "",
        language=language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}", language) else "",
    )


def _said_inside(page: LexborHTMLParser, root: LexborNode | None) -> str:
    """Return the heading in a post that says a part of the page's title; empty where none does."""
    heading = root.css_first("h2, h3") if root is not None else None
    return name_of(page, root) if heading is not None and name_of(page, root) == words_in(heading) else ""


def name_of(page: LexborHTMLParser, root: LexborNode | None = None) -> str:
    """Return the title of a page without the name of its site, where a heading in it says which part is which."""
    shared = page.css_first("meta[property='og:title']")
    title = shortened((shared.attributes.get("content") or "") if shared else title_element(page))
    title = _OF_GUTENBERG.sub("", title) if "Project Gutenberg" in title else title
    heading = root.css_first("h2, h3") if root is not None else None
    parts = re.split(r"\s+[|–—·»-]\s+|:\s+", title)
    said = words_in(heading) if heading is not None else ""
    if said and said.casefold() in [part.casefold() for part in parts]:
        return said
    return "" if says_nothing(title) else title


def is_title_element(node: LexborNode) -> bool:
    """Return whether an element has the name of a title."""
    return not _TITLE_NAMES.isdisjoint((node.attributes.get("class") or "").casefold().split())


def article_in(page: LexborHTMLParser) -> LexborNode | None:
    """Return the element that holds the article: `<article>` or `<main>` where most of the paragraphs are in it."""
    body = page.body
    if body is None:
        return None
    whole = _paragraph_length(body)
    for selector in ("article", "main", "[role=main]", "[itemprop=articleBody]", ".hentry", ".post"):
        best = max(page.css(selector)[:_MOST_ARTICLES], key=_paragraph_length, default=None)
        if best is not None and _paragraph_length(best) >= _MOSTLY * whole:
            return best
    return body


def title_element(page: LexborHTMLParser) -> str:
    """Return what the title bar of a browser shows; empty for nothing."""
    found = next((title for title in page.css("title")[:_MOST_ARTICLES] if not _is_inside(title, "svg")), None)
    return words_in(found) if found else ""


def _is_inside(node: LexborNode, tag: str) -> bool:
    above = node.parent
    while above is not None and above.tag != tag:
        above = above.parent
    return above is not None


def _paragraph_length(node: LexborNode) -> int:
    return sum(len(paragraph.text()) for paragraph in node.css("p"))
