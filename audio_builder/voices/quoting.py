"""Words in messages."""

from __future__ import annotations


def quoted(text: str, longest: int = 80) -> str:
    """Return a phrase for an error message: in quotation marks, cut after `longest` characters."""
    shown = text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
    return f"“{shown}”"
