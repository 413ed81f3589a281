"""`audio-builder voices`: the voices there are, and whether each can speak here."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity


@click.command(
    "voices",
    epilog="""\b
Examples:
  audio-builder voices
  audio-builder voices --json
""",
)
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the voices: name, language, engine, licence, rates, and whether each is ready on this machine.

    Rates are in words per minute (wpm), measured inside phrases.
    """
    import msgspec

    from audio_builder.recipe import Recipe
    from audio_builder.voices.status import voice_statuses

    console = ctx.ensure_object(Console)
    statuses = voice_statuses()
    if as_json:
        report = {"schema_version": 1, "voices": statuses}
        console.result(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        return
    default = Recipe().voice
    for status in statuses:
        marker = " (default)" if status.name == default else ""
        console.result(f"{status.name}{marker}: {status.description}")
        rates = f"{status.slowest_wpm:.0f} to {status.fastest_wpm:.0f} wpm"
        console.result(f"    {status.language}, {rates}, engine {status.engine}, licence {status.licence}")
        console.result("    ready" if status.ready else f"    not ready: {status.problem}. {status.mend}")
