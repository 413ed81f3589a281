"""The encoder: exact length, exact bytes, honest failures, no process left behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from audio_builder.audio import ffmpeg
from audio_builder.audio.samples import Samples, ffmpeg_program, samples_from_segment
from audio_builder.episode.encode.audio_file import open_audio
from audio_builder.episode.encode.encoder import BITRATES_KBPS, Mp3Format, encode, encoder_gain_db
from audio_builder.episode.encode.mpeg_frames import crc16, walk
from audio_builder.errors import DiskFull, EncoderError
from tests import instruments, sound_helpers

RATE = 44100


def tone(frames: int, channels: int = 2, level: float = 0.25) -> bytes:
    wave = level * np.sin(2 * np.pi * 330 * np.arange(frames) / RATE)
    return (np.repeat(wave[:, None], channels, axis=1) * 32767).astype("<i2").tobytes()


def pieces(pcm: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(pcm), size):
        yield pcm[start : start + size]


def make(target: Path, frames: int = 30_011, channels: int = 2, size: int = 9_999) -> Path:
    encode(pieces(tone(frames, channels), size), target, Mp3Format(RATE, channels, 128))
    return target


class Started(subprocess.Popen[bytes]):
    """A process that the encoder began; `all` has each of them."""

    all: ClassVar[list[subprocess.Popen[bytes]]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.all.append(self)
        super().__init__(*args, **kwargs)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are begun in a test; other tests may have left some of their own."""
    Started.all.clear()
    monkeypatch.setattr(subprocess, "Popen", Started)
    return Started.all


def are_gone(processes: list[subprocess.Popen[bytes]]) -> bool:
    """True if there were any, and each has ended and was waited for."""
    return bool(processes) and all(process.returncode is not None for process in processes)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [1, 46, 600, 1151, 1152, 23_041, 23_072, 23_088, 44_100, 50_003])
def test_decoding_gives_back_exactly_the_frames_that_went_in(tmp_path: Path, frames: int, channels: int) -> None:
    """A gapless player hears not a frame more or less than was mixed."""
    target = make(tmp_path / "a.mp3", frames, channels)
    with open_audio(target) as audio:
        assert (audio.rate_hz, audio.channels) == (RATE, channels)
        assert sum(len(block) for block in audio.blocks) == frames
    found = walk(target)
    assert found.frames == frames
    assert found.gapless
    assert found.whole
    assert found.bitrates_kbps == (128,)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_gapless_header_has_a_right_checksum(tmp_path: Path, channels: int) -> None:
    """Also where it was made exact: CRC-16 over the frame, up to the checksum itself."""
    content = make(tmp_path / "a.mp3", 23_072, channels).read_bytes()
    at = content.index(b"Lavf") + 34
    assert int.from_bytes(content[at : at + 2], "big") == crc16(content[:at])
    assert int.from_bytes(content[at - 13 : at - 10], "big") == 576 << 12 | 1696


def test_the_sound_comes_back_where_it_was(tmp_path: Path) -> None:
    """A click is decoded at its own frame, so chapters taken from frames are where their sound is."""
    samples = np.zeros((30_000, 1), dtype="<i2")
    samples[12_345] = 30_000
    target = tmp_path / "click.mp3"
    encode([samples.tobytes()], target, Mp3Format(RATE, 1, 128))
    with open_audio(target) as audio:
        decoded = np.concatenate(list(audio.blocks))
    assert abs(int(np.abs(decoded).argmax()) - 12_345) <= 2


def test_the_same_sound_gives_the_same_bytes_whatever_the_pieces(tmp_path: Path) -> None:
    """Neither the time, nor the version of ffmpeg, nor the size of a block is in the file."""
    first = make(tmp_path / "a.mp3", size=777).read_bytes()
    second = make(tmp_path / "b.mp3", size=100_000).read_bytes()
    assert first == second
    assert b"Lavf6" not in first
    assert b"Lavc6" not in first
    assert first[:3] != b"ID3"
    assert first[-128:-125] != b"TAG"


@pytest.mark.parametrize("name", ["-y.mp3", "a%03d.mp3", "pipe:1.mp3", "ü 静.draft", "a'b\"c.mp3"])
def test_every_name_is_a_name(tmp_path: Path, name: str) -> None:
    """A file name is never read as an option, a pattern or a protocol."""
    make(tmp_path / name, 2_000)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_said_to_be_full() -> None:
    """No space left is an error of its own, with what to do about it."""
    with pytest.raises(DiskFull, match="no space is left to write /dev/full") as caught:
        make(Path("/dev/full"), 200_000)
    assert "Free some space" in caught.value.hint


def test_what_ffmpeg_refuses_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    """The last lines of ffmpeg are in the message, and its exit code."""
    arguments = "audio_builder.episode.encode.encoder._arguments"
    monkeypatch.setattr(arguments, lambda target, mp3_format, *, header: ("-i", f"file:{tmp_path}/none"))
    with pytest.raises(EncoderError, match=r"ffmpeg ended with code \d+(?s:.*)No such file or directory"):
        make(tmp_path / "a.mp3", 500_000)
    assert are_gone(started)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_whatever_interrupts_the_mix_ends_ffmpeg_too(
    tmp_path: Path, interruption: type[BaseException], started: list[subprocess.Popen[bytes]]
) -> None:
    """After Ctrl-C, or an error in the mix, no process is left, and none is left unwaited for."""

    def broken() -> Iterator[bytes]:
        for _ in range(60):  # long enough that an encoder runs by then
            yield tone(50_000)
        raise interruption

    with pytest.raises(interruption):
        encode(broken(), tmp_path / "a.mp3", Mp3Format(RATE, 2, 128))
    assert are_gone(started)


def fake_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    program = tmp_path / "fake-ffmpeg"
    program.write_text(f"#!{sys.executable} -S\nimport sys, os, signal\n{code}\n")
    program.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "ffmpeg_program", lambda: str(program))


def test_a_talkative_ffmpeg_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    """A megabyte on stderr before a byte is read would fill an undrained pipe and hang for ever."""
    fake_ffmpeg(
        tmp_path,
        monkeypatch,
        "for n in range(20000): sys.stderr.write(f'complaint {n} ' + 'x' * 40 + chr(10))\n"
        "sys.stdin.buffer.read()\nsys.exit(3)",
    )
    with pytest.raises(EncoderError, match="ended with code 3") as caught:
        make(tmp_path / "a.mp3", 200_000)
    assert "complaint 19999" in caught.value.message
    assert "complaint 19000" not in caught.value.message
    assert are_gone(started)


def test_an_ffmpeg_that_is_killed_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended by a signal, with the number."""
    fake_ffmpeg(tmp_path, monkeypatch, "sys.stdin.buffer.read(10)\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(EncoderError, match="ended by signal 9"):
        make(tmp_path / "a.mp3", 500_000)


def test_an_ffmpeg_that_stops_listening_did_not_succeed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 0 is no success if it did not take all the sound."""
    fake_ffmpeg(tmp_path, monkeypatch, "sys.exit(0)")
    with pytest.raises(EncoderError, match="ended with code 0"):
        make(tmp_path / "a.mp3", 2_000_000)


def test_a_missing_ffmpeg_is_told_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The hint is a command to copy."""
    monkeypatch.setattr(ffmpeg, "ffmpeg_program", lambda: str(tmp_path / "gone"))
    with pytest.raises(EncoderError, match="can't start ffmpeg") as caught:
        make(tmp_path / "a.mp3")
    assert "pip install --force-reinstall imageio-ffmpeg" in caught.value.hint


@pytest.mark.parametrize(
    ("rate_hz", "channels", "bitrate_kbps", "words"),
    [
        (44101, 2, 128, "44101 Hz; allowed are 32000, 44100, 48000"),
        (44100, 3, 128, "3 channels; allowed are 1 and 2"),
        (44100, 2, 100, "100 kbps; allowed are 32, 40"),
    ],
)
def test_what_an_mp3_can_not_be_is_refused(
    tmp_path: Path, rate_hz: int, channels: int, bitrate_kbps: int, words: str
) -> None:
    """LAME would silently take the nearest bit rate instead."""
    with pytest.raises(EncoderError, match=words):
        encode([tone(100)], tmp_path / "a.mp3", Mp3Format(rate_hz, channels, bitrate_kbps))


def test_no_sound_at_all_is_an_error(tmp_path: Path) -> None:
    """An empty episode is a defect of the mix, told as such."""
    with pytest.raises(EncoderError, match="no sound to encode"):
        encode([], tmp_path / "a.mp3", Mp3Format(RATE, 2, 128))


def test_half_a_frame_is_an_error(tmp_path: Path) -> None:
    """Bytes that are no whole frame would shift left and right."""
    with pytest.raises(EncoderError, match="ends inside a frame: 403 bytes"):
        encode([tone(100) + b"abc"], tmp_path / "a.mp3", Mp3Format(RATE, 2, 128))


@pytest.mark.parametrize("bitrate_kbps", BITRATES_KBPS)
def test_the_gain_of_lame_is_known(tmp_path: Path, bitrate_kbps: int) -> None:
    """LAME softens what it encodes at a constant bit rate, by exactly what `encoder_gain_db` says."""
    tone = (0.25 * 32767 * np.sin(2 * np.pi * 440 * np.arange(3 * 44100) / 44100)).astype("<i2")
    target = tmp_path / "tone.mp3"
    encode([tone.tobytes()], target, Mp3Format(44100, 1, bitrate_kbps))
    samples, _ = instruments.decoded(target)
    heard = samples[: len(tone), 0]
    sent = tone / np.float32(32768)
    gain_db = 20 * np.log10(np.dot(sent, heard) / np.dot(sent, sent))
    assert gain_db == pytest.approx(encoder_gain_db(bitrate_kbps), abs=0.02)


def noise_below_sound_db(given: Samples, path: Path) -> float:
    """How far what the encoder added lies below the sound; its change of level isn't counted."""
    heard = instruments.decoded(path)[0][: len(given)]
    gain = np.vdot(given, heard) / np.vdot(given, given)
    return float(10 * np.log10(np.square(gain * given).mean() / np.square(heard - gain * given).mean()))


@pytest.mark.parametrize(("channels", "bitrate_kbps", "nearer_db"), [(2, 128, 1.0), (1, 96, 3.0)])
def test_bits_that_are_there_are_used(tmp_path: Path, channels: int, bitrate_kbps: int, nearer_db: float):
    """At usual bit rates an episode comes out nearer to what went in than with LAME's own noise shaping."""
    voice = samples_from_segment(sound_helpers.speech(12.0))
    bed = sound_helpers.noise(len(voice), channels, level=0.005)
    pcm = ((voice[:, np.newaxis] + bed) * 32767).astype("<i2")
    given = pcm.astype(np.float32) / 32768
    ours, its_own = tmp_path / "ours.mp3", tmp_path / "its-own.mp3"
    encode([pcm.tobytes()], ours, Mp3Format(RATE, channels, bitrate_kbps))
    form = (
        "-f",
        "s16le",
        "-ar",
        str(RATE),
        "-ac",
        str(channels),
        "-i",
        "-",
        "-b:a",
        f"{bitrate_kbps}k",
        "-reservoir",
        "0",
    )
    command = [ffmpeg_program(), "-v", "error", *form, str(its_own)]
    subprocess.run(command, input=pcm.tobytes(), check=True)
    assert noise_below_sound_db(given, ours) > noise_below_sound_db(given, its_own) + nearer_db
