"""`audio-builder build`: from an article to an episode, or from many to many."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audio_builder.cli.build_options import BuildOptions, number_chapter
from audio_builder.cli.console import Console
from audio_builder.cli.options import (
    GroupedCommand,
    chapter_option,
    each_chapter_option,
    episode_options,
    fetch_option,
    guide_option,
    json_output,
    lengths_option,
    open_option,
    preset_option,
    private_option,
    read_source_argument,
    sources_argument,
    verbosity,
)
from audio_builder.errors import AudioBuilderError, Interrupted
from audio_builder.files import scratch_folder
from audio_builder.recipe.recipe_file import Layer
from audio_builder.store import FOLDER_VARIABLE

if TYPE_CHECKING:
    from audio_builder.article.source import Book, SourceText
    from audio_builder.episode.report import BuildReport


@click.command(
    "build",
    cls=GroupedCommand,
    epilog="""\b
Examples:
  audio-builder build my-article.md
  audio-builder build monday.md tuesday.md evenings/
  audio-builder build my-article.md --pacing spacious --background none
  audio-builder build my-article.md --listen
  audio-builder build my-article.md --guide settle --duration 20m
  audio-builder build my-article.md --lengths 8m,15m,25m -o evening-pages
  audio-builder build my-article.md -o talks/evening.mp3
  audio-builder build my-book.epub --each-chapter -o my-book
  pandoc talk.docx -t plain | audio-builder build - --title "A talk"
""",
)
@sources_argument
@episode_options
@chapter_option
@fetch_option
@each_chapter_option
@guide_option
@lengths_option
@preset_option
@private_option
@open_option
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, /, sources: tuple[str, ...], **values: Any) -> int:
    """Turn each SOURCE into a spoken, mixed, mastered and tagged MP3, and print its path.

    SOURCE is a plain text, a Markdown article, a web page (HTML), a document (DOCX, ODT, RTF), a book (EPUB), SSML, a
    script file (see `audio-builder script`), - for standard input, or a folder: all texts in it.
    The same SOURCE again is a new version of its episode, whatever its title; another one never takes an episode's
    place, but gets a name of its own. Times are in seconds, rates in words per minute (wpm).
    """
    console, options = ctx.ensure_object(Console), BuildOptions.given(values)
    several = len(sources) > 1 or Path(sources[0]).is_dir()
    _check_options(options, several=several)
    if options.private:
        options = replace(options, chosen={**options.chosen, "carry_source": False})
        ctx.with_resource(_cache_of_its_own())
    if several:
        from audio_builder.cli.batch import build_all

        return build_all(sources, options, console)
    if options.each_chapter:
        return _build_each_chapter(sources[0], options, console)
    text, document = read_source_argument(sources[0], console, options.chapter, fetch=options.fetch)
    report = options.build(options.settle(text, document), console)
    options.show(report, console)
    if options.opens:
        click.launch(report.path)
    return 0


def _check_options(options: BuildOptions, *, several: bool) -> None:
    """Refuse options that contradict each other, and those for one episode where several are made.

    Raises:
        UsageError: names them.
    """
    if options.lengths and options.chosen["duration"] is not None:
        raise click.UsageError("--duration can't be given with --lengths: the first of them is the episode's.")
    if several or options.each_chapter:
        for_one = {
            "--chapter": options.chapter is not None,
            "--fetch": options.fetch,
            "--lengths": options.lengths,
            "--open": options.opens,
        }
        for option in (option for option, is_given in for_one.items() if is_given):
            what = "--each-chapter" if options.each_chapter else "several texts"
            raise click.UsageError(f"{option} can't be given with {what}: it is for one episode.")


@contextlib.contextmanager
def _cache_of_its_own() -> Iterator[None]:
    """Keep spoken sentences in a folder that is gone afterwards; every process of this command takes it."""
    before = os.environ.get(FOLDER_VARIABLE)
    with scratch_folder() as folder:
        os.environ[FOLDER_VARIABLE] = str(folder)
        try:
            yield
        finally:
            os.environ.pop(FOLDER_VARIABLE)
            if before is not None:
                os.environ[FOLDER_VARIABLE] = before


def _build_each_chapter(source: str, options: BuildOptions, console: Console) -> int:
    """Build what isn't there yet of a book, and return the exit code: 0, or that of the first chapter that failed.

    Raises:
        AudioBuilderError: two chapters in a row have the same error, or Ctrl-C.
        UsageError: an option is for one episode.
    """
    from audio_builder.article.source import open_book
    from audio_builder.episode.naming import named_file

    if options.output and named_file(options.output):
        raise click.UsageError(f"With --each-chapter, -o is a folder; {options.output} is the name of a file.")
    if options.chosen["title"] is not None:
        raise click.UsageError("--title can't be given with --each-chapter: each has its own.")
    return _build_chapters(open_book(Path(source)), options, console)


def _build_chapters(book: Book, options: BuildOptions, console: Console) -> int:
    """Build each chapter; one that fails doesn't keep the next from being built.

    An error that the chapter before had as well isn't the chapters': it ends the command.
    """
    reports: list[BuildReport] = []
    failed: dict[int, AudioBuilderError] = {}
    count = len(book.chapters)
    for number, chapter in enumerate(book.chapters, start=1):
        console.say(f"Chapter {number} of {count}")
        try:
            report = _build_chapter(chapter, number_chapter(number, count, book.title), options, console)
        except Interrupted:
            raise
        except AudioBuilderError as error:
            before = failed.get(number - 1)
            if before and before.message == error.message:
                raise
            failed[number] = error
            console.error(f"chapter {number}: {error.message}", hint=error.hint)
            continue
        if report is None:
            continue
        reports.append(report)
        options.say_built(report, console)
    if options.as_json:
        console.result(f"[{', '.join(report.as_json() for report in reports)}]")
    if not failed:
        return 0
    numbers = ", ".join(map(str, failed))
    hint = "The others are there. The same command tries again what is missing."
    console.error(f"of {count} chapters, {len(failed)} could not be made: {numbers}", hint=hint)
    return next(iter(failed.values())).exit_code


def _build_chapter(chapter: SourceText, own: Layer, options: BuildOptions, console: Console) -> BuildReport | None:
    """Return the report on a chapter that was built, or nothing where its episode is there, unchanged."""
    from audio_builder.preflight import Wanted, built_already
    from audio_builder.script.from_document import read_document

    settled = options.settle(chapter, read_document(chapter), own)
    wanted = Wanted(voice_only=options.voice_only)
    if there := built_already(settled.document, settled.recipe, settled.folder, options.if_there, wanted):
        console.say(f"{there} is there, unchanged")
        return None
    return options.build(settled, console)
