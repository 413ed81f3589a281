"""Markdown to its outline, through a CommonMark parser with tables, struck-out text and footnotes.

Spoken: headings, paragraphs, quotations, list items, and the cells of a table, each as an item of
a list. Not spoken: code blocks, images, comments, tags, rules, struck-out text and footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from audio_builder.article.blocks import UNWRAPPED, verse_in, wrapping_of
from audio_builder.article.boilerplate import is_contents
from audio_builder.article.details import with_links
from audio_builder.article.dialects import Note, plain_markdown, title_block
from audio_builder.article.frontmatter import FrontMatter, read_front_matter, shortened, without_front_matter
from audio_builder.article.marks import escape
from audio_builder.article.model import BlockKind, Line
from audio_builder.article.outline_builder import OutlineBuilder, Wording
from audio_builder.article.paragraph import Paragraph
from audio_builder.article.readers import Parsed, TextReader
from audio_builder.article.source import SourceText
from audio_builder.article.text import speakable

_ATX_HEADING = re.compile(r"(?:\A|\n[ \t]*\n|\A\n*)#{1,6}[ \t]+\S")
_CONTAINERS = {
    "blockquote_open": BlockKind.QUOTE,
    "bullet_list_open": BlockKind.LIST,
    "ordered_list_open": BlockKind.LIST,
    "table_open": BlockKind.LIST,
}
_CONTAINER_ENDS = frozenset(name.replace("_open", "_close") for name in _CONTAINERS)
_BARE_ADDRESS = re.compile(r"https?://[!-;=?-~]*[\w/]")
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BACKSLASH_BEFORE_PUNCTUATION = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)")
_SILENT_ELEMENT = re.compile(r"<(script|style|pre|textarea|figcaption|svg|iframe|button|audio|video)\b", re.IGNORECASE)
_EMPHASIS = frozenset({"em_open", "strong_open", "em_close", "strong_close"})
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".svg", ".pdf")
_BOLD = ["strong_open", "strong_close"]
_LISTS = frozenset({"bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close"})
_DEEPEST = 40
"""Levels of lists and quotations; a list takes two. What is deeper is read as one paragraph."""

_FLOOD = 3000
"""More opening brackets than a person puts into one paragraph."""

_MOST_HEADING_WORDS = 8
_DATED = re.compile(r"[^\W\d_]+\.? \d{4}\b")
_NO_LIST_BEGINS = 100
"""With so high a number: it is a year."""

_MARKERS = " \t>*+-"
_RAISED_TAG = re.compile(r"<(/?)sup\b[^>]*>", re.IGNORECASE)
_PROPERTY = re.compile(r"([A-Z][\w /-]{0,30}):[ \t]+\S")
_PROPERTIES = frozenset(
    {"created", "created time", "last edited", "last edited time", "created by", "url", "tags", "status"}
)
_HIDDEN_TAG = re.compile(
    r"<([a-z][a-z0-9]*)\b(?=[^<>]{0,500}(?:display\s*:\s*none|visibility\s*:\s*hidden|\shidden[\s>=]))", re.IGNORECASE
)
_VERSE_TAG = re.compile(r"<(?:pre|div|p)\b[^<>]{0,500}class\s*=[^<>]{0,200}(?:poem|poetry|verse|stanza)", re.IGNORECASE)
_ENDS_BLOCK = re.compile(r"</(?:summary|p|div|li|h[1-6]|td|th|dt|dd|blockquote|figcaption)\b", re.IGNORECASE)
_PARTED = "\x00"
"""Stands between the words of two elements in one line; no text has this character."""

_SILENT_TAG = re.compile(r"<(/?)(?:script|style)\b", re.IGNORECASE)


def _read(source: SourceText) -> Parsed:
    """Return the front matter and the outline of a Markdown text; its lines keep their numbers."""
    front = source.front or _front(source)
    builder = OutlineBuilder(front.language, UNWRAPPED)
    body = plain_markdown(without_front_matter(source.text, front), builder.left_out)
    builder.wrapping = wrapping_of(body.split("\n"))
    found = _parser().parse(_without_floods(body))
    skipped = _contents(found)
    found = _with_numbers(_without_bullets(found))
    tokens = _Tokens(builder)
    for place, token in enumerate(found):
        if place not in skipped:
            tokens.take(token)
        elif token.type == "inline":
            builder.left_out("table of contents", token.content, token.map[0] + 1 if token.map else 0)
    front = replace(front, details=with_links(front.details, _links(found)))
    return Parsed(front, builder.outline(front, by_wording=True))


def _front(source: SourceText) -> FrontMatter:
    front = read_front_matter(source.text, source.name)
    if front.lines:
        return front
    values, lines = title_block(source.text)
    title, author = shortened(values.get("title", "")), shortened(values.get("author", ""))
    return FrontMatter(title=title, author=author, values=values, lines=lines)


def _without_floods(body: str) -> str:
    """Return a text whose paragraphs with thousands of brackets have none: each costs the parser 50 steps."""
    paragraphs = body.split("\n\n")
    return "\n\n".join(
        paragraph.replace("[", " ") if paragraph.count("[") > _FLOOD else paragraph for paragraph in paragraphs
    )


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST + 10})
    parser.enable(["table", "strikethrough"]).disable("text_join").use(footnote_plugin, inline=False)
    block = _Block()
    block.ruler = parser.block.ruler
    parser.block = block
    return parser


class _Block(ParserBlock):
    """Reads what is nested too deep as one paragraph, where the parser would lose it."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        """Generate tokens for a range of lines."""
        if state.level < _DEEPEST:
            super().tokenize(state, startLine, endLine)
            return
        lines = state.getLines(startLine, endLine, 0, False).split("\n")
        state.push("paragraph_open", "p", 1)
        inline = state.push("inline", "", 0)
        inline.content = "\n".join(line.lstrip(_MARKERS) for line in lines)
        inline.map = [startLine, endLine]
        inline.children = []
        state.push("paragraph_close", "p", -1)
        state.line = endLine


def _contents(tokens: Sequence[Token]) -> set[int]:
    """Return the places of lists of links into the text itself, with the heading over each."""
    skipped: set[int] = set()
    start = 0
    for place, token in enumerate(tokens):
        if token.level or token.type not in _LISTS:
            continue
        if token.nesting > 0:
            start = place
            continue
        entries = [each for each in tokens[start:place] if each.type == "inline"]
        if len(entries) > 1 and all(map(_leads_into_text, entries)):
            named = start >= 3 and tokens[start - 1].type == "heading_close" and is_contents(tokens[start - 2].content)
            skipped.update(range(start - 3 if named else start, place + 1))
    return skipped


def _without_bullets(tokens: list[Token]) -> list[Token]:
    """Return tokens without the bullets of lists with headings in them: an outliner writes a page as one list."""
    starts = [place for place, token in enumerate(tokens) if token.type == "bullet_list_open" and not token.level]
    ends = [place for place, token in enumerate(tokens) if token.type == "bullet_list_close" and not token.level]
    bullets: set[int] = set()
    for start, end in zip(starts, ends, strict=True):
        if any(token.type == "heading_open" and token.level == 2 for token in tokens[start:end]):
            bullets.update(place for place in range(start, end + 1) if tokens[place].level < 2)
    return [token for place, token in enumerate(tokens) if place not in bullets]


def _with_numbers(tokens: list[Token]) -> list[Token]:
    """Return tokens with each list that is one paragraph as that paragraph with its number, where the number is a word.

    It is one that no list before it leads to and none after it goes on from, and a year: “3. Mai 2026”. A list of one
    that begins with 1 is a list, but for a date. Where nothing else is a heading, lists that are one short item between
    paragraphs are the headings of a text, if there are two or more: 1. The Gate.
    """
    lists = [place for place, token in enumerate(tokens) if token.type == "ordered_list_open" and not token.level]
    alone = {place for place in lists if _is_alone(tokens[place : place + 7])}
    starts = [int(tokens[place].attrGet("start") or 1) for place in lists]
    ends = [start + _items(tokens, place) for start, place in zip(starts, lists, strict=True)]
    loose = {
        place
        for place, start, end, before, after in zip(lists, starts, ends, [0, *ends], [*starts[1:], 0], strict=False)
        if ((before != start and after != end) or start >= _NO_LIST_BEGINS)
        and (start > 1 or (place in alone and _DATED.match(tokens[place + 3].content)))
    }
    headed = any(token.type == "heading_open" and token.tag != "h1" for token in tokens)
    short = [place for place in alone if _is_short_item(tokens[place + 3]) and place + 7 < len(tokens)]
    for place in {*short} if len(short) > 1 and not headed else loose.intersection(alone):
        inline = tokens[place + 3]
        number = f"{tokens[place].attrGet('start') or 1}{tokens[place + 1].markup} "
        inline.content = number + inline.content
        inline.children = [Token("text", "", 0, content=number), *(inline.children or ())]
        for around in (place, place + 1, place + 5, place + 6):
            tokens[around] = Token("blank", "", 0)
    return tokens


def _items(tokens: Sequence[Token], place: int) -> int:
    """Return how many items the list has that is opened at a place."""
    count = 0
    for at in range(place, len(tokens)):
        if tokens[at].level == 0 and tokens[at].nesting < 0:
            break
        count += tokens[at].type == "list_item_open" and tokens[at].level == 1
    return count


def _is_alone(tokens: Sequence[Token]) -> bool:
    """Return whether a list is one item of one paragraph."""
    return len(tokens) == 7 and tokens[3].type == "inline" and tokens[6].type == "ordered_list_close"


def _is_short_item(inline: Token) -> bool:
    short = "\n" not in inline.content and len(inline.content.split()) <= _MOST_HEADING_WORDS
    return short and inline.content[:1].isupper()


def _leads_into_text(inline: Token) -> bool:
    outside = 0
    for token in inline.children or ():
        if token.type == "link_open":
            if not str(token.attrGet("href") or "").startswith("#"):
                return False
            outside += 1
        elif token.type == "link_close":
            outside -= 1
        elif not outside and speakable(token.content):
            return False
    return True


def _links(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield words and address of every link, and of every bare address; they aren't spoken, so notes have them."""
    for token in tokens:
        inside: list[str] | None = None
        address = ""
        for child in token.children or ():
            if child.type == "link_open":
                inside, address = [], str(child.attrGet("href") or "")
            elif child.type == "link_close" and inside is not None:
                yield "".join(inside), address
                inside = None
            elif inside is not None:
                inside.append(child.content or " ")
            elif child.type == "text":
                yield from ((found, found) for found in _BARE_ADDRESS.findall(child.content))


def _looks_like_markdown(text: str, name: str) -> bool:
    """Return whether a text begins with front matter, or has a heading written with `#` after an empty line."""
    return bool(read_front_matter(text, name).lines or _ATX_HEADING.search(text))


@dataclass(slots=True)
class _Tokens:
    """Gives what each token says to a builder."""

    builder: OutlineBuilder
    heading_level: int = 0
    footnotes: int = 0
    below_title: bool = False

    def take(self, token: Token) -> None:
        """Add what one block token says."""
        kind = token.type
        line = token.map[0] + 1 if token.map else 0
        if kind.startswith("footnote_block"):
            self.footnotes += token.nesting
        elif self.footnotes:
            if kind == "inline":
                self.builder.left_out("footnote", token.content, line)
        elif kind in _CONTAINERS:
            self.builder.open_container(_CONTAINERS[kind])
        elif kind in _CONTAINER_ENDS:
            self.builder.close_container()
        elif kind in ("heading_open", "heading_close"):
            self.heading_level = int(token.tag[1:]) if token.nesting > 0 else 0
        else:
            self._leaf(token, line)

    def _leaf(self, token: Token, line: int) -> None:
        """Add what a block token says that holds no others."""
        if token.type == "hr":
            self.builder.scene_break()
        elif token.type == "inline":
            self._inline(token, line)
        elif token.type in ("fence", "code_block"):
            self._code(token, line)
        elif token.type == "html_block":
            self.builder.words(html_wording(token.content, line), self.heading_level)

    def _inline(self, token: Token, line: int) -> None:
        if self.heading_level and not token.content:
            self.builder.scene_break()
            return
        below_title, self.below_title = self.below_title and not self.heading_level, bool(self.heading_level)
        if below_title and _is_properties(token.content):
            for number, words in enumerate(token.content.split("\n"), start=line):
                self.builder.left_out("property", words, number)
        elif kind := _lone_link(token):
            self.builder.left_out(kind, token.content, line)
        else:
            for part in _parts(token) if not (self.heading_level or self.builder.in_container) else (token,):
                self.builder.words(wording(part, self.builder.left_out), self.heading_level)

    def _code(self, token: Token, line: int) -> None:
        stanzas = verse_in(token.content) if token.type == "code_block" else []
        if not stanzas:
            self.builder.left_out("code", token.content, line)
        for stanza in stanzas:
            lines = tuple(Line(escape(words), line) for words in stanza)
            self.builder.words(Wording(lines, tuple(stanza), hard=len(lines) > 1, emphasised=False))


def _parts(inline: Token) -> Iterator[Token]:
    """Yield a paragraph whose first line alone is bold, as a heading is, in two parts; any other as it is."""
    children = inline.children or []
    ends = [place for place, child in enumerate(children) if child.type == "softbreak"][:1]
    first, rest = (children[: ends[0]], children[ends[0] + 1 :]) if ends else ([], children)
    first = [child for child in first if child.type != "text" or child.content.strip()]
    strong = [child.type for child in first if child.type.startswith("strong")]
    if strong != _BOLD or [first[0].type, first[-1].type] != _BOLD:
        yield inline
        return
    line, content = inline.map[0] if inline.map else 0, inline.content.split("\n", 1)
    for number, (part, text) in enumerate(zip((first, rest), content, strict=True)):
        yield replace(inline, children=part, content=text, map=[line + number, line + number + 1])


def _is_properties(content: str) -> bool:
    """Return whether a paragraph under a title is the list of properties that an exporter puts there."""
    names = [found[1].casefold() for line in content.split("\n") if (found := _PROPERTY.match(line))]
    return len(names) == content.count("\n") + 1 and not _PROPERTIES.isdisjoint(names)


def _lone_link(inline: Token) -> str:
    """Return as what a paragraph is left out that is a link to another file of a notebook and nothing else."""
    children = [token for token in inline.children or () if token.type != "html_inline" and token.content.strip()]
    around = [token for token in inline.children or () if token.type.startswith("link")]
    if len(around) != 2 or len(children) != 1 or around[0].level or children[0].level != 1:
        return ""
    address = str(around[0].attrGet("href") or "").lower()
    if "://" in address:
        return ""
    return (
        "picture"
        if address.endswith(_PICTURES)
        else "link to another page"
        if address.endswith((".md", ".csv"))
        else ""
    )


def wording(inline: Token, left_out: Note = lambda _kind, _words, _line: None) -> Wording:
    """Return the words of an inline token.

    Link texts and inline code are words; link targets, bare addresses, images with their alternative
    texts, HTML tags, comments and struck-out text are not.
    """
    walk = _Words(inline.map[0] + 1 if inline.map else 1, left_out)
    for token in inline.children or ():
        walk.take(token)
    return walk.finish(inline.content)


class _Words:
    """Collects the words token by token."""

    def __init__(self, number: int, left_out: Note) -> None:
        self.number = number
        self.said = Paragraph()
        self.silent = 0
        self.left_out = left_out

    def take(self, token: Token) -> None:
        """Add what one token says."""
        kind = token.type
        if kind in ("softbreak", "hardbreak"):
            self._end_line(hard=kind == "hardbreak")
            self.number += 1
        elif kind == "html_inline":
            self._tag(token.content)
        elif kind in ("s_open", "s_close") or token.info == "auto":
            # Struck-out text, and the bare address that an autolink shows.
            self.silent += token.nesting
        elif kind in _EMPHASIS:
            self.said.emphasis += token.nesting
            self.said.strong += token.nesting if kind.startswith("strong") else 0
        elif kind in ("link_open", "link_close"):
            self.said.links += token.nesting
        elif kind == "image":
            self.left_out("picture", token.content, self.number)
        elif kind in ("text", "text_special", "code_inline") and not self.silent:
            self._say(token)
        elif kind == "text" and token.content.strip() and "://" not in token.content:
            self.left_out("struck-out text", token.content, self.number)

    def finish(self, content: str) -> Wording:
        """Return everything taken; `content` is the paragraph as written."""
        self._end_line(hard=False)
        said, lines = self.said, tuple(self.said.lines)
        emphasised, strong = bool(lines) and not said.plain, bool(lines) and not said.light
        return Wording(lines, tuple(content.split("\n")), said.hard, emphasised, strong)

    def _say(self, token: Token) -> None:
        written = token.type == "text"
        text = _BACKSLASH_BEFORE_PUNCTUATION.sub(r"\\\\", token.content) if written else escape(token.content)
        if token.info == "escape" and token.content in "({<":  # the sign stays escaped, so that `\(pause)` is words
            text = f"\\{token.content}"
        self.said.say(text, counts=bool(text.strip()))

    def _tag(self, tag: str) -> None:
        if _LINE_BREAK_TAG.fullmatch(tag):
            self._end_line(hard=True)
        elif found := _SILENT_TAG.match(tag):
            self.silent = max(0, self.silent + (-1 if found[1] else 1))
        elif found := _RAISED_TAG.fullmatch(tag):
            if not found[1]:
                self.said.begin_raised()
            elif (mark := self.said.end_raised()).strip():
                self.left_out("footnote mark", mark, self.number)
        elif tag.startswith("<!--"):
            self.left_out("comment", tag[4:-3], self.number)
        self.number += tag.count("\n")

    def _end_line(self, *, hard: bool) -> None:
        text = "".join(self.said.words)
        self.said.end_line(text if text.strip() else "", self.number, hard=hard)


def html_wording(content: str, first_number: int) -> Wording:
    """Return the words in a block of HTML, line by line, without its tags and comments.

    What stands inside `script`, `style`, `pre` and `textarea` is not spoken.

    Args:
        content: the block.
        first_number: the line of the source it begins on.
    """
    words = unescape(_without_tags(content)).split("\n")
    lines = tuple(
        Line(part, first_number + place)
        for place, line in enumerate(words)
        for part in line.split(_PARTED)
        if part.strip()
    )
    verse = _VERSE_TAG.match(content.lstrip()) is not None and len(lines) > 1
    return Wording(lines, tuple(content.split("\n")), hard=verse, emphasised=False)


def _without_tags(source: str) -> str:
    """Return HTML without its tags, its line breaks kept. Linear in its length, whatever is left open."""
    kept: list[str] = []
    position = 0
    # Closing tags are sought in small letters only where that keeps every position.
    small = source.lower() if source.isascii() else source
    while (start := source.find("<", position)) >= 0:
        kept.append(source[position:start])
        position = _end_of_tag(source, small, start)
        if _ENDS_BLOCK.match(source, start):
            kept.append(_PARTED)
        kept.append("\n" * source.count("\n", start, position))
    kept.append(source[position:])
    return "".join(kept)


def _end_of_tag(source: str, small: str, start: int) -> int:
    """Return where the text goes on after the tag, comment or silent element that begins at `start`."""
    silent = (None if _VERSE_TAG.match(source, start) else _SILENT_ELEMENT.match(source, start)) or _HIDDEN_TAG.match(
        source, start
    )
    closing = "-->" if source.startswith("<!--", start) else f"</{silent[1].lower()}" if silent else ">"
    end = small.find(closing, start)
    if end < 0:
        return len(source)
    return source.find(">", end) + 1 or len(source)


READER = TextReader("markdown", "Markdown", (".md", ".markdown"), _looks_like_markdown, _read, rank=80)
