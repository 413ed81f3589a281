"""`audio-builder voices remove`: removes what was installed for voices."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import verbosity


@click.command(
    "remove",
    epilog="""\b
Examples:
  audio-builder voices remove nicole
  audio-builder voices remove heart emma
""",
)
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@verbosity
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Remove what was installed or added for voices; what another installed voice needs stays.

    Files that came with a Python package stay too: pip removes those.
    """
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.install.remove import remove_voice

    console = ctx.ensure_object(Console)
    for profile in [find_voice(name) for name in names]:
        done = remove_voice(profile)
        for path in done.removed:
            console.result(f"{profile.name}: removed {path}")
        for path in done.shared:
            console.result(f"{profile.name}: kept {path}, which another voice needs")
        if not done.removed and not done.shared:
            console.result(f"{profile.name}: nothing of it was installed here")
