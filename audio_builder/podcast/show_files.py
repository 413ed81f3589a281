"""The files that publishing writes: never over what somebody else made, or changed since, unless that is asked for.

Those of the whole show are made here: its cover, its pages and its feed, which `publisher` writes last of all.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec

from audio_builder.episode.cover.draw import draw_cover, fit_cover, small_cover
from audio_builder.errors import OutputError
from audio_builder.files import (
    check_named,
    note_writing,
    output_error,
    output_errors,
    sha256_of,
    write_bytes,
    written_by_us,
)
from audio_builder.podcast.feed import SMALL_SUFFIX, Item, feed_pages, is_serial, opml
from audio_builder.podcast.ledger import Ledger, page_name
from audio_builder.podcast.pages import embed_page, embed_path, episode_page, index_page
from audio_builder.podcast.sharing import feed_style
from audio_builder.podcast.show_settings import (
    ARCHIVE_NAME,
    EPISODES,
    FEED_FILE,
    FEED_STYLE_FILE,
    INDEX_FILE,
    OPML_FILE,
    Show,
)
from audio_builder.podcast.translations import translation_for

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
            with output_errors(self._path(name)):
                self._path(name).unlink()
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


SHOW_FILES = (OPML_FILE, FEED_STYLE_FILE, INDEX_FILE, FEED_FILE)
_LAST_BUILT = re.compile(r"<lastBuildDate>([^<]+)</lastBuildDate>")


def check_show_files(folder: Path, ledger: Ledger, *, published: bool) -> None:
    """Refuse to replace a feed or a page that somebody else made, or changed since it was written.

    Args:
        folder: of the show.
        ledger: says what was written; one of an earlier version doesn't.
        published: whether the show was published before.

    Raises:
        OutputError: names the file.
    """
    for name in SHOW_FILES:
        written = ledger.pages.get(name)
        if written or not published:
            check_named(folder / name, known=(written,) if written else ())


def make_cover(folder: Path, show: Show) -> str:
    """Put the show's picture in place, large and small, and return its path, which follows from its content.

    Raises:
        OutputError: one can't be written.
    """
    content = cover_of_show(folder, show)
    path = f"{EPISODES}/cover-{sha256_of(content)[:8]}.jpg"
    write_changed(folder / path, content)
    write_changed(folder / small_name(path), small_cover(content))
    return path


def cover_of_show(folder: Path, show: Show) -> bytes:
    """Return the show's picture as a JPEG: its own, or one drawn from its title.

    Raises:
        RecipeError: its own can't be used.
    """
    if show.cover:
        return fit_cover(folder / show.cover)
    return draw_cover(show.title, show.author, "", show.cover_colour, show.language, show.cover_motif)


def small_name(cover: str) -> str:
    """Return what the small one of a picture is called."""
    return cover.removesuffix(".jpg") + SMALL_SUFFIX


def make_pages(folder: Path, show: Show, items: Sequence[Item], own_files: OwnFiles) -> Sequence[Item]:
    """Put the pages of all episodes in place, but those that are there and would be the same, and return the episodes.

    Raises:
        OutputError: one can't be written.
    """
    made = []
    listed = _as_listed(show, items)
    # The last is made first: a page never leads to one that isn't there.
    for item, following in reversed([*itertools.zip_longest(listed, listed[1:])]):
        led_to = (following.page, following.record.tags.title) if following else ()
        page_from = sha256_of("\0".join((item.entry.made_from, *led_to)).encode("utf-8", "replace"))
        names = page_name(item.stem) + ".html", embed_path(page_name(item.stem) + ".html")
        there = all((folder / EPISODES / name).is_file() for name in names)
        if item.entry.page_from != page_from or not there or own_files.to_replace(names):
            own_files.write(names[0], episode_page(show, item, following))
            own_files.write(names[1], embed_page(show, item))
        made.append(replace(item, entry=msgspec.structs.replace(item.entry, page_from=page_from)))
    return _as_listed(show, made[::-1])


def _as_listed(show: Show, items: Sequence[Item]) -> Sequence[Item]:
    """Return episodes from the order of the feed in that of the show's page, or back: a serial show begins with 1."""
    return items[::-1] if is_serial(show, (item.record for item in items)) else items


def draw_show_files(folder: Path, show: Show, cover: str, items: Sequence[Item], page_items: int) -> dict[str, bytes]:
    """Return the feed and all that lies beside it, by name.

    Args:
        folder: of the show.
        show: from `show.toml`.
        cover: path of its picture, from its folder.
        items: from `make_pages`.
        page_items: how many episodes an archive of a long feed has.

    Raises:
        OutputError: the feed that is there can't be read.
    """
    return {
        OPML_FILE: opml(show),
        FEED_STYLE_FILE: feed_style(translation_for(show.language).feed_notice, show),
        INDEX_FILE: index_page(show, small_name(cover), _as_listed(show, items)),
        **feed_pages(show, cover, items, _last_built(folder), page_items),
    }


def _last_built(folder: Path) -> datetime.datetime | None:
    """Return what the feed says of itself now, None where there is none."""
    try:
        found = _LAST_BUILT.search((folder / FEED_FILE).read_text(encoding="utf-8", errors="replace"))
        return parsedate_to_datetime(found[1]) if found else None
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        raise output_error(error, folder / FEED_FILE) from error


def write_before_feed(folder: Path, files: Mapping[str, bytes], ledger: Ledger, *, force: bool) -> None:
    """Write all files of a show but the feed, which publishes them.

    Raises:
        OutputError: an archive would replace what somebody else made, or one can't be written.
    """
    for name in files:
        if ARCHIVE_NAME.fullmatch(name):
            check_named(folder / name, force=force, known=(ledger.pages.get(name, ""),))
    # What is about to be written and what it replaces: after a stop in between, both are known as ours.
    for name, digest in digests(files).items():
        path = folder / name
        note_writing(path, digest, *([sha256_of(path.read_bytes())] if path.is_file() else []))
    for name, content in files.items():
        if name != FEED_FILE:
            write_changed(folder / name, content)


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {name: sha256_of(content) for name, content in files.items()}


def remove_archives(folder: Path, ledger: Ledger, files: Mapping[str, bytes]) -> None:
    """Remove the archives of a feed that has become shorter, as they were written.

    Raises:
        OutputError: one can't be removed.
    """
    for name, digest in ledger.pages.items():
        path = folder / name
        if name in files or not ARCHIVE_NAME.fullmatch(name) or path.is_symlink() or not path.is_file():
            continue
        with output_errors(path):
            if sha256_of(path.read_bytes()) == digest:
                path.unlink()
