"""Listening while the encoder writes: each MPEG frame is decoded and measured as soon as it is in the file.

Waiting for the whole file leaves most cores idle at the end of every build. What is measured is what is delivered all
the same: the bytes that were heard have a hash, and the finished file's sound must have it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from audio_builder.audio import Samples
from audio_builder.episode.encoding.decode import IN_LARGE_PIECES, Audio, blocks_of
from audio_builder.episode.encoding.ffmpeg import Ffmpeg
from audio_builder.episode.encoding.mpeg import DECODER_DELAY, Mpeg
from audio_builder.episode.verification.measure import Measurements, measure_audio
from audio_builder.errors import EncoderError

LAME_DELAY = 576
"""Frames of sound that LAME puts before the first, as its header says."""

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard while it was written.

    Attributes:
        sha256: of all MPEG frames of sound.
        measured: what they sound like.
    """

    sha256: str
    measured: Measurements

    def is_of(self, file: Path, mpeg: Mpeg) -> bool:
        """Return whether a finished file's sound is, to the last bit, what was heard, and played from the same frame.

        Args:
            file: an MP3.
            mpeg: what a walk over it found.
        """
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            stream.seek(mpeg.begins_at)
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
        return mpeg.delay == LAME_DELAY and digest.hexdigest() == self.sha256


class Listener:
    """Decodes and measures an episode that is being written. A context manager: however it ends, ffmpeg has ended."""

    def __init__(self, *, frames: int, rate_hz: int, channels: int) -> None:
        """Make one; it listens from when its block is entered.

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
        sink = (*IN_LARGE_PIECES, "-map_metadata", "-1", "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1")
        self._program = Ffmpeg((*source, *sink), feeds=True, reads=True)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="listen")
        self._fed: Future[None] | None = None

    def __enter__(self) -> Listener:
        """Start the decoder.

        Raises:
            EncoderError: it can't be started.
        """
        self._program.__enter__()
        complaints: list[str] = []
        audio = Audio(self._rate_hz, self._channels, self._own_frames(complaints), complaints)
        self._measuring = self._threads.submit(measure_audio, audio)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the decoder, if it still runs, and then the threads, which wait for nothing else."""
        self._program.__exit__(kind, error, trace)
        self._threads.shutdown()

    def hear(self, mpeg_frames: bytes) -> None:
        """Take the next MPEG frames of sound; wait until the decoder has taken those before.

        Raises:
            EncoderError: the decoder has ended early.
        """
        self._digest.update(mpeg_frames)
        if self._fed is not None:
            self._fed.result()
        self._fed = self._threads.submit(self._feed, mpeg_frames)

    def finish(self) -> Heard:
        """Wait until the last frame is measured, and return what was heard.

        Raises:
            EncoderError: the decoder has ended early.
        """
        if self._fed is not None:
            self._fed.result()
        self._program.input.close()
        return Heard(self._digest.hexdigest(), self._measuring.result())

    def _feed(self, mpeg_frames: bytes) -> None:
        try:
            self._program.input.write(mpeg_frames)
        except OSError as error:
            self._program.wait()
            said = "\n".join(self._program.complaints)
            raise EncoderError("ffmpeg ended while it decoded the episode" + (f":\n{said}" if said else "")) from error

    def _own_frames(self, complaints: list[str]) -> Iterator[Samples]:
        """Yield what a gapless player plays: not what the encoder put before it and after it."""
        skip, left = LAME_DELAY + DECODER_DELAY, self._frames
        for block in blocks_of(self._program, self._channels, "<f4", complaints):
            own = block[skip : skip + left]
            skip -= min(skip, len(block))
            left -= len(own)
            if len(own):
                yield own
