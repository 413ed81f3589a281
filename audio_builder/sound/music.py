"""A listener's own music as a bed: its format recognised, decoded safely, looped without a seam, matched in level.

The format is recognised by the file's first bytes and given to ffmpeg. What ffmpeg would guess is never used: a
playlist called "music.mp3" would make it open other files.
"""

from __future__ import annotations

import math
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from audio_builder.audio.ffmpeg import HEAD_BYTES, Ffmpeg, bare_frames, format_of
from audio_builder.audio.loudness import HOP_S, LoudnessMeter
from audio_builder.audio.samples import Samples
from audio_builder.errors import SoundError
from audio_builder.files import open_regular
from audio_builder.sound.bed import REFERENCE_DBFS, BedFormat

LONGEST_S = 600
"""Music longer than this is cut: ten minutes of 16-bit stereo are 106 MB of memory."""
SHORTEST_S = 2.0
"""Less than this can't be looped without being noticed at once."""

_CROSSFADE_S = 6.0
_DECODING_TIMEOUT_S = 300
_SILENCE_DBFS = -70.0
_REPORTED_SILENCE_S = 1.0
_REPORTED_CLIPPING = 0.0005
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
        """Remarks on clipping, on silence at the ends and on music that was shortened."""
        notes = []
        if self.shortened:
            notes.append(f"only the first {LONGEST_S // 60} minutes of the music are used, over and over")
        if self.silence_s >= _REPORTED_SILENCE_S:
            notes.append(f"{self.silence_s:.0f} s of silence at the ends of the music were left out")
        if self.clipped_share >= _REPORTED_CLIPPING:
            notes.append(f"{self.clipped_share:.2%} of the music is clipped and may sound harsh; use a softer copy")
        return tuple(notes)

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.steps.shape[1])

    @classmethod
    def load(cls, path: Path, bed_format: BedFormat) -> Music:
        """Decode a file and make a bed of it, as `MusicLoader` does."""
        with MusicLoader(path, bed_format) as loader:
            return loader.load()

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


class MusicLoader:
    """Makes a bed of a file that ffmpeg decodes from when the `with` block is entered; at its end ffmpeg has ended."""

    def __init__(self, path: Path, bed_format: BedFormat) -> None:
        """Begin nothing yet."""
        self._path = path
        self._format = bed_format
        self._stack = ExitStack()

    def __enter__(self) -> MusicLoader:
        """Begin to decode.

        Raises:
            SoundError: the file can't be read or isn't audio in a format that is read here.
            EncoderError: ffmpeg can't be started.
        """
        arguments = _decoder_arguments(self._path, self._format)
        with ExitStack() as stack:
            # A file, not a pipe: the samples are in memory once only.
            self._sound = stack.enter_context(tempfile.TemporaryFile())
            self._ffmpeg = stack.enter_context(Ffmpeg(arguments, into=self._sound))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End ffmpeg if it still runs."""
        self._stack.close()

    def load(self) -> Music:
        """Wait for the sound and return it as a bed.

        Raises:
            SoundError: the file can't be decoded, is silent, or is shorter than `SHORTEST_S`.
        """
        return _as_bed(self._steps(), self._path, self._format.rate_hz)

    def _steps(self) -> npt.NDArray[np.int16]:
        """Return the decoded samples, shape (frames, channels)."""
        try:
            code = self._ffmpeg.wait(timeout_s=_DECODING_TIMEOUT_S)
        except TimeoutError as error:
            raise _undecodable(self._path, f"ffmpeg was not done after {_DECODING_TIMEOUT_S} s") from error
        if code:
            complaints = self._ffmpeg.complaints
            raise _undecodable(self._path, complaints[-1] if complaints else "ffmpeg gave no reason")
        self._sound.seek(0)
        steps = np.fromfile(self._sound, dtype="<i2")
        if not steps.size:
            raise _undecodable(self._path, "there is no sound in it")
        return steps.reshape(-1, self._format.channels)


def _decoder_arguments(path: Path, bed_format: BedFormat) -> list[str]:
    """Return what ffmpeg is given: at most a second more than `LONGEST_S`, resampled band-limited, free of DC."""
    filters = f"highpass=f=25,aresample={bed_format.rate_hz}:filter_size=64:cutoff=0.96"
    source = ["-protocol_whitelist", "file,pipe", "-f", music_format(path), "-i", f"file:{path}"]
    part = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-t", str(LONGEST_S + 1), "-af", filters]
    return [*source, *part, "-ac", str(bed_format.channels), "-ar", str(bed_format.rate_hz), "-f", "s16le", "pipe:1"]


def _as_bed(steps: npt.NDArray[np.int16], path: Path, rate_hz: int) -> Music:
    """Return decoded samples as a bed: cut, freed of silent ends, looped and levelled."""
    limit = LONGEST_S * rate_hz
    shortened = len(steps) > limit
    before = min(len(steps), limit)
    steps = _without_silent_ends(steps[:limit], rate_hz, path)
    seconds = len(steps) / rate_hz
    if seconds < SHORTEST_S:
        raise SoundError(
            f"the background {path} is only {seconds:.1f} s long; at least {SHORTEST_S:.0f} s are needed",
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
    return Music(
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


_SEARCHED_S = 30.0
_SEARCHED_SHARE = 1 / 3
_COARSE_HZ = 2000
_ALIKE = 0.3
"""Less than this comes about by chance; then the whole piece is kept."""

_Mono = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LoopPoint:
    """Where a piece goes back to its beginning.

    Attributes:
        end: frame at which the beginning is heard again; as many frames as the crossfade has must follow it.
        likeness: correlation of what follows the end with the beginning, 0 (unlike) to 1 (the same).
    """

    end: int
    likeness: float


def find_loop_point(steps: npt.NDArray[np.int16], crossfade: int, rate_hz: int) -> LoopPoint:
    """Return the frame in the last seconds of a piece from which it is most like its beginning.

    The beginning, as long as the crossfade, is compared with every place in the last 30 s (a third of a short piece):
    2·⟨x, y⟩ ÷ (⟨x, x⟩ + ⟨y, y⟩), a correlation that is 1 only where the level is the same too, so that the end of a
    fade-out is not taken. First at about 2 kHz, then to the frame around the best place. Where nothing is alike the
    crossfade lies at the very end.

    Args:
        steps: 16-bit samples, shape (frames, channels); at least twice as long as the crossfade.
        crossfade: its length in frames.
        rate_hz: frames per second.
    """
    last = len(steps) - crossfade
    first = last - min(round(_SEARCHED_S * rate_hz), round(len(steps) * _SEARCHED_SHARE))
    start = _mono(steps[:crossfade])
    ending = _mono(steps[first:])
    step = max(1, rate_hz // _COARSE_HZ)
    best = int(np.argmax(_likeness(_coarse(start, step), _coarse(ending, step)))) * step
    low, high = max(0, best - 2 * step), min(len(ending) - crossfade, best + 2 * step)
    fine = _likeness(start, ending[low : high + crossfade])
    place = int(np.argmax(fine))
    likeness = float(fine[place])
    if likeness < _ALIKE:
        return LoopPoint(last, max(0.0, float(_likeness(start, ending[-crossfade:])[0])))
    return LoopPoint(first + low + place, min(1.0, likeness))


def _likeness(start: _Mono, sound: _Mono) -> npt.NDArray[np.float64]:
    """Return how alike a beginning is to each place in a sound at which all of it fits, −1 to 1."""
    padded = 1 << (len(sound) - 1).bit_length()
    spectrum = np.fft.rfft(sound, padded) * np.conj(np.fft.rfft(start, padded))
    products = np.fft.irfft(spectrum, padded)[: len(sound) - len(start) + 1].astype(np.float64)
    sums = np.concatenate(([0.0], np.cumsum(np.square(sound, dtype=np.float64))))
    energies = sums[len(start) :] - sums[: -len(start)]
    likeness: npt.NDArray[np.float64] = 2 * products / np.maximum(energies + float(np.vdot(start, start)), 1.0)
    return likeness


def _mono(steps: npt.NDArray[np.int16]) -> _Mono:
    """Return the mean of the channels."""
    mean: _Mono = steps.mean(axis=1, dtype=np.float32)
    return mean


def _coarse(sound: _Mono, step: int) -> _Mono:
    """Return the mean of each run of so many frames."""
    means: _Mono = sound[: len(sound) // step * step].reshape(-1, step).mean(axis=1)
    return means


READABLE = "MP3, AAC, M4A, FLAC, Ogg Vorbis or Opus, WAV, AIFF, CAF, WMA, WebM, AC-3, WavPack, AU"
"""What most people have, for messages."""


def music_format(path: Path) -> str:
    """Return ffmpeg's name of an audio file's format.

    Raises:
        SoundError: it can't be read, or it isn't audio in a format that is read here.
    """
    try:
        with open_regular(path) as stream:
            head = stream.read(HEAD_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SoundError(
            f"can't read the background {path}: {reason}",
            hint="Check the path; the names of the backgrounds that need no file are in the documentation.",
        ) from error
    if name := format_of(head) or ("mp3" if head.startswith(b"ID3") else bare_frames(head)):
        return name
    raise SoundError(
        f"the background {path} isn't a sound file that can be read here",
        hint=f"Use {READABLE}; a playlist is not a sound file.",
    )
