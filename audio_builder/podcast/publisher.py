"""Publishing: everything that the feed names is put in place first; replacing the feed is what publishes it."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from audio_builder import __version__
from audio_builder.episode.cover.draw import small_cover
from audio_builder.episode.cover.lettering import missing_letters
from audio_builder.episode.encode.audio_file import open_audio
from audio_builder.episode.record import RECORD_SUFFIX, EpisodeRecord
from audio_builder.episode.report import to_json
from audio_builder.episode.tag.read_tag import MutagenError, cover_jpeg
from audio_builder.errors import OutputError
from audio_builder.files import check_named, commit, draft_beside, folder_locked, output_errors, sweep_drafts
from audio_builder.podcast.episode_scan import DamagedEpisode, FoundEpisode, Published, are_there, read_published
from audio_builder.podcast.feed import PAGE_ITEMS, SMALL_SUFFIX, Item, in_order
from audio_builder.podcast.ledger import (
    LEDGER_FILE,
    LEDGER_VERSION,
    Entry,
    ledger_as_json,
    next_ledger,
    page_name,
    published_name,
)
from audio_builder.podcast.notes import chapters_json, notes_page, notes_text
from audio_builder.podcast.pages import embed_path, templates_digest
from audio_builder.podcast.schedule import plan_show
from audio_builder.podcast.show_files import (
    SHOW_FILES,
    OwnFiles,
    check_show_files,
    digests,
    draw_show_files,
    make_cover,
    make_pages,
    remove_archives,
    small_name,
    write_before_feed,
    write_changed,
)
from audio_builder.podcast.show_settings import EPISODES, FEED_FILE, Show, read_show
from audio_builder.podcast.transcript import as_json, as_srt, as_text, as_vtt


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
    """An episode that isn't in the feed yet, because its date is in the future."""

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


WAVEFORM_BARS = 240
_FLOOR_DB = -48.0
_CHECKPOINT = 25
"""After so many episodes whose files were made, the ledger is kept."""


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
        before = _read_before(folder, own, force=options.force)
        show, own_files = before.show, OwnFiles(folder, before.ledger, force=options.force)
        planned = plan_show(folder, before, options.as_new, options.now or datetime.datetime.now(datetime.UTC))
        _refuse_losses(planned.damaged)
        items, made = _make_all(folder, before, planned.due, own_files)
        items += [lost.as_published for lost in planned.damaged if lost.as_published]
        published = make_pages(folder, show, in_order(show, items), own_files)
        cover = make_cover(folder, show)
        files = draw_show_files(folder, show, cover, published, options.page_items)
        write_before_feed(folder, files, before.ledger, force=options.force)
        # The ledger comes before the feed: a guid must never be in a feed and not in the ledger.
        _keep_ledger(folder, before, published, digests(files), own_files)
        write_changed(folder / FEED_FILE, files[FEED_FILE])
        remove_archives(folder, before.ledger, files)
        pruned: tuple[str, ...] = ()
        if options.prune:
            pruned = tuple(own_files.prune({Path(cover).name, Path(small_name(cover)).name, *_named(published)}))
            _keep_ledger(folder, before, published, digests(files), own_files)
    known = {one.stem for group in (published, planned.held_back, planned.damaged) for one in group}
    return PublishReport(
        feed=str(folder / FEED_FILE),
        feed_url=show.feed_url,
        episodes=len(published),
        made=tuple(made),
        pruned=pruned,
        cover_note="" if show.cover else missing_letters(show.title, show.language),
        unrecorded=tuple(_unrecorded(folder, {*known, *planned.hidden})),
        kept=tuple(own_files.kept),
        held_back=tuple(Held(name=one.stem, until=one.until) for one in planned.held_back),
        hidden=planned.hidden,
        damaged=tuple(map(_damage, planned.damaged)),
    )


def _read_before(folder: Path, own: Show, *, force: bool) -> Published:
    """Return what was published of a folder before, with the show as listeners know it; nothing of it is half written.

    Raises:
        OutputError: a folder lies where a file goes, or a feed that somebody else made.
    """
    # What a killed publish left would be put on the web with the rest.
    sweep_drafts(folder / EPISODES)
    for name in SHOW_FILES:
        check_named(folder / name, force=True)  # no folders
    before = read_published(folder, own)
    if not force:
        check_show_files(folder, before.ledger, published=bool(before.ledger.known or before.feed.feed_url))
    return before


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


def _make_all(
    folder: Path, before: Published, due: Sequence[FoundEpisode], own_files: OwnFiles
) -> tuple[list[Item], list[str]]:
    """Put the files of all episodes in place; return them, and the names of those whose files were made now."""
    items: list[Item] = []
    made: list[str] = []
    for episode in due:
        entry = _make_files(folder, before.show, episode, own_files)
        items.append(Item(episode.stem, episode.record, entry))
        if entry is episode.earlier:
            continue
        made.append(episode.stem)
        if len(made) % _CHECKPOINT == 0:
            # A first publish of thousands that is stopped goes on from here: nothing is decoded twice.
            done = {item.stem: item.entry for item in items}
            ledger = before.ledger
            kept = next_ledger(before.show, ledger, ledger.episodes | done, ledger.pages | own_files.written)
            write_changed(folder / LEDGER_FILE, ledger_as_json(kept))
    return items, made


def _keep_ledger(
    folder: Path, before: Published, items: Sequence[Item], pages: dict[str, str], own_files: OwnFiles
) -> None:
    """Write the ledger: what the feed has now, and what was written for it, as SHA-256 by name."""
    entries = {item.stem: item.entry for item in items}
    kept = next_ledger(before.show, before.ledger, entries, pages | own_files.digests(_named(items)))
    write_changed(folder / LEDGER_FILE, ledger_as_json(kept))


def _named(items: Sequence[Item]) -> set[str]:
    return {name for item in items for name in item.entry.files}


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
    files = {base.name + suffix: content for suffix, content in _texts_and_picture(record, _picture_of(own))}
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


def _texts_and_picture(record: EpisodeRecord, picture: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield how the names of the files beside a published sound end, and what is in them; an empty picture is none."""
    yield ".vtt", as_vtt(record.phrases).encode()
    yield ".srt", as_srt(record.phrases).encode()
    yield ".json", as_json(record.phrases)
    yield ".txt", as_text(record.words)
    yield ".chapters.json", chapters_json(record)
    yield ".notes.html", notes_page(record)
    yield ".notes.txt", notes_text(record).encode()
    # For feed and pages, should the one beside the MP3 be damaged.
    yield RECORD_SUFFIX, to_json(record)
    if picture:
        yield ".jpg", picture
        if small := small_cover(picture):
            yield SMALL_SUFFIX, small


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


def _picture_of(file: Path) -> bytes:
    """Return the JPEG in an MP3's tag; empty where there is none.

    Raises:
        OutputError: the tag can't be read.
    """
    try:
        return cover_jpeg(file)
    except MutagenError as error:
        raise OutputError(f"can't read the tag of {file}: {error}") from error


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
            with output_errors(published):
                shutil.copyfile(own, draft)
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


def _damage(one: DamagedEpisode) -> Damage:
    return Damage(name=one.stem, problem=one.error.message, hint=one.error.hint, published=one.as_published is not None)


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
