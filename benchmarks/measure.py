"""Whole processes in turn, again and again: medians, ratios, memory. Run by scripts/benchmark."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from audio_builder import __version__
from audio_builder.audio import ffmpeg_program
from audio_builder.recipe import Recipe
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.files import locate_files
from audio_builder.voices.prepare import prepare_voice
from benchmarks.article import article
from benchmarks.process import Run, run

HERE = Path(__file__).resolve().parent
CASES = ("plain script", "cold build", "another pacing", "another background", "encoder alone", "speech alone")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where one article is measured.

    Attributes:
        folder: everything of it.
        words: of the article.
    """

    folder: Path
    words: int

    @property
    def text(self) -> Path:
        """The article."""
        return self.folder / "article.md"

    def measure(self, case: str) -> Run:
        """Run one case once; `another …` and `encoder alone` need what `cold build` left."""
        python, cache = sys.executable, self.folder / "cache"
        build = (python, "-m", "audio_builder", "build", self.text, "-q", "-o", self.folder / "out")
        if case in {"cold build", "speech alone"}:
            shutil.rmtree(cache, ignore_errors=True)
        command: tuple[str | Path, ...]
        if case == "plain script":
            voice = prepare_voice(find_voice(Recipe().voice), Recipe().pacing.wpm).voice
            model = locate_files(voice.profile)["model"]
            command = (python, HERE / "plain_script.py", self.text, self.folder / "plain.mp3", model, f"{voice.rate}")
        elif case == "speech alone":
            command = (python, HERE / "speak_only.py", self.text, Recipe().voice)
        elif case == "encoder alone":
            command = (ffmpeg_program(), "-v", "error", "-y", "-i", self._sound(), "-b:a", "128k", self._encoded())
        else:
            chosen = {"another pacing": ("--pacing", "spacious"), "another background": ("--background", self._music())}
            command = (*build, *chosen.get(case, ()))
        return run(command, {"AUDIO_BUILDER_CACHE": str(cache), "PYTHONPATH": str(HERE.parent)})

    def _encoded(self) -> Path:
        return self.folder / "encoded.mp3"

    def _sound(self) -> Path:
        """The episode as WAV, decoded once."""
        target = self.folder / "episode.wav"
        if not target.exists():
            episode = next((self.folder / "out").glob("*.mp3"))
            subprocess.run([ffmpeg_program(), "-v", "error", "-i", episode, "-vn", target], check=True)
        return target

    def _music(self) -> Path:
        """A minute of somebody's own music, which stands for any other background."""
        target = self.folder / "music.wav"
        if not target.exists():
            from pydub.generators import Sine

            Sine(196, sample_rate=44100).to_audio_segment(60_000, volume=-30).export(target, format="wav").close()
        return target


def measure_all(words: int, runs: int, cases: tuple[str, ...]) -> dict[str, list[Run]]:
    """Return the runs of every case for an article of so many words; the cases take turns."""
    found: dict[str, list[Run]] = {case: [] for case in cases}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), words)
        bench.text.write_text(article(words), encoding="utf-8")
        for number in range(1, runs + 1):
            for case in cases:
                found[case].append(bench.measure(case))
                last = found[case][-1]
                sys.stderr.write(f"{words} words, run {number}, {case}: {last.wall_s:.1f} s, {last.peak_mb:.0f} MB\n")
    return found


def table(words: int, found: dict[str, list[Run]]) -> Iterator[str]:
    """Yield the lines of a table of medians, and the ratios to be judged by."""
    yield f"{words} words, median of {len(next(iter(found.values())))}"
    yield f"{'case':20} {'wall s':>8} {'min':>8} {'max':>8} {'CPU s':>8} {'peak MB':>8}"
    for case, all_runs in found.items():
        walls = [one.wall_s for one in all_runs]
        cpu_s = statistics.median(one.cpu_s for one in all_runs)
        peak_mb = statistics.median(one.peak_mb for one in all_runs)
        wall_s = f"{statistics.median(walls):8.2f} {min(walls):8.2f} {max(walls):8.2f}"
        yield f"{case:20} {wall_s} {cpu_s:8.2f} {peak_mb:8.0f}"
    for name, ratio in ratios(found).items():
        yield f"{name}: {ratio:.2f}"


def ratios(found: dict[str, list[Run]]) -> dict[str, float]:
    """Return what is judged: the median, over the runs, of one case's wall time over that of another."""
    pairs = [
        ("cold build", "plain script"),
        ("another pacing", "cold build"),
        ("another background", "cold build"),
        ("another pacing", "encoder alone"),
        ("another background", "encoder alone"),
    ]
    judged = {
        f"{over} / {under}": statistics.median(
            one.wall_s / other.wall_s for one, other in zip(found[over], found[under], strict=True)
        )
        for over, under in pairs
        if over in found and under in found
    }
    if "cold build" in found and "speech alone" in found:
        judged["cold build / (CPU of speech alone ÷ cores)"] = statistics.median(
            one.wall_s / (other.cpu_s / (os.cpu_count() or 1))
            for one, other in zip(found["cold build"], found["speech alone"], strict=True)
        )
    return judged


def main() -> None:
    """Measure, print a table and write JSON."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument("--words", type=int, nargs="+", default=[600, 20_000], help="lengths of the articles")
    parser.add_argument("--runs", type=int, default=3, help="how often each case is run")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), help="what is measured")
    parser.add_argument("--note", default="", help="what to remember about this run, such as: a busy machine")
    parser.add_argument("--json", type=Path, default=None, help="also write everything to this file")
    chosen = parser.parse_args()
    cases = tuple(case for case in CASES if case in chosen.cases)
    report: dict[str, object] = {
        "schema_version": 1,
        "command": "scripts/benchmark " + " ".join(sys.argv[1:]),
        "version": __version__,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "note": chosen.note,
    }
    for words in chosen.words:
        found = measure_all(words, chosen.runs, cases)
        sys.stdout.write("\n".join(table(words, found)) + "\n")
        runs = {case: [asdict(one) for one in all_runs] for case, all_runs in found.items()}
        report[f"{words} words"] = {"runs": runs, "ratios": ratios(found)}
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
