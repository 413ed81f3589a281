"""The standard that a delivered episode meets: its figures, and findings in plain words.

Sources: Apple Podcasts' audio requirements (loudness, true peak, bit rates, sample rates, cover);
ITU-R BS.1770-5 (how loudness and true peak are measured); WCAG 2.2, 1.4.7 with technique G56
(background at least 20 dB below speech); ID3v2 Chapter Frame Addendum 1.0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from msgspec import Struct

from audio_builder.recipe.settings import Mastering

LOUDNESS = "loudness"
TRUE_PEAK = "true peak"
SEPARATION = "speech above background, worst second"
SEPARATION_FROM_FILE = "speech above background, estimated from the file"
BACKGROUND = "background"
LETTERS = "letters on the cover"
"""Names of the findings that others look for."""


class Finding(Struct, frozen=True):
    """One thing that was measured.

    Attributes:
        name: what, in plain words.
        value: what was found.
        unit: of the value; empty where it has none.
        allowed: what the standard asks for, in words; empty where the value is only reported.
        ok: whether it meets the standard.
    """

    name: str
    value: float | str
    unit: str = ""
    allowed: str = ""
    ok: bool = True

    def __str__(self) -> str:
        """Return the finding as one line: `loudness: -16.2 LUFS (allowed: -16.5 to -15.5 LUFS)`."""
        value = f"{self.value:.10g}" if isinstance(self.value, float) else self.value
        found = f"{self.name}: {value} {self.unit}".rstrip()
        return f"{found} (allowed: {self.allowed})" if self.allowed else found


class Findings(Struct, frozen=True, kw_only=True):
    """Everything that was measured on one file.

    Attributes:
        lines: the findings, in the order a person would read them.
    """

    lines: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether every line meets the standard."""
        return all(line.ok for line in self.lines)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The lines that don't."""
        return tuple(line for line in self.lines if not line.ok)

    @property
    def loudness_lufs(self) -> float:
        """Integrated loudness as it was found; minus infinity where there was only silence."""
        return self._number(LOUDNESS)

    @property
    def true_peak_dbtp(self) -> float:
        """True peak as it was found; minus infinity where there was only silence."""
        return self._number(TRUE_PEAK)

    def _number(self, name: str) -> float:
        found = (line.value for line in self.lines if line.name == name)
        return next((value for value in found if isinstance(value, float)), -math.inf)


@dataclass(frozen=True, slots=True)
class Rule:
    """A figure of the standard.

    Attributes:
        name: of what is measured, in plain words.
        unit: of the figures.
        low: the lowest value allowed; None for no bound.
        high: the highest value allowed; None for no bound.
        digits: decimals that are reported; the rounded value is judged, so that what is read is what counts.
    """

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    digits: int = 1

    @property
    def allowed(self) -> str:
        """The bounds in words."""
        unit = f" {self.unit}" if self.unit else ""
        match self.low, self.high:
            case None, None:
                return ""
            case low, None:
                return f"at least {low:g}{unit}"
            case None, high:
                return f"at most {high:g}{unit}"
            case low, high:
                return f"{low:g}{unit}" if low == high else f"{low:g} to {high:g}{unit}"

    def judge(self, value: float) -> Finding:
        """Return the finding for a measured value; one that could not be measured (not finite) fails a bound."""
        if not math.isfinite(value):
            bounded = self.low is not None or self.high is not None
            return Finding(name=self.name, value="silent", unit="", allowed=self.allowed, ok=not bounded)
        rounded = round(value, self.digits)
        ok = (self.low is None or rounded >= self.low) and (self.high is None or rounded <= self.high)
        return Finding(name=self.name, value=float(rounded), unit=self.unit, allowed=self.allowed, ok=ok)


PODCAST_LOUDNESS = Rule(LOUDNESS, "LUFS", -17.0, -15.0, 2)
PODCAST_TRUE_PEAK = Rule(TRUE_PEAK, "dBTP", None, -1.0, 2)
LOUDNESS_RANGE = Rule("loudness range", "LU")
LOUDEST_MOMENT = Rule("loudest 400 ms", "LUFS")
DC_OFFSET = Rule("constant offset", "% of full scale", 0.0, 0.1, 3)
BALANCE = Rule("left louder than right", "dB", -1.5, 1.5)
MONO_LOSS = Rule("lost when played in mono", "dB", None, 4.0)
CLICKS = Rule("clicks", "", digits=0)
DIGITAL_SILENCE = Rule("longest digital silence", "s")
SPEECH_ABOVE_BED = Rule(SEPARATION, "dB", 20.0)
SPEECH_ABOVE_RESTS = Rule("speech above the loudest rest", "dB", 10.0)
QUIETEST_PHRASE = Rule("quietest phrase", "dBFS", -50.0)

SAMPLE_RATES_HZ = (44100, 48000)
BITRATES_KBPS = {1: (64, 128), 2: (128, 256)}
"""Lowest and highest bit rate by number of channels."""

COVER_SIDE_PX = (1400, 3000)
COVER_BYTES = 512 * 1024
CHAPTER_SLACK_MS = 50
"""How far a stranger's last chapter may end from the end of the sound."""


def loudness_rule(mastering: Mastering) -> Rule:
    """Return the bounds of loudness that a recipe asks for."""
    low, high = (mastering.target_lufs + sign * mastering.tolerance_lu for sign in (-1, 1))
    return Rule(LOUDNESS, "LUFS", round(low, 2), round(high, 2), 2)


def true_peak_rule(mastering: Mastering) -> Rule:
    """Return the bound of the true peak that a recipe asks for."""
    return Rule(TRUE_PEAK, "dBTP", None, mastering.ceiling_dbtp, 2)
