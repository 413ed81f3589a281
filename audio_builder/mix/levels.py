"""Levels of the speech, from what is stored with each clip (no sound is read), and the sound of bells and breaths."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audio_builder.audio.loudness import HOP_S, integrated_lufs
from audio_builder.audio.samples import Samples, samples_from_segment
from audio_builder.mix.timeline import PlacedClip, PlacedTone, Timeline, Tone, frames_from_seconds
from audio_builder.narration.clip import CELL_S, Cells
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.bells import strike
from audio_builder.sound.breath import breathe

_BREATH_BELOW_BELL_DB = 16.0  # A tone that lasts is much louder than a stroke of the same peak.
_CUT_FADE_S = 0.8

CELLS_PER_HOP = round(HOP_S / CELL_S)

_LARGEST_LEVELLING_DB = 3.0
_PAUSE_GATE_DB = -20.0


@dataclass(frozen=True, slots=True, eq=False)
class SpeechLevels:
    """Levels of the speech in one channel, after levelling.

    Attributes:
        clip_gains_db: what brings each clip of the timeline nearer to the middle one of its voice, within
            ±3 dB: engines speak short sentences louder or softer than long ones. Then what makes every
            voice as loud as the one that says most.
        energies: K-weighted mean square of each cell.
        peaks: highest magnitude in each cell, full scale at 1.0.
        loudness_lufs: integrated loudness of the clips joined without pauses; −inf without speech.
        usual_peak_dbfs: the middle one of the clips' peaks; −inf without speech.
        quietest_seconds_dbfs: for each clip the RMS level of its quietest second of speech (see
            `audio.speech_level`); −inf for a clip without sound.
    """

    clip_gains_db: tuple[float, ...]
    energies: Cells
    peaks: Cells
    loudness_lufs: float
    usual_peak_dbfs: float
    quietest_seconds_dbfs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Measured:
    """One clip: where its cells begin, how loud it is, and its quietest second (dBFS)."""

    first_cell: int
    cells: int
    loudness_db: float
    peak_dbfs: float
    quietest_dbfs: float


def measure_speech(timeline: Timeline) -> SpeechLevels:
    """Return the levels of a timeline's speech.

    Raises:
        NarrationError: a clip can't be loaded any more.
    """
    cell = round(timeline.rate_hz * CELL_S)
    energies = np.zeros(timeline.frames // cell + 1, dtype=np.float32)
    peaks = np.zeros_like(energies)
    measured = [_entered(placed, cell, (energies, peaks)) for placed in timeline.clips]
    # A clip without sound is left as it is, and is no example for the others.
    audible = [clip for clip in measured if math.isfinite(clip.loudness_db)]
    if not audible:
        silent = (-math.inf,) * len(measured)
        return SpeechLevels((0.0,) * len(measured), energies, peaks, -math.inf, -math.inf, silent)
    gains = _gains(measured, [placed.clip.voice for placed in timeline.clips], energies)
    spoken = np.zeros(len(energies), dtype=bool)
    cell_gains = np.ones(len(energies), dtype=np.float32)
    for clip, gain_db in zip(measured, gains, strict=True):
        where = slice(clip.first_cell, clip.first_cell + clip.cells)
        spoken[where] = True
        cell_gains[where] = 10 ** (gain_db / 20)
    energies *= cell_gains**2
    peaks *= cell_gains
    levelled = [pair for pair in zip(measured, gains, strict=True) if math.isfinite(pair[0].loudness_db)]
    return SpeechLevels(
        clip_gains_db=tuple(gains),
        energies=energies,
        peaks=peaks,
        loudness_lufs=integrated_lufs(hops_from_cells(energies[spoken])),
        usual_peak_dbfs=float(np.median([clip.peak_dbfs + gain_db for clip, gain_db in levelled])),
        quietest_seconds_dbfs=tuple(
            clip.quietest_dbfs + gain_db for clip, gain_db in zip(measured, gains, strict=True)
        ),
    )


def _gains(measured: list[_Measured], voices: list[str], energies: Cells) -> list[float]:
    """Return the gain of each clip in dB: levelled within its voice, and each voice as loud as the others."""
    gains = [0.0] * len(measured)
    loudness: dict[str, float] = {}
    for voice in dict.fromkeys(voices):
        own = [place for place, name in enumerate(voices) if name == voice]
        audible = [measured[place].loudness_db for place in own if math.isfinite(measured[place].loudness_db)]
        if not audible:
            continue
        middle = float(np.median(audible))
        for place in own:
            gains[place] = _levelling_db(measured[place].loudness_db, middle)
        cells = np.concatenate(
            [
                energies[measured[place].first_cell :][: measured[place].cells] * 10 ** (gains[place] / 10)
                for place in own
            ]
        )
        # Words of under 0.4 s in all are too short for the meter.
        metered = integrated_lufs(hops_from_cells(cells))
        loudness[voice] = metered if math.isfinite(metered) else middle
    most = max(loudness, key=voices.count)
    return [
        gain + (loudness[most] - loudness[voice] if voice in loudness else 0.0)
        for gain, voice in zip(gains, voices, strict=True)
    ]


def hops_from_cells(cells: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return the mean of each run of cells that makes 100 ms, what the loudness functions take."""
    hops = len(cells) // CELLS_PER_HOP
    means: npt.NDArray[np.float64] = (
        cells[: hops * CELLS_PER_HOP].reshape(hops, CELLS_PER_HOP).mean(axis=1, dtype=np.float64)
    )
    return means


def _entered(placed: PlacedClip, cell: int, totals: tuple[Cells, Cells]) -> _Measured:
    """Enter a clip's cells into the totals, at the nearest cell to its place, and return its levels."""
    levels = placed.clip.levels()
    first = round(placed.start / cell)
    where = slice(first, first + len(levels.energies))
    totals[0][where] += levels.energies[: len(totals[0]) - first]
    np.maximum(totals[1][where], levels.peaks[: len(totals[1]) - first], out=totals[1][where])
    energies = levels.energies.astype(np.float64)
    voiced = energies[energies > energies.mean() * 10 ** (_PAUSE_GATE_DB / 10)] if energies.size else energies
    return _Measured(
        first_cell=first,
        cells=len(energies),
        loudness_db=_decibels(float(voiced.mean())) if voiced.size else -math.inf,
        peak_dbfs=2 * _decibels(float(levels.peaks.max(initial=0.0))),
        quietest_dbfs=_decibels(levels.quietest_second),
    )


def _levelling_db(loudness_db: float, middle_db: float) -> float:
    """Return the gain that brings a clip to the middle, as far as that is gentle."""
    if not math.isfinite(loudness_db):
        return 0.0
    return float(np.clip(middle_db - loudness_db, -_LARGEST_LEVELLING_DB, _LARGEST_LEVELLING_DB))


def _decibels(power: float) -> float:
    """Return a power in dB; −inf for 0."""
    return 10 * math.log10(power) if power > 0 else -math.inf


def tone_sound(tone: PlacedTone, soundscape: Soundscape, rate_hz: int) -> Samples:
    """Return a tone in stereo, shape (tone.frames, 2), its peak just below full scale.

    A bell that is cut short fades out over its last 0.8 s, or over all of it if it is shorter.
    """
    if tone.tone in {Tone.BELL, Tone.CLOSING_BELL}:
        bell = soundscape.bell if tone.tone is Tone.BELL else soundscape.closing_bell
        sound = samples_from_segment(strike(bell, rate_hz))
        return sound if len(sound) <= tone.frames else _cut(sound, tone.frames, rate_hz)
    breath = samples_from_segment(breathe(tone.frames, rate_hz, inward=tone.tone is Tone.BREATH_IN))
    return breath * np.float32(10 ** (-_BREATH_BELOW_BELL_DB / 20))


def _cut(sound: Samples, frames: int, rate_hz: int) -> Samples:
    """Return the beginning of a sound, faded out."""
    fade = min(frames, frames_from_seconds(_CUT_FADE_S, rate_hz))
    short = sound[:frames].copy()
    short[frames - fade :] *= (np.cos(np.linspace(0, math.pi / 2, fade)) ** 2).astype(np.float32)[:, np.newaxis]
    return short
