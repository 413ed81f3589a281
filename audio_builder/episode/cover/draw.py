"""The cover: drawn from the title, or a picture of the user's own made to fit."""

from __future__ import annotations

import colorsys
import hashlib
import io
import itertools
import struct
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps

from audio_builder.episode.cover.lettering import (
    EAST_ASIAN,
    WIDE_STYLES,
    Lettering,
    ShapedLine,
    clusters_of,
    mask_of,
    shaped,
    worded,
)
from audio_builder.episode.cover.typeset import set_text
from audio_builder.episode.verify.standard import COVER_BYTES, COVER_SIDE_PX
from audio_builder.errors import RecipeError
from audio_builder.files import open_regular
from audio_builder.recipe.settings import CoverMotif

SIDE_PX = 1400
SMALL_PX = 440
"""Of covers on pages, which show them in up to 220 CSS pixels: enough for two to one."""

_MARGIN_PX = 130
_TITLE_TOP_PX = 260
_TITLE_SIZES_PX = (*range(168, 60, -6), *range(60, 35, -4))
_GOOD = ((92, 0), (88, 0), (82, 0), (78, 2))
_POOR = ((64, 2), (50, 2), (35, 2), (20, 2), (10, 2))
"""JPEG qualities with Pillow's code for the resolution of colours: 0 is full, 2 is half."""

_SMALLEST_OWN_PX = 600
_LARGEST_OWN_BYTES = 40 * 1024 * 1024
_LARGEST_OWN_PIXELS = 60_000_000
_LARGEST_DECODED_PIXELS = 16_000_000
"""Of what can't be decoded at a smaller size: each pixel takes up to 20 bytes on the way to a cover."""

_CAPITALS_GAP = 0.22
"""Between the letters of the show's name, in ems."""

_SET_APART = {*WIDE_STYLES, *WIDE_STYLES.values(), *EAST_ASIAN}
_DISC_GAP_PX = 36
_ROWS = 32
_SMALLEST_DISC_PX = 64

Field = npt.NDArray[np.float32]
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


def draw_cover(
    title: str, author: str, show: str, colour: str = "", language: str = "", motif: CoverMotif = "horizon"
) -> bytes:
    """Return a cover for a title: a JPEG of 1400 × 1400 pixels, RGB, at most 512 KB.

    A still scene whose colours and place follow from the title: the same title gives the same picture.
    Texts whose letters no installed font has are left out, and the picture stands alone: see
    `lettering.missing_letters`.

    Args:
        title: of the episode; any text, any length.
        author: who wrote the words; may be empty.
        show: name of the show; may be empty.
        colour: whose hue it has, as `#rrggbb`; empty for one that follows from the title.
        language: BCP 47 tag of the title, for characters that Chinese, Japanese and Korean write differently.
        motif: what is seen below the title.
    """
    seed = hashlib.sha256(title.encode("utf-8", "surrogatepass")).digest()
    palette = palette_of(colour, seed[0])
    words, lettering = worded(title, "Semibold", language)
    box = (SIDE_PX - 2 * _MARGIN_PX, 560 if len(words) <= 120 else 760)
    setting = set_text(words, lettering, box, _TITLE_SIZES_PX) if words else None
    bottom = _TITLE_TOP_PX + setting.height_px if setting else 0
    horizon = 0.56 if setting is None else max(0.68, (bottom + _DISC_GAP_PX + _SMALLEST_DISC_PX) / SIDE_PX)
    picture = _scene(seed, palette, (motif, horizon), room_px=round(horizon * SIDE_PX) - bottom - _DISC_GAP_PX)
    _show_name(picture, (show, language), palette.light)
    if setting is not None:
        for number, line in enumerate(setting.lines):
            baseline = _TITLE_TOP_PX + round(setting.size_px * 0.82) + number * setting.leading_px
            _write(picture, line, (lettering, setting.size_px), baseline, palette.light)
    name, lettering = worded(author, "It", language)
    if name:
        by = set_text(name, lettering, (box[0], 60), (46, 40, 34))
        _write(picture, by.lines[0], (lettering, by.size_px), SIDE_PX - _MARGIN_PX, palette.light)
    return _jpeg(picture)


def fit_cover(path: Path) -> bytes:
    """Return a picture of the user's own as a cover: a square JPEG of 1400 to 3000 pixels, at most 512 KB.

    It is cut to its centre square, enlarged if it is smaller than 1400 pixels, and freed from
    transparency (on white) and from everything a camera adds, such as the place.

    Raises:
        RecipeError: it can't be read, is no JPEG or PNG, or is far too small or too large.
    """
    try:
        size = path.stat().st_size
        if size > _LARGEST_OWN_BYTES:
            raise RecipeError(
                f"the cover {path} has {size // 2**20} MB; at most {_LARGEST_OWN_BYTES // 2**20} are read"
            )
        with warnings.catch_warnings():
            # Our own limit below is stricter than the one that Pillow warns at.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with open_regular(path) as stream, Image.open(stream, formats=("JPEG", "PNG")) as opened:
                _check_size(path, opened, _LARGEST_OWN_PIXELS)
                # A JPEG is decoded at half its size or less where that is enough; a PNG must have all its rows.
                opened.draft("RGB", (COVER_SIDE_PX[1], COVER_SIDE_PX[1]))
                _check_size(path, opened, _LARGEST_DECODED_PIXELS)
                if opened.format == "PNG":
                    _check_rows(path.read_bytes())
                picture = _plain_rgb(opened)
    except Image.DecompressionBombError as error:
        raise RecipeError(f"the cover {path} opens to far too many pixels", hint=_COVER_HINT) from error
    except (OSError, SyntaxError, ValueError, struct.error, zlib.error, KeyError) as error:
        # Pillow raises SyntaxError for a broken PNG and ValueError for some broken headers.
        reason = getattr(error, "strerror", None) or "it is not a JPEG or PNG that can be opened"
        raise RecipeError(f"can't use the cover {path}: {reason}", hint=_COVER_HINT) from error
    low, high = COVER_SIDE_PX
    side = min(max(low, min(picture.size)), high)
    return _jpeg(ImageOps.fit(picture, (side, side), method=Image.Resampling.LANCZOS))


def small_cover(cover: bytes) -> bytes:
    """Return a cover small enough for a list of many: a JPEG of 440 × 440 pixels; empty if it can't be opened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(cover), formats=("JPEG",)) as opened:
                if opened.width * opened.height > _LARGEST_OWN_PIXELS:
                    return b""
                # A JPEG is decoded at half its size or less where that is enough, in a fraction of the time.
                opened.draft("RGB", (2 * SMALL_PX, 2 * SMALL_PX))
                picture = opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return b""
    stream = io.BytesIO()
    ImageOps.fit(picture, (SMALL_PX, SMALL_PX), method=Image.Resampling.LANCZOS).save(stream, "JPEG", quality=85)
    return stream.getvalue()


_COVER_HINT = "Give a square JPEG or PNG of 1400 to 3000 pixels, or no cover to have one drawn."


def _check_size(path: Path, picture: Image.Image, most_pixels: int) -> None:
    width, height = picture.size
    if width * height > most_pixels:
        raise RecipeError(f"the cover {path} has {width} × {height} pixels, far too many", hint=_COVER_HINT)
    if min(width, height) < _SMALLEST_OWN_PX:
        raise RecipeError(
            f"the cover {path} has only {width} × {height} pixels; at least {_SMALLEST_OWN_PX} are needed",
            hint=_COVER_HINT,
        )


def _check_rows(png: bytes) -> None:
    """Make sure that a PNG has all its rows: Pillow takes what a finished stream lacks for black.

    Raises:
        ValueError: rows are missing, or it is no PNG.
    """
    inflate, rows, at = zlib.decompressobj(), 0, len(_PNG_MAGIC)
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", png[at + 8 : at + 21])
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes]
    expected = sum(down * (1 + (across * bits + 7) // 8) for across, down in sizes if across > 0 and down > 0)
    while at + 12 <= len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        pending = png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        while pending and rows < expected:
            rows += len(inflate.decompress(pending, _INFLATED_AT_ONCE))
            pending = inflate.unconsumed_tail
        at += 12 + size
    if rows < expected:
        raise ValueError("rows of the picture are missing")


_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Of each pass of an interlaced PNG, the first column and row, and the steps across and down (PNG, 8.2)."""

_INFLATED_AT_ONCE = 1 << 20


def _plain_rgb(opened: Image.Image) -> Image.Image:
    """Return a picture upright, in sRGB, without transparency."""
    picture = ImageOps.exif_transpose(opened)
    profile = opened.info.get("icc_profile")
    if picture.mode.startswith("I"):
        # Pillow clips 16 bits to 8 instead of scaling them.
        picture = Image.fromarray((np.asarray(picture) / 257).astype(np.uint8))
    if picture.has_transparency_data:
        upper = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", upper.size, "white"), upper)
    elif profile and picture.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            # A broken profile costs a little of the colours, not the cover.
            converted = None
        picture = converted or picture
    return picture.convert("RGB")


def _scene(seed: bytes, palette: Palette, view: tuple[CoverMotif, float], room_px: int) -> Image.Image:
    """Return a horizon with a low light over it and a motif under it, without any text.

    Args:
        seed: decides the places.
        palette: the colours.
        view: the motif, and the height of the horizon, as a part of the picture from the top.
        room_px: how far the light may rise without touching the title.
    """
    below_it, height = _MOTIFS[view[0]], view[1] * SIDE_PX
    # What depends on the height alone is one column.
    y = np.arange(SIDE_PX, dtype=np.float32)[:, np.newaxis]
    above = np.clip(y / height, 0, 1)
    below = np.clip((y - height) / (SIDE_PX - height), 0, 1)
    sky = _blend(palette.sky, palette.glow, above**3)
    water = _blend(palette.glow, palette.water, below**0.55)
    ground = np.where(y[..., None] >= height, water, sky)
    dx = np.arange(SIDE_PX, dtype=np.float32) - SIDE_PX * (0.60 + 0.24 * seed[1] / 255)
    # A light that stands half below the horizon, with a wide, soft glow.
    radius = max(min(120 + 70 * seed[2] / 255, room_px), _SMALLEST_DISC_PX)
    generator = np.random.default_rng(int.from_bytes(seed[:8], "big"))
    picture = np.empty((SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
    shore = int(np.count_nonzero(y < height))
    # Some rows at a time, which stay in a processor's cache; none of them both above the water and on it.
    for first, last in itertools.pairwise((*range(0, shore, _ROWS), *range(shore, SIDE_PX, _ROWS), SIDE_PX)):
        dy = y[first:last] - height
        distance = np.hypot(dx, dy)
        strength = np.exp(-((distance / (radius * 2.6)) ** 2)) * 0.16
        if first >= shore:
            strength = np.maximum(strength, below_it(dx, dy, seed[3], SIDE_PX - height))
        elif last >= height - radius - 1:
            disc = np.clip((radius - distance) / 1.5 + 0.5, 0, 1)
            strength = np.maximum(strength, disc * 0.55)
        # A trace of noise keeps eight bits from showing bands in so slow a gradient.
        noise = generator.uniform(-0.9, 0.9, strength.shape)
        # Colour by colour, because NumPy is slow over a last axis of three.
        for number, light in enumerate(palette.light):
            own = ground[first:last, :, number]
            colour = own + (np.float32(light) - own) * strength + noise
            colour += 0.5
            picture[first:last, :, number] = np.clip(colour, 0, 255, out=colour)
    return Image.fromarray(picture, "RGB")


def _ripples(dx: Field, dy: Field, variant: int, depth: float) -> Field:
    """Return how bright concentric ripples are, seen flat over water; they widen and fade outwards."""
    reach = np.sqrt(dx**2 + (dy * 4.2) ** 2)
    phase = np.sqrt(np.maximum(reach, 1.0)) * (0.92 + 0.3 * variant / 255)
    crest = (0.5 + 0.5 * np.cos(phase * 2.4)) ** 10
    fade = np.exp(-reach / 620) * np.clip(1 - dy / max(depth, 1.0), 0, 1) ** 0.6
    return np.asarray(crest * fade * 0.42, dtype=np.float32)


def _rings(dx: Field, dy: Field, variant: int, depth: float) -> Field:
    """Return how bright rings on water are around a stone that fell in, seen flat; they fade outwards."""
    reach = np.hypot(dx, (dy - depth * 0.42) * 2.6)
    crest = (0.5 + 0.5 * np.cos(reach * (0.09 + 0.03 * variant / 255))) ** 6
    return np.asarray(crest * np.exp(-reach / 330) * 0.6, dtype=np.float32)


def _waves(dx: Field, dy: Field, variant: int, depth: float) -> Field:
    """Return how bright the crests of long waves are, closer to each other the farther away they are."""
    bend = 0.7 * np.sin(dx / 210 + variant / 40) + 0.4 * np.sin(dx / 83 + variant / 25)
    phase = 7.5 * np.log1p(dy / 22) + bend * (0.4 + dy / depth)
    return np.asarray((0.5 + 0.5 * np.cos(phase)) ** 9 * (0.12 + 0.26 * dy / depth), dtype=np.float32)


def _hills(dx: Field, dy: Field, variant: int, depth: float) -> Field:
    """Return how bright the mist between hills is: each is dark at its top and lighter towards the next."""
    strength = np.zeros(np.broadcast_shapes(dx.shape, dy.shape), dtype=np.float32)
    for number in range(4):
        top = depth * (0.05 + 0.22 * number) + 34 * np.sin(dx / (150 + 37 * number) + number * 2.1 + variant / 40)
        inside = np.clip((dy - top + 12 * np.sin(dx / (47 + 11 * number) + number)) / (depth * 0.3), 0, 1)
        strength = np.where(inside > 0, np.float32(0.3) * inside**1.3, strength)
    return np.asarray(strength, dtype=np.float32)


_MOTIFS: dict[CoverMotif, Callable[[Field, Field, int, float], Field]] = {
    "horizon": _ripples,
    "hills": _hills,
    "waves": _waves,
    "rings": _rings,
}
"""How bright each is: from columns and rows seen from the light, in pixels, a number that varies it, and its height."""


def _blend(first: Colour, second: Colour, share: Field) -> Field:
    start, end = np.array(first, dtype=np.float32), np.array(second, dtype=np.float32)
    return np.asarray(start + (end - start) * share[..., None], dtype=np.float32)


def _write(picture: Image.Image, text: str, face: tuple[Lettering, int], baseline_px: int, colour: Colour) -> None:
    """Write a line from the margin that it begins at; the face is how its letters are chosen, and their size."""
    lettering, size_px = face
    line = shaped(text, lettering)
    left = SIDE_PX - _MARGIN_PX - line.width * size_px if lettering.right_to_left else _MARGIN_PX
    _put(picture, line, size_px, (left, baseline_px), colour)


def _put(picture: Image.Image, line: ShapedLine, size_px: int, place: tuple[float, int], colour: Colour) -> None:
    drawn = mask_of(line, size_px)
    if drawn:
        mask, (x, y) = drawn
        picture.paste(colour, (round(place[0]) + x, place[1] + y), mask)


def _show_name(picture: Image.Image, show: tuple[str, str], colour: Colour) -> None:
    """Write a line in wide-set capitals, the way books set a series title; smaller if it is long."""
    text, lettering = worded(show[0], "Regular", show[1])
    if not text:
        return
    capitals = text.upper()
    width = SIDE_PX - 2 * _MARGIN_PX
    # Joined letters can't be set apart, and only some scripts have capitals that may stand alone.
    apart = {style for _, style in clusters_of(capitals, lettering)} <= _SET_APART
    for size_px in (32, 26, 20) if apart else ():
        line = shaped(capitals, lettering, _CAPITALS_GAP)
        if line.width * size_px <= width:
            _put(picture, line, size_px, (_MARGIN_PX, _MARGIN_PX), colour)
            return
    # No capitals, or too long even then: set as a normal line, shortened.
    short = set_text(text, lettering, (width, 48), (32, 28))
    _write(picture, short.lines[0], (lettering, short.size_px), _MARGIN_PX, colour)


def _jpeg(picture: Image.Image) -> bytes:
    """Return a picture as the best JPEG that is small enough: rather fewer pixels than poor ones."""
    smallest = COVER_SIDE_PX[0]
    content = b""
    for quality, colours in _GOOD if picture.width > smallest else (*_GOOD, *_POOR):
        stream = io.BytesIO()
        # Full colour resolution first: letters on a coloured ground fray otherwise.
        picture.save(stream, "JPEG", quality=quality, subsampling=colours)
        content = stream.getvalue()
        if len(content) <= COVER_BYTES:
            return content
    if picture.width == smallest:
        return content
    side = max(smallest, picture.width * 3 // 4)
    return _jpeg(picture.resize((side, side), Image.Resampling.LANCZOS))


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
