"""Encoded stretches are kept: what sounds the same isn't encoded again, and what is damaged is."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest

from audio_builder.cli.main import run
from audio_builder.episode.encoding import encode as encoding
from audio_builder.episode.encoding import stretches
from audio_builder.episode.encoding.encode import Mp3Form, encode
from audio_builder.episode.encoding.kept import STRETCH_SUFFIX, KeptStretches, stretch_key
from audio_builder.narration.cache import FOLDER_VARIABLE, clear

FORM = Mp3Form(44100, 2, 128)
UNIT = stretches.FRAME_SAMPLES
STRETCH = 96


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Stretches of 2.5 s; a list that grows by the length of each stretch that an encoder was started for."""
    monkeypatch.setattr(stretches, "STRETCH", STRETCH)
    lengths: list[int] = []
    newly = encoding._newly_encoded

    def counted(stretch: stretches.Stretch, work: object) -> bytes:
        lengths.append(len(stretch.pcm))
        return newly(stretch, work)  # type: ignore[arg-type]

    monkeypatch.setattr(encoding, "_newly_encoded", counted)
    return lengths


def sweep(seconds: float) -> bytes:
    phase = 2 * np.pi * np.cumsum(np.geomspace(100, 3000, round(seconds * 44100))) / 44100
    return (9000 * np.stack((np.sin(phase), np.cos(phase)), axis=1)).astype("<i2").tobytes()


def make(target: Path, pcm: bytes, kept: KeptStretches | None) -> bytes:
    encode([pcm], target, FORM, kept=kept)
    return target.read_bytes()


def test_the_same_sound_is_encoded_once(tmp_path: Path, encoded: list[int]) -> None:
    """A second time no encoder is started, and the bytes are those of an encoder that keeps nothing."""
    pcm = sweep(8)
    first = make(tmp_path / "a.mp3", pcm, KeptStretches(tmp_path / "c"))
    assert len(encoded) == 4
    assert make(tmp_path / "b.mp3", pcm, KeptStretches(tmp_path / "c")) == first
    assert len(encoded) == 4
    assert make(tmp_path / "c.mp3", pcm, None) == first
    assert len(encoded) == 8


def test_a_change_at_the_end_is_encoded_alone(tmp_path: Path, encoded: list[int]) -> None:
    """Everything before comes from what is kept."""
    pcm = bytearray(sweep(8))
    make(tmp_path / "a.mp3", bytes(pcm), KeptStretches(tmp_path / "c"))
    del encoded[:]
    pcm[-60_000:] = bytes(60_000)
    changed = make(tmp_path / "b.mp3", bytes(pcm), KeptStretches(tmp_path / "c"))
    assert len(encoded) == 1
    assert make(tmp_path / "c.mp3", bytes(pcm), None) == changed


@pytest.mark.parametrize("other", [Mp3Form(44100, 2, 160), Mp3Form(48000, 2, 128)])
def test_another_form_is_another_stretch(tmp_path: Path, encoded: list[int], other: Mp3Form) -> None:
    """The same samples at another bit rate or sample rate are encoded."""
    pcm = sweep(2)
    kept = KeptStretches(tmp_path / "c")
    encode([pcm], tmp_path / "a.mp3", FORM, kept=kept)
    encode([pcm], tmp_path / "a.mp3", other, kept=kept)
    assert len(encoded) == 2


@pytest.mark.parametrize("harm", ["flip", "cut", "misname", "empty"])
def test_what_is_damaged_is_encoded_again(tmp_path: Path, encoded: list[int], harm: str) -> None:
    """Never played: dropped, counted and made again, to the same bytes."""
    pcm, folder = sweep(2), tmp_path / "c"
    first = make(tmp_path / "a.mp3", pcm, KeptStretches(folder))
    entry = next(folder.rglob(f"*{STRETCH_SUFFIX}"))
    content = bytearray(entry.read_bytes())
    content[-7] ^= 1
    wrong = {"flip": bytes(content), "cut": entry.read_bytes()[:-1], "misname": b"", "empty": b""}[harm]
    if harm == "misname":
        other = KeptStretches(folder)
        other.keep("0" * 64, b"something else")
        wrong = other.files.path_of("0" * 64).read_bytes()
    entry.write_bytes(wrong)
    kept = KeptStretches(folder)
    assert make(tmp_path / "a.mp3", pcm, kept) == first
    assert (kept.files.damaged, len(encoded)) == (1, 2)
    assert make(tmp_path / "a.mp3", pcm, kept) == first
    assert len(encoded) == 2


def test_an_episode_doesnt_fail_because_nothing_can_be_kept(tmp_path: Path, encoded: list[int]) -> None:
    """A file stands where the folder should be: the episode is made all the same."""
    (tmp_path / "c").write_text("")
    assert make(tmp_path / "a.mp3", sweep(2), KeptStretches(tmp_path / "c"))
    assert len(encoded) == 1


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    """Clips and stretches in one order; what is in use stays."""
    kept = KeptStretches(tmp_path)
    for number in range(4):
        key = f"{number:064x}"
        kept.keep(key, bytes(1000))
        used = time.time() - (4 - number) * 86_400
        os.utime(kept.files.path_of(key), (used, used))
    assert kept.find(f"{0:064x}") == bytes(1000)
    done = clear((kept.files,), 2500)
    assert (done.removed[STRETCH_SUFFIX], done.kept[STRETCH_SUFFIX]) == (2, 2)
    assert [number for number in range(4) if kept.find(f"{number:064x}")] == [0, 3]


def test_the_commands_count_them_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`cache info`, `verify` and `prune` tell of stretches, and verify removes a damaged one."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    kept = KeptStretches()
    kept.keep(stretch_key(b"a"), bytes(5000))
    kept.keep(stretch_key(b"b"), bytes(5000))
    assert run(["cache", "info"]) == 0
    assert "2 stretches of encoded sound, 10 KB" in capsys.readouterr().out
    entry = kept.files.path_of(stretch_key(b"a"))
    entry.write_bytes(entry.read_bytes()[:-1] + b"\1")
    assert run(["cache", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["damaged"] == []
    assert run(["cache", "verify", "--read-data"]) == 0
    assert "0 clips and 2 encoded stretches looked at to the last bit: 1 damaged and removed" in capsys.readouterr().out
    os.utime(kept.files.path_of(stretch_key(b"b")), (0, 0))
    assert run(["cache", "prune", "--keep", "0"]) == 0
    assert "removed 0 clips and 1 encoded stretches (5.1 KB)" in capsys.readouterr().out
