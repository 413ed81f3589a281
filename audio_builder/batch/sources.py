"""What is built: the files that a command line names, those in its folders, the chapters of its books."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audio_builder.article.source import open_book, readable_suffixes
from audio_builder.episode.naming import TWIN_SUFFIX
from audio_builder.episode.record import RECORD_SUFFIX
from audio_builder.errors import AudioBuilderError, SourceError
from audio_builder.podcast.show_settings import EPISODES, FEED_FILE, INDEX_FILE, SHOW_FILE

_BOOK = ".epub"


@dataclass(frozen=True, slots=True)
class Source:
    """A text to build.

    Attributes:
        path: of its file.
        chapter: of a book, counted from 1; 0 for all of it.
        chapters: how many the book has; 0 where all of it is one episode.
        book: title of the book; may be empty.
        error: why it can't be read; None where that isn't known yet.
    """

    path: Path
    chapter: int = 0
    chapters: int = 0
    book: str = ""
    error: AudioBuilderError | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{self.path}, chapter {self.chapter}" if self.chapter else str(self.path)


def find_sources(
    paths: Sequence[Path], *, each_chapter: bool = False, is_wanted: Callable[[Path], bool] | None = None
) -> list[Source]:
    """Return what a command line names, each file once: files as they are named, those of a folder in natural order.

    Args:
        paths: files and folders; of a folder, all below it that can be read, but nothing whose name begins with a dot,
            and of a show not its pages.
        each_chapter: whether each chapter of a book is an episode.
        is_wanted: which files of a folder; None for those whose suffix is that of a text.

    Raises:
        SourceError: there is nothing in the folders.
    """
    found: dict[str, Source] = {}
    for path in paths:
        inside = sorted(_inside(path, is_wanted or _is_text), key=_natural) if path.is_dir() else [path]
        for file in inside:
            for source in _chapters(file) if each_chapter and file.suffix.lower() == _BOOK else (Source(file),):
                found.setdefault(f"{os.path.realpath(file)}#{source.chapter}", source)
    if not found:
        raise SourceError(
            f"there is nothing to read in {', '.join(map(str, paths))}",
            hint=f"Files in a folder are known by their suffix: {', '.join(readable_suffixes())}.",
        )
    return list(found.values())


def is_episode(path: Path) -> bool:
    """Return whether a file's name is that of an episode, which may be built again."""
    return path.suffix.lower() == ".mp3" and not path.name.lower().endswith(TWIN_SUFFIX)


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in readable_suffixes()


def _inside(folder: Path, is_wanted: Callable[[Path], bool]) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        ours = {EPISODES, INDEX_FILE} if _is_published(files) else set()
        folders[:] = [name for name in folders if not name.startswith(".") and name not in ours]
        for name in files:
            path = Path(root, name)
            if not name.startswith(".") and name not in ours and is_wanted(path):
                yield path


def _is_published(names: Sequence[str]) -> bool:
    """Return whether a folder is that of a show: its pages and transcripts are no texts to build."""
    return any(name.endswith(RECORD_SUFFIX) or name in {SHOW_FILE, FEED_FILE} for name in names)


def _natural(path: Path) -> tuple[tuple[tuple[int, str], ...], str]:
    """Return what sorts `2.md` before `10.md`."""
    pieces = re.split(r"(\d+)", str(path).casefold())
    return tuple((int(piece), "") if piece.isdecimal() else (0, piece) for piece in pieces), str(path)


def _chapters(path: Path) -> Iterator[Source]:
    try:
        book = open_book(path)
    except AudioBuilderError as error:
        yield Source(path, error=error)
        return
    for number in range(1, len(book.chapters) + 1):
        yield Source(path, number, len(book.chapters), book.title)
