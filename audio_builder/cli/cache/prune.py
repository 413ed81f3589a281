"""`audio-builder cache prune`: makes room."""

from __future__ import annotations

import click
import msgspec

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity
from audio_builder.cli.sizes import Size, size_in_words


class _Pruned(msgspec.Struct, frozen=True, kw_only=True):
    """What making room took away and left, as `--json` tells it; bytes are of clips and stretches together."""

    schema_version: int = 1
    folder: str
    removed_clips: int
    removed_stretches: int
    removed_bytes: int
    kept_clips: int
    kept_stretches: int
    kept_bytes: int
    in_use_clips: int
    in_use_stretches: int


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
    """Remove what wasn't used for longest, until the rest is no larger than --keep.

    What was used within the last hour stays: a build that runs now may need it.
    """
    from audio_builder.episode.encoding.kept import STRETCH_SUFFIX, KeptStretches
    from audio_builder.episode.report import to_json
    from audio_builder.narration.cache import CLIP_SUFFIX, ClipCache, clear

    console = ctx.ensure_object(Console)
    cache = ClipCache()
    done = clear((cache.files, KeptStretches().files), keep)
    told = _Pruned(
        folder=str(cache.folder),
        removed_clips=done.removed[CLIP_SUFFIX],
        removed_stretches=done.removed[STRETCH_SUFFIX],
        removed_bytes=done.removed_bytes,
        kept_clips=done.kept[CLIP_SUFFIX],
        kept_stretches=done.kept[STRETCH_SUFFIX],
        kept_bytes=done.kept_bytes,
        in_use_clips=done.in_use[CLIP_SUFFIX],
        in_use_stretches=done.in_use[STRETCH_SUFFIX],
    )
    if as_json:
        console.result(to_json(told).decode())
        return
    removed, kept, in_use = (
        _counted(clips, stretches)
        for clips, stretches in (
            (told.removed_clips, told.removed_stretches),
            (told.kept_clips, told.kept_stretches),
            (told.in_use_clips, told.in_use_stretches),
        )
    )
    console.result(f"removed {removed} ({size_in_words(done.removed_bytes)})")
    console.result(f"kept {kept} ({size_in_words(done.kept_bytes)})")
    if done.in_use.total():
        console.say(f"{in_use} of them stay because they were used within the last hour.")


def _counted(clips: int, stretches: int) -> str:
    return f"{clips:,} clips" + (f" and {stretches:,} encoded stretches" if stretches else "")
