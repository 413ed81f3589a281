"""What is said for written forms in other languages than English."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.voices.spoken.normalize import normalize
from audio_builder.voices.spoken.other_languages import chinese_number, spoken_forms

_TABLE = Path(__file__).resolve().parents[2] / "data" / "spoken_forms_of_languages.tsv"
_SPOKEN = [line.split("\t") for line in _TABLE.read_text(encoding="utf-8").splitlines()]
"""A language, what is written, and what is said."""


@pytest.mark.parametrize(("language", "written", "said"), _SPOKEN)
def test_a_written_form_is_said_in_its_language(language: str, written: str, said: str) -> None:
    """Numbers, dates, times, money, units, ordinals and abbreviations, in one sentence or two."""
    assert normalize(written, language) == said


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("es", "La carretera A-4 y el archivo v1.2.3"),
        ("fr", "Le soir, le ciel"),
        ("it", "Il re e la regina"),
        ("sv", "Klockan 6:30"),
    ],
)
def test_what_is_no_number_stays(language: str, written: str) -> None:
    """Figures in names, small words that are letters of Roman numbers, and languages without rules."""
    assert normalize(written, language) == written


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "零"), (10, "十"), (101, "一百零一"), (1010, "一千零一十"), (30_000, "三万"), (100_500, "十万零五百")],
)
def test_a_number_in_chinese(number: int, said: str) -> None:
    """With a nought for places that are left out."""
    assert chinese_number(number) == said


@pytest.mark.parametrize("language", ["de", "es", "fr", "hi", "it", "ja", "pt", "zh"])
def test_every_language_has_twelve_months(language: str) -> None:
    """And its own words for a share and for a range."""
    forms = spoken_forms(language)
    assert forms is not None
    assert len(forms.months) == 12
    assert "{n}" in forms.percent
    assert forms.range


_FIGURES = "0|1|21|100|999|1.000|3,5|0,05|00|12:30|9h|1/0|٣|３|2024-13-40|31/02/2020|999999999999999999"
_NAMES = "Juan|Karl|Marie|Luís|Giovanni|Xavier|Ivan|Lind|Vera|cap.|Capítulo|secolo"
_SIGNS = "º|ª|er|e|XIX|IV|€|$|R$|%|km|-|–|/|.|,|siglo|年|個|第|½|M.|Dr.| |de marzo|März"
_PIECES = st.sampled_from([*_FIGURES.split("|"), *_NAMES.split("|"), *_SIGNS.split("|")])


@given(st.lists(_PIECES, max_size=7).map("".join), st.sampled_from(["de", "es", "fr", "hi", "it", "ja", "pt", "zh"]))
def test_nothing_that_is_written_is_too_odd(written: str, language: str) -> None:
    """Whatever stands beside what, something is said, and the same each time."""
    assert normalize(written, language) == normalize(written, language)


def test_a_long_number_in_chinese_is_a_telephone_number_unless_it_is_grouped() -> None:
    """Digits one by one, or a count."""
    assert normalize("13800138000", "zh") == "一三八零零一三八零零零"
    assert normalize("3,000,000元", "zh") == "三百万元"
