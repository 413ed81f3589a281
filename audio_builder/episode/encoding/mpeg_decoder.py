"""Our own MPEG frames back to sound, stretch by stretch, in this process: libmpg123, which comes with soundfile.

Files of others are never decoded here but by ffmpeg, in a process of its own (see `audio_file`).
"""

from __future__ import annotations

import functools
import io
import itertools
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from audio_builder.audio.samples import Samples
from audio_builder.episode.encoding.audio_file import BLOCK_FRAMES
from audio_builder.episode.encoding.mpeg import DECODER_DELAY, parse_header
from audio_builder.episode.encoding.stretches import FRAME_SAMPLES, frame_edges
from audio_builder.errors import EncoderError

if TYPE_CHECKING:
    import soundfile

_320_KBPS, _RATE_BITS, _HAS_COUNT = 0xE0, 0x0C, 1
"""Of a frame's third byte: the highest bit rate, and where the sample rate stands. Of the header: a count follows."""

_RUN_UP = 3
"""MPEG frames that are decoded once more before each stretch: the filters of a decoder remember less than two."""


class MpegDecoder:
    """Decodes constant-bit-rate MPEG-1 layer III without a bit reservoir, as one sound however it is cut."""

    def __init__(self, channels: int) -> None:
        """Make one that has heard nothing yet.

        Args:
            channels: 1 or 2.
        """
        self._channels = channels
        self._run_up: list[bytes] = []

    def decode(self, mpeg_frames: bytes) -> Iterator[Samples]:
        """Yield the sound of the next MPEG frames.

        Args:
            mpeg_frames: whole MPEG frames and nothing else, not the gapless header.

        Yields:
            Blocks of shape (frames, channels), float32, full scale at ±1.0 and beyond; 1,152 frames in all for each
            MPEG frame, but 529 less for the first: what every decoder of layer III puts before the sound is left out.

        Raises:
            EncoderError: these are no such frames.
        """
        frames = [mpeg_frames[start:end] for start, end in itertools.pairwise(frame_edges(mpeg_frames))]
        run_up, self._run_up = self._run_up, [*self._run_up, *frames][-_RUN_UP:]
        left = len(frames) * FRAME_SAMPLES
        # Behind such a header, libmpg123 leaves out what is late by its own filters.
        skip = len(run_up) * FRAME_SAMPLES - DECODER_DELAY
        if not run_up:
            skip, left = 0, left - DECODER_DELAY
        with _opened([*run_up, *frames]) as sound:
            if sound.channels != self._channels:
                raise EncoderError(f"the encoder wrote {sound.channels} channels and not {self._channels}")
            while left:
                block: Samples = sound.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
                if not len(block):
                    raise EncoderError(f"{left} frames of sound are missing in what the encoder wrote")
                own = block[skip:]
                skip -= len(block) - len(own)
                left -= len(own)
                if len(own):
                    yield own


def decoder_version() -> str:
    """Return the name and version of the library that decodes.

    Raises:
        EncoderError: it can't be loaded.
    """
    return f"libsndfile {_soundfile().__libsndfile_version__}"


@functools.cache
def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError) as error:
        # soundfile raises OSError where its wheel has no library for this machine and the system has none.
        hint = "Reinstall it with: pip install --force-reinstall soundfile"
        raise EncoderError(f"the library that decodes MP3s can't be loaded: {error}", hint=hint) from error
    return soundfile


def _opened(frames: list[bytes]) -> soundfile.SoundFile:
    """Return MPEG frames as a file that is being decoded, behind a header that tells their number.

    Without it the number is told from the file's size and the first frame's, and where that is too few, some are lost.
    """
    library = _soundfile()
    content = io.BytesIO(b"".join((_info_frame(frames[0][:4], len(frames)), *frames)))
    try:
        return library.SoundFile(content)
    except library.LibsndfileError as error:
        raise EncoderError(f"what the encoder wrote can't be decoded: {error}") from error


def _info_frame(four: bytes, count: int) -> bytes:
    """Return an MPEG frame with the Info header for frames that begin with these four bytes.

    At 320 kbps: libmpg123 looks for no header in small frames.
    """
    large = bytes((four[0], four[1], _320_KBPS | four[2] & _RATE_BITS, four[3]))
    header = parse_header(large)
    if header is None:
        raise EncoderError("the encoder wrote something that is no MPEG frame")
    frame = bytearray(header.size_bytes)
    frame[:4] = large
    struct.pack_into(">4sII", frame, header.info_offset, b"Info", _HAS_COUNT, count)
    return bytes(frame)
