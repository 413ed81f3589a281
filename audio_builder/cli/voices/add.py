"""`audio-builder voices add`: makes a voice of any Piper model."""

from __future__ import annotations

from pathlib import Path

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import verbosity


@click.command(
    "add",
    epilog="""\b
Examples:
  audio-builder voices add de_DE-thorsten-medium.onnx
  audio-builder voices add my-voice.onnx --name ada --licence CC-BY-4.0
""",
)
@click.argument("model", metavar="FILE.onnx", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", default="", help="What to call it.  [default: made from the file's name]")
@click.option("--licence", metavar="SPDX", default="", help="The voice's licence, such as CC0-1.0.")
@verbosity
@click.pass_context
def command(ctx: click.Context, model: Path, name: str, licence: str) -> None:
    """Make a voice of a Piper model: FILE.onnx, with FILE.onnx.json beside it.

    Both are copied into your data folder. The rates (wpm) of another Piper voice stand in until you measure
    its own with `audio-builder voices calibrate`.
    """
    from audio_builder.voices.piper_import import add_piper_voice

    profile = add_piper_voice(model, name, licence)
    console = ctx.ensure_object(Console)
    console.result(f"{profile.name}: {profile.language}, ready for --voice {profile.name}")
