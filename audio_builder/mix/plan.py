"""The mix plan: the gains that reach the target loudness, found before a frame is rendered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from audio_builder.audio.filters import released
from audio_builder.audio.loudness import LoudnessMeter, integrated_lufs
from audio_builder.mix.ducking import BedEnvelope, duck_depths
from audio_builder.mix.levels import SpeechLevels, hops_from_cells, tone_sound
from audio_builder.mix.timeline import Timeline, frames_from_seconds
from audio_builder.narration.clip import CELL_S, Cells, cells_of_sound
from audio_builder.recipe.settings import Mastering, Soundscape
from audio_builder.sound.background import CROSSFADE_S
from audio_builder.sound.bed import Bed

_HEADROOM_DB = 0.5
_HEADROOM_BELOW_96_KBPS_DB = 1.0

_ROUNDS = 30
_CELLS_AT_ONCE = 50_000  # A quarter of an hour; a multiple of the cells in a hop.
_BED_SAMPLE_S = 10.0
_BED_MAY_CHANGE_LU = 0.5
_GATE_MARGIN_DB = 3.0  # A bed so near the gate would be in or out by chance.
_LOWEST_BED_DB = 40
_CLOSE_ENOUGH_LU = 0.005
_LARGEST_GAIN_DB = 60.0


@dataclass(frozen=True, slots=True)
class MixPlan:
    """Every gain of the mix.

    Attributes:
        channels: 1 or 2.
        clip_gains_db: for each clip of the timeline, all it takes to the finished mix.
        bed_gain_db: of the bed under usual speech; −inf for none.
        bed_ducks_db: for each clip how much lower the bed lies under it, at most 0: soft speech wants a softer bed.
        tone_gain_db: of bells and breaths.
        ceiling_dbtp: highest true peak that the limiter lets through.
        predicted_lufs: integrated loudness of the limited mix, as predicted.
    """

    channels: int
    clip_gains_db: tuple[float, ...]
    bed_gain_db: float
    bed_ducks_db: tuple[float, ...]
    tone_gain_db: float
    ceiling_dbtp: float
    predicted_lufs: float


@dataclass(frozen=True, slots=True, eq=False)
class _Forecast:
    """What the mix will be made of, cell by cell, for predicting its loudness."""

    levels: SpeechLevels
    tone_energies: Cells
    tone_peaks: Cells
    bed_energies: Cells
    channels: int
    ceiling_dbtp: float
    tone_below_db: float

    def tone_gain_db(self, speech_gain_db: float) -> float:
        """Return the tones' gain: so far below the usual peak of speech, which the limiter may lower."""
        peak_dbfs = self.levels.usual_peak_dbfs + speech_gain_db
        return min(peak_dbfs, self.ceiling_dbtp) - self.tone_below_db

    def lufs(self, speech_gain_db: float) -> float:
        """Return the integrated loudness with this gain."""
        # A bed above −70 LUFS lets the pauses pass the absolute gate, which lowers the relative one:
        # without it the forecast is up to 0.5 LU too high.
        hops = []
        for where, limited in self._limiting_db(speech_gain_db):
            energies = (self.levels.energies[where] + self.bed_energies[where]) * 10 ** (speech_gain_db / 10)
            energies += self.tone_energies[where] * 10 ** (self.tone_gain_db(speech_gain_db) / 10)
            hops.append(hops_from_cells(energies * 10 ** (limited / -10)))
        return integrated_lufs(self.channels * np.concatenate(hops))

    def _limiting_db(self, speech_gain_db: float) -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
        """Yield how much the limiter will take away in each cell: some cells at a time, for there may be a million."""
        tone_gain = 10 ** (self.tone_gain_db(speech_gain_db) / 20)
        before_db = 0.0
        for where in _parts(len(self.levels.peaks)):
            peaks = self.levels.peaks[where] * 10 ** (speech_gain_db / 20)
            peaks += self.tone_peaks[where] * tone_gain
            over = np.maximum(peaks / 10 ** (self.ceiling_dbtp / 20), 1.0, dtype=np.float64)
            limited = released(20 * np.log10(over), 1 / CELL_S, before_db)
            before_db = float(limited[-1])
            yield where, limited


def _parts(cells: int) -> Iterator[slice]:
    """Yield which cells to take at a time: whole hops."""
    for start in range(0, cells, _CELLS_AT_ONCE):
        yield slice(start, min(start + _CELLS_AT_ONCE, cells))


def plan_mix(
    levels: SpeechLevels,
    timeline: Timeline,
    bed: Bed,
    soundscape: Soundscape,
    mastering: Mastering,
    encoder_db: float = 0.0,
) -> MixPlan:
    """Return the gains with which the mix lands on the target.

    The gain comes from the speech, with the effect of the tones and the limiter predicted; the bed, 20 dB or more
    below, changes the loudness by less than 0.1 LU. A peaky voice loses loudness in the limiter, so
    the gain is found by iteration on 20 ms cells.

    Args:
        levels: of the timeline's speech.
        timeline: the tones on it.
        bed: the background; its loudest second decides its gain.
        soundscape: how far the bed and the tones lie below the speech.
        mastering: target, ceiling and channels.
        encoder_db: how much louder the encoder delivers than it was given (below 0: softer); target and
            ceiling are those of the delivered file.
    """
    tone_energies, tone_peaks = _tone_cells(timeline, soundscape, len(levels.energies))
    ceiling_dbtp = mastering.ceiling_dbtp - encoder_db - encoder_headroom_db(mastering.bitrate_kbps)
    ducks = duck_depths(levels.quietest_seconds_dbfs, timeline, soundscape)
    speech_alone = _Forecast(
        levels=levels,
        tone_energies=tone_energies,
        tone_peaks=tone_peaks,
        bed_energies=np.zeros_like(levels.energies),
        channels=mastering.channels,
        ceiling_dbtp=ceiling_dbtp,
        tone_below_db=soundscape.bell_below_speech_db,
    )
    target_lufs = mastering.target_lufs - encoder_db
    bed_cells = _bed_cells(timeline, bed, soundscape, ducks.depths_db, len(levels.energies))
    bed_below_db = _below_the_gate(
        speech_alone, bed_cells, _bed_gain_db(ducks.usual_dbfs, bed, soundscape), target_lufs
    )
    forecast = replace(speech_alone, bed_energies=bed_cells * np.float32(10 ** (bed_below_db / 10)))
    gain_db = _gain_for(forecast, target_lufs)
    return MixPlan(
        channels=mastering.channels,
        clip_gains_db=tuple(gain_db + own_db for own_db in levels.clip_gains_db),
        bed_gain_db=gain_db + bed_below_db,
        bed_ducks_db=ducks.depths_db,
        tone_gain_db=forecast.tone_gain_db(gain_db),
        ceiling_dbtp=ceiling_dbtp,
        predicted_lufs=forecast.lufs(gain_db),
    )


def _below_the_gate(speech_alone: _Forecast, bed_cells: Cells, bed_below_db: float, target_lufs: float) -> float:
    """Return the bed's gain under untouched speech, lowered until the meter's gate leaves the bed out.

    Where little is said and much is rested, the relative gate of BS.1770 (10 LU under the mean of everything) sinks
    to the bed. The loudness would then be that of the bed, and a gain that corrects it would drown the voice.
    """
    if not math.isfinite(bed_below_db):
        return bed_below_db
    gain_db = _gain_for(speech_alone, target_lufs)
    expected = speech_alone.lufs(gain_db)
    for lowered_db in range(_LOWEST_BED_DB):
        tried_db = bed_below_db - lowered_db + _GATE_MARGIN_DB
        with_bed = replace(speech_alone, bed_energies=bed_cells * np.float32(10 ** (tried_db / 10)))
        if abs(with_bed.lufs(gain_db) - expected) <= _BED_MAY_CHANGE_LU:
            return bed_below_db - lowered_db
    return bed_below_db - _LOWEST_BED_DB


def encoder_headroom_db(bitrate_kbps: int) -> float:
    """Return how far below the delivered ceiling to limit, because an MP3 overshoots what was encoded.

    Measured: up to 0.4 dB at 96 kbps and more, up to 0.8 dB in mono at 64 kbps.
    """
    return _HEADROOM_DB if bitrate_kbps >= 96 else _HEADROOM_BELOW_96_KBPS_DB


def _gain_for(forecast: _Forecast, target_lufs: float) -> float:
    """Return the speech's gain in dB that reaches a loudness, or comes as near as the limiter lets it."""
    if not math.isfinite(forecast.levels.loudness_lufs):
        return 0.0
    gain_db = target_lufs - forecast.levels.loudness_lufs
    for _ in range(_ROUNDS):
        missing_lu = target_lufs - forecast.lufs(gain_db)
        if not math.isfinite(missing_lu) or abs(missing_lu) < _CLOSE_ENOUGH_LU:
            break
        # Each dB brings a little less than one, so these steps come nearer from one side.
        gain_db = min(gain_db + missing_lu, _LARGEST_GAIN_DB)
    return gain_db


def _bed_gain_db(usual_dbfs: float, bed: Bed, soundscape: Soundscape) -> float:
    """Return the gain of a bed under untouched speech: its loudest second under a usual quietest second of speech."""
    if not math.isfinite(bed.loudest_second_dbfs) or not math.isfinite(usual_dbfs):
        return -math.inf
    return usual_dbfs - soundscape.bed_below_speech_db - bed.loudest_second_dbfs


def _bed_cells(timeline: Timeline, bed: Bed, soundscape: Soundscape, depths_db: Sequence[float], count: int) -> Cells:
    """Return the K-weighted mean square of the bed in each cell, before its gain.

    The first seconds of each background stand for all that is heard of it.
    """
    if not math.isfinite(bed.loudest_second_dbfs):
        return np.zeros(count, dtype=np.float32)
    cell = round(timeline.rate_hz * CELL_S)
    powers = np.zeros(count, dtype=np.float32)
    changed = frames_from_seconds(CROSSFADE_S, timeline.rate_hz)
    for start in (0, *(change.start + changed for change in timeline.backgrounds)):
        meter = LoudnessMeter(timeline.rate_hz, bed.channels)
        meter.push(bed.read(start, frames_from_seconds(_BED_SAMPLE_S, timeline.rate_hz)))
        powers[start // cell :] = meter.energies().mean() / bed.channels
    envelope = BedEnvelope(timeline, soundscape, depths_db)
    for where in _parts(count):
        powers[where] *= np.square(envelope.at(np.arange(where.start, where.stop) * cell))
    return powers


def _tone_cells(timeline: Timeline, soundscape: Soundscape, count: int) -> tuple[Cells, Cells]:
    """Return the K-weighted mean square and the peak of the tones in each cell, at their full level."""
    cell = round(timeline.rate_hz * CELL_S)
    energies, peaks = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
    for tone in timeline.tones:
        sound = tone_sound(tone, soundscape, timeline.rate_hz)
        middle = (sound[:, 0] + sound[:, 1]) * np.float32(0.5)
        first, offset = divmod(tone.start, cell)
        tone_energies, tone_peaks = cells_of_sound(middle, offset, timeline.rate_hz)
        where = slice(first, first + len(tone_energies))
        energies[where] += tone_energies[: count - first]
        np.maximum(peaks[where], tone_peaks[: count - first], out=peaks[where])
    return energies, peaks
