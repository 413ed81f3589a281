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

from audio_builder.audio.samples import ffmpeg_program
from audio_builder.recipe.settings import Recipe
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.prepare import PreparedVoice, prepare_voice
from benchmarks.article import article
from benchmarks.judge import AGAINST, judged, memory_ratios, pairs, table
from benchmarks.process import Run, run

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
EXAMPLE = CHECKOUT / "examples" / "the-hour-before-the-house-wakes.md"
"""What somebody wrote: the article of 600 words."""

PHRASE = "Nothing needs to be done."
"""What is spoken until the first sound."""

OURS = ("cold build", "another pacing", "another background", "another last line", "first sound")
CASES = ("plain joe", "plain hibari", *OURS, "encoder alone")
"""In the order in which they take turns."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where one article is measured with one checkout.

    Attributes:
        folder: everything of it.
        text: the article.
        checkout: whose package is measured.
    """

    folder: Path
    text: str
    checkout: Path = CHECKOUT

    def measure(self, case: str) -> Run:
        """Run one case once; those after `cold build` need what it left."""
        self.folder.mkdir(exist_ok=True)
        cache, article_path = self.folder / "cache", self.folder / "article.md"
        last_line = "\nAnd that is all.\n" if case == "another last line" else ""
        article_path.write_text(self.text + last_line, encoding="utf-8")
        if case in ("cold build", "first sound"):
            shutil.rmtree(cache, ignore_errors=True)
        if case == "cold build":  # the record beside an episode remembers how long its words take the voice
            shutil.rmtree(self.folder / "out", ignore_errors=True)
        environment = {"AUDIO_BUILDER_CACHE": str(cache), "PYTHONPATH": str(self.checkout)}
        # Python finds a package in the current folder before one on PYTHONPATH.
        return run(self._command(case, article_path), environment, self.folder)

    def _command(self, case: str, text: Path) -> tuple[str | Path, ...]:
        plain = (text, self.folder / "plain.mp3")
        if case == "plain joe":
            joe = _at_our_rate("joe").voice
            return (sys.executable, HERE / "plain_joe.py", *plain, joe.paths["model"], f"{joe.rate}")
        if case == "plain hibari":
            return (sys.executable, HERE / "plain_hibari.py", *plain, f"{_at_our_rate('lark').voice.rate}")
        if case == "encoder alone":
            encoded = ("-b:a", "128k", self.folder / "encoded.mp3")
            return (ffmpeg_program(), "-v", "error", "-y", "-i", self._sound(), *encoded)
        program = (sys.executable, "-m", "audio_builder")
        if case == "first sound":
            return (*program, "voices", "say", PHRASE, "-q", "-o", self.folder / "said.wav")
        options = {"another pacing": ("--pacing", "spacious"), "another background": ("--background", self._music())}
        return (*program, "build", text, "-q", "--json", "-o", self.folder / "out", *options.get(case, ()))

    def _sound(self) -> Path:
        """The first episode as WAV, decoded once."""
        target = self.folder / "episode.wav"
        if not target.exists():
            episode = next((self.folder / "out").glob("*.mp3"))
            subprocess.run([ffmpeg_program(), "-v", "error", "-i", episode, "-vn", target], check=True)
        return target

    def _music(self) -> Path:
        """A minute of a listener's own music; it stands for any other background."""
        target = self.folder / "music.wav"
        if not target.exists():
            tone = ("-f", "lavfi", "-i", "sine=196:sample_rate=44100:duration=60")
            subprocess.run([ffmpeg_program(), "-v", "error", *tone, target], check=True)
        return target


def _at_our_rate(name: str) -> PreparedVoice:
    return prepare_voice(find_voice(name), Recipe().pacing.wpm)


def measure_all(words: int, runs: int, cases: tuple[str, ...], against: Path | None = None) -> dict[str, list[Run]]:
    """Return the runs of each case for an article of so many words; the cases take turns.

    Args:
        words: length of the article; 600 is the example.
        runs: how often each case is run.
        cases: of `CASES`, in their order.
        against: another checkout, with which our own cases are run too.
    """
    found: dict[str, list[Run]] = {}
    text = EXAMPLE.read_text(encoding="utf-8") if words == 600 else article(words)
    with tempfile.TemporaryDirectory() as folder:
        benches = {"": Bench(Path(folder, "this"), text)}
        if against is not None:
            benches[AGAINST] = Bench(Path(folder, "other"), text, against.resolve())
        for number in range(1, runs + 1):
            for case in cases:
                for suffix, bench in benches.items():
                    if suffix and case not in OURS:
                        continue
                    last = bench.measure(case)
                    found.setdefault(case + suffix, []).append(last)
                    figures = f"{last.wall_s:.1f} s, {last.cpu_s:.1f} s of CPU, {last.peak_mb:.0f} MB"
                    print(f"{words} words, run {number}, {case}{suffix}: {figures}", file=sys.stderr, flush=True)
    return found


def _chosen_cases(only: list[str], without: list[str]) -> tuple[str, ...]:
    """Return the cases to run; a case may be named by how it begins, such as `plain`."""
    for name in (*only, *without):
        if not any(case.startswith(name) for case in CASES):
            raise SystemExit(f"there is no case “{name}”; there are: {', '.join(CASES)}")
    cases = [case for case in CASES if not only or case.startswith(tuple(only))]
    return tuple(case for case in cases if not (without and case.startswith(tuple(without))))


def _machine() -> str:
    """Return what the figures depend on, with the load of the last minute where that is known."""
    model = platform.processor() or platform.machine()
    if sys.platform == "linux":
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    load = f", load {os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else ""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {model}{load}"


def main() -> None:
    """Measure, print a table and write JSON."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument("--words", type=int, nargs="+", default=[600, 20_000], help="lengths of the articles")
    parser.add_argument("--runs", type=int, nargs="+", default=[4, 1], help="runs of each case, for each length")
    parser.add_argument("--cases", nargs="+", default=[], metavar="CASE", help=f"run these alone: {', '.join(CASES)}")
    parser.add_argument("--without", nargs="+", default=[], metavar="CASE", help="leave these out, such as plain")
    parser.add_argument("--against", type=Path, metavar="DIR", help="run our cases with another checkout too, in turn")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    chosen = parser.parse_args()
    cases = _chosen_cases(chosen.cases, chosen.without)
    report: dict[str, object] = {"schema_version": 3, "arguments": sys.argv[1:], "machine": _machine()}
    print(report["machine"])
    everything: dict[int, dict[str, list[Run]]] = {}
    for at, words in enumerate(chosen.words):
        found = measure_all(words, chosen.runs[min(at, len(chosen.runs) - 1)], cases, chosen.against)
        everything[words] = found
        print("\n".join((*table(words, found), *pairs(found))), flush=True)
        runs = {case: [asdict(one) for one in all_runs] for case, all_runs in found.items()}
        report[f"{words} words"] = {"runs": runs, "judged": [asdict(one) for one in judged(words, found)]}
    memory = list(memory_ratios(everything))
    print(*memory, sep="\n")
    report["memory"] = [asdict(one) for one in memory]
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
