"""Speaking rate: from words per minute to an engine's setting, and back, interpolated between measurements."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from audio_builder.voices.profile import RatePoint, VoiceProfile

_UNHEARD = 0.005
"""A rate that is missed by less than this share isn't worth a note."""


@dataclass(frozen=True, slots=True)
class RateSolution:
    """The setting for a wanted rate.

    Attributes:
        setting: the engine's own number, rounded to five digits so that equal wishes share cached clips.
        wpm: what the voice speaks at that setting on the text.
        limit: `slower` or `faster` where the voice can't go further that way and is used at its limit; else empty.
        note: empty, or that the voice can't go that slow or fast and what is used instead.
    """

    setting: float
    wpm: float
    limit: str = ""
    note: str = ""


def solve_rate(profile: VoiceProfile, wpm: float, text_factor: float = 1.0) -> RateSolution:
    """Return the setting at which a voice speaks a text at `wpm` words per minute, within what was measured.

    Between two measurements the logarithm of the setting is linear in the logarithm of the rate. That
    is exact both for engines whose setting is proportional to the rate and for those whose setting
    stretches time.

    Args:
        profile: its calibration is what is interpolated.
        wpm: wanted words per minute inside phrases, above 0.
        text_factor: how much longer a word of the text takes than a word of the calibration text; 1.1 for 10 % longer.
    """
    points = profile.calibration
    slowest, fastest = points[0].wpm, points[-1].wpm
    on_calibration_text = min(max(wpm * text_factor, slowest), fastest)
    reached = on_calibration_text / text_factor
    setting = _between(points, on_calibration_text, "wpm", "setting")
    limit = ""
    if abs(reached - wpm) > _UNHEARD * wpm:
        limit = "slower" if wpm < reached else "faster"
    note = limit_note(profile.name, limit, wpm, reached)
    return RateSolution(float(f"{setting:.5g}"), reached, limit, note)


def limit_note(name: str, limit: str, asked_wpm: float, used_wpm: float) -> str:
    """Return that a voice can't go that slow or fast, in words; empty where it does.

    Args:
        name: the voice's.
        limit: from `RateSolution`.
        asked_wpm: words per minute that were asked for.
        used_wpm: what it speaks instead, foreseen or measured.
    """
    beyond = {"slower": used_wpm - asked_wpm, "faster": asked_wpm - used_wpm}.get(limit, 0.0)
    if beyond <= _UNHEARD * asked_wpm:
        return ""
    return (
        f"the voice “{name}” can't speak this text {limit} than {used_wpm:.0f} words per minute; "
        f"{asked_wpm:.0f} was asked for, {used_wpm:.0f} is used"
    )


def expected_wpm(profile: VoiceProfile, setting: float) -> float:
    """Return how fast a voice speaks the calibration text at a setting of its engine, in words per minute."""
    points = sorted(profile.calibration, key=lambda point: point.setting)
    within = min(max(setting, points[0].setting), points[-1].setting)
    return _between(tuple(points), within, "setting", "wpm")


def _between(points: tuple[RatePoint, ...], at: float, known: str, wanted: str) -> float:
    """Return `wanted` where `known` is `at`, interpolated between points that rise in `known`."""
    for low, high in itertools.pairwise(points):
        x0, x1 = math.log(getattr(low, known)), math.log(getattr(high, known))
        if at <= getattr(high, known) and x1 > x0:
            share = (math.log(at) - x0) / (x1 - x0)
            y0, y1 = math.log(getattr(low, wanted)), math.log(getattr(high, wanted))
            return math.exp(y0 + share * (y1 - y0))
    return float(getattr(points[-1], wanted))
