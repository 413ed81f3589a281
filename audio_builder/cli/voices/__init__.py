"""`audio-builder voices`: the voices there are, whether each can speak here, and what can be done with them."""

from __future__ import annotations

import click

from audio_builder.cli.console import Console
from audio_builder.cli.lazy import LazyGroup
from audio_builder.cli.options import json_output, verbosity

COMMANDS = {
    "show": "Say everything about one voice.",
    "install": "Fetch what voices need.",
    "remove": "Remove what was installed for voices.",
    "add": "Make a voice of any Piper model.",
    "calibrate": "Measure how fast voices speak, and store it with them.",
    "preview": "Make a sample of each voice, and a page to compare them.",
    "say": "Speak a few words into a file, to try how they sound.",
}
"""Each command under `voices` and its line in the help; its module is `cli/voices/NAME.py`."""


@click.group(
    "voices",
    cls=LazyGroup,
    lines=COMMANDS,
    modules="audio_builder.cli.voices.{}",
    invoke_without_command=True,
    epilog="""\b
Examples:
  audio-builder voices
  audio-builder voices --json
  audio-builder voices show joe
""",
)
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the voices: name, language, engine, licence, rates, and whether each is ready on this machine.

    That is what `voices` alone does; each command below has its own help.

    Rates are in words per minute (wpm), measured inside phrases.
    """
    if ctx.invoked_subcommand is not None:
        return
    import msgspec

    from audio_builder.recipe.settings import Recipe
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
