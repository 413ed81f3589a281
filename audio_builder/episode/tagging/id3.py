"""The one door to mutagen's ID3 frames."""

from __future__ import annotations

from typing import Any

import mutagen.id3
from mutagen import MutagenError

__all__ = ["MutagenError", "id3"]

id3: Any = mutagen.id3
"""Typed as Any: mutagen says that it is typed, but its frames get their fields at run time."""
