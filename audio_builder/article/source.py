"""Opening a source: a file or bytes become text of a known kind, or an error that says why not."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from audio_builder.article.archive import MAGIC
from audio_builder.article.boilerplate import BLOCKS
from audio_builder.article.decode import decode
from audio_builder.article.frontmatter import FrontMatter, read_front_matter
from audio_builder.article.left_out import LeftOut
from audio_builder.article.readers import PackedReader, Reader, TextReader, Unpacked, check_amounts, readers
from audio_builder.article.text import clean
from audio_builder.errors import EmptySource, NotText, SourceError, SourceTooLarge
from audio_builder.files import open_regular

LARGEST_BYTES = 20 * 1024 * 1024
"""Bytes of a source at most: about a hundred novels."""

LONGEST_LINE = 1_000_000
"""Characters of one line at most."""

SCRIPT_KEY = "audio-builder-script"
"""The key of the front matter by which a script file is known."""

_SPEAK = re.compile(
    r"(?:<\?xml[^>]*+>|<!--(?>.*?-->)|\s++)*+<(?:!doctype\s+)?(?:\w+:)?speak\b", re.IGNORECASE | re.DOTALL
)


_WORD = re.compile(r"\w+")
_WORDED_LINE = re.compile(r"^[^\w\n]*\w", re.MULTILINE)
_TAG = re.compile(r"<[^<>]*>?")
_LINE_TAG = re.compile(rf"<(?:{'|'.join(sorted(BLOCKS - {'html', 'body'}))}|br)\b", re.IGNORECASE)
_LOST_FENCE = re.compile(rf"\s*+(?:---[^\S\n]*+\n)?\s*+{SCRIPT_KEY}\s*+:\s*+\d")
"""A script with one of the lines around its front matter missing; it must not be read as an article."""


@dataclass(frozen=True, slots=True)
class SourceText:
    r"""A text as it was found, before its structure is read.

    Attributes:
        text: with `\n` line ends and without control characters; never empty.
        name: what messages call it: the path as given, or `-` for standard input.
        kind: the name of its format: that of a `TextReader`, or `script` or `ssml` for what is paced already.
        front: what the file says about itself that the text was unpacked from; None where the text itself says it.
        left_out: what was in that file and isn't read out.
        place: the real path of its file, with `#3` after it for the third chapter of a book; empty where it is no file.
    """

    text: str
    name: str
    kind: str
    front: FrontMatter | None = None
    left_out: tuple[LeftOut, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """A book opened chapter by chapter.

    Attributes:
        title: may be empty.
        chapters: each a page of its own, named by its first heading or by the book and its number.
    """

    title: str
    chapters: tuple[SourceText, ...]


def _refuse_script(source: SourceText) -> NoReturn:
    raise SourceError(
        f"{source.name} is a script, not an article", hint="Build from it as it is; its pauses are already set."
    )


_SCRIPTS = (
    TextReader(
        "ssml",
        "SSML",
        (".ssml",),
        lambda text, _name: text.lstrip().startswith("<") and _SPEAK.match(text[:4096]) is not None,
        _refuse_script,
        rank=20,
    ),
    TextReader(
        "script",
        "scripts",
        (),
        lambda text, name: SCRIPT_KEY in read_front_matter(text, name).values or _LOST_FENCE.match(text) is not None,
        _refuse_script,
        rank=30,
    ),
)
"""What is paced already: it is known here, and read where scripts are."""


def _all_readers() -> list[Reader]:
    return sorted([*readers(), *_SCRIPTS], key=lambda reader: reader.rank)


def text_readers() -> list[TextReader]:
    """Return what knows a text by its suffix or its words, in the order in which they are asked."""
    return [reader for reader in _all_readers() if isinstance(reader, TextReader)]


def _packed_readers() -> list[PackedReader]:
    return [reader for reader in _all_readers() if isinstance(reader, PackedReader)]


def formats() -> str:
    """Return all formats with their suffixes, for a message."""
    named = [(reader.label, ", ".join(filter(None, reader.suffixes))) for reader in reversed(_all_readers())]
    return ", ".join(f"{label} ({suffixes})" if suffixes else label for label, suffixes in named)


def readable_suffixes() -> tuple[str, ...]:
    """Return the suffixes of all files that can be read, such as `.md`, in alphabetical order."""
    return tuple(sorted({suffix for reader in _all_readers() for suffix in reader.suffixes if suffix}))


def is_web_address(source: str) -> bool:
    """Return whether a source is the address of a page rather than the path of a file."""
    return source.lower().startswith(("http://", "https://"))


def open_source(path: Path, chapter: int | None = None) -> SourceText:
    """Return the text of a file.

    Args:
        path: of a text, a page, a document or a book.
        chapter: of a book, counted from 1; None for all of it.

    Raises:
        SourceError: the file isn't there, can't be read, or is of a kind that isn't supported.
        EmptySource: nothing but space is in it.
        NotText: it is binary, or in no known encoding.
        SourceTooLarge: it has more than 20 MB, a line of more than a million characters, or more than an episode holds.
    """
    return replace(source_from_bytes(_bytes_of(path), str(path), chapter), place=_place(path, chapter))


def open_book(path: Path) -> Book:
    """Return the chapters of a book.

    Raises:
        SourceError: the file isn't there, can't be read, or is no book; and what `open_source` raises.
    """
    data, name = _bytes_of(path), str(path)
    book = _unpacked(data, name)
    if book is None or not book.chapters:
        raise SourceError(f"{name} is no book with chapters", hint="--each-chapter is for EPUB files; leave it out.")
    chapters = (
        replace(_as_source(chapter, name), place=_place(path, number))
        for number, chapter in enumerate(book.chapters, 1)
    )
    return Book(book.front.title, tuple(chapters))


def _place(path: Path, chapter: int | None) -> str:
    return os.path.realpath(path) + (f"#{chapter}" if chapter else "")


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
        with open_regular(path) as stream:
            return stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise SourceError(f"there is no file “{path}”", hint="Check the spelling and the folder.") from error
    except (OSError, ValueError) as error:
        # ValueError: a path with a NUL character.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(f"can't read {path}: {reason}") from error


def source_from_bytes(data: bytes, name: str, chapter: int | None = None) -> SourceText:
    """Return the text that bytes hold, such as those of standard input.

    Args:
        data: at most 20 MB; read one byte more than `LARGEST_BYTES` from a stream and no further.
        name: for messages; its suffix says the format, where nothing in the text says another.
        chapter: of a book, counted from 1; None for all of it.

    Raises:
        EmptySource: nothing but space is in it.
        NotText: it is binary, or in no known encoding.
        SourceTooLarge: it has more than 20 MB, a line of more than a million characters, or more than an episode holds.
        SourceError: its front matter is malformed.
    """
    _check_size(len(data), name)
    if unpacked := _unpacked(data, name):
        return _as_source(_chapter(unpacked, chapter, name), name)
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
    return _bounded(SourceText(text, name, _kind(text, name)))


def _bounded(source: SourceText) -> SourceText:
    """Return a source that an episode may hold.

    Raises:
        SourceTooLarge: it has too many words or lines.
    """
    page = source.kind == "html"
    words = len(_WORD.findall(_TAG.sub(" ", source.text) if page else source.text))
    lines = len((_LINE_TAG if page else _WORDED_LINE).findall(source.text))
    share = 2 if source.kind in {script.name for script in _SCRIPTS} else 1
    wordless = source.text.count(">") if page else sum(map(bool, map(str.strip, source.text.split("\n"))))
    check_amounts(source.name, words, lines, wordless, "tags" if page else "lines", share)
    return source


def _unpacked(data: bytes, name: str) -> Unpacked | None:
    """Return what is in a file that is no text, None where it may be one.

    Raises:
        NotText: it is an archive of other files, or not what its suffix says.
    """
    for reader in _packed_readers():
        if unpacked := reader.unpack(data, name):
            return unpacked
    suffix = Path(name).suffix.lower()
    if data.startswith(MAGIC):
        raise NotText(f"{name} is a ZIP archive of other files", hint=f"Give one of these: {formats()}.")
    if any(suffix in reader.suffixes for reader in _packed_readers()):
        raise NotText(f"{name} is no {suffix} file inside", hint="Save it again from the program it is from.")
    return None


def _chapter(book: Unpacked, chapter: int | None, name: str) -> Unpacked:
    """Return a chapter of a book, counted from 1, or all of it."""
    if chapter is None:
        return book
    if not book.chapters:
        raise SourceError(f"{name} has no chapters", hint="Leave --chapter out; it is for EPUB files.")
    if not 1 <= chapter <= len(book.chapters):
        raise SourceError(f"{name} has chapters 1 to {len(book.chapters)}; {chapter} is none of them")
    return book.chapters[chapter - 1]


def _as_source(unpacked: Unpacked, name: str) -> SourceText:
    return _bounded(SourceText(clean(unpacked.text), name, unpacked.kind, unpacked.front, unpacked.left_out))


def _kind(text: str, name: str) -> str:
    suffix = Path(name).suffix.lower()
    return next(reader.name for reader in text_readers() if suffix in reader.suffixes or reader.sniff(text, name))


def _check_suffix(path: Path) -> None:
    suffix = path.suffix.lower()
    if not any(suffix in reader.suffixes for reader in _all_readers()):
        raise SourceError(
            f"{path}: files ending in {path.suffix} can't be read; {formats()} are allowed",
            hint="Save or export the text as .txt or .md.",
        )


def _check_size(size_bytes: int, name: str) -> None:
    if size_bytes > LARGEST_BYTES:
        raise SourceTooLarge(
            f"{name} is larger than 20 MB ({LARGEST_BYTES:,} bytes), which is the most that is read",
            hint="Split the text into several episodes.",
        )
