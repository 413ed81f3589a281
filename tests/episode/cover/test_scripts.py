"""Titles in the world's scripts on a cover: set whole, broken where their script breaks, or said to be missing."""

from __future__ import annotations

import importlib.util
import unicodedata
from pathlib import Path

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.cli.main import run
from audio_builder.episode.cover import lettering
from audio_builder.episode.cover.draw import draw_cover
from audio_builder.episode.cover.lettering import (
    EAST_ASIAN,
    SCRIPTS,
    Lettering,
    clusters_of,
    has,
    installed,
    mask_of,
    missing_letters,
    shaped,
    worded,
)
from audio_builder.episode.cover.typeset import set_text
from audio_builder.preflight import check_everything
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.cues import ChapterStart, Role, Say, Script
from tests.support.show_helpers import SHOW, put_show

BOX = (1140, 560)
SIZES = (168, 120, 84, 60, 48, 40, 36)
ROOT = Path(__file__).parents[3]

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
    "Georgian": ("საღამოს სიჩუმე და ლამპის შუქი", "ka"),
    "Armenian": ("Երեկոյան լռությունը և ճրագի լույսը", "hy"),
    "Arabic": ("أن تكون قريبًا في هدوء المساء، ٣؟", "ar"),
    "Hebrew": ("שָׁלוֹם בערב שקט ליד המנורה", "he"),
    "Ethiopic": ("ሰላማዊ ምሽት በመብራት አጠገብ", "am"),
    "Sinhala": ("රාත්‍රියේ නිහඬ පහන් එළිය", "si"),
    "Gujarati": ("શાંત રાત્રિ દીવા પાસે", "gu"),
    "Gurmukhi": ("ਸ਼ਾਂਤ ਰਾਤ ਦੀਵੇ ਕੋਲ", "pa"),
    "Kannada": ("ನಿಶ್ಶಬ್ದ ರಾತ್ರಿ ದೀಪ", "kn"),
    "Malayalam": ("നിശ്ശബ്ദ രാത്രി വിളക്ക്", "ml"),
    "Oriya": ("ନିରବ ରାତି ଦୀପ ପାଖରେ", "or"),
}


def needs_fonts(style: str) -> None:
    if style in EAST_ASIAN and importlib.util.find_spec("manimgx_fonts_cjk") is None:
        pytest.skip("needs the extra `covers`")


@pytest.mark.parametrize("style", TITLES)
@pytest.mark.parametrize("times", [1, 6])
def test_a_title_is_set_whole_in_its_script(style: str, times: int) -> None:
    """No line is wider than the box, no letter is lost or parted from its marks, no line begins with a full stop."""
    needs_fonts(style)
    text, language = TITLES[style]
    title = unicodedata.normalize("NFC", text * times)
    kept, how = worded(title, "Semibold", language)
    assert kept == title
    assert {found for cluster, found in clusters_of(title, how) if cluster[0].isalpha()} == {style}
    found = set_text(title, how, BOX, SIZES)
    lines = [shaped(line, how) for line in found.lines]
    assert all(glyph.number for line in lines for glyph in line.glyphs)
    assert max(line.width for line in lines) * found.size_px <= BOX[0] + 1
    assert found.height_px <= BOX[1]
    assert "".join(found.lines).replace("-", "").replace(" ", "") == title.replace(" ", "")
    firsts = [line[0] for line in found.lines]
    assert [one for one in firsts if unicodedata.category(one).startswith("M") or one in "。、，"] == []
    assert "-" not in "".join(found.lines) or style not in {"Thai", "Lao", "Khmer", "Myanmar", "Ethiopic"}


@pytest.mark.parametrize("style", TITLES)
def test_three_hundred_characters_fit_in_every_script(style: str) -> None:
    """Nothing is cut, nothing leaves the picture's margins, and no line touches the next."""
    needs_fonts(style)
    text, language = TITLES[style]
    kept, how = worded((text * 30)[:300], "Semibold", language)
    found = set_text(kept, how, (BOX[0], 760), (120, 60, 48, 40, 36))
    assert "…" not in "".join(found.lines)
    drawn = [mask_of(shaped(line, how), found.size_px) for line in found.lines]
    places = [(corner, mask.size) for mask, corner in drawn if mask]
    assert all(left >= -20 and left + width <= BOX[0] + 20 for (left, _), (width, _) in places)
    bottoms = [top + height for (_, top), (_, height) in places]
    assert all(below + found.leading_px > above for above, ((_, below), _) in zip(bottoms, places[1:], strict=False))


def test_a_word_is_hyphenated_as_its_own_script_is() -> None:
    """A picture or a Thai word elsewhere in a title takes no hyphen from a Latin one."""
    kept, how = worded("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk 🌿 สวัสดี", "Semibold")
    lines = set_text(kept, how, (600, 760), (78, 60)).lines
    assert lines[0].endswith("-")
    assert not any(line.endswith("-") for line in lines if "ส" in line)


def test_the_docs_name_every_script_that_has_a_font() -> None:
    """And no script stands there that has none."""
    row = next(line for line in (ROOT / "docs/show.md").read_text("utf-8").splitlines() if line.startswith("| Latin, "))
    told = {name.strip() for name in row.split("|")[1].replace(" and ", ", ").split(",")}
    assert told == {"Latin", "Greek", "Cyrillic", *SCRIPTS}
    assert set(TITLES) == {*SCRIPTS, *EAST_ASIAN}


def test_the_language_decides_how_shared_characters_are_drawn() -> None:
    """直 is written differently in Japan, China and Taiwan; kana and Hangul tell their own."""
    needs_fonts("Japanese")

    def first(text: str, tag: str = "") -> str:
        return worded(text, "It", tag)[1].styles[0]

    assert [first("直", tag) for tag in ("ja", "zh", "zh-TW", "yue", "")] == [
        "Japanese", "Simplified Chinese", "Traditional Chinese", "Traditional Chinese", "Simplified Chinese",
    ]  # fmt: skip
    assert [first(text) for text in ("夜の灯", "밤")] == ["Japanese", "Korean"]
    assert draw_cover("直", "", "", "", "ja") != draw_cover("直", "", "", "", "zh")


@pytest.mark.parametrize(
    ("text", "style"), [("静かな夜", "Japanese"), ("한 밤", "Korean"), ("夜", "Simplified Chinese")]
)
def test_what_is_not_installed_is_named(text: str, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture stands alone then, and the command that brings the letters is told."""
    forget_east_asian(monkeypatch)
    assert worded(text, "Semibold")[0] == ""
    note = missing_letters(text)
    assert note == f'none; {style} ones come with: pip install "audio-builder[covers]"'


def forget_east_asian(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without the extra `covers`."""
    monkeypatch.setattr(lettering, "has", lambda style, character: style not in EAST_ASIAN and has(style, character))
    monkeypatch.setattr(lettering, "installed", lambda style: style not in EAST_ASIAN and installed(style))
    lettering._style_of.cache_clear()


@pytest.fixture(autouse=True)
def _styles_afresh() -> None:
    lettering._style_of.cache_clear()


def test_what_no_font_has_asks_for_a_picture() -> None:
    """Cuneiform and Tibetan, also beside letters that have a font; a title of pictures alone lacks no letters."""
    helps = "give a picture of your own as the cover"
    for text, script in (("𒀀𒁀", "Cuneiform"), ("Peace དཔལ", "Tibetan")):
        assert missing_letters(text) == f"none; {script} ones are in no font here; {helps}"
    assert missing_letters("🌿") == ""


LETTERS = "abc אבג עربىة 019 ٠١٢ ،.,:;-+*/%$€?!()[]«»„“ "


@settings(max_examples=300)
@given(st.text(LETTERS, min_size=1, max_size=24), st.booleans())
def test_both_directions_share_a_line_in_the_order_of_the_standard(text: str, right_to_left: bool) -> None:
    """Every character stands where UAX #9 puts it; a number is never turned round, a bracket from the right is."""
    text = " ".join(text.split())
    shown = lettering._shown(text, Lettering(("Arabic", "Hebrew", "Sans"), right_to_left=right_to_left))
    assert "".join(cluster for cluster, *_ in shown) == get_display(text, base_dir="R" if right_to_left else "L")
    assert not any(odd for cluster, _, odd in shown if cluster.isdigit() or cluster in "abc")
    assert all(odd for cluster, _, odd in shown if cluster in "אבגעربىة")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("שָׁלוֹם Yoga", ["Yoga", "שָׁלוֹם "]),
        ("שָׁלוֹם (3,14)", [")", "3,14", "(", "שָׁלוֹם "]),
        ("می\u200cخواهم 12", ["12", "می\u200cخواهم "]),
        ("Yoga, می\u200cخواهم", ["Yoga, ", "می\u200cخواهم"]),
    ],
)
def test_marks_and_joiners_stay_with_their_letters(text: str, seen: list[str]) -> None:
    """From the left, what is given to a font at once, in the order of reading."""
    kept, how = worded(text, "Semibold")
    assert [run for _, run, _ in lettering._runs(kept, how)] == [unicodedata.normalize("NFC", run) for run in seen]


def test_the_build_and_publish_say_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The plan of an episode has the note for its report, and `publish` says it of the show's cover."""
    forget_east_asian(monkeypatch)
    script = Script("静かな夜", "", "", "ja", "", "gentle", (ChapterStart("One"), Say("One.", Role.PROSE)))
    plan = check_everything(script, make_recipe({"voice": "tone"}), tmp_path)
    assert plan.cover_note.startswith("none; Japanese ones")
    assert any(note.startswith("letters on the cover: none; Japanese ones") for note in plan.warnings)
    put_show(tmp_path, SHOW.__class__(title="静かな夜"))
    assert run(["publish", str(tmp_path)]) == 0
    assert "letters on the show's cover: none; Japanese ones come with" in capfd.readouterr().err
