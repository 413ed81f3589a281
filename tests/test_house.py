"""The house: each file's name occurs once, no file is a room of its own, and the tests stand as the package does."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter

from tests.conftest import ROOT

MODULES = sorted(path for path in (ROOT / "audio_builder").rglob("*.py") if path.name != "__init__.py")


def test_a_file_name_occurs_once():
    """So that a name that somebody mentions is one file."""
    counts = Counter(path.name for path in MODULES)
    assert [name for name, count in counts.items() if count > 1] == []


def test_a_topic_that_takes_more_than_a_few_screens_is_two():
    """A file is read from top to bottom: beyond 450 lines it is looked at, beyond 500 it is two."""
    assert [path.name for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 500] == []


def test_every_room_is_in_the_contract():
    """It has at most 20 layers, so that it can be read as a list."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = settings["contracts"][0]["layers"]
    assert len(layers) <= 20
    rooms = {name.strip().split(".")[1] for layer in layers for name in layer.split("|")}
    found = {path.relative_to(ROOT / "audio_builder").parts[0].removesuffix(".py") for path in MODULES}
    assert found - rooms == {"__main__"}


def test_every_module_says_what_it_is_for():
    """In its first line."""
    silent = [path.name for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []
