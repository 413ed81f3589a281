"""Text as an engine gets it: numbers, dates, money, abbreviations, capitals and signs in a form that it says rightly.

Each rule names the readers that need it. A reader is what turns text into phonemes: `misaki` (hibari, Kokoro) reads
more by itself than `espeak` (Piper, the system's voice). An engine names its reader in an attribute `reader`; one
without it gets every rule. Which reader needs which rule was found with `tests/data/spoken_forms.tsv`.
The words as written stay in the script, the lyrics and the transcript. Only English has rules.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from num2words import num2words

from audio_builder.voices.capitals import without_capitals
from audio_builder.voices.engines.base import Engine
from audio_builder.voices.lexicon import apply_lexicon, shipped_lexicon
from audio_builder.voices.profile import Voice

MISAKI, ESPEAK = "misaki", "espeak"
BOTH = frozenset({MISAKI, ESPEAK})
_ESPEAK = frozenset({ESPEAK})

_Said = str | Callable[[re.Match[str]], str]


class Rule(NamedTuple):
    """One kind of written form, and what is said for it.

    Attributes:
        kind: as in the table of spoken forms.
        pattern: what is written.
        said: the replacement, or a function of the match.
        needed_by: the readers that get it wrong without the rule.
    """

    kind: str
    pattern: re.Pattern[str]
    said: _Said
    needed_by: frozenset[str] = BOTH


def spoken_text(text: str, voice: Voice, engine: Engine) -> str:
    """Return the words as an engine gets them: composed characters (NFC), single spaces, pronunciations applied.

    Args:
        text: as written.
        voice: for its language and lexicon.
        engine: for whether it takes IPA (an attribute `takes_ipa`), and its `reader`.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    ipa = bool(getattr(engine, "takes_ipa", False))
    language = voice.profile.language
    lexicon = {**voice.lexicon, **{word: way for word, way in shipped_lexicon(language).items() if word not in voice.lexicon}}
    return normalize(apply_lexicon(composed, lexicon, ipa=ipa), language, getattr(engine, "reader", ESPEAK))


def normalize(text: str, language: str, reader: str = ESPEAK) -> str:
    """Return a phrase with its numbers, abbreviations, capitals and signs as a reader says them rightly.

    Args:
        text: one phrase.
        language: BCP 47 tag of the voice; in other languages than English only signs are left out.
        reader: what turns the text into phonemes, `misaki` or `espeak`.

    >>> normalize("Chapter IV begins in 1984, with $5.", "en-US")
    'Chapter four begins in nineteen eighty-four, with five dollars.'
    """
    bare = _without_signs(text)
    if not any(map(str.isalnum, bare)):
        return text
    return _in_english(bare, reader) if language.partition("-")[0].lower() == "en" else bare


@functools.lru_cache(maxsize=1 << 15)
def _in_english(text: str, reader: str) -> str:
    # A phrase is asked for at each rate that may be spoken.
    text = without_capitals(text)
    for rule in RULES:
        if reader in rule.needed_by:
            text = rule.pattern.sub(rule.said, text)
    return " ".join(text.split())


# --- signs ---

_NAMED_SIGNS = "°©"
"""Signs that a reader says by a name that a person would say too."""

_ARROW = re.compile(r"(?<=\w) ?[←-⇿➔-➾⟵-⟿] ?(?=\w)")


@functools.lru_cache(maxsize=1 << 15)
def _without_signs(text: str) -> str:
    """Return a phrase without emoji, ticks, stars and arrows, which engines name aloud."""
    if text.isascii():
        return text
    if any("\u1e00" <= letter <= "\u1eff" for letter in text):
        text = "".join(_plain(letter) if "\u1e00" <= letter <= "\u1eff" else letter for letter in text)
    text = _ARROW.sub(", ", text.replace("\u02bc", "’"))
    kept = "".join(" " if _is_sign(character) else character for character in text)
    return text if kept == text else re.sub(r" +(?=[.,:;!?…”’)]|$)", "", " ".join(kept.split()))


def _plain(letter: str) -> str:
    """Return a letter with two marks, as Vietnamese has them, without any: English readers spell it out."""
    return unicodedata.normalize("NFD", letter)[0]


def _is_sign(character: str) -> bool:
    if character in _NAMED_SIGNS:
        return False
    variation = "\ufe00" <= character <= "\ufe0f" or character in "\u200d\u20e3\u2022\u2023\u2043"
    arrow = "←" <= character <= "⇿" or "⟵" <= character <= "⟿"
    skin = "\U0001f3fb" <= character <= "\U0001f3ff"
    return variation or arrow or skin or unicodedata.category(character) == "So"


# --- numbers ---

_MONTHS = (
    "January February March April May June July August September October November December"
).split()  # fmt: skip
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"Sept": "September"}
_MONTH = "|".join([*_MONTHS, *(rf"{short}\.?" for short in sorted(_SHORT_MONTHS, key=len, reverse=True))])
_DAYS = {"Mon": "Monday", "Tues": "Tuesday", "Tue": "Tuesday", "Wed": "Wednesday", "Thurs": "Thursday", "Thur": "Thursday",
         "Thu": "Thursday", "Fri": "Friday"}  # fmt: skip
_DATED = _DAYS | _SHORT_MONTHS
_YEAR = r"(?:1[01-9]|20)\d\d"
_BEFORE_YEARS = r"\b(?:[Ii]n|[Ss]ince|[Bb]y|[Uu]ntil|[Ff]rom|[Bb]efore|[Aa]fter|[Aa]round|[Yy]ear)"
_BEFORE_DAYS = "[Oo]n|[Ss]ince|[Bb]y|[Uu]ntil|[Tt]ill|[Ff]rom|[Bb]efore|[Aa]fter|[Oo]f"
_AMOUNT = r"\d+(?:,\d{3})*"
_NUMBER = rf"{_AMOUNT}(?:\.\d+)?"
_TO = r" ?[–-] ?"


def _number(written: str) -> str:
    """Return a number in words: `1,234` or `3.5`."""
    whole, _, part = written.replace(",", "").partition(".")
    said = str(num2words(int(whole))).replace(",", "").replace(" and ", " ")
    return f"{said} point {_digits(part, 'zero')}" if part else said


def _digits(written: str, nought: str = "oh") -> str:
    return " ".join(nought if digit == "0" else str(num2words(int(digit))) for digit in written if digit.isdigit())


def _ordinal(written: str) -> str:
    return str(num2words(int(written.replace(",", "")), to="ordinal")).replace(",", "").replace(" and ", " ")


def _year(digits: str) -> str:
    return str(num2words(int(digits), to="year")).replace(" and ", " ").replace("oh-", "oh ")


def _lone_year(found: re.Match[str]) -> str:
    before, digits, things = found.groups()
    return f"{before or ''}{_year(digits)}" if before or not things else found.group()


def _decade(found: re.Match[str]) -> str:
    said = _year(found[1]) if found[1] != "2000" else "two thousand"
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


def _short_decade(found: re.Match[str]) -> str:
    return f"{found[1]}{_number(found[2])[:-1]}ies" if found[2] != "10" else f"{found[1]}tens"


# --- dates ---


def _month(name: str) -> str:
    return _SHORT_MONTHS.get(name.rstrip("."), name)


def _date(year: str, month: str, day: str) -> str | None:
    if not (1 <= int(month) <= len(_MONTHS) and 1 <= int(day) <= 31):
        return None
    return f"{_MONTHS[int(month) - 1]} {_ordinal(day)}, {_year(year)}"


def _iso_date(found: re.Match[str]) -> str:
    return _date(found[1], found[2], found[3]) or found.group()


def _slash_date(found: re.Match[str]) -> str:
    return _date(found[3], found[1], found[2]) or _date(found[3], found[2], found[1]) or found.group()


def _point_date(found: re.Match[str]) -> str:
    day, month, year = found.groups()
    if not (1 <= int(month) <= len(_MONTHS) and 1 <= int(day) <= 31):
        return found.group()
    return f"{_ordinal(day)} of {_MONTHS[int(month) - 1]} {_year(year)}"


def _day_month(found: re.Match[str]) -> str:
    before, day, month, digits = found.groups()
    if not 1 <= int(day) <= 31:
        return found.group()
    year = f" {_year(digits)}" if digits else ""
    return f"{f'{before} the ' if before else ''}{_ordinal(day)} of {_month(month)}{year}"


def _month_day(found: re.Match[str]) -> str:
    if not 1 <= int(found[2]) <= 31:
        return found.group()
    year = f", {_year(found[3])}" if found[3] else ""
    return f"{_month(found[1])} {_ordinal(found[2])}{year}"


# --- times of day ---

_HALF = r"([AaPp])(?:\.[Mm]\.|[Mm]\b)"
_ENDS = r"(?P<end>(?<=\.)(?:[\"”’')]*$|(?= [\"“]?[A-Z](?!\.))))?"
"""After an abbreviation with full stops: where a sentence ends with it, its last one stays."""


def _half_day(letter: str, found: re.Match[str]) -> str:
    return f" {letter.upper()}M" + ("." + found["end"] if found["end"] is not None else "")


def _clock(found: re.Match[str]) -> str:
    hour, minutes, half = found[1], found[2], found[3]
    after = _half_day(half, found) if half else ""
    if minutes == "00":
        return f"{_number(hour)}{after}" if half else f"{_number(hour)} o'clock"
    return f"{_number(hour)} {'oh ' if minutes[0] == '0' else ''}{_number(minutes)}{after}"


def _hour(found: re.Match[str]) -> str:
    return f"{_number(found[1])}{_half_day(found[2], found)}"


def _hours(found: re.Match[str]) -> str:
    first = f" {found[2].upper()}M" if found[2] else ""
    return f"{_number(found[1])}{first} to {found[3]}"


# --- money, units, fractions ---

_MONEY = {"$": ("dollar", "dollars"), "£": ("pound", "pounds"), "€": ("euro", "euros"), "¥": ("yen", "yen")}
_SCALES = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "bn": "billion", "B": "billion"}
_UNITS = {
    "km": "kilometer", "kg": "kilogram", "cm": "centimeter", "mm": "millimeter", "min": "minute", "mins": "minute",
    "hrs": "hour", "hr": "hour", "ml": "milliliter", "mg": "milligram", "mph": "mile per hour", "lb": "pound",
    "lbs": "pound", "oz": "ounce", "sec": "second", "secs": "second", "s": "second", "km/h": "kilometer per hour",
    "ft": "foot", "tbsp": "tablespoon", "tsp": "teaspoon", "m": "meter", "g": "gram", "GB": "gigabyte", "MB": "megabyte",
    "°C": "degree Celsius", "°F": "degree Fahrenheit", "°": "degree", "x": "time", "×": "time",
}  # fmt: skip
_PLURALS = {
    "mile per hour": "miles per hour", "kilometer per hour": "kilometers per hour", "foot": "feet", "inch": "inches",
    "degree Celsius": "degrees Celsius", "degree Fahrenheit": "degrees Fahrenheit",
}  # fmt: skip
_PARTS = {2: "half", 4: "quarter"}
_SIGNS = {sign: unicodedata.normalize("NFKC", sign).replace("\u2044", "/") for sign in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}


def _either(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _money(found: re.Match[str]) -> str:
    sign, low, whole, part, scale = found.groups()
    one, many = _MONEY[sign]
    low = f"{_number(low)} to " if low else ""
    if scale:
        return f"{low}{_number(f'{whole}.{part}' if part else whole)} {_SCALES.get(scale, scale)} {many}"
    said = f"{low}{_number(whole)} {one if whole == '1' and not low else many}"
    return f"{said} {_number(part)}" if part and part != "00" else said


def _unit(found: re.Match[str]) -> str:
    minus, low, number, unit = found[1], found[2], found[3], _UNITS[found[4]]
    said = f"{_number(low)} to {_number(number)}" if low else _number(number)
    one = number == "1" and not low
    return f"{'minus ' if minus else ''}{said} {unit if one else _PLURALS.get(unit, f'{unit}s')}"


def _feet_and_inches(found: re.Match[str]) -> str:
    return f"{_number(found[1])} {'foot' if found[1] == '1' else 'feet'} {_number(found[2])} inch{'' if found[2] == '1' else 'es'}"


def _fraction(found: re.Match[str]) -> str:
    whole, above, below = found[1], int(found[2]), int(found[3])
    if not 0 < above < below <= 10:
        return found.group()
    part = _PARTS.get(below) or _ordinal(str(below))
    said = f"{'one' if part == 'eighth' else 'a'} {part}" if above == 1 else f"{_number(found[2])} {part}s"
    return f"{_number(whole)} and {said}" if whole else said


def _range(found: re.Match[str]) -> str:
    return f"{found[1]} to {found[2]}"


# --- Roman numerals, scripture, names ---

_NUMBERED = "Chapter|Part|Book|Volume|Act|Scene|Canto|Psalm|Section|World War|Appendix|Lesson|Stage|Figure"
_NUMBERED_SHORT = {"Vol": "volume", "Ch": "chapter", "Pt": "part", "Bk": "book", "Fig": "figure", "Sec": "section"}
_REIGNING = (
    "Henry|Louis|Charles|George|Edward|James|William|Richard|Elizabeth|Mary|Philip|Frederick|Peter|Catherine|Nicholas|"
    "Alexander|Napoleon|Francis|Pius|John|Paul|Benedict|Leo|Gregory|Innocent|Clement|Urban|Boniface|Otto|Ramesses"
)
_ROMAN = r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_BOOKS = (
    "Genesis|Exodus|Leviticus|Numbers|Deuteronomy|Joshua|Judges|Ruth|Samuel|Kings|Chronicles|Ezra|Nehemiah|Esther|Job|"
    "Psalms?|Proverbs|Ecclesiastes|Isaiah|Jeremiah|Lamentations|Ezekiel|Daniel|Hosea|Joel|Amos|Jonah|Micah|Matthew|"
    "Mark|Luke|John|Acts|Romans|Corinthians|Galatians|Ephesians|Philippians|Colossians|Thessalonians|Timothy|Titus|"
    "Hebrews|James|Peter|Jude|Revelation"
)
_HOST = re.compile(r"\.(?:com|org|net|edu|gov|io|info|co|uk|de|fr|app|fm|me|tv|us|ca|au)(?:/|$)")
_TWO_BOOKS = "Samuel|Kings|Chronicles|Corinthians|Thessalonians|Timothy|Peter|John"
_PLACES = frozenset({"US", "USA", "UK", "UN", "EU", "DC", "LA", "NY", "NYC"})
_OPENERS = "|".join(
    (
        "A An And As At Before But Each Every For He Her Here His How I If In It Its Let Many Most My No Not Now On One "
        "Or Our She So Some Such That The Their Then There These They This Those To Today We What When Where While Who "
        "Why With Yes You Your"
    ).split()
)
"""Words that begin a sentence and no name."""

_BEFORE_NAMES = {
    "Prof": "Professor", "Ms": "Mizz", "Rev": "Reverend", "Capt": "Captain", "Gen": "General", "Dr": "Doctor",
    "Mr": "Mister", "Mrs": "Missus", "St": "Saint", "Mt": "Mount", "Sgt": "Sergeant", "Lt": "Lieutenant",
    "Col": "Colonel", "Fr": "Father", "Sr": "Sister", "Hon": "Honorable",
}  # fmt: skip
_AFTER_NAMES = {"Jr": "Junior", "Sr": "Senior"}
_ABBREVIATIONS = {"vs": "versus", "approx": "approximately", "i.e": "that is", "e.g": "for example", "cf": "compare"}


def _roman(letters: str) -> str:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50}[letter] for letter in letters.upper()]
    return str(sum(-value if value < max(values[place:]) else value for place, value in enumerate(values)))


def _numbered(found: re.Match[str]) -> str:
    return f"{found[1]} {_number(_roman(found[2]))}"


def _reigning(found: re.Match[str]) -> str:
    return f"{found[1]} the {_ordinal(_roman(found[2]))}"


_PATH_WORDS = {"/": " slash ", ".": " dot ", "-": " ", "_": " underscore ", "@": " at ", "+": " plus "}


def _spelled_path(address: str) -> str:
    return " ".join("".join(_PATH_WORDS.get(sign, sign) for sign in address.strip("/")).split())


def _host(found: re.Match[str]) -> str:
    known = found[0].startswith(("http", "www.")) or _HOST.search(found[1])
    return _spelled_path(found[1]) if known else found.group()


def _mail(found: re.Match[str]) -> str:
    return _spelled_path(found.group())


def _verse(found: re.Match[str]) -> str:
    book, chapter, first, last = found.groups()
    return f"{book} {_number(chapter)} {_number(first)}" + (f" to {_number(last)}" if last else "")


def _cased(written: str, word: str) -> str:
    return word.capitalize() if written[0].isupper() else word


def _initials(found: re.Match[str]) -> str:
    return found[0].replace(". ", " ").replace(".", " ").rstrip() + " "


def _letters(found: re.Match[str]) -> str:
    """Return `US` for `U.S.`, and `J R R` for `J.R.R.` before a name."""
    letters = found[1].replace(".", "")
    if found["end"] is not None:
        return f"{letters}.{found['end']}"
    named = letters not in _PLACES and re.match(r" [A-Z][a-z]", found.string[found.end() :])
    return " ".join(letters) if named else letters


def _etc(found: re.Match[str]) -> str:
    return "etc" + ("." + found["end"] if found["end"] is not None else "")


def _aside(found: re.Match[str]) -> str:
    return f", {found[1]}" + ("" if found[2] else ", ")


_COMPARED = {"≠": "is not", "≤": "is at most", "≥": "is at least", "≈": "is about"}


def _formula(found: re.Match[str]) -> str:
    parts = (_number(unicodedata.normalize("NFKC", part)) if part in "₀₁₂₃₄₅₆₇₈₉" else part for part in found[0])
    return " ".join(parts)


_OBJECTS = "(?:your|the|my|our|his|her|their|its|it|them|this|that|these|those|both|a|an|all)"
_FIRST = r"(?:^|(?<=[.!?,;:…“”] )|(?<=\b(?:to|or) )|(?<=\b(?:and|may|can|now) )|(?<=\b(?:then|will|must) )|(?<=\b[Gg]ently )|(?<=\b[Ss]lowly )|(?<=\b[Ss]oftly ))"
"""Where an imperative or an infinitive stands."""

_HOMOGRAPHS = (
    Rule("homograph", re.compile(rf"{_FIRST}([Cc])lose(?= {_OBJECTS}\b)"), r"\1loze"),
    Rule("homograph", re.compile(r"(\b[Ll]et (?:it|them|(?:the|your) \w+) )close\b"), r"\1cloze"),
    Rule("homograph", re.compile(rf"{_FIRST}([Bb])ow(?= (?:{_OBJECTS}|to|down|before|gently|slowly|once|again)\b)"), r"\1ough", _ESPEAK),
    Rule("homograph", re.compile(r"\b((?:[Tt]ake|[Mm]ake|[Ww]ith|[Gg]ive) an?(?: \w+)? )bow\b(?! and arrow)"), r"\1bough"),
    Rule("homograph", re.compile(r"\b((?:ship|boat)['’]s )bow\b"), r"\1bough"),
    Rule("homograph", re.compile(rf"{_FIRST}([Ww])ind(?= (?:{_OBJECTS}|down|up)\b)"), r"\1ined", _ESPEAK),
    Rule("homograph", re.compile(r"\b((?:[Ss]?[Hh]e|[Tt]hey|[Ww]e|I|it|path|road|river) )wound(?= (?:the|her|his|its|their|around|through|down)\b)"), r"\1wowned", _ESPEAK),
    Rule("homograph", re.compile(rf"{_FIRST}([Uu])se(?= {_OBJECTS}\b)"), lambda m: "Yooz" if m[1] == "U" else "yooz", _ESPEAK),
    Rule("homograph", re.compile(rf"^Live(?! (?:music|bird|show|concert|broadcast|from)\b)"), "Liv"),
    Rule("homograph", re.compile(r"\b(Yesterday (?:I|we|she|he|they|you) )read\b"), r"\1red", _ESPEAK),
    Rule("homograph", re.compile(r"\b((?:[Hh]e|[Ss]he) )read\b(?! ?-)"), r"\1red", _ESPEAK),
    Rule("homograph", re.compile(r"\b((?:I|[Ww]e|[Tt]hey|[Yy]ou) )read(?= .*\b(?:yesterday|last|ago|once)\b)"), r"\1red", _ESPEAK),
    Rule("homograph", re.compile(r"(?<=\b[Aa] )lead(?= (?:weight|pipe|pencil|ball|box)s?\b)|(?<=\b[Tt]he )lead(?= (?:weight|pipe|pencil|ball)s?\b)"), "led"),
    Rule("homograph", re.compile(rf"{_FIRST}([Ss])eparate(?= {_OBJECTS}\b)"), r"\1epparait", _ESPEAK),
    Rule("homograph", re.compile(rf"{_FIRST}([Rr])ecord(?= {_OBJECTS}\b)"), r"\1ecawrd", _ESPEAK),
    Rule("homograph", re.compile(rf"{_FIRST}([Pp])resent(?= (?:your|our|my|the|her|him|them)\w*\b)"), r"\1rezent"),
    Rule("homograph", re.compile(rf"{_FIRST}([Cc])onduct(?= {_OBJECTS}\b)"), r"\1unduct", _ESPEAK),
    Rule("homograph", re.compile(rf"{_FIRST}([Pp])olish(?= {_OBJECTS}\b)"), r"\1ahlish"),
    Rule("homograph", re.compile(rf"{_FIRST}([Ee])xcuse(?= (?:me|us|the|my|your)\b)"), r"\1xcuze", _ESPEAK),
    Rule("homograph", re.compile(r"\b(I|[Ww]e|[Yy]ou) used to\b"), r"\1 yoost to", _ESPEAK),
)

RULES: tuple[Rule, ...] = (
    Rule("address", re.compile(r"\b[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b"), _mail),
    Rule("address", re.compile(r"(?<![@\w.])(?:https?://)?(?:www\.)?((?:[\w-]+\.)+[a-z]{2,}(?:/[\w/.#?=&%~-]*)?)(?<![.,])"), _host),
    Rule("stop", re.compile(r" ?(?:\.{3,}|\. \. \.)"), "…"),
    Rule("date", re.compile(rf"\b({_YEAR})-(\d\d)-(\d\d)\b"), _iso_date),
    Rule("date", re.compile(rf"\b(\d\d?)/(\d\d?)/({_YEAR})\b"), _slash_date),
    Rule("date", re.compile(rf"\b(\d\d?)\.(\d\d?)\.({_YEAR})\b"), _point_date),
    Rule(
        "date",
        re.compile(rf"\b(?:({_BEFORE_DAYS}) )?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTH})(?:,? ({_YEAR}))?\b(?!\w)"),
        _day_month,
    ),
    Rule(
        "date",
        re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? ({_YEAR}))?\b(?![:.]\d| \d)"),
        _month_day,
    ),
    Rule(
        "money",
        re.compile(
            rf"([$£€¥])(?:({_AMOUNT}){_TO})?({_AMOUNT})(?:\.(\d\d?))?"
            rf"(?: ?((?:hundred|thousand|million|billion|trillion)\b|(?:{_either(_SCALES)})\b))?"
        ),
        _money,
    ),
    Rule("money", re.compile(r"\b(\d+)¢"), lambda m: f"{_number(m[1])} cent{'' if m[1] == '1' else 's'}"),
    Rule("scripture", re.compile(r"\bPs\. ?(?=\d)"), "Psalm "),
    Rule("scripture", re.compile(rf"\b([123]) (?=(?:{_TWO_BOOKS}) \d)"), lambda m: f"{_ordinal(m[1]).capitalize()} "),
    Rule("scripture", re.compile(rf"\b({_BOOKS}) (\d+):(\d+)(?:{_TO}(\d+))?\b"), _verse),
    Rule("time", re.compile(rf"\b(\d\d?(?::\d\d)?) ?(?:([AaPp])[Mm])?{_TO}(\d\d?(?::\d\d)? ?[AaPp]\.?[Mm]\b)"), _hours),
    Rule("time", re.compile(rf"\b(1?\d|2[0-3])[:.](00|0[1-9]|[1-5]\d) ?{_HALF}{_ENDS}"), _clock),
    Rule("time", re.compile(rf"\b(1?\d) ?{_HALF}{_ENDS}"), _hour),
    Rule("time", re.compile(r"(?<=\b[Aa]t )(\d\d?)\.([0-5]\d)\b(?! ?[%°]|[.,]\d)"), r"\1:\2"),
    Rule("time", re.compile(r"\b(\d\d?)\.([0-5]\d)(?= when\b)"), r"\1:\2"),
    Rule("time", re.compile(rf"\b(1?\d|2[0-3]):(00|0[1-9]|[1-5]\d)(?P<half>(?!))?(?P<end>(?!))?(?![:\d])"), _clock),
    Rule("time", re.compile(r"\b0(\d)00(?= hours\b)"), lambda m: f"oh {_number(m[1])} hundred"),
    Rule("year", re.compile(rf"\b({_YEAR})[–-]({_YEAR})\b"), lambda m: f"{_year(m[1])} to {_year(m[2])}"),
    Rule("decade", re.compile(r"\b((?:1[1-9]|20)\d0)s\b"), _decade),
    Rule("decade", re.compile(r"\b((?:the|his|her|their|your|my|our|early|late|mid)[ -])['’]?([1-9]0)s\b"), _short_decade),
    Rule("phone", re.compile(r"(?<![\d-])(?:(\d{3})-)?(\d{3})-(\d{4})(?![\d-])"), lambda m: ", ".join(map(_digits, filter(None, m.groups())))),
    Rule("pattern", re.compile(r"(?<![\d-])\d{1,2}(?:-\d{1,2}){2,}(?![\d-])"), lambda m: " ".join(map(_number, m[0].split("-")))),
    Rule("abbreviation", re.compile(r"\b24/7\b"), "twenty-four seven"),
    Rule("fraction", re.compile(rf"(\d?) ?([{''.join(_SIGNS)}])"), lambda m: f"{m[1]} {_SIGNS[m[2]]}".lstrip() if m[1] else f" {_SIGNS[m[2]]}"),
    Rule("fraction", re.compile(r"\b(\d\d?)/10(?=[.!?]|$)"), lambda m: f"{_number(m[1])} out of ten"),
    Rule("fraction", re.compile(r"(?<![/\d])(?:(\d+) )?(\d\d?)/(\d\d?)(?![/\d])"), _fraction),
    Rule("unit", re.compile(r"\b(\d+) ?(?:ft|′|') ?(\d+) ?in\b"), _feet_and_inches),
    Rule(
        "unit",
        re.compile(rf"(?<![\w.,/-])([-−])?(?:({_NUMBER}){_TO})?({_NUMBER}) ?({_either(_UNITS)})(?![\w°/])(?:\.(?= [a-z]))?"),
        _unit,
    ),
    Rule("unit", re.compile(r"(?<![\w.])(\d{1,3})C\b"), lambda m: f"{_number(m[1])} degrees Celsius"),
    Rule("percent", re.compile(rf"\b({_NUMBER}){_TO}({_NUMBER})(?= ?%)"), _range),
    Rule("percent", re.compile(rf"\b({_NUMBER}) ?%"), lambda m: f"{_number(m[1])} percent"),
    Rule("range", re.compile(r"(?<![\d.,/-])(\d{1,4}) ?[–-] ?(\d{1,4})(?![\d/-]|[.,]\d)"), _range),
    Rule("range", re.compile(r"(?<=\d)-(?=[a-z])"), " "),
    Rule("version", re.compile(r"(?<=[Vv]ersion )(\d+(?:\.\d+)+)"), lambda m: " point ".join("oh" if p == "0" else _number(p) for p in m[1].split("."))),
    Rule("abbreviation", re.compile(r"(?<![\w&])#(?=\d)"), "number "),
    Rule("abbreviation", re.compile(r"\b[Nn]os?\. ?(?=\d)"), "number "),
    Rule("abbreviation", re.compile(r"\bpp\. ?(?=\d)"), "pages "),
    Rule("abbreviation", re.compile(r"\bp\. ?(?=\d)"), "page "),
    Rule(
        "abbreviation",
        re.compile(rf"\b((?i:{_either(_NUMBERED_SHORT)}))\. ?(?=[IVXL\d]+\b)"),
        lambda m: _cased(m[1], _NUMBERED_SHORT[m[1].capitalize()]) + " ",
    ),
    Rule("roman", re.compile(rf"\b({_NUMBERED}) ((?=[ivxl])(?:xl|l?x{{0,3}})(?:ix|iv|v?i{{0,3}}))(?!['’]?\w)"), _numbered),
    Rule("roman", re.compile(rf"\b({_NUMBERED}) (?!I\b(?! ?[.,:;?!—–-]|$))({_ROMAN})(?!['’]?\w)"), _numbered),
    Rule("roman", re.compile(rf"\b({_REIGNING}) (?=[IVXL]{{2}})({_ROMAN})(?!\w|['’][^s])"), _reigning),
    Rule("roman", re.compile(rf"^(?=[IVX]+\.)({_ROMAN})\.(?! [A-Z]\.)"), lambda m: f"{_number(_roman(m[1])).capitalize()}."),
    Rule("roman", re.compile(r"\bWW(II?)\b"), lambda m: f"World War {_number(str(len(m[1])))}"),
    Rule("title", re.compile(rf"\b({_either(_BEFORE_NAMES)})\.(?= [A-Z])"), lambda m: _BEFORE_NAMES[m[1]]),
    Rule("title", re.compile(r"\b(Dr|Mr|Mrs|Ms|Prof|St|Mt)(?= [A-Z])"), lambda m: _BEFORE_NAMES[m[1]]),
    Rule("title", re.compile(rf"(?<=[a-z]),? ({_either(_AFTER_NAMES)})\.(?= [a-z]|,)"), lambda m: f" {_AFTER_NAMES[m[1]]}"),
    Rule("title", re.compile(rf"(?<=[a-z]),? ({_either(_AFTER_NAMES)})\b"), lambda m: f" {_AFTER_NAMES[m[1]]}"),
    Rule("abbreviation", re.compile(r"(?<=[a-z] )St\.(?= [a-z])"), "Street"),
    Rule("abbreviation", re.compile(r"(?<=[a-z] )St\.(?! [A-Z])"), "Street"),
    Rule("abbreviation", re.compile(rf"\b({_either(_DATED)})\.?{_TO}({_either(_DATED)})\b\.?"), lambda m: f"{_DATED[m[1]]} to {_DATED[m[2]]}"),
    Rule("abbreviation", re.compile(rf"\b({_either(_DATED)})\.(?= [a-z\d]|[,;])"), lambda m: _DATED[m[1]]),
    Rule("abbreviation", re.compile(rf"\b({_either(_ABBREVIATIONS)})\.(?=,?\s)"), lambda m: _ABBREVIATIONS[m[1]]),
    Rule("abbreviation", re.compile(r"\bvs\b(?!\.)"), "versus"),
    Rule("abbreviation", re.compile(rf"\betc\.{_ENDS}"), _etc),
    Rule("abbreviation", re.compile(r"\band/or\b"), "and or"),
    Rule("abbreviation", re.compile(r"\b(s?he|his|him|her)/(s?he|his|him|hers?)\b"), r"\1 or \2"),
    Rule("abbreviation", re.compile(r"\bw/o\b"), "without"),
    Rule("abbreviation", re.compile(r"\bw/ ?(?=\w)"), "with "),
    Rule("initials", re.compile(r"\bPh\. ?D\."), "PhD"),
    Rule(
        "initials",
        re.compile(rf"\b((?:[A-Z]\.){{2,}})(?![A-Z]\.?)(?P<end>[\"”’')]*$|(?= [\"“]?(?:{_OPENERS})\b))?"),
        _letters,
    ),
    Rule("initials", re.compile(rf"(?<![\w.'’])(?:[A-Z]\. ?){{2,}}(?=(?!(?:{_OPENERS})\b)[A-Z][a-z])"), _initials),
    Rule(
        "initials",
        re.compile(rf"(?<=[a-z] )(?<!Plan )(?<!Vitamin )(?<!vitamin )(?<!Type )(?<!type )(?<!Group )(?<!Step )(?<!Part )(?<!Grade )(?<!Class )(?<!Option )(?<!Point )(?<!Figure )(?<!Hepatitis )(?!I\.)[A-Z]\. (?=(?!(?:{_OPENERS})\b)[A-Z][a-z])"),
        _initials,
    ),
    Rule("aside", re.compile(r"(?<=\w[.!?…”’\"')]|\w\w|\w[,;:]|.[\w°%]) ?(?:—|--+) ?(?=[\w“\"‘'(])|(?<=\S) (?:–|-) (?=[\w“\"])"), ", "),
    Rule("aside", re.compile(r"\(([^()]*[.!?…])\)"), r"\1"),
    Rule("aside", re.compile(r"(?:^|(?<=[.!?…] ))\(([^()]*\w)\) (?=\w)"), r"\1, "),
    Rule("aside", re.compile(r"(?<=[\w,”’]) ?\(([^()]*\w)\)(?:(?=([,.;:!?…]|$))| )"), _aside),
    Rule("aside", re.compile(r"(?<=[,;:]), "), " "),
    Rule(
        "year",
        re.compile(
            rf"({_BEFORE_YEARS} )?(?<![\d.,:/-])({_YEAR})\b(?![\d%°/:-]|[.,]\d)(?=( (?!(?:was|is|has|as)\b)[a-z]+s\b)?)"
        ),
        _lone_year,
    ),
    Rule("ordinal", re.compile(rf"\b({_AMOUNT})(?:st|nd|rd|th)\b"), lambda m: _ordinal(m[1])),
    Rule("number", re.compile(rf"(?<![\w.,:/-])-(?={_NUMBER})"), "minus "),
    Rule("number", re.compile(rf"(?<![\w.,:/+*=-])({_NUMBER})(?![\w:/+*=-]|[.,]\d)"), lambda m: _number(m[1])),
    Rule("sign", re.compile(r"(?<=\d)²"), " squared"),
    Rule("sign", re.compile(r"\b(?:[A-Z]{1,2}[₀-₉]+)+[A-Z]{0,2}(?!\w)"), _formula),
    Rule("sign", re.compile(r" ?([≠≤≥≈]) ?"), lambda m: f" {_COMPARED[m[1]]} "),
    Rule("contraction", re.compile(r"(?<!\w)['’‘](?=(?:[Tt]is|[Tt]was|[Tt]ill?)\b)"), ""),
    Rule("contraction", re.compile(r" ['’‘]n['’] "), " and "),
    *_HOMOGRAPHS,
)
"""In their order: what one rule has put into words, the next ones leave alone."""
