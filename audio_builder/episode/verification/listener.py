"""Listening while the encoder writes: each MPEG frame is decoded and measured as soon as it is in the file.

Waiting for the whole file leaves most cores idle at the end of every build. What is measured is what is delivered all
the same: the bytes that were heard have a hash, and the finished file's sound must have it too.
"""

from __future__ import annotations

import contextlib
import hashlib
import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from audio_builder.audio.samples import Samples
from audio_builder.episode.encoding.audio_file import Audio
from audio_builder.episode.encoding.mpeg import Mpeg
from audio_builder.episode.encoding.mpeg_decoder import MpegDecoder
from audio_builder.episode.verification.measure import Measurements, measure_audio

LAME_DELAY = 576
"""Frames of sound that LAME puts before the first, as its header says."""

_CHUNK_BYTES = 1 << 20

_WAITING = 2
"""How many stretches wait to be heard at most; the encoder waits then."""

_WAKE_S = 0.25
"""How often whoever waits for the listening thread looks whether it is still there."""


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
    """Decodes and measures an episode that is being written, in a thread that has ended when its block has."""

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
        self._given: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="listen")

    def __enter__(self) -> Listener:
        """Begin to listen."""
        audio = Audio(self._rate_hz, self._channels, self._own_frames(), [])
        self._measuring = self._thread.submit(measure_audio, audio)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread; what it hasn't heard yet is left out."""
        while not self._measuring.done():
            with contextlib.suppress(queue.Empty):
                self._given.get_nowait()
            with contextlib.suppress(queue.Full):
                self._given.put(None, timeout=_WAKE_S)
        self._thread.shutdown()

    def hear(self, mpeg_frames: bytes) -> None:
        """Take the next MPEG frames of sound; wait until those before are nearly heard.

        Raises:
            EncoderError: those before can't be decoded.
        """
        self._digest.update(mpeg_frames)
        self._give(mpeg_frames)

    def finish(self) -> Heard:
        """Wait until the last frame is measured, and return what was heard.

        Raises:
            EncoderError: the frames can't be decoded.
        """
        self._give(None)
        return Heard(self._digest.hexdigest(), self._measuring.result())

    def _give(self, mpeg_frames: bytes | None) -> None:
        while True:
            try:
                return self._given.put(mpeg_frames, timeout=_WAKE_S)
            except queue.Full:
                if self._measuring.done():
                    self._measuring.result()

    def _own_frames(self) -> Iterator[Samples]:
        """Yield what a gapless player plays: not what the encoder put before it and after it."""
        decoder = MpegDecoder(self._channels)
        skip, left = LAME_DELAY, self._frames
        while (mpeg_frames := self._given.get()) is not None:
            for block in decoder.decode(mpeg_frames):
                own = block[skip : skip + left]
                skip -= min(skip, len(block))
                left -= len(own)
                if len(own):
                    yield own
