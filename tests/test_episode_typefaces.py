"""Titles in the world's scripts on a cover: set whole, broken where their script breaks, or said to be missing."""

from __future__ import annotations

import importlib.util
import unicodedata
from pathlib import Path

import pytest
from PIL import features

from audio_builder.cli.main import run
from audio_builder.episode.cover import typefaces
from audio_builder.episode.cover.draw import draw_cover
from audio_builder.episode.cover.typefaces import TYPEFACES, font, missing_letters, worded
from audio_builder.episode.cover.typeset import set_text
from audio_builder.prepare import prepare
from audio_builder.recipe_file import make_recipe
from audio_builder.script.cues import ChapterStart, Role, Say, Script

from .show_helpers import SHOW, put_show

BOX = (1140, 560)
SIZES = (168, 120, 84, 60, 48, 40, 36)
FONTS = pytest.mark.skipif(
    importlib.util.find_spec("justmytype_intl_cjk") is None or not features.check("raqm"),
    reason="needs the extra `covers` and a Pillow with Raqm and FriBiDi",
)

TITLES = {
    "Japanese": ("静かな夜、灯りのそばで。", "ja"),
    "Korean": ("고요한 밤의 등불 아래에서", ""),
    "Simplified Chinese": ("夜深了，让一切慢慢安静下来，不必急着睡去。", "zh-CN"),
    "Traditional Chinese": ("夜深了，讓一切慢慢安靜下來。", "zh-Hant-TW"),
    "Devanagari": ("शांत रात में दीपक के पास बैठना", "hi"),
    "Bengali": ("নীরব রাতে প্রদীপের পাশে", "bn"),
    "Tamil": ("அமைதியான இரவு விளக்கின் அருகில்", "ta"),
    "Telugu": ("నిశ్శబ్ద రాత్రిలో దీపం", "te"),
    "Thai": ("เสียงเงียบของค่ำคืนที่ไม่มีใครต้องการอะไรจากเราเลยแม้แต่น้อย", "th"),
    "Lao": ("ຄ່ຳຄືນທີ່ງຽບສະຫງົບແລະຕະກຽງ", "lo"),
    "Khmer": ("រាត្រីស្ងប់ស្ងាត់ក្បែរចង្កៀង", "km"),
    "Myanmar": ("ချမ်းမြေ့သောညနေခင်းမီးအိမ်", "my"),
}


@FONTS
@pytest.mark.parametrize("style", TITLES)
@pytest.mark.parametrize("times", [1, 6])
def test_a_title_is_set_whole_in_its_script(style: str, times: int) -> None:
    """No line is wider than the box, no letter is lost or parted from its marks, no line begins with a full stop."""
    text, language = TITLES[style]
    title = unicodedata.normalize("NFC", text * times)
    assert worded(title, "Semibold", language) == (title, style)
    found = set_text(title, style, BOX, SIZES)
    assert max(font(style, found.size_px).getlength(line) for line in found.lines) <= BOX[0] + 1
    assert found.height_px <= BOX[1]
    assert "".join(found.lines).replace("-", "").replace(" ", "") == title.replace(" ", "")
    firsts = [line[0] for line in found.lines]
    assert [one for one in firsts if unicodedata.category(one).startswith("M") or one in "。、，"] == []
    assert "-" not in "".join(found.lines) or style not in {"Thai", "Lao", "Khmer", "Myanmar"}


@FONTS
def test_the_language_decides_how_shared_characters_are_drawn() -> None:
    """直 is written differently in Japan, China and Taiwan; kana and Hangul tell their own."""
    assert [worded("直", "It", tag)[1] for tag in ("ja", "zh", "zh-TW", "yue", "")] == [
        "Japanese", "Simplified Chinese", "Traditional Chinese", "Traditional Chinese", "Simplified Chinese",
    ]  # fmt: skip
    assert [worded(text, "It")[1] for text in ("夜の灯", "밤")] == ["Japanese", "Korean"]
    assert draw_cover("直", "", "", "", "ja") != draw_cover("直", "", "", "", "zh")


@pytest.mark.parametrize(("text", "style"), [("静かな夜", "Japanese"), ("한 밤", "Korean"), ("शांत", "Devanagari")])
def test_what_is_not_installed_is_named(text: str, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture stands alone then, and the command that brings the letters is told."""
    monkeypatch.setattr(typefaces, "_installed", lambda name: TYPEFACES[name].package == "font_source_serif_pro")
    assert worded(text, "Semibold") == ("", "Semibold")
    note = missing_letters(text)
    assert note == f'none; {style} ones come with: pip install "audio-builder[covers]"'


def test_without_fribidi_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """For Arabic the font is always there, but letters that join need a library of the system."""
    monkeypatch.setattr(features, "check", lambda _: False)
    assert "for Arabic ones Pillow needs FriBiDi (Debian: apt install libfribidi0" in missing_letters("أن تكون قريبا")
    assert missing_letters("Stay") == ""


def test_what_no_font_has_asks_for_a_picture() -> None:
    """Cuneiform, or two scripts that no one font has; a title of pictures alone lacks no letters."""
    for text in ("𒀀𒁀", "قريبا קרוב"):
        assert missing_letters(text).endswith("give a picture of your own as the cover")
    assert missing_letters("🌿") == ""


def test_the_build_and_publish_say_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The plan of an episode has the note for its report, and `publish` says it of the show's cover."""
    monkeypatch.setattr(typefaces, "_installed", lambda name: TYPEFACES[name].package == "font_source_serif_pro")
    script = Script("静かな夜", "", "", "ja", "", "gentle", (ChapterStart("One"), Say("One.", Role.PROSE)))
    plan = prepare(script, make_recipe({"voice": "tone"}), tmp_path)
    assert plan.cover_note.startswith("none; Japanese ones")
    put_show(tmp_path, SHOW.__class__(title="静かな夜"))
    assert run(["publish", str(tmp_path)]) == 0
    assert "letters on the show's cover: none; Japanese ones come with" in capfd.readouterr().err
