"""The words of each language by which texts are read: the tables of `words.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

_TABLES: dict[str, Any] = tomllib.loads(
    resources.files("audio_builder.article").joinpath("words.toml").read_text(encoding="utf-8")
)


def word_set(text: str) -> frozenset[str]:
    """Return the words of a table that is written as one text."""
    return frozenset(text.split())


def words_of(table: str, row: str) -> frozenset[str]:
    """Return the words of a row."""
    return word_set(_TABLES[table][row])


def rows(table: str, inner: str = "") -> dict[str, frozenset[str]]:
    """Return the words of each row of a table, or of a table in it, by the name of the row and in their order."""
    return {name: word_set(row) for name, row in (_TABLES[table][inner] if inner else _TABLES[table]).items()}


def either(alternatives: frozenset[str]) -> str:
    """Return the part of a pattern that fits each of some words; a longer one before those that it begins with."""
    return "|".join(sorted(alternatives, key=lambda word: (-len(word), word)))
