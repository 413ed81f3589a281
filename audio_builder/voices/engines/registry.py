"""Finding engines: each is published under its name as an entry point, ours like anybody's."""

from __future__ import annotations

import functools
import sys
from importlib import metadata

from audio_builder.errors import AudioBuilderError, VoiceError
from audio_builder.voices.engines.base import ENTRY_POINT_GROUP, Engine


def engine_names() -> tuple[str, ...]:
    """Return the names of all engines that installed packages publish, in alphabetical order."""
    return tuple(sorted(_published(tuple(sys.path)).names))


def load_engine(name: str) -> Engine:
    """Return a new instance of the engine of that name. No model is loaded yet.

    Raises:
        VoiceError: there is none of that name (with the known names), or it can't be imported.
        MissingExtra: the packages it needs aren't installed.
    """
    points = _published(tuple(sys.path)).select(name=name)
    if not points:
        known = ", ".join(engine_names()) or "none"
        raise VoiceError(
            f"there is no engine called “{name}”; the engines are: {known}",
            hint="Install the package that brings the engine, or mend `engine` in the voice's profile.",
        )
    point = next(iter(points))
    try:
        engine = point.load()()
    except AudioBuilderError:
        raise
    except Exception as error:  # somebody else's package: its import may raise anything
        raise VoiceError(
            f"the engine “{name}” ({point.value}) can't be loaded: {error}",
            hint="Install the package that brings it again, or choose another voice.",
        ) from error
    if not isinstance(engine, Engine):
        raise VoiceError(f"“{name}” ({point.value}) isn't an engine: it lacks voices, speak or fingerprint")
    return engine


@functools.lru_cache(maxsize=4)
def _published(_path: tuple[str, ...]) -> metadata.EntryPoints:
    """Return what the packages on a path publish; looking through all of them takes 10 ms."""
    return metadata.entry_points(group=ENTRY_POINT_GROUP)
