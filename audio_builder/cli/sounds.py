"""`audio-builder sounds`: hearing the backgrounds and bells before choosing one."""

from __future__ import annotations

from pathlib import Path

import click

from audio_builder.cli.console import Console, bar_for_each
from audio_builder.cli.lazy import OrderedGroup
from audio_builder.cli.options import force_option, verbosity
from audio_builder.voices.voice_choice import ENGLISH_VOICE


@click.group(
    "sounds",
    cls=OrderedGroup,
    epilog="""\b
Examples:
  audio-builder sounds preview
  audio-builder sounds preview --voice joe
""",
)
def command() -> None:
    """Hear the backgrounds and bells; `audio-builder list backgrounds bells` names them."""


@command.command(
    "preview",
    short_help="Make a sample of each background and bell, and a page to hear them.",
    epilog="""\b
Examples:
  audio-builder sounds preview
  audio-builder sounds preview --voice system -o samples
""",
)
@click.option("--voice", default=ENGLISH_VOICE, show_default=True, metavar="NAME", help="Who speaks in the samples.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="sound-preview",
    show_default=True,
    metavar="FOLDER",
    help="Where the samples and the page go.",
)
@force_option
@verbosity
@click.pass_context
def preview_command(ctx: click.Context, voice: str, output: Path, force: bool) -> None:
    """Make a short episode with each background and each bell, and a page to hear them; print the page's path.

    A background's sample lasts about a minute (60 s), a bell's ten seconds (10 s).
    """
    from audio_builder.previews.sample_episodes import preview_sounds

    console = ctx.ensure_object(Console)
    with bar_for_each(console) as begin:
        page = preview_sounds(output, voice, begin, force=force)
    console.result_path(page)
