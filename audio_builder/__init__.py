"""Turn a text into a voice-guided reflection episode, offline."""

from __future__ import annotations

__version__ = "0.1.0"
