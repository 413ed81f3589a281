"""The few lines of YAML that may stand between `---` lines at the head of a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import yaml

from audio_builder.article.text import clean
from audio_builder.errors import SourceError
from audio_builder.recipe.values import WrongValue, calendar_day, language_tag

LARGEST = 64 * 1024
"""Characters of front matter at most."""

LONGEST_VALUE = 1000
"""Characters of a title, a subtitle or an author at most."""

_DEEPEST = 4
_FENCE = "---"
_CLOSING_FENCES = ("---", "...")
_HINT = "Front matter is lines such as `title: A Quiet Hour` between two lines of three hyphens (---)."


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a text says about itself.

    Attributes:
        title: empty where it isn't given; so are the next four.
        subtitle: what stands under the title.
        author: several authors are joined by commas.
        language: a BCP 47 tag such as `en` or `pt-BR`.
        date: `YYYY-MM-DD`.
        id: what the episode is known by, whatever its title and its file: the value of `id` or of `slug`.
        values: every key whose value is a text, as given.
        lines: how many lines of the source the front matter takes, fences included.
    """

    title: str = ""
    subtitle: str = ""
    author: str = ""
    language: str = ""
    date: str = ""
    id: str = ""
    values: dict[str, str] = field(default_factory=dict)
    lines: int = 0


def shortened(text: str) -> str:
    """Return a title, a subtitle or an author on one line, cut where it is too long to be one."""
    return " ".join(text.split())[:LONGEST_VALUE].rstrip()


def read_front_matter(text: str, name: str) -> FrontMatter:
    """Return the front matter at the head of a text; an empty one where there is none.

    Text between two rules that isn't a list of `key: value` is a text between two rules, and no
    front matter. Unknown keys are kept in `values`; articles ignore them.

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
    values = _values("\n".join(lines), name)
    if values is None:
        return FrontMatter()
    for key in ("title", "subtitle", "author", "id", "slug"):
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
        id=values.get("id", "") or values.get("slug", ""),
        values=values,
        lines=len(lines) + 2,
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


def _values(source: str, name: str) -> dict[str, str] | None:
    """Return the mapping as texts, or None where it is no mapping."""
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
    if not isinstance(loaded, dict):
        return None
    return {key: text for key, value in loaded.items() if isinstance(key, str) and (text := _as_text(value))}


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
    return _checked("language", value, name, language_tag)


def _date(value: str, name: str) -> str:
    return _checked("date", value, name, calendar_day)


def _checked(key: str, value: str, name: str, check: Callable[[str], str]) -> str:
    try:
        return check(value)
    except WrongValue as error:
        what = error.complaint.rpartition(", which is ")[2]
        raise SourceError(f"{name}: `{key}: {value}` in the front matter is {what}", hint=error.hint) from error
