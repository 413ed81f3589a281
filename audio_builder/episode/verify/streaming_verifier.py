"""Measuring an episode while it is written: each MPEG frame is decoded as soon as it is in the file.

Waiting for the whole file would leave most cores idle at the end of every build. What is measured is still what is
delivered: the bytes that were fed have a hash, and the finished file's sound must have the same.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from audio_builder.audio.ffmpeg import Ffmpeg
from audio_builder.audio.samples import Samples
from audio_builder.episode.encode.audio_file import BLOCK_FRAMES, IN_LARGE_PIECES, Audio
from audio_builder.episode.encode.mpeg_frames import DECODER_DELAY, Mpeg
from audio_builder.episode.verify.measure import Measurements, measure_audio
from audio_builder.errors import EncoderError

LAME_DELAY = 576
"""Frames of sound that LAME puts before the first, as its header says."""

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class StreamedMeasurements:
    """What was measured while it was written.

    Attributes:
        sha256: of all MPEG frames of sound.
        measured: what they sound like.
    """

    sha256: str
    measured: Measurements

    def is_of(self, file: Path, mpeg: Mpeg) -> bool:
        """Return whether the sound of a file is to the last bit what was measured, and starts at the same frame."""
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            stream.seek(mpeg.begins_at)
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
        return mpeg.delay == LAME_DELAY and digest.hexdigest() == self.sha256


class StreamingVerifier:
    """Decodes an episode that is being written in one ffmpeg process, and measures it in a thread.

    A context manager: however the block ends, the process and the thread have ended too. The pipes hold back whoever
    feeds faster than is measured, so memory stays flat.
    """

    def __init__(self, *, frames: int, rate_hz: int, channels: int) -> None:
        """Make one; it starts when its block is entered.

        Args:
            frames: how many a gapless player will play; what the encoder adds at both ends is left out.
            rate_hz: frames per second.
            channels: 1 or 2.
        """
        self._frames = frames
        self._rate_hz = rate_hz
        self._channels = channels
        self._digest = hashlib.sha256()
        source = ("-f", "mp3", "-i", "pipe:0")
        sound = ("-ar", str(rate_hz), "-ac", str(channels), "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1")
        self._decoder = Ffmpeg((*source, *IN_LARGE_PIECES, *sound), feeds=True, reads=True)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="measure")

    def __enter__(self) -> StreamingVerifier:
        """Start the decoder and the thread.

        Raises:
            EncoderError: ffmpeg can't be started.
        """
        self._decoder.__enter__()
        self._measuring = self._thread.submit(self._measure)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the decoder and with it the thread; what isn't measured yet is left out."""
        self._decoder.__exit__(kind, error, trace)
        self._thread.shutdown()

    def feed(self, mpeg_frames: bytes) -> None:
        """Take the next MPEG frames of sound; wait until those before are nearly measured.

        Raises:
            EncoderError: those before can't be decoded.
        """
        self._digest.update(mpeg_frames)
        try:
            self._decoder.input.write(mpeg_frames)
        except OSError as error:
            raise self._failure() from error

    def finish(self) -> StreamedMeasurements:
        """Wait until the last frame is measured, and return what was found.

        Raises:
            EncoderError: the frames can't be decoded.
        """
        # A decoder that has ended early is reported below.
        with contextlib.suppress(OSError):
            self._decoder.input.close()
        measured = self._measuring.result()
        if self._decoder.wait() or self._decoder.complaints or measured.frames != self._frames:
            raise self._failure()
        return StreamedMeasurements(self._digest.hexdigest(), measured)

    def _failure(self) -> EncoderError:
        self._decoder.wait()
        reported = "\n".join(self._decoder.complaints) or f"fewer than {self._frames} frames of sound"
        return EncoderError(f"what the encoder wrote can't be decoded:\n{reported}")

    def _measure(self) -> Measurements:
        try:
            return measure_audio(Audio(self._rate_hz, self._channels, self._own_frames(), []))
        finally:
            # If measuring fails, the decoder must not wait for a reader, nor `feed` for the decoder.
            self._decoder.output.close()

    def _own_frames(self) -> Iterator[Samples]:
        """Yield what a gapless player plays: without what the encoder put before it and after it."""
        frame_bytes = 4 * self._channels
        skip, left = LAME_DELAY + DECODER_DELAY, self._frames
        while data := self._decoder.output.read(BLOCK_FRAMES * frame_bytes):
            whole = len(data) - len(data) % frame_bytes
            block = np.frombuffer(data[:whole], dtype="<f4").astype(np.float32, copy=False).reshape(-1, self._channels)
            own = block[skip : skip + left]
            skip -= min(skip, len(block))
            left -= len(own)
            if len(own):
                yield own
