"""A task of a batch: an article and its settled recipe go to a worker, its MP3 and its record come back.

A task names no folder and no episode: the same task gives the same MP3 wherever it is built. Where the episode goes is
settled by the process that hands out the tasks.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from audio_builder import errors, pipeline
from audio_builder.episode.record import record_path, sounds_beside
from audio_builder.errors import AudioBuilderError, ClusterError, OutputError, SoundError
from audio_builder.files import output_error, scratch_folder
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import Wanted, versions_of
from audio_builder.progress import Step
from audio_builder.recipe.settings import BACKGROUNDS, Recipe
from audio_builder.script.from_document import Document
from audio_builder.voices.catalogue import find_voice

LARGEST_CARRIED_BYTES = 50_000_000
"""Of a background, a cover or a lexicon that is sent to another machine with each task."""

Stage = Literal["speaking", "mixing"]
"""What a worker is doing with a task."""

_STAGES: dict[str, Stage] = {"narrate": "speaking", "render": "mixing", "verify": "mixing"}
_IMAGE = "image"


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A file that a recipe names, for a machine that doesn't have it.

    Attributes:
        setting: dotted path of the setting, or `image` for the one in front matter.
        suffix: of its name.
        content: all of it.
    """

    setting: str
    suffix: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker gets. It can be pickled.

    Attributes:
        key: SHA-256 of all that decides the episode's bytes, in hexadecimal.
        document: the words; it doesn't say where they come from.
        recipe: settled: with what the show says.
        versions: of what makes the sound here; a worker with others refuses.
        voice_only: whether a twin with the voice alone is wanted.
        elastic: whether what lets a page stretch its silences is wanted.
        listen: whether each clip is heard when it is spoken.
        text_factors: of the episode's earlier version.
        carried: the files that the recipe names; empty for a worker on this machine.
        shared: a folder that the worker and this process see; empty where the files are sent back as bytes.
    """

    key: str
    document: Document
    recipe: Recipe
    versions: Mapping[str, str]
    voice_only: bool = False
    elastic: bool = False
    listen: bool = False
    text_factors: Mapping[str, float] | None = None
    carried: tuple[CarriedFile, ...] = ()
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """What a worker made of a task.

    Attributes:
        record: of the episode, as JSON; its path and origin are still to be settled.
        sounds: the episode and what is beside it, by what their names end with; empty where they lie in the shared
            folder.
    """

    record: bytes
    sounds: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an article couldn't be built: an error of our tree, by the name of its class."""

    error: str
    message: str
    hint: str

    @classmethod
    def of(cls, error: AudioBuilderError) -> Failure:
        """Return the failure that an error is."""
        return cls(type(error).__name__, error.message, error.hint)

    def as_error(self) -> AudioBuilderError:
        """Return the error again."""
        kind = getattr(errors, self.error, AudioBuilderError)
        error: AudioBuilderError = kind(self.message, hint=self.hint)
        return error


# --- Here: what a task is made from ---


def named_files(document: Document, recipe: Recipe) -> dict[str, Path]:
    """Return the files that an episode is made with besides its words, by setting."""
    soundscape, tags = recipe.soundscape, recipe.tags
    named = {
        "lexicon": recipe.lexicon,
        "soundscape.background": "" if soundscape.background in BACKGROUNDS else soundscape.background,
        "tags.cover": tags.cover,
        _IMAGE: "" if tags.cover else document.details.image,
    }
    return {setting: Path(path) for setting, path in named.items() if path}


def task_key(source: bytes, files: Mapping[str, Path], beside: Wanted, *, listen: bool = False) -> str:
    """Return what tells a task from all others.

    Args:
        source: script, recipe and versions, from `pack_source`.
        files: from `named_files`; what is in them counts, not their names.
        beside: what is wanted beside the episode.
        listen: whether its clips are heard.

    Raises:
        SoundError: one of the files can't be read.
    """
    parts = [source, b"twin" if beside.voice_only else b"", *([b"heard"] if listen else [])]
    parts += [b"elastic"] if beside.elastic else []
    for setting, path in sorted(files.items()):
        parts += [setting.encode(), hashlib.sha256(_content(path)).digest()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def carry_files(files: Mapping[str, Path]) -> tuple[CarriedFile, ...]:
    """Return the files for a task that goes to another machine.

    Raises:
        SoundError: one can't be read, or is larger than 50 MB.
    """
    carried = tuple(CarriedFile(setting, path.suffix, _content(path)) for setting, path in files.items())
    for file, path in zip(carried, files.values(), strict=True):
        if len(file.content) > LARGEST_CARRIED_BYTES:
            raise SoundError(
                f"{path} has {len(file.content):,} bytes; at most {LARGEST_CARRIED_BYTES:,} are sent to a cluster",
                hint="Make it shorter or smaller, or build on this machine.",
            )
    return carried


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SoundError(f"can't read {path}: {error.strerror or error}", hint="Check its name.") from error


# --- There: in a worker ---

_TRIM_VARIABLE = "MALLOC_TRIM_THRESHOLD_"
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3

_SPEAKING: dict[int, tuple[contextlib.ExitStack, Pool]] = {}
"""What each thread of a worker keeps from one task to the next: the process that speaks, with its voice loaded."""


def run_task(task: Task, on_stage: Callable[[Stage], None] = lambda _stage: None) -> Product | Failure:
    """Build the episode of a task, with one process that speaks."""
    keep_memory()
    try:
        _check_versions(task)
        with scratch_folder() as folder:
            document, recipe = _unpacked(task, folder)
            report = pipeline.build(
                document,
                recipe,
                folder / "episode",
                voice_only=task.voice_only,
                elastic=task.elastic,
                listen=task.listen,
                progress=_Stages(on_stage),
                pool=_pool(),
                text_factors=task.text_factors or {},
            )
            return _product(task, Path(report.path))
    except AudioBuilderError as error:
        close_worker()
        return Failure.of(error)


@functools.cache
def keep_memory() -> None:
    """Undo what Dask asks of the C library for its workers: to give freed memory back at once.

    Mixing takes and frees blocks of some 100 KB all the time; each then comes back as new pages from the system, and a
    build takes half as long again. The thresholds become those that glibc reaches by itself (mallopt(3)).
    """
    if sys.platform == "linux" and os.environ.pop(_TRIM_VARIABLE, None) is not None:
        with contextlib.suppress(AttributeError, OSError):
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_MMAP_THRESHOLD, 32 << 20)
            libc.mallopt(_M_TRIM_THRESHOLD, 64 << 20)


def close_worker() -> None:
    """End the speaking process of this thread."""
    _close(threading.get_ident())


def close_workers() -> None:
    """End the speaking processes of all threads, when no task is running in this process."""
    for thread in list(_SPEAKING):
        _close(thread)


def _close(thread: int) -> None:
    if found := _SPEAKING.pop(thread, None):
        found[0].close()


def _pool() -> Pool:
    thread = threading.get_ident()
    if thread not in _SPEAKING:
        stack = contextlib.ExitStack()
        _SPEAKING[thread] = stack, stack.enter_context(Pool(workers=1))
    return _SPEAKING[thread][1]


def _check_versions(task: Task) -> None:
    """Refuse to build what would sound different here.

    Raises:
        ClusterError: the versions of this worker are others.
        VoiceError: it doesn't have the voice.
    """
    here = versions_of(find_voice(task.recipe.voice))
    if here != task.versions:
        raise ClusterError(
            f"a worker has {_listed(here)}, but the batch is built with {_listed(task.versions)}",
            hint="Install the same versions on all machines.",
        )


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _unpacked(task: Task, folder: Path) -> tuple[Document, Recipe]:
    """Return words and recipe with the files that came along, which are put into a folder."""
    document, recipe = task.document, task.recipe
    for file in task.carried:
        path = folder / f"{file.setting}{file.suffix}"
        path.write_bytes(file.content)
        if file.setting == _IMAGE:
            document = replace(document, details=msgspec.structs.replace(document.details, image=str(path)))
            continue
        table, _, key = file.setting.rpartition(".")
        inner = {key: str(path)}
        changed = {table: msgspec.structs.replace(getattr(recipe, table), **inner)} if table else inner
        recipe = msgspec.structs.replace(recipe, **changed)
    return document, recipe


def _product(task: Task, episode: Path) -> Product:
    record = record_path(episode).read_bytes()
    sounds = {".mp3": episode, **{beside.suffix: beside.path(episode) for beside in sounds_beside(episode)}}
    if not task.shared:
        return Product(record, {suffix: sound.read_bytes() for suffix, sound in sounds.items()})
    for suffix, sound in sounds.items():
        _move_to(sound, shared_path(task, suffix))
    return Product(record)


def shared_path(task: Task, suffix: str) -> Path:
    """Return where a worker leaves a sound of a task in the shared folder."""
    return Path(task.shared) / f"{task.key}{suffix}"


def _move_to(file: Path, place: Path) -> None:
    """Move a file to another folder, which may be on another disk: all of it or nothing.

    Raises:
        OutputError: it can't be written there.
    """
    part = place.with_suffix(".part")
    try:
        shutil.move(file, part)
        part.replace(place)
    except FileNotFoundError as error:
        raise OutputError(
            f"there is no folder {place.parent} on this worker",
            hint="--shared names a folder that all machines see under the same name; leave it out otherwise.",
        ) from error
    except OSError as error:
        raise output_error(error, place) from error


class _Stages:
    """Passes on each stage once, when it begins."""

    def __init__(self, on_stage: Callable[[Stage], None]) -> None:
        self._on_stage = on_stage
        self._last: Stage | None = None

    def __call__(self, step: Step) -> None:
        stage = _STAGES.get(step.stage)
        if stage and stage != self._last:
            self._last = stage
            self._on_stage(stage)
