"""The cache as a whole: what it holds, whether it is sound, and what goes first."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from audio_builder.cli.main import run
from audio_builder.cli.option_values import Size, size_in_words
from audio_builder.narration.clip_cache import CLIP_SUFFIX, ClipCache, StoredClip, cache_stats, remove_damaged_clips
from audio_builder.narration.narrate import narrate
from audio_builder.store import FOLDER_VARIABLE, Cleared, Store
from tests.voice_helpers import ready, script_of

RATE = 44100
DAY_S = 86_400


def key_of(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClipCache:
    """Four clips of a second; the first wasn't used for four days, the last for one."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    cache = ClipCache()
    pcm = os.urandom(2 * RATE)  # the same for all: else they are compressed to sizes that differ by a few bytes
    for number in range(4):
        cache.store(key_of(number), StoredClip(RATE, RATE, 0, 0), pcm)
        used = time.time() - (4 - number) * DAY_S
        os.utime(cache.path_of(key_of(number)), (used, used))
    return cache


def prune(cache: ClipCache, keep_bytes: int) -> Cleared:
    return cache.prune(keep_bytes)


def left(cache: ClipCache) -> list[int]:
    return [number for number in range(4) if cache.path_of(key_of(number)).exists()]


def size_of_all(cache: ClipCache) -> int:
    return sum(path.stat().st_size for path in cache.folder.rglob("*.flac"))


def test_the_cache_is_counted_weighed_and_timed(cache: ClipCache) -> None:
    """Clips, bytes, seconds of speech, and how long the oldest wasn't used."""
    stats = cache_stats(cache)
    assert (stats.clips, stats.bytes, stats.speech_s) == (4, size_of_all(cache), 4.0)
    assert stats.oldest_use_s == pytest.approx(4 * DAY_S, abs=60)


def test_what_was_not_used_for_longest_goes_first(cache: ClipCache) -> None:
    """Half the room: the two oldest go, and no more than needed."""
    done = prune(cache, size_of_all(cache) // 2)
    assert left(cache) == [2, 3]
    assert (done.removed[CLIP_SUFFIX], done.kept[CLIP_SUFFIX], done.in_use.total()) == (2, 2, 0)
    assert done.kept_bytes == size_of_all(cache)


def test_being_found_is_being_used(cache: ClipCache) -> None:
    """A rebuild makes its clips the newest."""
    cache.find(key_of(0))
    prune(cache, size_of_all(cache) // 4)
    assert left(cache) == [0]


def test_clips_of_a_build_that_may_still_run_stay(cache: ClipCache) -> None:
    """Whatever was used within the last hour, even if nothing may stay."""
    cache.find(key_of(1))
    done = prune(cache, 0)
    assert left(cache) == [1]
    assert done.in_use[CLIP_SUFFIX] == 1


@pytest.mark.parametrize(("read_data", "found"), [(False, 2), (True, 3)])
def test_damage_is_found_and_removed(cache: ClipCache, read_data: bool, found: int) -> None:
    """A short and a misnamed clip by their headers; a flipped bit in the sound only by reading it."""
    os.truncate(cache.path_of(key_of(0)), 1000)
    misnamed = cache.path_of("f" * 64)
    misnamed.parent.mkdir()
    cache.path_of(key_of(1)).rename(misnamed)
    flipped = cache.path_of(key_of(2))
    content = bytearray(flipped.read_bytes())
    content[-50] ^= 4
    flipped.write_bytes(content)
    looked = list(remove_damaged_clips(cache, read_data=read_data))
    assert (len(looked), sum(not sound for _, sound in looked)) == (4, found)
    assert left(cache) == ([3] if read_data else [2, 3])
    still = [entry.path for entry, sound in remove_damaged_clips(cache, read_data=True) if not sound]
    assert still == ([] if read_data else [flipped])


def test_the_commands_say_it_in_words(cache: ClipCache, capsys: pytest.CaptureFixture[str]) -> None:
    """Where, how many, how much; what was removed; what is sound."""
    assert run(["cache", "info"]) == 0
    told = capsys.readouterr().out
    assert f"{cache.folder}\n    4 clips, 0 min of speech, 35" in told
    assert "least recently used: 4 days ago" in told
    assert run(["cache", "verify", "--read-data"]) == 0
    assert capsys.readouterr().out == "4 clips looked at to the last bit: all sound\n"
    assert run(["cache", "prune", "--keep", "200KB"]) == 0
    assert capsys.readouterr().out == "removed 2 clips (177 KB)\nkept 2 clips (177 KB)\n"
    assert run(["cache", "prune", "--keep", "0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["removed_clips"] == 2
    assert run(["cache", "info"]) == 0
    assert "empty" in capsys.readouterr().out


def test_models_of_voices_are_counted_and_go_with_the_clips(
    cache: ClipCache, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an engine made of a model and kept there takes up to 90 MB: `info` says so, `prune` removes it."""
    models = Store(".onnx")
    models.write(key_of(7), bytes(300_000))
    used = time.time() - 9 * DAY_S
    os.utime(models.path_of(key_of(7)), (used, used))
    assert run(["cache", "info"]) == 0
    assert "    1 model of a voice, 300 KB\n" in capsys.readouterr().out
    assert run(["cache", "prune", "--keep", str(size_of_all(cache))]) == 0
    kept = f"kept 4 clips ({size_in_words(size_of_all(cache))})"
    assert capsys.readouterr().out == f"removed 0 clips and 1 model of a voice (300 KB)\n{kept}\n"
    assert not models.path_of(key_of(7)).exists()


def test_narrating_sweeps_what_a_killed_build_left(cache: ClipCache) -> None:
    """A draft of an hour ago is nobody's, even if nothing is to be spoken now; one of a minute ago may be in use."""
    for name, age_s in ((".old.0123456789ab.draft", 4000), (".new.0123456789ab.draft", 60)):
        (cache.folder / name).touch()
        used = time.time() - age_s
        os.utime(cache.folder / name, (used, used))
    narrate(script_of(), ready("tone"), cache=cache, rate_hz=RATE)
    assert [path.name for path in cache.folder.glob(".*.draft")] == [".new.0123456789ab.draft"]


@pytest.mark.parametrize(
    ("text", "count"), [("2GB", 2_000_000_000), ("1.5 gb", 1_500_000_000), ("500MB", 500_000_000), ("0", 0)]
)
def test_sizes_are_read_as_people_write_them(text: str, count: int) -> None:
    """In powers of a thousand."""
    assert Size().convert(text, None, None) == count


@pytest.mark.parametrize("text", ["much", "-1", "2X", "", "2G"])
def test_what_is_no_size_is_refused_with_examples(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The message shows how sizes are written."""
    assert run(["cache", "prune", "--keep", text]) == 2
    assert "write it as 2GB, 500MB or 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 KB"), (999_600, "1.0 MB"), (4e9, "4.0 GB")]
)
def test_sizes_are_told_in_words(count: float, words: str) -> None:
    """Never a thousand of a unit."""
    assert size_in_words(int(count)) == words
