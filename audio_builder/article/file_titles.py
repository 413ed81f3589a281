"""A title from the name of a file, where nothing in the text says one."""

from __future__ import annotations

import re
from pathlib import PurePath
from urllib.parse import unquote

_DATE_BEFORE = re.compile(
    r"^(?:\d{4}[-_. ]?\d{2}[-_. ]?\d{2})(?:[-_T ]+\d{2}[-_.:h]?\d{2}(?:[-_.:]?\d{2})?)?[-_. ]+(?=.*[^\W\d_])"
)
_NUMBER_BEFORE = re.compile(r"^(?:0\d{1,2}|\d{3}|\d{6,})[-_. ]+(?=.*[^\W\d_])")
_ADDED = re.compile(
    r"(?:[ _-]+[0-9a-f]{32}|[ _]*\(\d{1,3}\)|[ _-]+(?:copy|kopie|copie|copia)(?:[ _-]*\d{1,2})?)+$", re.IGNORECASE
)
"""What exporters and copies put behind a name."""

_SAYS_NOTHING = re.compile(
    r"(?:untitled|unbenannt|sans titre|sin t[ií]tulo|senza titolo|new (?:text )?document|neues? (?:text)?dokument|"
    r"document|doc|draft|notes?|text|index|readme|post|page|article|script|input|tmp|temp|img|stdin)?[ _-]*\d*",
    re.IGNORECASE,
)
_MOST_FIRST_WORDS = 7
_LONGEST_FIRST_WORDS = 60


def title_from_name(name: str) -> str:
    """Return the words of a file's name without its date, number and suffix; empty for standard input.

    >>> title_from_name("posts/2026-03-21-the-slow-bench.md"), title_from_name("Old Harbour.md"), title_from_name("-")
    ('The slow bench', 'Old Harbour', '')
    """
    if name == "-":
        return ""
    stem = unquote(_stem(name)).strip()
    words = _ADDED.sub("", _NUMBER_BEFORE.sub("", _DATE_BEFORE.sub("", stem))).strip(" -_.") or stem
    if " " in words:
        words = words.replace("_", " ")
    elif re.search(r"[^\W\d_]", words):
        words = re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])", " ", re.sub(r"[-_+]+", " ", words))
    words = " ".join(words.split())
    return words[:1].upper() + words[1:]


def is_written_out(name: str) -> bool:
    """Return whether a file's name is written as titles are, with spaces and a capital."""
    stem = _stem(name)
    title = title_from_name(name)
    return " " in title and " " in stem and not title.islower() and stem[:1].isupper() and not says_nothing(title)


def says_nothing(title: str) -> bool:
    """Return whether a title is one that programs give, such as “untitled” or “Document 1”.

    >>> says_nothing("Untitled 2"), says_nothing("The Draft Horse")
    (True, False)
    """
    bare = title.strip().removeprefix("Microsoft Word - ")
    return _SAYS_NOTHING.fullmatch(_stem(bare) if "." in bare else bare) is not None


def first_words(text: str) -> str:
    """Return the first words of a text, as the title of what has no other.

    >>> first_words("It was early, and nobody was on the beach. Not even gulls.")
    'It was early, and nobody was on…'
    """
    words = text.split()
    first = " ".join(words[:_MOST_FIRST_WORDS])[:_LONGEST_FIRST_WORDS].rstrip()
    return first if first == " ".join(words) else f"{first.rstrip('.,;:!?…')}…"


def _stem(name: str) -> str:
    path = PurePath(name)
    return path.stem if path.suffix and not path.suffix[1:].isdigit() and " " not in path.suffix else path.name
