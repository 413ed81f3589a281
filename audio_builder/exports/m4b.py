"""An audiobook for players that know M4B: AAC with chapters, the cover and the tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mutagen.mp4

from audio_builder.audio.ffmpeg import Ffmpeg
from audio_builder.errors import EncoderError
from audio_builder.exports import Export, FinishedEpisode
from audio_builder.files import scratch_folder
from audio_builder.podcast.notes import summary_of
from audio_builder.progress import Progress

_SUFFIX = ".m4b"
_KBPS = 96
_AUDIOBOOK = 2
_ESCAPED = str.maketrans({character: f"\\{character}" for character in "=;#\\"} | {"\n": " ", "\r": " "})

mp4: Any = mutagen.mp4
"""Typed as Any: mutagen's tags get their fields at run time."""


def chapters_as_metadata(episode: FinishedEpisode) -> str:
    """Return the chapters in ffmpeg's metadata format, times in milliseconds."""
    return "\n".join((";FFMETADATA1", *_chapters(episode), ""))


def _chapters(episode: FinishedEpisode) -> Iterator[str]:
    for chapter in episode.record.report.chapters:
        yield "[CHAPTER]\nTIMEBASE=1/1000"
        yield f"START={round(chapter.start_s * 1000)}\nEND={round(chapter.end_s * 1000)}"
        yield f"title={chapter.title.translate(_ESCAPED)}"


def run_ffmpeg(arguments: list[str]) -> None:
    """Run ffmpeg to its end.

    Raises:
        EncoderError: it failed.
    """
    with Ffmpeg(arguments) as program:
        if program.wait() != 0:
            raise EncoderError(f"ffmpeg failed: {'; '.join(program.complaints) or 'it said nothing'}")


def _write(episode: FinishedEpisode, drafts: Mapping[str, Path], progress: Progress) -> None:
    del progress
    draft = drafts[_SUFFIX]
    with scratch_folder() as scratch:
        (scratch / "chapters.txt").write_text(chapters_as_metadata(episode), encoding="utf-8")
        sources = ["-i", f"file:{episode.path}", "-f", "ffmetadata", "-i", f"file:{scratch / 'chapters.txt'}"]
        mapped = ["-map", "0:a", "-map_metadata:g", "1", "-map_chapters", "1"]
        run_ffmpeg([*sources, *mapped, "-c:a", "aac", "-b:a", f"{_KBPS}k", "-f", "ipod", "-y", f"file:{draft}"])
    tags, sound = episode.record.tags, mp4.MP4(draft)
    named = {"\xa9nam": tags.title, "\xa9ART": tags.author, "\xa9alb": tags.title, "aART": tags.author}
    named |= {"\xa9day": tags.date, "desc": summary_of(episode.record)[:255], "\xa9cmt": episode.record.disclosure}
    for name, text in named.items():
        if text:
            sound[name] = [text]
    sound["stik"] = [_AUDIOBOOK]
    if episode.cover:
        sound["covr"] = [mp4.MP4Cover(episode.cover, imageformat=mp4.MP4Cover.FORMAT_JPEG)]
    sound.save()


EXPORT = Export("m4b", "an audiobook: AAC with chapters and cover", (_SUFFIX,), _write)
