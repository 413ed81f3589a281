"""The plan of a batch: what each text will become, its conflicts and warnings, before a word is spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from audio_builder.batch.journal import Journal
from audio_builder.batch.sources import Source
from audio_builder.batch.task import Failure, Task, carry_files, named_files, task_key
from audio_builder.episode.identity import EpisodeIndex, IfThere, Work, choose_place
from audio_builder.episode.naming import Place
from audio_builder.episode.record import record_beside, record_path, remembered_text_factors
from audio_builder.episode.tag.embedded_source import carries
from audio_builder.errors import AudioBuilderError, OutputError
from audio_builder.preflight import (
    BuildPlan,
    Wanted,
    check_everything,
    has_beside,
    packed_source,
    recipe_of_show,
    versions_of,
)
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Say
from audio_builder.script.estimate import estimate
from audio_builder.script.from_document import Document, make_script

State = Literal["new", "new version", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Settled:
    """What is built from a source, and how.

    Attributes:
        document: its words.
        recipe: all else.
        folder: where its episode goes.
        warnings: what a person must not miss of the reading, a line each.
        notes: what there is to say of it besides.
    """

    document: Document
    recipe: Recipe
    folder: Path
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Settle = Callable[[Source], Settled]
"""Reads a source and settles its recipe; raises `AudioBuilderError`."""


@dataclass(frozen=True, slots=True)
class PlannedEpisode:
    """A row of the plan.

    Attributes:
        source: what it is read from.
        state: what will become of it.
        title: of the episode; the next ones are empty or 0 where it failed.
        words: how many are spoken.
        letters: of the phrases: time left is counted in them.
        expected_s: how long it will be, in seconds.
        voices: who speaks, the narrator first.
        language: of the words.
        path: of its MP3; None where it failed.
        warnings: what a person must not miss, a line each.
        notes: what there is to say besides.
        failure: why it can't be built.
    """

    source: Source
    state: State
    title: str = ""
    words: int = 0
    letters: int = 0
    expected_s: float = 0.0
    voices: tuple[str, ...] = ()
    language: str = ""
    path: Path | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    failure: Failure | None = None

    @property
    def folder(self) -> Path:
        """Where its episode goes; only for what can be built."""
        if self.path is None:
            raise ValueError(self.source.name)
        return self.path.parent


@dataclass(slots=True)
class _Folder:
    """A folder of episodes: what is in it, what was planned for it, and its journal."""

    index: EpisodeIndex
    journal: Journal


@dataclass(slots=True)
class Batch:
    """Plans articles, makes tasks of them, and knows the folders that they go to.

    Attributes:
        settle: reads a source.
        if_there: what happens to earlier versions.
        voice_only: whether each episode gets a twin.
        listen: whether each clip is heard when it is spoken.
        shared: a folder that the workers see as well; empty for none.
        carries_files: whether tasks carry the files that recipes name, for other machines.
    """

    settle: Settle
    if_there: IfThere = "new version"
    voice_only: bool = False
    listen: bool = False
    shared: str = ""
    carries_files: bool = False
    _folders: dict[Path, _Folder] = field(default_factory=dict)

    def plan(self, sources: Iterable[Source]) -> Iterator[PlannedEpisode]:
        """Yield a row for each source, in their order. Each name is given once, and stays with its source."""
        taken: dict[tuple[str, ...], Source] = {}
        for source in sources:
            try:
                row, keys = self._row(source)
                for key in keys:
                    if key in taken:
                        raise OutputError(
                            f"it is the same episode as {taken[key].name}: the same {key[0]}",
                            hint="Build one of them, or give each an id of its own in its front matter.",
                        )
            except AudioBuilderError as error:
                yield PlannedEpisode(source, "failed", failure=Failure.of(error))
                continue
            taken |= dict.fromkeys(keys, source)
            if row.path:
                self.folder(row.folder).index.planned.add(row.path)
            yield row

    def task(self, row: PlannedEpisode) -> tuple[Task, Work]:
        """Return the task of a row, read anew: a plan of thousands doesn't hold their words.

        Raises:
            AudioBuilderError: the text or its recipe was changed since, and can't be built any more.
        """
        if row.source.error:
            raise row.source.error
        settled = self.settle(row.source)
        plan = self._check(settled, row.path)
        recipe = _recipe_of(plan, settled)
        files = named_files(settled.document, recipe)
        task = Task(
            key=self._key(plan, settled, recipe),
            document=replace(settled.document, place=""),
            recipe=recipe,
            versions=versions_of(plan.voice.voice.profile),
            voice_only=plan.beside.voice_only,
            elastic=plan.beside.elastic,
            listen=self.listen,
            text_factors=remembered_text_factors(plan.place.path),
            carried=carry_files(files) if self.carries_files else (),
            shared=self.shared,
        )
        return task, plan.work

    def place(self, row: PlannedEpisode, work: Work) -> Place:
        """Return where an episode goes, under the lock of its folder: somebody else may have taken its name.

        Raises:
            OutputError: what lies there was changed meanwhile.
        """
        index = self.folder(row.folder).index
        index.refresh()
        return choose_place(row.folder, work, self.if_there, index, row.path)

    def folder(self, folder: Path) -> _Folder:
        """Return what is known of a folder of episodes."""
        if folder not in self._folders:
            self._folders[folder] = _Folder(EpisodeIndex(folder), Journal(folder))
        return self._folders[folder]

    def _row(self, source: Source) -> tuple[PlannedEpisode, list[tuple[str, ...]]]:
        """Return the row of a source, and what no other row may have."""
        if source.error:
            raise source.error
        settled = self.settle(source)
        # What is there unchanged is left, where a changed version would be refused: the same command goes on.
        plan = self._check(settled, if_there="new version" if self.if_there == "refuse" else self.if_there)
        unchanged = self._is_unchanged(plan, settled)
        if self.if_there == "refuse" and not unchanged:
            plan = self._check(settled)
        recipe, script, path = plan.recipe, plan.script, plan.place.path
        expected = estimate(script, recipe.pacing.wpm, recipe.pacing.slower_share)
        version: State = "new version" if path.exists() else "new"
        narrator, others = plan.voice, plan.others.values()
        row = PlannedEpisode(
            source=source,
            state="unchanged" if unchanged else version,
            title=recipe.tags.title,
            words=expected.words,
            letters=sum(len(cue.text) for cue in script.cues if isinstance(cue, Say)),
            expected_s=recipe.pacing.duration_s or expected.total_s,
            voices=tuple(dict.fromkeys(voice.name for voice in (narrator, *others))),
            language=recipe.tags.language,
            path=path,
            warnings=tuple(filter(None, (*settled.warnings, *plan.warnings, narrator.rate_note))),
            notes=settled.notes,
        )
        return row, list(_known_by(plan.work, path))

    def _check(self, settled: Settled, own: Path | None = None, if_there: IfThere | None = None) -> BuildPlan:
        folder = settled.folder
        script = make_script(settled.document, settled.recipe)
        wanted, index = Wanted(voice_only=self.voice_only), self.folder(folder).index
        if_there = if_there or self.if_there
        return check_everything(script, settled.recipe, folder, if_there, wanted, index=index, own=own)

    def _key(self, plan: BuildPlan, settled: Settled, recipe: Recipe) -> str:
        source = plan.source or packed_source(plan.script, recipe, plan.voice)
        return task_key(source, named_files(settled.document, recipe), plan.beside, listen=self.listen)

    def _is_unchanged(self, plan: BuildPlan, settled: Settled) -> bool:
        """Return whether the episode is there, made by the same task: by what it carries, or by the journal."""
        path = plan.place.path
        if not (path.is_file() and record_path(path).is_file() and has_beside(path, plan.beside)):
            return False
        if carries(path, plan.source):
            return True
        made = self.folder(settled.folder).journal.made(self._key(plan, settled, _recipe_of(plan, settled)))
        record = record_beside(path)
        return record is not None and made == record.sound.sha256 and path.stat().st_size == record.sound.bytes


def _known_by(work: Work, path: Path) -> Iterator[tuple[str, ...]]:
    """Yield what makes two texts one episode (see `episode.identity`): the first word says it to a person."""
    yield "name", str(path)
    if work.id:
        yield "id", str(path.parent), work.id
    else:
        digest = hashlib.sha256(" ".join(work.words.split()).encode("utf-8", "surrogatepass")).hexdigest()
        yield "title, date and words", str(path.parent), work.title, work.date, digest


def _recipe_of(plan: BuildPlan, settled: Settled) -> Recipe:
    """Return a recipe with what its show adds, and the voice that was chosen here: a worker has no other."""
    chosen = msgspec.structs.replace(settled.recipe, voice=plan.recipe.voice)
    return recipe_of_show(chosen, settled.folder)
