"""`audio-builder list`: every name that an option takes, with one line about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import json_output, verbosity


def _voices() -> dict[str, str]:
    from audio_builder.voices.status import voice_statuses

    return {status.name: status.description + ("" if status.ready else " (not ready)") for status in voice_statuses()}


def _backgrounds() -> dict[str, str]:
    from audio_builder.recipe.settings import BACKGROUNDS
    from audio_builder.sound.background import NO_BACKGROUND, describe_background

    return {name: "No background" if name == NO_BACKGROUND else describe_background(name) for name in BACKGROUNDS}


def _bells() -> dict[str, str]:
    from audio_builder.sound.bells import BELLS, NO_BELL, describe_bell

    return {name: "No bell" if name == NO_BELL else describe_bell(name) for name in BELLS}


def _guides() -> dict[str, str]:
    from audio_builder.script.guides import describe_guide, guide_names

    return {name: describe_guide(name) for name in guide_names()}


def _pacings() -> dict[str, str]:
    from audio_builder.recipe.settings import PACING_PRESETS

    return {
        name: f"{preset.wpm:g} words per minute; {preset.sentence_s:g} s after a sentence, "
        f"{preset.paragraph_s:g} s after a paragraph, {preset.question_s:g} s after a question"
        for name, preset in PACING_PRESETS.items()
    }


KINDS: Mapping[str, tuple[str, Callable[[], dict[str, str]]]] = {
    "voices": ("--voice NAME", _voices),
    "backgrounds": ("--background NAME", _backgrounds),
    "bells": ("--bell NAME", _bells),
    "guides": ("--guide NAME", _guides),
    "pacings": ("--pacing NAME", _pacings),
}
"""What can be listed: the option that takes it, and what lists it."""


@click.command(
    "list",
    epilog="""\b
Examples:
  audio-builder list
  audio-builder list backgrounds bells
  audio-builder list voices --json
""",
)
@click.argument(
    "kinds", metavar="[voices|backgrounds|bells|guides|pacings]...", nargs=-1, type=click.Choice(list(KINDS))
)
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, kinds: tuple[str, ...], as_json: bool) -> None:
    """List the names that options take, with one line about each: all of them, or the kinds that you name.

    To hear them: `audio-builder voices preview` and `audio-builder sounds preview`.
    """
    console = ctx.ensure_object(Console)
    wanted = {kind: KINDS[kind] for kind in (kinds or KINDS)}
    if as_json:
        import msgspec

        found = {
            kind: [{"name": name, "description": about} for name, about in find().items()]
            for kind, (_, find) in wanted.items()
        }
        report = {"schema_version": 1, **found}
        console.result(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        return
    for number, (kind, (option, find)) in enumerate(wanted.items()):
        names = find()
        width = max(map(len, names))
        console.result(f"{'' if number == 0 else chr(10)}{kind.capitalize()} ({option})")
        for name, about in names.items():
            console.result(f"  {name:<{width}}  {about}")
