"""`audio-builder list`: every name that an option takes, with one line about it."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.option_values import KINDS
from audio_builder.cli.options import json_output, verbosity


@click.command(
    "list",
    epilog="""\b
Examples:
  audio-builder list
  audio-builder list backgrounds bells
  audio-builder list voices --json
""",
)
@click.argument(
    "kinds", metavar="[voices|backgrounds|bells|guides|pacings]...", nargs=-1, type=click.Choice(list(KINDS))
)
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, kinds: tuple[str, ...], as_json: bool) -> None:
    """List the names that options take, with one line about each: all of them, or the kinds that you name.

    To hear them: `audio-builder voices preview` and `audio-builder sounds preview`.
    """
    console = ctx.ensure_object(Console)
    wanted = {kind: KINDS[kind] for kind in (kinds or KINDS)}
    if as_json:
        found = {
            kind: [{"name": name, "description": about} for name, about in find().items()]
            for kind, (_, find) in wanted.items()
        }
        console.result_json({"schema_version": 1, **found})
        return
    for number, (kind, (option, find)) in enumerate(wanted.items()):
        names = find()
        width = max(map(len, names))
        console.result(f"{'' if number == 0 else chr(10)}{kind.capitalize()} ({option})")
        for name, about in names.items():
            console.result(f"  {name:<{width}}  {about}")
