"""Which command installs a package that a voice needs."""

from __future__ import annotations

import functools
import re
from importlib import metadata

from audio_builder.errors import MissingExtra

_OURS = "audio-builder"
_EXTRA = re.compile(r"""extra\s*==\s*["']([A-Za-z0-9._-]+)["']""")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def install_command(distribution: str, version: str = "") -> str:
    """Return the command that installs a distribution: the smallest extra of ours that brings it, else itself.

    Args:
        distribution: its name on the package index.
        version: an exact version, used where no extra brings it; empty for the latest.
    """
    brought: dict[str, list[str]] = {}
    for requirement in _requirements():
        name, extra = _NAME.match(requirement), _EXTRA.search(requirement)
        if name and extra:
            brought.setdefault(extra.group(1), []).append(name.group())
    extras = [extra for extra, names in brought.items() if any(_same(name, distribution) for name in names)]
    if extras:
        return f"pip install '{_OURS}[{min(extras, key=lambda extra: len(brought[extra]))}]'"
    return f"pip install '{distribution}=={version}'" if version else f"pip install '{distribution}'"


def missing_extra(distribution: str, wanted_by: str) -> MissingExtra:
    """Return the error for a distribution that isn't installed, with the command that mends it.

    Args:
        distribution: its name on the package index.
        wanted_by: what can't be used without it, such as `the engine piper`.
    """
    return MissingExtra(
        f"{wanted_by} needs the package {distribution}, which isn't installed",
        hint=f"Install it with: {install_command(distribution)}",
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


def _requirements() -> list[str]:
    try:
        return metadata.requires(_OURS) or []
    except metadata.PackageNotFoundError:
        return []  # run from a checkout that was never installed: no extras to name


def _same(one: str, other: str) -> bool:
    """Return whether two names are the same distribution's (the index's rule, PEP 503)."""
    return re.sub(r"[-_.]+", "-", one).lower() == re.sub(r"[-_.]+", "-", other).lower()
