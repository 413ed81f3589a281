"""One rule for a value, at every door: front matter, recipe file, command line and `show.toml`."""

from __future__ import annotations

import datetime
import difflib
import re

LANGUAGE_SHAPE = re.compile(r"[a-zA-Z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""How a BCP 47 tag of a language looks; the names of languages are longer."""

LONGEST_LANGUAGE = 35

_NAMES = (
    "afrikaans:af albanian:sq amharic:am arabic:ar armenian:hy azerbaijani:az basque:eu belarusian:be bengali:bn "
    "bosnian:bs bulgarian:bg burmese:my catalan:ca chinese:zh croatian:hr czech:cs danish:da dutch:nl english:en "
    "esperanto:eo estonian:et finnish:fi french:fr galician:gl georgian:ka german:de greek:el gujarati:gu "
    "hebrew:he hindi:hi hungarian:hu icelandic:is indonesian:id irish:ga italian:it japanese:ja kannada:kn "
    "kazakh:kk khmer:km korean:ko lao:lo latin:la latvian:lv lithuanian:lt luxembourgish:lb macedonian:mk "
    "malay:ms malayalam:ml maltese:mt mandarin:zh maori:mi marathi:mr mongolian:mn nepali:ne norwegian:no "
    "occitan:oc persian:fa polish:pl portuguese:pt punjabi:pa romanian:ro russian:ru sanskrit:sa serbian:sr "
    "sinhala:si slovak:sk slovene:sl slovenian:sl somali:so spanish:es swahili:sw swedish:sv tagalog:tl tamil:ta "
    "telugu:te thai:th tibetan:bo turkish:tr ukrainian:uk urdu:ur uzbek:uz vietnamese:vi welsh:cy xhosa:xh "
    "yiddish:yi yoruba:yo zulu:zu "
    "deutsch:de español:es français:fr italiano:it nederlands:nl português:pt polski:pl svenska:sv русский:ru 中文:zh "
    "日本語:ja"
)
_TAGS = dict(pair.split(":") for pair in _NAMES.split())


class WrongValue(ValueError):
    """A value that may stand nowhere; each door says where it stood.

    Attributes:
        complaint: what is wrong with it, to follow its place: `is 'german', which is not a language tag`.
        hint: what to write instead.
    """

    def __init__(self, complaint: str, hint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint
        self.hint = hint


def language_tag(value: str) -> str:
    """Return a BCP 47 tag, with hyphens; empty stays empty.

    >>> language_tag("pt_BR")
    'pt-BR'

    Raises:
        WrongValue: it is none; the hint has the closest.
    """
    tag = value.strip().replace("_", "-")
    if not tag or (LANGUAGE_SHAPE.fullmatch(tag) and len(tag) <= LONGEST_LANGUAGE):
        return tag
    close = difflib.get_close_matches(tag.partition("-")[0].strip().casefold(), _TAGS, n=1)
    hint = f"Did you mean {_TAGS[close[0]]}?" if close else "Write a tag such as en, de or pt-BR."
    raise WrongValue(f"is {value[:80]!r}, which is not a language tag", hint)


def tag_or_nothing(value: str) -> str:
    """Return a language tag that a stranger's file gives; empty where it is none."""
    try:
        return language_tag(value)
    except WrongValue:
        return ""


def iso_date(value: str) -> str:
    """Return a date, `YYYY-MM-DD`, as it is written, with the time of day where one follows; empty stays empty.

    >>> iso_date("2026-11-20T06:30:00+01:00")
    '2026-11-20T06:30:00+01:00'

    Raises:
        WrongValue: there is no such day or time, or it is in the year 1 or 9999, which elsewhere may be in none.
    """
    try:
        valid = not value or (
            value[4:5] == value[7:8] == "-" and 1 < datetime.datetime.fromisoformat(value).year < 9999
        )
    except ValueError:
        valid = False
    if not valid:
        raise WrongValue(
            f"is {value[:80]!r}, which is not a date (YYYY-MM-DD)",
            "Write the year, the month and the day, such as 2026-03-21.",
        )
    return value
