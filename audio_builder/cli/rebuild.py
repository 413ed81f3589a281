"""`audio-builder rebuild`: an episode made again from its own MP3."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audio_builder.cli.build_options import DEFAULT_OUTPUT, BuildOptions
from audio_builder.cli.console import Console
from audio_builder.cli.options import (
    RECIPE_OPTIONS,
    GroupedCommand,
    episode_options,
    json_output,
    recipe_from_options,
    verbosity,
)
from audio_builder.errors import SoundError
from audio_builder.recipe.recipe_file import Layer
from audio_builder.recipe.settings import PACING_PRESETS, Pacing, Recipe

if TYPE_CHECKING:
    from audio_builder.batch.batch_plan import Settled
    from audio_builder.episode.tag.embedded_source import CarriedSource
    from audio_builder.script.cues import Script


@click.command(
    "rebuild",
    cls=GroupedCommand,
    epilog="""\b
Examples:
  audio-builder rebuild output/evening.mp3 --pacing sleep -o output/night.mp3
  audio-builder rebuild output/my-episode.mp3 --pacing spacious --force
  audio-builder rebuild my-show/ --voice emma -o another-folder
  audio-builder rebuild evening.mp3 --voice system -o another-folder
""",
)
@click.argument(
    "files", metavar="EPISODE.mp3...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@episode_options
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, /, files: tuple[Path, ...], **values: Any) -> int:
    """Make EPISODE.mp3 again from the script and the recipe that it carries, and print the new episode's path.

    Several may be given, and folders of them. Nothing else is needed. What you choose here wins over what it carries.
    Where the episode lies already, it is replaced only with --force. Times are in seconds, rates in words per minute
    (wpm).
    """
    from audio_builder.batch.sources import find_sources, is_episode
    from audio_builder.cli.batch import carry_out, refuse_named_file

    console, options = ctx.ensure_object(Console), BuildOptions.given(values, unforced="refuse")
    if len(files) > 1 or files[0].is_dir():
        refuse_named_file(options.output)
        found = find_sources(files, is_wanted=is_episode)
        return carry_out(lambda source: _settle(source.path, options), found, options, console)
    settled = _settle(files[0], options)
    options.show(options.build(settled, console), console)
    return 0


def _settle(file: Path, options: BuildOptions) -> Settled:
    """Return what an MP3 is built from again.

    Raises:
        AudioBuilderError: it carries no source, or a setting is wrong.
    """
    from audio_builder.batch.batch_plan import Settled
    from audio_builder.episode.tag.embedded_source import read_source

    source = read_source(file)
    recipe = _recipe(source, options)
    script = _with_pauses(source.read_script(file.name), source.read_recipe().pacing, recipe.pacing)
    warnings = tuple(filter(None, (_note_on_files(source, options), _note_on_versions(source, recipe))))
    return Settled(script, recipe, options.output or Path(DEFAULT_OUTPUT), warnings)


def _recipe(source: CarriedSource, options: BuildOptions) -> Recipe:
    """Return the carried recipe with what is chosen now; another preset brings its own pauses and rate."""
    recipe = recipe_from_options(source.recipe, options.recipe_file, options.chosen)
    if recipe.pacing.preset == source.read_recipe().pacing.preset:
        return recipe
    return recipe_from_options(_without_preset(source.recipe), options.recipe_file, options.chosen)


def _without_preset(carried: Layer) -> Layer:
    """Return the carried settings, of the pacing only those that somebody chose."""
    pacing: Mapping[str, Any] = carried.get("pacing", {})
    preset = PACING_PRESETS[pacing.get("preset", "gentle")]
    own = {key: value for key, value in pacing.items() if key == "preset" or value != getattr(preset, key)}
    return {**carried, "pacing": own}


def _note_on_files(source: CarriedSource, options: BuildOptions) -> str:
    """Insist on a background where the first was a file, which the MP3 doesn't carry; say that a cover is drawn anew.

    Raises:
        SoundError: none is given.
    """
    from audio_builder.recipe.recipe_file import read_recipe_file

    given = {RECIPE_OPTIONS[name] for name, value in options.chosen.items() if value is not None}
    for table, settings in (read_recipe_file(options.recipe_file) if options.recipe_file else {}).items():
        given |= {f"{table}.{key}" for key in settings} if isinstance(settings, Mapping) else {table}
    missing = set(source.left_out) - given
    if "soundscape.background" in missing:
        raise SoundError(
            "the background was an audio file, which the MP3 does not contain",
            hint="Give it with --background FILE, or choose another one with --background NAME.",
        )
    if "tags.cover" in missing:
        return "The cover was a picture file; now one is drawn. To keep it, set tags.cover in a recipe."
    return ""


def _with_pauses(script: Script, carried: Pacing, wanted: Pacing) -> Script:
    """Return the script with the pauses of the wanted pacing, if these are others than it was made with."""
    from audio_builder.script.pace import repace

    pauses = [name for name in Pacing.__struct_fields__ if name.endswith("_s") and name != "duration_s"]
    same = all(getattr(carried, name) == getattr(wanted, name) for name in pauses)
    return script if same and carried.preset == wanted.preset else repace(script, wanted)


def _note_on_versions(source: CarriedSource, recipe: Recipe) -> str:
    """Return what to say when the same recipe would not give the same bytes here."""
    from audio_builder.preflight import versions_of
    from audio_builder.voices.catalogue import find_voice

    if recipe.voice != source.read_recipe().voice or versions_of(find_voice(recipe.voice)) == source.versions:
        return ""
    made_with = ", ".join(source.versions.values())
    return f"It was made with other versions ({made_with}): words and pauses stay, the sound may differ."
