"""Build episodes of every kind and measure them with ffmpeg's own meter (.venv/bin/python -m scripts.matrix FOLDER).

Thirty builds: every background three times, with every voice and pacing, in stereo and mono, from 20 s to an hour. The
exit code is 1 when one of them misses the standard. The Kokoro voices must be installed (`voices install`).
Phrases come from the cache, so a second run is much faster.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from audio_builder import build
from audio_builder.article.source import source_from_bytes
from audio_builder.episode.verify.standard import SEPARATION
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import BACKGROUNDS, PACING_PRESETS
from tests.instruments import loudness

VOICES = ("joe", "system", "heart", "emma", "michael", "bella", "george", "nicole")
_SENTENCES = (
    "The lamp is on, and the window is dark.",
    "Nothing is asked of you now.",
    "Notice how the breath comes and goes, and how little it needs you.",
    "What would you like to put down?",
    "Somewhere a kettle begins to sing; you need not get up.",
    "Rest.",
)


@dataclass(frozen=True)
class Case:
    """One build.

    Attributes:
        background: name of the bed.
        voice: name of the voice.
        preset: name of the pacing.
        channels: 1 or 2.
        sentences: how long the text is.
    """

    background: str
    voice: str
    preset: str
    channels: int
    sentences: int


@dataclass(frozen=True)
class Outcome:
    """What ffmpeg's meter and the report said.

    Attributes:
        seconds: length of the episode.
        lufs: integrated loudness of the MP3.
        dbtp: true peak of the MP3.
        separation_db: worst second of speech over the background, measured on the two before they were mixed and
            encoded; None without a background.
    """

    seconds: float
    lufs: float
    dbtp: float
    separation_db: float | None

    @property
    def ok(self) -> bool:
        """Whether it meets the standard; ffmpeg tells tenths."""
        apart = self.separation_db is None or self.separation_db >= 20.0
        return abs(self.lufs + 16.0) <= 0.5 and self.dbtp <= -1.0 and apart


def cases() -> list[Case]:
    """Return thirty cases: each background three times, with different companions, one of them an hour long."""
    found = []
    lengths = itertools.cycle((1, 6, 3, 12, 2, 24, 1))
    voices = itertools.cycle(VOICES)
    for number, background in enumerate(BACKGROUNDS):
        for turn in range(3):
            preset = list(PACING_PRESETS)[(number + turn) % len(PACING_PRESETS)]
            channels = 2 if background == "binaural" else 1 + (number + turn) % 2
            found.append(Case(background, next(voices), preset, channels, next(lengths)))
    found[1] = dataclasses.replace(found[1], sentences=540)
    return found


def text_of(case: Case) -> bytes:
    """Return an article of so many sentences, in paragraphs of four, with a heading for each twelve."""
    lines = [f"# {case.background} {case.voice} {case.preset} {case.channels}"]
    for number in range(case.sentences):
        if number % 12 == 4:
            lines.append("\n## A pause")
        lines.append(("\n" if number % 4 == 0 else "") + _SENTENCES[number % len(_SENTENCES)])
    return "\n".join(lines).encode()


def run(case: Case, folder: Path) -> Outcome:
    """Build and measure one case."""
    recipe = make_recipe(
        {
            "voice": case.voice,
            "pacing": {"preset": case.preset},
            "soundscape": {"background": case.background},
            "mastering": {"channels": case.channels},
        }
    )
    report = build(source_from_bytes(text_of(case), "matrix.md"), recipe, folder)
    measured = loudness(Path(report.path))
    found = {line.name: line.value for line in report.findings.lines}
    apart = found.get(SEPARATION)
    return Outcome(
        report.duration_s,
        measured.integrated_lufs,
        measured.true_peak_dbtp,
        apart if isinstance(apart, float) else None,
    )


def decibels(value: float | None) -> str:
    """Return a distance for the table; empty where there is none."""
    return "" if value is None else f"{value:.1f} dB"


def main(folder: Path) -> int:
    """Run all cases and print a table; return 1 when one misses."""
    missed = 0
    print("| background | voice | pacing | channels | length | loudness | true peak | separation | took |")
    print("|---|---|---|---|--:|--:|--:|--:|--:|")
    for case in cases():
        started = time.perf_counter()
        found = run(case, folder)
        print(
            f"| {case.background} | {case.voice} | {case.preset} | {case.channels} | {found.seconds:.0f} s"
            f" | {found.lufs:.1f} LUFS | {found.dbtp:.1f} dBTP"
            f" | {decibels(found.separation_db)} | {time.perf_counter() - started:.0f} s |"
            f"{'' if found.ok else ' MISSED'}",
            flush=True,
        )
        missed += not found.ok
    print(f"{missed} of {len(cases())} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as place:
        sys.exit(main(Path(place)))
