"""Words in capitals: words are said as words, acronyms are spelled."""

from __future__ import annotations

import re

_SHORT_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        "am an as at be by do go ha he hi if in is it me my no of oh ah om on or ow so to up us we ye act add "
        "age ago aid aim air all and any are arm art ask ate bad bag bar bed beg bet big bit bow box boy bud "
        "bus but buy bye can cap car cat cry cup cut dad day did die dig dim dog dot dry due ear eat egg end "
        "eye fan far fat few fit fix fly fog for fox fun fur gap get god got gut guy had has hat hay her hey "
        "hid him his hit hot how hug ice ill its jam jar job joy key kid kin law lay led leg let lid lie lip "
        "lit log lot low mad man map may men met mix mom mud mum nap net new nod nor not now nut oak odd off "
        "oil old one our out own pay pen pet pin pit pot pop put ran raw ray red rib rid rip row rub rug run "
        "sad sat saw say sea see set she shy sin sip sit six sky son soy sum sun tap tea ten the tie tin tip "
        "toe too top toy try two use via vow wag war was wax way web wet who why win wit woe won yes yet you "
        "zen",
    )
)
"""Of two and three letters. Longer words are words unless they are among the acronyms."""

_ACRONYMS = frozenset(
    re.findall(
        "[A-Z]+",
        "AARP ACLU ADHD AIDS ANOVA ASAP ASCII ASMR CEO CPAP EMDR ESPN FIFA HIIT HIPAA HVAC IEEE IELTS IKEA "
        "IMDB IMHO ISBN ISIS JPEG LASIK LGBTQ LGBT LGBTQIA LIDAR MBA MBSR MBCT MOMA NAACP NAFTA NASA NASCAR "
        "NASDAQ NATO NCAA NOAA NAACP OCD OPEC OSHA PETA PTSD RADAR REM SAAS SARS SCUBA SONAR SUDS TOEFL TMJ "
        "UCLA UEFA UNESCO UNICEF USAF USAID USB USPS USSR UTC VIP WIFI YMCA YOLO YWCA FOMO",
    )
)
_AMBIGUOUS = frozenset({"US", "WHO", "IT"})
"""Words, but for an article before them, or what an acronym is followed by."""

_AFTER_ACRONYM = re.compile(
    r"['’]s\b| (?:department|team|support|staff|manager|specialist|army|government|president|senate|citizens?)\b"
)
_WORD = re.compile(r"(?<![\w.'’&/-])(?:[A-Z]+['’][A-Z]{1,2}|[A-Z]{2,})(?![\w&/]|\.\w)")
_ROMAN = re.compile(r"(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ARTICLE = re.compile(r"\b(?:the|an?)$", re.IGNORECASE)
_SHORT = 3
_VOWEL = re.compile("[AEIOUY]")
_HEADS = frozenset(
    {
        "CHAPTER",
        "PART",
        "BOOK",
        "VOLUME",
        "ACT",
        "SCENE",
        "PSALM",
        "SECTION",
        "APPENDIX",
        "LESSON",
        "STAGE",
        "WORLD",
        "WAR",
    }
)


def without_capitals(text: str) -> str:
    """Return an English phrase with its words in lower case that stand in capitals; acronyms stay.

    >>> without_capitals("Breathe IN, and let the BBC go.")
    'Breathe in, and let the BBC go.'
    >>> without_capitals("NOW IT IS TIME TO REST")
    'now it is time to rest'
    """
    return _WORD.sub(lambda found: _lowered(found, text), text)


def _lowered(found: re.Match[str], text: str) -> str:
    word = found.group()
    bare = re.split("['’]", word)[0]
    if word != bare and not word.endswith("S"):
        return word.capitalize() if bare == "I" else word.lower()
    if bare in _HEADS:
        return word.capitalize()
    return word if _is_acronym(bare, text[: found.start()].rstrip(), text[found.end() :]) else word.lower()


def _is_acronym(word: str, before: str, after: str) -> bool:
    if word == "AM" and before[-1:].isdigit():
        return True
    if word in _AMBIGUOUS and (_ARTICLE.search(before) or _AFTER_ACRONYM.match(after)):
        return True
    if word.lower() in _SHORT_WORDS:
        return False
    return len(word) <= _SHORT or word in _ACRONYMS or bool(_ROMAN.fullmatch(word)) or not _VOWEL.search(word)
