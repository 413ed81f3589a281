"""The cover: the title set well whatever it is, and strangers' pictures made to fit or refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from audio_builder.episode.cover.draw import draw_cover, fit_cover, luminance_of, palette_of, small_cover
from audio_builder.episode.cover.lettering import Lettering, shaped, worded
from audio_builder.episode.cover.typeset import set_text
from audio_builder.episode.verify.standard import COVER_BYTES
from audio_builder.errors import RecipeError
from audio_builder.recipe.settings import CoverMotif

BOX = (1140, 560)
SIZES = (168, 120, 84, 60, 48, 40, 36)
PLAIN = Lettering(("Semibold",))


def width_px(line: str, size_px: int, lettering: Lettering = PLAIN) -> float:
    return shaped(line, lettering).width * size_px


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize(
    "title",
    [
        "Stay",
        "A Title of Rather More Than a Few Words… But Not Yet a Whole Paragraph of Them",
        "the evening and " * 19,
        "x" * 1000,
        "أن تكون قريبا",
        "صفحات المساء " * 40,
        "קרוב " * 60,
        "ب" * 300,
        "静かな夜",
        "🌿💛",
        "كيف تبدأ Yoga Nidra (2026)",
        "Z" + "\u0301\u0307" * 50,
        "",
        "\ufe0f\u200d begins with a joiner",
        "lone \ud83d, nul \0, escape \x1b[31m",
    ],
)
def test_every_title_gives_a_cover_of_the_standard(title: str) -> None:
    """1400 × 1400, RGB, JPEG, at most 512 KB, and the same again."""
    content = draw_cover(title, "Ana Lind", "Reflections")
    picture = opened(content)
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (1400, 1400), "RGB")
    assert len(content) <= COVER_BYTES
    assert content == draw_cover(title, "Ana Lind", "Reflections")


@settings(max_examples=8)
@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_any_text_gives_a_cover(title: str, author: str, show: str) -> None:
    """Nothing that can be typed makes drawing fail."""
    assert opened(draw_cover(title, author, show)).size == (1400, 1400)


def test_titles_look_different() -> None:
    """Episodes side by side in a list are told apart by more than their letters."""
    corners = {opened(draw_cover(f"夜 {number}", "", "")).getpixel((5, 5)) for number in range(8)}
    assert len(corners) >= 4


@pytest.mark.parametrize("title", ["Stay", "Evening", "Rest", "Water", "Home", "Leave", "Open"])
def test_letters_stand_out_from_the_ground(title: str) -> None:
    """WCAG 2.2, 1.4.3 asks for a contrast of 4.5 for text; the ground behind every title gives 7."""
    picture = np.asarray(opened(draw_cover(title, "", ""))).astype(float)[200:500, 100:1300] / 255
    linear = np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    ground, letters = np.quantile(luminance, 0.5), luminance.max()
    assert (letters + 0.05) / (ground + 0.05) > 7


@pytest.mark.parametrize("motif", get_args(CoverMotif))
def test_the_authors_name_stands_out_from_each_motif(motif: CoverMotif) -> None:
    """4.5 even on what is brightest behind it; and each motif is another picture."""
    found = opened(draw_cover("Stay", "", "", "#c0c0c0", "en", motif))
    behind = np.asarray(found)[1230:1290, 130:700].reshape(-1, 3)
    brightest = max(luminance_of(tuple(map(int, one))) for one in np.unique(behind, axis=0)[-200:])
    assert (luminance_of(palette_of("#c0c0c0", 0).light) + 0.05) / (brightest + 0.05) >= 4.5
    plain = opened(draw_cover("Stay", "", "", "#c0c0c0"))
    assert (motif == "horizon") == (found.tobytes() == plain.tobytes())


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_any_colour_of_ones_own_leaves_the_letters_legible(colour: tuple[int, int, int]) -> None:
    """A contrast of 4.5 or more, WCAG's for text, even on the brightest ground."""
    found = palette_of("#" + bytes(colour).hex(), 0)
    light = luminance_of(found.light) + 0.05
    assert light / (luminance_of(found.glow) + 0.05) >= 4.5
    assert light / (luminance_of(found.sky) + 0.05) >= 12


@pytest.mark.parametrize(("colour", "most", "least"), [("#b03a2e", 0, 2), ("#2E7D32", 1, 0), ("#1a5fb4", 2, 0)])
def test_a_cover_has_the_hue_that_is_asked_for(colour: str, most: int, least: int) -> None:
    """Red, green and blue ones differ from each other and from the cover that follows from the title."""
    content = draw_cover("Stay", "", "", colour)
    means = np.asarray(opened(content)).reshape(-1, 3).mean(axis=0)
    assert means[most] == means.max()
    assert means[most] > means[least] + 12
    assert content != draw_cover("Stay", "", "")


def test_grey_stays_grey() -> None:
    """A colour without a hue gives a set without one."""
    found = palette_of("#808080", 0)
    assert all(len(set(part)) == 1 for part in (found.sky, found.glow, found.water, found.light))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Plain – “quoted”…", "Plain – “quoted”…"),
        ("Über Ελλάδα и мир", "Über Ελλάδα и мир"),
        ("Rest 🌿 now 💛", "Rest 🌿 now 💛"),
        ("e\u0301te\u0301", "été"),
        ("q\u0323\u0301\u0307\u0308", "q\u0323\u0301\u0307"),
        ("Half 𒀀𒁀", ""),
        ("ᎤᏒᎯ", ""),
        ("Rest \U0001f9ff\ue000 now \ufdd0", "Rest 🧿 now"),
        ("a\u202eb\u200dc", "abc"),
        ("می\u200cخواهم\u202e", "می\u200cخواهم"),
        ("قريبا קרוב Yoga", "قريبا קרוב Yoga"),
    ],
)
def test_never_a_box_for_a_missing_letter(text: str, left: str) -> None:
    """Rare signs and signs of direction are left out; a title with a letter that no font has is left out as a whole."""
    assert worded(text, "Semibold")[0] == left


@pytest.mark.parametrize(
    ("text", "language", "from_right"),
    [("Yoga في المساء", "", False), ("Yoga في المساء", "ar", True), ("Yoga", "he-IL", False), ("مساء", "en", True)],
)
def test_the_language_tells_where_a_title_begins(text: str, language: str, from_right: bool) -> None:
    """Its first letter does where it's no language that runs to the left, or no letter does."""
    assert worded(text, "Semibold", language)[1].right_to_left is from_right


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_no_text_gives_a_box(text: str) -> None:
    """Of whatever is kept of a text, every glyph is one that its font has."""
    kept, lettering = worded(text, "Semibold")
    assert all(glyph.number for glyph in shaped(kept, lettering).glyphs)


def test_right_to_left_and_latin_share_a_line() -> None:
    """Words of both scripts stand in the order in which they are read; the year has the font of the title's script."""
    text, lettering = worded("كيف Yoga (2026)", "Semibold")
    assert lettering.right_to_left
    seen = shaped(text, lettering).glyphs
    numbers = [glyph.number for glyph in seen]
    # The year goes with the Latin word, as in reading; the Arabic word is at the right of both.
    assert numbers[:4] == [glyph.number for glyph in shaped("Yoga", PLAIN).glyphs]
    assert numbers[6:10] == [glyph.number for glyph in shaped("2026", Lettering(("Arabic",))).glyphs]
    assert [glyph.style for glyph in seen[-4:]] == ["Arabic"] * 4


def test_a_title_has_the_font_of_its_script() -> None:
    """Digits and signs too; only words of another script, which it hasn't got, have another."""
    assert {glyph.style for glyph in shaped(*worded("Zen 禅 and tea, 2026", "Semibold")).glyphs} == {
        "Semibold",
        "Simplified Chinese",
    }
    assert {glyph.style for glyph in shaped(*worded("夜の Zen, 2026", "Semibold", "ja")).glyphs} == {"Japanese"}


def test_rare_latin_letters_change_the_font_of_the_whole_title() -> None:
    """A word in two designs would look broken."""
    assert {glyph.style for glyph in shaped(*worded("Ọ̀rọ̀ ɓ", "Semibold")).glyphs} == {"Sans"}
    assert {glyph.style for glyph in shaped(*worded("Ọ̀rọ̀ ɓ", "It")).glyphs} == {"Sans Italic"}


def ink(cover: bytes, rows: slice) -> tuple[int, int]:
    """The first and the last column of a cover with letters in some rows, found as steps between neighbours."""
    grey = np.asarray(opened(cover).convert("L")).astype(int)[rows]
    columns = np.flatnonzero((np.abs(np.diff(grey, axis=1)) > 40).any(axis=0))
    return int(columns[0]), int(columns[-1])


@pytest.mark.parametrize("title", ["قريبا", "קרוב", "שלום Yoga", "كيف تبدأ Yoga Nidra"])
def test_right_to_left_titles_begin_at_the_right_margin(title: str) -> None:
    """Title, author and show each end 130 pixels from the right edge, where theirs is the script."""
    cover = draw_cover(title, "نويسنده", "דפי ערב")
    for rows in (slice(80, 160), slice(240, 500), slice(1210, 1320)):
        left, right = ink(cover, rows)
        assert left > 300
        assert abs(right - 1270) <= 20
    assert abs(ink(draw_cover(title, "Ana Lind", ""), slice(1210, 1320))[0] - 130) <= 20


def test_letters_that_join_are_joined() -> None:
    """Two joined letters are narrower than two alone."""
    arabic = Lettering(("Arabic",), right_to_left=True)
    assert width_px("بب", 100, arabic) < 2 * width_px("ب", 100, arabic) - 20


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz,.…", min_size=1, max_size=24), min_size=1, max_size=40))
def test_no_line_is_wider_than_its_box_and_no_word_is_lost(words: list[str]) -> None:
    """All words in order, divided with hyphens only where one is too long; what is cut ends with “…”."""
    text = " ".join(words)
    found = set_text(text, PLAIN, BOX, SIZES)
    assert max(width_px(line, found.size_px) for line in found.lines) <= BOX[0] + 1
    assert found.height_px <= BOX[1]
    together = "".join(found.lines).replace("-", "").replace(" ", "")
    assert together == text.replace(" ", "") or together.endswith("…")


def test_short_titles_are_large_and_long_ones_smaller() -> None:
    """The size follows from the length."""
    sizes = [set_text("evening " * count, PLAIN, BOX, SIZES).size_px for count in (1, 8, 16, 50)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 4


def test_lines_are_of_even_length() -> None:
    """No last line of a single word where the words could share the lines."""
    found = set_text("one two three four five six", PLAIN, (600, 560), (84,))
    lengths = [width_px(line, 84) for line in found.lines]
    assert len(lengths) == 2
    assert min(lengths) / max(lengths) > 0.7


def saved(path: Path, picture: Image.Image, kind: str, **options: object) -> Path:
    picture.save(path, kind, **options)
    return path


@pytest.mark.parametrize(
    ("size", "side"), [((1400, 1400), 1400), ((2000, 1500), 1500), ((800, 900), 1400), ((4000, 3500), 3000)]
)
def test_a_picture_is_cut_square_and_brought_to_size(tmp_path: Path, size: tuple[int, int], side: int) -> None:
    """Between 1400 and 3000 pixels, from the middle."""
    picture = Image.new("RGB", size, (200, 30, 30))
    picture.paste((30, 30, 200), (size[0] // 2 - 50, size[1] // 2 - 50, size[0] // 2 + 50, size[1] // 2 + 50))
    found = opened(fit_cover(saved(tmp_path / "a.png", picture, "PNG")))
    assert (found.format, found.size, found.mode) == ("JPEG", (side, side), "RGB")
    red, _, blue = found.getpixel((side // 2, side // 2))
    assert blue > 150 > red


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    """A mid-grey stays a mid-grey, on paper or on white; alpha, palettes and 16 bits are gone."""
    grey: Image.Image
    if mode == "I;16":
        grey = Image.fromarray(np.full((1400, 1400), 128 * 257, dtype=np.uint16))
    else:
        grey = Image.new("L", (1400, 1400), 128).convert("RGB").convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    found = opened(fit_cover(saved(tmp_path / "a", grey, kind)))
    assert found.mode == "RGB"
    assert np.asarray(found).mean() == pytest.approx(128, abs=3)


def test_transparency_becomes_white(tmp_path: Path) -> None:
    """Players show transparent pixels black, or not at all."""
    found = opened(fit_cover(saved(tmp_path / "a.png", Image.new("RGBA", (1400, 1400), (0, 0, 0, 0)), "PNG")))
    assert found.getpixel((700, 700)) == (255, 255, 255)


def test_noise_is_made_small_enough(tmp_path: Path) -> None:
    """The worst picture for JPEG still comes out at 512 KB or less."""
    noise = np.random.default_rng(1).integers(0, 256, (2000, 2000, 3), dtype=np.uint8)
    content = fit_cover(saved(tmp_path / "a.png", Image.fromarray(noise), "PNG"))
    assert len(content) <= COVER_BYTES
    assert 1400 <= opened(content).width <= 3000


def test_what_a_camera_added_is_gone(tmp_path: Path) -> None:
    """A turned picture is set upright, and no place or name stays in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "A Photographer"
    picture = Image.new("RGB", (1400, 1400), (255, 255, 255))
    picture.paste((255, 0, 0), (0, 0, 1400, 200))
    content = fit_cover(saved(tmp_path / "a.jpg", picture, "JPEG", exif=exif))
    assert b"Photographer" not in content
    found = opened(content)
    assert found.getpixel((1390, 700))[1] < 80 < found.getpixel((700, 100))[1]


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that open to any number of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a JPEG or PNG"),
        (b"some words", "not a JPEG or PNG"),
        (b"GIF89a" + bytes(200), "not a JPEG or PNG"),
        (huge_png(9_000, 9_000), "far too many"),
        (huge_png(60_000, 60_000), "far too many pixels"),
        (huge_png(1400, 1400), "not a JPEG or PNG that can be opened"),
        (huge_png(300, 300), "only 300 × 300 pixels; at least 600"),
    ],
)
def test_what_can_not_be_a_cover_is_refused_in_plain_words(tmp_path: Path, content: bytes, words: str) -> None:
    """With what to give instead."""
    path = tmp_path / "cover.png"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match=words) as caught:
        fit_cover(path)
    assert "cover.png" in caught.value.message
    assert "1400 to 3000 pixels" in caught.value.hint


@pytest.mark.parametrize("content", [b"\xff\xd8", b"\xff\xd8\xff\xe0 no picture", huge_png(9_000, 9_000)])
def test_a_picture_that_can_not_be_opened_has_no_small_one(content: bytes) -> None:
    """A stranger's tag may hold anything; the page shows then what the tag holds."""
    assert small_cover(content) == b""


def test_a_small_cover_is_the_cover() -> None:
    """The same colours in a tenth of the pixels, the same bytes again."""
    cover = draw_cover("Stay", "", "")
    small = opened(small_cover(cover))
    assert (small.size, small.mode) == ((440, 440), "RGB")
    assert np.abs(np.asarray(small).mean(axis=(0, 1)) - np.asarray(opened(cover)).mean(axis=(0, 1))).max() < 2
    assert small_cover(cover) == small_cover(cover)


def test_a_cover_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    """The system's own reason."""
    with pytest.raises(RecipeError, match="No such file or directory"):
        fit_cover(tmp_path / "gone.png")
