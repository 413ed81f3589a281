"""What we encoded is decoded as one sound, wherever it is cut, and as another decoder does."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from audio_builder.audio.samples import Samples
from audio_builder.episode.encoding.encode import BITRATES_KBPS, RATES_HZ, Mp3Form, encode
from audio_builder.episode.encoding.mpeg import DECODER_DELAY, parse_header
from audio_builder.episode.encoding.mpeg_decoder import MpegDecoder
from audio_builder.episode.verification.listener import LAME_DELAY
from audio_builder.errors import EncoderError
from tests import instruments

FRAMES = 1152 * 40


def encoded(path: Path, form: Mp3Form) -> bytes:
    """Return the MPEG frames of a second of noise that swells."""
    noise = np.random.default_rng(7).standard_normal((FRAMES, form.channels)) * np.linspace(0, 6000, FRAMES)[:, None]
    told: list[bytes] = []
    encode([noise.astype("<i2").tobytes()], path, form, tell=told.append)
    return b"".join(told)


def parted(content: bytes) -> list[bytes]:
    frames = []
    while content:
        header = parse_header(content[:4])
        assert header is not None
        frames.append(content[: header.size_bytes])
        content = content[header.size_bytes :]
    return frames


def decoded(channels: int, *pieces: bytes) -> Samples:
    decoder = MpegDecoder(channels)
    return np.concatenate([block for piece in pieces for block in decoder.decode(piece)])


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("bitrate_kbps", BITRATES_KBPS)
def test_every_form_is_decoded_as_ffmpeg_does(tmp_path: Path, rate_hz: int, channels: int, bitrate_kbps: int) -> None:
    """All of it, without what a decoder is late: within an eighth of a 16-bit step."""
    path = tmp_path / "a.mp3"
    content = encoded(path, Mp3Form(rate_hz, channels, bitrate_kbps))
    ours = decoded(channels, content)
    assert len(ours) == len(parted(content)) * 1152 - DECODER_DELAY
    theirs, _ = instruments.decoded(path)
    assert len(theirs) == FRAMES
    assert np.abs(theirs).max() > 0.1
    assert np.abs(ours[LAME_DELAY:][:FRAMES] - theirs).max() < 2**-18


@pytest.mark.parametrize("channels", [1, 2])
def test_cuts_are_not_heard(tmp_path: Path, channels: int) -> None:
    """Pieces of one frame and of many, in any order: the same samples, to the last bit of a float or nearly so."""
    content = encoded(tmp_path / "a.mp3", Mp3Form(44100, channels, 64 * channels))
    frames, pieces = parted(content), []
    for count in itertools.cycle((2, 1, 1, 3, 5, 1, 9)):
        if not frames:
            break
        pieces.append(b"".join(frames[:count]))
        del frames[:count]
    assert np.abs(decoded(channels, *pieces) - decoded(channels, content)).max() < 1e-7


def test_without_the_frames_before_a_cut_is_heard(tmp_path: Path) -> None:
    """The test above would notice."""
    content = encoded(tmp_path / "a.mp3", Mp3Form(44100, 2, 128))
    half = b"".join(parted(content)[20:])
    whole = decoded(2, content)
    assert np.abs(whole[-len(decoded(2, half)) :][:1000] - decoded(2, half)[:1000]).max() > 1e-3


def test_what_is_no_frame_is_refused() -> None:
    """With an error of ours."""
    with pytest.raises(EncoderError, match="no MPEG frame"):
        decoded(2, b"nothing of the sort")


def test_other_channels_are_refused(tmp_path: Path) -> None:
    """A meter for two would take every second sample for the other channel."""
    content = encoded(tmp_path / "a.mp3", Mp3Form(44100, 1, 64))
    with pytest.raises(EncoderError, match="1 channels and not 2"):
        decoded(2, content)
