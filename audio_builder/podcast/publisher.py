"""Publishing: everything that the feed names is put in place first; replacing the feed is what publishes it."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from audio_builder import __version__
from audio_builder.episode.cover.draw import draw_cover, fit_cover, small_cover
from audio_builder.episode.cover.lettering import missing_letters
from audio_builder.episode.encode.audio_file import open_audio
from audio_builder.episode.record import RECORD_SUFFIX, record_as_json
from audio_builder.episode.tag.read_tag import MutagenError, id3
from audio_builder.errors import OutputError
from audio_builder.files import (
    check_named,
    commit,
    draft_beside,
    folder_locked,
    note_writing,
    output_error,
    sha256_of,
    sweep_drafts,
)
from audio_builder.podcast.episode_scan import DamagedEpisode, FoundEpisode, Published, are_there, read_published
from audio_builder.podcast.feed import PAGE_ITEMS, SMALL_SUFFIX, Item, feed_pages, in_order, is_serial, opml
from audio_builder.podcast.ledger import (
    LEDGER_FILE,
    LEDGER_VERSION,
    Entry,
    Ledger,
    ledger_as_json,
    next_ledger,
    page_name,
    published_name,
)
from audio_builder.podcast.notes import chapters_json, notes_page, notes_text
from audio_builder.podcast.own_files import OwnFiles, write_changed
from audio_builder.podcast.pages import embed_page, embed_path, episode_page, index_page, templates_digest
from audio_builder.podcast.schedule import Schedule, plan_show
from audio_builder.podcast.sharing import feed_style
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
from audio_builder.podcast.transcript import as_json, as_srt, as_text, as_vtt
from audio_builder.podcast.translations import translation_for

WAVEFORM_BARS = 240
_FLOOR_DB = -48.0
_CHECKPOINT = 25
"""After so many episodes whose files were made, the ledger is kept."""


_LAST_BUILT = re.compile(r"<lastBuildDate>([^<]+)</lastBuildDate>")


class Damage(Struct, frozen=True, kw_only=True):
    """An episode that couldn't be published as it lies in the folder.

    Attributes:
        name: of its MP3, without suffix.
        problem: what is wrong with it.
        hint: what to do.
        published: whether the feed shows it as it was published before; else it isn't in it yet.
    """

    name: str
    problem: str
    hint: str
    published: bool


class Held(Struct, frozen=True, kw_only=True):
    """An episode that isn't in the feed yet, because its date is in the future.

    Attributes:
        name: of its MP3, without suffix.
        until: its date.
    """

    name: str
    until: str


class PublishReport(Struct, frozen=True, kw_only=True):
    """What was published.

    Attributes:
        schema_version: of this record.
        feed: path of the feed.
        feed_url: where it will be found.
        episodes: how many it has.
        made: names of the episodes whose files were made now.
        pruned: names of the files that were removed.
        unrecorded: MP3s that lie in the folder without a record, which are not published.
        cover_note: why the show's drawn cover has no words; empty where it has.
        damaged: episodes whose MP3 or record is not as `build` left it.
        held_back: episodes whose date is in the future.
        hidden: names of episodes that `show.toml` hides.
        kept: names of published files that stay as somebody changed them; `force` replaces them.
    """

    schema_version: int = 1
    feed: str
    feed_url: str
    episodes: int
    made: tuple[str, ...]
    pruned: tuple[str, ...]
    unrecorded: tuple[str, ...]
    cover_note: str = ""
    damaged: tuple[Damage, ...] = ()
    held_back: tuple[Held, ...] = ()
    hidden: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """What is decided anew at each publishing.

    Attributes:
        as_new: names of episodes that players shall show as new ones, though they had them before.
        prune: whether files that the feed no longer names are removed.
        now: the time of publishing; None for that of the clock.
        force: whether a feed and pages are replaced that somebody else made, or changed.
        page_items: how many episodes an archive of a long feed has.
    """

    as_new: tuple[str, ...] = ()
    prune: bool = False
    now: datetime.datetime | None = None
    force: bool = False
    page_items: int = PAGE_ITEMS


def publish(
    folder: Path, options: PublishOptions | None = None, on_wait: Callable[[], None] = lambda: None
) -> PublishReport:
    """Publish the show in a folder, and return what was done.

    Nothing is made twice; the same folder gives the same bytes. A stop at any moment leaves the feed as it was,
    or as it will be, and all that it names in place. An episode that is damaged stays in the feed as it was published.

    Args:
        folder: with `show.toml`, and the episodes that `build` left in it.
        options: None for none of them.
        on_wait: called once if another process holds the folder.

    Raises:
        RecipeError: `show.toml` is missing or wrong, or `as_new` names no episode.
        OutputError: an episode that listeners know is damaged, and what was published of it too; or something can't
            be written.
    """
    own, options = read_show(folder), options or PublishOptions()
    with folder_locked(folder, on_wait):
        before = _earlier(folder, own, force=options.force)
        show, ledger = before.show, before.ledger
        now = options.now or datetime.datetime.now(datetime.UTC)
        planned = plan_show(folder, before, options.as_new, now)
        _refuse_losses(planned.damaged)
        own_files = OwnFiles(folder, ledger, force=options.force)
        items, made = _make_all(folder, show, ledger, planned.due, own_files)
        items += [lost.as_published for lost in planned.damaged if lost.as_published]
        items = in_order(show, items)
        serial = is_serial(show, (item.record for item in items))
        listed = _make_pages(folder, show, items[::-1] if serial else items, own_files)
        items = listed[::-1] if serial else listed
        entries = {item.stem: item.entry for item in items}
        cover = _cover(folder, show)
        pages = {
            OPML_FILE: opml(show),
            FEED_STYLE_FILE: feed_style(translation_for(show.language).feed_notice, show),
            INDEX_FILE: index_page(show, _small(cover), listed),
            **feed_pages(show, cover, items, _last_built(folder), options.page_items),
        }
        _write_before_feed(folder, pages, ledger, force=options.force)
        # The ledger comes before the feed: a guid must never be in a feed and not in the ledger.
        named = {name for entry in entries.values() for name in entry.files}

        def keep_ledger() -> None:
            kept = next_ledger(show, ledger, entries, _digests(pages) | own_files.digests(named))
            write_changed(folder / LEDGER_FILE, ledger_as_json(kept))

        keep_ledger()
        write_changed(folder / FEED_FILE, pages[FEED_FILE])
        _remove_archives(folder, ledger, pages)
        pruned: tuple[str, ...] = ()
        if options.prune:
            pruned = tuple(own_files.prune({Path(cover).name, Path(_small(cover)).name, *named}))
            keep_ledger()
    return PublishReport(
        feed=str(folder / FEED_FILE),
        feed_url=show.feed_url,
        episodes=len(items),
        made=tuple(made),
        pruned=pruned,
        cover_note="" if show.cover else missing_letters(show.title, show.language),
        unrecorded=tuple(_unrecorded(folder, {*entries, *_not_in_feed(planned)})),
        kept=tuple(own_files.kept),
        held_back=tuple(Held(name=one.stem, until=one.until) for one in planned.held_back),
        hidden=planned.hidden,
        damaged=tuple(map(_damage, planned.damaged)),
    )


def _damage(one: DamagedEpisode) -> Damage:
    return Damage(name=one.stem, problem=one.error.message, hint=one.error.hint, published=one.as_published is not None)


def _earlier(folder: Path, own: Show, *, force: bool) -> Published:
    """Return what was published of a folder before; nothing of it is half written.

    Raises:
        OutputError: a folder lies where a file goes, or a feed that somebody else made.
    """
    # What a killed publish left would be put on the web with the rest.
    sweep_drafts(folder / EPISODES)
    for path in _common_names(folder):
        check_named(path, force=True)  # no folders
    before = read_published(folder, own)
    if not force:
        _refuse_others(folder, before.ledger, known=bool(before.ledger.known or before.feed.feed_url))
    return before


def _write_before_feed(folder: Path, pages: Mapping[str, bytes], ledger: Ledger, *, force: bool) -> None:
    """Write all pages but the feed, which publishes them.

    Raises:
        OutputError: an archive would replace what somebody else made, or one can't be written.
    """
    archives = [name for name in pages if ARCHIVE_NAME.fullmatch(name)]
    for name in archives:
        check_named(folder / name, force=force, known=(ledger.pages.get(name, ""),))
    _note_all(folder, pages)
    for name in (OPML_FILE, FEED_STYLE_FILE, INDEX_FILE, *archives):
        write_changed(folder / name, pages[name])


def _remove_archives(folder: Path, ledger: Ledger, pages: Mapping[str, bytes]) -> None:
    """Remove the archives of a feed that has become shorter, as they were written.

    Raises:
        OutputError: one can't be removed.
    """
    for name, digest in ledger.pages.items():
        path = folder / name
        if name in pages or not ARCHIVE_NAME.fullmatch(name) or path.is_symlink() or not path.is_file():
            continue
        try:
            if sha256_of(path.read_bytes()) == digest:
                path.unlink()
        except OSError as error:
            raise output_error(error, path) from error


def _make_all(
    folder: Path, show: Show, ledger: Ledger, due: Sequence[FoundEpisode], own_files: OwnFiles
) -> tuple[list[Item], list[str]]:
    """Put the files of all episodes in place; return them, and the names of those whose files were made now."""
    items: list[Item] = []
    made: list[str] = []
    for episode in due:
        entry = _make_files(folder, show, episode, own_files)
        items.append(Item(episode.stem, episode.record, entry))
        if entry is episode.earlier:
            continue
        made.append(episode.stem)
        if len(made) % _CHECKPOINT == 0:
            # A first publish of thousands that is stopped goes on from here: nothing is decoded twice.
            done = {item.stem: item.entry for item in items}
            kept = next_ledger(show, ledger, ledger.episodes | done, ledger.pages | own_files.written)
            write_changed(folder / LEDGER_FILE, ledger_as_json(kept))
    return items, made


def _not_in_feed(planned: Schedule) -> Iterator[str]:
    yield from (one.stem for one in (*planned.held_back, *planned.damaged))
    yield from planned.hidden


def _last_built(folder: Path) -> datetime.datetime | None:
    """Return what the feed says of itself now, None where there is none."""
    try:
        found = _LAST_BUILT.search((folder / FEED_FILE).read_text(encoding="utf-8", errors="replace"))
        return parsedate_to_datetime(found[1]) if found else None
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        raise output_error(error, folder / FEED_FILE) from error


def _make_files(folder: Path, show: Show, episode: FoundEpisode, own_files: OwnFiles) -> Entry:
    """Put the files of an episode in place but its pages, unless they are there; return its entry for the ledger.

    Raises:
        OutputError: one can't be written.
        NotAudio: the MP3 can't be decoded.
    """
    made_from, earlier = _made_from(show, episode), episode.earlier
    page = f"{page_name(episode.stem)}.html"
    pages = (page, embed_path(page))
    same = earlier is not None and earlier.made_from == made_from and page in earlier.files
    if earlier is not None and same and are_there(folder, earlier) and not own_files.to_replace(earlier.files):
        return earlier
    record, own = episode.record, folder / f"{episode.stem}.mp3"
    base = folder / EPISODES / published_name(episode.stem, record.sound)
    same_sound = earlier is not None and earlier.sound == record.sound
    waveform = earlier.waveform if earlier and same_sound else waveform_of(own, record.report.duration_s)
    _place_sound(own, base.with_name(f"{base.name}.mp3"), record.sound.bytes)
    beside = tuple(_place_beside(folder, show, episode, base))
    files = {
        f"{base.name}.vtt": as_vtt(record.phrases).encode(),
        f"{base.name}.srt": as_srt(record.phrases).encode(),
        f"{base.name}.json": as_json(record.phrases),
        f"{base.name}.txt": as_text(record.words),
        f"{base.name}.chapters.json": chapters_json(record),
        f"{base.name}.notes.html": notes_page(record),
        f"{base.name}.notes.txt": notes_text(record).encode(),
        # For feed and pages, should the one beside the MP3 be damaged.
        base.name + RECORD_SUFFIX: record_as_json(record),
    }
    picture = _picture_of(own)
    if picture:
        files[f"{base.name}.jpg"] = picture
        if small := small_cover(picture):
            files[base.name + SMALL_SUFFIX] = small
    entry = Entry(
        guid=episode.guid,
        published=episode.published.isoformat(),
        sound=record.sound,
        waveform=waveform,
        made_from=made_from,
        files=(f"{base.name}.mp3", *beside, *files, *pages),
        dated=episode.dated,
        identity=record.origin.identity,
    )
    for name, content in files.items():
        own_files.write(name, content)
    return entry


def _place_beside(folder: Path, show: Show, episode: FoundEpisode, base: Path) -> Iterator[str]:
    """Put the sounds beside an episode in place that listeners can use, and yield their names.

    One that was removed or changed since isn't published: the episode is whole without it.
    """
    for beside in episode.record.beside:
        own = folder / f"{episode.stem}{beside.suffix}"
        wanted = beside.kind == "length" or show.elastic
        if wanted and own.is_file() and own.stat().st_size == beside.sound.bytes:
            published = base.with_name(base.name + beside.suffix)
            _place_sound(own, published, beside.sound.bytes)
            yield published.name


def _make_pages(folder: Path, show: Show, listed: Sequence[Item], own_files: OwnFiles) -> list[Item]:
    """Put the pages of all episodes in place, but those that are there and would be the same, and return the episodes.

    Args:
        folder: of the show.
        show: from `show.toml`.
        listed: in the order of the show's page, in which each leads on to the next.
        own_files: writes them.

    Raises:
        OutputError: one can't be written.
    """
    made = []
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
    return made[::-1]


def _picture_of(file: Path) -> bytes:
    """Return the JPEG in an MP3's tag; empty where there is none.

    Raises:
        OutputError: the tag can't be read.
    """
    try:
        pictures = id3.ID3(file).getall("APIC")
    except id3.ID3NoHeaderError:
        return b""
    except MutagenError as error:
        raise OutputError(f"can't read the tag of {file}: {error}") from error
    return next((bytes(picture.data) for picture in pictures if picture.data[:2] == b"\xff\xd8"), b"")


def _digests(pages: Mapping[str, bytes]) -> dict[str, str]:
    return {name: sha256_of(content) for name, content in pages.items()}


def _note_all(folder: Path, pages: Mapping[str, bytes]) -> None:
    """Note what is about to be written and what it replaces: after a stop in between, both are known as ours."""
    for name, digest in _digests(pages).items():
        path = folder / name
        note_writing(path, digest, *([sha256_of(path.read_bytes())] if path.is_file() else []))


def _refuse_others(folder: Path, ledger: Ledger, *, known: bool) -> None:
    """Refuse to replace a feed or a page that somebody else made, or changed since it was written.

    Args:
        folder: of the show.
        ledger: says what was written; one of an earlier version doesn't.
        known: whether the show was published before.

    Raises:
        OutputError: names the file.
    """
    for path in _common_names(folder):
        written = ledger.pages.get(path.name)
        if written or not known:
            check_named(path, known=(written,) if written else ())


def _common_names(folder: Path) -> tuple[Path, ...]:
    return folder / OPML_FILE, folder / FEED_STYLE_FILE, folder / INDEX_FILE, folder / FEED_FILE


def _place_sound(own: Path, published: Path, length: int) -> None:
    """Give the MP3 its published name; the same bytes on the disk under two names, where the disk can do that.

    `build` replaces its file by renaming another onto it, so the published one is never written to.
    """
    if published.is_file() and published.stat().st_size == length:
        return
    with draft_beside(published) as draft:
        try:
            draft.unlink()
            os.link(own, draft)
        except OSError:
            # No hard links here: a copy does as well.
            try:
                shutil.copyfile(own, draft)
            except OSError as error:
                raise output_error(error, published) from error
        commit(draft, published)


def _made_from(show: Show, episode: FoundEpisode) -> str:
    parts = (
        __version__,
        str(LEDGER_VERSION),
        templates_digest(),
        episode.digest,
        episode.guid,
        episode.published.isoformat(),
    )
    # What is published when changes nothing in the files of an episode.
    shown = msgspec.structs.replace(show, dates="", order=(), hidden=())
    return hashlib.sha256(b"\0".join((msgspec.json.encode(shown), *(part.encode() for part in parts)))).hexdigest()


def _unrecorded(folder: Path, known: set[str]) -> Iterator[str]:
    """Yield the names of MP3s that are no episode's."""
    for path in sorted(folder.glob("*.mp3")):
        # What is beside an episode has a dot before its own suffix, which no episode has that `build` named.
        if path.name.removesuffix(".mp3") not in known and path.name.partition(".")[0] not in known:
            yield path.name


def _refuse_losses(damaged: Sequence[DamagedEpisode]) -> None:
    """Refuse to publish where an episode that listeners know would vanish from the feed.

    Raises:
        OutputError: names them all.
    """
    losses = [episode for episode in damaged if episode.was_published and episode.as_published is None]
    if losses:
        what = "; ".join(f"{episode.stem}: {episode.error.message}" for episode in losses)
        raise OutputError(
            f"nothing was published: {len(losses)} of the published episodes would be lost to their listeners ({what})",
            hint="Build each again, or remove its MP3 and its record to withdraw it.",
        )


def _cover(folder: Path, show: Show) -> str:
    """Put the show's picture in place, large and small, and return its path, which follows from its content."""
    if show.cover:
        content = fit_cover(folder / show.cover)
    else:
        content = draw_cover(show.title, show.author, "", show.cover_colour, show.language)
    path = f"{EPISODES}/cover-{hashlib.sha256(content).hexdigest()[:8]}.jpg"
    write_changed(folder / path, content)
    write_changed(folder / _small(path), small_cover(content))
    return path


def _small(cover: str) -> str:
    return cover.removesuffix(".jpg") + SMALL_SUFFIX


def waveform_of(file: Path, duration_s: float) -> tuple[int, ...]:
    """Return how loud each of 240 equal parts of a file is, 0 to 100 on a scale of decibels (RMS, −48 to 0 dBFS).

    Args:
        file: an MP3.
        duration_s: its length in seconds; more than 0.

    Raises:
        NotAudio: it can't be decoded.
    """
    powers = np.zeros(WAVEFORM_BARS)
    counts = np.zeros(WAVEFORM_BARS)
    with open_audio(file) as audio:
        frames = max(1.0, duration_s * audio.rate_hz)
        done = 0
        for block in audio.blocks:
            bars = np.minimum(
                (np.arange(done, done + len(block)) * (WAVEFORM_BARS / frames)).astype(int), WAVEFORM_BARS - 1
            )
            powers += np.bincount(bars, np.square(block, dtype=np.float64).mean(axis=1), WAVEFORM_BARS)
            counts += np.bincount(bars, minlength=WAVEFORM_BARS)
            done += len(block)
    level_db = 10 * np.log10(powers / np.maximum(counts, 1) + 1e-12)
    return tuple(int(level) for level in np.clip(100 * (1 - level_db / _FLOOR_DB), 0, 100).round())
