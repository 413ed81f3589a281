"""The files in `forms/`: what is said for written numbers, dates, times and the rest, a file for each language."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

import msgspec
from msgspec import Struct

_FOLDER = resources.files("audio_builder.voices.spoken") / "forms"


class Clock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a time of day is said; `{h}` and `{m}` are its numbers as they are said.

    Attributes:
        whole: at a full hour.
        with_minutes: at any other time.
        quarter: at a quarter past; empty for `with_minutes`.
        half: at half past; empty for `with_minutes`.
        signs: what may stand between hours and minutes, as a regular expression.
        alone: what may stand after an hour without minutes, likewise.
        late: in the first hour of the day and from 13 on; empty for the others.
        hours: a plural in these words, and what it is with none or one, if any.
        swallows: what may follow and is in the words already, as a regular expression.
        nought: what stands before minutes below ten.
    """

    whole: str
    with_minutes: str
    quarter: str = ""
    half: str = ""
    late: str = ""
    hours: tuple[str, str] | None = None
    signs: str = ":"
    alone: str = ""
    swallows: str = ""
    nought: str = ""


class SpokenForms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the folder `forms/`. What is empty isn't changed.

    Attributes:
        written: regular expressions for what is written, and what becomes of it before anything else.
        numbers: the language by num2words' name, `zh` for our own rules; empty to leave figures to the reader.
        digits: from nought to nine, where they are read one by one; empty for the numbers' own words.
        pairs: whether a telephone number is read in groups of two.
        plus: the word before a number above zero.
        times: the word between two numbers that are multiplied.
        point: the word before what is less than one.
        percent: what is said for a share, `{n}`.
        minus: the word before a number below zero.
        range: the word between two numbers.
        fraction: `{n}` of `{m}` parts, where it isn't in `fractions`; empty to leave it.
        fractions: what is said for some of them; with ` f` before a feminine noun, with ` +` joined to a whole number.
        mixed: a whole number `{n}` and a fraction `{f}`.
        millions: what stands between a million and what is counted.
        date: a date in figures, `{d}`, `{month}` and `{y}`.
        day: a day before the name of its month as written, `{d}` and `{month}`.
        first: the first of a month.
        months: the names of the twelve.
        clock: times of day.
        feminine: ends of a number and what they become for hours and before a feminine noun.
        masculine: the same before another noun.
        feminine_nouns: what is feminine, as a regular expression.
        ordinals: each written ordinal as a regular expression with its figures as the group, and what the ends of its
            word become, `END=BECOMES` between spaces.
        centuries: what has a Roman number, as a regular expression with it as the last group, and what is said, `{n}`
            `{o}` as an ordinal, `{r}` as one up to ten, and the other groups.
        money: a sign, with the words for one, for more, for one hundredth and for more of these.
        money_joined: what stands between the two, `{whole}` and `{part}`.
        units: a sign after a number, with the words for one and for more.
        abbreviations: what is said for them; one that ends in ` #` only before a figure.
        books: short names of the books of the Bible, each with the name that is said before chapter and verse.
        mends: regular expressions for what is said, and what becomes of it in the end.
        years: what stands before or after a year, as a regular expression with the year as the group `y`.
        half: what follows a noun of which there are so many and a half; for a masculine noun, for a feminine one.
        singular: ends of a plural as regular expressions, and what they are for one and a half.
        per: the word for the stroke between an amount and a time; empty to leave it.
        periods: the times that it stands before, as a regular expression.
        multiples: thousands and millions after an amount of money, likewise.
        either_or: how “and/or” is written.
        at: the name of the sign in a mail address; empty to leave addresses.
        dot: the name of the point in an address.
        book_numbers: what stands for the first to the third of several books of one name.
    """

    written: dict[str, str] = {}
    numbers: str = ""
    digits: tuple[str, ...] = ()
    pairs: bool = False
    plus: str = ""
    times: str = ""
    point: str
    percent: str
    minus: str
    range: str
    fraction: str = ""
    fractions: dict[str, str] = {}
    mixed: str = "{n} {f}"
    millions: str = " "
    date: str
    day: str = ""
    first: str = ""
    months: tuple[str, ...]
    clock: Clock
    feminine: dict[str, str] = {}
    masculine: dict[str, str] = {}
    feminine_nouns: str = ""
    ordinals: dict[str, str] = {}
    centuries: dict[str, str] = {}
    money: dict[str, tuple[str, ...]]
    money_joined: str = "{whole} {part}"
    units: dict[str, tuple[str, str]]
    abbreviations: dict[str, str] = {}
    books: dict[str, str] = {}
    mends: dict[str, str] = {}
    years: str = ""
    half: tuple[str, ...] = ()
    singular: dict[str, str] = {}
    per: str = ""
    periods: str = "(?!)"
    multiples: str = "(?!)"
    either_or: str = ""
    at: str = ""
    dot: str = ""
    book_numbers: tuple[str, ...] = ()


@functools.cache
def spoken_forms(language: str) -> SpokenForms | None:
    """Return the forms of a language, by its two letters; None for one that has no file."""
    file = _FOLDER / f"{language}.toml"
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), SpokenForms) if file.is_file() else None
