"""What is said for written numbers, dates, times, money, units and abbreviations in other languages than English.

Each language is a file in `forms/`; the rules are the same for all. What a language's file doesn't name is left
to the reader: eSpeak NG reads whole numbers in Hindi, Open JTalk in Japanese, with their counters.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from num2words import num2words

from audio_builder.article.text import roman_number
from audio_builder.voices.spoken.language_forms import Clock, SpokenForms, spoken_forms

_LONGEST_NUMBER = 15
"""Digits; longer ones are left to the reader."""

_AMOUNT = r"(?:\d{1,3}(?:[. \u00a0\u202f]\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?!\d)"
"""A number with its groups of three, or without; a comma or a point before what is less than one."""

_SHORT = 3
"""Signs of an abbreviation; longer ones may begin a sentence."""

_LONG, _MOBILE = 7, 11
"""Digits of a number that are read one by one in Chinese, where they aren't in groups."""

_MILLIONS = re.compile(r"mil(?:lones|lón|hões|hão|lions?|ioni|ione)$")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,\s]\d{3})+(?!\d)")
_GAP = "[ \u00a0\u202f]?"
_BEFORE = r"(?<![A-Za-zÀ-ɏ\d.,/:_-])"
"""A figure that stands after one of these is a part of something else, such as an address or the name of a thing."""

_LAST_OF_2000S = "30"
"""Of years with two figures, those up to this one are of the 21st century."""

_IN_A_ROW = r"(?<![A-Za-zÀ-ɏ\d.-])\d{1,2}(?:[–-]\d{1,2}){2,}(?![A-Za-zÀ-ɏ\d-])"
"""A pattern of breaths: 4-7-8."""

_TELEPHONE = "[Tt][eé]l[eé](?:f|ph)\\w*|[Tt][eé]l\\.|TEL|[Cc]ell?ular\\w*|[Mm]óvil|[Mm]obil|[Pp]ortable|Handy"
_TELEPHONE_NUMBER = (
    rf"(?P<t>(?:\b(?:{_TELEPHONE})(?: (?:es|ist|est|è|é))?|फ़ोन|फोन|电话|手机|電話) ?[:：]? ?)"
    r"(?P<n>[+(]?\d[\d ()/.-]{4,24}\d)"
)
_ANY_TELEPHONE_NUMBER = (
    r"(?<![A-Za-zÀ-ɏ\d.,/-])(?P<t>)(?P<n>\+\d{1,3}[ (-]{1,2}\d[\d ()/-]{4,24}\d|\(?0\d{1,5}\)?[ /-]\d[\d /-]{3,24}\d"
    r"|\(\d\d\) ?\d{4,5}-\d{4})(?![\d/])"
)
"""Without a word for it: with a country's code, or with a nought or brackets in front."""

_ARTICLES = "|".join(
    rf"(?<=\b{article} )" for article in ("[Ll]e", "du", "[Ee]l", "[Dd]el", "[Ii]l", "[Ee]m", "[Dd]ia")
)
_INITIAL = r"(?<!\w)([A-ZÀ-Þ])\.[ -]?(?=[A-ZÀ-Þ぀-鿿](?P<next>\.?))"
_LONGEST_QUOTE = 300
_PRIME = r"(?<=\d)(?P<s>''|[\"″]|['′’])(?!\w*['’])"
_MAIL = r"(?<![A-Za-zÀ-ɏ\d.])[A-Za-zÀ-ɏ\d_.+-]+@(?:[A-Za-zÀ-ɏ\d-]+\.)+[a-z]{2,}(?![A-Za-z\d])"
_HOST = r"(?<![@\w.])(?:https?://|www\.)(?:[\w-]+\.)+[a-z]{2,}(?:/[\w/.-]*\w)?"
_FUNCTION_WORDS = frozenset(
    re.findall(r"\w+", "de da do di en a su in von aus y e o u por em sur et ou und oder zu bis al del")
)
"""No number takes an ending from these."""

_FRACTION_SIGNS = re.compile("[¼½¾⅐-⅞]")
_MIXED = re.compile("(?<=\\d)(?=[¼½¾⅐-⅞])")
_NARROW = str.maketrans("％＋＝", "%+=")
_CHINESE = "零一二三四五六七八九"
_PLACES, _GROUPS = ("", "十", "百", "千"), ("", "万", "亿", "兆")

_Match = re.Match[str]
_Said = Callable[[_Match], str]
_Rule = tuple[str, _Said]
"""A regular expression for what is written, and what says a match of it."""


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
    text = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text.translate(_NARROW))
    for pattern, said in _rules(language):
        text = pattern.sub(said, text)
    return " ".join(text.split())


@functools.cache
def _rules(language: str) -> tuple[tuple[re.Pattern[str], _Said], ...]:
    """Return the rules of a language in the order in which they are applied; none for one that has no file."""
    forms = spoken_forms(language)
    if forms is None:
        return ()
    written: list[_Rule] = [(one, functools.partial(_mended, said)) for one, said in forms.written.items()]
    rules: tuple[_Rule, ...] = (*written, *_words(forms), *_calendar(language, forms), *_counts(language, forms))
    return tuple((re.compile(written), said) for written, said in rules)


def _words(forms: SpokenForms) -> Iterator[_Rule]:
    """Yield the rules of abbreviations; one of a single letter is the initial of a name where another stands beside."""
    for written, said in forms.abbreviations.items():
        if written.endswith(" #"):
            pattern = rf"(?<!\w){re.escape(written.removesuffix(' #'))}{_GAP}(?=\d)"
            yield pattern, functools.partial(_literally, f"{said} ")
            continue
        name = re.fullmatch(r"(?:[A-Z]|Fr|Hr)\.", written)
        alone = rf"(?= [A-ZÀ-Ý][a-zà-ÿ])(?<![A-ZÀ-Ý]\. .{{{len(written)}}})" if name else r"(?!\w)"
        spelled = re.escape(written)
        if len(written) > _SHORT and written[0].islower():
            spelled = f"[{written[0]}{written[0].upper()}]{re.escape(written[1:])}"
        yield rf"(?<!\w){spelled}{alone}", functools.partial(_abbreviation, written, said)
    titles = {said.split()[-1] for written, said in forms.abbreviations.items() if written[0].isupper()}
    yield _INITIAL, functools.partial(_initial, _FUNCTION_WORDS | titles)
    yield r"(?<=\b[A-ZÀ-Þ] [A-ZÀ-Þ])\.(?=[,;:])", functools.partial(_literally, "")


def _calendar(language: str, forms: SpokenForms) -> Iterator[_Rule]:
    """Yield the rules of dates, times and ordinals."""
    teller = _Teller(language, forms)
    for pattern, said in ((_MAIL, teller.address), (_HOST, teller.address)):
        if forms.at:
            yield pattern, said
    if forms.books:
        if forms.book_numbers:
            yield rf"(?<!\w)(?P<n>[123])\.?{_GAP}(?P<b>{_either(forms.books)})\.?{_GAP}(?=\d)", teller.book_number
        book = rf"(?<!\w)(?P<b>{_either([*forms.books, *forms.books.values()])})\.?"
        yield rf"{book}{_GAP}(?P<c>\d{{1,3}})[,:]{_GAP}(?P<v>\d{{1,3}})(?:[–-](?P<to>\d{{1,3}}))?(?!\d)", teller.verse
    yield r"(?<![\d/.-])(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?![\d/-])", teller.date
    yield r"(?<![\d/.-])(?P<d>\d{1,2})([/.])(?P<m>\d{1,2})\2(?P<y>\d{4})(?![\d/])", teller.date
    if not forms.date.startswith("{y}"):
        yield (
            r"(?<![\d/.-])(?P<d>0[1-9]|[12]\d|3[01])([/.])(?P<m>0[1-9]|1[0-2])\2(?P<y>\d\d)(?![\d/]|\.\d)",
            teller.date,
        )
    if forms.day:
        months = "|".join(forms.months)
        yield rf"{_BEFORE}(?P<d>[0-3]?\d)(?:º|°|er)?(?= (?:de )?(?i:{months})\b)", teller.day
    # A day and a month behind an article, where a month has both its figures: “le 14/07”.
    yield rf"(?:{_ARTICLES})(?P<d>[0-3]?\d)/(?P<m>0\d|1[0-2])(?![\d/])", teller.date
    if "{d}." in forms.date:
        yield r"(?<![\d/.,-])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?![\d/])", teller.date
    yield r"(?<![\d/.-])(?P<y>\d{4})([/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?![\d/])", teller.date
    yield _until(forms.clock), teller.range
    yield _clock_pattern(forms.clock), teller.clock
    yield from ((written, functools.partial(teller.century, said)) for written, said in forms.centuries.items())
    yield from ((written, functools.partial(teller.ordinal, ends)) for written, ends in forms.ordinals.items())


def _counts(language: str, forms: SpokenForms) -> Iterator[_Rule]:
    """Yield the rules of money, shares, ranges, units, years and all other numbers."""
    teller = _Teller(language, forms)
    money, units = _either(forms.money), _either(forms.units)
    yield _PRIME, teller.prime
    yield _TELEPHONE_NUMBER, teller.telephone
    yield _ANY_TELEPHONE_NUMBER, teller.telephone
    if forms.per:
        yield rf"(?<=\d)(?P<s>{_GAP}(?:{money}|-?[^\s\d/,;-]+)?)/(?=(?:{forms.periods})(?![A-Za-zÀ-ɏ]))", teller.per
        yield (
            rf"(?<=\d)(?!{_GAP}(?:{units})(?!\w|/))(?P<s>{_GAP}(?:{units}|{money}))/(?P<o>{units})(?!\w)",
            teller.per_unit,
        )
    if forms.either_or:
        yield rf"(?<!\w)(?i:{forms.either_or})(?!\w)", teller.either_or
        yield r"(?<![\w/.@])([^\W\d_]{2,})/([^\W\d_]{2,})(?![\w/@])", teller.slash
    yield _IN_A_ROW, teller.row
    if forms.half:
        yield (
            rf"(?<![A-Za-z\d.,/-])(?P<w>{'1|' * bool(forms.singular)}[2-9]|[1-9]\d) 1/2 (?P<noun>[^\W\d_]{{3,}})",
            teller.and_a_half,
        )
    part = r"(?P<f>(?P<n>\d{1,2})/(?P<m>\d{1,2}))(?![A-Za-z\d/])"
    yield rf"(?<![A-Za-z\d.,/-])(?:(?P<w>\d{{1,4}}) )?{part}(?=(?P<noun> ?\w+)?)", teller.fraction
    yield r"(?<![^\s(，。、：])[-−](?=\d)", lambda _found: f"{forms.minus}{teller.joint}"
    if forms.plus:
        yield r"(?<=\S) \+ (?=\S)|(?<![^\s(])\+(?=\d)", lambda _found: f"{teller.joint}{forms.plus}{teller.joint}"
    if forms.times:
        yield r"(?<=\d) ?[x×] ?(?=\d)", lambda _found: f"{teller.joint}{forms.times}{teller.joint}"
        yield r"(?<![\w×])(?P<s>[x×]) ?(?P<n>\d{1,3})(?![A-Za-zÀ-ɏ\d]|[.,/]\d)", teller.unit
    many = rf"(?P<n>{_AMOUNT})(?P<k>{_GAP}(?:{forms.multiples})(?![A-Za-zÀ-ɏ]))"
    yield rf"(?P<s>{money}){_GAP}{many}", teller.many
    yield rf"{_BEFORE}{many}{_GAP}(?P<s>{money})(?!\w)", teller.many
    yield rf"(?P<s>{money}){_GAP}(?P<n>{_AMOUNT})", teller.money
    yield rf"{_BEFORE}(?P<n>{_AMOUNT}){_GAP}(?P<s>{money})(?!\w)", teller.money
    yield rf"{_BEFORE}(?P<n>{_AMOUNT}){_GAP}%", teller.percent
    yield rf"{_BEFORE}(\d{{1,4}}) ?[–—~〜～-] ?(?=\d{{1,4}}(?![\d–-])(?:{_GAP}(?P<noun>[^\W\d_]+))?)", teller.range
    yield rf"{_BEFORE}(?P<n>{_AMOUNT}){_GAP}(?P<s>{units})(?![A-Za-zÀ-ɏ\d/])(?:\.(?= [a-zà-ÿ]|[,;:]))?", teller.unit
    if forms.years:
        yield forms.years, teller.year
    if forms.numbers:
        yield rf"{_BEFORE}(?P<n>{_AMOUNT})(?!/\d)(?=(?P<noun> ?\w+)?)", teller.number
    else:
        yield r"(?<=\d),(?=\d{2,3}(?!\d))", lambda _found: ""
        yield rf"{_BEFORE}(?P<n>\d+\.\d+)(?=(?P<noun>))", teller.number
    yield from ((said, functools.partial(_mended, mended)) for said, mended in forms.mends.items())


def _either(signs: Iterable[str]) -> str:
    """Return a pattern for one of some signs, the longest first."""
    return "|".join(map(re.escape, sorted(signs, key=len, reverse=True)))


def _until(clock: Clock) -> str:
    """Return a pattern for a time of day and the dash before another one."""
    ends = rf"(?:(?:{clock.signs})[0-5]\d" + (f"|{clock.alone})" if clock.alone else ")")
    return rf"((?<=\d){ends}) ?[–—~〜～-] ?(?=\d{{1,2}}{ends})"


def _clock_pattern(clock: Clock) -> str:
    minutes = rf"(?:{clock.signs})(?P<m>[0-5]\d)(?![\d:]|[.,]\d)"
    either = f"(?:{minutes}|{clock.alone})" if clock.alone else minutes
    return rf"{_BEFORE}(?P<h>[01]?\d|2[0-4]){either}{clock.swallows}"


def _mended(mended: str, found: _Match) -> str:
    return found.expand(mended)


def _literally(said: str, _found: _Match) -> str:
    return said


def _initial(after: frozenset[str], found: _Match) -> str:
    """Return the initial of a name without its stop: before another one, first of all, or after one of some words."""
    before = found.string[: found.start()].split()
    named = found["next"] or not before or before[-1][0].isupper() or before[-1] in after
    return f"{found[1]} " if named else found[0]


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
        one_by_one = self.forms.numbers == "zh" and len(whole) >= _LONG and not grouped
        one_by_one = one_by_one and not (whole.endswith("000") and len(whole) != _MOBILE)
        said = self._year(whole) if one_by_one else self._whole(whole, ends or {})
        return f"{said}{self.joint}{self.forms.point}{self.joint}{self._part(part)}" if part else said

    def _whole(self, digits: str, ends: Mapping[str, str]) -> str:
        match self.forms.numbers:
            case "":
                return digits
            case "zh":
                said = chinese_number(int(digits))
                return ends.get(said, re.sub("^二(?=[千万亿])", "两", said))
            case name:
                said = str(num2words(int(digits), lang=name)).replace(",", "")
                return _with_end(said, ends)

    def _part(self, digits: str) -> str:
        if self.forms.digits:
            return "".join(self.forms.digits[int(digit)] for digit in digits)
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
        year = found.groupdict().get("y")
        year = f"{19 if year > _LAST_OF_2000S else 20}{year}" if year and len(year) == len("24") else year
        form = self.forms.date if year else self.forms.date.partition("{month}")[0] + "{month}"
        return form.format(d=said, month=self.forms.months[month - 1], y=self._year(year or "0"))

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
        hour = int(found["h"])
        if minutes and clock.late and not 0 < hour < 13:
            said = clock.late
        if hour < 2 and clock.hours:
            more, one = clock.hours
            said = said.replace(more, one)
        hours = self.words(str(hour), self.forms.masculine if self.language == "de" else self.forms.feminine)
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
        said = f"{self.forms.books.get(found['b'], found['b'])} {self.words(found['c'])} {self.words(found['v'])}"
        return f"{said} {self.forms.range} {self.words(found['to'])}" if found["to"] else said

    def _is_feminine(self, noun: str | None) -> bool:
        return bool(self.forms.feminine_nouns and noun and re.match(self.forms.feminine_nouns, noun.strip()))

    def century(self, said: str, found: _Match) -> str:
        *before, roman = found.groups()
        value = roman_number(roman)
        cardinal = self.words(str(value))
        ordinal = self._ordinal(str(value)) if self.forms.numbers not in {"", "zh"} else cardinal
        return said.format(*before, n=cardinal, o=ordinal, r=ordinal if value <= 10 else cardinal)

    def _ordinal(self, digits: str) -> str:
        return str(num2words(int(digits), lang=self.forms.numbers, to="ordinal"))

    def ordinal(self, ends: str, found: _Match) -> str:
        becomes = dict(pair.split("=") for pair in ends.split())
        return " ".join(_with_end(word, becomes) for word in self._ordinal(found[1]).split())

    def money(self, found: _Match) -> str:
        one, more, *parts = self.forms.money[found["s"]]
        number = found["n"]
        whole, cents = number, ""
        if parts and (small := re.fullmatch(r"(.*?)[.,](\d\d)", number)):
            whole, cents = small[1], small[2].lstrip("0")
        said = self._counted(whole, one, more)
        return self.forms.money_joined.format(whole=said, part=self._counted(cents, *parts)) if cents else said

    def many(self, found: _Match) -> str:
        more, counted = self.forms.money[found["s"]][1], f"{found['n']}{found['k']}"
        return f"{counted}{self.forms.millions if _MILLIONS.search(counted) else self.joint}{more}"

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

    def telephone(self, found: _Match) -> str:
        groups = re.findall(r"\d+", found["n"])
        paired = self.forms.pairs and all(len(group) < 3 for group in groups)
        said = [self._in_pairs(group) if paired else self._one_by_one(group) for group in groups]
        plus = f"{self.forms.plus}{self.joint}" if found["n"].startswith("+") else ""
        return found["t"] + plus + (", " if self.joint else "，").join(said)

    def _one_by_one(self, digits: str) -> str:
        return self._part(digits) if self.forms.digits else " ".join(self.words(digit) for digit in digits)

    def _in_pairs(self, digits: str) -> str:
        nought = f"{self.words('0')} " if digits.startswith("0") and len(digits) > 1 else ""
        return nought + self.words(digits.removeprefix("0") or "0")

    def prime(self, found: _Match) -> str:
        """Return minutes or seconds by their signs, where no quotation could end there."""
        sign = found["s"]
        quote = {'"': '"', "'": "['‘]", "’": "['‘]"}.get(sign)
        ends = quote and re.search(
            rf"(?<![\w']){quote}[^\"]*$", found.string[max(0, found.start() - _LONGEST_QUOTE) : found.start()]
        )
        unit = " min" if sign in "′’'" else " s"
        return found[0] if ends else unit + " " * found.string[found.end() :][:1].isdigit()

    def and_a_half(self, found: _Match) -> str:
        ends = (end for end in self.forms.singular if re.search(f"{end}$", found["noun"]))
        one = next((re.sub(f"{end}$", self.forms.singular[end], found["noun"]) for end in ends), found["noun"])
        feminine = self._is_feminine(found["noun"]) or self._is_feminine(one)
        said = self.words(found["w"], self.forms.feminine if feminine else self.forms.masculine)
        return f"{said} {one if found['w'] == '1' else found['noun']} {self.forms.half[feminine]}"

    def per(self, found: _Match) -> str:
        return f"{found['s']}{self.joint}{self.forms.per}{self.joint}"

    def per_unit(self, found: _Match) -> str:
        return self.per(found) + self.forms.units[found["o"]][0]

    def either_or(self, found: _Match) -> str:
        return found[0].replace("/", " ")

    def slash(self, found: _Match) -> str:
        return f"{found[1]} {self.forms.either_or.rpartition('/')[2]} {found[2]}"

    def book_number(self, found: _Match) -> str:
        return f"{self.forms.book_numbers[int(found['n']) - 1]} {self.forms.books[found['b']]} "

    def address(self, found: _Match) -> str:
        bare = re.sub("^https?://", "", found[0])
        words = {"@": f" {self.forms.at} ", ".": f" {self.forms.dot} ", "/": " / ", "-": " ", "_": " ", "+": " + "}
        return " ".join("".join(words.get(sign, sign) for sign in bare).split())

    def range(self, found: _Match) -> str:
        first = found[1]
        if "noun" in found.groupdict() and self._is_feminine(found["noun"]):
            first = self.words(first, self.forms.feminine)
        return f"{first}{self.joint}{self.forms.range}{self.joint}"

    def number(self, found: _Match) -> str:
        noun = (found["noun"] or "").strip()
        if not noun or noun[0].isdigit() or noun in _FUNCTION_WORDS or found.string[: found.start()].endswith("第"):
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
    said, digits = "", str(number)
    for at, digit in enumerate(digits):
        place = len(digits) - at - 1
        if digit != "0":
            said += _CHINESE[int(digit)] + _PLACES[place % 4]
        elif not said.endswith(_CHINESE[0]):
            said += _CHINESE[0]
        if place % 4 == 0 and digits[max(0, at - 3) : at + 1].strip("0"):
            said = said.rstrip(_CHINESE[0]) + _GROUPS[place // 4]
    said = said.rstrip(_CHINESE[0]) or _CHINESE[0]
    return said.removeprefix("一") if said.startswith("一十") else said
