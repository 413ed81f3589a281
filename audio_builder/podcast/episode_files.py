"""The files of a published episode: the MP3 under its published name, transcripts, chapters, notes, picture, page."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from audio_builder import __version__
from audio_builder.episode.cover.draw import small_cover
from audio_builder.episode.tag.read_tag import MutagenError, id3
from audio_builder.errors import OutputError
from audio_builder.files import commit, draft_beside, output_error, write_bytes
from audio_builder.podcast.found_episodes import EPISODES, SMALL_SUFFIX, FoundEpisode, are_there
from audio_builder.podcast.ledger import Entry
from audio_builder.podcast.notes import chapters_json, notes_html, notes_text
from audio_builder.podcast.show import Show
from audio_builder.podcast.site import episode_page, templates_digest
from audio_builder.podcast.transcript import as_json, as_srt, as_vtt
from audio_builder.podcast.waveform import waveform_of


def make_files(folder: Path, show: Show, episode: FoundEpisode, earlier: Entry | None) -> Entry:
    """Put the files of an episode in place, unless they are there, and return its entry for the ledger.

    Raises:
        OutputError: one can't be written.
        NotAudio: the MP3 can't be decoded.
    """
    made_from = _made_from(show, episode)
    if earlier is not None and earlier.made_from == made_from and are_there(folder, earlier):
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
        if small := small_cover(picture):
            files[base.name + SMALL_SUFFIX] = small
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


def _made_from(show: Show, episode: FoundEpisode) -> str:
    parts = (__version__, templates_digest(), episode.digest, episode.guid, episode.published.isoformat())
    return hashlib.sha256(b"\0".join((msgspec.json.encode(show), *(part.encode() for part in parts)))).hexdigest()
