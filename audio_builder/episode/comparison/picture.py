"""Two episodes as two strips above each other, on one scale of time: where is speech, where is silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from audio_builder.article.text import picture_label
from audio_builder.episode.tagging.chapters import PlayerChapter
from audio_builder.episode.verification.measure import CELLS_PER_S, Energies, Measurements
from audio_builder.script.estimate import clock

_WIDTH, _LEFT, _RIGHT = 1000, 20, 980
_SPAN = _RIGHT - _LEFT
_STRIP_TOPS, _STRIP_HEIGHT = (64, 184), 56
_AXIS_Y, _HEIGHT = 266, 284
_LABEL_PX, _LONGEST_TITLE = 6.2, 90
_TICKS_S = (10, 30, 60, 120, 300, 600, 1200, 3600)
_MOST_TICKS = 10

_SMOOTH_CELLS = 25
"""A quarter of a second: the gaps between words are speech, the pauses between sentences aren't."""

_BELOW_SPEECH_DB = 15.0
"""What lies so far below the loudest twentieth is no speech; backgrounds lie 20 dB and more below it."""

_FLOOR = 1e-12

_STYLE = (
    "text{font:11px sans-serif;fill:#444}.t{font-size:14px;fill:#111}.s{fill:#4a6fa5}.r{fill:#eef1f6}"
    ".c{stroke:#a5493d}.g{stroke:#ccc}.m{stroke:#a5493d;stroke-dasharray:3 3;opacity:.5}"
)


@dataclass(frozen=True, slots=True)
class Strip:
    """An episode to be drawn.

    Attributes:
        title: what stands above it.
        measured: its decoded file.
        chapters: of its tag, in order.
    """

    title: str
    measured: Measurements
    chapters: Sequence[PlayerChapter]


def draw_strips(first: Strip, second: Strip) -> str:
    """Return an SVG picture, 1000 by 284: speech dark, silence pale, chapters as marks, joined where they moved.

    It needs nothing from elsewhere and runs no script.
    """
    longest_s = max(first.measured.seconds, second.measured.seconds, 1.0)
    name = escape(picture_label(f"{first.title} and {second.title}", _LONGEST_TITLE))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{name}">',
        f"<title>{name}</title><style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        *_axis(longest_s),
        *_moves(first, second, longest_s),
        *_strip(first, _STRIP_TOPS[0], longest_s),
        *_strip(second, _STRIP_TOPS[1], longest_s),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


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


def _strip(strip: Strip, top: int, longest_s: float) -> Iterator[str]:
    """Yield an episode's title, its silence, its speech and its chapters."""
    seconds = strip.measured.seconds
    title = escape(picture_label(strip.title, _LONGEST_TITLE))
    yield f'<text class="t" x="{_LEFT}" y="{top - 26}">{title}, {clock(seconds)}</text>'
    width = _x(seconds, longest_s) - _LEFT
    yield f'<rect class="r" x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_STRIP_HEIGHT}"/>'
    spans = (
        f"M{_x(start, longest_s):.1f} {top}H{max(_x(end, longest_s), _x(start, longest_s) + 0.2):.1f}v{_STRIP_HEIGHT}"
        f"H{_x(start, longest_s):.1f}z"
        for start, end in speech_spans_s(strip.measured.energies)
    )
    yield f'<path class="s" d="{"".join(spans)}"/>'
    places = [_x(chapter.start_ms / 1000, longest_s) for chapter in strip.chapters]
    for chapter, (x, right) in zip(strip.chapters, pairwise((*places, float(_RIGHT))), strict=True):
        yield f'<path class="c" d="M{x:.1f} {top - 10}v{_STRIP_HEIGHT + 10}"/>'
        room = int((right - x - 4) / _LABEL_PX)
        if room > 1:
            yield f'<text x="{x + 3:.1f}" y="{top - 4}">{escape(picture_label(chapter.title, room))}</text>'


def _moves(first: Strip, second: Strip, longest_s: float) -> Iterator[str]:
    """Yield a line from each chapter of the first to the one of the same title in the second."""
    below = {chapter.title: chapter.start_ms / 1000 for chapter in reversed(second.chapters)}
    for chapter in first.chapters:
        if chapter.title in below:
            start = f"M{_x(chapter.start_ms / 1000, longest_s):.1f} {_STRIP_TOPS[0] + _STRIP_HEIGHT}"
            yield f'<path class="m" d="{start}L{_x(below[chapter.title], longest_s):.1f} {_STRIP_TOPS[1] - 10}"/>'


def _axis(longest_s: float) -> Iterator[str]:
    """Yield a scale of round times."""
    step_s = next((step for step in _TICKS_S if longest_s / step <= _MOST_TICKS), _TICKS_S[-1])
    for number in range(int(longest_s // step_s) + 1):
        x = _x(number * step_s, longest_s)
        yield f'<path class="g" d="M{x:.1f} {_STRIP_TOPS[0]}V{_AXIS_Y - 12}"/>'
        yield f'<text x="{x:.1f}" y="{_AXIS_Y}" text-anchor="middle">{clock(number * step_s)}</text>'


def _x(time_s: float, longest_s: float) -> float:
    return _LEFT + _SPAN * time_s / longest_s
