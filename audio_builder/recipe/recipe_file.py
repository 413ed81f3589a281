"""Recipes from TOML files and options: layers of settings, merged, checked, described.

A layer is a plain nested mapping that holds only what somebody chose. Layers are merged, the later
ones winning, onto the pacing preset that they name; what comes out is one checked `Recipe`.
"""

from __future__ import annotations

import datetime
import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from audio_builder.errors import RecipeError, did_you_mean, quoted
from audio_builder.recipe.settings import BACKGROUNDS, PACING_PRESETS, Recipe
from audio_builder.recipe.values import WrongValue, iso_date, language_tag
from audio_builder.toml_files import read_toml

Layer = Mapping[str, Any]
"""Settings that somebody chose: keys of `Recipe`, its tables as nested mappings."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of the recipe, described from its definition.

    Attributes:
        path: its key in TOML, such as `pacing.sentence_s`.
        help: what it sets.
        unit: its unit, or an empty string.
        low: smallest allowed number; None where there is no range.
        high: largest allowed number; None where there is no range.
        choices: the only values allowed; empty where there is no list.
        default: the default of the preset `gentle`.
    """

    path: str
    help: str
    unit: str
    low: float | None
    high: float | None
    choices: tuple[int | str, ...]
    default: str | float

    @property
    def range_text(self) -> str:
        """The allowed values for a person to read; empty for texts."""
        if isinstance(self.default, bool):
            return "true or false"
        if self.choices:
            return f"{', '.join(str(choice) for choice in self.choices)} {self.unit}".rstrip()
        if self.low is None or self.high is None:
            return ""
        return f"{self.low:g} to {self.high:g} {self.unit}".rstrip()


def settings() -> Iterator[Setting]:
    """Yield every field of the recipe in its order, tables flattened to dotted paths."""
    yield from _settings_of(inspect.type_info(Recipe), Recipe(), "")


def setting(path: str) -> Setting:
    """Return the description of one field, such as `pacing.wpm`."""
    return next(found for found in settings() if found.path == path)


def value_of(recipe: Recipe, path: str) -> Any:
    """Return the value of one field, such as `pacing.wpm`."""
    return functools.reduce(getattr, path.split("."), recipe)


def _settings_of(struct: Any, defaults: Any, prefix: str) -> Iterator[Setting]:
    for field in struct.fields:
        default = getattr(defaults, field.name)
        kind, notes, unit = field.type, {}, ""
        if isinstance(kind, inspect.Metadata):
            notes, unit = kind.extra_json_schema or {}, (kind.extra or {}).get("unit", "")
            kind = kind.type
        if isinstance(kind, inspect.StructType):
            yield from _settings_of(kind, default, f"{prefix}{field.name}.")
        else:
            low, high = getattr(kind, "ge", None), getattr(kind, "le", None)
            allowed = kind.values if isinstance(kind, inspect.LiteralType) else ()
            choices = tuple(value for value in allowed if value is not None)
            yield Setting(prefix + field.name, notes.get("description", ""), unit, low, high, choices, default)


def read_recipe_file(path: Path) -> Layer:
    """Return the settings of a TOML file, keys not yet checked.

    Raises:
        RecipeError: it can't be read, is no TOML or is over a megabyte.
    """
    return read_toml(path, "the recipe", RecipeError)


def make_recipe(*layers: Layer) -> Recipe:
    """Return the recipe that the layers give, the later ones winning.

    Raises:
        RecipeError: a key is unknown, or a value is of the wrong type or out of range.
    """
    chosen: dict[str, Any] = {}
    for layer in layers:
        _merge(chosen, layer)
    _check_keys(chosen)
    _fold_case(chosen)
    pacing = chosen.get("pacing", {})
    preset = pacing.get("preset", "gentle") if isinstance(pacing, Mapping) else "gentle"
    if not isinstance(preset, str) or preset not in PACING_PRESETS:
        raise RecipeError(
            f"there is no pacing {preset!r}; the presets are {', '.join(PACING_PRESETS)}",
            hint=did_you_mean(str(preset), PACING_PRESETS, cutoff=0.5),
        )
    complete: dict[str, Any] = {"pacing": msgspec.to_builtins(PACING_PRESETS[preset])}
    _merge(complete, chosen)
    _check_finite(complete, "")
    _write_out_root(complete)
    _check_values(complete)
    try:
        recipe = msgspec.convert(complete, Recipe)
    except msgspec.ValidationError as error:
        raise RecipeError(_in_plain_words(str(error), complete)) from error
    return recipe


def recipe_as_toml(recipe: Recipe) -> str:
    """Return a TOML file that gives this recipe: every setting, with its help as a comment."""
    lines: list[str] = []
    table = ""
    for field in settings():
        holder, _, name = field.path.rpartition(".")
        if holder != table:
            lines += ["", f"[{holder}]"]
            table = holder
        literal = msgspec.json.encode(value_of(recipe, field.path)).decode()
        about = f"{field.help} ({field.range_text})" if field.range_text else field.help
        lines.append(f"{name} = {literal}  # {about}")
    return "\n".join(lines) + "\n"


def _merge(into: dict[str, Any], layer: Layer) -> None:
    for key, value in layer.items():
        if isinstance(value, Mapping) and isinstance(into.get(key, {}), dict):
            _merge(into.setdefault(key, {}), value)
        else:
            into[key] = value


def _fold_case(chosen: dict[str, Any]) -> None:
    """Write names in lower case, as they are listed; the path of a background stays as it is."""
    for path in ("pacing.preset", "soundscape.background", "soundscape.bell", "soundscape.closing_bell"):
        table, _, key = path.partition(".")
        holder = chosen.get(table)
        name = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and isinstance(name, str):
            folded = name.strip().lower()
            if key != "background" or folded in BACKGROUNDS:
                holder[key] = folded


def _check_keys(chosen: Layer) -> None:
    """Refuse unknown keys with the closest known one, which msgspec's own message doesn't offer."""
    known = [field.path for field in settings()]
    tables = {path.partition(".")[0] for path in known if "." in path}
    for key, value in chosen.items():
        is_table = key in tables and isinstance(value, Mapping)
        paths = [f"{key}.{name}" for name in value] if is_table else [key]
        for path in paths:
            if path not in known and path not in tables:
                raise RecipeError(f"a recipe has no setting {path!r}", hint=did_you_mean(path, known, cutoff=0.5))


def _check_finite(value: Any, path: str) -> None:
    """Refuse nan and inf, which TOML can write and no comparison with a range catches."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _check_finite(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, float) and not math.isfinite(value):
        raise RecipeError(f"{path} is {value}; allowed are {setting(path).range_text}")


def _write_out_root(complete: dict[str, Any]) -> None:
    """Take a drone's root that is given in Hz without quotation marks: the setting is text because of the notes."""
    soundscape = complete.get("soundscape")
    if isinstance(soundscape, dict) and type(soundscape.get("drone_root")) in {int, float}:
        soundscape["drone_root"] = str(soundscape["drone_root"])


def _check_values(complete: dict[str, Any]) -> None:
    """Hold texts to the rules that every door has: the language and the date of the tags."""
    tags = complete.get("tags")
    for key in ("title", "subtitle", "author", "show"):
        if isinstance(tags, dict) and isinstance(tags.get(key), str) and not tags[key].strip():
            tags[key] = ""  # blanks say nothing: the text's own is taken
    for key, check in (("language", language_tag), ("date", iso_date)):
        if isinstance(tags, dict) and isinstance(
            tags.get(key), datetime.date
        ):  # without quotation marks, as TOML has it
            tags[key] = tags[key].isoformat()
        if isinstance(tags, dict) and isinstance(tags.get(key), str):
            try:
                tags[key] = check(tags[key])
            except WrongValue as error:
                raise RecipeError(f"tags.{key} {error.complaint}", hint=error.hint) from error


def _in_plain_words(complaint: str, complete: Mapping[str, Any]) -> str:
    """Turn msgspec's `Expected … - at `$.pacing.wpm`` into a sentence that names key, value and range."""
    what, _, where = complaint.partition(" - at `$")
    path = where.strip("`").lstrip(".")
    field = next((known for known in settings() if known.path == path), None)
    if field is None:
        return f"the setting {path or 'recipe'} is wrong: {what[:1].lower()}{what[1:]}"
    if field.range_text:
        holder, _, name = path.rpartition(".")
        value = (complete[holder] if holder else complete)[name]
        return f"{path} is {_as_written(value)}; allowed are {field.range_text}"
    if "matching regex" in what:
        return f"{path} isn't written as it must be: {field.help}"
    return f"{path} ({field.help}): {what[:1].lower()}{what[1:]}"


def _as_written(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}"
    return quoted(value) if isinstance(value, str) else str(value)[:80]
