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

if TYPE_CHECKING:
    from audio_builder.article.source import SourceText


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
