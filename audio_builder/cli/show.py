"""`audio-builder show`: what a show is called, who makes it, where it will be found."""

from __future__ import annotations

from pathlib import Path

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import force_option, verbosity

_TEXTS = {
    "title": "Name of the show.",
    "author": "Who makes it.",
    "description": "What it is, in a few sentences.",
    "language": "Its language, such as en or pt-BR.",
    "base-url": "Address that the folder will have on the web.",
}


@click.group(
    "show",
    epilog="""\b
Examples:
  audio-builder show init
  audio-builder show init evening --title "Evening Pages" --author "A. Writer"
""",
)
def command() -> None:
    """Set up a show in a folder of episodes."""


def _texts(function: click.decorators.FC) -> click.decorators.FC:
    for name, about in reversed(_TEXTS.items()):
        function = click.option(f"--{name}", metavar="TEXT", help=about)(function)
    return function


@command.command(
    "init",
    epilog="""\b
Examples:
  audio-builder show init
  audio-builder show init evening --title "Evening Pages" --author "A. Writer"
""",
)
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default="output")
@_texts
@force_option
@verbosity
@click.pass_context
def init(ctx: click.Context, /, folder: Path, force: bool, **chosen: str | None) -> None:
    """Write DIR/show.toml, to be edited by hand, and print its path. DIR is `output` where none is given.

    Without --language the show is in that of the episodes in DIR, where they
    have one in common. A show.toml that somebody edited is replaced only with
    --force; the show's id stays.
    """
    from audio_builder.episode.record import record_beside
    from audio_builder.podcast.show_settings import init_show, make_show

    console = ctx.ensure_object(Console)
    settings = {name: value for name, value in chosen.items() if value is not None}
    records = filter(None, map(record_beside, folder.glob("*.mp3")))
    spoken = {record.tags.language for record in records if record.tags.language}
    if len(spoken) == 1:
        settings.setdefault("language", *spoken)
    show = make_show(dict(settings))
    path = init_show(folder, show, force=force)
    console.result_path(path)
    console.say(f"Edit it, build episodes with -o {folder}, then: audio-builder publish {folder}")
