"""What an episode can be exported as, a file each. A new one is a file with a value `EXPORT`, and nothing else."""

from __future__ import annotations

import contextlib
import functools
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from audio_builder.episode.record import EpisodeRecord, read_record, record_path, sound_of
from audio_builder.episode.tag.read_tag import MutagenError, cover_jpeg
from audio_builder.errors import SourceError
from audio_builder.files import check_named, commit, draft_beside, note_writing
from audio_builder.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class FinishedEpisode:
    """An episode as `build` left it."""

    path: Path
    record: EpisodeRecord

    @property
    def cover(self) -> bytes:
        """The JPEG in its tag; empty where there is none."""
        try:
            return cover_jpeg(self.path)
        except MutagenError:
            return b""


Writer = Callable[[FinishedEpisode, Mapping[str, Path], Progress], None]
"""Writes the files of an export into drafts, which are given by their suffixes."""


@dataclass(frozen=True, slots=True)
class Export:
    """A form in which an episode can be exported.

    Attributes:
        name: what `--as` calls it.
        about: what it is, for the help.
        suffixes: of its files, each with the dot.
        write: writes them.
    """

    name: str
    about: str
    suffixes: tuple[str, ...]
    write: Writer


@functools.cache
def exports() -> dict[str, Export]:
    """Return the export of each module in this package, by name."""
    found = [import_module(f"{__name__}.{module.name}").EXPORT for module in pkgutil.iter_modules(__path__)]
    return {export.name: export for export in sorted(found, key=lambda export: export.name)}


def read_finished(path: Path) -> FinishedEpisode:
    """Return an episode with its record.

    Raises:
        SourceError: there is no record beside the MP3, or it is about another sound.
        OutputError: the record can't be read.
    """
    if not record_path(path).is_file():
        raise SourceError(
            f"{path} has no record beside it: {record_path(path).name} is missing",
            hint="An episode is exported with the record that `build` put beside it; build it again.",
        )
    record = read_record(record_path(path))
    if record.sound != sound_of(path):
        raise SourceError(f"{record_path(path)} is about another sound than {path.name}", hint="Build it again.")
    return FinishedEpisode(path, record)


def write_export(
    episode: FinishedEpisode, export: Export, target: Path, *, force: bool = False, progress: Progress = silent
) -> tuple[Path, ...]:
    """Write an episode in another form, and return the files.

    Args:
        episode: from `read_finished`.
        export: the form.
        target: of its first file; others stand beside it, with suffixes of their own.
        force: whether files are replaced that somebody else made.
        progress: called with each step.

    Raises:
        OutputError: a file is there that may not be replaced, or one can't be written.
        EncoderError: ffmpeg failed.
    """
    stem = target.name.removesuffix(export.suffixes[0])
    paths = {suffix: target.with_name(stem + suffix) for suffix in export.suffixes}
    for path in paths.values():
        check_named(path, force=force)
    with contextlib.ExitStack() as stack:
        drafts = {suffix: stack.enter_context(draft_beside(path)) for suffix, path in paths.items()}
        export.write(episode, drafts, progress)
        for suffix, path in paths.items():
            note_writing(path, sound_of(drafts[suffix]).sha256)
            commit(drafts[suffix], path)
    return tuple(paths.values())
