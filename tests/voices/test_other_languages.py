"""What is said for written forms in other languages than English."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_builder.voices.normalize import normalize
from audio_builder.voices.other_languages import chinese_number, roman_number, spoken_forms

_TABLE = Path(__file__).resolve().parents[1] / "data" / "spoken_forms_of_languages.tsv"
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


def test_roman_numbers() -> None:
    """As centuries and chapters have them."""
    assert [roman_number(letters) for letters in ("IV", "XIX", "XXI", "XLIX")] == [4, 19, 21, 49]


@pytest.mark.parametrize("language", ["de", "es", "fr", "hi", "it", "ja", "pt", "zh"])
def test_every_language_has_twelve_months(language: str) -> None:
    """And its own words for a share and for a range."""
    forms = spoken_forms(language)
    assert forms is not None
    assert len(forms.months) == 12
    assert "{n}" in forms.percent
    assert forms.range
