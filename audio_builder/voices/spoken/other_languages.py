"""What is said for written numbers, dates, times, money, units and abbreviations in other languages than English.

Each language is a file in `forms/`; the rules are the same for all. What a language's file doesn't name is left
to the reader: eSpeak NG reads whole numbers in Hindi, Open JTalk in Japanese, with their counters.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources

import msgspec
from msgspec import Struct
from num2words import num2words

from audio_builder.article.text import roman_number

_FOLDER = resources.files("audio_builder.voices.spoken") / "forms"
_LONGEST_NUMBER = 15
"""Digits; longer ones are left to the reader."""

_AMOUNT = r"(?:\d{1,3}(?:[. \u00a0\u202f]\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?!\d)"
"""A number with its groups of three, or without; a comma or a point before what is less than one."""

_TELEPHONE = 7
"""Digits of a number that are read one by one in Chinese, where they aren't in groups."""

_MILLIONS = re.compile(r"mil(?:lones|lón|hões|hão|lions?|ioni|ione)$")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,\s]\d{3})+(?!\d)")
_GAP = "[ \u00a0\u202f]?"
_BEFORE = r"(?<![A-Za-zÀ-ɏ\d.,/:_-])"
"""A figure that stands after one of these is a part of something else, such as an address or the name of a thing."""

_IN_A_ROW = r"(?<![\w.-])\d{1,2}(?:[–-]\d{1,2}){2,}(?![\w-])"
"""A pattern of breaths: 4-7-8."""

_FRACTION_SIGNS = re.compile("[¼½¾⅐-⅞]")
_MIXED = re.compile("(?<=\\d)(?=[¼½¾⅐-⅞])")
_CHINESE = "零一二三四五六七八九"

_Match = re.Match[str]
_Said = Callable[[_Match], str]
_Rule = tuple[str, _Said]
"""A regular expression for what is written, and what says a match of it."""


class Clock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a time of day is said; `{h}` and `{m}` are its numbers as they are said.

    Attributes:
        whole: at a full hour.
        with_minutes: at any other time.
        quarter: at a quarter past; empty for `with_minutes`.
        half: at half past; empty for `with_minutes`.
        signs: what may stand between hours and minutes, as a regular expression.
        alone: what may stand after an hour without minutes, likewise.
        swallows: what may follow and is in the words already, as a regular expression.
        nought: what stands before minutes below ten.
    """

    whole: str
    with_minutes: str
    quarter: str = ""
    half: str = ""
    signs: str = ":"
    alone: str = ""
    swallows: str = ""
    nought: str = ""


class SpokenForms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the folder `forms/`. What is empty isn't changed.

    Attributes:
        numbers: the language by num2words' name, `zh` for our own rules; empty to leave figures to the reader.
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
    """

    numbers: str = ""
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


@functools.cache
def spoken_forms(language: str) -> SpokenForms | None:
    """Return the forms of a language, by its two letters; None for one that has no file."""
    file = _FOLDER / f"{language}.toml"
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), SpokenForms) if file.is_file() else None


@functools.lru_cache(maxsize=1 << 14)
def in_spoken_forms(text: str, language: str) -> str:
    """Return a phrase with its written forms as they are said; unchanged in a language that has no file.

    Args:
        text: one phrase.
        language: its two letters.

    >>> in_spoken_forms("El 3 de marzo, a las 6:30.", "es")
    'El tres de marzo, a las seis y media.'
    """
    if not _rules(language):
        return text
    text = _FRACTION_SIGNS.sub(
        lambda found: unicodedata.normalize("NFKC", found[0]).replace("⁄", "/"), _MIXED.sub(" ", text)
    )
    text = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text)
    for pattern, said in _rules(language):
        text = pattern.sub(said, text)
    return " ".join(text.split())


@functools.cache
def _rules(language: str) -> tuple[tuple[re.Pattern[str], _Said], ...]:
    """Return the rules of a language in the order in which they are applied; none for one that has no file."""
    forms = spoken_forms(language)
    if forms is None:
        return ()
    rules = (*_words(forms), *_calendar(language, forms), *_counts(language, forms))
    return tuple((re.compile(written), said) for written, said in rules)


def _words(forms: SpokenForms) -> Iterator[_Rule]:
    """Yield the rules of abbreviations; one of a single letter is the initial of a name where another stands beside."""
    for written, said in forms.abbreviations.items():
        if written.endswith(" #"):
            yield rf"(?<!\w){re.escape(written.removesuffix(' #'))}(?={_GAP}\d)", functools.partial(_literally, said)
            continue
        alone = r"(?= [A-ZÀ-Ý][a-zà-ÿ])(?<![A-ZÀ-Ý]\. ..)" if re.fullmatch(r"[A-Z]\.", written) else r"(?!\w)"
        yield rf"(?<!\w){re.escape(written)}{alone}", functools.partial(_abbreviation, written, said)


def _calendar(language: str, forms: SpokenForms) -> Iterator[_Rule]:
    """Yield the rules of dates, times and ordinals."""
    teller = _Teller(language, forms)
    if forms.books:
        book = rf"(?<!\w)(?P<b>{_either(forms.books)})\.?"
        yield rf"{book}{_GAP}(?P<c>\d{{1,3}})[,:]{_GAP}(?P<v>\d{{1,3}})(?:[–-](?P<to>\d{{1,3}}))?(?!\d)", teller.verse
    yield r"(?<![\d/.-])(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?![\d/-])", teller.date
    yield r"(?<![\d/.-])(?P<d>\d{1,2})([/.])(?P<m>\d{1,2})\2(?P<y>\d{4})(?![\d/])", teller.date
    if forms.day:
        months = "|".join(forms.months)
        yield rf"{_BEFORE}(?P<d>[0-3]?\d)(?:º|°|er)?(?= (?:de )?(?i:{months})\b)", teller.day
    yield r"(?<![\d/.-])(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])", teller.date
    yield _clock_pattern(forms.clock), teller.clock
    yield from ((written, functools.partial(teller.century, said)) for written, said in forms.centuries.items())
    yield from ((written, functools.partial(teller.ordinal, ends)) for written, ends in forms.ordinals.items())


def _counts(language: str, forms: SpokenForms) -> Iterator[_Rule]:
    """Yield the rules of money, shares, ranges, units, years and all other numbers."""
    teller = _Teller(language, forms)
    money, units = _either(forms.money), _either(forms.units)
    yield _IN_A_ROW, teller.row
    part = r"(?P<f>(?P<n>\d{1,2})/(?P<m>\d{1,2}))(?![A-Za-z\d/])"
    yield rf"(?<![A-Za-z\d.,/-])(?:(?P<w>\d{{1,4}}) )?{part}(?=(?P<noun> ?\w+)?)", teller.fraction
    yield r"(?<![^\s(])[-−](?=\d)", lambda _found: f"{forms.minus} "
    yield rf"(?P<s>{money}){_GAP}(?P<n>{_AMOUNT})", teller.money
    yield rf"{_BEFORE}(?P<n>{_AMOUNT}){_GAP}(?P<s>{money})(?![A-Za-z])", teller.money
    yield rf"{_BEFORE}(?P<n>{_AMOUNT}){_GAP}%", teller.percent
    yield rf"{_BEFORE}(\d{{1,4}}) ?[–-] ?(?=\d{{1,4}}(?![\d–-]))", teller.range
    yield rf"{_BEFORE}(?P<n>{_AMOUNT}){_GAP}(?P<s>{units})(?![A-Za-z/])", teller.unit
    if forms.years:
        yield forms.years, teller.year
    if forms.numbers:
        yield rf"{_BEFORE}(?P<n>{_AMOUNT})(?!/\d)(?=(?P<noun> ?\w+)?)", teller.number
    else:
        yield r"(?<=\d),(?=\d{2,3}(?!\d))", lambda _found: ""
    yield from ((said, functools.partial(_mended, mended)) for said, mended in forms.mends.items())


def _either(signs: Iterable[str]) -> str:
    """Return a pattern for one of some signs, the longest first."""
    return "|".join(map(re.escape, sorted(signs, key=len, reverse=True)))


def _clock_pattern(clock: Clock) -> str:
    minutes = rf"(?:{clock.signs})(?P<m>[0-5]\d)(?![\d:]|[.,]\d)"
    either = f"(?:{minutes}|{clock.alone})" if clock.alone else minutes
    return rf"{_BEFORE}(?P<h>[01]?\d|2[0-4]){either}{clock.swallows}"


def _mended(mended: str, found: _Match) -> str:
    return found.expand(mended)


def _literally(said: str, _found: _Match) -> str:
    return said


def _abbreviation(written: str, said: str, found: _Match) -> str:
    at_end = written.endswith(".") and found.end() == len(found.string)
    return f"{said}." if at_end else said


class _Teller:
    """Says what the rules found, in one language."""

    def __init__(self, language: str, forms: SpokenForms) -> None:
        self.language = language
        self.forms = forms
        self.joint = "" if language in {"zh", "ja"} else " "

    def words(self, written: str, ends: Mapping[str, str] | None = None) -> str:
        """Return a number in words, its end as a noun needs it; as it is where the reader reads it."""
        grouped = _GROUPED.match(written) is not None
        digits = re.sub(r"[.,\s](?=\d{3})", "", written) if grouped else written
        whole, _, part = digits.replace(",", ".").partition(".")
        if len(whole) > _LONGEST_NUMBER or not (whole + part).isdecimal():
            return written
        one_by_one = self.forms.numbers == "zh" and len(whole) >= _TELEPHONE and not grouped
        said = self._year(whole) if one_by_one else self._whole(whole, ends or {})
        return f"{said}{self.joint}{self.forms.point}{self.joint}{self._part(part)}" if part else said

    def _whole(self, digits: str, ends: Mapping[str, str]) -> str:
        match self.forms.numbers:
            case "":
                return digits
            case "zh":
                said = chinese_number(int(digits))
                return ends.get(said, said)
            case name:
                said = str(num2words(int(digits), lang=name)).replace(",", "")
                return _with_end(said, ends)

    def _part(self, digits: str) -> str:
        if self.forms.numbers == "zh":
            return "".join(_CHINESE[int(digit)] for digit in digits)
        if not self.forms.numbers:
            return digits
        if digits.startswith("0") or len(digits) > 2:
            return " ".join(self._whole(digit, {}) for digit in digits)
        return self._whole(digits, {})

    def date(self, found: _Match) -> str:
        day, month = int(found["d"]), int(found["m"])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return found[0]
        # German has an ordinal there, which a later rule makes of the figures.
        said = str(day) if "{d}." in self.forms.date else self._day(str(day))
        return self.forms.date.format(d=said, month=self.forms.months[month - 1], y=self._year(found["y"]))

    def day(self, found: _Match) -> str:
        return self.forms.day.format(d=self._day(found["d"].lstrip("0") or "0"))

    def _day(self, digits: str) -> str:
        return self.forms.first if digits == "1" and self.forms.first else self.words(digits)

    def _year(self, digits: str) -> str:
        if self.forms.numbers == "zh":
            return "".join(_CHINESE[int(digit)] for digit in digits)
        if self.language == "de":
            return str(num2words(int(digits), lang="de", to="year"))
        if self.language == "hi" and digits.startswith("1"):
            return f"{digits[:2]} सौ" + (f" {int(digits[2:])}" if int(digits[2:]) else "")
        return self.words(digits)

    def year(self, found: _Match) -> str:
        return found[0].replace(found["y"], self._year(found["y"]))

    def clock(self, found: _Match) -> str:
        clock, minutes = self.forms.clock, int(found["m"] or 0)
        forms = {0: clock.whole, 15: clock.quarter, 30: clock.half}
        said = forms.get(minutes) or clock.with_minutes
        nought = clock.nought if 0 < minutes < 10 else ""
        hours = self.words(str(int(found["h"])), self.forms.feminine)
        return said.format(h=hours, m=nought + self.words(str(minutes)))

    def fraction(self, found: _Match) -> str:
        forms, written, whole = self.forms, found["f"], found["w"]
        feminine = self._is_feminine(found["noun"])
        known = forms.fractions.get(f"{written} f", "") if feminine else ""
        known = known or forms.fractions.get(written, "")
        if not known and forms.fraction:
            known = forms.fraction.format(n=self.words(found["n"]), m=self.words(found["m"]))
        if not known or not whole:
            return known or found[0]
        if joined := forms.fractions.get(f"{written} +", ""):
            return self.words(whole, forms.masculine) + joined
        return forms.mixed.format(n=self.words(whole, forms.feminine if feminine else forms.masculine), f=known)

    def verse(self, found: _Match) -> str:
        said = f"{self.forms.books[found['b']]} {self.words(found['c'])} {self.words(found['v'])}"
        return f"{said} {self.forms.range} {self.words(found['to'])}" if found["to"] else said

    def _is_feminine(self, noun: str | None) -> bool:
        return bool(self.forms.feminine_nouns and noun and re.match(self.forms.feminine_nouns, noun.strip()))

    def century(self, said: str, found: _Match) -> str:
        *before, roman = found.groups()
        value = roman_number(roman)
        cardinal, ordinal = self.words(str(value)), self._ordinal(str(value))
        return said.format(*before, n=cardinal, o=ordinal, r=ordinal if value <= 10 else cardinal)

    def _ordinal(self, digits: str) -> str:
        return str(num2words(int(digits), lang=self.forms.numbers, to="ordinal"))

    def ordinal(self, ends: str, found: _Match) -> str:
        return _with_end(self._ordinal(found[1]), dict(pair.split("=") for pair in ends.split()))

    def money(self, found: _Match) -> str:
        one, more, *parts = self.forms.money[found["s"]]
        number = found["n"]
        whole, cents = number, ""
        if parts and (small := re.fullmatch(r"(.*?)[.,](\d\d)", number)):
            whole, cents = small[1], small[2].lstrip("0")
        said = self._counted(whole, one, more)
        return self.forms.money_joined.format(whole=said, part=self._counted(cents, *parts)) if cents else said

    def unit(self, found: _Match) -> str:
        one, more = self.forms.units[found["s"]]
        return self._counted(found["n"], one, more)

    def _counted(self, number: str, one: str, more: str) -> str:
        noun = one if number == "1" else more
        ends = self.forms.feminine if self._is_feminine(noun) else self.forms.masculine
        said = self.words(number, ends)
        if not _MILLIONS.search(said):
            return f"{said}{self.joint}{noun}"
        joined = self.forms.millions
        return (
            f"{said}{joined.replace('e ', chr(39)) if self.language == 'fr' and noun[0] in 'aeiouéh' else joined}{noun}"
        )

    def percent(self, found: _Match) -> str:
        return self.forms.percent.format(
            n=self.words(found["n"], self.forms.masculine if self.language == "de" else {})
        )

    def row(self, found: _Match) -> str:
        return ("、" if not self.joint else ", ").join(re.split("[–-]", found[0]))

    def range(self, found: _Match) -> str:
        return f"{found[1]}{self.joint}{self.forms.range}{self.joint}"

    def number(self, found: _Match) -> str:
        noun = (found["noun"] or "").strip()
        if not noun or noun[0].isdigit() or found.string[: found.start()].endswith("第"):
            return self.words(found["n"])
        return self.words(found["n"], self.forms.feminine if self._is_feminine(noun) else self.forms.masculine)


def _with_end(said: str, ends: Mapping[str, str]) -> str:
    for end, becomes in ends.items():
        if said.endswith(end):
            return said.removesuffix(end) + becomes
    return said


def chinese_number(number: int) -> str:
    """Return a whole number as it is read in Chinese.

    >>> chinese_number(12), chinese_number(1952), chinese_number(20_305)
    ('十二', '一千九百五十二', '二万零三百零五')
    """
    if number == 0:
        return _CHINESE[0]
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    said = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group:
            gap = _CHINESE[0] if said and (group < 1000 or said.endswith(_CHINESE[0])) else ""
            said += f"{gap}{_chinese_thousands(group)}{['', '万', '亿', '兆'][place]}"
    return said.removeprefix("一") if said.startswith("一十") else said


def _chinese_thousands(group: int) -> str:
    said, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, group = divmod(group, power)
        if digit:
            said += (_CHINESE[0] if gap and said else "") + _CHINESE[digit] + name
            gap = False
        else:
            gap = True
    return said
