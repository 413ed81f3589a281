"""`audio-builder cache info`: where the kept sentences are, and how much room they take."""

from __future__ import annotations

import click
import msgspec

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity
from audio_builder.cli.sizes import size_in_words

_HOUR_S, _DAY_S = 3600, 86_400


class _Info(msgspec.Struct, frozen=True, kw_only=True):
    """What a cache holds, as `--json` tells it; `oldest_use_s` is of the clip that wasn't used for longest."""

    schema_version: int = 1
    folder: str
    clips: int
    bytes: int
    speech_s: float
    oldest_use_s: float
    stretches: int
    stretches_bytes: int


@click.command(
    "info",
    epilog="""\b
Examples:
  audio-builder cache info
  audio-builder cache info --json
""",
)
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Say where sentences and encoded sound are kept, how many they are, and how much room they take (MB, GB)."""
    from audio_builder.episode.encoding import kept
    from audio_builder.episode.report import to_json
    from audio_builder.narration.cache import FOLDER_VARIABLE, LARGEST_BYTES, ClipCache, cache_stats

    console = ctx.ensure_object(Console)
    cache = ClipCache()
    clips = cache_stats(cache)
    stretches = list(kept.KeptStretches().files.entries())
    stretches_bytes = sum(entry.size for entry in stretches)
    if as_json:
        told = _Info(
            folder=str(cache.folder),
            clips=clips.clips,
            bytes=clips.bytes,
            speech_s=clips.speech_s,
            oldest_use_s=clips.oldest_use_s,
            stretches=len(stretches),
            stretches_bytes=stretches_bytes,
        )
        console.result(to_json(told).decode())
        return
    console.result(str(cache.folder))
    if clips.clips:
        console.result(f"    {_clips(clips.clips)}, {_hours(clips.speech_s)} of speech, {size_in_words(clips.bytes)}")
        console.result(f"    not used for longest: {_ago(clips.oldest_use_s)}")
    if stretches:
        console.result(f"    {_stretches(len(stretches))} of encoded sound, {size_in_words(stretches_bytes)}")
    if not clips.clips and not stretches:
        console.result("    empty")
    room = f"{size_in_words(LARGEST_BYTES)} of clips and {size_in_words(kept.LARGEST_BYTES)} of encoded sound"
    console.result(f"    builds keep it to {room}; {FOLDER_VARIABLE} names another folder")


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count:,} clips"


def _stretches(count: int) -> str:
    return "1 stretch" if count == 1 else f"{count:,} stretches"


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _ago(seconds: float) -> str:
    if seconds < _HOUR_S:
        return "within the last hour"
    if seconds < 2 * _DAY_S:
        return f"{round(seconds / _HOUR_S)} hours ago"
    return f"{round(seconds / _DAY_S)} days ago"
