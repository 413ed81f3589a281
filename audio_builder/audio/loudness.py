"""Loudness as ITU-R BS.1770-5 and EBU R 128 define it, measured while the audio streams by.

And the RMS level of speech in one-second windows, pauses excluded (WCAG 2.2, technique G56).
"""

from __future__ import annotations

import math
from array import array
from typing import Any

import numpy as np
import numpy.typing as npt

from audio_builder.audio.filters import ChunkedFilter, Sections
from audio_builder.audio.samples import Samples

Energies = npt.NDArray[np.float64]
"""Channel-weighted mean squares of K-weighted audio, one for each 100 ms."""

HOP_S = 0.1
"""Gating blocks of 400 ms overlap by 75 % (BS.1770-5, Annex 1), so 100 ms is the step of everything."""

_TICKS_PER_HOP = 5  # A sound of 400 ms is found wherever it lies: Tech 3341, cases 13 and 14
_HOPS_PER_MOMENTARY = 4  # 400 ms, EBU Tech 3341 section 2.2
_HOPS_PER_SHORT_TERM = 30  # 3 s, EBU Tech 3341 section 2.2
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0  # EBU Tech 3342 section 3
_OFFSET_DB = -0.691  # BS.1770-5, equation 2: cancels the K-weighting's gain at 1 kHz
_CHANNEL_WEIGHTS = {1: (1.0,), 2: (1.0, 1.0), 5: (1.0, 1.0, 1.0, 1.41, 1.41)}  # BS.1770-5, table 3


def k_weighting(rate_hz: int) -> Sections:
    """Return the K-weighting filter for any sample rate as two second-order sections, shape (2, 6).

    BS.1770-5 prints coefficients for 48 kHz only. Their analogue prototypes (a shelf of +4 dB above
    1.7 kHz and a high-pass at 38 Hz) and the bilinear transform back are those of Mansbridge, Finn
    and Reiss, "Implementation and Evaluation of Autonomous Multi-track Fader Control" (AES 132, 2012).

    Args:
        rate_hz: frames per second, at least 8000.
    """
    # Stage 1, the head: b and a of tables 1 in Annex 1.
    k = math.tan(math.pi * 1681.974450955533 / rate_hz)
    q = 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [
        (high + band * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    ]
    # Stage 2, the high-pass: table 2; its numerator is 1, -2, 1 at every rate.
    k = math.tan(math.pi * 38.13547087602444 / rate_hz)
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    return np.array([shelf, high_pass])


def lufs(energy: float) -> float:
    """Return the loudness of a channel-weighted mean square in LUFS; −inf for silence."""
    return _OFFSET_DB + 10 * math.log10(energy) if energy > 0 else -math.inf


def energy_at(loudness_lufs: float) -> float:
    """Return the channel-weighted mean square that has this loudness: the inverse of `lufs`."""
    return float(10 ** ((loudness_lufs - _OFFSET_DB) / 10))


def integrated_lufs(energies: Energies) -> float:
    """Return the gated loudness of a whole programme in LUFS (BS.1770-5, equations 4 to 7).

    −inf where less than 400 ms were given or nothing is louder than the absolute gate.
    """
    blocks = _sliding_means(energies, _HOPS_PER_MOMENTARY)
    blocks = blocks[blocks > energy_at(_ABSOLUTE_GATE_LUFS)]
    if not blocks.size:
        return -math.inf
    gate = float(blocks.mean()) * 10 ** (_RELATIVE_GATE_LU / 10)
    return lufs(float(blocks[blocks > gate].mean()))


def loudness_range_lu(energies: Energies) -> float:
    """Return the loudness range in LU (EBU Tech 3342, section 3); 0 where under 3 s were given."""
    windows = _sliding_means(energies, _HOPS_PER_SHORT_TERM)
    windows = windows[windows > energy_at(_ABSOLUTE_GATE_LUFS)]
    if not windows.size:
        return 0.0
    gate = float(windows.mean()) * 10 ** (_RANGE_GATE_LU / 10)
    low, high = np.percentile(windows[windows > gate], (10, 95), method="nearest")
    return float(10 * np.log10(high / low))


class LoudnessMeter:
    """Measures audio that is pushed block by block.

    It keeps four bytes for each 20 ms: 0.7 MB for an hour.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        """Make a meter.

        Args:
            rate_hz: frames per second, at least 8000.
            channels: 1, 2, or 5 in the order L, R, C, Ls, Rs.

        Raises:
            ValueError: there are no weights for so many channels.
        """
        if channels not in _CHANNEL_WEIGHTS:
            raise ValueError(f"can't weigh {channels} channels: allowed are 1, 2 and 5")
        self._tick = round(rate_hz * HOP_S / _TICKS_PER_HOP)
        self._filter = ChunkedFilter(k_weighting(rate_hz), unit=self._tick)
        self._states = self._filter.start(channels)
        self._weights = np.array(_CHANNEL_WEIGHTS[channels])
        self._rest: Samples = np.zeros((channels, 0), dtype=np.float32)
        self._ticks = array("f")

    def push(self, block: Samples) -> None:
        """Take the next frames, shape (frames, channels), or (frames,) for one channel; any number."""
        planes = np.ascontiguousarray(np.atleast_2d(block.T), dtype=np.float32)
        planes = np.concatenate((self._rest, planes), axis=1)
        ticks = planes.shape[1] // self._tick
        whole = ticks * self._tick
        weighted = self._filter.filtered(np.ascontiguousarray(planes[:, :whole]), self._states)
        weighted = weighted.reshape(len(planes), ticks, self._tick)
        mean_squares = np.einsum("ctf,ctf->ct", weighted, weighted).astype(np.float64) / self._tick
        self._ticks.frombytes((self._weights @ mean_squares).astype(np.float32).tobytes())
        self._rest = planes[:, whole:].copy()

    def energies(self) -> Energies:
        """Return what was measured so far: a channel-weighted mean square for each whole 100 ms."""
        ticks = np.array(self._ticks, dtype=np.float64)
        hops = len(ticks) // _TICKS_PER_HOP
        means: Energies = ticks[: hops * _TICKS_PER_HOP].reshape(hops, _TICKS_PER_HOP).mean(axis=1)
        return means

    def integrated_lufs(self) -> float:
        """Return the gated loudness so far; see `integrated_lufs`."""
        return integrated_lufs(self.energies())

    def loudness_range_lu(self) -> float:
        """Return the loudness range so far; see `loudness_range_lu`."""
        return loudness_range_lu(self.energies())

    def momentary_lufs(self) -> npt.NDArray[np.float64]:
        """Return the loudness of each 400 ms, one every 20 ms; −inf in silence."""
        ticks = np.array(self._ticks, dtype=np.float64)
        return _lufs_of_each(_sliding_means(ticks, _HOPS_PER_MOMENTARY * _TICKS_PER_HOP))

    def loudest_moment_lufs(self) -> float:
        """Return the loudness of the loudest 400 ms; −inf in silence."""
        ticks = np.array(self._ticks, dtype=np.float64)
        return lufs(float(_sliding_means(ticks, _HOPS_PER_MOMENTARY * _TICKS_PER_HOP).max(initial=0.0)))

    def short_term_lufs(self) -> npt.NDArray[np.float64]:
        """Return the loudness of each 3 s, one every 100 ms; −inf in silence."""
        return _lufs_of_each(_sliding_means(self.energies(), _HOPS_PER_SHORT_TERM))


def _sliding_means(energies: Energies, hops: int) -> Energies:
    """Return the mean of each run of so many hops; empty where there are fewer."""
    if len(energies) < hops:
        return np.zeros(0)
    means: Energies = np.lib.stride_tricks.sliding_window_view(energies, hops).mean(axis=1)
    return means


def _lufs_of_each(energies: Energies) -> npt.NDArray[np.float64]:
    """Return the loudness of each mean square; −inf for 0."""
    with np.errstate(divide="ignore"):
        loudness: npt.NDArray[np.float64] = _OFFSET_DB + 10 * np.log10(energies)
    return loudness


# --- the level of speech ---
#
# The bed's gain is set by it, and the bed's distance is measured by it. G56 asks for backgrounds 20 dB below speech,
# except for sounds of one or two seconds. Pauses inside a phrase (0.2 s or more at 20 dB below it) are left out first:
# a second that is mostly pause says nothing about the speech.

_SHORTEST_PAUSE_S = 0.2
_PAUSE_GATE_DB = -20.0

Powers = npt.NDArray[np.floating[Any]]
"""Mean squares of equally long cells, shape (cells,)."""


def spoken_cells(phrase: Powers, cells_per_s: int) -> npt.NDArray[np.bool_]:
    """Return which cells of a phrase are speech and not a pause in it, shape (cells,).

    Args:
        phrase: from its first to its last sound.
        cells_per_s: how many cells make a second.
    """
    pause = round(_SHORTEST_PAUSE_S * cells_per_s)
    if len(phrase) <= pause:
        return np.ones(len(phrase), dtype=np.bool_)
    gate = float(phrase.mean()) * 10 ** (_PAUSE_GATE_DB / 10)
    quiet = np.lib.stride_tricks.sliding_window_view(phrase, pause).mean(axis=1) < gate
    in_pause: npt.NDArray[np.bool_] = np.convolve(quiet, np.ones(pause)) < 0.5
    return in_pause


def every_second(cells: Powers, cells_per_s: int) -> npt.NDArray[np.float64]:
    """Return the mean of every run of cells that makes a second, or of all where there are fewer.

    Args:
        cells: shape (cells,); at least one.
        cells_per_s: how many make a second.
    """
    length = min(cells_per_s, len(cells))
    sums = np.concatenate(([0.0], np.cumsum(cells, dtype=np.float64)))
    # Differences of sums can come out a little below 0 where there is nothing.
    means: npt.NDArray[np.float64] = np.maximum(sums[length:] - sums[:-length], 0.0) / length
    return means


def quietest_second(phrase: Powers, cells_per_s: int) -> float:
    """Return the mean square of the quietest second of speech in a phrase; 0 for an empty one."""
    if not len(phrase):
        return 0.0
    return float(every_second(phrase[spoken_cells(phrase, cells_per_s)], cells_per_s).min())
