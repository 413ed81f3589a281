"""Exporting: a folder with just what belongs on the web, which never harms what somebody else put there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from audio_builder.episode.record import RECORD_SUFFIX
from audio_builder.errors import OutputError
from audio_builder.files import commit, decode_json, draft_beside, folder_locked, output_errors, sha256_in, write_bytes
from audio_builder.podcast.ledger import read_ledger
from audio_builder.podcast.show_files import small_name
from audio_builder.podcast.show_settings import (
    ARCHIVE_NAME,
    EPISODES,
    FEED_FILE,
    FEED_STYLE_FILE,
    INDEX_FILE,
    OPML_FILE,
    Show,
    read_show,
)

HEADERS_FILE = "_headers"
"""Read by static hosts such as Netlify, Cloudflare Pages and Render from the top of a site."""

MANIFEST_FILE = ".audio-builder-export.json"
"""What was written, to know it again: nothing else is ever replaced or removed."""

_COVERS = re.compile(rf"{EPISODES}/cover-[0-9a-f]{{8}}\.jpg")
_NAMED_BY_CONTENT = re.compile(r".*-[0-9a-f]{8}\.(mp3|jpg)")

_FOR_GOOD = "Cache-Control: public, max-age=31536000, immutable"
_EPISODE_HEADERS = {
    "*.mp3": ("Content-Type: audio/mpeg", _FOR_GOOD),
    "*.jpg": ("Content-Type: image/jpeg", _FOR_GOOD),
    "*.vtt": ("Content-Type: text/vtt; charset=utf-8",),
    "*.srt": ("Content-Type: application/x-subrip; charset=utf-8",),
    "*.txt": ("Content-Type: text/plain; charset=utf-8",),
    "*.chapters.json": ("Content-Type: application/json+chapters",),
}
"""No file is under two of them: hosts would join the values. Plain `.json` and `.html` are known everywhere."""


class ExportReport(Struct, frozen=True, kw_only=True):
    """What was exported.

    Attributes:
        schema_version: of this record.
        folder: where it is.
        files: how many belong on the web.
        written: names of those that were written now.
        removed: names of those that were exported before and aren't named any more.
    """

    schema_version: int = 1
    folder: str
    files: int
    written: tuple[str, ...]
    removed: tuple[str, ...] = ()


def export(folder: Path, target: Path, *, prune: bool = False) -> ExportReport:
    """Write what belongs on the web into a folder: feed, pages, published files, and headers for static hosts.

    Args:
        folder: a published show.
        target: made if it isn't there. A file in it that this didn't write, or that was changed since, stays.
        prune: whether files that were exported before and that the feed no longer names are removed.

    Raises:
        RecipeError: the folder is no show.
        OutputError: nothing is published, a file of somebody else's is in the way, or one can't be written.
    """
    show = read_show(folder)
    if target.resolve() == folder.resolve() or (folder / EPISODES).resolve() in [
        target.resolve(),
        *target.resolve().parents,
    ]:
        raise OutputError(f"{target} is the show itself", hint="Export into a folder of its own, such as web.")
    with folder_locked(folder, lambda: None):
        sources: dict[str, Path | bytes] = {name: folder / name for name in _names(folder)}
        sources[HEADERS_FILE] = headers(show).encode()
        earlier = _manifest(target)
        # All is looked at before anything is written; what was written is noted even if something stops this.
        missing = [name for name, source in sources.items() if _is_missing(target / name, source, earlier.get(name))]
        written: list[str] = []
        removed: tuple[str, ...] = ()
        try:
            for name in missing:
                _write(target / name, sources[name])
                written.append(name)
            removed = tuple(_removed(target, earlier, sources)) if prune else ()
        finally:
            noted = {name: digest for name, digest in earlier.items() if name not in removed}
            noted |= {name: sha256_in(target / name) for name in sources if name in written or name not in missing}
            write_bytes(target / MANIFEST_FILE, msgspec.json.format(msgspec.json.encode(dict(sorted(noted.items())))))
    return ExportReport(folder=str(target), files=len(sources), written=tuple(written), removed=removed)


def headers(show: Show) -> str:
    """Return the rules for a static host: content types, CORS for players in browsers, and how long files stay."""
    root = urlsplit(show.root_url).path
    lines = [
        "# Read from the top of a site. Other servers: docs/show.md says what each file needs.",
        *(
            line
            for name in (FEED_FILE, "feed-*.xml")
            for line in (
                f"{root}{name}",
                "  Content-Type: application/rss+xml; charset=utf-8",
                "  Access-Control-Allow-Origin: *",
                "  Cache-Control: no-cache",
            )
        ),
        f"{root}{OPML_FILE}",
        "  Content-Type: text/x-opml; charset=utf-8",
        f"{root}{EPISODES}/*",
        "  Access-Control-Allow-Origin: *",
        "  X-Content-Type-Options: nosniff",
    ]
    for pattern, values in _EPISODE_HEADERS.items():
        lines += [f"{root}{EPISODES}/{pattern}", *(f"  {value}" for value in values)]
    return "\n".join((*lines, ""))


def _names(folder: Path) -> Iterator[str]:
    """Yield the paths of what is published, the feed last: it is never there without what it names."""
    try:
        feed = (folder / FEED_FILE).read_text(encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"nothing is published in {folder} yet", hint=f"Publish it first: audio-builder publish {folder}"
        ) from error
    for entry in read_ledger(folder).episodes.values():
        yield from (f"{EPISODES}/{name}" for name in entry.files if not name.endswith(RECORD_SUFFIX))
    for cover in sorted(set(_COVERS.findall(feed))):
        yield cover
        if (folder / (small := small_name(cover))).is_file():
            yield small
    archives = sorted(name for name in read_ledger(folder).pages if ARCHIVE_NAME.fullmatch(name))
    yield from (OPML_FILE, FEED_STYLE_FILE, INDEX_FILE, *archives, FEED_FILE)


def _is_missing(place: Path, source: Path | bytes, earlier: str | None) -> bool:
    """Return whether a file is still to be put in its place.

    Raises:
        OutputError: one is there that this didn't write, or that was changed since.
    """
    if not place.is_symlink() and not place.exists():
        return True
    is_file = place.is_file() and not place.is_symlink()
    if is_file and _is_same(place, source):
        return False
    if not is_file or sha256_in(place) != earlier:
        raise OutputError(
            f"{place} is there and wasn't written by this command, or was changed since",
            hint="Move it away, or export into another folder.",
        )
    return True


def _write(place: Path, source: Path | bytes) -> None:
    if isinstance(source, bytes):
        write_bytes(place, source)
        return
    with draft_beside(place) as draft:
        with output_errors(place):
            shutil.copyfile(source, draft)
        commit(draft, place)


def _is_same(place: Path, source: Path | bytes) -> bool:
    if isinstance(source, bytes):
        return place.read_bytes() == source
    if place.stat().st_size != source.stat().st_size:
        return False
    return _NAMED_BY_CONTENT.fullmatch(place.name) is not None or sha256_in(place) == sha256_in(source)


def _removed(target: Path, earlier: Mapping[str, str], kept: Collection[str]) -> Iterator[str]:
    """Remove what was exported before and isn't named any more, unless somebody changed it."""
    for name, digest in earlier.items():
        place = target / name
        if name in kept or place.is_symlink() or not place.is_file() or sha256_in(place) != digest:
            continue
        with output_errors(place):
            place.unlink()
        yield name


def _manifest(target: Path) -> dict[str, str]:
    """Return what was exported before, by name; names that lead out of the folder are passed over.

    Raises:
        OutputError: what lies there isn't of this command.
    """
    path = target / MANIFEST_FILE
    try:
        found = decode_json(path.read_bytes(), dict[str, str])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{path} can't be read as what this command wrote",
            hint="Remove it, if it isn't yours: then files that are there are compared anew.",
        ) from error
    return {name: digest for name, digest in found.items() if _ours(name)}


def _ours(name: str) -> bool:
    inside = re.fullmatch(rf"{EPISODES}/[a-z0-9][a-z0-9.-]*", name) or ARCHIVE_NAME.fullmatch(name)
    return inside is not None or name in {FEED_FILE, FEED_STYLE_FILE, OPML_FILE, INDEX_FILE, HEADERS_FILE}
