"""The colours of a drawn cover: one of eight sets, or one made from a colour of the writer's own."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

Colour = tuple[int, int, int]

_LUMINANCES = {"sky": 0.015, "glow": 0.13, "water": 0.01, "light": 0.84}
"""Of a set from any colour, as WCAG 2.2 defines it: letters have a contrast of 4.9 on the glow and 13 on the sky."""

_SATURATIONS = {"sky": 0.5, "glow": 0.35, "water": 0.5, "light": 0.4}
"""The most a set has of a colour; a still picture has no loud ones."""

_STEPS = 24
"""Halvings of the range of lightness; one more would change no colour of 8 bits."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Sky at the top, glow at the horizon, water at the bottom, and the colour of letters and light."""

    sky: Colour
    glow: Colour
    water: Colour
    light: Colour


_PALETTES = (
    Palette((22, 32, 51), (84, 106, 134), (17, 26, 43), (240, 237, 228)),
    Palette((21, 38, 37), (84, 112, 100), (15, 29, 29), (241, 238, 224)),
    Palette((42, 28, 50), (122, 87, 104), (31, 20, 39), (246, 235, 226)),
    Palette((58, 31, 30), (142, 84, 64), (41, 21, 22), (251, 239, 222)),
    Palette((14, 39, 50), (66, 108, 114), (10, 28, 38), (236, 240, 232)),
    Palette((43, 41, 27), (112, 105, 70), (31, 29, 18), (246, 241, 222)),
    Palette((27, 26, 56), (88, 84, 132), (19, 18, 42), (238, 234, 244)),
    Palette((55, 35, 42), (134, 94, 96), (40, 24, 31), (250, 239, 233)),
)


def palette_of(colour: str, choice: int) -> Palette:
    """Return the colours of a cover.

    Args:
        colour: as `#rrggbb`, for a set in its hue and no stronger than it; empty for a set that fits the scene.
        choice: which of those, any number.
    """
    if not colour:
        return _PALETTES[choice % len(_PALETTES)]
    red, green, blue = bytes.fromhex(colour[1:])
    hue, _, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    return Palette(
        **{
            part: _at_luminance(hue, min(saturation, _SATURATIONS[part]), luminance)
            for part, luminance in _LUMINANCES.items()
        }
    )


def luminance_of(colour: Colour) -> float:
    """Return the relative luminance of a colour in sRGB, 0 to 1 (WCAG 2.2)."""
    shares = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _at_luminance(hue: float, saturation: float, luminance: float) -> Colour:
    """Return the lightest colour of a hue that is no brighter than a luminance."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if luminance_of(_rgb(hue, middle, saturation)) <= luminance else (low, middle)
    return _rgb(hue, low, saturation)


def _rgb(hue: float, lightness: float, saturation: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)
