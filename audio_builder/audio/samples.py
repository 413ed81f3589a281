"""The only module that imports pydub and looks for the ffmpeg program; samples as NumPy arrays.

pydub's `AudioSegment` is this package's currency for finite clips. Its own look for `ffmpeg` on the
PATH is replaced by the program that the `imageio-ffmpeg` wheel brings, so nothing needs installing.
"""

from __future__ import annotations

import functools
import io
import subprocess
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_builder.errors import EncoderError

with warnings.catch_warnings():
    # pydub warns that no ffmpeg is on the PATH, and on Python 3.11 and 3.12 that audioop is deprecated.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

__all__ = [
    "AudioSegment",
    "Samples",
    "ffmpeg_identity",
    "ffmpeg_program",
    "ffmpeg_version",
    "samples_from_segment",
    "segment_from_samples",
    "wav_from_segment",
]

Samples = npt.NDArray[np.float32]
"""Audio as float32, full scale at ±1.0; shape (frames,) for mono clips, (frames, channels) for mixes.

What is as long as an episode is laid out channel by channel (Fortran's order) where it can be: NumPy is several times
faster over a whole channel than over a last axis of two. The order changes no sample.
"""

_FULL_SCALE_16_BIT = 32768.0


@functools.cache
def ffmpeg_program() -> str:
    """Return the path of the ffmpeg program that ships with `imageio-ffmpeg`."""
    import imageio_ffmpeg

    program = str(imageio_ffmpeg.get_ffmpeg_exe())
    AudioSegment.converter = program
    return program


@functools.cache
def ffmpeg_identity() -> str:
    """Return what identifies this ffmpeg without running it: its file's name, size and time of change.

    Raises:
        EncoderError: the program is missing.
    """
    try:
        program = Path(ffmpeg_program())
        facts = program.stat()
    except (OSError, RuntimeError) as error:
        raise _no_ffmpeg(error) from error
    return f"{program.name} {facts.st_size} {facts.st_mtime_ns}"


def ffmpeg_version() -> str:
    """Return the first words of what `ffmpeg -version` prints, such as `ffmpeg version 9.0.2`.

    Raises:
        EncoderError: the program is missing or does not run.
    """
    try:
        run = subprocess.run([ffmpeg_program(), "-version"], capture_output=True, check=True, text=True, timeout=30)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise _no_ffmpeg(error) from error
    return " ".join(run.stdout.split()[:3])


def _no_ffmpeg(error: Exception) -> EncoderError:
    """Return the error; imageio-ffmpeg raises RuntimeError where its wheel has no program for this machine."""
    hint = "Install it with: pip install --force-reinstall imageio-ffmpeg"
    return EncoderError(f"ffmpeg can't be run: {error}", hint=hint)


def samples_from_segment(segment: AudioSegment) -> Samples:
    """Return the samples of a 16-bit segment, shape (frames,) if it is mono, else (frames, channels)."""
    pcm = np.frombuffer(segment.raw_data, dtype="<i2")
    samples = pcm.astype(np.float32) / np.float32(_FULL_SCALE_16_BIT)
    return samples if segment.channels == 1 else samples.reshape(-1, segment.channels)


def segment_from_samples(samples: Samples, rate_hz: int) -> AudioSegment:
    """Return samples as a 16-bit segment, rounded to the nearest step and clipped at full scale.

    Args:
        samples: shape (frames,) or (frames, channels), full scale at ±1.0.
        rate_hz: frames per second.
    """
    scaled = np.rint(np.asarray(samples, dtype=np.float32) * np.float32(_FULL_SCALE_16_BIT))
    pcm = np.clip(scaled, -_FULL_SCALE_16_BIT, _FULL_SCALE_16_BIT - 1).astype("<i2")
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    return AudioSegment(pcm.tobytes(), frame_rate=rate_hz, sample_width=2, channels=channels)


def wav_from_segment(segment: AudioSegment) -> bytes:
    """Return a segment as a WAV file."""
    stream = io.BytesIO()
    segment.export(stream, format="wav")
    return stream.getvalue()
