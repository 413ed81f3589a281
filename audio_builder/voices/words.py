"""Counting words the way a speaking rate counts them."""

from __future__ import annotations


def count_words(text: str) -> int:
    """Return how many words are spoken: what stands between spaces and has a letter or a digit in it."""
    return sum(any(character.isalnum() for character in token) for token in text.split())


def quoted(text: str, longest: int = 80) -> str:
    """Return a phrase for an error message: in quotation marks, cut after `longest` characters."""
    shown = text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
    return f"“{shown}”"
