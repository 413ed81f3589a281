"""Long sound, encoded in segments on all cores: nobody hears or counts that it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.episode.encode import encoder
from audio_builder.episode.encode.encoder import Mp3Format, SegmentSize, encode
from audio_builder.episode.encode.mpeg_frames import crc16, crc16_of_long, walk
from audio_builder.errors import EncoderError
from tests import instruments

RATE = 44100
UNIT = encoder.FRAME_SAMPLES


SHORT = SegmentSize(length=96)
"""Segments of 2.5 s instead of 53 s, so that a short sound has many cuts."""


def sweep(frames: int) -> npt.NDArray[np.int16]:
    """A glide from 100 Hz to 4 kHz that never rests, on which any click stands out; stereo."""
    phase = 2 * np.pi * np.cumsum(np.geomspace(100, 4000, frames)) / RATE
    wave = 0.4 * np.stack((np.sin(phase), np.cos(phase)), axis=1)
    return (wave * 32767).astype("<i2")


def make(target: Path, sound: npt.NDArray[np.int16], piece: int = 70_001, size: SegmentSize = SHORT) -> Path:
    pcm = sound.tobytes()
    encode((pcm[at : at + piece] for at in range(0, len(pcm), piece)), target, Mp3Format(RATE, 2, 128), size=size)
    return target


@pytest.mark.parametrize("extra", [1, 4 * UNIT, 4 * UNIT + 1, 46, 5 * UNIT + 577])
def test_the_length_is_exact_wherever_the_sound_ends(tmp_path: Path, extra: int):
    """Two segments and a little more: as many frames are decoded as went in, and the header says the same."""
    frames = 2 * SHORT.length * UNIT + extra
    path = make(tmp_path / "a.mp3", sweep(frames))
    samples, _ = instruments.decoded(path)
    found = walk(path)
    assert (len(samples), found.frames, found.whole, found.bitrates_kbps) == (frames, frames, True, (128,))
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.mp3"]


def test_no_cut_is_heard(tmp_path: Path):
    """At every cut the decoded sound is as near to the original as that of a single encoder; nothing clicks."""
    sound = sweep(20 * RATE)
    single, _ = instruments.decoded(make(tmp_path / "single.mp3", sound, size=SegmentSize()))
    joined, _ = instruments.decoded(make(tmp_path / "joined.mp3", sound))
    assert joined.shape == single.shape
    original = 0.95 * sound / np.float32(32768)
    cuts = range(SHORT.length * UNIT, len(sound), SHORT.length * UNIT)
    assert len(cuts) == 7
    for cut in cuts:
        near = slice(cut - 2 * UNIT, cut + 2 * UNIT)
        wrong = [np.abs(np.diff(heard[near] - original[near], axis=0)).max() for heard in (joined, single)]
        # A step of the sound itself is up to 0.2 here; a cut without the neighbours clicks with 0.02 and more.
        assert wrong[0] < max(1.5 * wrong[1], 0.004)
        assert instruments.rms_dbfs(joined[near] - single[near]) < -60


def test_without_its_neighbours_a_cut_clicks(tmp_path: Path):
    """The check above can fail: segments encoded without frames before and after them are heard."""
    sound = sweep(6 * RATE)
    joined, _ = instruments.decoded(make(tmp_path / "joined.mp3", sound, size=replace(SHORT, before=0)))
    near = slice((SHORT.length - 2) * UNIT, (SHORT.length + 2) * UNIT)
    wrong = np.abs(np.diff(joined[near] - 0.95 * sound[near] / np.float32(32768), axis=0)).max()
    assert wrong > 0.02


def test_the_header_of_a_joined_file_is_that_of_a_single_one(tmp_path: Path):
    """But for the seek table, which may differ by 2 of 256, and what is computed from the sound."""
    sound = sweep(6 * RATE)
    single = make(tmp_path / "single.mp3", sound, size=SegmentSize()).read_bytes()
    joined = make(tmp_path / "joined.mp3", sound).read_bytes()
    # Where the bytes of a frame are rounded up depends on where the encoder began.
    assert abs(len(joined) - len(single)) <= 3
    lame = 36 + 120
    assert joined[:48] == single[:48]
    assert max(abs(ours - theirs) for ours, theirs in zip(joined[52:152], single[52:152], strict=True)) <= 2
    assert joined[152 : lame + 28] == single[152 : lame + 28]
    for content in (joined, single):
        assert int.from_bytes(content[48:52], "big") == len(content)
        assert int.from_bytes(content[lame + 28 : lame + 32], "big") == len(content)
        assert int.from_bytes(content[lame + 32 : lame + 34], "big") == crc16_of_long(content[417:])
        assert int.from_bytes(content[lame + 34 : lame + 36], "big") == crc16(content[: lame + 34])


def test_the_same_sound_gives_the_same_bytes_on_any_number_of_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One core or five, small pieces or large: the same file."""
    copies = set()
    for cores, piece in ((1, 9_999), (5, 1_000_000)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        copies.add(make(tmp_path / f"{cores}.mp3", sweep(8 * RATE), piece).read_bytes())
    assert len(copies) == 1


def test_memory_holds_a_few_segments_however_long_the_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """On two cores no more than four segments have been taken from the mix and are not yet in the file."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    target, unwritten = tmp_path / "a.mp3", []
    sound = sweep(30 * RATE).tobytes()

    def mix() -> Iterator[bytes]:
        for at in range(0, len(sound), 65_536):
            written_s = max(0, target.stat().st_size) / 16_000 if target.exists() else 0.0
            unwritten.append(at / 4 / RATE - written_s)
            yield sound[at : at + 65_536]

    encode(mix(), target, Mp3Format(RATE, 2, 128), size=SHORT)
    segment_s = SHORT.length * UNIT / RATE
    assert max(unwritten) < 5.5 * segment_s


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 40_000), max_size=12),
    st.sampled_from([2, 4]),
)
def test_segments_are_the_sound(sizes: list[int], frame_bytes: int):
    """Without their neighbours the segments are the whole sound in order, and all but the last are of one length."""
    sound = np.random.default_rng(1).bytes(sum(sizes))
    at, pieces = 0, []
    for size in sizes:
        pieces.append(sound[at : at + size])
        at += size
    found = list(encoder._segments(pieces, frame_bytes, None, SegmentSize(length=10)))
    unit = UNIT * frame_bytes
    own = [one.pcm[one.skip * unit : None if one.keep is None else (one.skip + one.keep) * unit] for one in found]
    assert b"".join(own) == sound
    assert {len(part) for part in own[:-1]} <= {10 * unit}
    assert [one.keep is None for one in found] == [False] * (len(found) - 1) + [True]


@settings(max_examples=60)
@given(st.integers(0, 400), st.integers(0, UNIT - 1))
def test_a_known_length_makes_short_segments_at_both_ends(mpeg_frames: int, extra: int):
    """The whole sound in order; the first is a quarter as long as those in the middle, the last four at most half."""
    sound = np.random.default_rng(1).bytes(2 * (mpeg_frames * UNIT + extra))
    found = list(encoder._segments([sound], 2, mpeg_frames * UNIT + extra, SegmentSize(length=64)))
    unit = UNIT * 2
    own = [one.pcm[one.skip * unit : None if one.keep is None else (one.skip + one.keep) * unit] for one in found]
    assert b"".join(own) == sound
    lengths = [len(part) / unit for part in own]
    if mpeg_frames >= 144:
        assert lengths[0] == 16
        assert set(lengths[1:-4]) <= {64}
        assert all(16 <= length <= 36 for length in lengths[-4:])


def test_a_wrong_length_harms_nothing():
    """Shorter or longer than was said: the sound is all there."""
    sound = np.random.default_rng(1).bytes(2 * UNIT * 240)
    for said in (UNIT, UNIT * 239, UNIT * 241, UNIT * 2400):
        found = list(encoder._segments([sound], 2, said, SegmentSize(length=64)))
        unit = UNIT * 2
        own = [one.pcm[one.skip * unit : None if one.keep is None else (one.skip + one.keep) * unit] for one in found]
        assert b"".join(own) == sound


@given(st.binary(max_size=5000), st.integers(0, 0xFFFF))
@settings(max_examples=40)
def test_the_fast_checksum_is_the_checksum(content: bytes, before: int):
    """Continued from any value, over any bytes: the plain loop's result."""
    slow = before
    for byte in content:
        slow = crc16_table(slow & 0xFF ^ byte) ^ slow >> 8
    assert crc16_of_long(content, before) == slow
    assert crc16_of_long(content) == crc16(content)


def crc16_table(crc: int) -> int:
    """One byte, bit by bit."""
    for _ in range(8):
        crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


@pytest.mark.parametrize("content", [b"", b"junk", b"\xff\xfb\x90\x44" + bytes(400)])
def test_what_is_no_run_of_frames_is_refused(content: bytes):
    """Nothing, something else, or a frame cut short is an EncoderError, never a file with a hole."""
    with pytest.raises(EncoderError, match="the encoder wrote"):
        encoder._own_frames(content, 0, 1)
