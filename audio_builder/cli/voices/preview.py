"""`audio-builder voices preview`: a sample of each voice, and a page to compare them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import verbosity


@click.command(
    "preview",
    epilog="""\b
Examples:
  audio-builder voices preview
  audio-builder voices preview joe heart heart:0.7+michael:0.3 -o samples
""",
)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="voice-preview",
    show_default=True,
    metavar="FOLDER",
    help="Where the samples and the page go.",
)
@verbosity
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], output: Path) -> None:
    """Make a short episode with each voice that is ready, and a page to compare them; print the page's path.

    Each sample lasts about a minute (60 s) and is mixed and mastered as an episode is. Voices that aren't ready are
    on the page with the command that makes them ready.
    """
    from audio_builder.cli.progress import progress_bar
    from audio_builder.progress import Progress
    from audio_builder.voice_preview.make import make_preview

    console = ctx.ensure_object(Console)
    with contextlib.ExitStack() as bar:

        def begin(name: str) -> Progress:
            bar.close()
            console.say(f"{name} …")
            return bar.enter_context(progress_bar(console))

        made = make_preview(names, output, begin)
    for sample in made.samples:
        if sample.problem:
            console.say(f"{sample.name}: no sample. {sample.problem}. {sample.mend}")
    console.result_path(made.page)
