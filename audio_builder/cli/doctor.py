"""`audio-builder doctor`: what is installed, what is missing, and the command that mends it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from audio_builder import __version__
from audio_builder.cli.console import Console
from audio_builder.cli.options import output_folder, verbosity
from audio_builder.errors import AudioBuilderError


@dataclass(frozen=True, slots=True)
class _Symptom:
    """One line of the examination.

    Attributes:
        about: what was looked at.
        found: what was found, or what is wrong.
        well: whether it works.
        needed: whether no episode can be made without it.
        mend: what to do about it, empty when it works.
    """

    about: str
    found: str
    well: bool = True
    needed: bool = True
    mend: str = ""


@click.command(
    "doctor",
    epilog="""\b
Examples:
  audio-builder doctor
  audio-builder doctor -o /media/podcasts
""",
)
@output_folder
@verbosity
@click.pass_context
def command(ctx: click.Context, output: Path) -> None:
    """Say what is installed, what is missing, and the exact command that mends it.

    The exit code is 1 when something that every episode needs is missing.
    """
    console = ctx.ensure_object(Console)
    fit = True
    for symptom in _examine(output):
        label = "ok" if symptom.well else "missing" if symptom.needed else "not installed"
        console.result(f"{label:<13}  {symptom.about}: {symptom.found}")
        if symptom.mend:
            console.result(f"{'':<13}  → {symptom.mend}")
        fit = fit and (symptom.well or not symptom.needed)
    console.result("")
    if not fit:
        console.result("Something that every episode needs is missing; the line with → says what to do.")
        ctx.exit(1)
    console.result("All you need is there. What is not installed is optional.")


def _examine(output: Path) -> Iterator[_Symptom]:
    from audio_builder.voices.status import voice_statuses
    from audio_builder.voices.voice_choice import ENGLISH_VOICE

    yield _Symptom("audio-builder", __version__)
    yield _Symptom("Python", f"{platform.python_version()} at {sys.executable}")
    yield _tried("encoder", _encoder)
    statuses = voice_statuses()
    for status in statuses:
        is_default = status.name == ENGLISH_VOICE
        if status.fetchable and not is_default:
            continue
        about = f"voice {status.name}" + (" (default for English)" if is_default else "")
        if status.ready:
            yield _Symptom(about, f"{status.description} ({status.engine})")
        else:
            found = status.problem if is_default else f"{status.description} ({status.engine})"
            yield _Symptom(about, found, well=False, needed=is_default, mend=status.mend)
    if fetchable := [status.name for status in statuses if status.fetchable and status.name != ENGLISH_VOICE]:
        mend = "Fetch one with: audio-builder voices install NAME; audio-builder voices says what they are"
        yield _Symptom("more voices", ", ".join(fetchable), well=False, needed=False, mend=mend)
    yield _tried("cache of spoken phrases", _cache)
    yield _tried("folder for episodes", lambda: _folder(output))


def _tried(about: str, look: Callable[[], str]) -> _Symptom:
    try:
        return _Symptom(about, look())
    except AudioBuilderError as error:
        return _Symptom(about, error.message, well=False, mend=error.hint)


def _encoder() -> str:
    from audio_builder.audio.samples import ffmpeg_version

    return ffmpeg_version()


def _cache() -> str:
    from audio_builder.files import write_probe
    from audio_builder.store import default_cache_folder

    folder = default_cache_folder()
    write_probe(folder)
    return str(folder)


def _folder(folder: Path) -> str:
    from audio_builder.files import write_probe

    write_probe(folder)
    return str(folder.resolve())
