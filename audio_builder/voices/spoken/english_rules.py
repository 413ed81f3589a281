"""What is said for what is written in English: a table of rules, each with the readers that need it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from audio_builder.article.sentences import LETTERED
from audio_builder.voices.spoken import english_said as say
from audio_builder.voices.spoken.english_said import (
    AMOUNT,
    BEFORE_DAYS,
    BEFORE_YEARS,
    DATED,
    DAY,
    ENDS,
    FRACTION_SIGNS,
    HALF,
    MONTH,
    NUMBER,
    SCALES,
    SUPERSCRIPTS,
    TO,
    UNITS,
    YEAR,
    cardinal,
    either,
    english_list,
    english_pattern,
    english_words,
    ordinal,
    roman,
)

MISAKI, ESPEAK = "misaki", "espeak"
BOTH = frozenset({MISAKI, ESPEAK})
_MISAKI = frozenset({MISAKI})

_Said = str | Callable[[re.Match[str]], str]


class Rule(NamedTuple):
    """One kind of written form, and what is said for it.

    Attributes:
        kind: as in the table of spoken forms.
        pattern: a regular expression for what is written.
        said: the replacement, or a function of the match.
        needed_by: the readers that get it wrong without the rule.
        ipa: whether what is said is IPA, which not every engine takes.
    """

    kind: str
    pattern: str
    said: _Said
    needed_by: frozenset[str] = BOTH
    ipa: bool = False


# --- Roman numerals, scripture, names ---

_NUMBERED = "Chapter|Part|Book|Volume|Act|Scene|Canto|Psalm|Section|World War|Appendix|Lesson|Stage|Figure"
_ROMAN = r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_SMALL_ROMAN = _ROMAN.lower()
_BOOKS = english_pattern("books_in_full")
_NUMBERED_SHORT = english_words("numbered")
_REIGNING = "|".join(sorted(english_list("reigning")))
_BOOK_SHORT = english_words("books")
_BEFORE_NAMES = english_words("before_names")
_STREETS = english_words("streets")
_ABBREVIATIONS = english_words("abbreviations")
_CITED = english_words("cited")
_SLASHED = english_words("slashed")
_CURRENCIES = english_words("currencies")
_LIVED = english_words("lived")
_OPENERS = f"(?:{'|'.join(sorted(english_list('openers')))})"
_ALSO_OTHERWISE = "Mt|Num|Sam|Ps|Dan|Gen|Col|Rev|Tim|Phil|Lam|Mic|Pet|Ex|Mal|Hag|Sir|Wis|Est|Jon"
"""Short names, titles and words: a book only before a chapter with its verse, or behind a number."""

_TWO_BOOKS = "Samuel|Kings|Chronicles|Corinthians|Thessalonians|Timothy|Peter|John"
_CHAPTER = r"(?=(?:\d+:|[ivxl]+\. ?)\d)"
_CAPITAL = r"[A-Z\ue000]"
_NAME = r"(?:[A-Z][a-z]|\ue000)"
"""A name may be IPA already."""

_SUBJECT = r"(?:\ue000|[A-Z][a-z]+ (?:[A-Z][a-z]+|said|says|wrote|writes|spoke|taught|once|was|is|had|called)\b)"

_COUNTED = "days?|weeks?|parts?|lessons?|sessions?|steps?|pages?|chapters?|episodes?|modules?|units?|tracks?"
_AFTER_NAMES = {"Jr": "Junior", "Sr": "Senior"}


def _cased(written: str, word: str) -> str:
    return word.capitalize() if written[0].isupper() else word


_LETTERED = "|".join(sorted(LETTERED))
_NOT_NUMBERED = "".join(rf"(?<!\b[{word[0].upper()}{word[0]}]{word[1:]} )" for word in sorted(LETTERED))
"""Behind one of these a single letter with a stop is the end of a sentence."""


_MEASURES = "(?:lit(?:er|re)|(?:kilo|centi)?met(?:er|re)|kilo|gram|mile|hour|day|euro|degree|inche)s?|[mb]illion"
_WAYS = english_words("ways")
_POINTS = {"N": "north", "S": "south", "E": "east", "W": "west"}
_APART = english_words("apart")
_OPERATORS = {"=": "equals", "±": "plus or minus", "÷": "divided by", "§": "section"}
_COMPARED = {"≠": "is not", "≤": "is at most", "≥": "is at least", "≈": "is about"}


_DIGITS = frozenset("0123456789")
_DIGITS_BY_KIND = dict.fromkeys(
    ("date", "decade", "money", "ordinal", "pattern", "phone", "range", "scripture", "time", "unit", "version", "year"),
    _DIGITS,
)
NEEDS = {
    **_DIGITS_BY_KIND,
    "number": _DIGITS,
    "fraction": _DIGITS | frozenset(FRACTION_SIGNS),
    "address": frozenset(".@"),
    "stop": frozenset("."),
    "initials": frozenset("."),
    "abbreviation": frozenset("./#–-") | _DIGITS,
    "aside": frozenset("—–-("),
    "ratio": _DIGITS,
    "compared": _DIGITS,
    "sign": frozenset("*:;~#©²³^=±÷§₀₁₂₃₄₅₆₇₈₉≠≤≥≈√αβγδεζηθικλμνξοπρςστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"),
    "contraction": frozenset("'’‘"),
}
"""For most kinds, characters of which a text has one where the kind can occur: plain prose needs few patterns."""

RULES: tuple[Rule, ...] = (
    Rule("address", r"\b[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b", say.mail),
    Rule(
        "address",
        r"(?<![@\w.])(?:https?://)?(?:www\.)?((?:[\w-]+\.)+[a-z]{2,}(?:/[\w/.#?=&%~-]*)?)(?<![.,])",
        say.host,
    ),
    Rule("stop", r" ?(?:\.{3,}|\. \. \.)", "…"),
    Rule("line", r"(?<=[^\W\d])([.,;:!?…’”]*) / (?=[A-Za-z“‘])", lambda m: f"{m[1] or ','} "),
    Rule("sign", r"(?<!\w)\*+(?=\w)|(?<=[\w.,;:!?…])\*+(?!\w)", ""),
    Rule("sign", r"(?:^|(?<= ))[:;=]['’]?-?[)(DPp](?= |[.,!?]|$) ?", ""),
    Rule("compared", r"(?<=\w) <3+(?=[ .,!?]*$)", ""),
    Rule("sign", r"~(?! ?\d)", ""),
    Rule("sign", r"(?<![\w&])#(?=[A-Za-z])", "hashtag "),
    Rule("sign", r"© ?(?=\w)", "copyright "),
    Rule("date", rf"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?=,? (?:\d\d? (?:{MONTH})|(?:{MONTH}) \d))", lambda m: DATED[m[1]]),
    Rule("date", rf"\b({YEAR})([-/])(\d\d)\2(\d\d)\b", say.iso_date),
    Rule("date", rf"(?<![\d/])(\d\d?)/(\d\d?)/({YEAR}|\d\d)\b(?![/\d])", say.slash_date),
    Rule("date", rf"\b(\d\d?)\.(\d\d?)\.({YEAR})\b", say.point_date),
    Rule("date", rf"\b(\d\d?)-(\d\d?)-({YEAR})\b(?!-)", say.slash_date),
    Rule(
        "date",
        rf"\b(?:[Tt]he )?({DAY})(?:{TO}| to )(?:the )?(?={DAY} (?:of )?(?:{MONTH})\b)",
        lambda m: f"the {ordinal(re.sub('[a-z]', '', m[1]))} to the ",
    ),
    Rule(
        "date",
        rf"\b({MONTH}) ({DAY}){TO}({DAY})\b(?!:)",
        lambda m: f"{m[1]} {m[2]} to {ordinal(re.sub('[a-z]', '', m[3]))}",
    ),
    Rule(
        "date",
        rf"\b(?:({BEFORE_DAYS}) )?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({MONTH})(?:,? ({YEAR}))?\b(?!\w)(?:\.(?=[,;]))?",
        say.day_month,
    ),
    Rule(
        "date",
        rf"\b({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? ({YEAR}))?\b(?![:.]\d| \d)",
        say.month_day,
    ),
    Rule("money", rf"([$£€]{NUMBER}) (?:{either(_CURRENCIES)})\b", r"\1"),
    Rule("money", rf"([$£€¥₹])({NUMBER}){TO}\1(?=\d)", r"\1\2-"),
    Rule(
        "money",
        rf"(?<![A-Z])([$£€¥₹])(?:({AMOUNT}){TO})?({AMOUNT})(?:\.(\d\d?))?"
        rf"(?: ?((?:hundred|thousand|million|billion|trillion)\b|(?:{either(SCALES)})\b))?",
        say.money,
    ),
    Rule(
        "money",
        rf"(?<!\w)({either(_CURRENCIES)}) ?({NUMBER})(?! ?(?:{either(SCALES)})\b)",
        lambda m: f"{cardinal(m[2])} {_CURRENCIES[m[1]]}",
    ),
    Rule(
        "money",
        rf"(?<![\w.,$£€])({NUMBER}) ?({either(_CURRENCIES)})(?!\w)",
        lambda m: f"{cardinal(m[1])} {_CURRENCIES[m[2]]}",
    ),
    Rule("money", rf"({AMOUNT}) ?¢", lambda m: f"{cardinal(m[1])} cent{'' if m[1] == '1' else 's'}"),
    Rule("scripture", r"\bPs\.? ?(?=\d)", "Psalm "),
    Rule("scripture", rf"\b(?<=[123] )({either(_BOOK_SHORT)})\. ?(?=\d)", lambda m: f"{_BOOK_SHORT[m[1]]} "),
    Rule(
        "scripture",
        rf"\b(?:(?!{_ALSO_OTHERWISE})({either(_BOOK_SHORT)})\.? ?(?=\d)|({either(_BOOK_SHORT)})\.? ?{_CHAPTER})",
        lambda m: f"{_BOOK_SHORT[m[1] or m[2]]} ",
    ),
    Rule("scripture", rf"\b([123]) (?=(?:{_TWO_BOOKS}) \d)", lambda m: f"{ordinal(m[1]).capitalize()} "),
    Rule("scripture", rf"\b(I{{1,3}}) (?=(?:{_TWO_BOOKS}) \d)", lambda m: f"{ordinal(str(len(m[1]))).capitalize()} "),
    Rule("scripture", rf"\b({_BOOKS}) (?=[ivxl])({_SMALL_ROMAN})[.:] ?(?=\d)", lambda m: f"{m[1]} {roman(m[2])}:"),
    Rule("scripture", r"\bJob (?=\d+:\d)", "Jobe "),
    Rule("scripture", rf"\b({_BOOKS}) (\d+)[:v](\d+)(?:{TO}(\d+))?(?:[a-c]|ff?\.?)?(?!\w)", say.verse),
    Rule("ratio", r"\b(\d+):(\d+)(?= (?:ratio|scale|odds|mix|split)\b)", say.span),
    Rule("ratio", r"\b(\d+)/(\d+)(?= odds\b)", say.span),
    Rule("ratio", r"(?<=\b(?:of|at|to) )(\d):(\d)(?![:\d])", say.span),
    Rule("ratio", r"\b([2-9]|12)/(4|8|16)(?= (?:time|beat|rhythm|met(?:re|er))\b)", r"\1 \2"),
    Rule("time", r"\b(\d\d?):([0-5]\d):([0-5]\d)\b", say.clock_seconds),
    Rule("time", rf"\b(\d\d?(?::\d\d)?) ?(?:([AaPp])[Mm])?{TO}(\d\d?(?::\d\d)? ?[AaPp]\.?[Mm]\b)", say.hour_range),
    Rule("time", r"(?:(?<=[AaPp]\.[Mm]\.)|(?<=\bnoon)|(?<=\bdusk)|(?<=\bdawn)) ?[–-] ?(?=\d)", " to "),
    Rule("time", rf"(\d ?[AaPp]\.?[Mm]\.?){TO}(?=(?:noon|midnight|dusk|dawn)\b)", r"\1 to "),
    Rule("time", rf"\b(\d\d?:\d\d){TO}(?=\d\d?:\d\d\b)", r"\1 to "),
    Rule("time", rf"\b(1?\d|2[0-3])[:.](00|0[1-9]|[1-5]\d) ?{HALF}{ENDS}", say.clock_time),
    Rule("time", rf"\b(1?\d) ?{HALF}{ENDS}", say.whole_hour),
    Rule("time", r"(?<=\b[Aa]t )(\d\d?)\.([0-5]\d)\b(?! ?[%°]|[.,]\d)", r"\1:\2"),
    Rule("time", r"\b(\d\d?)\.([0-5]\d)(?= when\b)", r"\1:\2"),
    Rule(
        "time",
        r"(?<![+:T])\b(0[1-9]|1?\d|2[0-3]):(00|0[1-9]|[1-5]\d)(?P<half>(?!))?(?P<end>(?!))?(?![:\d])",
        say.clock_time,
    ),
    Rule("time", r"\b0(\d)00(?= hours\b)", lambda m: f"oh {cardinal(m[1])} hundred"),
    Rule("decade", rf"\b((?:1[1-9]|20)\d0s){TO}['’]?(?=[1-9]0s\b)", r"\1 to the "),
    Rule("decade", rf"(?<!\w)(['’]\d\d){TO}(?=['’]\d\d\b)", r"\1 to "),
    Rule("decade", r"\b((?:1[1-9]|20)\d0)s\b", say.decade),
    Rule("decade", r"(?<!\w)['’]([2-9]0)s\b", lambda m: f"{cardinal(m[1])[:-1]}ies"),
    Rule("decade", r"(?<!\w)['’](\d\d)\b(?![\d'’])", lambda m: cardinal(m[1])),
    Rule("decade", r"\b((?i:the|his|her|their|your|my|our|early|late|mid)[ -])['’]?([1-9]0)s\b", say.short_decade),
    Rule("phone", r"(?<![\w.-])\+?\d{1,3}(?:[ -]\(?\d{2,4}\)?){1,3}[ -]\d{3,4}(?![\w-]|[.,]\d)", say.telephone),
    Rule(
        "phone",
        r"\b((?:[Cc]all|[Dd]ial|[Tt]ext) )(911|988|112|999|\d{5,6})\b(?=[.,;:!?]|$| [ainot])",
        lambda m: m[1] + say.digit_words(m[2]),
    ),
    Rule(
        "phone",
        r"(?<![\d(-])(?:(?:(\d{3})-|\((\d{3})\) ?))?(\d{3})-(\d{4})(?![\d-])",
        lambda m: ", ".join(map(say.digit_words, filter(None, m.groups()))),
    ),
    Rule(
        "pattern",
        r"(?<![\d-])\d{1,2}(?:-\d{1,2}){2,}(?![\d-])",
        lambda m: " ".join(map(cardinal, m[0].split("-"))),
    ),
    Rule("abbreviation", rf"\b({either(_SLASHED)})\b", lambda m: _SLASHED[m[1]]),
    Rule("abbreviation", r"\b(\d+(?:st|nd|rd|th)) c\.(?= [A-Z]|$)", r"\1 century"),
    Rule("abbreviation", r"\b(\d+(?:st|nd|rd|th)) ed\.(?= [A-Z]|[,;)]|$)", r"\1 edition"),
    Rule(
        "cited",
        rf"\b(?:(pp?\.)|([Pp]ages?)(?= [ivxl]{{2}}| [ivxl]+{TO}[ivxl]+\b)) "
        rf"({_SMALL_ROMAN})(?:{TO}({_SMALL_ROMAN}))?(?!\w)",
        say.roman_pages,
    ),
    Rule("abbreviation", r"\bc(?:a?\.|a) ?(?=\d{3,4}\b)", "circa "),
    Rule("abbreviation", r"\b(b|d|r|fl)\. ?(?=\d{3,4}\b)", lambda m: f"{_LIVED[m[1]]} "),
    Rule("abbreviation", r"\b([Mm](?:in|ax))\. ?(?=\d)", r"\1imum "),
    Rule("abbreviation", r"\b([Ee])st\. ?(?=\d{4}\b)", r"\1stablished "),
    Rule("compared", r"(?<![\w~])~ ?(?=\d)", "about "),
    Rule("compared", r"(?<![\w<])< ?(?=\d)", "less than "),
    Rule("compared", r"(?<![\w>])> ?(?=\d)", "more than "),
    Rule("compared", r"\b(\d{1,3})x(?=\d{1,3}\b)", r"\1 by "),
    Rule("compared", r"(?<=\d)×(?=\d)", " times "),
    Rule("compared", r"(?<![\w.])[x×] ?(\d{1,3})\b(?! ?[x×])", r"times \1"),
    Rule(
        "fraction",
        rf"(\d?) ?([{''.join(FRACTION_SIGNS)}])",
        lambda m: f"{m[1]} {FRACTION_SIGNS[m[2]]}".lstrip() if m[1] else f" {FRACTION_SIGNS[m[2]]}",
    ),
    Rule("year", rf"\b({YEAR})/(\d\d)\b(?![/\d])", lambda m: f"{m[1]}, {cardinal(m[2])}"),
    Rule("fraction", rf"\b((?i:{_COUNTED}) \d+)/(?=\d+\b(?!/))", r"\1 of "),
    Rule("fraction", r"\b(\d\d?)/10(?=[.!?]|$)|\b(10)/10\b", lambda m: f"{cardinal(m[1] or m[2])} out of ten"),
    Rule("fraction", r"\b(\d\.\d)/(5|10)\b", r"\1 out of \2"),
    Rule("fraction", r"(?<![/\d])(?:(\d+) )?(\d\d?)/(\d\d?)(?![/\d])", say.fraction),
    Rule("fraction", r"(?<![\d/.,])(\d\d?)/(\d\d?)(?![\d/])", r"\1 \2"),
    Rule("unit", r"(?<=\d) ?[°º] ?(?=[CF]\b)|(?<=\d)º(?!\w)", "°"),
    Rule("unit", r"\b(half|quarters?|thirds?|eighths?) (tsp|tbsp|oz|lb|mi)\b", lambda m: f"{m[1]} {UNITS[m[2]]}"),
    Rule("unit", rf"(?<![\d.,])(\d{{1,3}}),(\d\d?)(?= ?(?:{either(UNITS)}|{_MEASURES})(?!\w))", r"\1.\2"),
    Rule("number", r"(?<![\d.,])(\d{1,3}),(?=\d\d?(?![\d,]))", r"\1, "),
    Rule("unit", r"\b(\d+) ?(?:ft\.?|′|') ?(\d+) ?(?:in\b(?:\.(?= [a-z]))?|″|\"|”|'')", say.feet_and_inches),
    Rule("unit", rf"(?<![\w.,/-])({NUMBER}) ?in\.(?= [a-z])", lambda m: f"{cardinal(m[1])} inch{'es' * (m[1] != '1')}"),
    Rule("unit", r"\b([4-7])['’′](\d|1[01])\b(?!['’\w])", lambda m: f"{cardinal(m[1])} feet {cardinal(m[2])}"),
    Rule("unit", r"\b(\d+) ?h ?00\b", r"\1 hr"),
    Rule("unit", r"\b(\d+) ?h ?(\d\d)\b(?! ?[a-z])", r"\1 hr \2 min"),
    Rule("unit", r"(?<=\d)( ?(?:hrs?|hours?|mins?|minutes?|days?|x|times|weeks?))/wk\b", r"\1 per week"),
    Rule("unit", r"(?<=\d)( ?(?:hrs?|mins?|x))/(?=(?:day|week|month|year|night)\b)", r"\1 per "),
    Rule("unit", rf"(?<![\w.,/-])({NUMBER}) ?(km|m|cm|mm|ft|mi|in)([²³])", say.area),
    Rule("unit", r"\b(\d+) ?h(?:rs?)?,? ?(\d+) ?m(?:ins?)?\b", r"\1 hr \2 min"),
    Rule("unit", r"\b(\d+) ?m(?:ins?)?,? ?(\d+) ?s(?:ecs?)?\b", r"\1 min \2 sec"),
    Rule(
        "unit",
        rf"\b({NUMBER})-({either(UNITS)})\b\.?(?= [a-z])",
        lambda m: f"{cardinal(m[1])} {UNITS[m[2]]}",
    ),
    Rule("abbreviation", r"(?<![\w/])km/h\b", "kilometers per hour"),
    Rule(
        "unit",
        rf"(?<![\w.,/-])([-−])?(?:({NUMBER}){TO})?({NUMBER}) ?({either(UNITS)})(?![\w°/])(?:\.(?= [a-z]|[,;:]))?",
        say.measure,
    ),
    Rule("unit", r"(?<=\d)°([NSEW])\b", lambda m: f" degrees {_POINTS[m[1]]}"),
    Rule(
        "unit",
        r"(?<!\b[Ss]eat )(?<!\b[Rr]oom )(?<!\b[Gg]ate )(?<!\b[Rr]ow )(?<!\bunit )(?<![\w.])"
        r"(?:(\d{1,3})C|([1-4]\d\d)F)\b",
        lambda m: f"{cardinal(m[1] or m[2])} degrees {'Celsius' if m[1] else 'Fahrenheit'}",
    ),
    Rule("range", r"(?<![\d.,/-])(\d{1,4}(?:\.\d+)?) ?[–-] ?(\d{1,4}(?:\.\d+)?)(?![\d/-]|[.,]\d)", say.span),
    Rule("unit", r"(?<=\d)-(hr|min|sec|yr|mi|ft|lb|km|oz|kg|cm|mm|ml)\b(?!\.)", lambda m: f" {UNITS[m[1]]}"),
    Rule("range", r"(?<=\d)-(?=[a-z])", " "),
    Rule(
        "version",
        r"(?<=[Vv]ersion )(\d+(?:\.\d+)+)",
        lambda m: " point ".join("oh" if p == "0" else cardinal(p) for p in m[1].split(".")),
    ),
    Rule("abbreviation", r"(?<![\w&])#(?=\d)", "number "),
    Rule("abbreviation", r"\b[Nn]o\. ?(?=\d)", "number "),
    Rule("roman", r"\b[Nn]o\. ?([IVXL]{2,})\b", lambda m: f"number {cardinal(roman(m[1]))}"),
    Rule("abbreviation", r"\b[Nn]os\. ?(?=\d)", "numbers "),
    Rule("cited", r"(?<=\d)ff?\.(?!\w)", " and following"),
    Rule("abbreviation", rf"\b({either(_CITED)})\. ?(?=\d)", lambda m: f"{_CITED[m[1]]} "),
    Rule("abbreviation", r"(?<=& )Co\.", "Company"),
    Rule("abbreviation", r"\b(et al|ibid|op|cit|viz)\.(?=[,;:)]| [(a-z\d])", r"\1"),
    Rule(
        "abbreviation",
        rf"\b((?i:{either(_NUMBERED_SHORT)}))\. ?(?=[IVXL\d]+\b)",
        lambda m: _cased(m[1], _NUMBERED_SHORT[m[1].capitalize()]) + " ",
    ),
    Rule("abbreviation", rf"\b({'|'.join(_WAYS)})\.?(?= \d)", lambda m: _WAYS[m[1]]),
    Rule("roman", rf"\b({_NUMBERED}) ({_SMALL_ROMAN})(?!['’]?\w)", say.numbered),
    Rule("roman", rf"\b({_NUMBERED.lower()}) (?=[IVXL]{{2}})({_ROMAN})(?!['’]?\w)", say.numbered),
    Rule(
        "roman",
        rf"\b({_NUMBERED.lower()}) (?=[ivxl]{{2}})({_SMALL_ROMAN})(?!['’]?\w)",
        say.numbered,
    ),
    Rule("roman", rf"\b({_NUMBERED}) (?!I\b(?! ?[.,:;?!—–-]|$))({_ROMAN})(?!['’]?\w)", say.numbered),
    Rule("roman", rf"\b({_REIGNING}) (?=[IVXL]{{2}}|[VX]\b(?!\.))({_ROMAN})(?!\w|['’][^s])", say.reigning),
    Rule(
        "roman",
        rf"(?:(?<=\bKing )|(?<=\bPope )|(?<=\bTsar )|(?=Elizabeth|Napoleon)"
        rf"|(?=(?:James|Charles) I(?: of [A-Z]|['’,.;:!?]|$)))\b({_REIGNING}) (I)"
        r"(?=['’]s\b|[,.;:!?]|$| (?:was|of|and|had)\b)",
        say.reigning,
    ),
    Rule(
        "roman",
        rf"(?!{_OPENERS} )\b([A-Z][a-z]{{3,}}|[Tt]ype|[Pp]hase|[Ll]evel) (?=[IVX]{{2}}|LIV)({_ROMAN})(?!['’]?\w)",
        say.numbered,
    ),
    Rule(
        "roman",
        rf"^(?=[IVX]+\.)({_ROMAN})\.(?! [A-Z]\.|[a-z])",
        lambda m: f"{cardinal(roman(m[1])).capitalize()}.",
    ),
    Rule("roman", r"(?<!\ban )\b(I{2,3}|VI{1,3}|IX|XI{1,3})\b(?![.'’]?\w)", lambda m: cardinal(roman(m[1]))),
    Rule("roman", r"(?<=\()(i)(?=\))|\b(i{2,3}|iv|vi{1,3})(?=[).])", lambda m: cardinal(roman(m[1] or m[2]))),
    Rule("roman", r"\bWW(II?|[12])\b", lambda m: f"World War {'two' if m[1] in ('II', '2') else 'one'}"),
    Rule("title", rf"\b({either(_BEFORE_NAMES)})\.(?= {_CAPITAL})", lambda m: _BEFORE_NAMES[m[1]]),
    Rule("title", rf"\b(Dr|Mr|Mrs|Ms|Prof|St|Mt)(?= {_CAPITAL})", lambda m: _BEFORE_NAMES[m[1]]),
    Rule(
        "title",
        rf"(?<=[a-z\ue001]),? ({either(_AFTER_NAMES)})\b(?:\.(?= [a-z]|,))?",
        lambda m: f" {_AFTER_NAMES[m[1]]}",
    ),
    Rule(
        "abbreviation",
        rf"((?:\b[A-Z][a-z]+|\ue001|\d(?:st|nd|rd|th)) )({either(_STREETS)})\.(?P<end>[\"”’')]*$)?(?=,|;| [a-z(]|$)",
        lambda m: f"{m[1]}{_STREETS[m[2]]}" + ("" if m["end"] is None else "." + m["end"]),
    ),
    Rule(
        "dated",
        rf"\b({either(DATED)})\.?{TO}({either(DATED)})\b(?:\.(?=[,;]| [a-z\d]))?",
        lambda m: f"{DATED[m[1]]} to {DATED[m[2]]}",
    ),
    Rule("dated", rf"\b({either(DATED)})\.(?= [a-z\d]|[,;])", lambda m: DATED[m[1]]),
    Rule(
        "dated",
        rf"\b((?:[Oo]n|[Nn]ext|[Ll]ast|[Tt]his|[Bb]y|[Uu]ntil|[Ee]very|[Ff]rom|[Ss]ince|and|or|to|&) )({either(DATED)})"
        r"(?=\.[\"”’')]*$)",
        lambda m: m[1] + DATED[m[2]],
    ),
    Rule("dated", r"\b(Tues?|Thu(?:rs?)?|Fri)\b(?!\.)", lambda m: DATED[m[1]]),
    Rule(
        "dated", r"\b(Mon|Wed|Sat|Sun)(?=(?:,|/| &| and) ?(?:Mon|Wed|Sat|Sun|[A-Z][a-z]+day)\b)", lambda m: DATED[m[1]]
    ),
    Rule("dated", r"\b([A-Z][a-z]+day(?:, ?|/| & | and ))(Mon|Wed|Sat|Sun)\b", lambda m: m[1] + DATED[m[2]]),
    Rule("abbreviation", rf"\b({either(_ABBREVIATIONS)})\.(?=,?\s)", lambda m: _ABBREVIATIONS[m[1]]),
    Rule("word", r"\bvs\b(?!\.)", "versus"),
    Rule("word", r"\b(?:aka\b|a\.k\.a\.)", "also known as"),
    Rule("letters", r"\b(?:(C)|H2)O(2?)\b", lambda m: f"{m[1] or 'H two'} O{' two' * bool(m[2])}"),
    Rule("abbreviation", rf"\betc\.{ENDS}", say.etc),
    Rule("abbreviation", r"\b(and|[Ee]ither)/or\b", r"\1 or"),
    Rule("abbreviation", r"\b([Ss])/he\b", r"\1he or he"),
    Rule("abbreviation", r"(?<=[a-z])/(hr|min|sec|yr|wk|mo)\b", lambda m: f" per {UNITS[m[1]]}"),
    Rule("abbreviation", r"(?<=[a-z])/(?=(?:second|minute|hour|day|week|month|year|person)\b)", " per "),
    Rule("abbreviation", r"(?<![\w/@.])([A-Za-z][a-z]+)/([a-z]{2,})(?![\w/@])", r"\1 or \2"),
    Rule("abbreviation", r"\bw/ ?(?=\w)", "with "),
    Rule("initials", r"\bPh\. ?D\.", "PhD"),
    Rule("initials", r"\bP\. ?(P?)(?:\. ?)?S\.(?= [A-Z])", r"P\1S."),
    Rule("letters", rf"\b(?:((?i:{_LETTERED}) )A\b(?!\.?[A-Z]| [A-Z])|([Ff]rom )A(?= to\b))", r"\1\2eigh"),
    Rule("initials", r"\b(e|k)\. ?(e|d)\. (?=[Cc]ummings\b|[Ll]ang\b)", lambda m: f"{m[1]} {m[2]} ".upper()),
    Rule(
        "initials",
        rf"\b((?:[A-Z]\.){{2,}})(?![A-Z]\.?)(?P<end>[\"”’')]*$|(?= [\"“]?(?:{_OPENERS})\b))?",
        say.letters,
    ),
    Rule("initials", rf"(?<![\w.'’])(?:[A-Z]\. ?){{2,6}}(?=(?!(?:{_OPENERS})\b){_NAME})", say.initials),
    Rule(
        "initials",
        rf"(?:(?<=[a-z\ue001;] )|^(?=[J-Z]\. {_SUBJECT})){_NOT_NUMBERED}"
        rf"(?!I\.)[A-Z]\. (?=(?!(?:{_OPENERS})\b){_NAME})",
        say.initials,
    ),
    Rule(
        "aside",
        r"(?<=[\w°%”’\"'),;:\ue001]) ?(?:—|--+) ?(?=[\w“‘(\ue000]|[\"'][\w\ue000])|(?<=\S) (?:–|-) (?=[\w“\"(\ue000])",
        ", ",
    ),
    Rule("aside", r"(?<=[.!?…]) ?(?:—|--+) ?(?=[\w\ue000])", " "),
    Rule("aside", r"\(([^()]*[.!?…])\)", r"\1"),
    Rule("aside", r"(?:^|(?<=[.!?…] ))\(([^()]*[\w\ue001])\) (?=[\w\ue000])", r"\1, "),
    Rule("aside", r"(?<=[\w,”’\"\ue001]) ?\(([^()]*[\w\ue001])\)(?:(?=([,.;:!?…]|$))| )", say.aside),
    Rule("aside", r"(?<=[,;:]), ", " "),
    Rule("aside", r"(?<=[a-z])–(?=[a-z])", "-"),
    Rule(
        "year",
        rf"({BEFORE_YEARS} )?(?<![\d.,:/-])({YEAR})\b(?![\d%°/:-]|[.,]\d)(?=( (?!(?:was|is|has|as)\b)[a-z]+s\b)?)",
        say.lone_year,
    ),
    Rule("number", r"(?<![\w.])−(?=\d)", "minus "),
    Rule("number", r"(?<![\d.,])(\d{1,3})((?: \d{3})* 000)\b", lambda m: cardinal(m[0].replace(" ", ""))),
    Rule("sign", r"(?<=\b[A-Za-z])([²³]|\^\d)|(?<=\b[A-Za-z]{2})([²³]|\^\d)", lambda m: say.power(m[1] or m[2])),
    Rule(
        "number",
        rf"(?<![\w.,])({NUMBER})([{SUPERSCRIPTS}]+|\^\d+)\^?(?!\w)",
        lambda m: cardinal(m[1]) + say.power(m[2]),
    ),
    Rule("number", r"(?<![\w.,:/-])0\d+\b(?![.,:/-]\d)", lambda m: say.digit_words(m[0])),
    Rule(
        "number",
        r"\b((?i:room|flight|highway|interstate|bus|apartment) )(\d)0(\d)\b",
        lambda m: f"{m[1]}{say.digit_words(f'{m[2]}0{m[3]}')}",
    ),
    Rule("number", r"(?<![\w.])\.(\d+)\b", lambda m: f"point {say.digit_words(m[1], 'zero')}"),
    Rule("ordinal", rf"\b({AMOUNT})(?:st|nd|rd|th)\b", lambda m: ordinal(m[1])),
    Rule("number", rf"(?<![\w.,:/+*=-])({NUMBER})(?![\w:/+*=-]|[.,]\d)", lambda m: cardinal(m[1])),
    Rule("sign", r" ?([=±÷§]) ?(?=\S)", lambda m: f" {_OPERATORS[m[1]]} "),
    Rule("sign", r"\b(?:[A-Z]{1,2}[₀-₉]+)+[A-Z]{0,2}(?!\w)", say.formula),
    Rule("sign", r"(?<!\w)[α-ωΑ-Ω](?!\w)", lambda m: unicodedata.name(m[0]).rpartition(" ")[2].lower()),
    Rule("sign", r"√ ?(?=\w)", "the square root of "),
    Rule("sign", r" ?([≠≤≥≈]) ?", lambda m: f" {_COMPARED[m[1]]} "),
    Rule("contraction", r"(?<!\w)['’‘]([Tt])is\b", r"\1izz", _MISAKI),
    Rule("contraction", r"(?<!\w)['’‘](?=(?:[Tt]was|[Tt]ill?)\b)", "", _MISAKI),
    Rule("contraction", r"(?<=[sS])['’](?=[\s,.;:!?…)—]|$)", say.possessive, _MISAKI),
    Rule("contraction", r" ['’‘]n['’] ", " and "),
    Rule(
        "word",
        r"(?<![\w/])([A-Za-z])-(?:(?i:\1)-){0,5}(?=(?i:\1)[a-z]+\b)(?=[a-z])(?!(?:test|boy|shape|curve|ball)(?:s|d)?\b)",
        "",
    ),
    Rule("letters", rf"\b({either(_APART)})\b", lambda m: _APART[m[1]]),
    Rule("letters", r"\b([A-G])b(?= (?:major|minor)\b)", r"\1 flat"),
    Rule("letters", r"\b([A-G]) ?([#♯♭])(?!\w)", lambda m: f"{m[1]} {'flat' if m[2] == '♭' else 'sharp'}"),
    Rule("letters", r"\b([BCDFGHJ-NP-TV-Z])s\b(?! ?\d|\. ?[a-z\d])", r"\1's"),
    Rule("letters", r"\bAM(?= (?:to\b|[A-Z]))", "A.M.", _MISAKI),
)
"""In their order: what one rule has put into words, the next ones leave alone."""
