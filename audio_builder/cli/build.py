"""`audio-builder build`: from an article to an episode."""

from __future__ import annotations

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
    output_target,
    read_source_argument,
    recipe_options,
    source_argument,
    verbosity,
    voice_only_option,
)
from audio_builder.cli.order import Order


@click.command(
    "build",
    cls=GroupedCommand,
    epilog="""\b
Examples:
  audio-builder build my-article.md
  audio-builder build my-article.md --pacing spacious --background none
  audio-builder build my-article.md --guide settle --duration 20m
  audio-builder build my-article.md --lengths 8m,15m,25m -o evening-pages
  audio-builder build my-article.md -o talks/evening.mp3
  audio-builder build my-book.epub --each-chapter -o my-book
  pandoc talk.docx -t plain | audio-builder build - --title "A talk"
""",
)
@source_argument
@chapter_option
@fetch_option
@each_chapter_option
@guide_option
@output_target
@force_option
@recipe_options()
@lengths_option
@voice_only_option
@json_output
@verbosity
@click.pass_context
def command(
    ctx: click.Context,
    /,
    source: str,
    chapter: int | None,
    output: Path,
    recipe_file: Path | None,
    as_json: bool,
    **chosen: Any,
) -> int:
    """Turn SOURCE into a spoken, mixed, mastered and tagged MP3, and print its path.

    SOURCE is a plain text, a Markdown article, a web page (HTML), a document (DOCX, ODT, RTF), a book (EPUB), SSML, a
    script file (see `audio-builder script`), or - for standard input.
    The same SOURCE again is a new version of its episode, whatever its title; another one never takes an episode's
    place, but gets a name of its own. Times are in seconds, rates in words per minute (wpm).
    """
    console = ctx.ensure_object(Console)
    voice_only, guides = chosen.pop("voice_only"), chosen.pop("guides")
    each_chapter, force, fetch = (chosen.pop(name) for name in ("each_chapter", "force", "fetch"))
    lengths = chosen.pop("lengths")
    if lengths and chosen["duration"] is not None:
        raise click.UsageError("--duration can't be given with --lengths: the first of them is the episode's.")
    order = Order(output, recipe_file, chosen, guides, voice_only, force, lengths)
    if each_chapter:
        return _each_chapter(source, chapter, order, console, as_json=as_json)
    document, recipe, language_note = order.settled(read_source_argument(source, console, chapter, fetch=fetch))
    report = order.built(document, recipe, console)
    if as_json:
        console.result(report.as_json())
    else:
        console.result_path(Path(report.path))
    for line in (*report.summary(), language_note):
        if line:
            console.say(line)
    return 0


def _each_chapter(source: str, chapter: int | None, order: Order, console: Console, *, as_json: bool) -> int:
    from audio_builder.article.source import open_book
    from audio_builder.cli.each_chapter import build_each_chapter
    from audio_builder.episode.naming import named_file

    if named_file(order.output):
        raise click.UsageError(f"--each-chapter makes several files: -o is a folder then, and {order.output} is none.")
    for option, given in (("--chapter", chapter), ("--title", order.chosen["title"])):
        if given is not None:
            raise click.UsageError(f"{option} can't be given with --each-chapter: each has its own.")
    return build_each_chapter(open_book(Path(source)), order, console, as_json=as_json)
