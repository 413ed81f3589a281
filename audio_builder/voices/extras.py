"""The Python packages that engines need: their versions, and what to say when one isn't installed."""

from __future__ import annotations

import functools
from importlib import metadata
from pathlib import Path

from audio_builder.errors import MissingExtra

_LOCKS = Path(__file__).resolve().parent / "install" / "locks"


def engine_lock(engine: str) -> Path | None:
    """Return the file that pins what an engine needs beyond our core packages; None for one that has no such file.

    It is in pip's format for requirements, with hashes.
    """
    lock = _LOCKS / f"{engine}.txt"
    return lock if lock.is_file() else None


def missing_extra(distribution: str, wanted_by: str) -> MissingExtra:
    """Return the error for a distribution that isn't installed.

    Args:
        distribution: its name on the package index.
        wanted_by: what can't be used without it, such as `the engine piper`.
    """
    return MissingExtra(
        f"{wanted_by} needs the package {distribution}, which isn't installed",
        hint=f"Install it with: pip install '{distribution}'",
    )


def installed_version(distribution: str, wanted_by: str) -> str:
    """Return the version of an installed distribution, without importing it.

    Raises:
        MissingExtra: it isn't installed.
    """
    try:
        return _version(distribution)
    except metadata.PackageNotFoundError as error:
        raise missing_extra(distribution, wanted_by) from error


@functools.cache
def _version(distribution: str) -> str:
    return metadata.version(distribution)
