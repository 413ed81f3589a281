"""What the rules for written English say for each match: numbers, dates, times, money, measures, letters, addresses."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any

from num2words import num2words

from audio_builder.article.text import roman_number

_TABLES: dict[str, Any] = tomllib.loads(
    resources.files("audio_builder.voices.spoken").joinpath("english.toml").read_text(encoding="utf-8")
)


def english_words(table: str) -> dict[str, str]:
    """Return a table of `english.toml`: what is written, and what is said for it."""
    return dict(_TABLES[table])


def english_pattern(name: str) -> str:
    """Return a pattern of `english.toml`."""
    return str(_TABLES[name]).strip()


def english_list(name: str) -> frozenset[str]:
    """Return a list of words of `english.toml`."""
    return frozenset(_TABLES[name].split())


# --- numbers ---

_LONGEST_NUMBER = 15
"""Digits; longer ones are left to the reader."""

_MONTHS: list[str] = re.findall(
    r"\w+", "January February March April May June July August September October November December"
)
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"Sept": "September"}
MONTH = "|".join([*_MONTHS, *(rf"{short}\.?" for short in sorted(_SHORT_MONTHS, key=len, reverse=True))])
DATED = english_words("days") | _SHORT_MONTHS
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
YEAR = r"(?:1[01-9]|20)\d\d"
BEFORE_YEARS = r"\b(?:[Ii]n|[Ss]ince|[Bb]y|[Uu]ntil|[Ff]rom|[Bb]efore|[Aa]fter|[Aa]round|[Yy]ear)"
BEFORE_DAYS = "[Oo]n|[Ss]ince|[Bb]y|[Uu]ntil|[Tt]ill|[Ff]rom|[Bb]efore|[Aa]fter|[Oo]f"
AMOUNT = r"\d+(?:,\d{3})*"
NUMBER = rf"{AMOUNT}(?:\.\d+)?"
TO = r" ?[–-] ?"


def cardinal(written: str) -> str:
    """Return a number in words: `1,234` or `3.5`."""
    whole, _, part = written.replace(",", "").partition(".")
    if len(whole) > _LONGEST_NUMBER:
        return written
    said = str(num2words(int(whole))).replace(",", "").replace(" and ", " ")
    return f"{said} point {digit_words(part, 'zero')}" if part else said


def digit_words(written: str, nought: str = "oh") -> str:
    """Return digits one by one: `oh one eight two`."""
    return " ".join(nought if digit == "0" else str(num2words(int(digit))) for digit in written if digit.isdigit())


def ordinal(written: str) -> str:
    """Return `21` as `twenty-first`."""
    if len(written) > _LONGEST_NUMBER:
        return f"{written}th"
    return str(num2words(int(written.replace(",", "")), to="ordinal")).replace(",", "").replace(" and ", " ")


def _year(digits: str) -> str:
    return str(num2words(int(digits), to="year")).replace(" and ", " ").replace("oh-", "oh ")


def lone_year(found: re.Match[str]) -> str:
    """Return a year; where only a number of things may stand, the match as it is."""
    before, digits, things = found.groups()
    return f"{before or ''}{_year(digits)}" if before or not things else found.group()


def decade(found: re.Match[str]) -> str:
    """Return `1990s` as `nineteen nineties`."""
    said = _year(found[1]) if found[1] != "2000" else "two thousand"
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


def short_decade(found: re.Match[str]) -> str:
    """Return `her 50s` as `her fifties`."""
    return f"{found[1]}{cardinal(found[2])[:-1]}ies" if found[2] != "10" else f"{found[1]}tens"


_SHORTEST_TELEPHONE = 9
"""Digits."""


def telephone(found: re.Match[str]) -> str:
    """Return a telephone number digit by digit; what has too few digits for one, as it is."""
    groups = re.findall(r"\d+", found[0])
    if sum(map(len, groups)) < _SHORTEST_TELEPHONE:
        return found.group()
    return ("plus " if found[0].startswith("+") else "") + ", ".join(map(digit_words, groups))


# --- dates ---


def _month(name: str) -> str:
    return _SHORT_MONTHS.get(name.rstrip("."), name)


def _date(year: str, month: str, day: str) -> str | None:
    if not (1 <= int(month) <= len(_MONTHS) and 1 <= int(day) <= 31):
        return None
    return f"{_MONTHS[int(month) - 1]} {ordinal(day)}, {_year(year)}"


def iso_date(found: re.Match[str]) -> str:
    """Return `2026-03-21` as `March twenty-first, twenty twenty-six`."""
    return _date(found[1], found[3], found[4]) or str(found.group())


def slash_date(found: re.Match[str]) -> str:
    """Return `3/4/2024` or `3/4/24` with the month first, unless only the day can be first."""
    year = found[3] if len(found[3]) == len("2024") else f"{19 if found[3] > '30' else 20}{found[3]}"
    return _date(year, found[1], found[2]) or _date(year, found[2], found[1]) or str(found.group())


def point_date(found: re.Match[str]) -> str:
    """Return `21.03.2026` as `twenty-first of March twenty twenty-six`; with the month first only where it must be."""
    day, month, year = found.groups()
    if int(month) > len(_MONTHS):
        return _date(year, day, month) or str(found.group())
    if not (1 <= int(month) <= len(_MONTHS) and 1 <= int(day) <= 31):
        return found.group()
    return f"{ordinal(day)} of {_MONTHS[int(month) - 1]} {_year(year)}"


def day_month(found: re.Match[str]) -> str:
    """Return `on 21 March` as `on the twenty-first of March`."""
    before, day, month, digits = found.groups()
    if not 1 <= int(day) <= 31:
        return found.group()
    year = f" {_year(digits)}" if digits else ""
    return f"{f'{before} the ' if before else ''}{ordinal(day)} of {_month(month)}{year}"


def month_day(found: re.Match[str]) -> str:
    """Return `March 21, 2026` as `March twenty-first, twenty twenty-six`."""
    if not 1 <= int(found[2]) <= 31:
        return found.group()
    year = f", {_year(found[3])}" if found[3] else ""
    return f"{_month(found[1])} {ordinal(found[2])}{year}"


# --- times of day ---

HALF = r"([AaPp])(?:\.[Mm]\.|[Mm]\b)"
ENDS = r"(?P<end>(?<=\.)(?:[\"”’')]*$|(?= [\"“]?[A-Z](?!\.))))?"
"""After an abbreviation with full stops: where a sentence ends with it, its last one stays."""


def _half_day(letter: str, found: re.Match[str]) -> str:
    return f" {letter.upper()}M" + ("." + found["end"] if found["end"] is not None else "")


def clock_time(found: re.Match[str]) -> str:
    """Return `7:05 p.m.` as `seven oh five PM`."""
    hour, minutes, half = found[1], found[2], found[3]
    after = _half_day(half, found) if half else ""
    if minutes == "00":
        return f"{cardinal(hour)}{after}" if half else f"{cardinal(hour)} o'clock"
    return f"{cardinal(hour)} {'oh ' if minutes[0] == '0' else ''}{cardinal(minutes)}{after}"


def clock_seconds(found: re.Match[str]) -> str:
    """Return `4:15:30` as `four fifteen thirty`, `8:01:00` as `eight oh one`."""
    hour, *rest = found.groups()
    rest = rest[:1] if rest[1] == "00" else rest
    return " ".join([cardinal(hour), *(f"oh {cardinal(part)}" if part[0] == "0" else cardinal(part) for part in rest)])


def whole_hour(found: re.Match[str]) -> str:
    """Return `6 a.m.` as `six AM`."""
    return f"{cardinal(found[1])}{_half_day(found[2], found)}"


def hour_range(found: re.Match[str]) -> str:
    """Return `9am-5pm` with `to` between its hours."""
    first = f" {found[2].upper()}M" if found[2] else ""
    hour = found[1] if ":" in found[1] else cardinal(found[1])
    return f"{hour}{first} to {found[3]}"


# --- money, units, fractions ---

_MONEY = {
    "$": ("dollar", "dollars"), "£": ("pound", "pounds"), "€": ("euro", "euros"), "¥": ("yen", "yen"),
    "₹": ("rupee", "rupees"),
}  # fmt: skip
_CENTS = {"$": "cents", "£": "pence", "€": "cents"}
SCALES = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "bn": "billion", "B": "billion"}
UNITS = english_words("units")
_PLURALS = english_words("plurals")
_PARTS = {2: "half", 4: "quarter"}
_PARTED_IN = frozenset({12, 16, 20, 32})
FRACTION_SIGNS = {sign: unicodedata.normalize("NFKC", sign).replace("\u2044", "/") for sign in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}


def either(words: dict[str, str]) -> str:
    """Return a pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def money(found: re.Match[str]) -> str:
    """Return `$5-10` as `five to ten dollars`, `a $5 bill` as `a five dollar bill`, `$1.5M` in millions of dollars."""
    sign, low, whole, part, scale = found.groups()
    one, many = _MONEY[sign]
    low = f"{cardinal(low)} to " if low else ""
    if whole == "0" and part and not (low or scale) and sign in _CENTS:
        return f"{cardinal(part.ljust(2, '0'))} {_CENTS[sign]}"
    before, after = found.string[: found.start()], found.string[found.end() :]
    counts = (re.search(r"\b[Aa]n? $", before) and re.match(" (?!or |and |to |is |was )[a-z]", after)) or re.match(
        r" (?:bill|note|coin|prize|question|gift|ticket)\b", after
    )
    if scale:
        amount = f"{whole}.{part}" if part else whole
        return f"{low}{cardinal(amount)} {SCALES.get(scale, scale)} {one if counts else many}"
    said = f"{low}{cardinal(whole)} {one if counts or (whole == '1' and not low) else many}"
    return f"{said} {cardinal(part.ljust(2, '0'))}" if part and int(part) else said


def measure(found: re.Match[str]) -> str:
    """Return `60 km/h` as `sixty kilometers per hour`."""
    minus, low, number, unit = found[1], found[2], found[3], UNITS[found[4]]
    said = f"{cardinal(low)} to {cardinal(number)}" if low else cardinal(number)
    one = number == "1" and not low
    return f"{'minus ' if minus else ''}{said} {unit if one else _PLURALS.get(unit, f'{unit}s')}"


def area(found: re.Match[str]) -> str:
    """Return `12 km²` as `twelve square kilometers`; with `³`, cubic ones."""
    unit = "mile" if found[2] == "mi" else "inch" if found[2] == "in" else UNITS[found[2]]
    kind = "square" if found[3] == "²" else "cubic"
    return f"{cardinal(found[1])} {kind} {unit if found[1] == '1' else _PLURALS.get(unit, f'{unit}s')}"


def feet_and_inches(found: re.Match[str]) -> str:
    """Return `6 ft 2 in` as `six feet two inches`."""
    feet, inches = ("foot" if found[1] == "1" else "feet"), ("inch" if found[2] == "1" else "inches")
    return f"{cardinal(found[1])} {feet} {cardinal(found[2])} {inches}"


def fraction(found: re.Match[str]) -> str:
    """Return `2 1/2` as `two and a half`; parts that hardly anybody names, such as 5/13, as they are."""
    whole, above, below = found[1], int(found[2]), int(found[3])
    if not 0 < above < below or (below > 10 and below not in _PARTED_IN):
        return found.group()
    part = _PARTS.get(below) or ordinal(str(below))
    said = f"{'one' if part == 'eighth' else 'a'} {part}" if above == 1 else f"{cardinal(found[2])} {part}s"
    return f"{cardinal(whole)} and {said}" if whole else said


SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def power(written: str) -> str:
    """Return an exponent, `³` or `^6`, as ` cubed` or ` to the sixth`."""
    exponent = unicodedata.normalize("NFKC", written).lstrip("^")
    return {"2": " squared", "3": " cubed"}.get(exponent) or f" to the {ordinal(exponent)}"


def span(found: re.Match[str]) -> str:
    """Return `5-10` as `5 to 10`."""
    return f"{found[1]} to {found[2]}"


# --- Roman numbers, scripture ---


def roman(letters: str) -> str:
    """Return a Roman number in figures."""
    return str(roman_number(letters.upper()))


def numbered(found: re.Match[str]) -> str:
    """Return `Chapter IV` as `Chapter four`."""
    return f"{found[1]} {cardinal(roman(found[2]))}"


def roman_pages(found: re.Match[str]) -> str:
    """Return `pp. iv–vii` as `pages four to seven`."""
    word = found[2] or ("pages" if found[4] else "page")
    return f"{word} {cardinal(roman(found[3]))}" + (f" to {cardinal(roman(found[4]))}" if found[4] else "")


def reigning(found: re.Match[str]) -> str:
    """Return `Henry VIII` as `Henry the eighth`."""
    return f"{found[1]} the {ordinal(roman(found[2]))}"


def verse(found: re.Match[str]) -> str:
    """Return `John 3:16-18` as `John three sixteen to eighteen`."""
    book, chapter, first, last = found.groups()
    return f"{book} {cardinal(chapter)} {cardinal(first)}" + (f" to {cardinal(last)}" if last else "")


# --- letters and marks ---

_PLACES = frozenset({"US", "USA", "UK", "UN", "EU", "DC", "LA", "NY", "NYC"})


def initials(found: re.Match[str]) -> str:
    """Return `J. R. R.` as `J R R `."""
    letters = found[0].replace(".", " ").split()
    return " ".join("eigh" if letter == "A" else letter for letter in letters) + " "


def letters(found: re.Match[str]) -> str:
    """Return `US` for `U.S.`, and `J R R` for `J.R.R.` before a name."""
    letters = found[1].replace(".", "")
    if found["end"] is not None:
        return f"{letters}.{found['end']}"
    named = letters not in _PLACES and re.match(r" (?:[A-Z][a-z]|\ue000)", found.string[found.end() :])
    return initials(found).rstrip() if named else letters


def possessive(found: re.Match[str]) -> str:
    """Return nothing for the apostrophe of `parents' house`; a closing quotation mark stays."""
    return found[0] if re.search(r"(?<!\w)['‘]", found.string[: found.start()]) else ""


def etc(found: re.Match[str]) -> str:
    """Return `etc.` without its full stop, unless a sentence ends with it."""
    return "etc" + ("." + found["end"] if found["end"] is not None else "")


def aside(found: re.Match[str]) -> str:
    """Return what stands in brackets between commas."""
    return f", {found[1]}" + ("" if found[2] is not None else ", ")


def formula(found: re.Match[str]) -> str:
    """Return `H₂O` as `H two O`, `B₁₂` as `B twelve`."""
    parts = re.findall(r"[₀-₉]+|.", found[0])
    return " ".join(
        cardinal(unicodedata.normalize("NFKC", part)) if part[0] in "₀₁₂₃₄₅₆₇₈₉" else part for part in parts
    )


# --- addresses ---

_PATH_WORDS = {"/": " slash ", ".": " dot ", "-": " ", "_": " underscore ", "@": " at ", "+": " plus "}
_HOST = re.compile(r"\.(?:com|org|net|edu|gov|io|info|co|uk|de|fr|app|fm|me|tv|us|ca|au)(?:/|$)")


def mail(found: re.Match[str]) -> str:
    """Return `mara@example.org` as `mara at example dot org`."""
    return _spelled_path(found.group())


def host(found: re.Match[str]) -> str:
    """Return a host and its path in words; what only looks like one, such as `e.g`, as it is."""
    known = found[0].startswith(("http", "www.")) or _HOST.search(found[1])
    return _spelled_path(found[1]) if known else found.group()


def _spelled_path(address: str) -> str:
    return " ".join("".join(_PATH_WORDS.get(sign, sign) for sign in address.strip("/")).split())
