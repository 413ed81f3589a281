"""Pronunciations: which words are said in another way than they are written."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path

import msgspec

from audio_builder.article.text import speakable
from audio_builder.errors import RecipeError
from audio_builder.toml_files import read_toml

Lexicon = dict[str, str | tuple[str, ...]]
"""A written word and how to say it: a respelling, or IPA between slashes; several for engines that differ."""

IPA_START, IPA_END = "\ue000", "\ue001"
"""Around IPA in the words that an engine gets. Both are for private use: no text may bring them along."""

_MOST_ENTRIES = 10_000
"""Each phrase is compared with all of them."""

_LONGEST = 200
_HEAD = re.compile(r"\w+")
IPA_MARKS = re.compile(f"[{IPA_START}{IPA_END}]")


def read_lexicon(path: Path) -> Lexicon:
    """Return the pronunciations in a TOML file: a word to a line, `Thich = "tick"` or `Thich = ["/tɪk/", "tick"]`.

    Raises:
        RecipeError: it can't be read or is malformed (its file and the entry).
    """
    hint = "Give the path of a TOML file, as seen from the folder where you are."
    content = read_toml(path, "the lexicon", RecipeError, hint=hint)
    if len(content) > _MOST_ENTRIES:
        raise RecipeError(f"the lexicon {path} has {len(content):,} entries; at most {_MOST_ENTRIES:,} are read")
    try:
        lexicon = msgspec.convert(content, Lexicon)
    except msgspec.ValidationError as error:
        raise RecipeError(f"the lexicon {path} is malformed: {error}", hint=_EXAMPLE) from error
    for word, ways in lexicon.items():
        for way in _ways(ways) or ("",):
            if not (speakable(word) and speakable(way)) or max(len(word), len(way)) > _LONGEST:
                raise RecipeError(
                    f"the lexicon {path} has {word!r} = {way!r}; both need a letter or a digit, "
                    f"and at most {_LONGEST} characters",
                    hint=_EXAMPLE,
                )
    return lexicon


_EXAMPLE = 'A line of a lexicon is: Thich = "tick", with IPA for the voices that take it: Thich = ["/tɪk/", "tick"].'


def apply_lexicon(text: str, lexicon: Mapping[str, str | tuple[str, ...]], *, ipa: bool) -> str:
    """Return the words as they are to be said.

    Only whole words are replaced, the longest entry first, and what is replaced isn't looked at again. An
    entry in lower case stands for the word in any case; one with a capital only for what is written so.

    Args:
        text: one phrase.
        lexicon: the pronunciations.
        ipa: whether the engine takes IPA; for others the first respelling is taken, or the word is left.
    """
    text = IPA_MARKS.sub("", text)
    heads = {found.lower() for found in _HEAD.findall(text)}
    said = {
        word: way for word, ways in lexicon.items() if _head(word) in heads and (way := _chosen(_ways(ways), ipa=ipa))
    }
    if not said:
        return text
    words = sorted(said, key=len, reverse=True)
    pattern = "|".join(
        f"(?P<w{number}>{re.escape(word) if word != word.lower() else f'(?i:{re.escape(word)})'})"
        for number, word in enumerate(words)
    )
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda found: said[words[int((found.lastgroup or "w0")[1:])]], text)


@functools.lru_cache(maxsize=1 << 14)
def _head(word: str) -> str:
    """Return the first run of letters of an entry, in lower case: a text without it doesn't have the word."""
    found = _HEAD.search(word)
    return found.group().lower() if found else ""


def _ways(ways: str | tuple[str, ...]) -> tuple[str, ...]:
    return (ways,) if isinstance(ways, str) else ways


def _is_ipa(way: str) -> bool:
    return len(way) > 2 and way.startswith("/") and way.endswith("/")


def _chosen(ways: Iterable[str], *, ipa: bool) -> str:
    """Return the first way that the engine takes, or nothing."""
    for way in ways:
        if not _is_ipa(way):
            return IPA_MARKS.sub("", way)
        if ipa:
            return f"{IPA_START}{IPA_MARKS.sub('', way[1:-1])}{IPA_END}"
    return ""


@functools.cache
def shipped_lexicon(language: str) -> Mapping[str, str | tuple[str, ...]]:
    """Return the pronunciations that come with this package; none for languages other than English."""
    if language.partition("-")[0].lower() != "en":
        return {}
    content = resources.files("audio_builder.voices.spoken").joinpath("english_terms.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(content).values()
    return msgspec.convert({word: way for table in tables for word, way in table.items() if word != "source"}, Lexicon)
