"""Memory does not grow with the length of an episode."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from audio_builder.episode.encode.audio_file import Audio
from audio_builder.episode.verify.measure import measure_audio
from audio_builder.errors import OutputError
from audio_builder.files import check_named, note_writing

from .conftest import ROOT

LONG = ROOT / "examples" / "the-hour-before-the-house-wakes.md"

_PROGRAM = """
import resource, sys
import audio_builder
from audio_builder.recipe.recipe_file import make_recipe
report = audio_builder.build(sys.argv[1], make_recipe({"voice": "tone"}), sys.argv[2])
print(report.duration_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


_WALK = """
import sys
from pathlib import Path
from audio_builder.episode.encode.mpeg_frames import walk
frames = walk(Path(sys.argv[1])).mpeg_frames
peak_kb = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(frames, peak_kb)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_walking_over_a_long_file_keeps_little_of_it(tmp_path: Path):
    """An MP3 of 80 MB, an hour and a half, is looked through with less than 20 MB more than one of a second."""
    silent = bytes.fromhex("fffb9000") + bytes(413)
    figures = []
    for count in (40, 200_000):
        path = tmp_path / f"{count}.mp3"
        path.write_bytes(silent * count)
        run = subprocess.run([sys.executable, "-c", _WALK, str(path)], check=True, capture_output=True, text=True)
        frames, peak_kb = map(int, run.stdout.split())
        assert frames == count
        figures.append(peak_kb)
    assert figures[1] - figures[0] < 20_000


def test_measuring_keeps_little_of_a_long_episode():
    """Three hours take less than 14 MB more than one hour, all that is held at the end included."""
    block = np.random.default_rng(0).standard_normal((80_000, 1), dtype=np.float32) * np.float32(0.01)

    def peak_bytes(hours: int) -> int:
        tracemalloc.start()
        measure_audio(Audio(8000, 1, (block for _ in range(360 * hours)), []))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_bytes(3) - peak_bytes(1) < 14_000_000


def test_asking_whether_a_long_file_may_be_replaced_keeps_little_of_it(tmp_path: Path):
    """An episode of four hours isn't read into the memory to know it again."""
    path = tmp_path / "long.mp3"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    tracemalloc.start()
    with pytest.raises(OutputError, match="made by somebody else"):
        check_named(path)
    note_writing(path, "0" * 64)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.slow
def test_a_text_ten_times_as_long_takes_no_more_memory(tmp_path: Path):
    """The peak memory of the building process is the same within 20 % for 200 words and for ten of them in a row."""
    text = LONG.read_text(encoding="utf-8").partition("---\n")[2].partition("---\n")[2]
    body = text[: text.index("\n\n", len(text) // 3)]
    (tmp_path / "short.md").write_text(body, encoding="utf-8")
    (tmp_path / "long.md").write_text("\n\n".join([body] * 10), encoding="utf-8")
    figures = []
    for name in ("short", "long"):
        run = subprocess.run(
            [sys.executable, "-c", _PROGRAM, str(tmp_path / f"{name}.md"), str(tmp_path / name)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        figures.append([float(figure) for figure in run.stdout.split()])
    (short_s, short_kb), (long_s, long_kb) = figures
    assert long_s > 8 * short_s
    assert long_kb <= 1.2 * short_kb
