"""Defaults of one's own: `audio-builder.toml` beside the texts and in the user's folder, and presets with a name.

Such a file is a recipe, with `output` and tables `[presets.NAME]` besides. Paths in it are relative to it. Which file
wins over which is in docs/recipe.md.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from audio_builder.errors import RecipeError, did_you_mean
from audio_builder.recipe.recipe_file import Layer, make_recipe, settings, value_of
from audio_builder.recipe.settings import BACKGROUNDS, Recipe
from audio_builder.toml_files import read_toml

DEFAULTS_FILE = "audio-builder.toml"
CONFIG_VARIABLE = "AUDIO_BUILDER_CONFIG"
"""Environment variable that names another folder for the user's own file."""

_PATHS = (("", "lexicon"), ("soundscape", "background"), ("tags", "cover"))
"""Settings that may name a file."""


@dataclass(frozen=True, slots=True)
class NamedLayer:
    """Settings, and what chose them."""

    name: str
    settings: Layer


@dataclass(frozen=True, slots=True)
class DefaultsFile:
    """What an `audio-builder.toml` says.

    Attributes:
        path: of the file.
        settings: of the recipe, its preset included; paths are absolute.
        output: the folder for episodes; None where it names none.
        presets: settings by name.
    """

    path: Path
    settings: Layer
    output: Path | None
    presets: Mapping[str, Layer]


def find_defaults(text: Path | None) -> tuple[DefaultsFile, ...]:
    """Return the defaults that hold for a text: the user's, those of the working folder, those beside the text.

    Args:
        text: its file; None for standard input.

    Raises:
        RecipeError: one of the files can't be read, or a setting in it is wrong.
    """
    folders = [user_folder(), Path.cwd(), *([text.parent] if text else [])]
    paths = dict.fromkeys(Path(os.path.realpath(folder)) / DEFAULTS_FILE for folder in folders)
    # Where text and working folder are the same, or the user's own, it counts once, in its last place.
    return tuple(found for path in paths if (found := _defaults_at(path)))


def user_folder() -> Path:
    """Return the folder of the user's own `audio-builder.toml`: `$AUDIO_BUILDER_CONFIG`, else the platform's."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return platformdirs.user_config_path("audio-builder", appauthor=False)


def preset_layer(name: str, files: Sequence[DefaultsFile]) -> NamedLayer:
    """Return the settings of a preset of one's own, from the file that wins.

    Raises:
        RecipeError: there is none of that name (with the closest).
    """
    for file in reversed(files):
        for known, chosen in file.presets.items():
            if known.casefold() == name.casefold():
                return NamedLayer(f"preset “{known}” in {file.path}", chosen)
    names = sorted({known for file in files for known in file.presets})
    raise RecipeError(
        f"there is no preset “{name}”; those of your own are: {', '.join(names) or 'none'}",
        hint=did_you_mean(name, names, f"Write a table [presets.{name}] in {DEFAULTS_FILE}."),
    )


def anchored(chosen: Layer, folder: Path) -> Layer:
    """Return settings whose paths are relative to a folder."""
    result = dict(chosen)
    for table, key in _PATHS:
        holder = chosen.get(table) if table else chosen
        value = holder.get(key) if isinstance(holder, Mapping) else None
        if not isinstance(value, str) or not value or (key == "background" and value.strip().lower() in BACKGROUNDS):
            continue
        path = str(folder / os.path.expanduser(value))  # noqa: PTH111 - Path's raises for `~nobody`
        result |= {table: {**result[table], key: path}} if table else {key: path}
    return result


def without_tags(chosen: Layer, keys: Sequence[str]) -> Layer:
    """Return settings without some of their tags: those that the text itself says."""
    tags = chosen.get("tags")
    if not isinstance(tags, Mapping) or not set(tags) & set(keys):
        return chosen
    return {**chosen, "tags": {key: value for key, value in tags.items() if key not in keys}}


def origins(recipe: Recipe, layers: Sequence[NamedLayer]) -> Iterator[tuple[str, Any, str]]:
    """Yield every setting of a recipe with its value and what chose it, `built in` where nothing did."""
    pacing = next((layer for layer in reversed(layers) if _value(layer.settings, "pacing.preset") is not None), None)
    for field in settings():
        value = value_of(recipe, field.path)
        chosen_by = [layer.name for layer in layers if _value(layer.settings, field.path) is not None]
        by_preset = pacing is not None and field.path.startswith("pacing.") and value != field.default
        usual = f"pacing “{recipe.pacing.preset}”, {pacing.name}" if pacing and by_preset else "built in"
        yield field.path, value, chosen_by[-1] if chosen_by else usual


def _value(chosen: Layer, path: str) -> Any:
    table, _, key = path.rpartition(".")
    holder = chosen.get(table) if table else chosen
    return holder.get(key) if isinstance(holder, Mapping) else None


def _defaults_at(path: Path) -> DefaultsFile | None:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecipeError(f"can't read {path}: {error.strerror or error}") from error


@functools.lru_cache(maxsize=64)
def _read(path: Path, _changed_ns: int) -> DefaultsFile:
    """Return what a file says; a batch asks for the same one again and again."""
    content = read_toml(path, "the defaults", RecipeError)
    output, presets, preset = content.pop("output", None), content.pop("presets", {}), content.pop("preset", None)
    if output is not None and not (isinstance(output, str) and output):
        raise RecipeError(f"{path}: output must be the name of a folder in quotation marks, not {output!r}")
    if not isinstance(presets, dict) or not all(isinstance(chosen, dict) for chosen in presets.values()):
        raise RecipeError(f"{path}: presets are tables such as [presets.evening]")
    named = {name: checked(chosen, f"{path}, preset “{name}”", path.parent) for name, chosen in presets.items()}
    own = checked(content, str(path), path.parent)
    # Path's expanduser raises for `~nobody`.
    folder = path.parent / os.path.expanduser(output) if output else None  # noqa: PTH111
    file = DefaultsFile(path, own, folder, named)
    if preset is None:
        return file
    try:
        chosen = preset_layer(str(preset), [file]).settings
    except RecipeError as error:
        raise RecipeError(f"{path}: {error.message}", hint=error.hint) from error
    return DefaultsFile(path, _under(own, chosen), file.output, named)


def checked(chosen: Layer, name: str, folder: Path) -> Layer:
    """Return the settings of a file, each held to its range, with paths relative to a folder.

    Raises:
        RecipeError: a setting is unknown, of the wrong type or out of range; with the name of the file.
    """
    try:
        make_recipe(chosen)
    except RecipeError as error:
        raise RecipeError(f"{name}: {error.message}", hint=error.hint) from error
    return anchored(chosen, folder)


def _under(own: Layer, preset: Layer) -> Layer:
    """Return the settings of a preset, those of the file itself winning."""
    merged = dict(preset)
    for key, value in own.items():
        inner = merged.get(key)
        merged[key] = {**inner, **value} if isinstance(value, Mapping) and isinstance(inner, Mapping) else value
    return merged
