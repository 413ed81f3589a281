"""The files of a published episode: the MP3 under its published name, transcripts, chapters, notes, picture, page."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from audio_builder import __version__
from audio_builder.episode.record import RECORD_SUFFIX, EpisodeRecord, read_record, sound_of
from audio_builder.episode.tagging.id3 import MutagenError, id3
from audio_builder.errors import OutputError, RecipeError
from audio_builder.files import commit, draft_beside, output_error, write_bytes
from audio_builder.podcast.feed import Item, Transcript
from audio_builder.podcast.ledger import Entry, Ledger, first_published, new_guid, published_name
from audio_builder.podcast.notes import chapters_json, notes_html, notes_text, summary_of
from audio_builder.podcast.show import Show
from audio_builder.podcast.site import episode_page, templates_digest
from audio_builder.podcast.transcript import as_json, as_srt, as_vtt
from audio_builder.podcast.waveform import waveform_of

EPISODES = "episodes"
"""Folder of the published files, in the show's folder."""

TRANSCRIPTS = {
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".json": "application/json",
    ".txt": "text/plain",
}
"""The suffix of each transcript and its content type, the preferred one first."""


@dataclass(frozen=True, slots=True)
class FoundEpisode:
    """An episode that `build` left in the folder of a show.

    Attributes:
        stem: the name that `build` gave it, without suffix.
        record: what is known of it.
        digest: of the record's file.
        guid: what players know it by.
        published: when.
    """

    stem: str
    record: EpisodeRecord
    digest: str
    guid: str
    published: datetime.datetime

    @property
    def base(self) -> str:
        """Path of the published files without their suffixes, from the show's folder."""
        return f"{EPISODES}/{published_name(self.stem, self.record.sound)}"

    @property
    def page(self) -> str:
        """Path of the page, which stays when the sound changes."""
        return f"{EPISODES}/{self.stem}.html"

    def item(self, entry: Entry) -> Item:
        """Return the episode as feed and pages show it."""
        record = self.record
        cover = next((name for name in entry.files if name.endswith(".jpg")), "")
        return Item(
            guid=self.guid,
            title=record.tags.title,
            published=self.published,
            summary=summary_of(record),
            notes_html=notes_html(record),
            duration_s=record.report.duration_s,
            language=record.tags.language,
            number=record.tags.track,
            author=record.tags.author,
            audio=f"{self.base}.mp3",
            audio_bytes=record.sound.bytes,
            page=self.page,
            cover=f"{EPISODES}/{cover}" if cover else "",
            chapters=f"{self.base}.chapters.json",
            transcripts=tuple(Transcript(self.base + suffix, mime) for suffix, mime in TRANSCRIPTS.items()),
        )


def find_episodes(folder: Path, show: Show, ledger: Ledger, as_new: Sequence[str]) -> list[FoundEpisode]:
    """Return the episodes of a folder by name, each with its guid and date: those it had, or new ones.

    Args:
        folder: of the show.
        show: for new guids.
        ledger: what was published before.
        as_new: names of episodes that get a new guid and date.

    Raises:
        RecipeError: `as_new` names no episode.
        OutputError: a record is damaged, or isn't that of the MP3 beside it.
    """
    found = []
    for path in sorted(folder.glob(f"*{RECORD_SUFFIX}")):
        stem = path.name.removesuffix(RECORD_SUFFIX)
        record = read_record(path)
        earlier = ledger.episodes.get(stem)
        _check_pair(folder / f"{stem}.mp3", record, earlier)
        guid = new_guid(show.feed_url, stem, record.sound if stem in as_new else None)
        published = first_published(record)
        if earlier is not None and stem not in as_new:
            guid = earlier.guid
            published = published if record.tags.date else datetime.datetime.fromisoformat(earlier.published)
        found.append(FoundEpisode(stem, record, _digest(path), guid, published))
    unknown = [name for name in as_new if name not in {episode.stem for episode in found}]
    if unknown:
        raise RecipeError(
            f"there is no episode {unknown[0]!r} to publish as new in {folder}",
            hint=f"The episodes are: {', '.join(episode.stem for episode in found) or 'none yet'}.",
        )
    return found


def make_files(folder: Path, show: Show, episode: FoundEpisode, earlier: Entry | None) -> Entry:
    """Put the files of an episode in place, unless they are there, and return its entry for the ledger.

    Raises:
        OutputError: one can't be written.
        NotAudio: the MP3 can't be decoded.
    """
    made_from = _made_from(show, episode)
    if earlier is not None and earlier.made_from == made_from and _are_there(folder, earlier):
        return earlier
    record, base = episode.record, folder / episode.base
    own = folder / f"{episode.stem}.mp3"
    same_sound = earlier is not None and earlier.sound == record.sound
    waveform = earlier.waveform if earlier and same_sound else waveform_of(own, record.report.duration_s)
    published = episode.published.isoformat()
    _place_sound(own, base.with_name(f"{base.name}.mp3"), record.sound.bytes)
    files = {
        f"{base.name}.vtt": as_vtt(record.phrases).encode(),
        f"{base.name}.srt": as_srt(record.phrases).encode(),
        f"{base.name}.json": as_json(record.phrases),
        f"{base.name}.txt": f"{record.words}\n".encode(),
        f"{base.name}.chapters.json": chapters_json(record),
        f"{base.name}.notes.html": f'<meta charset="utf-8">\n{notes_html(record)}'.encode(),
        f"{base.name}.notes.txt": notes_text(record).encode(),
    }
    picture = picture_of(own)
    if picture:
        files[f"{base.name}.jpg"] = picture
    entry = Entry(
        guid=episode.guid,
        published=published,
        sound=record.sound,
        waveform=waveform,
        made_from=made_from,
        files=(f"{base.name}.mp3", *files, f"{episode.stem}.html"),
    )
    files[f"{episode.stem}.html"] = episode_page(show, record, episode.item(entry), waveform)
    for name, content in files.items():
        write_changed(folder / EPISODES / name, content)
    return entry


def picture_of(file: Path) -> bytes:
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


def write_changed(path: Path, content: bytes) -> None:
    """Write a file unless it has this content already: players and servers go by its time.

    Raises:
        OutputError: it can't be written.
    """
    try:
        if path.read_bytes() == content:
            return
    except FileNotFoundError:
        pass
    except OSError as error:
        raise output_error(error, path) from error
    write_bytes(path, content)


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


def _check_pair(mp3: Path, record: EpisodeRecord, earlier: Entry | None) -> None:
    try:
        length = mp3.stat().st_size
    except OSError as error:
        raise OutputError(
            f"{mp3} is missing, though its record is there", hint="Build it again, or remove its record to withdraw it."
        ) from error
    known = earlier is not None and earlier.sound == record.sound
    if length != record.sound.bytes or (not known and sound_of(mp3) != record.sound):
        raise OutputError(
            f"{mp3} is not the sound that its record is about",
            hint="A build was stopped, or the file was changed. Build it again.",
        )


def _are_there(folder: Path, entry: Entry) -> bool:
    return all((folder / EPISODES / name).is_file() for name in entry.files)


def _made_from(show: Show, episode: FoundEpisode) -> str:
    parts = (__version__, templates_digest(), episode.digest, episode.guid, episode.published.isoformat())
    return hashlib.sha256(b"\0".join((msgspec.json.encode(show), *(part.encode() for part in parts)))).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
