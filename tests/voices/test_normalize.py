"""Numbers, dates, money and abbreviations, as they are spoken."""

from __future__ import annotations

import pytest

from audio_builder.voices.normalize import normalize

CASES = """
in 1984 | in nineteen eighty-four
1984 was cold. | nineteen eighty-four was cold.
in 2026 | in twenty twenty-six
the year 2000 | the year two thousand
since 2005 | since two thousand five
in 1905 | in nineteen oh five
in 1800 | in eighteen hundred
1914–1918 | nineteen fourteen to nineteen eighteen
the 1990s | the nineteen nineties
the '60s | the sixties
1,234 steps | one thousand two hundred thirty-four steps
10,000 | ten thousand
1,000,000 | one million
100 | one hundred
42 days | forty-two days
3.14 | three point one four
-5 degrees | minus five degrees
1st | first
the 2nd | the second
the 3rd | the third
the 12th | the twelfth
the 112th | the one hundred twelfth
3:30 | three thirty
at 7:05 a.m. we left | at seven oh five a.m. we left
at 10:00 | at ten o'clock
6 p.m. | six p.m.
12:15 PM | twelve fifteen p.m.
at 8:00 am | at eight a.m.
$5 | five dollars
$1 | one dollar
$3.50 | three dollars fifty
$10.00 | ten dollars
£20 | twenty pounds
€1,200 | one thousand two hundred euros
$2 million | two million dollars
$2.5 million | two point five million dollars
50% | fifty percent
50 % | fifty percent
2.5 % | two point five percent
Dr. Lee | Doctor Lee
Mr. Fox | Mister Fox
Ms. Fox | Mizz Fox
Prof. Gray | Professor Gray
Rev. Gray | Reverend Gray
on Baker St. | on Baker Street
e.g. tea | for example tea
i.e. now | that is now
tea vs. coffee | tea versus coffee
approx. ten | approximately ten
No. 5 | number five
#1 | number one
p. 12 | page twelve
pp. 3 | pages three
Chapter IV | Chapter four
Chapter I. | Chapter one.
Part II | Part two
Book XIV | Book fourteen
Act III | Act three
Psalm XXIII | Psalm twenty-three
Chapter XLIX | Chapter forty-nine
World War II | World War two
WWI | World War one
Henry VIII | Henry the eighth
Louis XIV | Louis the fourteenth
Elizabeth II | Elizabeth the second
2026-03-21 | March twenty-first, twenty twenty-six
21 March 2026 | twenty-first of March twenty twenty-six
On 21 March 2026 | On the twenty-first of March twenty twenty-six
Vol. III | Volume three
Ch. 4 | Chapter four
Act II, Scene ii | Act two, Scene two
21st of May | twenty-first of May
March 21, 2026 | March twenty-first, twenty twenty-six
March 2 | March second
Feb. 3 | February third
Jan. 1st | January first
1/2 cup | a half cup
3/4 of it | three quarters of it
½ cup | a half cup
2½ hours | two and a half hours
10 km | ten kilometres
1 kg | one kilogram
30 min | thirty minutes
20 °C | twenty degrees Celsius
20° | twenty degrees
10–12 days | ten to twelve days
24/7 | twenty-four seven
you & me | you and me
"""
TABLE = [tuple(part.strip() for part in line.split(" | ")) for line in CASES.strip().splitlines()]


@pytest.mark.engine
@pytest.mark.parametrize(("written", "spoken"), TABLE)
def test_what_is_written_is_spoken_as_a_reader_would(written: str, spoken: str) -> None:
    """The sounds that joe and espeak-ng make for the one are those for the other, spelled out in words."""
    from piper.phonemize_espeak import EspeakPhonemizer

    phonemizer = EspeakPhonemizer()

    def sounds(text: str) -> str:
        phonemes = "".join("".join(sentence) for sentence in phonemizer.phonemize("en-us", text))
        return "".join(sound for sound in phonemes if sound not in "ˈˌ .,ː").replace("ɾ", "t")

    assert sounds(normalize(written, "en-US")) == sounds(spoken)


def test_the_table_is_long_enough() -> None:
    """At least sixty cases."""
    assert len(TABLE) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "I said it was 1,984 of them.",
        "We walked 1500 steps.",
        "Mix I with V, and the part I played in it.",
        "The Part I played was small.",
        "John V. Smith",
        "Part mix and Act ill, Chapter ILL",
        "Call 555-1234.",
        "A score of 3/4/5.",
        "You may go. March on.",
        "A man of St. Albans",
        "Version 1.1984",
        "2026-13-41",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    """Initials, counted things, telephone numbers and versions stay as they are."""
    assert normalize(text, "en") == text


def test_other_languages_are_left_alone() -> None:
    """The rules are those of English."""
    assert normalize("Kapitel IV, 1984, $5", "de-DE") == "Kapitel IV, 1984, $5"
