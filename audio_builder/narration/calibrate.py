"""Measuring how fast a voice speaks at the settings of its engine."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from audio_builder.errors import VoiceError
from audio_builder.narration.clip import Clip
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.progress import Progress, Step, silent
from audio_builder.script.cues import Role, Say, Script
from audio_builder.voices.engines.base import Planner
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.normalize import spoken_text
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import RatePoint, Voice, VoiceProfile
from audio_builder.voices.rate.passage import CALIBRATION_PASSAGE

_RATE_HZ = 44100


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured of a voice.

    Attributes:
        points: by rising words per minute.
        ending_s: as in `VoiceProfile`; None for an engine that doesn't plan its lengths.
    """

    points: tuple[RatePoint, ...]
    ending_s: float | None


def calibrate(
    profile: VoiceProfile,
    cache: ClipCache,
    progress: Progress = silent,
    passage: Sequence[str] = CALIBRATION_PASSAGE,
) -> Calibration:
    """Speak the passage at each setting that a profile's calibration names, and return how fast it was.

    Every clip is kept: a measurement that was stopped goes on where it was.

    Args:
        profile: its calibration says at which settings.
        cache: where the clips are kept.
        progress: told of each clip, over all settings.
        passage: phrases to speak.

    Raises:
        VoiceError: the voice isn't ready, or doesn't speak faster at one setting than at another.
        NarrationError: a phrase can't be spoken.
        KeyboardInterrupt: Ctrl-C; finished clips are kept.
    """
    voice = prepare_voice(profile, profile.calibration[0].wpm).voice
    script = Script("", "", "", profile.language, "", "", tuple(Say(text, Role.PROSE) for text in passage))
    settings = [point.setting for point in profile.calibration]
    points, endings = [], []
    for number, setting in enumerate(settings):

        def tell(step: Step, number: int = number) -> None:
            progress(replace(step, done=number * step.total + step.done, total=len(settings) * step.total))

        at_setting = msgspec.structs.replace(voice, rate=setting)
        narration = narrate(script, at_setting, cache=cache, rate_hz=_RATE_HZ, progress=tell)
        points.append(RatePoint(setting=setting, wpm=round(narration.wpm, 1)))
        endings.append(_ending_s(narration.clips, at_setting))
    if any(slower.wpm >= faster.wpm for slower, faster in itertools.pairwise(points)):
        told = ", ".join(f"{point.wpm:.1f} at {point.setting:g}" for point in points)
        raise VoiceError(
            f"the rates of the voice “{profile.name}” don't rise with its settings: {told}",
            hint="Put the settings in the order from slow to fast, and further apart, in its profile.",
        )
    known = [ending for ending in endings if ending is not None]
    return Calibration(tuple(points), round(min(max(statistics.fmean(known), 0.0), 2.0), 3) if known else None)


def _ending_s(clips: tuple[Clip, ...], voice: Voice) -> float | None:
    """Return what a phrase lasts beyond its plan, at the engine's own pace, in seconds.

    The spoken lengths are fitted by a multiple of the planned ones and a constant (least squares, each
    phrase weighted by the inverse of its length, as the deviations grow with it).
    """
    engine = load_engine(voice.profile.engine)
    if not isinstance(engine, Planner):
        return None
    planned = np.array([engine.planned_s(spoken_text(clip.say.text, voice, engine), voice) for clip in clips])
    spoken = np.array([clip.speech_s for clip in clips])
    weights = 1 / np.sqrt(spoken)
    terms = np.stack((planned, np.ones_like(planned)), axis=1)
    (multiple, constant), *_ = np.linalg.lstsq(terms * weights[:, None], spoken * weights)
    return float(constant / multiple)
