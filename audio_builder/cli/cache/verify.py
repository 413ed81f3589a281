"""`audio-builder cache verify`: whether everything that is kept is what it was."""

from __future__ import annotations

import click
import msgspec

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity


class _Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What looking through a cache found, as `--json` tells it; `damaged` are the paths of what was removed."""

    schema_version: int = 1
    folder: str
    clips: int
    stretches: int
    read_data: bool
    damaged: list[str]


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
    """Look for what is short, misnamed or altered, and remove it; a build makes it again.

    A build checks everything that it uses to the last bit, so this is for the curious and for failing disks.
    Without --read-data, names, headers and lengths (in bytes) are compared, which takes a moment.
    """
    from audio_builder.episode.encoding.kept import KeptStretches, remove_damaged_stretches
    from audio_builder.episode.report import to_json
    from audio_builder.narration.cache import ClipCache, remove_damaged_clips

    console = ctx.ensure_object(Console)
    cache = ClipCache()
    clips = list(remove_damaged_clips(cache, read_data=read_data))
    stretches = list(remove_damaged_stretches(KeptStretches(), read_data=read_data))
    damaged = [str(entry.path) for entry, sound in (*clips, *stretches) if not sound]
    if as_json:
        told = _Verified(
            folder=str(cache.folder),
            clips=len(clips),
            stretches=len(stretches),
            read_data=read_data,
            damaged=damaged,
        )
        console.result(to_json(told).decode())
        return
    for path in damaged:
        console.result(f"removed {path}")
    looked = "to the last bit" if read_data else "by name, header and length"
    verdict = "all sound" if not damaged else f"{len(damaged):,} damaged and removed; the next build makes them again"
    if not clips and not stretches:
        console.result("the cache is empty")
        return
    counted = f"{len(clips):,} clips" + (f" and {len(stretches):,} encoded stretches" if stretches else "")
    console.result(f"{counted} looked at {looked}: {verdict}")
