"""HTML to its outline: the article of a saved page, without its menus and footers; a chapter; a document.

The parser is a linear, lenient one (lexbor); it resolves no entities but HTML's own, loads nothing
and runs nothing. `boilerplate` says what is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborNode

from audio_builder.article.blocks import UNWRAPPED, verse_in
from audio_builder.article.boilerplate import BLOCKS, VERSE_NAMES, is_contents, is_label, is_of_properties, left_out_as
from audio_builder.article.details import with_links
from audio_builder.article.frontmatter import NAME_KEY
from audio_builder.article.model import BlockKind, Line
from audio_builder.article.outline_builder import OutlineBuilder, Wording
from audio_builder.article.page import (
    ENTRY_TITLES,
    article_in,
    find_notes,
    is_title_element,
    name_of,
    page_front,
    parsed,
    refuse_declarations,
    title_element,
    words_in,
)
from audio_builder.article.paragraph import Paragraph
from audio_builder.article.readers import Parsed, TextReader
from audio_builder.article.source import SourceText
from audio_builder.article.text import clean, speakable
from audio_builder.article.word_tables import word_set

HEADING_CLASS = "reads-as-heading"
CENTRED_CLASS = "reads-as-centred"
"""Classes that what unpacks documents and books puts on paragraphs."""

_PAGE = re.compile(r"(?:<\?xml[^>]*+>|<!--(?>.*?-->)|\s++)*+<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CONTAINERS = {"blockquote": BlockKind.QUOTE, **dict.fromkeys(("ul", "ol", "dl", "table"), BlockKind.LIST)}
_EMPHASIS = frozenset({"em", "i", "strong", "b", "cite"})
_STRONG = frozenset({"strong", "b"})
_SUBTITLE = re.compile(
    r"(?:^|\s)(?:[\w-]*subtitle[\w-]*|[\w-]+-excerpt|dek|deck|standfirst|sub-?head(?:line)?|p-summary)(?:$|\s)",
    re.IGNORECASE,
)
_CHAPTER_NAMES = re.compile(
    r"(?:^|[\s_-])(?:chapter|chap)(?:[\s_-]?(?:title|number|num|head|heading|name))(?:$|[\s_-])|^(?:chapter|heading)$",
    re.IGNORECASE,
)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_SITE_HEADERS = ("header", "masthead", "branding", "site-header")
_KEEPS_BREAKS = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_PULL_QUOTE = re.compile(r"pull-?quote", re.IGNORECASE)
_INITIAL = re.compile(r"drop|cap|initial|lettrine|big|first-?letter", re.IGNORECASE)
_STANZA = re.compile(r"stanza|strophe|linegroup|line-group|(?:^|\s)lg(?:$|\s)", re.IGNORECASE)
_LEADS_ELSEWHERE = re.compile(
    r"\W*(?:(?:read|learn|show) more|continue reading|more|next|previous|(?:older|newer) posts?|back"
    r"(?: to (?:the )?top)?|home|share|reply|weiterlesen|lire la suite|leer más|continua a leggere|lees verder)\W*",
    re.IGNORECASE,
)
_LONGEST_VERSE_LINE = 100
"""Characters. A line that is longer is a paragraph, although a line break ends it."""
_IN_SENTENCES = word_set("p li dt dd td th caption blockquote figure address h1 h2 h3 h4 h5 h6")
_MOST_PULL_QUOTES = 500
_MOST_LAYOUTS = 20
"""Tables in one another that only arrange a page."""
_CONTENTS_TAGS = ("ul", "ol", "table")
_NUMBERS = re.compile(r"(?:\d+|[ivxlc]+|chapter|page)\.?", re.IGNORECASE)


def _read(source: SourceText) -> Parsed:
    """Return the outline of a page's article, or of all that was unpacked from a file that says what it is.

    Its paragraphs are numbered: a page has no lines of its own.

    Raises:
        SourceError: it declares XML entities of its own.
        SourceTooLarge: it is nested more than 10,000 deep.
    """
    page_of_web = source.front is None
    if page_of_web:
        refuse_declarations(source.text, source.name)
    page = parsed(source.text, source.name)
    root = article_in(page) if page_of_web else page.body
    front = source.front or page_front(page, root)
    builder = OutlineBuilder(front.language, UNWRAPPED)
    if root is not None:
        title = title_element(page)
        walk = _Walk(builder, root, page=page_of_web, title=title, notes=find_notes(root))
        walk.run()
        front = replace(front, details=with_links(front.details, walk.addresses))
    bare = root is not None and not title_element(page) and root.css_first("h1, h2, h3, h4, h5, h6") is None
    outline = builder.outline(front, by_wording=bare or not page_of_web, lines_apart=True)
    if outline.title is None and not front.title:
        outline = replace(outline, shown_title=name_of(page) if page_of_web else front.values.get(NAME_KEY, ""))
    return Parsed(front, outline)


@dataclass(slots=True)
class _Walk:
    """Goes through an element in the order of its text, without recursion: nesting may be deep."""

    builder: OutlineBuilder
    root: LexborNode
    page: bool
    title: str
    notes: dict[int, str]
    said: Paragraph = field(default_factory=Paragraph)
    kept_breaks: int = 0
    block: str = ""
    subtitle: bool = False
    stands_out: bool = False
    level: int = 0
    paragraph: int = 1
    initial: str = ""
    in_word_list: bool = False
    regions: list[int] = field(default_factory=list)
    containers: list[int] = field(default_factory=list)
    layouts: int = 0
    stanza: list[Line] = field(default_factory=list)
    all_words: str | None = None
    pull_quotes: int = 0
    groups: dict[int, bool] = field(default_factory=dict)
    with_text: set[int] = field(default_factory=set)
    has_title: bool = False
    addresses: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> None:
        """Give everything that the element says to the builder."""
        page_header = self.root.tag == "body"
        self.has_title = self.root.css_first("h1") is not None
        self.with_text = _around(self.root, "h1") & _around(self.root, "p")
        node = self.root.child
        depth = 0
        while node is not None:
            if node.tag == "-text":
                self._text(clean(node.text(deep=False) or ""))
            elif node.tag == "pre":
                self._preformatted(node)
            elif node.tag != "-comment" and not self._is_silent(node, at_top=page_header and depth == 0):
                self._open(node)
                if node.child is not None:
                    node, depth = node.child, depth + 1
                    continue
                self._close(node)
            while node is not None and node.next is None and depth:
                node, depth = node.parent, depth - 1
                if node is not None:
                    self._close(node)
            node = node.next if node is not None else None
        self._flush()
        self._end_stanza()
        self._end_word_list()

    def _text(self, text: str) -> None:
        if self.kept_breaks and "\n" in text.strip("\n"):
            *lines, last = text.strip("\n").split("\n")
            for line in lines:
                self._text(line)
                self._break()
            text = last
        if self.initial and text[:1] == " " and text[1:2].islower():
            # A large first letter that a space parts from the rest of its word.
            text = text[1:]
        if text.strip():
            self.initial = ""
        self.said.say(text, counts=speakable(text))

    def _is_silent(self, node: LexborNode, *, at_top: bool) -> bool:
        """Return whether an element is left out, and note it."""
        if node.tag == "img":
            self._picture(node)
            return True
        site_header = (at_top and node.tag == "header" and not self._names_page(node)) or self._names_site(node)
        kind = self.notes.get(node.mem_id) or left_out_as(
            node, page=self.page, site_header=site_header, holds_text=node.mem_id in self.with_text
        )
        if kind is None:
            kind = self._repeated(node)
        if kind and speakable(words := node.text(separator=" ")):
            self.builder.left_out(kind, words)
        if kind is not None and node.tag in BLOCKS:
            self._flush()
        return kind is not None

    def _repeated(self, node: LexborNode) -> str | None:
        """Return as what words are left out that stand elsewhere on the page, or lead there."""
        if node.tag in _CONTENTS_TAGS and not self.builder.in_container and _is_contents_list(node):
            return "table of contents"
        if node.tag == "table" and is_of_properties(node):
            return "property"
        if node.tag in _HEADINGS and is_contents(words_in(node)):
            following = node.next
            while (
                following is not None and following.tag == "-text" and not speakable(following.text(deep=False) or "")
            ):
                following = following.next
            leads = following is not None and following.tag in _CONTENTS_TAGS and _is_contents_list(following)
            return "table of contents" if leads else None
        if "pull" in (node.attributes.get("class") or "") and _PULL_QUOTE.search(node.attributes.get("class") or ""):
            if self.all_words is None:
                self.all_words = words_in(self.root)
            self.pull_quotes += 1
            again = self.pull_quotes <= _MOST_PULL_QUOTES
            return "pull quote" if again and self.all_words.count(words_in(node).rstrip('.!?…”’"')) > 1 else None
        return None

    def _picture(self, node: LexborNode) -> None:
        """Say a picture that is a large first letter; note any other."""
        alternative = (node.attributes.get("alt") or "").strip()
        following = (node.next.text(deep=False) or "") if node.next is not None and node.next.tag == "-text" else ""
        named = _INITIAL.search(node.attributes.get("class") or "")
        if len(alternative) == 1 and alternative.isalpha() and (named or following[:1].islower()):
            self._text(alternative)
        else:
            self.builder.left_out("picture", alternative)

    def _preformatted(self, node: LexborNode) -> None:
        """Say preformatted verse; note code."""
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        coded = node.css_first("code") is not None
        text = "".join(_texts(node, self.page, self.builder.left_out))
        named = bool(self.regions) or VERSE_NAMES.search(names) is not None
        stanzas = [] if coded and not named else verse_in(text, named=named)
        self._flush()
        self._end_stanza()
        if self.builder.licence_marker(text):
            return
        if not stanzas and speakable(text):
            self.builder.left_out("code", text)
        for stanza in stanzas:
            self._give_stanza([Line(words, self.paragraph) for words in stanza])

    def _names_page(self, node: LexborNode) -> bool:
        """Return whether a heading in an element says the page's title, so that it is the article's, not the site's."""
        heading = node.css_first("h1")
        return heading is not None and words_in(heading) == self.title

    def _names_site(self, node: LexborNode) -> bool:
        """Return whether an element is called the header of the page, and the title stands elsewhere."""
        if not self.page or node.tag != "div" or node.attributes.get("id") not in _SITE_HEADERS:
            return False
        return self.root.css_first(ENTRY_TITLES) is not None and node.css_first(ENTRY_TITLES) is None

    def _open(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "br":
            if "page-break" in (node.attributes.get("style") or ""):
                self.said.words.append(" ")
            else:
                self._break()
        elif tag == "hr":
            self._flush()
            self.builder.scene_break()
        elif tag in _EMPHASIS:
            self._begin_emphasis(node, tag)
        elif tag == "a":
            self.said.links += 1
            if (address := node.attributes.get("href")) and speakable(words := words_in(node)):
                self.addresses.append((words, address))
        elif tag == "sup":
            self.said.begin_raised()
        if _KEEPS_BREAKS.search(node.attributes.get("style") or ""):
            self.kept_breaks += 1
        if tag in BLOCKS:
            self._open_block(node, tag)

    def _begin_emphasis(self, node: LexborNode, tag: str) -> None:
        if tag == "cite" and node.parent is not None and node.parent.tag == "blockquote":
            self._end_line(hard=True)  # who is quoted
        self.said.emphasis += 1
        self.said.strong += tag in _STRONG

    def _open_block(self, node: LexborNode, tag: str) -> None:
        self._flush()
        names = node.attributes.get("class") or ""
        self.block = "div" if self.layouts and not self.containers and tag == "td" else tag
        self.subtitle = (
            _SUBTITLE.search(names) is not None
            or node.attributes.get("data-field") == "subtitle"
            or (_in_group(node) and not self.subtitle_of_group(node))
        )
        self.stands_out = (
            tag == "center"
            or (node.attributes.get("align") or "").casefold() == "center"
            or _CENTRED.search(node.attributes.get("style") or "") is not None
            or CENTRED_CLASS in names.split()
            or _CHAPTER_NAMES.search(names) is not None
        )
        if names.startswith(("MsoListParagraph", "MsoListBullet", "MsoListNumber")) != self.in_word_list:
            self._toggle_word_list()
        if VERSE_NAMES.search(names) or "z3998:" in (node.attributes.get("epub:type") or ""):
            self.regions.append(node.mem_id)
        if tag == "table" and not self.containers and self.layouts < _MOST_LAYOUTS and _is_layout(node):
            self.layouts += 1
        elif tag in _CONTAINERS:
            self._end_stanza()
            self.containers.append(node.mem_id)
            self.builder.open_container(_CONTAINERS[tag])
        level = 0 if self.subtitle and tag != "h1" else _HEADINGS.get(tag, self.level)
        if names and not self.level and is_title_element(node) and (tag == "p" or not self.has_title):
            level = 1
        elif tag == "p" and HEADING_CLASS in names.split():
            level = 2
        elif not level and self.subtitle_of_group(node):
            level = 6
        self.level = level

    def subtitle_of_group(self, node: LexborNode) -> bool:
        """Return whether a paragraph stands in a group of headings, and is no subtitle of the title."""
        group = node.parent
        if group is None or not _in_group(node):
            return False
        if group.mem_id not in self.groups:
            self.groups[group.mem_id] = group.css_first("h1") is None
        return self.groups[group.mem_id]

    def _close(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _EMPHASIS:
            self.said.emphasis -= 1
            self.said.strong -= tag in _STRONG
        elif tag == "a":
            self.said.links -= 1
        elif tag == "sup":
            mark = self.said.end_raised(linked=node.css_first("a") is not None)
            if speakable(mark):
                self.builder.left_out("footnote mark", mark)
        if _KEEPS_BREAKS.search(node.attributes.get("style") or ""):
            self.kept_breaks -= 1
        if tag in BLOCKS:
            self._close_block(node, tag)
        elif len(self.said.words) == 1 and not self.said.lines:
            self._note_initial(node)

    def _note_initial(self, node: LexborNode) -> None:
        letter = self.said.words[0].strip()
        named = _INITIAL.search(node.attributes.get("class") or "") is not None
        if len(letter) == 1 and letter.isupper() and (letter not in "AEIOUY" or (named and letter not in "AI")):
            self.initial = letter

    def _close_block(self, node: LexborNode, tag: str) -> None:
        empty = not self.said.lines and not "".join(self.said.words).strip()
        self._flush()
        if empty and (tag == "p" or (tag == "div" and _is_bare(node))):
            self._end_stanza()
            self.builder.blank()
        names = node.attributes.get("class") or ""
        if self.regions and self.regions[-1] == node.mem_id:
            self.regions.pop()
            if not self.regions or _STANZA.search(names):
                self._end_stanza()
        self.block, self.subtitle, self.stands_out = "", False, False
        if tag in _CONTAINERS and self.containers and self.containers[-1] == node.mem_id:
            self.containers.pop()
            self.builder.close_container()
        if tag in _HEADINGS or (self.level and tag in ("p", "div")):
            self.level = 0

    def _toggle_word_list(self) -> None:
        """Begin or end a list that a word processor wrote as paragraphs."""
        self.in_word_list = not self.in_word_list
        if self.in_word_list:
            self.builder.open_container(BlockKind.LIST)
        else:
            self.builder.close_container()

    def _end_word_list(self) -> None:
        if self.in_word_list:
            self._toggle_word_list()

    def _break(self) -> None:
        """End a line; an empty one ends the paragraph or stanza."""
        if "".join(self.said.words).strip() or not self.said.lines:
            self._end_line(hard=True)
            return
        level, block, subtitle, stands_out = self.level, self.block, self.subtitle, self.stands_out
        if not level:
            self._flush()
            self._end_stanza()
            self.level, self.block, self.subtitle, self.stands_out = level, block, subtitle, stands_out

    def _end_line(self, *, hard: bool) -> None:
        self.said.end_line(" ".join("".join(self.said.words).split()), self.paragraph, hard=hard)
        self.initial = ""

    def _flush(self) -> None:
        """End the paragraph, if one is open."""
        self._end_line(hard=False)
        lines = tuple(self.said.lines)
        if not lines or self._is_label():
            if lines:
                self.builder.left_out("links", " ".join(line.text for line in lines))
        elif self.regions and not self.level:
            if len(lines) > 1:
                self._end_stanza()
            self.stanza.extend(lines)
            if len(lines) > 1:
                self._end_stanza()
        else:
            self._end_stanza()
            self._give(lines)
        self.said = Paragraph(emphasis=self.said.emphasis, strong=self.said.strong, links=self.said.links)

    def _give(self, lines: tuple[Line, ...]) -> None:
        hard = self.said.hard and len(lines) > 1
        emphasised = self.subtitle or not self.said.plain
        stands_out = self.stands_out or not self.said.light
        if hard and not self.level and sum(len(line.text) > _LONGEST_VERSE_LINE for line in lines) * 2 > len(lines):
            for line in lines:
                self.builder.words(Wording((line,), (line.text,), hard=False, emphasised=emphasised))
        else:
            source = tuple(line.text for line in lines)
            centred = self.stands_out and self.said.light
            self.builder.words(Wording(lines, source, hard, emphasised, stands_out, centred), self.level)

    def _end_stanza(self) -> None:
        stanza, self.stanza = self.stanza, []
        if stanza:
            self._give_stanza(stanza)

    def _give_stanza(self, lines: list[Line]) -> None:
        """Give lines of verse to the builder; long ones are paragraphs, whatever their name."""
        long = sum(len(line.text) > _LONGEST_VERSE_LINE for line in lines) * 2 > len(lines)
        for part in [[line] for line in lines] if long else [lines]:
            source = tuple(line.text for line in part)
            self.builder.words(Wording(tuple(part), source, hard=len(part) > 1, emphasised=False))

    def _is_label(self) -> bool:
        """Return whether the words are a link or two of a page, in no paragraph: a tag, a name, a button."""
        if not self.page or self.said.unlinked:
            return False
        words = " ".join(line.text for line in self.said.lines)
        return _LEADS_ELSEWHERE.fullmatch(words) is not None or (self.block not in _IN_SENTENCES and is_label(words))


def _around(root: LexborNode, tag: str) -> set[int]:
    """Return the identities of all elements that have one with that tag in them."""
    found: set[int] = set()
    for node in root.css(tag):
        above = node.parent
        while above is not None and above.mem_id not in found:
            found.add(above.mem_id)
            above = above.parent
    return found


def _is_bare(node: LexborNode) -> bool:
    """Return whether an element has nothing in it but a line break."""
    child = node.child
    return child is None or (child.next is None and child.tag in ("br", "-text"))


def _texts(node: LexborNode, page: bool, note: Callable[[str, str], None]) -> Iterator[str]:
    """Yield the texts of a preformatted element, a line break for each of its tags; what is left out is noted."""
    for inside in node.traverse(include_text=True):
        if inside.tag == "-text":
            text = inside.text(deep=False) or ""
            kind = left_out_as(inside.parent, page=page, site_header=False) if inside.parent else None
            if kind is None:
                yield text
            elif kind and speakable(text):
                note(kind, text)
        elif inside.tag == "br":
            yield "\n"


def _in_group(node: LexborNode) -> bool:
    return node.tag == "p" and node.parent is not None and node.parent.tag == "hgroup"


def _is_layout(table: LexborNode) -> bool:
    """Return whether a table only arranges a page or a mail: it has headings in it."""
    return table.attributes.get("role") == "presentation" or table.css_first("h1, h2, h3") is not None


def _is_contents_list(node: LexborNode) -> bool:
    """Return whether a list has nothing but links into its own page, two or more."""
    links = node.css("a")
    if len(links) < 2 or not all((link.attributes.get("href") or "").startswith("#") for link in links):
        return False
    linked = Counter(word for link in links for word in link.text(separator=" ").split())
    return all(_NUMBERS.fullmatch(word) for word in Counter(node.text(separator=" ").split()) - linked)


READER = TextReader(
    "html",
    "web pages",
    (".html", ".htm", ".xhtml"),
    lambda text, _name: text.lstrip().startswith("<") and _PAGE.match(text[:4096]) is not None,
    _read,
    rank=10,
)
