"""The few lines of YAML that may stand between `---` lines at the head of a text."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from audio_builder.article.details import NOTHING_SAID, Details, about, read_details
from audio_builder.article.text import clean
from audio_builder.errors import SourceError

LARGEST = 64 * 1024
"""Characters of front matter at most."""

LONGEST_VALUE = 1000
"""Characters of a title, a subtitle or an author at most."""

PLACE_KEY = "place"
"""The key that says where a guide stands; elsewhere it means nothing."""

KEYS = ("title", "subtitle", "author", "language", "date", "slug", "id", PLACE_KEY, *Details.__struct_fields__)
"""What an article's front matter may say."""

_OF_OTHERS = frozenset(
    (  # noqa: SIM905 - a list of words to read
        "alias aliases author_profile bibliography categories category comments cover created css cssclass cssclasses "
        "draft excerpt featured featured_image header-includes hero keywords lastmod layout linktitle mathjax menu "
        "meta modified output pandoc params permalink publish published rating read_time redirect_from redirect_to "
        "related series share sitemap sticky tag tags taxonomies teaser template thumbnail toc toc_label type updated "
        "url uuid weight"
    ).split()
)
"""Keys by which other programs sort, lay out and find a text (Jekyll, Hugo, Obsidian, Pandoc); no sound needs them."""

_DEEPEST = 4
_FENCE = "---"
_CLOSING_FENCES = ("---", "...")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_HINT = "Front matter is lines such as `title: A Quiet Hour` between two lines of three hyphens (---)."


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a text says about itself.

    Attributes:
        title: empty where it isn't given; so are the next four.
        subtitle: what stands under the title.
        author: several authors are joined by commas.
        language: a BCP 47 tag such as `en` or `pt-BR`.
        date: `YYYY-MM-DD`, or with the time of day where it was given, in ISO 8601.
        details: what players read besides.
        values: every key whose value is a text, as given.
        keys: all keys, in order.
        lines: how many lines of the source the front matter takes, fences included.
    """

    title: str = ""
    subtitle: str = ""
    author: str = ""
    language: str = ""
    date: str = ""
    details: Details = NOTHING_SAID
    values: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    lines: int = 0


def shortened(text: str) -> str:
    """Return a title, a subtitle or an author on one line, cut where it is too long to be one."""
    return " ".join(text.split())[:LONGEST_VALUE].rstrip()


def read_front_matter(text: str, name: str) -> FrontMatter:
    """Return the front matter at the head of a text; an empty one where there is none.

    Text between two rules that isn't a list of `key: value` is a text between two rules, and no
    front matter. Unknown keys are kept in `values`; `check_keys` refuses them.

    Args:
        text: the whole source, with clean line ends.
        name: the file's name, for messages.

    Raises:
        SourceError: it is malformed, too large, refers to parts of itself, or a known key has a value that isn't
            allowed; with the line.
    """
    lines = _lines_between_fences(text, name)
    if lines is None:
        return FrontMatter()
    loaded = _loaded("\n".join(lines), name)
    if loaded is None:
        return FrontMatter()
    values = {key: text for key, value in loaded.items() if isinstance(key, str) and (text := _as_text(value))}
    for key in ("title", "subtitle", "author"):
        length = len(values.get(key, ""))
        if length > LONGEST_VALUE:
            raise SourceError(
                f"{name}: `{key}` in the front matter has {length} characters; at most {LONGEST_VALUE} are allowed"
            )
    return FrontMatter(
        title=values.get("title", ""),
        subtitle=values.get("subtitle", ""),
        author=values.get("author", ""),
        language=_language(values.get("language", ""), name),
        date=_date(values.get("date", ""), name),
        details=_details(loaded, name),
        values=values,
        keys=tuple(str(key) for key in loaded),
        lines=len(lines) + 2,
    )


def check_keys(front: FrontMatter, name: str) -> None:
    """Refuse a key that nothing would come of; what other programs keep there is left alone.

    Args:
        front: of an article.
        name: the file's name, for messages.

    Raises:
        SourceError: there is one; the message names the closest right ones.
    """
    for key in front.keys:
        if key not in KEYS and key.lower().replace(" ", "_") not in _OF_OTHERS:
            close = difflib.get_close_matches(_snake_case(key), KEYS, n=3, cutoff=0.5)
            raise SourceError(
                f"{name}: the front matter has `{key}`, which is no key of an article; "
                + (f"the closest is {' or '.join(f'`{one}`' for one in close)}" if close else "none is like it"),
                hint=f"Correct the line or remove it. The keys are {', '.join(KEYS)}.",
            )


def without_front_matter(text: str, front: FrontMatter) -> str:
    """Return the text with empty lines in place of the front matter, so that lines keep their numbers."""
    parts = text.split("\n", front.lines)
    body = parts[-1] if len(parts) > front.lines else ""
    return "\n" * front.lines + body


def _lines_between_fences(text: str, name: str) -> list[str] | None:
    if not text.startswith(_FENCE) or text.partition("\n")[0].rstrip() != _FENCE:
        return None
    lines: list[str] = []
    size = 0
    for line in text[: 2 * LARGEST].split("\n")[1:]:
        if line.rstrip() in _CLOSING_FENCES:
            return lines
        size += len(line) + 1
        if size > LARGEST:
            # Without a closing fence near the top it is a text that opens with a rule.
            looks_meant = re.match(r"[\w-]+:(\s|$)", lines[0]) if lines else None
            if looks_meant and re.search(r"^(---|\.\.\.)\s*$", text[len(_FENCE) :], re.MULTILINE):
                raise SourceError(f"{name}: the front matter is longer than {LARGEST // 1024} KB", hint=_HINT)
            return None
        lines.append(line)
    return None


def _loaded(source: str, name: str) -> dict[object, object] | None:
    """Return the mapping, its values texts, lists and mappings, or None where it is no mapping."""
    try:
        _refuse_tricks(source, name)
        # BaseLoader makes texts, lists and mappings only: no dates, no numbers, no objects.
        loaded = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it isn't YAML"
        raise SourceError(
            f"{name}:{line}: the front matter can't be read: {problem}",
            hint=f"{_HINT} Put quotation marks around a value that has a colon in it.",
        ) from error
    return loaded if isinstance(loaded, dict) else None


def _details(loaded: Mapping[object, object], name: str) -> Details:
    cleaned = {key: _cleaned(value) for key, value in loaded.items() if isinstance(key, str)}
    try:
        return read_details(cleaned)
    except ValueError as error:
        key, value = error.args
        raise SourceError(
            f"{name}: `{key}: {str(value)[:80]}` in the front matter can't be used", hint=f"`{key}` is {about(key)}."
        ) from error


def _cleaned(value: object) -> object:
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def _snake_case(key: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[-\s]+", "_", key).lower()


def _refuse_tricks(source: str, name: str) -> None:
    """Refuse aliases (a few lines can unfold to gigabytes) and deep nesting, before anything is built."""
    depth = 0
    for event in yaml.parse(source, Loader=yaml.BaseLoader):
        line = event.start_mark.line + 2 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise SourceError(
                f"{name}:{line}: the front matter uses & or * to refer to a part of itself; "
                "only plain values are allowed",
                hint="Put quotation marks around a value that begins with & or *.",
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise SourceError(f"{name}:{line}: the front matter is nested more than {_DEEPEST} deep", hint=_HINT)


def _as_text(value: object) -> str:
    """Return a text value on one line; a list of texts joined by commas; nothing for other values."""
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := _as_text(item)))
    return " ".join(clean(value).split()) if isinstance(value, str) else ""


def _language(value: str, name: str) -> str:
    tag = value.replace("_", "-")
    if tag and not (_LANGUAGE.fullmatch(tag) and len(tag) <= 35):
        raise SourceError(
            f"{name}: `language: {value}` in the front matter is not a language tag",
            hint="Write a tag such as en, de or pt-BR.",
        )
    return tag


def _date(value: str, name: str) -> str:
    day = value[:10]
    rest = value[10:]
    try:
        datetime.date.fromisoformat(day or "2000-01-01")
        valid = not day or (len(day) == 10 and day[4] == day[7] == "-" and (not rest or rest[0] in "T "))
    except ValueError:
        valid = False
    if not valid:
        raise SourceError(
            f"{name}: `date: {value}` in the front matter is not a date",
            hint="Write the year, the month and the day, such as 2026-03-21.",
        )
    return _with_time(day, rest)


def _with_time(day: str, rest: str) -> str:
    """Return a day with the time of day that follows it, in ISO 8601; the day alone where that is no time."""
    time = re.sub(r"\s+(?=([+-]\d|Z$))", "", rest[1:].strip())
    try:
        moment = datetime.datetime.fromisoformat(f"{day}T{time}") if time else None
    except ValueError:
        moment = None
    return moment.isoformat(timespec="seconds") if moment else day
