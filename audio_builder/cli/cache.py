"""`audio-builder cache`: the spoken sentences that are kept on this machine."""

from __future__ import annotations

from dataclasses import asdict

import click

from audio_builder.cli.console import Console
from audio_builder.cli.lazy import OrderedGroup
from audio_builder.cli.option_values import Size, size_in_words
from audio_builder.cli.options import json_output, verbosity

_HOUR_S, _DAY_S = 3600, 86_400
_HEAD = {"schema_version": 2}
"""Of what `--json` prints."""


@click.group(
    "cache",
    cls=OrderedGroup,
    epilog="""\b
Examples:
  audio-builder cache info
  audio-builder cache prune --keep 2GB
""",
)
def command() -> None:
    """Manage the sentences that were spoken once and are kept, so that they are not spoken again.

    Some voices keep a model of theirs there too. What is removed is made again when it is needed. Sizes are in MB and
    GB.
    """


@command.command(
    "info",
    short_help="Say where it is and what it holds.",
    epilog="""\b
Examples:
  audio-builder cache info
  audio-builder cache info --json
""",
)
@json_output
@verbosity
@click.pass_context
def info_command(ctx: click.Context, as_json: bool) -> None:
    """Say where spoken sentences are kept, how many they are, and how much room they take (MB, GB)."""
    from audio_builder.narration.clip_cache import LARGEST_BYTES, ClipCache, cache_stats
    from audio_builder.store import FOLDER_VARIABLE

    console = ctx.ensure_object(Console)
    cache = ClipCache()
    clips = cache_stats(cache)
    if as_json:
        console.result_json({**_HEAD, "folder": str(cache.folder), **asdict(clips)})
        return
    console.result(str(cache.folder))
    if clips.clips:
        console.result(f"    {_clips(clips.clips)}, {_hours(clips.speech_s)} of speech, {size_in_words(clips.bytes)}")
        console.result(f"    least recently used: {_ago(clips.oldest_use_s)}")
    else:
        console.result("    no clips" if clips.models else "    empty")
    if clips.models:
        console.result(f"    {_models(clips.models)}, {size_in_words(clips.model_bytes)}")
    room = size_in_words(LARGEST_BYTES)
    console.result(f"    builds keep it to {room}; {FOLDER_VARIABLE} names another folder")


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count:,} clips"


def _models(count: int) -> str:
    return "1 model of a voice" if count == 1 else f"{count:,} models of voices"


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _ago(seconds: float) -> str:
    if seconds < _HOUR_S:
        return "within the last hour"
    if seconds < 2 * _DAY_S:
        return f"{round(seconds / _HOUR_S)} hours ago"
    return f"{round(seconds / _DAY_S)} days ago"


@command.command(
    "verify",
    short_help="Look for damaged clips and remove them.",
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
def verify_command(ctx: click.Context, read_data: bool, as_json: bool) -> None:
    """Look for what is short, misnamed or altered, and remove it; a build makes it again.

    A build checks everything that it uses to the last bit, so this is for the curious and for failing disks.
    Without --read-data, names, headers and lengths (in bytes) are compared, which takes a moment.
    """
    from audio_builder.narration.clip_cache import ClipCache, remove_damaged_clips

    console = ctx.ensure_object(Console)
    cache = ClipCache()
    clips = list(remove_damaged_clips(cache, read_data=read_data))
    damaged = [str(entry.path) for entry, sound in clips if not sound]
    if as_json:
        found = {"folder": str(cache.folder), "clips": len(clips), "read_data": read_data, "damaged": damaged}
        console.result_json({**_HEAD, **found})
        return
    for path in damaged:
        console.result(f"removed {path}")
    looked = "to the last bit" if read_data else "by name, header and length"
    verdict = "all sound" if not damaged else f"{len(damaged):,} damaged and removed; the next build makes them again"
    if not clips:
        console.result("the cache is empty")
        return
    console.result(f"{len(clips):,} clips looked at {looked}: {verdict}")


@command.command(
    "prune",
    short_help="Remove the least recently used clips.",
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
def prune_command(ctx: click.Context, keep: int, as_json: bool) -> None:
    """Remove the least recently used clips and models, until the rest is no larger than --keep.

    What was used within the last hour stays: a build that runs now may need it.
    """
    from audio_builder.narration.clip_cache import CLIP_SUFFIX, ClipCache
    from audio_builder.voices.engines.onnx_models import MODEL_SUFFIX

    console = ctx.ensure_object(Console)
    cache = ClipCache()
    done = cache.prune(keep)
    if as_json:
        pruned = {
            "folder": str(cache.folder),
            "removed_clips": done.removed[CLIP_SUFFIX],
            "removed_bytes": done.removed_bytes,
            "kept_clips": done.kept[CLIP_SUFFIX],
            "kept_bytes": done.kept_bytes,
            "in_use_clips": done.in_use[CLIP_SUFFIX],
            "removed_models": done.removed[MODEL_SUFFIX],
            "kept_models": done.kept[MODEL_SUFFIX],
        }
        console.result_json({**_HEAD, **pruned})
        return
    for what, clips, models, size in (
        ("removed", done.removed[CLIP_SUFFIX], done.removed[MODEL_SUFFIX], done.removed_bytes),
        ("kept", done.kept[CLIP_SUFFIX], done.kept[MODEL_SUFFIX], done.kept_bytes),
    ):
        and_models = f" and {_models(models)}" if models else ""
        console.result(f"{what} {_clips(clips)}{and_models} ({size_in_words(size)})")
    if done.in_use.total():
        console.say(f"{done.in_use.total():,} of them stay because they were used within the last hour.")
