"""Whole processes in turn, again and again: medians, ratios, memory. Run by scripts/benchmark."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from audio_builder import __version__
from audio_builder.audio.samples import ffmpeg_program
from audio_builder.recipe.settings import Recipe
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.voice_files import locate_files
from benchmarks.article import article
from benchmarks.judge import judged, memory_ratios, table
from benchmarks.process import Run, run

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "examples" / "the-hour-before-the-house-wakes.md"
"""What somebody wrote: the article of 600 words."""

CASES = (
    "plain script",
    "cold build",
    "speech alone",
    "another pacing",
    "another background",
    "another last line",
    "encoder alone",
    "encoder as ours",
)
"""In the order in which they take turns: a cold build and its speech stand side by side, for a machine may change its
speed."""

CORES = os.cpu_count() or 1


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
        """Run one case once; all but `plain script` need what `cold build` left."""
        python, cache = sys.executable, self.folder / "cache"
        build = (python, "-m", "audio_builder", "build", self.text, "-q", "-o", self.folder / "out")
        if case == "cold build":
            shutil.rmtree(cache, ignore_errors=True)
        if case == "another last line":
            self.text.write_text(f"{self.text.read_text(encoding='utf-8')}\nAnd that is all.\n", encoding="utf-8")
        command: tuple[str | Path, ...]
        if case == "plain script":
            voice = prepare_voice(find_voice(Recipe().voice), Recipe().pacing.wpm).voice
            model = locate_files(voice.profile)["model"]
            command = (python, HERE / "plain_script.py", self.text, self.folder / "plain.mp3", model, f"{voice.rate}")
        elif case == "speech alone":
            command = (python, HERE / "speak_only.py", self.text, self.folder / "spoken")
        elif case == "encoder alone":
            command = (*self._encoder(), self._encoded())
        elif case == "encoder as ours":
            command = (*self._encoder(), "-reservoir", "0", "-compression_level", "7", self._encoded())
        else:
            chosen = {"another pacing": ("--pacing", "spacious"), "another background": ("--background", self._music())}
            command = (*build, "--json", *chosen.get(case, ()))
        return run(command, {"AUDIO_BUILDER_CACHE": str(cache), "PYTHONPATH": str(HERE.parent)})

    def _encoder(self) -> tuple[str | Path, ...]:
        return (ffmpeg_program(), "-v", "error", "-y", "-i", self._sound(), "-b:a", "128k")

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
        for number in range(1, runs + 1):
            bench.text.write_text(
                EXAMPLE.read_text(encoding="utf-8") if words == 600 else article(words), encoding="utf-8"
            )
            for case in cases:
                found[case].append(bench.measure(case))
                last = found[case][-1]
                told = f"{last.wall_s:.1f} s, {last.cpu_s:.1f} s of CPU, {last.peak_mb:.0f} MB"
                sys.stderr.write(f"{words} words, run {number}, {case}: {told}\n")
                sys.stderr.flush()
    return found


def _chosen_cases(only: list[str], without: list[str]) -> tuple[str, ...]:
    """Return the cases that are run; a case may be named by how it begins, such as `plain`."""
    for name in (*only, *without):
        if not any(case.startswith(name) for case in CASES):
            raise SystemExit(f"there is no case “{name}”; there are: {', '.join(CASES)}")
    cases = [case for case in CASES if not only or case.startswith(tuple(only))]
    return tuple(case for case in cases if not (without and case.startswith(tuple(without))))


def _runs_of_each(runs: list[int], lengths: int) -> list[int]:
    """Return how often the cases are run for each length."""
    if len(runs) not in (1, lengths):
        raise SystemExit(f"--runs takes one number, or one for each of the {lengths} lengths, not {len(runs)}")
    return runs * lengths if len(runs) == 1 else runs


def _machine() -> str:
    """Return what the figures depend on."""
    model = platform.processor() or platform.machine()
    if sys.platform == "linux":
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{platform.system()} {platform.machine()}, {CORES} cores, {model}"


def _load() -> float | None:
    """Return how many processes waited for a core in the last minute, on average; None where that isn't known."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def main() -> None:
    """Measure, print a table and write JSON."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument("--words", type=int, nargs="+", default=[600, 20_000], help="lengths of the articles")
    parser.add_argument(
        "--runs", type=int, nargs="+", default=[3], help="how often each case is run; or one number for each length"
    )
    parser.add_argument("--cases", nargs="+", default=[], metavar="CASE", help=f"run these alone: {', '.join(CASES)}")
    parser.add_argument("--without", nargs="+", default=[], metavar="CASE", help="leave these out, such as plain")
    parser.add_argument("--note", default="", help="what to remember about this run, such as: a busy machine")
    parser.add_argument("--json", type=Path, default=None, help="also write everything to this file")
    chosen = parser.parse_args()
    cases = _chosen_cases(chosen.cases, chosen.without)
    report: dict[str, object] = {
        "schema_version": 2,
        "command": "scripts/benchmark " + " ".join(sys.argv[1:]),
        "version": __version__,
        "machine": _machine(),
        "python": platform.python_version(),
        "load_before": _load(),
        "note": chosen.note,
    }
    sys.stdout.write(f"{report['machine']}, load {report['load_before']}\n")
    everything: dict[int, dict[str, list[Run]]] = {}
    for words, runs_of_it in zip(chosen.words, _runs_of_each(chosen.runs, len(chosen.words)), strict=True):
        found = everything[words] = measure_all(words, runs_of_it, cases)
        sys.stdout.write("\n".join(table(words, found)) + "\n")
        sys.stdout.flush()
        runs = {case: [asdict(one) for one in all_runs] for case, all_runs in found.items()}
        report[f"{words} words"] = {"runs": runs, "judged": [asdict(one) for one in judged(words, found)]}
        if chosen.json:
            _write(chosen.json, report)
    grown = list(memory_ratios(everything))
    sys.stdout.write("".join(f"{one}\n" for one in grown))
    report["memory"] = [asdict(one) for one in grown]
    report["load_after"] = _load()
    if chosen.json:
        _write(chosen.json, report)


def _write(path: Path, report: dict[str, object]) -> None:
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
