"""Measuring how fast a voice speaks at the settings of its engine."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from audio_builder.errors import VoiceError
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.progress import Progress, Step, silent
from audio_builder.script.cues import Role, Say, Script
from audio_builder.voices.calibration_text import calibration_text
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import RatePoint, VoiceProfile

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
