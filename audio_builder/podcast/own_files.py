"""The files of a show that publishing writes: never over what somebody changed since, unless that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from audio_builder.errors import OutputError
from audio_builder.files import note_writing, output_error, sha256_of, write_bytes, written_by_us
from audio_builder.podcast.ledger import Ledger
from audio_builder.podcast.show_settings import EPISODES

_NAMED_BY_CONTENT = re.compile(r"[a-z0-9-]{1,50}-[0-9a-f]{8}\.[a-z0-9.]+")
"""Nobody else gives such names: a file that has one is ours, unless the ledger knows that it was changed."""

_FOR_PEOPLE = (".html", ".txt", ".vtt", ".srt")
"""What somebody may edit: pages, notes and transcripts. All others are programs' own."""

_PAGE = re.compile(r"[a-z0-9-]{1,50}(\.embed)?\.html")


class OwnFiles:
    """Writes into the folder of the published files, and remembers what it wrote.

    Attributes:
        written: SHA-256 of what was written, by path in the show's folder.
        kept: names of the files that were not replaced, because somebody else made them, or changed them.
    """

    def __init__(self, folder: Path, ledger: Ledger, *, force: bool) -> None:
        """Take up what the ledger knows.

        Args:
            folder: of the show.
            ledger: says what was written; one of an earlier version names the files of its episodes alone.
            force: whether everything is replaced.
        """
        self.written = {name: digest for name, digest in ledger.pages.items() if "/" in name}
        self.kept: list[str] = []
        self._folder = folder
        self._force = force
        self._named = {name for entry in ledger.episodes.values() for name in entry.files}

    def write(self, name: str, content: bytes) -> None:
        """Write a file unless it has this content already, or somebody changed it.

        Raises:
            OutputError: it can't be read or written.
        """
        path, digest = self._path(name), sha256_of(content)
        if path.suffix not in _FOR_PEOPLE:
            write_changed(path, content)
            return
        if self.is_changed(name, digest) and not self._force:
            self.kept.append(name)
        else:
            if path.suffix == ".html":  # after a stop, and other settings, the page is still known as ours
                note_writing(path, digest)
            write_changed(path, content)
        self.written[f"{EPISODES}/{name}"] = digest

    def is_changed(self, name: str, expected: str = "") -> bool:
        """Return whether what lies under a name was made by somebody else, or changed since it was written.

        Args:
            name: in the folder of the published files.
            expected: SHA-256 of what else may lie there.
        """
        path = self._path(name)
        there = _content(path) if path.suffix in _FOR_PEOPLE else None
        if there is None or sha256_of(there) == expected:
            return False
        known = self.written.get(f"{EPISODES}/{name}")
        if known is None and (name in self._named or _NAMED_BY_CONTENT.fullmatch(name)):
            return False
        return sha256_of(there) not in {known, *written_by_us(path)}

    def to_replace(self, names: Iterable[str]) -> bool:
        """Return whether one of some files was changed and is to be made anew all the same."""
        return self._force and any(self.is_changed(name) for name in names)

    def prune(self, kept: set[str]) -> Iterator[str]:
        """Remove the files of ours that are not to be kept and that nobody changed, and yield their names."""
        # Pages go first: none may stay, however briefly, without what it shows.
        found = sorted((path.suffix != ".html", path.name) for path in (self._folder / EPISODES).iterdir())
        for _, name in found:
            if name in kept or not (_NAMED_BY_CONTENT.fullmatch(name) or _PAGE.fullmatch(name)):
                continue
            if self.is_changed(name):
                self.kept.append(name)
                continue
            try:
                self._path(name).unlink()
            except OSError as error:
                raise output_error(error, self._path(name)) from error
            yield name

    def digests(self, names: Iterable[str]) -> dict[str, str]:
        """Return what is to be remembered: of these names, and of those that are still there without being named."""
        named = {f"{EPISODES}/{name}" for name in names}
        return {
            name: digest for name, digest in self.written.items() if name in named or (self._folder / name).is_file()
        }

    def _path(self, name: str) -> Path:
        return self._folder / EPISODES / name


def write_changed(path: Path, content: bytes) -> None:
    """Write a file unless it has this content already: players and servers go by its time.

    Raises:
        OutputError: it can't be read or written.
    """
    if _content(path) != content:
        write_bytes(path, content)


def _content(path: Path) -> bytes | None:
    """Return what is in a file; None where nothing is.

    Raises:
        OutputError: it can't be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"can't read {path}: {error.strerror or error}", hint="Move it away.") from error
