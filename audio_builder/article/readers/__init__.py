"""The formats that can be read, a file each. A new one is a new file here with a value `READER`, and nothing else.

A `TextReader` reads what is a text when it is opened in an editor. A `PackedReader` takes a file apart that isn't,
and gives texts in a format that a `TextReader` reads, such as HTML. All modules of this package are asked.
"""

from __future__ import annotations

import functools
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.left_out import LeftOut
from audio_builder.article.outline import Outline
from audio_builder.errors import SourceTooLarge

if TYPE_CHECKING:
    from audio_builder.article.source import SourceText


MOST_WORDS = 200_000
MOST_LINES = 30_000
MOST_WORDLESS = 240_000
"""Words, lines of words, and lines of whatever kind in an article at most: an episode of twelve hours has fewer.

A script may have twice as many, as its marks are among them. The lines of a page are its paragraphs, headings, items,
cells and line breaks; those without words are its tags."""


def check_amounts(name: str, words: int, lines: int, wordless: int, called: str, share: int = 1) -> None:
    """Refuse what no episode can hold.

    Args:
        name: of the file, for messages.
        words: in it.
        lines: with words.
        wordless: lines of whatever kind, or what counts for them.
        called: what those are in this file.
        share: by which the bounds are multiplied.

    Raises:
        SourceTooLarge: it has too many of one.
    """
    for count, most, what in (
        (words, MOST_WORDS, "words"),
        (lines, MOST_LINES, "lines of words"),
        (wordless, MOST_WORDLESS, called),
    ):
        if count > most * share:
            raise SourceTooLarge(
                f"{name} has {count:,} {what}; an episode has at most {most * share:,}",
                hint="Make several episodes of it: of a book with --chapter N or --each-chapter.",
            )


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reader found in a text.

    Attributes:
        front: what the text says about itself.
        outline: its headings and blocks; their line numbers are those of the text.
    """

    front: FrontMatter
    outline: Outline


@dataclass(frozen=True, slots=True)
class TextReader:
    """A format that is text.

    Attributes:
        name: what `SourceText.kind` says.
        label: what messages call such files, before their suffixes.
        suffixes: in lower case, with the dot; an empty one for files without any.
        sniff: whether a text is in this format although its suffix doesn't say so, from the text and its name.
        read: gives the structure of a text; raises `SourceError` where it can't.
        rank: the reader of the lowest rank that knows a text by suffix or sniffing has it: 10 for a signature at the
            head of the file, 80 for a guess by the wording.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    sniff: Callable[[str, str], bool]
    read: Callable[[SourceText], Parsed]
    rank: int = 50


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What is in a file that is no text.

    Attributes:
        kind: the name of the `TextReader` that reads it.
        text: all of it.
        front: what the file says about itself.
        chapters: the parts of a book, each an article of its own, in order; empty for other files.
        left_out: what isn't in the text any more and isn't read out.
    """

    kind: str
    text: str
    front: FrontMatter
    chapters: tuple[Unpacked, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class PackedReader:
    """A format that isn't text.

    Attributes:
        name: for programmers.
        label: as in `TextReader`; so are `suffixes` and `rank`.
        suffixes: of its files.
        unpack: gives what is in the bytes of a file of that name, None where they are of another format; raises
            `SourceError` where they are broken.
        rank: which is asked first.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    unpack: Callable[[bytes, str], Unpacked | None]
    rank: int = 50


Reader = TextReader | PackedReader


@functools.cache
def readers() -> tuple[Reader, ...]:
    """Return the reader of each module in this package, by rank."""
    found: list[Reader] = [
        import_module(f"{__name__}.{module.name}").READER for module in pkgutil.iter_modules(__path__)
    ]
    return tuple(sorted(found, key=lambda reader: (reader.rank, reader.name)))
