"""`audio-builder build`: from an article to an episode, or from many to many."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import (
    GroupedCommand,
    chapter_option,
    each_chapter_option,
    fetch_option,
    force_option,
    guide_option,
    json_output,
    lengths_option,
    listen_option,
    open_option,
    output_target,
    preset_option,
    private_option,
    read_source_argument,
    recipe_options,
    sources_argument,
    verbosity,
    voice_only_option,
)
from audio_builder.cli.order import Order, show_built
from audio_builder.store import FOLDER_VARIABLE


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
@chapter_option
@fetch_option
@each_chapter_option
@guide_option
@output_target
@force_option
@preset_option
@recipe_options()
@lengths_option
@voice_only_option
@listen_option
@private_option
@open_option
@json_output
@verbosity
@click.pass_context
def command(
    ctx: click.Context,
    /,
    sources: tuple[str, ...],
    chapter: int | None,
    output: Path | None,
    recipe_file: Path | None,
    as_json: bool,
    **chosen: Any,
) -> int:
    """Turn each SOURCE into a spoken, mixed, mastered and tagged MP3, and print its path.

    SOURCE is a plain text, a Markdown article, a web page (HTML), a document (DOCX, ODT, RTF), a book (EPUB), SSML, a
    script file (see `audio-builder script`), - for standard input, or a folder: all texts in it.
    The same SOURCE again is a new version of its episode, whatever its title; another one never takes an episode's
    place, but gets a name of its own. Times are in seconds, rates in words per minute (wpm).
    """
    console = ctx.ensure_object(Console)
    opens, fetch, each_chapter = chosen.pop("opens"), chosen.pop("fetch"), chosen.pop("each_chapter")
    if chosen.pop("private"):
        chosen["carry_source"] = False
        ctx.with_resource(_cache_of_its_own())
    order = _order(output, recipe_file, chosen)
    several = len(sources) > 1 or Path(sources[0]).is_dir()
    if several or each_chapter:
        for_one = {
            "--chapter": chapter is not None,
            "--fetch": fetch,
            "--lengths": bool(order.lengths),
            "--open": opens,
        }
        _refuse(for_one, "--each-chapter" if each_chapter else "several texts")
    if several:
        from audio_builder.cli.batch import build_all

        return build_all(sources, order, console, each_chapter=each_chapter, as_json=as_json)
    if each_chapter:
        return _each_chapter(sources[0], order, console, as_json=as_json)
    text, document = read_source_argument(sources[0], console, chapter, fetch=fetch)
    document, recipe, target, language_note = order.settled(text, document)
    if language_note:
        console.say(language_note)
    report = order.built(document, recipe, target, console)
    if as_json:
        console.result(report.as_json())
    show_built(report, console, with_path=not as_json)
    if opens:
        click.launch(report.path)
    return 0


def _order(output: Path | None, recipe_file: Path | None, chosen: dict[str, Any]) -> Order:
    """Return what is asked for; what is left in `chosen` sets the recipe."""
    names = ("guides", "voice_only", "force", "preset", "listen", "lengths")
    own = {name: chosen.pop(name) for name in names}
    if own["lengths"] and chosen["duration"] is not None:
        raise click.UsageError("--duration can't be given with --lengths: the first of them is the episode's.")
    return Order(output, recipe_file, chosen, **own)


def _refuse(given: dict[str, object], several: str) -> None:
    """Refuse options that are for one episode, where several are made."""
    for option, is_given in given.items():
        if is_given:
            raise click.UsageError(f"{option} can't be given with {several}: it is for one episode.")


@contextlib.contextmanager
def _cache_of_its_own() -> Iterator[None]:
    """Keep spoken sentences in a folder that is gone afterwards; every process of this command takes it."""
    before = os.environ.get(FOLDER_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="audio-builder-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            yield
        finally:
            os.environ.pop(FOLDER_VARIABLE)
            if before is not None:
                os.environ[FOLDER_VARIABLE] = before


def _each_chapter(source: str, order: Order, console: Console, *, as_json: bool) -> int:
    from audio_builder.article.source import open_book
    from audio_builder.cli.each_chapter import build_each_chapter
    from audio_builder.episode.naming import named_file

    if order.output and named_file(order.output):
        raise click.UsageError(f"With --each-chapter, -o is a folder; {order.output} is the name of a file.")
    if order.chosen["title"] is not None:
        raise click.UsageError("--title can't be given with --each-chapter: each has its own.")
    return build_each_chapter(open_book(Path(source)), order, console, as_json=as_json)
