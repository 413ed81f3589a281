"""Numbers, dates, money and abbreviations in a form that engines say rightly.

Engines speak plain numbers, ordinals, percentages and most times of day well; what they were heard to get wrong
(decision 0067) is put here into words and plain numbers: `$5` becomes `5 dollars`, and `1984` becomes `19 84`.
Only English is known. The words as written stay in the script, the lyrics and the transcript.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]  # fmt: skip
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"Sept": "September"}
_MONTH = "|".join([*_MONTHS, *(rf"{short}\.?" for short in sorted(_SHORT_MONTHS, key=len, reverse=True))])
_YEAR = r"(?:1[1-9]|20)\d\d"
_BEFORE_YEARS = r"\b(?:[Ii]n|[Ss]ince|[Bb]y|[Uu]ntil|[Ff]rom|[Bb]efore|[Aa]fter|[Aa]round|[Yy]ear)"
_BEFORE_DAYS = "[Oo]n|[Ss]ince|[Bb]y|[Uu]ntil|[Tt]ill|[Ff]rom|[Bb]efore|[Aa]fter|[Oo]f"
_THINGS = r"(?!(?:was|is|has|as)\b)[a-z]+s\b"
_AMOUNT = r"\d+(?:,\d{3})*"
_MONEY = {"$": ("dollar", "dollars"), "£": ("pound", "pounds"), "€": ("euro", "euros")}
_UNITS = {
    "km": "kilometre", "kg": "kilogram", "cm": "centimetre", "mm": "millimetre", "min": "minute", "mins": "minute",
    "hrs": "hour", "ml": "millilitre", "mph": "mile per hour", "lb": "pound", "lbs": "pound", "oz": "ounce",
}  # fmt: skip
_PLURALS = {"mile per hour": "miles per hour"}
_FRACTIONS = {"1/2": "a half", "1/3": "a third", "2/3": "two thirds", "1/4": "a quarter", "3/4": "three quarters"}
_SIGNS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}
_NUMBERED = "Chapter|Part|Book|Volume|Act|Scene|Canto|Psalm|Section|World War|Appendix|Lesson|Stage|Figure"
_NUMBERED_SHORT = {"Vol": "Volume", "Ch": "Chapter", "Pt": "Part", "Bk": "Book"}
_REIGNING = (
    "Henry|Louis|Charles|George|Edward|James|William|Richard|Elizabeth|Mary|Philip|Frederick|Peter|Catherine|Nicholas|"
    "Alexander|Napoleon|Francis|Pius|John|Paul|Benedict|Leo|Gregory|Innocent|Clement|Urban|Boniface|Otto|Ramesses"
)
_ROMAN = r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_BEFORE_NAMES = {"Prof": "Professor", "Ms": "Mizz", "Rev": "Reverend", "Capt": "Captain", "Gen": "General"}
_ABBREVIATIONS = {"vs": "versus", "approx": "approximately", "i.e": "that is", "e.g": "for example", "cf": "compare"}


def in_words(text: str, language: str) -> str:
    """Return a phrase with its numbers and abbreviations as an engine says them rightly.

    Args:
        text: one phrase.
        language: BCP 47 tag of the voice; anything but English is left as it is.

    >>> in_words("Chapter IV begins in 1984, with $5.", "en-US")
    'Chapter 4 begins in 19 84, with 5 dollars.'
    """
    return _in_english(text) if language.partition("-")[0].lower() == "en" else text


@functools.lru_cache(maxsize=1 << 15)
def _in_english(text: str) -> str:
    # A phrase is asked for at each rate that may be spoken: five times for most builds.
    for pattern, said in _RULES:
        text = pattern.sub(said, text)
    return text


def _year(digits: str) -> str:
    century, rest = digits[:2], digits[2:]
    if century == "20" and rest < "10":
        return digits
    if rest == "00":
        return f"{century} hundred"
    return f"{century} oh {rest[1]}" if rest[0] == "0" else f"{century} {rest}"


def _lone_year(found: re.Match[str]) -> str:
    before, digits, things = found.groups()
    return f"{before or ''}{_year(digits)}" if before or not things else found.group()


def _ordinal(number: str) -> str:
    value = int(number)
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _roman(letters: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50}[letter] for letter in letters]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def _small_roman(found: re.Match[str]) -> str:
    return f"{found[1]} {_roman(found[2].upper())}"


def _month(name: str) -> str:
    return _SHORT_MONTHS.get(name.rstrip("."), name)


def _iso_date(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    if not (1 <= int(month) <= len(_MONTHS) and 1 <= int(day) <= 31):
        return found.group()
    return f"{_MONTHS[int(month) - 1]} {_ordinal(day)}, {_year(year)}"


def _day_month(found: re.Match[str]) -> str:
    before, day, month, digits = found.groups()
    year = f" {_year(digits)}" if digits else ""
    return f"{f'{before} the ' if before else ''}{_ordinal(day)} of {_month(month)}{year}"


def _month_day(found: re.Match[str]) -> str:
    year = f", {_year(found[3])}" if found[3] else ""
    return f"{_month(found[1])} {_ordinal(found[2])}{year}"


def _money(found: re.Match[str]) -> str:
    sign, whole, part, scale = found.groups()
    one, many = _MONEY[sign]
    if scale:
        return f"{whole}{f'.{part}' if part else ''} {scale} {many}"
    said = f"{whole} {one if whole == '1' else many}"
    return f"{said} {part}" if part and part != "00" else said


def _unit(found: re.Match[str]) -> str:
    unit = _UNITS[found[2]]
    return f"{found[1]} {unit if found[1] == '1' else _PLURALS.get(unit, f'{unit}s')}"


def _fraction(found: re.Match[str]) -> str:
    whole, fraction = found.groups()
    if fraction not in _FRACTIONS:
        return found.group()
    return f"{whole} and {_FRACTIONS[fraction]}" if whole else _FRACTIONS[fraction]


def _clock(found: re.Match[str]) -> str:
    hour, minutes, half = found[1], found[2], found[3]
    after = f" {half[0].lower()}.m." if half else ""
    if minutes == "00":
        return f"{hour}{after}" if half else f"{hour} o'clock"
    return f"{hour} oh {minutes[1]}{after}" if minutes[0] == "0" else f"{hour}:{minutes}{after}"


def _either(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_RULES: tuple[_Rule, ...] = (
    (re.compile(rf"\b({_YEAR})-(\d\d)-(\d\d)\b"), _iso_date),
    (
        re.compile(rf"\b(?:({_BEFORE_DAYS}) )?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTH})(?:,? ({_YEAR}))?\b(?!\w)"),
        _day_month,
    ),
    (re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? ({_YEAR}))?\b(?![:.]\d| \d)"), _month_day),
    (
        re.compile(rf"([$£€])({_AMOUNT})(?:\.(\d\d?))?(?: (hundred|thousand|million|billion|trillion))?\b"),
        _money,
    ),
    (
        re.compile(r"\b(1?\d|2[0-3]):(00|0[1-9]|[1-5]\d)(?: ?([AaPp]\.?[Mm]\b\.?))?(?![:\d])"),
        _clock,
    ),
    (re.compile(rf"\b({_YEAR})[–-]({_YEAR})\b"), lambda m: f"{_year(m[1])} to {_year(m[2])}"),
    (re.compile(r"\b(\d+)[ ]?–[ ]?(\d+)\b"), r"\1 to \2"),
    (re.compile(r"\b(1[1-9]|20)([1-9]0)s\b"), r"\1 \2s"),
    (re.compile(r"\b24/7\b"), "24 7"),
    (re.compile(r"(\d?) ?([½⅓⅔¼¾])"), lambda m: f"{m[1]} {_SIGNS[m[2]]}".lstrip()),
    (re.compile(r"(?<![/\d])(?:(\d+) )?(\d/\d)(?![/\d])"), _fraction),
    (re.compile(rf"\b({_AMOUNT}(?:\.\d+)?) ?({_either(_UNITS)})\b"), _unit),
    (re.compile(r"(\d) ?°C\b"), r"\1 degrees Celsius"),
    (re.compile(r"(\d) ?°F\b"), r"\1 degrees Fahrenheit"),
    (re.compile(r"(?<![\w&])#(?=\d)"), "number "),
    (re.compile(r"\b[Nn]os?\. ?(?=\d)"), "number "),
    (re.compile(r"\bpp\. ?(?=\d)"), "pages "),
    (re.compile(r"\bp\. ?(?=\d)"), "page "),
    (re.compile(rf"\b({_either(_NUMBERED_SHORT)})\. ?(?=[IVXL\d]+\b)"), lambda m: f"{_NUMBERED_SHORT[m[1]]} "),
    (re.compile(rf"\b({_NUMBERED}) ((?=[ivxl])(?:xl|l?x{{0,3}})(?:ix|iv|v?i{{0,3}}))(?!['’]?\w)"), _small_roman),
    (
        re.compile(rf"\b({_NUMBERED}) (?!I\b(?! ?[.,:;?!—–-]|$))({_ROMAN})(?!['’]?\w)"),
        lambda m: f"{m[1]} {_roman(m[2])}",
    ),
    (
        re.compile(rf"\b({_REIGNING}) (?=[IVXL]{{2}})({_ROMAN})(?!\w|['’][^s])"),
        lambda m: f"{m[1]} the {_ordinal(str(_roman(m[2])))}",
    ),
    (re.compile(r"\bWW(II?)\b"), lambda m: f"World War {len(m[1])}"),
    (re.compile(rf"\b({_either(_BEFORE_NAMES)})\.(?= [A-Z])"), lambda m: _BEFORE_NAMES[m[1]]),
    (re.compile(r"(?<=[a-z] )St\.(?! [A-Z])"), "Street"),
    (re.compile(rf"\b({_either(_ABBREVIATIONS)})\.,?(?=\s)"), lambda m: _ABBREVIATIONS[m[1]]),
    (
        re.compile(
            rf"({_BEFORE_YEARS} )?(?<![\d.,:/-])({_YEAR})\b(?![\d%°/:-]|[.,]\d)(?=( (?!(?:was|is|has|as)\b)[a-z]+s\b)?)"
        ),
        _lone_year,
    ),
)
"""In their order: what one rule has put into words, the next ones leave alone."""
