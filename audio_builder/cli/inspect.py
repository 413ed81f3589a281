"""`audio-builder inspect`: the script and the recipe that an MP3 carries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from audio_builder.cli.console import Console, printable
from audio_builder.cli.options import json_output, verbosity

if TYPE_CHECKING:
    from audio_builder.episode.tag.embedded_source import CarriedSource


@click.command(
    "inspect",
    epilog="""\b
Examples:
  audio-builder inspect output/my-episode.mp3
  audio-builder inspect my-episode.mp3 --script > my-script.md
  audio-builder inspect my-episode.mp3 --recipe > my-recipe.toml
""",
)
@click.argument("file", metavar="EPISODE.mp3", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--script", "part", flag_value="script", help="Print the script, to edit and build from.")
@click.option("--recipe", "part", flag_value="recipe", help="Print the recipe as TOML.")
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, /, file: Path, part: str | None, as_json: bool) -> None:
    """Show what EPISODE.mp3 carries of its own making: the script, the recipe and the versions.

    `audio-builder rebuild` makes the episode again from it. Rates are in words per minute (wpm).
    """
    from audio_builder.episode.tag.embedded_source import read_source
    from audio_builder.recipe.recipe_file import recipe_as_toml
    from audio_builder.script.notation import format_script

    console = ctx.ensure_object(Console)
    source = read_source(file)
    if as_json:
        console.result_json(source)
    elif part == "script":
        console.result(format_script(source.read_script(file.name)))
    elif part == "recipe":
        console.result(recipe_as_toml(source.read_recipe()))
    else:
        for line in _summary(source, file.name):
            console.result(printable(line))


def _summary(source: CarriedSource, name: str) -> list[str]:
    from audio_builder.script.cues import ChapterStart, Say
    from audio_builder.script.phrases import count_words

    script, recipe = source.read_script(name), source.read_recipe()
    words = sum(count_words(cue.text) for cue in script.cues if isinstance(cue, Say))
    chapters = sum(isinstance(cue, ChapterStart) for cue in script.cues)
    lines = [
        script.title or recipe.tags.title or name,
        f"    words: {words:,}, in {chapters} {'chapter' if chapters == 1 else 'chapters'}",
        f"    voice: {recipe.voice}, {recipe.pacing.wpm:g} wpm",
        f"    pacing: {recipe.pacing.preset}",
        f"    made with: {', '.join(f'{what} {version}' for what, version in source.versions.items())}",
    ]
    if "soundscape.background" not in source.left_out:
        lines.insert(4, f"    background: {recipe.soundscape.background}")
    if source.left_out:
        lines.append(f"    not carried, because they were files: {', '.join(source.left_out)}")
    return lines
