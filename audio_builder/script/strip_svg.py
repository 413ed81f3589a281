"""The pacing as a picture: one strip of speech and silence, with chapters, bells and minutes, as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from audio_builder.article.text import picture_label
from audio_builder.script.estimate import clock
from audio_builder.script.strip import Kind, Segment, Sign, SignKind, Strip

_WIDTH, _LEFT, _RIGHT = 1000, 56, 984
_TOP, _ROW, _BASE, _HIGH = 56, 92, 58, 34
_ROWS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200)
_MOST_ROWS = 12
_LONGEST_LABEL = 80
_LETTER_PX = 6.2

_SHAPES: dict[Kind, tuple[str, float]] = {
    Kind.SPEECH: ("speech", 1.0),
    Kind.SOFT: ("soft", 0.75),
    Kind.SHORT: ("short", 0.14),
    Kind.LONGER: ("longer", 0.26),
    Kind.ANSWER: ("answer", 0.5),
    Kind.HEADING: ("heading", 0.38),
    Kind.EDGE: ("edge", 0.08),
    Kind.OWN: ("own", 0.38),
    Kind.SILENCE: ("silence", 0.26),
    Kind.BREATH: ("breath", 0.62),
}
"""For each kind its colour's name and how high it stands: the picture is also read without colours."""

_STYLE = """\
:root{color-scheme:light dark;--paper:#fffdf8;--ink:#2b2b2b;--soft-ink:#6a655c;--line:#d9d3c7;--speech:#2f5d73;
--soft:#7fa3b3;--short:#b9b2a3;--longer:#8f8672;--answer:#c2762b;--heading:#7a5c8e;--edge:#cfc8b8;--own:#4c7a4c;--silence:#9bb59b;
--breath:#b3576a}
@media (prefers-color-scheme:dark){:root{--paper:#17191c;--ink:#ece8df;--soft-ink:#a9a296;--line:#3a3d42;
--speech:#8fc1d9;--soft:#55788a;--short:#6d6a62;--longer:#938c7b;--answer:#e0a05f;--heading:#b79ad0;--edge:#4a4842;--own:#8bbd8b;
--silence:#5d7a5d;--breath:#e08c9e}}
text{font:11px system-ui,sans-serif;fill:var(--soft-ink)}.t{font-size:16px;fill:var(--ink)}.c{fill:var(--ink)}
.g{stroke:var(--line)}.k{stroke:var(--ink)}.b{fill:var(--answer);stroke:var(--paper)}
"""


def strip_as_svg(strip: Strip, title: str, summary: str) -> str:
    """Return an SVG picture of a strip, 1000 wide, as high as its rows; it needs nothing from elsewhere.

    It has a title and a description for who can't see it, a tooltip on each segment, and colours for light
    and for dark surroundings.
    """
    row_s: float = next((seconds for seconds in _ROWS_S if strip.seconds <= seconds * _MOST_ROWS), _ROWS_S[-1])
    if strip.seconds <= _ROWS_S[1]:
        row_s = max(strip.seconds, 1.0)
    rows = max(1, -(-round(strip.seconds * 1000) // round(row_s * 1000)))
    name = escape(picture_label(title, _LONGEST_LABEL) or "Pacing")
    chapters = "; ".join(f"{clock(s.at_s)} {s.label}" for s in strip.signs if s.kind is SignKind.CHAPTER)
    key_y = _TOP + rows * _ROW + 16
    styles = "".join(f".{css}{{fill:var(--{css})}}" for css, _ in _SHAPES.values())
    height = key_y + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="t d">',
        f'<title id="t">{name}: its pacing</title>',
        f'<desc id="d">{escape(picture_label(summary))}. Chapters: {escape(picture_label(chapters))}.</desc>',
        f"<style>{_STYLE}{styles}</style>",
        f'<rect width="{_WIDTH}" height="{height}" fill="var(--paper)"/>',
        f'<text class="t" x="{_LEFT}" y="24">{name}</text>',
        f'<text x="{_LEFT}" y="42">{escape(picture_label(summary))}</text>',
    ]
    for row in range(rows):
        parts += _row(strip, row * row_s, row_s, _TOP + row * _ROW)
    parts += _key(strip, key_y)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(strip: Strip, start_s: float, row_s: float, top: float) -> Iterator[str]:
    """Yield one row: a line with its minutes, the segments on it, the signs above."""
    end_s = min(start_s + row_s, strip.seconds)
    base = top + _BASE
    yield f'<path class="g" d="M{_LEFT} {base + 0.5}H{_x(end_s, start_s, row_s):.1f}"/>'
    yield f'<text x="8" y="{base}">{clock(start_s)}</text>'
    tick_s = next(step for step in (5, 10, 30, 60, 300, 600, 1200) if row_s / step <= 14)
    for number in range(1, int((end_s - start_s) / tick_s) + 1):
        x = _x(start_s + number * tick_s, start_s, row_s)
        yield f'<path class="g" d="M{x:.1f} {base}v5"/>'
        yield f'<text x="{x:.1f}" y="{base + 16}" text-anchor="middle">{clock(start_s + number * tick_s)}</text>'
    for segment in strip.segments:
        if segment.end_s > start_s and segment.start_s < end_s:
            yield _segment(segment, start_s, row_s, base)
    signs = [sign for sign in strip.signs if start_s <= sign.at_s < start_s + row_s]
    yield from _signs(signs, start_s, row_s, base)


def _segment(segment: Segment, start_s: float, row_s: float, base: float) -> str:
    css, share = _SHAPES[segment.kind]
    left = _x(max(segment.start_s, start_s), start_s, row_s)
    right = _x(min(segment.end_s, start_s + row_s), start_s, row_s)
    high = _HIGH * share
    shown = escape(f"{clock(segment.start_s)} {picture_label(segment.label, _LONGEST_LABEL)} ({segment.seconds:.1f} s)")
    return (
        f'<rect class="{css}" x="{left:.2f}" y="{base - high:.1f}" width="{max(right - left - 0.4, 0.4):.2f}" '
        f'height="{high:.1f}"><title>{shown}</title></rect>'
    )


def _signs(signs: list[Sign], start_s: float, row_s: float, base: float) -> Iterator[str]:
    """Yield chapters and backgrounds with their names, and bells as dots."""
    for kind, y in ((SignKind.CHAPTER, base - _HIGH - 12), (SignKind.BACKGROUND, base + 28)):
        taken = 0.0
        own = [sign for sign in signs if sign.kind is kind]
        for number, sign in enumerate(own):
            x = _x(sign.at_s, start_s, row_s)
            end = _x(own[number + 1].at_s, start_s, row_s) if number + 1 < len(own) else float(_WIDTH)
            label = picture_label(sign.label if kind is SignKind.CHAPTER else f"~ {sign.label}", _LONGEST_LABEL)
            wide = len(label) * _LETTER_PX + 8
            # At the end of a row there is more room before the place than after it.
            turned = x + wide > end == _WIDTH and x - wide > taken
            yield f'<path class="k" d="M{x:.1f} {y - 9:.1f}V{base}"/>'
            yield _label(label if turned else _fitting(label, end - x), x, y, turned=turned)
            taken = x + wide
    for sign in signs:
        if sign.kind is SignKind.BELL:
            x = _x(sign.at_s, start_s, row_s)
            yield (
                f'<circle class="b" cx="{x:.1f}" cy="{base - _HIGH - 2:.1f}" r="4.5">'
                f"<title>{clock(sign.at_s)} bell</title></circle>"
            )


def _label(label: str, x: float, y: float, *, turned: bool) -> str:
    """Return a label beside a line at x: on its right, or turned to its left."""
    anchor = ' text-anchor="end"' if turned else ""
    return f'<text class="c" x="{x - 4 if turned else x + 4:.1f}" y="{y:.1f}"{anchor}>{escape(label)}</text>'


def _fitting(label: str, room_px: float) -> str:
    letters = max(int((room_px - 8) / _LETTER_PX), 1)
    return label if len(label) <= letters else label[: letters - 1] + "…"


def _key(strip: Strip, y: float) -> Iterator[str]:
    """Yield what the colours mean, those that are in the picture."""
    seen = {segment.kind for segment in strip.segments}
    x = float(_LEFT)
    for kind in (kind for kind in Kind if kind in seen):
        wide = 24 + len(kind.value) * _LETTER_PX
        if x + wide > _RIGHT:
            x, y = float(_LEFT), y + 18
        css, share = _SHAPES[kind]
        high = max(10 * share, 3.0)
        yield f'<rect class="{css}" x="{x:.1f}" y="{y - high:.1f}" width="10" height="{high:.1f}"/>'
        yield f'<text x="{x + 14:.1f}" y="{y}">{kind.value}</text>'
        x += wide
    if any(sign.kind is SignKind.BELL for sign in strip.signs):
        yield f'<circle class="b" cx="{x + 5:.1f}" cy="{y - 4}" r="4.5"/><text x="{x + 14:.1f}" y="{y}">bell</text>'


def _x(time_s: float, start_s: float, row_s: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(max((time_s - start_s) / row_s, 0.0), 1.0)
