"""From letters to glyphs in their places, and from those to a mask of pixels: all of it in HarfBuzz."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from PIL import Image

from audio_builder.episode.cover.bidi import levels_of, visual_order
from audio_builder.episode.cover.lettering import Lettering, clusters_of
from audio_builder.episode.cover.typefaces import TYPEFACES, font


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of a line. Its place is in ems, from the line's left end on its baseline.

    Attributes:
        style: of `TYPEFACES`.
        number: in that font; 0 would be a box.
        x: to the right.
        y: upwards.
    """

    style: str
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A shaped line.

    Attributes:
        glyphs: from the left.
        width: in ems.
    """

    glyphs: tuple[Glyph, ...]
    width: float


@functools.lru_cache(maxsize=8192)
def shaped(text: str, lettering: Lettering, gap: float = 0.0) -> Line:
    """Return the glyphs of a line: joined, reordered and placed as its scripts want it.

    Args:
        text: one line of what `worded` returned.
        lettering: from there too.
        gap: after each letter, in ems; only for letters that don't join.
    """
    import uharfbuzz

    styles = [style for cluster, style in clusters_of(text, lettering) for _ in cluster]
    levels = levels_of(text, lettering.right_to_left)
    runs = [list(places) for _, places in groupby(range(len(text)), lambda place: (styles[place], levels[place]))]
    glyphs: list[Glyph] = []
    x = 0.0
    for number in visual_order([levels[run[0]] for run in runs]):
        run = runs[number]
        style = styles[run[0]] or lettering.style
        buffer = _buffer(text[run[0] : run[-1] + 1], levels[run[0]] % 2 == 1, lettering.language)
        uharfbuzz.shape(font(style), buffer)
        em = font(style).face.upem
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyphs.append(Glyph(style, info.codepoint, x + place.x_offset / em, place.y_offset / em))
            x += place.x_advance / em + (gap if place.x_advance else 0.0)
    return Line(tuple(glyphs), x)


def leading_of(text: str, lettering: Lettering) -> float:
    """Return the distance of baselines that a text needs, as a multiple of its size."""
    styles = {style for _, style in clusters_of(text, lettering) if style} or {lettering.style}
    return max(TYPEFACES[style].leading for style in styles)


def mask_of(line: Line, size_px: float) -> tuple[Image.Image, tuple[int, int]] | None:
    """Return how much of each pixel a line covers, and where its upper left corner is; None if it shows nothing.

    The corner is in pixels from the line's left end on its baseline, downwards.
    """
    import uharfbuzz

    raster = uharfbuzz.RasterDraw()
    for glyph in line.glyphs:
        face = font(glyph.style)
        scale = size_px / face.face.upem
        raster.transform = (scale, 0, 0, scale, glyph.x * size_px, glyph.y * size_px)
        raster.draw_glyph(face, glyph.number)
    drawn = raster.render()
    extents = drawn.extents if drawn else None
    if not extents or not extents.width or not extents.height:
        return None
    size = (extents.width, extents.height)
    # Its rows are from the bottom to the top.
    picture = Image.frombuffer("L", size, drawn.buffer, "raw", "L", extents.stride, -1)
    return picture, (math.floor(extents.x_origin), -math.floor(extents.y_origin) - extents.height)


def _buffer(text: str, right_to_left: bool, language: str) -> Any:
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if right_to_left else "ltr"
    # Else it would be that of the machine.
    buffer.language = language or "und"
    buffer.guess_segment_properties()
    return buffer
