"""`audio-builder voices show`: everything about one voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity

if TYPE_CHECKING:
    from audio_builder.voices.status import VoiceDetails


@click.command(
    "show",
    epilog="""\b
Examples:
  audio-builder voices show joe
  audio-builder voices show joe --json
""",
)
@click.argument("name", metavar="NAME")
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, name: str, as_json: bool) -> None:
    """Say everything about one voice: language, licence, measured rates (wpm), its files and where they come from."""
    import msgspec

    from audio_builder.voices.catalogue import find_voice
    from audio_builder.voices.status import voice_details

    console = ctx.ensure_object(Console)
    details = voice_details(find_voice(name))
    if as_json:
        console.result(
            msgspec.json.format(msgspec.json.encode({"schema_version": 1, "voice": details}), indent=2).decode()
        )
        return
    for line in _lines(details):
        console.result(line)


def _lines(details: VoiceDetails) -> list[str]:
    status = details.status
    rates = f"{status.slowest_wpm:.0f} to {status.fastest_wpm:.0f} words per minute"
    measured = f"measured at {len(details.calibration)} settings"
    if details.rates_of:
        measured = f"those of {details.rates_of}; measure its own: audio-builder voices calibrate {status.name}"
    lines = [
        f"{status.name}: {status.description}",
        f"    language   {status.language}",
        f"    engine     {status.engine}",
        f"    licence    {status.licence}" + (f" ({details.attribution})" if details.attribution else ""),
        f"    rates      {rates}, {measured}",
        f"    size       {details.size_bytes / 1e6:.0f} MB" if details.files else "    size       no files of its own",
    ]
    for file in details.files:
        lines.append(f"    file       {file.name}, {file.size_bytes:,} bytes, SHA-256 {file.sha256}")
        lines.append(f"               {file.path}" if file.path else "               not on this machine")
        lines += [f"               from {source}" for source in file.sources]
    lines.append("    ready" if status.ready else f"    not ready: {status.problem}. {status.mend}")
    return lines
