"""EPUB to HTML: the chapters in the order of the book, all of them or one."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from audio_builder.article.archive import Archive, archive_with
from audio_builder.article.decode import decode
from audio_builder.article.frontmatter import FrontMatter, shortened
from audio_builder.article.readers import PackedReader, Unpacked
from audio_builder.article.readers.html import as_html
from audio_builder.article.text import speakable
from audio_builder.errors import NotText

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html")
_APPARATUS = frozenset({"cover", "titlepage", "halftitlepage", "copyright-page", "toc", "landmarks", "index"})
"""What an EPUB calls pages that belong to a printed book and not to what it says."""


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
    items = {item.attributes.get("id"): item for item in package.css("manifest item")}
    folder = posixpath.dirname(path)
    chapters: list[tuple[str, str]] = []
    subtitle = ""
    for reference in package.css("spine itemref"):
        item = items.get(reference.attributes.get("idref"))
        body = _body(archive, folder, item, name) if item is not None and _is_text(item, reference) else None
        if body is not None and _is_apparatus(body):
            # A title page: an EPUB's own description has no place for a subtitle.
            subtitle = subtitle or _first_words(body, ".subtitle")
        elif body is not None:
            chapters.append((f"<div>{body.inner_html or ''}</div>", _first_words(body, "h1, h2, h3")))
    if not chapters:
        raise NotText(f"{name} has no chapters with words in them", hint="Save the book as plain text.")
    front = FrontMatter(
        title=_value(package, "title"),
        subtitle=subtitle,
        author=_value(package, "creator"),
        language=_value(package, "language"),
    )
    return Unpacked(
        "html",
        "\n".join(text for text, _ in chapters),
        front,
        tuple(
            Unpacked("html", text, _chapter_front(front, title, n)) for n, (text, title) in enumerate(chapters, start=1)
        ),
    )


def _chapter_front(book: FrontMatter, title: str, number: int) -> FrontMatter:
    """Return what a chapter says about itself: it is named by its first heading, else by the book and its number."""
    return FrontMatter(
        title=title or f"{book.title}, {number}".lstrip(", "), author=book.author, language=book.language
    )


def _index(archive: Archive, path: str, name: str) -> LexborHTMLParser:
    return LexborHTMLParser(as_html(decode(archive.read_markup(path), name)))


def _is_text(item: LexborNode, reference: LexborNode) -> bool:
    """Return whether an item of the spine is a text to be read, not the table of contents."""
    return (
        item.attributes.get("media-type") in _PAGES
        and "nav" not in (item.attributes.get("properties") or "").split()
        and reference.attributes.get("linear") != "no"
    )


def _body(archive: Archive, folder: str, item: LexborNode, name: str) -> LexborNode | None:
    """Return the body of a page that has words in it."""
    path = posixpath.normpath(posixpath.join(folder, unquote(item.attributes.get("href") or "")))
    body = LexborHTMLParser(as_html(decode(archive.read_markup(path), name))).body
    return body if body is not None and speakable(body.text()) else None


def _is_apparatus(body: LexborNode) -> bool:
    """Return whether a page, or the only element on it, says that it is a title page or the like."""
    node: LexborNode | None = body
    while node is not None:
        if not _APPARATUS.isdisjoint((node.attributes.get("epub:type") or "").split()):
            return True
        inside = [child for child in node.iter() if child.tag != "a"]
        node = inside[0] if len(inside) == 1 and inside[0].tag in ("div", "section") else None
    return False


def _value(package: LexborHTMLParser, tag: str) -> str:
    return _first_words(package, rf"metadata dc\:{tag}")


def _first_words(inside: LexborHTMLParser | LexborNode, selector: str) -> str:
    found = inside.css_first(selector)
    return shortened(found.text()) if found else ""


READER = PackedReader("epub", "books", (".epub",), _unpack)
