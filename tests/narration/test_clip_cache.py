"""The cache of clips: what is damaged is never played."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.audio.samples import samples_from_segment
from audio_builder.errors import NarrationError, OutputError
from audio_builder.narration.clip import measure_clip, unpacked_levels
from audio_builder.narration.clip_cache import (
    ClipCache,
    StoredClip,
    cache_stats,
    decode_sound,
    encode_clip,
    remove_damaged_clips,
)
from audio_builder.store import FOLDER_VARIABLE
from tests import sound_helpers

KEY, OTHER = "ab" * 32, "cd" * 32
CLIP = StoredClip(frames=300, rate_hz=44100, lead_frames=20, tail_frames=30)
PCM = bytes(range(200)) * 3


def filled(folder: Path) -> tuple[ClipCache, Path]:
    cache = ClipCache(folder)
    cache.store(KEY, CLIP, PCM)
    return cache, folder / "ab" / f"{KEY}.flac"


def test_what_is_stored_is_found_and_played(tmp_path: Path) -> None:
    """The same frames, the same samples, and no other file."""
    cache, path = filled(tmp_path)
    assert cache.find(KEY) == CLIP
    assert cache.load(KEY).raw_data == PCM
    assert cache.load(KEY).frame_rate == 44100
    assert cache.find(OTHER) is None
    assert cache.damaged == 0
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


@given(st.data())
def test_one_flipped_bit_anywhere_is_noticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """In the header or in the samples: a counted miss, and the entry is gone."""
    cache, path = filled(tmp_path_factory.mktemp("c"))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    assert cache.find(KEY) is None
    assert cache.damaged == 1
    assert not path.exists()


@given(st.integers(0, 699))
def test_a_torn_entry_is_noticed_wherever_it_ends(tmp_path_factory: pytest.TempPathFactory, end: int) -> None:
    """A write that was cut off by a crash is a miss."""
    cache, path = filled(tmp_path_factory.mktemp("c"))
    os.truncate(path, min(end, path.stat().st_size - 1))
    assert cache.find(KEY) is None
    assert cache.damaged == 1


def test_an_entry_under_a_wrong_name_is_never_played(tmp_path: Path) -> None:
    """The key is in the entry itself."""
    cache, path = filled(tmp_path)
    wrong = tmp_path / "cd" / f"{OTHER}.flac"
    wrong.parent.mkdir()
    path.rename(wrong)
    assert cache.find(OTHER) is None
    assert cache.damaged == 1


def test_a_clip_that_vanishes_during_a_build_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """Loading verifies again."""
    cache, path = filled(tmp_path)
    path.unlink()
    with pytest.raises(NarrationError) as caught:
        cache.load(KEY)
    assert "Run the same command again" in caught.value.hint


def test_a_folder_that_cant_be_written_is_named_with_the_way_out(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as caught:
        ClipCache(tmp_path / "file").store(KEY, CLIP, PCM)
    assert str(tmp_path / "file") in caught.value.message
    assert FOLDER_VARIABLE in caught.value.hint


def test_only_old_drafts_are_swept(tmp_path: Path) -> None:
    """Another build may be writing right now."""
    old, new, persons = (tmp_path / f".{name}.draft" for name in ("a.0123456789ab", "b.0123456789ac", "poem"))
    for draft in (old, new, persons):
        draft.write_text("")
        if draft != new:
            os.utime(draft, (time.time() - 90000,) * 2)
    ClipCache(tmp_path).files.sweep()
    assert {file.name for file in tmp_path.iterdir()} == {new.name, persons.name}


def test_music_in_the_folder_of_the_cache_stays(tmp_path: Path) -> None:
    """Somebody may keep clips where a collection lies: what isn't called as ours are is neither counted nor removed."""
    names = ["ab/01 - Song.flac", f"album/{KEY}.flac", f"ab/{KEY.upper()}.flac", "ab/notes.clip", "ab/data.msgpack"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
        os.utime(tmp_path / name, (time.time() - 90000,) * 2)
    cache = ClipCache(tmp_path)
    assert list(remove_damaged_clips(cache, read_data=True)) == []
    assert cache_stats(cache).clips == 0
    assert cache.prune(0).removed.total() == 0
    assert all((tmp_path / name).is_file() for name in names)


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise it is the user's cache folder."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "x"))
    assert ClipCache().folder == tmp_path / "x"
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert ClipCache().folder.parts[-2:] == ("audio-builder", "clips")


def test_two_processes_write_and_read_the_same_clip(tmp_path: Path) -> None:
    """Whoever reads finds a whole entry or none."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from audio_builder.narration.clip_cache import ClipCache\n"
        "from audio_builder.narration.clip_cache import StoredClip\n"
        f"cache = ClipCache(Path({str(tmp_path)!r}))\n"
        "for number in range(300):\n"
        f"    cache.store({KEY!r}, StoredClip(50000, 44100, 1, 1), bytes([number % 251]) * 100000)\n"
        f"    assert cache.find({KEY!r}) is not None\n"
        "assert cache.damaged == 0\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(2)]
    for writer in writers:
        assert writer.communicate()[1] == b""
        assert writer.returncode == 0


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=300))
def test_any_samples_come_back_to_the_last_bit(samples: list[int]) -> None:
    """Full-scale jumps too; a count that isn't that of the header is refused."""
    pcm = np.array(samples, dtype="<i2").tobytes()
    content = encode_clip(KEY, StoredClip(len(samples), 44100, 0, 0), pcm)
    assert decode_sound(content, len(samples)) == pcm
    assert decode_sound(content, len(samples) - 1) is None
    assert decode_sound(content, len(samples) + 1) is None


def test_an_entry_is_a_file_that_a_player_opens(tmp_path: Path) -> None:
    """FLAC, mono, 16 bit, at its rate."""
    _, path = filled(tmp_path)
    samples, rate_hz = soundfile.read(path, dtype="int16")
    assert (rate_hz, samples.astype("<i2").tobytes()) == (44100, PCM)
    assert soundfile.info(path).format == "FLAC"


def test_what_earlier_versions_kept_is_swept_when_it_is_old(tmp_path: Path) -> None:
    """It is never read, and another build of that version may still run."""
    old, new = tmp_path / "ab" / f"{KEY}.clip", tmp_path / "cd" / f"{OTHER}.clip"
    for path in (old, new):
        path.parent.mkdir()
        path.write_bytes(b"abclip04")
    os.utime(old, (time.time() - 90000,) * 2)
    cache = ClipCache(tmp_path)
    assert cache.find(KEY) is None
    assert cache.damaged == 0
    cache.files.sweep()
    assert (old.exists(), new.exists()) == (False, True)


def test_a_spoken_clip_takes_less_than_half_its_room(tmp_path: Path) -> None:
    """Vowels of many harmonics that fall by 12 dB an octave, over the hiss of an engine."""
    time_s = np.arange(2 * 44100) / 44100
    vowels = sum(np.sin(2 * np.pi * 110 * number * time_s + number) / number**2 for number in range(1, 40))
    hiss = np.random.default_rng(1).normal(0, 8, len(time_s))
    cache, pcm = ClipCache(tmp_path), (8000 * vowels + hiss).astype("<i2").tobytes()
    cache.store(KEY, StoredClip(len(pcm) // 2, 44100, 0, 0), pcm)
    assert cache.path_of(KEY).stat().st_size < 0.5 * len(pcm)
    assert cache.load(KEY).raw_data == pcm


def test_levels_come_back_as_they_were_measured(tmp_path: Path) -> None:
    """What the mix is told from the cache is what it would measure on the sound."""
    segment = sound_helpers.speech(3.0)
    measured = measure_clip(samples_from_segment(segment), 44100, 100, 100)
    frames = int(segment.frame_count())
    cache = ClipCache(tmp_path)
    cache.store(KEY, StoredClip(frames, 44100, 100, 100, measured.packed()), segment.raw_data)
    found = cache.find(KEY)
    assert found is not None
    told = unpacked_levels(found.levels)
    assert np.array_equal(told.energies, measured.energies)
    assert np.array_equal(told.peaks, measured.peaks)
    assert told.quietest_second == pytest.approx(measured.quietest_second)
    assert len(told.peaks) == math.ceil(frames / 882)
