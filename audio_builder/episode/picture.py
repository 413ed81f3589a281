"""A picture of an episode: its waveform, its loudness over time and its chapters, as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from audio_builder.article.text import picture_label
from audio_builder.episode.tagging.chapters import PlayerChapter
from audio_builder.episode.verification.measure import Measurements

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


def draw(measured: Measurements, chapters: Sequence[PlayerChapter], title: str) -> str:
    """Return an SVG picture, 1000 by 390, of what was measured.

    Above the peaks of every moment, below them the loudness of every three seconds (EBU Tech 3341), across
    both a line where each chapter begins. It needs nothing from elsewhere and runs no script.

    Args:
        measured: the decoded file.
        chapters: of its tag, in order.
        title: what stands above it.
    """
    name = escape(picture_label(title, _LONGEST_LABEL))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{name}">',
        f"<title>{name}</title><style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text class="t" x="{_LEFT}" y="20">{name}</text>',
        *_grid(measured),
        f'<path class="w" d="{_waveform(measured.peaks)}"/>',
        f'<path class="l" d="{_curve(measured)}"/>',
        *_marks(chapters, measured.seconds),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


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


def _waveform(peaks: npt.NDArray[np.float32]) -> str:
    """Return the outline of the peaks, mirrored; at least a hair where it is silent."""
    if not len(peaks):
        return ""
    edges = np.linspace(0, len(peaks), min(_COLUMNS, len(peaks)) + 1).astype(int)
    heights = np.maximum(np.maximum.reduceat(peaks, edges[:-1]) * _WAVE_HALF, 0.3)
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
