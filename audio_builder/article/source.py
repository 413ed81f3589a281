"""Opening a source: a file or bytes become text of a known kind, or an error that says why not."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from audio_builder.article.decode import decode
from audio_builder.article.frontmatter import FrontMatter, read_front_matter
from audio_builder.article.text import clean
from audio_builder.errors import EmptySource, NotText, SourceError, SourceTooLarge

LARGEST_BYTES = 20 * 1024 * 1024
"""Bytes of a source at most: about a hundred novels."""

LONGEST_LINE = 1_000_000
"""Characters of one line at most."""

SCRIPT_KEY = "audio-builder-script"
"""The key of the front matter by which a script file is known."""

Kind = Literal["plain", "markdown", "html", "script", "ssml"]

_MARKDOWN_SUFFIXES = (".md", ".markdown")
_HTML_SUFFIXES = (".html", ".htm", ".xhtml")
_ARCHIVE_SUFFIXES = (".docx", ".epub")
_SSML_SUFFIX = ".ssml"
_OPEN_SUFFIXES = (".txt", ".text", "", _SSML_SUFFIX, *_MARKDOWN_SUFFIXES, *_HTML_SUFFIXES, *_ARCHIVE_SUFFIXES)
_ARCHIVE_MAGIC = b"PK\x03\x04"
_PAGE = re.compile(r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_SPEAK = re.compile(r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+)?(?:\w+:)?speak\b", re.IGNORECASE | re.DOTALL)
_ATX_HEADING = re.compile(r"(?:\A|\n[ \t]*\n|\A\n*)#{1,6}[ \t]+\S")


@dataclass(frozen=True, slots=True)
class SourceText:
    r"""A text as it was found, before its structure is read.

    Attributes:
        text: with `\n` line ends and without control characters; never empty.
        name: what messages call it: the path as given, or `-` for standard input.
        kind: `script` where the front matter has the key `audio-builder-script`; `markdown` by its
            suffix, or where a text of another suffix begins with front matter or has a heading
            written with `#` after an empty line; `html` for a page, a document or a book; `ssml` where it
            begins with <speak>; else `plain`.
        front: what a document or a book says about itself; None where the text itself says it.
    """

    text: str
    name: str
    kind: Kind
    front: FrontMatter | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """A book opened chapter by chapter.

    Attributes:
        title: may be empty.
        chapters: each a page of its own, named by its first heading or by the book and its number.
    """

    title: str
    chapters: tuple[SourceText, ...]


def open_source(path: Path, chapter: int | None = None) -> SourceText:
    """Return the text of a file.

    Args:
        path: of a text, a page, a document or a book.
        chapter: of a book, counted from 1; None for all of it.

    Raises:
        SourceError: the file isn't there, can't be read, or is of a kind that isn't supported.
        EmptySource: nothing but space is in it.
        NotText: it is binary, or in no encoding that can be told.
        SourceTooLarge: it has more than 20 MB, or a line of more than a million characters.
    """
    return source_from_bytes(_bytes_of(path), str(path), chapter)


def open_book(path: Path) -> Book:
    """Return the chapters of a book.

    Raises:
        SourceError: the file isn't there, can't be read, or is no book; and what `open_source` raises.
    """
    from audio_builder.article.archive import Archive
    from audio_builder.article.readers.epub import CONTAINER, read_book

    data, name = _bytes_of(path), str(path)
    archive = Archive(data, name) if data.startswith(_ARCHIVE_MAGIC) else None
    if archive is None or CONTAINER not in archive.names:
        raise SourceError(f"{name} is no book with chapters", hint="--each-chapter is for EPUB files; leave it out.")
    book = read_book(archive, name)
    texts = (book.html(number, name) for number in range(1, len(book.chapters) + 1))
    return Book(book.front.title, tuple(SourceText(clean(html), name, "html", front) for html, front in texts))


def _bytes_of(path: Path) -> bytes:
    """Return at most a byte more of a file than is read of any source."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SourceError(f"{path} is a folder", hint="Give a file in it.")
        _check_suffix(path)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(f"{path} is not a file", hint="Use - to read from standard input.")
        _check_size(status.st_size, str(path))
        with path.open("rb") as stream:
            return stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise SourceError(f"there is no file {path}", hint="Check the spelling and the folder.") from error
    except (OSError, ValueError) as error:
        # ValueError: a path with a NUL character.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(f"can't read {path}: {reason}") from error


def source_from_bytes(data: bytes, name: str, chapter: int | None = None) -> SourceText:
    """Return the text that bytes hold, such as those of standard input.

    Args:
        data: at most 20 MB; read one byte more than `LARGEST_BYTES` from a stream and no further.
        name: for messages; a suffix `.md` or `.markdown` makes it Markdown, `.html` a page.
        chapter: of a book, counted from 1; None for all of it.

    Raises:
        EmptySource: nothing but space is in it.
        NotText: it is binary, or in no encoding that can be told.
        SourceTooLarge: it has more than 20 MB, or a line of more than a million characters.
        SourceError: its front matter is malformed.
    """
    _check_size(len(data), name)
    if data.startswith(_ARCHIVE_MAGIC):
        return _unpacked(data, name, chapter)
    if Path(name).suffix.lower() in _ARCHIVE_SUFFIXES:
        raise NotText(
            f"{name} is no {Path(name).suffix} file inside", hint="Save it again from the program it is from."
        )
    if chapter is not None:
        raise SourceError(f"{name} is no book with chapters", hint="Leave --chapter out; it is for EPUB files.")
    text = clean(decode(data, name))
    if not text.strip():
        raise EmptySource(f"{name} is empty", hint="Give a text with words in it.")
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise SourceTooLarge(
                f"{name}:{number}: the line has {len(line):,} characters; at most {LONGEST_LINE:,} are allowed",
                hint="Put each paragraph on a line of its own.",
            )
    return SourceText(text, name, _kind(text, name))


def _unpacked(data: bytes, name: str, chapter: int | None) -> SourceText:
    """Return the text of a document or a book as a page."""
    # Their parsers take a moment to import: a plain text does without them.
    from audio_builder.article.archive import Archive
    from audio_builder.article.readers.docx import DOCUMENT, docx_as_html
    from audio_builder.article.readers.epub import CONTAINER, read_book

    archive = Archive(data, name)
    if CONTAINER in archive.names:
        html, front = read_book(archive, name).html(chapter, name)
    elif DOCUMENT in archive.names and chapter is None:
        html, front = docx_as_html(archive, name)
    else:
        kind = "a Word document, which has no chapters" if DOCUMENT in archive.names else "a ZIP archive of other files"
        raise NotText(f"{name} is {kind}", hint="Give a text, a page (.html), a document (.docx) or a book (.epub).")
    return SourceText(clean(html), name, "html", front)


def _kind(text: str, name: str) -> Kind:
    if Path(name).suffix.lower() in _HTML_SUFFIXES or (text.lstrip().startswith("<") and _PAGE.match(text[:4096])):
        return "html"
    if Path(name).suffix.lower() == _SSML_SUFFIX or (text.lstrip().startswith("<") and _SPEAK.match(text[:4096])):
        return "ssml"
    front = read_front_matter(text, name)
    if SCRIPT_KEY in front.values:
        return "script"
    markdown = Path(name).suffix.lower() in _MARKDOWN_SUFFIXES or front.lines or _ATX_HEADING.search(text)
    return "markdown" if markdown else "plain"


def _check_suffix(path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix not in _OPEN_SUFFIXES:
        raise SourceError(
            f"{path}: files ending in {path.suffix} can't be read; "
            "plain text (.txt, .text), Markdown (.md, .markdown), web pages (.html, .htm, .xhtml), "
            "documents (.docx), books (.epub), SSML (.ssml) and scripts are allowed",
            hint="Save or export the text as .txt or .md.",
        )


def _check_size(size_bytes: int, name: str) -> None:
    if size_bytes > LARGEST_BYTES:
        raise SourceTooLarge(
            f"{name} is larger than 20 MB ({LARGEST_BYTES:,} bytes), which is the most that is read",
            hint="Split the text into several episodes.",
        )
