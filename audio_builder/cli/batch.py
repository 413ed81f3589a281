"""`audio-builder batch`: a folder of articles, planned first; and what `build` does with more than one."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audio_builder.cli.build_options import BuildOptions, number_chapter
from audio_builder.cli.console import Console
from audio_builder.cli.options import (
    GroupedCommand,
    each_chapter_option,
    episode_options,
    guide_option,
    json_output,
    pick,
    preset_option,
    sources_argument,
    verbosity,
)

if TYPE_CHECKING:
    from audio_builder.batch.batch_plan import PlannedEpisode, Settle, Settled
    from audio_builder.batch.run_batch import Finished, Workers
    from audio_builder.batch.sources import Source
    from audio_builder.batch.task import Stage


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Where the articles of a batch are built.

    Attributes:
        cluster: address of a Dask scheduler; None for none.
        executor: name of an executor that a package publishes; None for none.
        shared: folder that all machines see; None for none.
        jobs: how many articles at a time; None for one for each core.
    """

    cluster: str | None = None
    executor: str | None = None
    shared: Path | None = None
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What happens after a plan is shown: it is carried out unasked (`yes`), never (`dry_run`), or after a question."""

    yes: bool = False
    dry_run: bool = False


@click.command(
    "batch",
    cls=GroupedCommand,
    epilog="""\b
Examples:
  audio-builder batch articles/ -o my-show
  audio-builder batch articles/ -o my-show --yes --json
  audio-builder batch my-book.epub --each-chapter -o my-book
  audio-builder batch articles/ -o my-show --cluster tcp://192.0.2.7:8786
""",
)
@sources_argument
@episode_options
@each_chapter_option
@guide_option
@preset_option
@click.option("-y", "--yes", is_flag=True, help="Begin without asking.")
@click.option("--dry-run", is_flag=True, help="Show the plan, and make nothing.")
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Articles at a time; otherwise one for each core."
)
@click.option("--cluster", metavar="ADDRESS", help="Build on a Dask cluster that is there, such as tcp://HOST:8786.")
@click.option(
    "--shared",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A folder that all machines of the cluster see under this name; otherwise MP3s are sent over the network.",
)
@click.option("--executor", metavar="NAME", help="Build with an executor that another package publishes.")
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, /, sources: tuple[str, ...], **values: Any) -> int:
    """Turn many articles into episodes: show what each will become, ask, and make what isn't there yet.

    SOURCE is a file, or a folder: all texts in it. An article that fails is named at the end, and the others are made.
    Ctrl-C keeps what is finished; the same command goes on. Episodes that are there unchanged are left.
    """
    console, options = ctx.ensure_object(Console), BuildOptions.given(values)
    return build_all(sources, options, console, pick(WorkerOptions, values), pick(Asking, values))


def build_all(
    sources: Sequence[str],
    options: BuildOptions,
    console: Console,
    where: WorkerOptions | None = None,
    asking: Asking | None = None,
) -> int:
    """Build all that some paths name, and return the exit code: 0, or that of the first that failed.

    Raises:
        AudioBuilderError: nothing can be built: the same is wrong with all, or the workers have gone.
    """
    from audio_builder.batch.sources import find_sources

    _check_options(sources, options)
    found = find_sources([Path(source) for source in sources], each_chapter=options.each_chapter)
    return carry_out(lambda source: settle_source(options, source), found, options, console, where, asking)


def carry_out(
    settle: Settle,
    sources: Sequence[Source],
    options: BuildOptions,
    console: Console,
    where: WorkerOptions | None = None,
    asking: Asking | None = None,
) -> int:
    """Plan, show, ask and build, and return the exit code. Where `asking` is None, the plan is neither shown nor asked.

    Raises:
        as `build_all`.
    """
    from audio_builder.batch.batch_plan import Batch
    from audio_builder.cli.batch_table import BatchView, show_plan, show_warnings, summed_up
    from audio_builder.files import scratch_folder

    where = where or WorkerOptions()
    elsewhere = bool(where.cluster or where.executor)
    batch = Batch(settle, options.if_there, options.voice_only, options.listen)
    with scratch_folder() as scratch:
        shared = where.shared or (None if elsewhere else scratch)
        batch.shared, batch.carries_files = str(shared.absolute()) if shared else "", elsewhere
        view = BatchView(console, as_json=options.as_json)
        rows = list(view.planning(batch.plan(sources), len(sources)))
        _refuse_if_all_fail(rows)
        if asking:
            show_plan(rows, console)
        show_warnings(rows, console)
        to_make = [row for row in rows if row.state in {"new", "new version"}]
        if asking:
            console.say(summed_up(rows))
            if asking.dry_run or (to_make and not asking.yes and not _agreed()):
                return _exit_code(rows, ())
        finished: list[Finished] = []
        if to_make:
            with view.running(rows) as on_stage, _workers(where, rows, on_stage, console) as workers:
                finished = view.follow(batch, to_make, workers)
        view.end(rows, finished)
    return _exit_code(rows, finished)


def settle_source(options: BuildOptions, source: Source) -> Settled:
    """Return what is built from a source, and how.

    Raises:
        AudioBuilderError: it can't be read, or a setting is wrong.
    """
    from audio_builder.article.left_out import summary
    from audio_builder.article.model import Article
    from audio_builder.article.source import open_source
    from audio_builder.script.from_document import check_voices, read_document
    from audio_builder.voices.catalogue import find_voice, is_voice

    warnings: list[str] = []
    text = open_source(source.path, source.chapter or None)
    document = read_document(text, on_warning=warnings.append, is_voice=is_voice)
    check_voices(document, text, find_voice)
    notes = [summary(document.left_out)] if isinstance(document, Article) and document.left_out else []
    own = number_chapter(source.chapter, source.chapters, source.book) if source.chapter else None
    settled = options.settle(text, document, own)
    notes += () if settled.document.language else settled.notes
    return replace(settled, warnings=tuple(warnings), notes=tuple(notes))


def _check_options(sources: Sequence[str], options: BuildOptions) -> None:
    refuse_named_file(options.output)
    for name in ("title", "subtitle"):
        if options.chosen.get(name) is not None:
            raise click.UsageError(f"--{name} is for one episode; each has its own.")
    if "-" in sources:
        raise click.UsageError("- (standard input) is one text; give it alone.")


def refuse_named_file(output: Path | None) -> None:
    """Refuse to give several episodes the name of one file.

    Raises:
        UsageError: it is one.
    """
    from audio_builder.episode.naming import named_file

    if output and named_file(output):
        raise click.UsageError(f"-o is a folder where several episodes are made, and {output} is a file.")


def _refuse_if_all_fail(rows: Sequence[PlannedEpisode]) -> None:
    """Raise the error that all articles have: a voice that isn't there isn't each article's fault.

    Raises:
        AudioBuilderError: that error.
    """
    failures = {row.failure for row in rows}
    if len(rows) > 1 and len(failures) == 1 and (failure := failures.pop()):
        raise failure.as_error()


def _agreed() -> bool:
    """Ask whether to begin.

    Raises:
        UsageError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on; add --yes to begin, or --dry-run to see the plan.")
    return click.confirm("Begin?", default=True, err=True)


@contextlib.contextmanager
def _workers(
    where: WorkerOptions, rows: Sequence[PlannedEpisode], on_stage: Callable[[str, Stage], None], console: Console
) -> Iterator[Workers]:
    from audio_builder.batch.executors import open_local, open_published

    if where.cluster:
        from audio_builder.batch.cluster import open_cluster

        voices = tuple(dict.fromkeys(voice for row in rows for voice in row.voices))
        opened = open_cluster(where.cluster, voices, on_stage, console.say)
    elif where.executor:
        opened = open_published(where.executor, where.jobs)
    else:
        opened = open_local(where.jobs, on_stage)
    with opened as workers:
        yield workers


def _exit_code(rows: Sequence[PlannedEpisode], finished: Sequence[Finished]) -> int:
    failures = [row.failure for row in rows if row.failure] + [one.failure for one in finished if one.failure]
    return failures[0].as_error().exit_code if failures else 0
