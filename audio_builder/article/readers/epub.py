"""EPUB to HTML: the chapters in the order of the book, all of them or one."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from audio_builder.article.archive import Archive, archive_with
from audio_builder.article.boilerplate import is_contents
from audio_builder.article.decode import decode
from audio_builder.article.frontmatter import FrontMatter, shortened
from audio_builder.article.headings import is_chapter
from audio_builder.article.left_out import LeftOut
from audio_builder.article.page import as_html, parsed
from audio_builder.article.readers import PackedReader, Unpacked
from audio_builder.article.readers.html import HEADING_CLASS
from audio_builder.article.text import speakable
from audio_builder.errors import NotText

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html")
_PREFIX = re.compile(r"<(/?)(?!dc:|dcterms:|\?|!)[a-z][\w.-]{0,30}:(?=[a-z])", re.IGNORECASE)
_APPARATUS = {
    "cover": "cover",
    **dict.fromkeys(["titlepage", "halftitlepage", "title-page", "half-title-page"], "title page"),
    **dict.fromkeys(["copyright-page", "copyright", "imprint", "colophon", "imprimatur", "seriespage"], "imprint"),
    **dict.fromkeys(["toc", "landmarks", "loi", "lot", "lof", "page-list"], "table of contents"),
    **dict.fromkeys(["endnotes", "footnotes", "rearnotes", "notes"], "footnote"),
    "index": "index",
}
"""What an EPUB calls pages that belong to a printed book and not to what it says, and as what they are left out."""

_NAMED_APPARATUS = (
    ("imprint", re.compile(r"copyright(?: page| notice)?|imprint|colophon|impressum|mentions légales", re.IGNORECASE)),
    ("other books", re.compile(
        r"also by\b.*|(?:other )?(?:books|titles|works) by\b.*|by the same author|du même auteur|about the (?:author|"
        r"publisher)|über (?:den autor|die autorin)", re.IGNORECASE)),
    ("index", re.compile(r"index|register", re.IGNORECASE)),
)  # fmt: skip
_RIGHTS = re.compile(r"all rights reserved|\bisbn\b|alle rechte vorbehalten|tous droits réservés", re.IGNORECASE)
_LONGEST_IMPRINT_WORDS = 500
_LONGEST_TITLE_PAGE_WORDS = 30
_NOTES_HEADING = re.compile(r"(?:end|foot)?notes|anmerkungen|notas|note|fußnoten", re.IGNORECASE)
_NOTE_BEGINS = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡])[\])]?[.:]?")
_FIRST_BLOCKS = 5
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_NUMBER = re.compile(
    r"(?:\d{1,3}|[IVXLC]{1,7}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty(?:-\w+)?|thirty(?:-\w+)?|eins|zwei|drei|vier|fünf|un|deux|trois|uno|"
    r"dos|tres|due|tre)\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a book's table of contents: where it leads, and its words."""

    path: str
    fragment: str
    label: str


def _unpack(data: bytes, name: str) -> Unpacked | None:
    """Return the book that an archive holds: its chapters, and all of them in a row.

    Its indexes are read by the parser of HTML as well: it knows no entities but HTML's and opens nothing.

    Raises:
        NotText: it isn't a book that can be understood.
        SourceError: it declares XML entities.
        SourceTooLarge: it is too large.
    """
    archive = archive_with(_CONTAINER, data, name)
    if archive is None:
        return None
    container = _index(archive, _CONTAINER, name)
    root = container.css_first("rootfile")
    path = unquote((root.attributes.get("full-path") or "") if root else "")
    package = _index(archive, path, name)
    folder = posixpath.dirname(path)
    front = FrontMatter(
        title=_value(package, "title"), author=_value(package, "creator"), language=_value(package, "language")
    )
    pages = _pages(archive, package, folder, name)
    entries: defaultdict[str, list[_Entry]] = defaultdict(list)
    for entry in _entries(archive, package, folder, name):
        entries[entry.path].append(entry)
    kinds = _announced_kinds(package, folder)
    chapters: list[Unpacked] = []
    left_out = list(pages.missing)
    subtitle = ""
    for page, body in pages.bodies:
        kind = kinds.get(page) or _apparatus(body, front)
        if kind is not None:
            # A title page: an EPUB's own description has no place for a subtitle.
            subtitle = subtitle or _first_words(body, ".subtitle")
            left_out.append(LeftOut(kind, body.text(separator=" ")))
            continue
        chapters.append(_chapter(body, entries[page], front, len(chapters) + 1))
    if not chapters:
        raise NotText(f"{name} has no chapters with words in them", hint="Save the book as plain text.")
    text = "\n".join(chapter.text for chapter in chapters)
    return Unpacked("html", text, replace(front, subtitle=subtitle), tuple(chapters), tuple(left_out))


def _chapter(body: LexborNode, here: Sequence[_Entry], book: FrontMatter, number: int) -> Unpacked:
    """Return a chapter: it is named by its first heading, else by the book and its number."""
    label = _mark_headings(body, here)
    text = f"<div>{label}{body.inner_html or ''}</div>"
    title = (
        _first_words(body, "h1, h2, h3") or (here[0].label if here else "") or f"{book.title}, {number}".lstrip(", ")
    )
    return Unpacked("html", text, FrontMatter(title=title, author=book.author, language=book.language))


@dataclass(frozen=True, slots=True)
class _Pages:
    """The texts of a book in their order with their paths, and those that are missing."""

    bodies: list[tuple[str, LexborNode]]
    missing: list[LeftOut]


def _pages(archive: Archive, package: LexborHTMLParser, folder: str, name: str) -> _Pages:
    items = {item.attributes.get("id"): item for item in package.css("manifest item")}
    members = set(archive.names)
    found = _Pages([], [])
    # A page that stands in the spine again, which EPUB doesn't allow, is read where it stands first.
    seen: set[str] = set()
    for reference in package.css("spine itemref"):
        item = items.get(reference.attributes.get("idref"))
        if item is None:
            found.missing.append(LeftOut("missing part", reference.attributes.get("idref") or ""))
        elif _is_text(item, reference):
            path = _path(folder, item.attributes.get("href"))
            if path in seen:
                continue
            seen.add(path)
            if path not in members:
                found.missing.append(LeftOut("missing part", path))
            elif (body := _body(archive, path, name)) is not None:
                found.bodies.append((path, body))
    return found


def _path(folder: str, href: str | None) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote((href or "").partition("#")[0])))


def _entries(archive: Archive, package: LexborHTMLParser, folder: str, name: str) -> list[_Entry]:
    """Return the lines of the table of contents: the navigation of EPUB 3, else that of EPUB 2."""
    items = package.css("manifest item")
    members = set(archive.names)
    for item in items:
        path = _path(folder, item.attributes.get("href"))
        if "nav" in (item.attributes.get("properties") or "").split() and path in members:
            page = _index(archive, path, name)
            links = page.css("nav a[href]")
            return [
                _entry(posixpath.dirname(path), link.attributes.get("href"), link.text())
                for link in links
                if not _in_other_list(link)
            ]
    for item in items:
        path = _path(folder, item.attributes.get("href"))
        if item.attributes.get("media-type") == "application/x-dtbncx+xml" and path in members:
            points = _index(archive, path, name).css("navPoint, navpoint")
            return [
                _entry(posixpath.dirname(path), content.attributes.get("src"), label.text())
                for point in points
                if (content := point.css_first("content")) and (label := point.css_first("navlabel text, text"))
            ]
    return []


def _in_other_list(link: LexborNode) -> bool:
    """Return whether a link stands in a list of pages or of landmarks."""
    above = link.parent
    while above is not None and above.tag != "nav":
        above = above.parent
    return above is not None and not {"page-list", "landmarks"}.isdisjoint(
        (above.attributes.get("epub:type") or "").split()
    )


def _entry(folder: str, href: str | None, label: str) -> _Entry:
    return _Entry(_path(folder, href), (href or "").partition("#")[2], shortened(label))


def _announced_kinds(package: LexborHTMLParser, folder: str) -> dict[str, str]:
    """Return what the guide of an EPUB 2 says that pages are."""
    return {
        _path(folder, reference.attributes.get("href")): kind
        for reference in package.css("guide reference")
        if (kind := _APPARATUS.get((reference.attributes.get("type") or "").casefold()))
    }


def _mark_headings(body: LexborNode, entries: Sequence[_Entry]) -> str:
    """Mark what the table of contents calls a chapter as a heading; return the mark of one that has no words for it."""
    for entry in entries:
        target = body.css_first(f'[id="{entry.fragment}"]') if re.fullmatch(r"[\w.:-]+", entry.fragment) else None
        block = _block_of(target) if target is not None else None
        if block is not None and _same(block.text(), entry.label):
            block.attrs["class"] = HEADING_CLASS
    if not entries or body.css_first(f"{_HEADINGS}, .{HEADING_CLASS}") is not None:
        return ""
    number = ""
    for block in body.css("p, div")[:_FIRST_BLOCKS]:
        words = shortened(block.text())
        if not words or any(child.tag in ("p", "div") for child in block.iter()):
            continue
        said = any(
            _same(words, entry.label) or (number and _same(f"{number} {words}", entry.label)) for entry in entries
        )
        if not (said or (not number and (_NUMBER.fullmatch(words) or is_chapter(words)))):
            break
        block.attrs["class"] = HEADING_CLASS
        if said:
            return ""
        number = words
    if number:
        return ""
    label = re.sub(r"[\[\]\\<>&]", " ", entries[0].label).strip()
    return f"<p>[chapter {label}]</p>" if label and not entries[0].fragment else ""


def _block_of(node: LexborNode) -> LexborNode | None:
    """Return the paragraph around an element, None where it is in a heading already."""
    above: LexborNode | None = node
    while above is not None and above.tag not in ("p", "div", "section", "body"):
        if above.tag in _HEADINGS.split(", "):
            return None
        above = above.parent
    return above if above is not None and above.tag == "p" else None


def _same(one: str, two: str) -> bool:
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", two.casefold())


def _index(archive: Archive, path: str, name: str) -> LexborHTMLParser:
    """Return an index of a book, parsed; elements have no prefixes but those of its description."""
    return parsed(as_html(_PREFIX.sub(r"<\1", decode(archive.read_markup(path), name))), name)


def _is_text(item: LexborNode, reference: LexborNode) -> bool:
    """Return whether an item of the spine is a text to be read, not the table of contents."""
    return (
        item.attributes.get("media-type") in _PAGES
        and "nav" not in (item.attributes.get("properties") or "").split()
        and reference.attributes.get("linear") != "no"
    )


def _body(archive: Archive, path: str, name: str) -> LexborNode | None:
    """Return the body of a page that has words in it."""
    body = parsed(as_html(decode(archive.read_markup(path), name)), name).body
    return body if body is not None and speakable(body.text()) else None


def _apparatus(body: LexborNode, front: FrontMatter) -> str | None:
    """Return as what a page is left out that belongs to the printed book, None where it is part of what it says."""
    return _said_kind(body) or _kind_by_words(body, front)


def _said_kind(body: LexborNode) -> str | None:
    """Return what a page, or the only element on it, says that it is."""
    node: LexborNode | None = body
    while node is not None:
        for kind in (node.attributes.get("epub:type") or "").split():
            if kind in _APPARATUS:
                return _APPARATUS[kind]
        inside = [child for child in node.iter() if child.tag != "a"]
        node = inside[0] if len(inside) == 1 and inside[0].tag in ("div", "section") else None
    return None


def _kind_by_words(body: LexborNode, front: FrontMatter) -> str | None:
    heading = _first_words(body, "h1, h2, h3")
    named = next((kind for kind, pattern in _NAMED_APPARATUS if heading and pattern.fullmatch(heading)), None)
    if named is not None:
        return named
    words = body.text(separator=" ").split()
    links = body.css("a[href]")
    linked = sum(len(link.text(separator=" ").split()) for link in links)
    beside = len(words) - linked - len(heading.split())
    if len(links) > 1 and (linked > 4 * beside or (is_contents(heading) and linked > beside)):
        return "table of contents"
    if _NOTES_HEADING.fullmatch(heading) and _is_of_notes(body):
        return "footnote"
    if not heading and len(words) <= _LONGEST_IMPRINT_WORDS and _RIGHTS.search(" ".join(words)):
        return "imprint"
    known = set(f"{front.title} {front.author} by von par".casefold().split())
    only_names = len(words) <= _LONGEST_TITLE_PAGE_WORDS and {word.casefold() for word in words} <= known
    return "title page" if front.title and only_names and not heading else None


def _is_of_notes(body: LexborNode) -> bool:
    """Return whether most paragraphs of a page begin with a link that is the mark of a note."""
    paragraphs = body.css("p, li")
    marked = sum(
        (link := paragraph.css_first("a[href]")) is not None and _NOTE_BEGINS.fullmatch(link.text().strip()) is not None
        for paragraph in paragraphs
    )
    return bool(paragraphs) and marked * 2 > len(paragraphs)


def _value(package: LexborHTMLParser, tag: str) -> str:
    return _first_words(package, rf"metadata dc\:{tag}") or _first_words(package, rf"metadata dcterms\:{tag}")


def _first_words(inside: LexborHTMLParser | LexborNode, selector: str) -> str:
    found = inside.css_first(selector)
    return shortened(found.text(separator=" " if found.css_first("br") else "")) if found else ""


READER = PackedReader("epub", "books", (".epub",), _unpack)
