"""Measuring how fast a voice speaks at the settings of its engine, and writing that into its profile.

The calibration text has phrases as a reflection has them: titles, verse, questions, lists and sentences of up to forty
words, nine words to a phrase and 1.4 syllables to a word. Short phrases are spoken more slowly than long ones, and long
words take longer than short ones, so a rate belongs to a voice and a mixture.
"""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

import msgspec
import tomlkit

from audio_builder.errors import VoiceError
from audio_builder.files import write_bytes
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.progress import Progress, Step, silent
from audio_builder.script.cues import Role, Say, Script
from audio_builder.voices.catalogue import profile_path
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import RatePoint, VoiceProfile, platform_of
from audio_builder.voices.voice_files import data_folder

_FOLDER = resources.files("audio_builder.voices") / "calibration_texts"
_STEP = 4
"""One of so many of the 40 phrases in a file of another language than English: a title, sentences, questions and verse
are among them."""


@functools.cache
def phrases_in(language: str) -> tuple[str, ...]:
    """Return all phrases that there are in a language (BCP 47 tag); empty for one without a file."""
    file = _FOLDER / f"{language.partition('-')[0].lower()}.txt"
    return tuple(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else ()


def calibration_text(language: str) -> tuple[str, ...]:
    """Return the phrases on which a voice of a language is measured; the English ones where it has none."""
    own = () if language.lower().startswith("en") else phrases_in(language)[::_STEP]
    return own or phrases_in("en")


_RATE_HZ = 44100


def calibrate(
    profile: VoiceProfile,
    cache: ClipCache,
    progress: Progress = silent,
    text: Sequence[str] = (),
) -> tuple[RatePoint, ...]:
    """Speak the calibration text at each setting that a profile's calibration names, and return how fast it was.

    Every clip is kept: a measurement that was stopped goes on where it was.

    Args:
        profile: its calibration says at which settings.
        cache: where the clips are kept.
        progress: called with each clip, over all settings.
        text: phrases to speak; none for the calibration text of the voice's language.

    Raises:
        VoiceError: the voice isn't ready, or doesn't speak faster at one setting than at another.
        NarrationError: a phrase can't be spoken.
        KeyboardInterrupt: Ctrl-C; finished clips are kept.
    """
    voice = prepare_voice(profile, profile.calibration[0].wpm).voice
    script = Script(
        "",
        "",
        "",
        profile.language,
        "",
        "",
        tuple(Say(phrase, Role.PROSE) for phrase in text or calibration_text(profile.language)),
    )
    settings = [point.setting for point in profile.calibration]
    points = []
    for number, setting in enumerate(settings):

        def on_progress(step: Step, number: int = number) -> None:
            progress(replace(step, done=number * step.total + step.done, total=len(settings) * step.total))

        at_setting = msgspec.structs.replace(voice, rate=setting)
        narration = narrate(script, at_setting, cache=cache, rate_hz=_RATE_HZ, progress=on_progress)
        points.append(RatePoint(setting=setting, wpm=round(narration.wpm, 1)))
    if any(slower.wpm >= faster.wpm for slower, faster in itertools.pairwise(points)):
        told = ", ".join(f"{point.wpm:.1f} at {point.setting:g}" for point in points)
        raise VoiceError(
            f"the rates of the voice “{profile.name}” don't rise with its settings: {told}",
            hint="Put the settings in the order from slow to fast, and further apart, in its profile.",
        )
    return tuple(points)


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
