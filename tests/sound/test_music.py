"""A listener's own music."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from audio_builder.audio.samples import Samples, ffmpeg_program, segment_from_samples
from audio_builder.errors import SoundError
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound import music
from audio_builder.sound.background import check_background, open_bed
from audio_builder.sound.bed import REFERENCE_DBFS, BedFormat
from audio_builder.sound.music import Music, music_format
from tests.sound_helpers import RATE_HZ, noise, rms_dbfs

FORMAT = BedFormat(RATE_HZ, 2)


def song(seconds: float, *, rate_hz: int = 48000, level: float = 0.05) -> Samples:
    """Noise that grows softer and louder, unlike on both sides."""
    sound = noise(round(seconds * rate_hz), 2, level=level)
    swell = 1 + 0.5 * np.sin(np.linspace(0, 20, len(sound), dtype=np.float32))
    return sound * swell[:, np.newaxis]


def saved(folder: Path, sound: Samples, name: str = "song.wav", *, rate_hz: int = 48000, codec: str = "wav") -> Path:
    ffmpeg_program()
    path = folder / name
    segment_from_samples(sound, rate_hz).export(path, format=codec).close()
    return path


@pytest.mark.parametrize(
    ("name", "codec", "expected"),
    [
        ("a.wav", "wav", "wav"),
        ("a.mp3", "mp3", "mp3"),
        ("a.flac", "flac", "flac"),
        ("a.ogg", "ogg", "ogg"),
        ("a.m4a", "ipod", "mov"),
        ("a.aac", "adts", "aac"),
        ("a.aiff", "aiff", "aiff"),
        ("a.webm", "webm", "matroska"),
        ("a.caf", "caf", "caf"),
        ("a.wma", "asf", "asf"),
        ("a.mov", "mov", "mov"),
        ("a.au", "au", "au"),
        ("a.w64", "w64", "w64"),
        ("a.wv", "wv", "wv"),
        ("a.tta", "tta", "tta"),
        ("a.ac3", "ac3", "ac3"),
        ("a.eac3", "eac3", "eac3"),
        ("a.voc", "voc", "voc"),
        ("a.avi", "avi", "avi"),
        ("a.ts", "mpegts", "mpegts"),
        ("a.mpg", "mpeg", "mpeg"),
        ("-dash %d.txt", "mp3", "mp3"),
    ],
)
def test_formats_are_told_by_their_bytes(tmp_path: Path, name: str, codec: str, expected: str) -> None:
    """Whatever it is called, a sound file is known by how it begins, and plays at the reference level."""
    path = saved(tmp_path, song(12.0), name, codec=codec)
    check_background(Soundscape(background=str(path)), channels=2)
    assert music_format(path) == expected
    bed = open_bed(Soundscape(background=str(path)), FORMAT)
    assert rms_dbfs(bed.read(0, 12 * RATE_HZ)) == pytest.approx(REFERENCE_DBFS, abs=0.7)


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\nsecret.wav\n",
        b"ffconcat version 1.0\nfile secret.wav\n",
        b"[playlist]\nFile1=secret.wav\n",
        b"<smil><audio src='secret.wav'/></smil>",
        b"",
        b"\0" * 5000,
    ],
)
def test_a_playlist_called_mp3_is_refused(tmp_path: Path, content: bytes) -> None:
    """ffmpeg would open the files that a playlist names; here it never sees one."""
    saved(tmp_path, song(3.0), "secret.wav")
    path = tmp_path / "music.mp3"
    path.write_bytes(content)
    with pytest.raises(SoundError, match="isn't a sound file that can be read here"):
        open_bed(Soundscape(background=str(path)), FORMAT)


def test_what_begins_like_music_and_is_none_is_refused(tmp_path: Path) -> None:
    """A file with the first bytes of an MP3 and nothing behind them can't be decoded, and says so."""
    path = tmp_path / "music.mp3"
    path.write_bytes(b"ID3\x04\0\0\0\0\0\0" + b"no sound at all " * 300)
    with pytest.raises(SoundError, match="can't decode the background"):
        open_bed(Soundscape(background=str(path)), FORMAT)


def test_silent_and_short_music_is_refused(tmp_path: Path) -> None:
    """Silence is no background, and less than two seconds can't be looped."""
    silent = saved(tmp_path, np.zeros((48000 * 5, 2), dtype=np.float32), "silent.wav")
    with pytest.raises(SoundError, match="is silent") as raised:
        open_bed(Soundscape(background=str(silent)), FORMAT)
    assert "--background none" in raised.value.hint
    with pytest.raises(SoundError, match=r"is only 1\.0 s long; at least 2 s are needed"):
        open_bed(Soundscape(background=str(saved(tmp_path, song(1.0), "short.wav"))), FORMAT)


def test_the_loop_keeps_its_level_and_has_no_seam(tmp_path: Path) -> None:
    """Through three rounds every half second is about as loud as in the piece, and no frame jumps."""
    steady = noise(48000 * 20, 2, level=0.05)
    bed = Music.load(saved(tmp_path, steady), FORMAT)
    sound = bed.read(0, 60 * RATE_HZ)
    halves = [rms_dbfs(part) for part in np.split(sound, 120)]
    assert min(halves) > REFERENCE_DBFS - 0.5
    assert max(halves) < REFERENCE_DBFS + 0.5
    period = len(bed.steps) - bed.crossfade
    usual = np.abs(np.diff(sound[:period], axis=0)).max()
    for seam in (period, period + bed.crossfade, 2 * period):
        assert np.abs(np.diff(sound[seam - 5 : seam + 5], axis=0)).max() < usual * 1.3
    assert np.array_equal(sound[period + bed.crossfade : 2 * period], sound[2 * period + bed.crossfade : 3 * period])


def test_music_is_the_same_however_it_is_read(tmp_path: Path) -> None:
    """Reads of odd lengths in a row are one long read."""
    bed = Music.load(saved(tmp_path, song(9.0)), FORMAT)
    whole = bed.read(0, 30 * RATE_HZ)
    parts, start = [], 0
    while start < len(whole):
        parts.append(bed.read(start, min(65521, len(whole) - start)))
        start += len(parts[-1])
    assert np.array_equal(np.concatenate(parts), whole)


def test_the_loudest_second_bounds_them_all(tmp_path: Path) -> None:
    """Music with a loud passage says so, and no second of it is louder, across the crossfade either."""
    sound = song(20.0, level=0.01)
    sound[48000 * 9 : 48000 * 11] *= 10
    bed = Music.load(saved(tmp_path, sound), FORMAT)
    levels = [rms_dbfs(bed.read(start, RATE_HZ)) for start in range(0, 40 * RATE_HZ, RATE_HZ // 4)]
    assert REFERENCE_DBFS + 5 < max(levels) <= bed.loudest_second_dbfs
    # White noise is 2 dB louder than pink noise of the same power, and 1 dB is kept for the crossfade.
    assert bed.loudest_second_dbfs < max(levels) + 3.5


def test_silent_ends_are_not_looped(tmp_path: Path) -> None:
    """Five seconds of silence before and after the music would be a hole in every round: they are cut."""
    sound = np.pad(song(10.0), ((5 * 48000, 5 * 48000), (0, 0)))
    bed = Music.load(saved(tmp_path, sound), FORMAT)
    assert len(bed.steps) / RATE_HZ == pytest.approx(10.0, abs=0.3)
    assert bed.notes == ("10 s of silence at the ends of the music were left out",)


def test_resampling_is_band_limited(tmp_path: Path) -> None:
    """A tone of 30 kHz in music at 96 kHz is gone at 44.1 kHz and does not come back at 14.1."""
    time_s = np.arange(96000 * 4) / 96000
    tones = 0.1 * np.sin(2 * np.pi * 440 * time_s) + 0.1 * np.sin(2 * np.pi * 30000 * time_s)
    path = saved(tmp_path, np.stack([tones] * 2, axis=1).astype(np.float32), rate_hz=96000)
    sound = Music.load(path, FORMAT).read(0, RATE_HZ)[:, 0]
    power = np.abs(np.fft.rfft(sound * np.hanning(RATE_HZ))) ** 2
    assert power[14000:14200].max() < power[440] * 1e-8


def test_long_music_is_cut_and_mono_is_one_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the cap the rest isn't kept and that is known; for a mono episode both sides are joined."""
    monkeypatch.setattr(music, "LONGEST_S", 6)
    bed = Music.load(saved(tmp_path, song(10.0)), BedFormat(RATE_HZ, 1))
    assert bed.shortened
    assert bed.notes[0].startswith("only the first")
    assert len(bed.steps) <= 6 * RATE_HZ
    assert bed.read(0, 100).shape == (100, 1)
    assert not Music.load(saved(tmp_path, song(5.0)), FORMAT).shortened


def test_clipping_is_known(tmp_path: Path) -> None:
    """Music that stands at full scale says how much of it does."""
    assert Music.load(saved(tmp_path, song(5.0)), BedFormat(48000, 2)).clipped_share == 0.0
    loud = np.clip(song(5.0, level=2.0), -1, 1)
    bed = Music.load(saved(tmp_path, loud), BedFormat(48000, 2))
    assert bed.clipped_share > 0.2
    assert any("of the music is clipped" in note for note in bed.notes)


def test_music_of_bars_goes_round_on_the_bar(tmp_path: Path) -> None:
    """A bar of 2.5 s repeated 14.6 times, over faint noise: the loop is whole bars to the frame, the seam unheard."""
    bar = RATE_HZ * 5 // 2
    time_s = np.arange(bar // 5) / RATE_HZ
    notes = [np.sin(2 * np.pi * hz * time_s) * np.exp(-5 * time_s) for hz in (220.0, 277.0, 330.0, 415.0, 247.0)]
    mono = np.resize(np.concatenate(notes), round(bar * 14.6)) * 0.3
    sound = (mono[:, np.newaxis] + noise(len(mono), 2, level=0.003)).astype(np.float32)
    bed = Music.load(saved(tmp_path, sound, rate_hz=RATE_HZ), FORMAT)
    period = len(bed.steps) - bed.crossfade
    assert period % bar == 0
    assert period > 8 * bar
    assert bed.likeness > 0.99
    looped = bed.read(0, 2 * period)
    bars = [rms_dbfs(looped[at : at + bar]) for at in range(0, len(looped), bar)]
    assert max(bars) - min(bars) < 0.05
    # Without the noise of both, each bar is the first: nothing stumbles at the seam.
    seam = looped[period : period + bed.crossfade] - looped[: bed.crossfade]
    assert rms_dbfs(seam) < rms_dbfs(looped) - 30


def test_the_end_of_a_fade_out_is_not_where_music_goes_round(tmp_path: Path) -> None:
    """Music that repeats itself and fades away over its last eight seconds goes round before it is soft."""
    bar = RATE_HZ * 2
    sound = np.resize(noise(bar, 2, level=0.05), (bar * 30, 2)).copy()
    fading = 8 * RATE_HZ
    sound[-fading:] *= np.linspace(1, 0.02, fading, dtype=np.float32)[:, np.newaxis]
    bed = Music.load(saved(tmp_path, sound, rate_hz=RATE_HZ), FORMAT)
    assert (len(bed.steps) - bed.crossfade) % bar == 0
    assert len(bed.steps) <= len(sound) - fading + RATE_HZ


def test_music_is_levelled_by_loudness(tmp_path: Path) -> None:
    """Bright music counts as loud as it is heard: a hiss from 3 kHz on by its loudness, pink noise and a hum by RMS."""
    white = noise(48000 * 12, 2, level=0.05)
    frequencies = np.fft.rfftfreq(len(white), 1 / 48000)
    spectrum = np.fft.rfft(white, axis=0)

    def loudest_dbfs(gains: npt.NDArray[np.float64], name: str) -> float:
        """Return the loudest second, were the root mean square of all at the reference."""
        sound = np.fft.irfft(spectrum * gains[:, np.newaxis], axis=0).astype(np.float32)
        sound *= np.float32(0.05 / np.sqrt(np.mean(np.square(sound))))
        return Music.load(saved(tmp_path, sound, name), FORMAT).loudest_second_dbfs - REFERENCE_DBFS - 1.0

    pink = loudest_dbfs(1 / np.sqrt(np.maximum(frequencies, 30.0)), "pink.wav")
    hiss = loudest_dbfs((frequencies > 3000) * 1.0, "hiss.wav")
    hum = loudest_dbfs((frequencies > 60) * (frequencies < 200) * 1.0, "hum.wav")
    # The K-weighting lifts all above 3 kHz by 4 dB, and pink noise by 1.7 dB.
    assert hiss == pytest.approx(4.0 - 1.7, abs=0.4)
    assert pink == pytest.approx(0.2, abs=0.4)
    assert hum == pytest.approx(0.3, abs=0.4)


# In place of ffmpeg a program that neither reads nor ends.
_STALLED = """
from audio_builder.audio import ffmpeg
ffmpeg.ffmpeg_program = lambda: "/bin/sh"
ffmpeg.QUIET = ("-c", "exec sleep 600")
"""

_INTERRUPTED = """
import signal, sys, time
from concurrent.futures import ThreadPoolExecutor
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.background import BedMaker
from audio_builder.sound.bed import BedFormat
signal.signal(signal.SIGINT, signal.default_int_handler)
maker = BedMaker(Soundscape(background=sys.argv[1]), BedFormat(44100, 2))
with ThreadPoolExecutor(1) as aside, maker:
    aside.submit(maker.make)
    print("decoding", maker._music[sys.argv[1]]._ffmpeg._process.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="/bin/sh stands for an ffmpeg that never ends")
def test_who_stops_the_program_does_not_wait_for_music(tmp_path: Path) -> None:
    """Ctrl-C while an executor's thread waits for ffmpeg ends both at once, though the music never ends."""
    endless = tmp_path / "endless.mp3"
    endless.write_bytes(b"ID3\x04\0\0\0\0\0\0")
    child = subprocess.Popen(
        [sys.executable, "-c", _STALLED + _INTERRUPTED, str(endless)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None
        ffmpeg = int(child.stdout.readline().split()[1])
        child.send_signal(signal.SIGINT)
        started = time.monotonic()
        assert child.wait(30) != 0
        assert time.monotonic() - started < 10
    with pytest.raises(ProcessLookupError):
        os.kill(ffmpeg, 0)
