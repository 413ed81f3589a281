"""The decoder and the walk over frames: strangers' files, damaged files, files that only pretend."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from audio_builder.audio.samples import ffmpeg_program
from audio_builder.episode.encode.audio_file import open_audio, sniff
from audio_builder.episode.encode.mpeg_frames import parse_header, walk
from audio_builder.errors import NotAudio
from tests.episode.test_encoder import RATE, make, tone


def other(path: Path, *arguments: str, frames: int = 22_050) -> Path:
    """Make a file of another format with ffmpeg."""
    command = [ffmpeg_program(), "-v", "error", "-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0"]
    subprocess.run([*command, *arguments, f"file:{path}"], input=tone(frames), check=True)
    return path


def decoded_frames(path: Path) -> int:
    with open_audio(path) as audio:
        return sum(len(block) for block in audio.blocks)


@pytest.mark.parametrize(
    ("suffix", "arguments", "kind"),
    [
        ("wav", (), "wav"),
        ("flac", (), "flac"),
        ("ogg", ("-c:a", "libvorbis"), "ogg"),
        ("m4a", ("-c:a", "aac"), "mov"),
        ("aiff", (), "aiff"),
        ("caf", (), "caf"),
        ("mka", ("-c:a", "flac"), "matroska"),
        ("aac", ("-c:a", "aac"), "aac"),
    ],
)
def test_common_formats_are_known_by_their_bytes(
    tmp_path: Path, suffix: str, arguments: tuple[str, ...], kind: str
) -> None:
    """The name says nothing: each is read under a name that lies."""
    path = other(tmp_path / f"a.{suffix}", *arguments)
    lying = path.rename(tmp_path / "a.txt")
    assert sniff(lying) == kind
    assert abs(decoded_frames(lying) - 22_050) < 2_100


def test_lossless_sound_comes_back_exactly(tmp_path: Path) -> None:
    """Float blocks of shape (frames, channels), full scale at ±1."""
    path = other(tmp_path / "a.wav")
    with open_audio(path) as audio:
        decoded = np.concatenate(list(audio.blocks))
    expected = np.frombuffer(tone(22_050), dtype="<i2").reshape(-1, 2).astype(np.float32) / 32768
    assert decoded.dtype == np.float32
    assert np.array_equal(decoded, expected)


def test_a_tag_before_the_sound_is_stepped_over(tmp_path: Path) -> None:
    """An ID3 tag may stand before an MP3 or a FLAC; what follows it decides."""
    tag = b"ID3\x03\x00\x00\x00\x00\x4e\x10" + bytes((0x4E << 7) + 0x10)
    for name, kind in (("a.mp3", "mp3"), ("a.flac", "flac")):
        path = make(tmp_path / name) if kind == "mp3" else other(tmp_path / name)
        path.write_bytes(tag + path.read_bytes())
        assert sniff(path) == kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"Just some words, and nothing else.\n" * 50, "is not audio"),
        (b"#EXTM3U\n/etc/passwd\n", "is a playlist"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "is a playlist"),
        (b"[playlist]\nFile1=/etc/passwd\n", "is a playlist"),
        (bytes(5_000), "is not audio"),
        (b"\xff" * 5_000, "is not audio"),
        (b"RIFF\x00\x00\x00\x00WAVE", "looks like wav but can't be decoded"),
        (b"fLaC" + bytes(100), "looks like flac but can't be decoded"),
    ],
)
def test_what_is_not_audio_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """A playlist under the name of an MP3 would make ffmpeg open the files that it names."""
    path = tmp_path / "music.mp3"
    path.write_bytes(content)
    with pytest.raises(NotAudio, match=words), open_audio(path):
        pytest.fail("it was opened")


def test_a_file_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    """The system's own reason is in the message."""
    with pytest.raises(NotAudio, match=r"gone\.mp3: No such file"), open_audio(tmp_path / "gone.mp3"):
        pytest.fail("it was opened")
    with pytest.raises(NotAudio, match=r"gone\.mp3"):
        walk(tmp_path / "gone.mp3")


def test_leaving_early_ends_ffmpeg(tmp_path: Path) -> None:
    """A reader that stops after one block leaves no process."""
    path = make(tmp_path / "a.mp3", 600_000)
    with open_audio(path) as audio:
        assert len(next(audio.blocks)) == 65_536
    with pytest.raises(ValueError, match="closed"):
        next(audio.blocks)


def test_damage_is_complained_about(tmp_path: Path) -> None:
    """Garbage between frames is heard by ffmpeg, and the walk counts its bytes."""
    path = make(tmp_path / "a.mp3", 100_000)
    content = path.read_bytes()
    path.write_bytes(content[:20_000] + bytes(range(200)) * 10 + content[20_000:])
    with open_audio(path) as audio:
        sum(len(block) for block in audio.blocks)
    assert audio.complaints
    found = walk(path)
    assert found.stray_bytes >= 1_500
    assert not found.whole


@pytest.mark.parametrize("cut", [100, 418 * 10, 418 * 30 + 7])
def test_a_truncated_file_is_noticed(tmp_path: Path, cut: int) -> None:
    """ffmpeg plays what is there without a word; the frames promised tell."""
    path = make(tmp_path / "a.mp3", 100_000)
    content = path.read_bytes()
    path.write_bytes(content[:-cut])
    found = walk(path)
    assert not found.whole
    assert found.promised_frames is not None
    assert found.mpeg_frames < found.promised_frames


def test_a_variable_bit_rate_is_seen(tmp_path: Path) -> None:
    """Every frame's own rate is read, not the header's word."""
    path = tmp_path / "v.mp3"
    noise = (np.random.default_rng(1).standard_normal(44_100) * 6000).astype("<i2")
    command = [ffmpeg_program(), "-v", "error", "-f", "s16le", "-ar", "44100", "-ac", "1", "-i", "pipe:0"]
    pcm = noise.tobytes() + bytes(88_200)
    subprocess.run([*command, "-q:a", "3", "-id3v2_version", "0", f"file:{path}"], input=pcm, check=True)
    assert len(walk(path).bitrates_kbps) > 1


def test_an_mp3_from_a_pipe_has_no_gapless_header(tmp_path: Path) -> None:
    """What an encoder can't seek back to write is missing, and said to be."""
    command = [ffmpeg_program(), "-v", "error", "-f", "s16le", "-ar", "44100", "-ac", "2", "-i", "pipe:0"]
    run = subprocess.run([*command, "-f", "mp3", "pipe:1"], input=tone(44_100), capture_output=True, check=True)
    path = tmp_path / "p.mp3"
    path.write_bytes(run.stdout)
    assert not walk(path).gapless


def test_old_tags_at_the_end_are_found(tmp_path: Path) -> None:
    """ID3v1 and APE are named, and not counted as sound."""
    path = make(tmp_path / "a.mp3", 20_000)
    ape = b"APETAGEX" + (2000).to_bytes(4, "little") + (32).to_bytes(4, "little") + bytes(16)
    path.write_bytes(path.read_bytes() + ape + b"TAG" + bytes(125))
    found = walk(path)
    assert found.old_tags == ("ID3v1", "APE")
    assert found.whole


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("fffb9000", (44100, 2, 128, 417, 1152)),
        ("fffb9200", (44100, 2, 128, 418, 1152)),
        ("fffb94c0", (48000, 1, 128, 384, 1152)),
        ("fff380c0", (22050, 1, 64, 208, 576)),
    ],
)
def test_frame_headers_are_read_as_the_standard_says(header: str, expected: tuple[int, ...]) -> None:
    """Known headers, worked out by hand from the tables of ISO/IEC 11172-3 and 13818-3."""
    found = parse_header(bytes.fromhex(header))
    assert found is not None
    assert (found.rate_hz, found.channels, found.bitrate_kbps, found.size_bytes, found.samples) == expected


@pytest.mark.parametrize("header", ["", "fffb", "fffbf000", "fffb0000", "fffb9c00", "fffd9000", "ffeb9000", "00fb9000"])
def test_what_is_no_header_is_none(header: str) -> None:
    """Forbidden rates, layer II, the reserved version and free format begin no frame."""
    assert parse_header(bytes.fromhex(header)) is None
