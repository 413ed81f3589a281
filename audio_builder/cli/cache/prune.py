"""`audio-builder cache prune`: makes room."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity
from audio_builder.cli.sizes import Size, size_in_words


@click.command(
    "prune",
    epilog="""\b
Examples:
  audio-builder cache prune --keep 2GB
  audio-builder cache prune --keep 0
""",
)
@click.option("--keep", type=Size(), required=True, metavar="2GB", help="How large it may stay, in MB or GB.")
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, keep: int, as_json: bool) -> None:
    """Remove the clips that weren't used for longest, until the rest is no larger than --keep.

    What was used within the last hour stays: a build that runs now may need it.
    """
    from audio_builder.episode.report import to_json
    from audio_builder.narration.clip_cache.cache import ClipCache
    from audio_builder.narration.clip_cache.stock import prune

    console = ctx.ensure_object(Console)
    done = prune(ClipCache(), keep)
    if as_json:
        console.result(to_json(done).decode())
        return
    console.result(f"removed {done.removed_clips:,} clips ({size_in_words(done.removed_bytes)})")
    console.result(f"kept {done.kept_clips:,} clips ({size_in_words(done.kept_bytes)})")
    if done.in_use_clips:
        console.say(f"{done.in_use_clips:,} of them stay because they were used within the last hour.")
