"""Measure and draw every background (run with .venv/bin/python scripts/backgrounds.py).

It writes `docs/pictures/NAME.png`, a spectrogram of the first minute and a half in stereo, and the measured
table in `docs/sound.md`. A test measures again and holds the table to it.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from audio_builder.audio.loudness import LoudnessMeter
from audio_builder.audio.samples import Samples
from audio_builder.recipe.settings import BACKGROUNDS, Soundscape
from audio_builder.sound.background import open_bed
from audio_builder.sound.bed import Bed, BedFormat

ROOT = Path(__file__).resolve().parent.parent
RATE_HZ = 44100
OCTAVES_HZ = (63, 125, 250, 500, 1000, 2000, 4000, 8000)
_TABLE = re.compile(r"(<!-- measured: backgrounds -->\n).*?(<!-- end -->)", re.DOTALL)

_PICTURED_S = 90
_WIDTH, _HEIGHT = 720, 150
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 16000.0
_WINDOW = 8192
_FLOOR_DB = 70.0


@dataclass(frozen=True)
class Figures:
    """What is measured of a background.

    Attributes:
        octaves_db: power in each of `OCTAVES_HZ` beside the whole; below −60 dB it is told as −60.
        lufs: loudness at the reference level.
        softest_db: of all seconds of an hour, beside the reference level.
        loudest_db: likewise.
        drift_db: from the softest to the loudest ten minutes.
        correlation: of left and right, −1 to 1.
    """

    octaves_db: tuple[float, ...]
    lufs: float
    softest_db: float
    loudest_db: float
    drift_db: float
    correlation: float


def figures(bed: Bed) -> Figures:
    """Measure a background: the level over an hour, everything else over two minutes."""
    sound = bed.read(0, 120 * RATE_HZ)
    meter = LoudnessMeter(RATE_HZ, 2)
    meter.push(sound)
    levels = np.array([float(np.square(bed.read(second * RATE_HZ, RATE_HZ)).mean()) for second in range(3600)])
    reference = levels.mean()
    longer = levels.reshape(6, 600).mean(axis=1)
    return Figures(
        octaves_db=tuple(octave_levels(sound)),
        lufs=meter.integrated_lufs(),
        softest_db=10 * math.log10(levels.min() / reference),
        loudest_db=10 * math.log10(levels.max() / reference),
        drift_db=10 * math.log10(longer.max() / longer.min()),
        correlation=float(np.corrcoef(sound.T)[0, 1]),
    )


def octave_levels(sound: Samples) -> list[float]:
    """Return the power in each octave beside all of it, in dB, at least −60."""
    power = np.zeros(RATE_HZ // 2 + 1)
    for start in range(0, len(sound) - RATE_HZ + 1, RATE_HZ):
        part = sound[start : start + RATE_HZ] * np.hanning(RATE_HZ)[:, np.newaxis].astype(np.float32)
        power += np.square(np.abs(np.fft.rfft(part, axis=0))).sum(axis=1)
    hz = np.arange(len(power))
    shares = [
        power[(hz >= middle / math.sqrt(2)) & (hz < middle * math.sqrt(2))].sum() / power.sum() for middle in OCTAVES_HZ
    ]
    return [max(10 * math.log10(max(share, 1e-12)), -60.0) for share in shares]


def table(measured: dict[str, Figures]) -> str:
    """Return the figures as a table in Markdown."""
    octaves = " | ".join(f"{hz} Hz" if hz < 1000 else f"{hz // 1000} kHz" for hz in OCTAVES_HZ)
    rows = [
        f"| | {octaves} | loudness | seconds | drift | left and right |",
        "|---|" + "--:|" * (len(OCTAVES_HZ) + 4),
    ]
    for name, found in measured.items():
        levels = " | ".join(
            f"{min(level, -0.001):.0f}".replace("-0", "0") if level > -59.5 else "·" for level in found.octaves_db
        )
        stereo_correlation = found.correlation if abs(found.correlation) >= 0.005 else 0.0
        rows.append(
            f"| `{name}` | {levels} | {found.lufs:.1f} LUFS | {found.softest_db:+.1f} to {found.loudest_db:+.1f} dB"
            f" | {found.drift_db:.1f} dB | {stereo_correlation:.2f} |"
        )
    return "\n".join(rows).replace("-", "−").replace("−−−|", "---|").replace("−−:|", "--:|")


def spectrogram(sound: Samples) -> Image.Image:
    """Return a picture: time to the right, pitch upwards by octaves, 10 dB for each fifth shade; left above right."""
    halves = [_side(sound[:, side]) for side in range(2)]
    loudest = max(half.max() for half in halves)
    picture = Image.new("L", (_WIDTH + 56, 2 * _HEIGHT + 22), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(10)
    for side, half in enumerate(halves):
        shades = np.clip((loudest - half) / _FLOOR_DB, 0, 1)
        # Sixteen shades are enough to see, and a fraction of the bytes.
        grey = (np.rint(shades * 15) * 17).astype(np.uint8)
        top = side * (_HEIGHT + 4)
        picture.paste(Image.fromarray(grey[::-1]), (40, top))
        for hz, label in ((100, "100 Hz"), (1000, "1 kHz"), (10000, "10 kHz")):
            draw.text((0, top + _row(hz) - 6), label, fill=0, font=font)
    for second in range(0, _PICTURED_S + 1, 10):
        draw.text((36 + second * _WIDTH / _PICTURED_S, 2 * _HEIGHT + 7), f"{second} s", fill=0, font=font)
    return picture.quantize(16)


def _row(hz: float) -> float:
    """Return how far from the top a frequency is drawn."""
    return _HEIGHT * (1 - math.log(hz / _LOWEST_HZ) / math.log(_HIGHEST_HZ / _LOWEST_HZ))


def _side(sound: Samples) -> npt.NDArray[np.float64]:
    """Return levels in dB, shape (height, width): power for each twelfth of an octave or so."""
    window = np.hanning(_WINDOW)
    hz = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)
    rows = _LOWEST_HZ * (_HIGHEST_HZ / _LOWEST_HZ) ** (np.arange(_HEIGHT) / _HEIGHT)
    columns = []
    for start in np.linspace(0, len(sound) - _WINDOW, _WIDTH).astype(int):
        power = np.square(np.abs(np.fft.rfft(sound[start : start + _WINDOW] * window)))
        columns.append(np.interp(rows, hz, power) * rows)
    return 10 * np.log10(np.stack(columns, axis=1) + 1e-12)


def main() -> int:
    """Draw all pictures and write the table; return 0."""
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    measured = {}
    for name in BACKGROUNDS:
        if name == "none":
            continue
        bed = open_bed(Soundscape(background=name), BedFormat(RATE_HZ, 2))
        measured[name] = figures(bed)
        spectrogram(bed.read(0, _PICTURED_S * RATE_HZ)).save(folder / f"{name}.png", optimize=True)
        print(f"{name}: {measured[name]}")
    page = ROOT / "docs" / "sound.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(_TABLE.sub(lambda part: f"{part[1]}{table(measured)}\n{part[2]}", text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
