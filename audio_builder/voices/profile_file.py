"""Writing measured rates into a voice's profile; its comments and everything else stay.

A module of its own, since importing tomlkit takes longer than everything else that reads a profile.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import tomlkit

from audio_builder.errors import VoiceError
from audio_builder.files import write_bytes
from audio_builder.voices.catalogue import profile_path
from audio_builder.voices.profile import RatePoint, platform_of
from audio_builder.voices.voice_files import data_folder


def store_calibration(name: str, points: Iterable[RatePoint]) -> Path:
    """Write measured rates into a voice's profile and return where it lies.

    A profile that came with the installed package is left as it is: a copy in the user's data folder takes
    its place. In a checkout the profile itself is changed.

    Args:
        name: of a voice that has a profile.
        points: at the settings that the profile names for this system, in its order.

    Raises:
        UnknownVoice: there is no such profile.
        VoiceError: it can't be read.
        OutputError: it can't be written.
    """
    path = profile_path(name)
    try:
        profile = tomlkit.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise VoiceError(f"can't read the voice profile {path}: {error.strerror or error}") from error
    tables = profile["calibration"]
    here = platform_of([table.get("platform", "") for table in tables])
    measured = [table for table in tables if table.get("platform", "") == here]
    for table, point in zip(measured, points, strict=True):
        table["wpm"] = point.wpm
    profile.pop("rates_of", None)
    own = data_folder() / "voices" / path.name
    in_checkout = (path.parent.parent / "pyproject.toml").is_file() and os.access(path, os.W_OK)
    target = path if path == own or in_checkout else own
    write_bytes(target, tomlkit.dumps(profile).encode())
    return target
