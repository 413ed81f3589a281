"""Titles, bylines and headings that nothing marks as such: by how a line is worded and where it stands.

Plain text has no others; Markdown, pages and documents are judged by the same rules where they have no headings
of their own. See decision 5.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audio_builder.article.blocks import is_quotation, item_marker
from audio_builder.article.marks import only_marks, without_marks
from audio_builder.article.sentences import ends_sentence
from audio_builder.article.text import columns, roman_number, speakable
from audio_builder.article.word_tables import either, rows, words_of

LONGEST_TITLE_COLUMNS = 120
"""Columns."""


_LONGEST_HEADING_COLUMNS = 70
_MOST_HEADING_WORDS = 12
_MOST_SENTENCE_CASE_WORDS = 7
_SHORTEST_CAPITAL_WORD = 3
"""Letters."""

_LONGEST_CHAIN = 2
"""Headings in a row without words between them: a part and its first chapter. More are lines of verse or a litany."""

_ENDS_INSIDE = re.compile(r"[^\W\d_]{4,}[.!?]\s")
_CLOSERS = "”’\"')»"
_NO_TITLE_ENDS_IN = tuple(".,;:。،؛，、；：।۔")
_NO_HEADING_ENDS_IN = (*_NO_TITLE_ENDS_IN, "…", "-", "–", "—")
_SENTENCE_MARKS = tuple("!?？！。؟।۔")
_ABBREVIATED_END = re.compile(r"(?:^|\s)(?:[A-Z]\.)+$|\b(?:Jr|Sr|St|Dr|min|p\.m|a\.m)\.$")

_DIGITS = "one|two|three|four|five|six|seven|eight|nine"
_COUNTED = (
    rf"(?:\d{{1,3}}|[ivxlc]{{1,7}}|{either(words_of('headings', 'counts'))}|"
    rf"(?:twenty|thirty|forty|fifty)[- ](?:{_DIGITS})|the (?:first|second|third|fourth|fifth|last))"
)
_UNITS = rf"(?:{either(words_of('headings', 'parts'))})"
_CHAPTER = re.compile(
    rf"(?:{_UNITS}|(?:ch|chap|kap|cap|hfst)\.)\s+{_COUNTED}\.?(?:\s*[.:–—-]+\s*\S.{{0,70}})?\s*:?", re.IGNORECASE
)
_CHAPTER_ELSEWHERE = re.compile(
    r"第\s*[一二三四五六七八九十百千零〇两\d]{1,6}\s*[章节節回部卷篇集话話幕课課天日週周夜](?:[\s:：、　].{0,40})?"
    r"|제\s*\d{1,3}\s*[장부편화회절일](?:[\s.:].{0,40})?"
    r"|[一二三四五六七八九十]{1,3}、\S{1,20}|(?:الفصل|الجزء|اليوم|الباب|פרק|חלק|יום|अध्याय|भाग|दिन)\s+\S{1,20}(?:\s*[:.–—-]\s*.{1,40})?"
    r"|(?:บทที่|ตอนที่|วันที่|สัปดาห์ที่)\s*\d{1,3}(?:\s.{1,40})?|סוף דבר|פתח דבר"
    rf"|(?:(?:the|der|die|das|le|la|el|il) )?(?:{either(words_of('headings', 'ordinals'))}) {_UNITS}"
    r"(?:\s*[.:–—-]+\s*\S.{0,70})?",
    re.IGNORECASE,
)
_MONTH = either(frozenset().union(*rows("months").values()))
_DATED = re.compile(
    rf"(?:[^\W\d_]{{2,12}}\.?,?\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.|º)?\s+(?:of |de )?(?:{_MONTH})\.?|(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?)"
    r"(?:,?\s+(?:de )?\d{4})?(?:\s*[,:–—-]\s*\S.{0,30})?"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?[日号號].{0,6}",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    rf"(?:{_DATED.pattern})(?:\s*,?\s+(?:at |um |à )?\d{{1,2}}[:.h]\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?)?"
    r"|(?:issue|edition|vol(?:ume)?|no|nr|nº|#)\.?\s*(?:no\.?|#)?\s*\d{1,4}(?:\s*[|·•,–—-]\s*\S.{0,40})?",
    re.IGNORECASE,
)
_NAMED = frozenset(word.casefold() for word in words_of("headings", "named_parts"))
_NUMBERED = re.compile(
    r"(?:(?P<digits>\d{1,2})(?P<deeper>(?:\.\d{1,2}){0,3})|(?P<roman>[IVXLC]{1,7}))(?P<stop>[.):]?)(?:\s+(?P<words>\S.*))?"
)
_VERSE_NUMBER = re.compile(r"\d:\d")
_NEVER_BEGIN = words_of("headings", "said")
_BY = re.compile(
    r"(?:(?:written |words |text )?by|von|par|por|di|door|av|af|przez|автор:?|作者\s*[:：]?|文\s*[/／:：])"
    r"\s*(?=\S)(?P<name>.+)",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(r"(?:written )?(?:by|von|par|por|di|door|av|af|przez)", re.IGNORECASE)
_YEAR_BEHIND = re.compile(r",?\s*\(?\d{4}\)?$")
_NAME_WORD = re.compile(r"(?:[^\W\d_][\w’'-]*\.?)")
_PARTICLES = words_of("headings", "particles")
_NO_FIRST_NAMES = words_of("headings", "no_first_names")
_MOST_NAME_WORDS = 7
_MOST_BELOW_TITLE = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """A paragraph, as far as it decides what is a heading.

    Attributes:
        text: its only line; empty where it has more, or is a list, a quotation or a mark.
        words: all of it.
        blank_before: how many empty lines stand before it; a rule counts as two.
        level: 1 to 6 where the source marks it as a heading; else 0.
        stands_out: all of it is bold or centred.
    """

    text: str
    words: str
    blank_before: int = 1
    level: int = 0
    stands_out: bool = False


def may_be_heading(text: str) -> bool:
    """Return whether one line is neither a mark, an item, nor a quotation."""
    return not (only_marks(text) or item_marker(text) or text.startswith(">") or is_quotation(text)) and speakable(
        without_marks(text)
    )


def is_title(text: str) -> bool:
    """Return whether the first line of a text may be its title, by its wording."""
    return (
        bool(text)
        and columns(text) <= LONGEST_TITLE_COLUMNS
        and (not text.rstrip(_CLOSERS).endswith((*_NO_TITLE_ENDS_IN, "-")) or _ABBREVIATED_END.search(text) is not None)
        and len(_ENDS_INSIDE.findall(text)) < 2
        and may_be_heading(text)
    )


def titled_together(lines: Sequence[str]) -> tuple[str, str] | None:
    """Return the subtitle and the author of lines that are a title with one or both of them, None for other lines.

    The last of the lines may say when they were written, or the number of an issue.
    """
    title, *below = lines
    if not 1 <= len(below) <= _MOST_BELOW_TITLE or not is_title(title) or is_dated(title):
        return None
    if _DATELINE.fullmatch(below[-1].strip()):
        below.pop()
        if not below:
            return "", ""
    author = byline_author(below[-1])
    subtitle = below[: len(below) - bool(author)]
    bracketed = "".join(subtitle)[:1] == "(" and "".join(subtitle)[-1:] == ")"
    if len(subtitle) > 1 or (subtitle and not (is_titled(title) and (bracketed or is_titled(subtitle[0])))):
        return None
    return "".join(subtitle), author


def is_titled(text: str) -> bool:
    """Return whether a line is worded and written as a title: in title case, and neither a chapter's nor an address."""
    words = [word for word in re.split(r"[^\w’']+", text) if word]
    capitals = len(words) > 1 and all(word[0].isupper() or len(word) < 4 for word in words)
    capitals = capitals and words[0][0].isupper() and words[-1][0].isupper()
    return is_title(text) and capitals and not is_chapter(text) and ":" not in text


def is_chapter(text: str) -> bool:
    """Return whether a line names a chapter: Chapter 4, Day 3: Rain, Epilogue, 第二章.

    >>> is_chapter("Part Two"), is_chapter("Nachwort"), is_chapter("Part of it")
    (True, True, False)
    """
    bare = text.strip().rstrip(":：").rstrip()
    if not bare or columns(bare) > LONGEST_TITLE_COLUMNS:
        return False
    if bare.casefold() in _NAMED:
        return not bare[0].islower()
    named = _CHAPTER.fullmatch(bare) or _CHAPTER_ELSEWHERE.fullmatch(bare)
    return named is not None and not bare[0].islower() and not bare.endswith(("。", ",", ";"))


def is_number(text: str) -> bool:
    """Return whether a line is a number alone, as chapters have them: 12, XIV."""
    found = _NUMBERED.fullmatch(text.strip())
    return found is not None and found["words"] is None


def is_dated(text: str) -> bool:
    """Return whether a line is a day, as entries of a diary have it.

    >>> is_dated("Saturday, 21 March 2026"), is_dated("In March")
    (True, False)
    """
    return len(text) <= LONGEST_TITLE_COLUMNS and _DATED.fullmatch(text.strip().rstrip(":")) is not None


def begins_chapters(first: str, later: Iterable[str]) -> bool:
    """Return whether a first line is the first of several chapters or days, and no title of them all."""
    same = next((kind for kind in (is_chapter, is_dated) if kind(first)), None)
    return same is not None and any(map(same, later))


def byline_author(text: str) -> str:
    """Return the author whom a line names after “by”, empty where it is no byline.

    >>> byline_author("by A. Writer"), byline_author("By the river")
    ('A. Writer', '')
    """
    said = _YEAR_BEHIND.sub("", re.split(r"\s[|·•]\s", text)[0].strip())
    found = _BY.fullmatch(" ".join(said.split()))
    if not found:
        return ""
    name = found["name"].strip()
    words = name.replace(",", "").split()
    if not 1 <= len(words) <= _MOST_NAME_WORDS or (name.endswith(".") and not _ABBREVIATED_END.search(name)):
        return ""
    if not all(word in _PARTICLES or (_NAME_WORD.fullmatch(word) and not word[0].islower()) for word in words):
        return ""
    if words[0] in _PARTICLES - {"de", "da", "van", "von", "di", "al"} or words[0].casefold() in _NO_FIRST_NAMES:
        return ""
    return name if len(words) > 1 or text.strip()[0].islower() or not text.isascii() else ""


def author_below(lines: Sequence[str]) -> str:
    """Return the author whom two lines name, the first of them “by” alone; empty where they don't.

    >>> author_below(["BY", "A. WRITER"]), author_below(["by", "the river"])
    ('A. WRITER', '')
    """
    if len(lines) < 2 or not _BY_ALONE.fullmatch(lines[0].strip()):
        return ""
    return byline_author(f"by {_YEAR_BEHIND.sub('', lines[1])}")


def heading_levels(paragraphs: Sequence[Setting]) -> list[int]:
    """Return the level of each paragraph's heading, 0 where it has none.

    A line that stands twice in the text is no heading unless it names a chapter, and neither are lines of which three
    or more follow one another.
    """
    times = Counter(paragraph.text.casefold() for paragraph in paragraphs if paragraph.text)
    dated = {place for place, paragraph in enumerate(paragraphs) if paragraph.text and is_dated(paragraph.text)}
    dated = dated if len(dated) > 1 else set()
    capitals = {place for place in range(len(paragraphs) - 1) if _is_capital_word(paragraphs, place)}
    capitals = capitals if len(capitals) > 1 else set()
    levels = [0] * len(paragraphs)
    last_number = 0
    for place, paragraph in enumerate(paragraphs):
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
        before = paragraphs[place - 1] if place else None
        if paragraph.level:
            levels[place] = paragraph.level
            continue
        if not paragraph.text or following is None:
            continue
        named = is_chapter(paragraph.text)
        if times[paragraph.text.casefold()] > 1 and not named:
            continue
        number = _number(paragraphs, place, last_number)
        if number or named or place in dated or place in capitals:
            last_number = number or _chapter_number(paragraph.text) or last_number
            levels[place] = 2
        elif _is_set_as_heading(paragraph, before):
            levels[place] = 2
    for place in _in_sentence_case(paragraphs, levels):
        levels[place] = 2
    for place, level in enumerate(levels[:-1]):
        if level and not paragraphs[place].level and _heads_nothing(paragraphs[place], paragraphs[place + 1]):
            levels[place] = levels[place + 1] and level
    return _without_litanies(paragraphs, levels)


def _is_capital_word(paragraphs: Sequence[Setting], place: int) -> bool:
    """Return whether a paragraph is one word in capitals above a sentence; one such word of a text is no heading."""
    text, following = paragraphs[place].text, paragraphs[place + 1].words
    return len(text) >= _SHORTEST_CAPITAL_WORD and text.isalpha() and text.isupper() and ends_sentence(following)


def _heads_nothing(paragraph: Setting, following: Setting) -> bool:
    """Return whether a line is known as a heading by its capitals alone, and a single line without a stop follows."""
    alone = paragraph.blank_before < 2 and not paragraph.stands_out and not is_chapter(paragraph.text)
    return alone and bool(following.text) and not ends_sentence(following.words)


def _is_set_as_heading(paragraph: Setting, before: Setting | None) -> bool:
    text = paragraph.text
    bare = text.rstrip(_CLOSERS)
    if (
        not _is_short(text)
        or _VERSE_NUMBER.search(text)
        or bare.endswith(_NO_HEADING_ENDS_IN)
        or not may_be_heading(text)
        or _is_said(text, before)
    ):
        return False
    set_off = paragraph.blank_before >= 2
    if bare.endswith(_SENTENCE_MARKS):
        return (set_off or paragraph.stands_out) and in_title_case(text)
    return set_off or paragraph.stands_out or in_title_case(text)


def _is_short(text: str) -> bool:
    return columns(text) <= _LONGEST_HEADING_COLUMNS and len(text.split()) <= _MOST_HEADING_WORDS


def _is_said(text: str, before: Setting | None) -> bool:
    """Return whether a line is a mantra or a wish, or what a colon before it leads to."""
    first = re.split(r"[^\w’']+", text.casefold(), maxsplit=1)[0]
    return first in _NEVER_BEGIN or (before is not None and before.words.rstrip().endswith((":", "：")))


def _number(paragraphs: Sequence[Setting], place: int, last: int) -> int:
    """Return the number of a heading that begins with one, 0 where it doesn't or is an item of a list.

    A heading of a part, 2.1, may follow that of the whole, 2.
    """
    found = _NUMBERED.fullmatch(paragraphs[place].text.strip())
    if not found:
        return 0
    number = int(found["digits"]) if found["digits"] else roman_number(found["roman"])
    words = found["words"]
    if words is None:
        # A bare number may be that of a page: the first is 1, and each is the next.
        return number if number == last + 1 and (last or number == 1) and not found["deeper"] else 0
    following = paragraphs[place + 1] if place + 1 < len(paragraphs) else Setting("", "")
    another = _NUMBERED.fullmatch(following.text.strip())
    is_part = another is not None and len(another["deeper"] or "") > len(found["deeper"] or "")
    listed = (another is not None and another["words"] is not None) or not ends_sentence(following.words)
    if listed and not (is_part and _number(paragraphs, place + 1, 0)):
        return 0
    if not (found["stop"] or found["deeper"]) or not (words[0].isupper() or not words[0].isascii()):
        return 0
    bare = words.rstrip(_CLOSERS)
    return number if _is_short(words) and not bare.endswith((*_NO_HEADING_ENDS_IN, *_SENTENCE_MARKS)) else 0


def _chapter_number(text: str) -> int:
    found = re.search(r"\b(?:(\d{1,3})|([IVXLC]{1,7}))\b", text)
    return (int(found[1]) if found[1] else roman_number(found[2])) if found else 0


def in_title_case(text: str) -> bool:
    """Return whether a line of two words or more is in capitals, or has one in each word of four letters or more."""
    words = [word for word in re.split(r"[^\w’']+", text) if word and word[0].isalpha()]
    if len(words) < 2 or not words[0][0].isupper():
        return False
    long = [word for word in words if len(word) >= 4] or words
    return all(word[0].isupper() for word in long) and words[-1][0].isupper()


def _in_sentence_case(paragraphs: Sequence[Setting], levels: Sequence[int]) -> list[int]:
    """Return the places of short lines without a stop that head the prose of a text, if there are two or more.

    All such lines of the text must stand between paragraphs of prose: one that doesn't makes it a text of lines.
    """
    open_lines = [
        place
        for place, paragraph in enumerate(paragraphs)
        if place and not levels[place] and paragraph.text and not ends_sentence(paragraph.text)
        and not paragraph.text.rstrip().endswith((":", ","))
    ]  # fmt: skip
    if len(open_lines) < 2 or not all(_heads_prose(paragraphs, place) for place in open_lines):
        return []
    return open_lines


def _heads_prose(paragraphs: Sequence[Setting], place: int) -> bool:
    text = paragraphs[place].text
    following = paragraphs[place + 1].words if place + 1 < len(paragraphs) else ""
    before = paragraphs[place - 1]
    return (
        text[0].isupper()
        and len(text.split()) <= _MOST_SENTENCE_CASE_WORDS
        and not any(sign in text for sign in ",;—–")
        and may_be_heading(text)
        and not _is_said(text, before)
        and ends_sentence(before.words)
        and ends_sentence(following)
        and len(re.findall(r"[.!?…][”’\"')]*(?:\s|$)", following)) >= 2
    )


def _without_litanies(paragraphs: Sequence[Setting], levels: list[int]) -> list[int]:
    """Return the levels without those of lines that nothing marks and that follow one another, three or more."""
    start = 0
    for place in range(len(levels) + 1):
        if place < len(levels) and levels[place] and not paragraphs[place].level:
            continue
        if place - start > _LONGEST_CHAIN:
            for inside in range(start, place):
                if not is_chapter(paragraphs[inside].text) and not _NUMBERED.fullmatch(paragraphs[inside].text):
                    levels[inside] = 0
        start = place + 1
    return levels
