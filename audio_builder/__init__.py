"""Turn a text into a voice-guided reflection episode, offline.

`build` is the whole job in one call; `audio_builder.pipeline` shows the stages that it is made of.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audio_builder.pipeline import build
    from audio_builder.recipe.settings import Recipe

# Before NumPy is imported: the threads of its OpenBLAS go on running for a while after each product and take the cores
# from workers and encoders, and how many there are may decide the last bit of a sum.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
__all__ = ["Recipe", "__version__", "build"]

_HOMES = {"build": "audio_builder.pipeline", "Recipe": "audio_builder.recipe.settings"}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: the command line must start fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
