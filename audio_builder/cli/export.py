"""`audio-builder export`: an episode as a narrated book, an audiobook, labels or stems."""

from __future__ import annotations

from pathlib import Path

import click

from audio_builder.cli.console import Console, progress_bar
from audio_builder.cli.options import force_option, verbosity

FORMS = ("epub", "labels", "m4b", "opus", "stems")
"""The names of `audio_builder.exports`, here so that the help needs no sound; a test compares them."""


@click.command(
    "export",
    epilog="""\b
Examples:
  audio-builder export output/my-episode.mp3 --as epub
  audio-builder export output/my-episode.mp3 --as m4b -o my-book.m4b
  audio-builder export output/my-episode.mp3 --as stems -o for-the-mix
""",
)
@click.argument("file", metavar="EPISODE.mp3", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as",
    "form",
    type=click.Choice(FORMS),
    required=True,
    help="epub: a narrated book (EPUB 3 with media overlays); labels: for Audacity; m4b: an audiobook with chapters "
    "and cover; opus: Ogg Opus; stems: voice, background and bells as WAV files.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE",
    help="Folder for what is written, made if it isn't there, or a file of your own naming.  "
    "[default: beside the episode]",
)
@force_option
@verbosity
@click.pass_context
def command(ctx: click.Context, /, file: Path, form: str, output: Path | None, force: bool) -> None:
    """Write EPISODE.mp3 in another form, and print the path of each file.

    What is needed besides the MP3 is the record beside it. Stems are rendered from the script and the recipe that the
    MP3 carries; the clips come from the cache, and are spoken again where it doesn't have them any more.
    """
    from audio_builder.exports import exports, read_finished, write_export

    console = ctx.ensure_object(Console)
    export = exports()[form]
    suffix = export.suffixes[0]
    if output is None:
        target = file.with_name(file.stem + suffix)
    elif output.name.endswith(suffix):
        target = output
    elif output.suffix and not output.is_dir():
        raise click.UsageError(f"{output.name} can't be {form}: such a file's name ends with {suffix}.")
    else:
        target = output / (file.stem + suffix)
    target.parent.mkdir(parents=True, exist_ok=True)
    episode = read_finished(file)
    with progress_bar(console) as progress:
        paths = write_export(episode, export, target, force=force, progress=progress)
    for path in paths:
        console.result_path(path)
