"""`audio-builder config`: which settings hold, and where each comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audio_builder.cli.build_options import BuildOptions
from audio_builder.cli.console import Console
from audio_builder.cli.lazy import OrderedGroup
from audio_builder.cli.options import json_output, output_target, preset_option, recipe_options, verbosity


@click.group(
    "config",
    cls=OrderedGroup,
    epilog="""\b
Examples:
  audio-builder config show
  audio-builder config show my-article.md --preset evening
""",
)
def command() -> None:
    """Say which settings hold, and where each comes from: options, files and presets of your own, built-in defaults."""


@command.command(
    "show",
    short_help="Show each setting, its value, and what chose it.",
    epilog="""\b
Examples:
  audio-builder config show
  audio-builder config show my-article.md --preset evening
  audio-builder config show my-article.md --voice emma --json
""",
)
@click.argument("article", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@output_target
@preset_option
@recipe_options()
@json_output
@verbosity
@click.pass_context
def show_command(ctx: click.Context, /, article: Path | None, **values: Any) -> None:
    """Show each setting with its value and what chose it, as `build` would use it for ARTICLE, or without one here.

    What ARTICLE says of itself, such as its author, wins over files, and isn't a setting. Times are in seconds, rates
    in words per minute (wpm).
    """
    import msgspec

    from audio_builder.article.source import open_source
    from audio_builder.recipe.defaults import DEFAULTS_FILE, origins, user_folder
    from audio_builder.script.from_document import read_document

    console = ctx.ensure_object(Console)
    options = BuildOptions.given(values)
    text = open_source(article) if article else None
    settings = options.settings(text, read_document(text) if text else None)
    rows = [("output", str(settings.output), settings.output_from), *origins(settings.recipe(), settings.layers)]
    if options.as_json:
        entries = [{"setting": path, "value": value, "from": origin} for path, value, origin in rows]
        console.result_json({"schema_version": 1, "settings": entries})
        return
    width = max(len(path) for path, _, _ in rows)
    for path, value, origin in rows:
        console.result(f"{path:<{width}}  {msgspec.json.encode(value).decode():<10}  {origin}")
    console.say(f"Your own defaults go into {user_folder() / DEFAULTS_FILE}, or {DEFAULTS_FILE} beside your texts.")
