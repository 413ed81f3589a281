"""A listener's own music as a bed: decoded safely, looped without a seam, matched in level."""

from __future__ import annotations

import math
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from audio_builder.audio.loudness import HOP_S, LoudnessMeter
from audio_builder.audio.samples import Samples, ffmpeg_program
from audio_builder.errors import SoundError
from audio_builder.sound.bed import REFERENCE_DBFS, BedFormat
from audio_builder.sound.loop import find_loop_point
from audio_builder.sound.music_format import READABLE, music_format

LONGEST_S = 600
"""Music longer than this is cut: ten minutes of 16-bit stereo are 106 MB of memory."""
SHORTEST_S = 2.0
"""Less than this can't be looped without being noticed at once."""

_CROSSFADE_S = 6.0
_DECODING_TIMEOUT_S = 300
_SILENCE_DBFS = -70.0
_TOLD_SILENCE_S = 1.0
_TOLD_CLIPPING = 0.0005
_EDGE_DB = -40.0  # beside the music's own level: what is softer at either end is not looped
_FULL_SCALE = 32768.0
_METER_FRAMES = 1 << 18
_PINK_WEIGHTING_DB = 1.7  # what the K-weighting adds to pink noise, measured


@dataclass(frozen=True, slots=True, eq=False)
class Music:
    """A piece of music that goes round, its end crossfaded into its beginning.

    Attributes:
        steps: 16-bit samples, shape (frames, channels); the last `crossfade` frames are heard
            only under the first ones of the next round.
        crossfade: its length in frames.
        likeness: correlation of what is crossfaded, 0 to 1.
        gain: what brings it to `REFERENCE_DBFS`.
        loudest_second_dbfs: of its loudest second, with that gain, the root mean square; or, where that is higher,
            the root mean square of pink noise that is as loud (K-weighted).
        shortened: it was longer than `LONGEST_S`.
        clipped_share: of its samples, how many stand at full scale, 0 to 1.
        silence_s: seconds of silence at its ends, which were left out.
    """

    steps: npt.NDArray[np.int16]
    crossfade: int
    likeness: float
    gain: float
    loudest_second_dbfs: float
    shortened: bool
    clipped_share: float
    silence_s: float

    @property
    def notes(self) -> tuple[str, ...]:
        """What is told of clipping, of silence at the ends and of music that was shortened."""
        notes = []
        if self.shortened:
            notes.append(f"the music is longer than {LONGEST_S // 60} minutes; the first {LONGEST_S // 60} go round")
        if self.silence_s >= _TOLD_SILENCE_S:
            notes.append(f"{self.silence_s:.0f} s of silence at the ends of the music were left out")
        if self.clipped_share >= _TOLD_CLIPPING:
            notes.append(f"{self.clipped_share:.2%} of the music is clipped and may sound harsh; use a softer copy")
        return tuple(notes)

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.steps.shape[1])

    @classmethod
    def load(cls, path: Path, bed_format: BedFormat) -> Music:
        """Decode a file and make a bed of it.

        Raises:
            SoundError: it can't be decoded, is silent, or is shorter than `SHORTEST_S`.
        """
        steps = _decode(path, bed_format)
        limit = LONGEST_S * bed_format.rate_hz
        shortened = len(steps) > limit
        rate_hz = bed_format.rate_hz
        before = min(len(steps), limit)
        steps = _without_silent_ends(steps[:limit], rate_hz, path)
        seconds = len(steps) / rate_hz
        if seconds < SHORTEST_S:
            raise SoundError(
                f"the background {path} sounds for {seconds:.1f} s; at least {SHORTEST_S:.0f} s are needed",
                hint="Choose a longer piece.",
            )
        crossfade = min(round(_CROSSFADE_S * rate_hz), len(steps) // 4)
        loop = find_loop_point(steps, crossfade, rate_hz)
        silence_s = (before - len(steps)) / rate_hz
        steps = steps[: loop.end + crossfade]
        mean_squares = _second_mean_squares(steps, rate_hz)
        level_dbfs = 10 * math.log10(float(mean_squares.mean()))
        # The voice is covered by power and the ear is drawn by loudness, so the higher of the two counts.
        loudest_dbfs = max(10 * math.log10(float(mean_squares.max())), _loudest_second_as_pink_dbfs(steps, rate_hz))
        return cls(
            steps=steps,
            crossfade=crossfade,
            likeness=loop.likeness,
            gain=float(10 ** ((REFERENCE_DBFS - level_dbfs) / 20)),
            # In the crossfade two parts of the piece may add up.
            loudest_second_dbfs=REFERENCE_DBFS + loudest_dbfs - level_dbfs + 1.0,
            shortened=shortened,
            clipped_share=float(np.mean((steps >= 32767) | (steps == -32768))),
            silence_s=silence_s,
        )

    def read(self, start: int, frames: int) -> Samples:
        """Return frames from a position on, shape (frames, channels)."""
        period = len(self.steps) - self.crossfade
        out = np.empty((frames, self.channels), dtype=np.float32, order="F")
        done = 0
        while done < frames:
            lap, position = divmod(start + done, period)
            # The crossfade and the rest of the round are two pieces; the first round has no crossfade.
            fading = lap > 0 and position < self.crossfade
            end = self.crossfade if fading else period
            part = self.steps[position : min(end, position + frames - done)].astype(np.float32)
            if fading:
                tail = self.steps[period + position : period + position + len(part)]
                angle = (np.arange(position, position + len(part)) + 0.5) * (np.pi / 2 / self.crossfade)
                # What is alike adds up by more than power: the sum of both has power 1 + likeness · sin 2φ.
                power = np.sqrt(1 + self.likeness * np.sin(2 * angle))
                part *= (np.sin(angle) / power).astype(np.float32)[:, np.newaxis]
                part += tail * (np.cos(angle) / power).astype(np.float32)[:, np.newaxis]
            out[done : done + len(part)] = part
            done += len(part)
        out *= np.float32(self.gain / _FULL_SCALE)
        return out


def _decode(path: Path, bed_format: BedFormat) -> npt.NDArray[np.int16]:
    """Return a file's sound, one frame more than `LONGEST_S` at most; resampled band-limited, free of DC."""
    command = [ffmpeg_program(), "-nostdin", "-hide_banner", "-v", "error"]
    command += ["-protocol_whitelist", "file,pipe", "-f", music_format(path), "-i", f"file:{path}"]
    filters = f"highpass=f=25,aresample={bed_format.rate_hz}:filter_size=64:cutoff=0.96"
    command += ["-map", "0:a:0", "-vn", "-sn", "-dn", "-t", str(LONGEST_S + 1), "-af", filters]
    command += ["-ac", str(bed_format.channels), "-ar", str(bed_format.rate_hz), "-f", "s16le", "pipe:1"]
    try:
        # A file, not a pipe: the samples are in memory once only.
        with tempfile.TemporaryFile() as sound, tempfile.TemporaryFile() as complaints:
            done = subprocess.run(command, stdout=sound, stderr=complaints, timeout=_DECODING_TIMEOUT_S, check=False)
            if done.returncode:
                raise _undecodable(path, _last_line(complaints))
            sound.seek(0)
            steps = np.fromfile(sound, dtype="<i2")
    except subprocess.TimeoutExpired as error:
        raise _undecodable(path, f"ffmpeg was not done after {_DECODING_TIMEOUT_S} s") from error
    except OSError as error:
        raise _undecodable(path, error.strerror or str(error)) from error
    if not steps.size:
        raise _undecodable(path, "there is no sound in it")
    return steps.reshape(-1, bed_format.channels)


def _without_silent_ends(steps: npt.NDArray[np.int16], rate_hz: int, path: Path) -> npt.NDArray[np.int16]:
    """Return the part between the first and the last audible tenth of a second.

    Raises:
        SoundError: nothing in it can be heard.
    """
    tenth = rate_hz // 10
    levels = np.array([_mean_square(steps[start : start + tenth]) for start in range(0, len(steps), tenth)])
    if levels.mean() < 10 ** (_SILENCE_DBFS / 10):
        raise SoundError(f"the background {path} is silent", hint="Choose another file, or --background none.")
    audible = np.flatnonzero(levels > levels.mean() * 10 ** (_EDGE_DB / 10))
    return steps[audible[0] * tenth : (audible[-1] + 1) * tenth]


def _second_mean_squares(steps: npt.NDArray[np.int16], rate_hz: int) -> npt.NDArray[np.float64]:
    """Return the mean square of each second, every half second; full scale at 1.0."""
    starts = range(0, max(1, len(steps) - rate_hz + 1), rate_hz // 2)
    return np.array([_mean_square(steps[start : start + rate_hz]) for start in starts])


def _loudest_second_as_pink_dbfs(steps: npt.NDArray[np.int16], rate_hz: int) -> float:
    """Return the root mean square in each channel of pink noise that is as loud as the loudest second."""
    meter = LoudnessMeter(rate_hz, steps.shape[1])
    for start in range(0, len(steps), _METER_FRAMES):
        meter.push(steps[start : start + _METER_FRAMES].astype(np.float32) / np.float32(_FULL_SCALE))
    seconds = np.lib.stride_tricks.sliding_window_view(meter.energies(), round(1 / HOP_S)).mean(axis=1)
    return 10 * math.log10(float(seconds.max()) / steps.shape[1]) - _PINK_WEIGHTING_DB


def _mean_square(steps: npt.NDArray[np.int16]) -> float:
    """Return the mean square over frames and channels, full scale at 1.0."""
    sound = steps.astype(np.float32)
    return float(np.vdot(sound, sound)) / sound.size / _FULL_SCALE**2


def _undecodable(path: Path, reason: str) -> SoundError:
    """Return the error for a file that ffmpeg can't make sound of."""
    return SoundError(f"can't decode the background {path}: {reason}", hint=f"Use {READABLE}.")


def _last_line(stream: BinaryIO) -> str:
    """Return the last thing ffmpeg said, or that it said nothing."""
    stream.seek(0)
    lines = stream.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "ffmpeg gave no reason"
