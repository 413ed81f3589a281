"""`audio-builder cache info`: where the kept sentences are, and how much room they take."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity
from audio_builder.cli.sizes import size_in_words

_HOUR_S, _DAY_S = 3600, 86_400


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
    """Say where the spoken sentences are kept, how many they are, and how much room they take (MB, GB)."""
    from audio_builder.episode.report import to_json
    from audio_builder.narration.clip_cache.cache import FOLDER_VARIABLE, ClipCache
    from audio_builder.narration.clip_cache.stock import LARGEST_BYTES, take_stock

    console = ctx.ensure_object(Console)
    stock = take_stock(ClipCache())
    if as_json:
        console.result(to_json(stock).decode())
        return
    console.result(stock.folder)
    if stock.clips:
        console.result(f"    {_clips(stock.clips)}, {_hours(stock.speech_s)} of speech, {size_in_words(stock.bytes)}")
        console.result(f"    not used for longest: {_ago(stock.oldest_use_s)}")
    else:
        console.result("    empty")
    console.result(f"    builds keep it to {size_in_words(LARGEST_BYTES)}; {FOLDER_VARIABLE} names another folder")


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count:,} clips"


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _ago(seconds: float) -> str:
    if seconds < _HOUR_S:
        return "within the last hour"
    if seconds < 2 * _DAY_S:
        return f"{round(seconds / _HOUR_S)} hours ago"
    return f"{round(seconds / _DAY_S)} days ago"
