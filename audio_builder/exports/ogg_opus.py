"""Ogg Opus: half the size of the MP3 at the same quality, with chapters, cover and words."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mutagen.flac
import mutagen.oggopus

from audio_builder.exports import Export, FinishedEpisode
from audio_builder.exports.m4b import run_ffmpeg
from audio_builder.progress import Progress

_SUFFIX = ".opus"
_KBPS = 64

ogg: Any = mutagen.oggopus
flac: Any = mutagen.flac
"""Typed as Any: mutagen's tags get their fields at run time."""


def comments_of(episode: FinishedEpisode) -> dict[str, str]:
    """Return the Vorbis comments of an episode, chapters as `CHAPTER001` and the like (Xiph, ChapterExtension)."""
    tags, record = episode.record.tags, episode.record
    comments = {"TITLE": tags.title, "ARTIST": tags.author, "ALBUM": tags.show, "DATE": tags.date}
    comments |= {"LANGUAGE": tags.language, "COMMENT": record.disclosure, "LYRICS": record.words}
    for number, chapter in enumerate(record.report.chapters):
        minutes, seconds = divmod(chapter.start_s, 60)
        hours, minutes = divmod(int(minutes), 60)
        comments[f"CHAPTER{number:03d}"] = f"{hours:02d}:{minutes:02d}:{seconds:06.3f}"
        comments[f"CHAPTER{number:03d}NAME"] = chapter.title
    return {name: text for name, text in comments.items() if text}


def _write(episode: FinishedEpisode, drafts: Mapping[str, Path], progress: Progress) -> None:
    del progress
    draft = drafts[_SUFFIX]
    plain = ["-i", f"file:{episode.path}", "-map", "0:a", "-map_metadata", "-1", "-fflags", "+bitexact"]
    run_ffmpeg([*plain, "-c:a", "libopus", "-b:a", f"{_KBPS}k", "-f", "ogg", "-y", f"file:{draft}"])
    sound = ogg.OggOpus(draft)
    sound.tags.clear()
    for name, text in comments_of(episode).items():
        sound[name] = [text]
    if episode.cover:
        picture = flac.Picture()
        picture.data, picture.type, picture.mime = episode.cover, 3, "image/jpeg"
        sound["METADATA_BLOCK_PICTURE"] = [base64.b64encode(picture.write()).decode()]
    sound.save()


EXPORT = Export("opus", "Ogg Opus, half the size of the MP3, with chapters and cover", (_SUFFIX,), _write)
