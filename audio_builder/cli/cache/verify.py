"""`audio-builder cache verify`: whether every kept sentence is what it was."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity


@click.command(
    "verify",
    epilog="""\b
Examples:
  audio-builder cache verify
  audio-builder cache verify --read-data
""",
)
@click.option("--read-data", is_flag=True, help="Read every byte and unpack every sound, not the headers alone.")
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, read_data: bool, as_json: bool) -> None:
    """Look for clips that are short, misnamed or altered, and remove them; a build speaks them again.

    A build checks every clip that it uses to the last bit, so this is for the curious and for failing disks.
    Without --read-data, names, headers and lengths (in bytes) are compared, which takes a moment.
    """
    from audio_builder.episode.report import to_json
    from audio_builder.narration.clip_cache.cache import ClipCache
    from audio_builder.narration.clip_cache.stock import verify_stock

    console = ctx.ensure_object(Console)
    found = verify_stock(ClipCache(), read_data=read_data)
    if as_json:
        console.result(to_json(found).decode())
        return
    for path in found.damaged:
        console.result(f"removed {path}")
    looked = "to the last bit" if read_data else "by name, header and length"
    bad = len(found.damaged)
    verdict = "all sound" if not bad else f"{bad:,} damaged and removed; the next build speaks them again"
    console.result(f"{found.clips:,} clips looked at {looked}: {verdict}" if found.clips else "the cache is empty")
