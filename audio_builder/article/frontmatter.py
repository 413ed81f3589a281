"""What may stand at the head of a text: YAML between lines of `---`, TOML between lines of `+++`, or a JSON object."""

from __future__ import annotations

import datetime
import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from audio_builder.article.details import NOTHING_SAID, Details, about, read_details
from audio_builder.article.file_titles import says_nothing
from audio_builder.article.text import clean
from audio_builder.article.word_tables import rows, words_of
from audio_builder.errors import SourceError
from audio_builder.recipe.values import WrongValue, language_tag

LARGEST = 64 * 1024
"""Characters of front matter at most."""

LONGEST_VALUE = 1000
"""Characters of a title, a subtitle or an author at most."""

PLACE_KEY = "place"
"""The key that says where a guide stands; elsewhere it means nothing."""

KEYS = ("title", "subtitle", "author", "language", "date", "slug", "id", PLACE_KEY, *Details.__struct_fields__)
"""What an article's front matter may say."""

NAME_KEY = "name of the document"
"""The value of its front matter with the title that a document has among its properties; it isn't read."""

_OF_OTHERS = words_of("front_matter", "keys_of_others")
_A_SLIP = 0.7
"""How like a key of ours an unknown one is, from 0 to 1, to be taken for a slip."""

_DEEPEST = 4
_CLOSING_FENCES = {"---": ("---", "..."), "+++": ("+++",)}
_MONTHS = {name: int(number) for number, names in rows("months").items() for name in names}
_DAY_OF_MONTH = r"(\d{1,2})(?:st|nd|rd|th|\.|º)?"
_MONTH = r"([^\W\d_]{3,})\.?"
_YEAR = r"(\d{4})"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T ,].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ ,].*)?")
_IN_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號].*")
_COLON_IN_VALUE = re.compile(
    r"^((?:title|subtitle|author)[ \t]*:[ \t]+)([^\s\"'\[{&*|>#][^\n]*: [^\n]*?)[ \t]*$", re.MULTILINE
)
_IN_ANGLES = re.compile(r"<[^<>]*>")
_DATES = (datetime.date, datetime.datetime)
_JSON_STARTS = re.compile(r'\{\s*"[\w-]+"\s*:')
_JSON_HINT = (
    'It begins with { and ends with } on a line of its own; between them stand pairs such as "title": "A Quiet Hour".'
)
_TOML_HINT = 'Between two lines of +++ stand lines such as title = "A Quiet Hour".'
_TIME = re.compile(r"(?<=[T ])\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:\s*(?:Z|[+-]\d\d:?\d\d))?$")
_CLOCK = re.compile(r"\d:\d\d")
_WEEKDAY = r"(?:[^\W\d_]{2,}\.?,?\s+)?"
_DAY_MONTH = re.compile(rf"{_WEEKDAY}{_DAY_OF_MONTH}\s+(?:of\s+|de\s+)?{_MONTH},?\s+(?:de\s+)?{_YEAR}(?:[ ,].*)?")
_MONTH_DAY = re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY_OF_MONTH},?\s+{_YEAR}(?:[ ,].*)?")
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
        id: what the episode is known by, whatever its title and its file: the value of `id` or of `slug`.
        values: every key whose value is a text, as given.
        keys: all keys, in order.
        lines: how many lines of the source the front matter takes, fences included.
        notes: what a person should know of it: a value that isn't taken, a line each.
    """

    title: str = ""
    subtitle: str = ""
    author: str = ""
    language: str = ""
    date: str = ""
    details: Details = NOTHING_SAID
    id: str = ""
    values: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    lines: int = 0
    notes: tuple[str, ...] = ()


def shortened(text: str) -> str:
    """Return a title, a subtitle or an author on one line, cut where it is too long to be one."""
    return " ".join(text.split())[:LONGEST_VALUE].rstrip()


def of_properties(title: str, author: str, language: str = "") -> FrontMatter:
    """Return what the properties of a document say; a title that a program gave it says nothing."""
    named = shortened(title)
    return FrontMatter(
        author=shortened(author), language=language, values={} if says_nothing(named) else {NAME_KEY: named}
    )


def read_front_matter(text: str, name: str) -> FrontMatter:
    """Return the front matter at the head of a text; an empty one where there is none.

    Text between two rules that isn't a list of `key: value` is a text between two rules, and no
    front matter. Unknown keys are kept in `values`; `check_keys` refuses them.

    Args:
        text: the whole source, with clean line ends.
        name: the file's name, for messages.

    Raises:
        SourceError: it is malformed, too large or refers to parts of itself; with the line.
    """
    loaded, taken = _at_head(text, name)
    if loaded is None:
        return FrontMatter()
    notes: list[str] = []
    loaded = {_our_key(key, loaded): value for key, value in loaded.items()}
    values = {key: text for key, value in loaded.items() if isinstance(key, str) and (text := _as_text(value))}
    for key in ("title", "subtitle", "author", "id", "slug"):
        length = len(values.get(key, ""))
        if length > LONGEST_VALUE:
            raise SourceError(
                f"{name}: `{key}` in the front matter has {length} characters; at most {LONGEST_VALUE} are allowed"
            )
    return FrontMatter(
        title=values.get("title", ""),
        subtitle=values.get("subtitle", ""),
        author=" ".join(_IN_ANGLES.sub(" ", values.get("author", "")).split()).replace(" ,", ","),
        language=_language(values.get("language", "") or values.get("lang", ""), name, notes),
        date=_date(values.get("date", ""), name, notes),
        details=_details(loaded, name, notes),
        id=values.get("id", "") or values.get("slug", ""),
        values=values,
        keys=tuple(str(key) for key in loaded),
        lines=taken,
        notes=tuple(notes),
    )


def _at_head(text: str, name: str) -> tuple[dict[object, object] | None, int]:
    """Return the mapping at the head of a text, None where there is none, and how many lines it takes."""
    if _JSON_STARTS.match(text):
        return _json(text, name)
    lines = _lines_between_fences(text, name)
    if lines is None:
        return None, 0
    loaded = _toml(lines, name) if text.startswith("+++") else _loaded("\n".join(lines), name)
    return loaded, len(lines) + 2


def _our_key(key: object, loaded: Mapping[object, object]) -> object:
    """Return a key as we write it: Title is title, authors are the author; where ours isn't there as well."""
    small = key.strip().casefold() if isinstance(key, str) else ""
    ours = "author" if small == "authors" else small
    return ours if ours in KEYS and ours not in loaded else key


def check_keys(front: FrontMatter, name: str) -> tuple[str, ...]:
    """Return a note on each key that nothing comes of; what other programs keep there is left alone.

    Args:
        front: of an article.
        name: the file's name, for messages.

    Raises:
        SourceError: a key is nearly one of an article's, and so a slip; the message names the closest right ones.
    """
    notes = []
    for key in front.keys:
        if key in KEYS or _snake_case(key) in _OF_OTHERS:
            continue
        close = difflib.get_close_matches(_snake_case(key), KEYS, n=3, cutoff=_A_SLIP)
        if close:
            raise SourceError(
                f"{name}: the front matter has `{key}`, which is no key of an article; "
                f"the closest is {' or '.join(f'`{one}`' for one in close)}",
                hint=f"Correct the line or remove it. The keys are {', '.join(KEYS)}.",
            )
        notes.append(f"{name}: `{key}` in the front matter is no key of an article and is passed over")
    return tuple(notes)


def without_front_matter(text: str, front: FrontMatter) -> str:
    """Return the text with empty lines in place of the front matter, so that lines keep their numbers."""
    parts = text.split("\n", front.lines)
    body = parts[-1] if len(parts) > front.lines else ""
    return "\n" * front.lines + body


def _lines_between_fences(text: str, name: str) -> list[str] | None:
    fence = text[:3]
    if fence not in _CLOSING_FENCES or text.partition("\n")[0].rstrip() != fence:
        return None
    lines: list[str] = []
    size = 0
    for line in text[: 2 * LARGEST].split("\n")[1:]:
        if line.rstrip() in _CLOSING_FENCES[fence]:
            return lines
        size += len(line) + 1
        if size > LARGEST:
            # Without a closing fence near the top it is a text that opens with a rule.
            looks_meant = re.match(r"[\w-]+:(\s|$)", lines[0]) if lines else None
            if looks_meant and re.search(r"^(---|\.\.\.)\s*$", text[len(fence) :], re.MULTILINE):
                raise SourceError(f"{name}: the front matter is longer than {LARGEST // 1024} KB", hint=_HINT)
            return None
        lines.append(line)
    return None


def _loaded(source: str, name: str) -> dict[object, object] | None:
    """Return the mapping, its values texts, lists and mappings, or None where it is no mapping."""
    try:
        loaded = _parsed(source, name)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it isn't YAML"
        raise SourceError(
            f"{name}:{line}: the front matter can't be read: {problem}",
            hint=f"{_HINT} Put quotation marks around a value that has a colon in it.",
        ) from error
    return loaded if isinstance(loaded, dict) else None


def _details(loaded: Mapping[object, object], name: str, notes: list[str]) -> Details:
    """Return the details; an image that is no path is of another program, and is noted and passed over."""
    cleaned = {key: _cleaned(value) for key, value in loaded.items() if isinstance(key, str)}
    image = cleaned.get("image")
    if isinstance(image, dict) or (isinstance(image, str) and "://" in image):
        notes.append(f"{name}: `image` in the front matter is no path of a file and is passed over")
        del cleaned["image"]
    try:
        return read_details(cleaned)
    except ValueError as error:
        key, value = error.args
        raise SourceError(
            f"{name}: `{key}: {str(value)[:80]}` in the front matter can't be used", hint=f"`{key}`: {about(key)}."
        ) from error


def _cleaned(value: object) -> object:
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def _snake_case(key: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[-\s]+", "_", key).lower()


def _parsed(source: str, name: str) -> object:
    """Return what YAML says; a title with a colon in it, which isn't YAML, is taken as it stands."""
    try:
        _refuse_tricks(source, name)
    except yaml.YAMLError:
        quoted = _COLON_IN_VALUE.sub(lambda line: f"{line[1]}'{line[2].replace(chr(39), chr(39) * 2)}'", source)
        if quoted == source:
            raise
        source = quoted
        _refuse_tricks(source, name)
    # BaseLoader makes texts, lists and mappings only: no dates, no numbers, no objects.
    return yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506


def _toml(lines: list[str], name: str) -> dict[object, object] | None:
    """Return Hugo's TOML, its values as YAML gives them; None for what is none: text between plus signs is text."""
    try:
        loaded = tomllib.loads("\n".join(lines))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        if any("=" in line for line in lines):
            raise SourceError(f"{name}: the front matter can't be read: {error}", hint=_TOML_HINT) from error
        return None
    return {key: _as_yaml(value) for key, value in loaded.items()}


def _json(text: str, name: str) -> tuple[dict[object, object], int]:
    """Return Hugo's JSON, its values as YAML gives them, and how many lines it takes."""
    try:
        loaded, end = json.JSONDecoder().raw_decode(text[:LARGEST])
        return {key: _as_yaml(value) for key, value in loaded.items()}, text.count("\n", 0, end) + 1
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name}: the front matter can't be read: {error}", hint=_JSON_HINT) from error


def _as_yaml(value: object) -> object:
    if isinstance(value, list):
        return [_as_yaml(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return ""
    return str(value) if isinstance(value, (int, float, *_DATES)) else value


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
    """Return a text value on one line; a list of texts joined by commas; of a mapping its name; nothing for others."""
    if isinstance(value, dict):
        return _as_text(value.get("name") or value.get("literal"))
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := _as_text(item)))
    return " ".join(clean(value).split()) if isinstance(value, str) else ""


def _language(value: str, name: str, notes: list[str]) -> str:
    """Return a language tag; what is none is noted, with the closest, and passed over."""
    try:
        return language_tag(value)
    except WrongValue as error:
        notes.append(
            f"{name}: `language: {value}` in the front matter is not a language tag and is passed over. {error.hint}"
        )
        return ""


def _date(value: str, name: str, notes: list[str]) -> str:
    """Return a date as `YYYY-MM-DD`: those that can be meant in one way only; others are noted and passed over."""
    if not value:
        return ""
    day = _day(value.strip())
    if day is None or not 1 < day.year < 9999:
        notes.append(
            f"{name}: `date: {value}` in the front matter is not a date that can be read, and is passed over; "
            "write the year, the month and the day, such as 2026-03-21"
        )
        return ""
    time = _TIME.search(value)
    date = _with_time(day.isoformat(), time.group()) if time else day.isoformat()
    if "T" not in date and _CLOCK.search(value):
        notes.append(
            f"{name}: `date: {value}` in the front matter has a time of day that can't be read, and is passed over; "
            f"write it such as {date}T06:30+01:00"
        )
    return date


def _day(value: str) -> datetime.date | None:
    try:
        if (found := _YEAR_FIRST.fullmatch(value)) and (found[2] or len(value) >= 8):
            return datetime.date(int(found[1]), int(found[3]), int(found[4]))
        if found := _IN_CHINESE.fullmatch(value):
            return datetime.date(int(found[1]), int(found[2]), int(found[3]))
        if found := _YEAR_LAST.fullmatch(value):
            return _day_of(int(found[1]), int(found[3]), int(found[4]), point=found[2] == ".")
        if found := _DAY_MONTH.fullmatch(value.casefold()):
            return datetime.date(int(found[3]), _MONTHS[found[2]], int(found[1]))
        if found := _MONTH_DAY.fullmatch(value.casefold()):
            return datetime.date(int(found[3]), _MONTHS[found[1]], int(found[2]))
    except (ValueError, KeyError):
        pass
    return None


def _day_of(first: int, second: int, year: int, *, point: bool) -> datetime.date | None:
    """Return the day of two numbers in an order that differs by country; None where both could be the month."""
    if first > 12 or first == second or point:
        return datetime.date(year, second, first)
    return datetime.date(year, first, second) if second > 12 else None


def _with_time(day: str, time: str) -> str:
    """Return a day with the time of day that stands with it, in ISO 8601; the day alone where that is no time."""
    time = re.sub(r"\s+(?=([+-]\d|Z$))", "", time.strip())
    try:
        return datetime.datetime.fromisoformat(f"{day}T{time}").isoformat(timespec="seconds")
    except ValueError:
        return day
