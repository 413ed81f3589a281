"""Where what belongs to the user lies: voice profiles of their own, and weights that were installed."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """Return the folder for what the user adds: `$AUDIO_BUILDER_DATA`, else where the platform keeps such things."""
    named = os.environ.get("AUDIO_BUILDER_DATA")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_data_path("audio-builder", appauthor=False)


def installed_file(sha256: str, name: str) -> Path:
    """Return where an installed voice file lies, or would lie: by its hash, so that voices share what is the same.

    Args:
        sha256: the file's pinned hash.
        name: the file's own name.
    """
    return data_folder() / "weights" / sha256[:16] / name
