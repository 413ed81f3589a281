"""`audio-builder cache info`: where the kept sentences are, and how much room they take."""

from __future__ import annotations

import click
import msgspec

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity
from audio_builder.cli.sizes import size_in_words

_HOUR_S, _DAY_S = 3600, 86_400


class _Info(msgspec.Struct, frozen=True, kw_only=True):
    """What a cache holds, as `--json` prints it; `oldest_use_s` is of the clip that wasn't used for longest."""

    schema_version: int = 2
    folder: str
    clips: int
    bytes: int
    speech_s: float
    oldest_use_s: float


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
    """Say where spoken sentences are kept, how many they are, and how much room they take (MB, GB)."""
    from audio_builder.episode.report import to_json
    from audio_builder.narration.clip_cache import stock
    from audio_builder.narration.clip_cache.cache import ClipCache
    from audio_builder.store import FOLDER_VARIABLE

    console = ctx.ensure_object(Console)
    cache = ClipCache()
    clips = stock.take_stock(cache)
    if as_json:
        info = _Info(
            folder=str(cache.folder),
            clips=clips.clips,
            bytes=clips.bytes,
            speech_s=clips.speech_s,
            oldest_use_s=clips.oldest_use_s,
        )
        console.result(to_json(info).decode())
        return
    console.result(str(cache.folder))
    if clips.clips:
        console.result(f"    {_clips(clips.clips)}, {_hours(clips.speech_s)} of speech, {size_in_words(clips.bytes)}")
        console.result(f"    not used for longest: {_ago(clips.oldest_use_s)}")
    else:
        console.result("    empty")
    room = size_in_words(stock.LARGEST_BYTES)
    console.result(f"    builds keep it to {room}; {FOLDER_VARIABLE} names another folder")


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
