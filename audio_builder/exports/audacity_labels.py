"""Labels for Audacity: a label for each phrase, and one without length where a chapter begins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from audio_builder.exports import Export, FinishedEpisode
from audio_builder.files import write_draft
from audio_builder.progress import Progress

_SUFFIX = ".labels.txt"


def labels_of(episode: FinishedEpisode) -> str:
    """Return the lines of a label track: start and end in seconds and the words, by time, parted by tabs."""
    record = episode.record
    labels = [(chapter.start_s, chapter.start_s, f"# {chapter.title}") for chapter in record.report.chapters]
    labels += [(phrase.start_s, phrase.end_s, phrase.text) for phrase in record.phrases]
    lines = (f"{start_s:.6f}\t{end_s:.6f}\t{' '.join(text.split())}\n" for start_s, end_s, text in sorted(labels))
    return "".join(lines)


def _write(episode: FinishedEpisode, drafts: Mapping[str, Path], progress: Progress) -> None:
    del progress
    write_draft(drafts[_SUFFIX], labels_of(episode).encode())


EXPORT = Export("labels", "labels for Audacity: phrases and chapters", (_SUFFIX,), _write)
