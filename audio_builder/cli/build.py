"""`audio-builder build`: from an article to an episode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import (
    chapter_option,
    guide_option,
    json_output,
    output_folder,
    read_source_argument,
    recipe_from_options,
    recipe_options,
    source_argument,
    verbosity,
    voice_only_option,
)
from audio_builder.cli.progress import progress_bar


@click.command(
    "build",
    epilog="""\b
Examples:
  audio-builder build my-article.md
  audio-builder build my-article.md --pacing spacious --background none
  audio-builder build my-article.md --guide settle --guide breath --duration 20m
  pandoc talk.docx -t plain | audio-builder build - --title "A talk"
""",
)
@source_argument
@chapter_option
@guide_option
@output_folder
@recipe_options()
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
) -> None:
    """Turn SOURCE into a spoken, mixed, mastered and tagged MP3, and print its path.

    SOURCE is a plain text, a Markdown article, a web page (HTML), a document (DOCX), a book (EPUB), SSML, a script
    file (see `audio-builder script`), or - for standard input.
    Times are in seconds, rates in words per minute (wpm).
    """
    from audio_builder import document as documents
    from audio_builder import pipeline

    console = ctx.ensure_object(Console)
    voice_only, guides = chosen.pop("voice_only"), chosen.pop("guides")
    document = read_source_argument(source, console, chapter)
    recipe = recipe_from_options(documents.own_settings(document), recipe_file, chosen)
    document, language_note = documents.settle_language(document, recipe)
    document = documents.add_guides(document, recipe, guides)
    with progress_bar(console) as progress:
        report = pipeline.build(document, recipe, output, voice_only=voice_only, progress=progress)
    if as_json:
        console.result(report.as_json())
    else:
        console.result_path(Path(report.path))
    for line in (*report.summary(), language_note):
        if line:
            console.say(line)
