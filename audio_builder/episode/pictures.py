"""Pictures as SVG: an episode's waveform, loudness and chapters; two episodes as strips on one scale of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from audio_builder.article.text import picture_label
from audio_builder.episode.verify.measure import CELLS_PER_S, Energies, Measurements, Peaks
from audio_builder.episode.words import PlayerChapter
from audio_builder.script.estimate import clock

_WIDTH, _LEFT, _RIGHT = 1000, 50, 970
_WAVE_MIDDLE, _WAVE_HALF = 130, 70
_CURVE_TOP, _CURVE_BOTTOM = 230, 350
_LOUDEST_LUFS, _SOFTEST_LUFS = -10.0, -60.0
_HEIGHT = 390
_COLUMNS = _RIGHT - _LEFT
_HOPS_PER_S = 10
_SHORT_TERM_S = 3.0
_LONGEST_LABEL = 60

_STYLE = (
    "text{font:11px sans-serif;fill:#444}.t{font-size:14px;fill:#111}.w{fill:#4a6fa5}"
    ".l{fill:none;stroke:#a5493d;stroke-width:1.2}.g{stroke:#ddd}.c{stroke:#999;stroke-dasharray:3 3}"
)

_STRIP_LEFT, _STRIP_RIGHT = 20, 980
_STRIP_SPAN = _STRIP_RIGHT - _STRIP_LEFT
_STRIP_TOPS, _STRIP_HEIGHT = (64, 184), 56
_AXIS_Y, _STRIPS_HEIGHT = 266, 284
_LABEL_PX, _LONGEST_TITLE = 6.2, 90
_TICKS_S = (10, 30, 60, 120, 300, 600, 1200, 3600)
_MOST_TICKS = 10

_SMOOTH_CELLS = 25
"""A quarter of a second: the gaps between words are speech, the pauses between sentences aren't."""

_BELOW_SPEECH_DB = 15.0
"""What lies so far below the loudest twentieth is no speech; backgrounds lie 20 dB and more below it."""

_FLOOR = 1e-12

_STRIPS_STYLE = (
    "text{font:11px sans-serif;fill:#444}.t{font-size:14px;fill:#111}.s{fill:#4a6fa5}.r{fill:#eef1f6}"
    ".c{stroke:#a5493d}.g{stroke:#ccc}.m{stroke:#a5493d;stroke-dasharray:3 3;opacity:.5}"
)


def draw_episode(measured: Measurements, chapters: Sequence[PlayerChapter], title: str) -> str:
    """Return an SVG picture, 1000 by 390, of what was measured.

    Above the peaks of every moment, below them the loudness of every three seconds (EBU Tech 3341), across
    both a line where each chapter begins. It needs nothing from elsewhere and runs no script.
    """
    name = escape(picture_label(title, _LONGEST_LABEL))
    parts = (
        f'<text class="t" x="{_LEFT}" y="20">{name}</text>',
        *_grid(measured),
        f'<path class="w" d="{_waveform(measured.peaks)}"/>',
        f'<path class="l" d="{_curve(measured)}"/>',
        *_marks(chapters, measured.seconds),
    )
    return _svg(name, _HEIGHT, _STYLE, parts)


def _grid(measured: Measurements) -> Iterator[str]:
    """Yield the lines of loudness, the seconds below and what was measured as a whole."""
    for level in range(int(_SOFTEST_LUFS), int(_LOUDEST_LUFS) + 1, 10):
        y = _loudness_y(level)
        yield f'<path class="g" d="M{_LEFT} {y:.1f}H{_RIGHT}"/><text x="8" y="{y + 4:.1f}">{level}</text>'
    yield f'<text x="8" y="{_CURVE_TOP - 8}">LUFS, each 3 s; {measured.integrated_lufs:.1f} LUFS as a whole</text>'
    for share in range(5):
        seconds = measured.seconds * share / 4
        label = f"{int(seconds // 60)}:{int(seconds % 60):02d}"
        yield f'<text x="{_time_x(seconds, measured.seconds) - 12:.1f}" y="{_HEIGHT - 14}">{label}</text>'


def _waveform(peaks: Peaks) -> str:
    """Return the outline of the peaks, mirrored; at least a hair where it is silent."""
    if not len(peaks):
        return ""
    edges = np.linspace(0, len(peaks), min(_COLUMNS, len(peaks)) + 1).astype(int)
    heights = np.maximum(np.maximum.reduceat(peaks, edges[:-1]).astype(np.float32) * _WAVE_HALF, 0.3)
    xs = np.linspace(_LEFT, _RIGHT, len(heights))
    upper = [f"{x:.1f} {_WAVE_MIDDLE - height:.1f}" for x, height in zip(xs, heights, strict=True)]
    lower = [f"{x:.1f} {_WAVE_MIDDLE + height:.1f}" for x, height in zip(xs, heights, strict=True)]
    return "M" + "L".join(upper + lower[::-1]) + "Z"


def _curve(measured: Measurements) -> str:
    """Return the line of the loudness, each value drawn in the middle of its three seconds."""
    values = measured.short_term_lufs
    if not len(values):
        return ""
    chosen = np.unique(np.linspace(0, len(values) - 1, min(_COLUMNS, len(values))).astype(int))
    times_s = chosen / _HOPS_PER_S + _SHORT_TERM_S / 2
    points = [
        f"{_time_x(float(time_s), measured.seconds):.1f} {_loudness_y(float(value)):.1f}"
        for time_s, value in zip(times_s, values[chosen], strict=True)
    ]
    return "M" + "L".join(points)


def _marks(chapters: Sequence[PlayerChapter], seconds: float) -> Iterator[str]:
    """Yield a line and a label for each chapter; labels take turns on two heights."""
    for number, chapter in enumerate(chapters):
        x = _time_x(chapter.start_ms / 1000, seconds)
        label = escape(picture_label(chapter.title, _LONGEST_LABEL))
        yield f'<path class="c" d="M{x:.1f} 34V{_CURVE_BOTTOM}"/>'
        yield f'<text x="{x + 3:.1f}" y="{40 + 13 * (number % 2)}">{label}</text>'


def _time_x(time_s: float, seconds: float) -> float:
    return _LEFT + _COLUMNS * min(time_s / seconds, 1.0) if seconds else float(_LEFT)


def _loudness_y(loudness_lufs: float) -> float:
    inside = min(max(loudness_lufs, _SOFTEST_LUFS), _LOUDEST_LUFS)
    return _CURVE_TOP + (_CURVE_BOTTOM - _CURVE_TOP) * (_LOUDEST_LUFS - inside) / (_LOUDEST_LUFS - _SOFTEST_LUFS)


@dataclass(frozen=True, slots=True)
class SpeechStrip:
    """An episode to be drawn."""

    title: str
    measured: Measurements
    chapters: Sequence[PlayerChapter]


def draw_strips(first: SpeechStrip, second: SpeechStrip) -> str:
    """Return an SVG picture, 1000 by 284: speech dark, silence pale, chapters as marks, joined where they moved.

    It needs nothing from elsewhere and runs no script.
    """
    longest_s = max(first.measured.seconds, second.measured.seconds, 1.0)
    parts = (
        *_strips_axis(longest_s),
        *_moves(first, second, longest_s),
        *_strip(first, _STRIP_TOPS[0], longest_s),
        *_strip(second, _STRIP_TOPS[1], longest_s),
    )
    name = escape(picture_label(f"{first.title} and {second.title}", _LONGEST_TITLE))
    return _svg(name, _STRIPS_HEIGHT, _STRIPS_STYLE, parts)


def speech_spans_s(energies: Energies) -> list[tuple[float, float]]:
    """Return where somebody speaks, in seconds: what is loud, with the gaps between words closed.

    Args:
        energies: for every hundredth of a second, as `measure` gives them.
    """
    if not len(energies):
        return []
    # The loudest of a quarter of a second around each cell.
    padded = np.pad(energies, _SMOOTH_CELLS // 2, constant_values=0.0)
    around = np.lib.stride_tricks.sliding_window_view(padded, _SMOOTH_CELLS).max(axis=1)
    levels_db = 10 * np.log10(np.maximum(around, _FLOOR))
    threshold_db = float(np.percentile(levels_db, 95)) - _BELOW_SPEECH_DB
    loud: npt.NDArray[np.int8] = np.concatenate(([0], levels_db > threshold_db, [0])).astype(np.int8)
    edges = np.flatnonzero(np.diff(loud)).reshape(-1, 2) / CELLS_PER_S
    return [(float(start), float(end)) for start, end in edges]


def _strip(strip: SpeechStrip, top: int, longest_s: float) -> Iterator[str]:
    """Yield an episode's title, its silence, its speech and its chapters."""
    seconds, energies = strip.measured.seconds, strip.measured.energies
    title = escape(picture_label(strip.title, _LONGEST_TITLE))
    yield f'<text class="t" x="{_STRIP_LEFT}" y="{top - 26}">{title}, {clock(seconds)}</text>'
    width = _strip_x(seconds, longest_s) - _STRIP_LEFT
    yield f'<rect class="r" x="{_STRIP_LEFT}" y="{top}" width="{width:.1f}" height="{_STRIP_HEIGHT}"/>'
    places = ((_strip_x(start, longest_s), _strip_x(end, longest_s)) for start, end in speech_spans_s(energies))
    spans = (f"M{x:.1f} {top}H{max(end, x + 0.2):.1f}v{_STRIP_HEIGHT}H{x:.1f}z" for x, end in places)
    yield f'<path class="s" d="{"".join(spans)}"/>'
    marks = [_strip_x(chapter.start_ms / 1000, longest_s) for chapter in strip.chapters]
    for chapter, (x, right) in zip(strip.chapters, pairwise((*marks, float(_STRIP_RIGHT))), strict=True):
        yield f'<path class="c" d="M{x:.1f} {top - 10}v{_STRIP_HEIGHT + 10}"/>'
        room = int((right - x - 4) / _LABEL_PX)
        if room > 1:
            yield f'<text x="{x + 3:.1f}" y="{top - 4}">{escape(picture_label(chapter.title, room))}</text>'


def _moves(first: SpeechStrip, second: SpeechStrip, longest_s: float) -> Iterator[str]:
    """Yield a line from each chapter of the first to the one of the same title in the second."""
    below = {chapter.title: chapter.start_ms / 1000 for chapter in reversed(second.chapters)}
    for chapter in first.chapters:
        if chapter.title in below:
            start = f"M{_strip_x(chapter.start_ms / 1000, longest_s):.1f} {_STRIP_TOPS[0] + _STRIP_HEIGHT}"
            yield f'<path class="m" d="{start}L{_strip_x(below[chapter.title], longest_s):.1f} {_STRIP_TOPS[1] - 10}"/>'


def _strips_axis(longest_s: float) -> Iterator[str]:
    """Yield a scale of round times."""
    step_s = next((step for step in _TICKS_S if longest_s / step <= _MOST_TICKS), _TICKS_S[-1])
    for number in range(int(longest_s // step_s) + 1):
        x = _strip_x(number * step_s, longest_s)
        yield f'<path class="g" d="M{x:.1f} {_STRIP_TOPS[0]}V{_AXIS_Y - 12}"/>'
        yield f'<text x="{x:.1f}" y="{_AXIS_Y}" text-anchor="middle">{clock(number * step_s)}</text>'


def _strip_x(time_s: float, longest_s: float) -> float:
    return _STRIP_LEFT + _STRIP_SPAN * time_s / longest_s


def _svg(name: str, height: int, style: str, parts: Iterable[str]) -> str:
    """Return a whole picture with its name, which is escaped already."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{name}">',
            f"<title>{name}</title><style>{style}</style>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
            *parts,
            "</svg>\n",
        )
    )
