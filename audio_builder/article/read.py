"""The first stage of the line: a source becomes an `Article`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest

from audio_builder.article.asides import without_asides
from audio_builder.article.bad_marks import BadMark, Locate, Place, bad_marks_error
from audio_builder.article.directions import direction
from audio_builder.article.file_titles import first_words, is_written_out, title_from_name
from audio_builder.article.frontmatter import check_keys
from audio_builder.article.left_out import LeftOut
from audio_builder.article.mark_kinds import PauseMark, SilenceMark
from audio_builder.article.marks import Words, may_have_marks, split, unheard, without_marks
from audio_builder.article.model import Article, BlockKind, Line, Section
from audio_builder.article.outline import Heading, Outline, make_article
from audio_builder.article.sentences import sentences
from audio_builder.article.source import SourceText, text_readers
from audio_builder.article.text import speakable
from audio_builder.errors import EmptySource, ScriptError
from audio_builder.recipe.settings import BACKGROUNDS

_FURTHEST = 1000
"""Lines below the first of a paragraph in which a mark of it is looked for."""

_SOFT = re.compile(r"\b(?:softly|quietly|whisper\w*|leise)\b")
_LENGTH_UNDER_TITLE = re.compile(r"[(\[]?\W*(?:[a-z]+\.? )?\d{1,3}(?: ?[-–] ?\d{1,3})? ?-?min\w*\.?\W*", re.IGNORECASE)


def read(source: SourceText) -> Article:
    """Return the article that a text, a page, a document or a book is.

    Every mark in it is checked here, where its line and column are still known.

    Raises:
        EmptySource: there are no words in it.
        ScriptError: marks are malformed or look mistyped; each with file, line and column.
        SourceError: the front matter is malformed, or the source is a script, which needs no reading.
    """
    reader = next(reader for reader in text_readers() if reader.name == source.kind)
    text, asides = without_asides(source.text, source.kind)
    parsed = reader.read(replace(source, text=text))
    unused = check_keys(parsed.front, source.name)
    followed = _check_marks(parsed.outline, source)
    article = make_article(parsed.outline, parsed.front)
    article = replace(
        article,
        left_out=(*source.left_out, *asides, *article.left_out, *followed.left_out),
        notes=(*parsed.front.notes, *unused, *followed.notes, *notes_on_invitations(article, source.name)),
    )
    article = _without_length(article)
    if not _has_words(article):
        raise EmptySource(f"{source.name} has no words to speak", hint="Give a text with words in it.")
    return article if article.title else _named(article, source)


def _without_length(article: Article) -> Article:
    """Return an article without the length that stands in brackets under its title: it is no pause."""
    first, *rest = article.sections
    block = first.blocks[0] if first.blocks and first.heading is None else None
    if not article.title or block is None or block.kind is not BlockKind.MARK or len(first.blocks) < 2:
        return article
    if not _LENGTH_UNDER_TITLE.fullmatch(block.lines[0].text):
        return article
    noted = LeftOut("property", block.lines[0].text, block.lines[0].number)
    return replace(
        article, sections=(replace(first, blocks=first.blocks[1:]), *rest), left_out=(*article.left_out, noted)
    )


def _named(article: Article, source: SourceText) -> Article:
    """Return an article without a title named by its file, or by its first words.

    A note's file name that is written as words is its title and is read; any other name is only shown.
    """
    lines = (line for section in article.sections for line in _lines(section))
    words = without_marks(next((line.text for line in lines if speakable(without_marks(line.text))), ""))
    name = title_from_name(source.name)
    is_note = source.kind == "markdown" and source.front is None and is_written_out(source.name)
    return replace(article, title=name or first_words(words), title_is_spoken=bool(name) and is_note)


def _lines(section: Section) -> tuple[Line, ...]:
    heading = (section.heading,) if section.heading else ()
    return (*heading, *section.lines)


@dataclass(slots=True)
class _Followed:
    """What became of the directions: those that can't be followed, and what a person should know of them."""

    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _check_marks(outline: Outline, source: SourceText) -> _Followed:
    """Return the directions that can't be followed.

    Raises:
        ScriptError: marks are wrong, or one stands in a title; all of them with their places.
    """
    source_lines = source.text.split("\n")
    bad: list[BadMark] = []
    followed = _Followed()
    for line in (outline.title, outline.subtitle):
        if line and any(
            not isinstance(piece, Words) for piece in split(line.text, _finder(line, source, source_lines))
        ):
            raise ScriptError(
                f"{source.name}:{line.number}: a mark can't stand in the title",
                hint="Put it on a line of its own below.",
            )
    for element in outline.elements:
        for line in (element.line,) if isinstance(element, Heading) else element.lines:
            if not may_have_marks(line.text):
                continue
            locate = _finder(line, source, source_lines)
            split(line.text, locate, on_bad=bad.append)
            for raw, offset in unheard(line.text):
                followed.left_out.append(LeftOut("direction", raw, locate(raw, offset).line))
    if bad:
        raise bad_marks_error(bad)
    shown = followed.left_out[:MOST_NOTES]
    followed.notes = [
        f"{source.name}:{item.line}: {item.words} is a direction; it is left out{_instead(item.words)}"
        for item in shown
    ]
    if more := len(followed.left_out) - len(shown):
        followed.notes.append(f"{source.name}: {more:,} more directions are left out; -v lists them")
    return followed


def _instead(direction: str) -> str:
    """Return what can be written for a direction that can't be followed, where there is something."""
    words = direction.strip("[](){}<>［］（） ").casefold()
    if background := next((name for name in BACKGROUNDS if name in words.split()), ""):
        return f". [background {background}] may be meant"
    if re.fullmatch(r"\d{1,2}:\d\d", words):
        return f" as a time stamp. [pause {words}] is a pause"
    if words.startswith("section") and " " in words:
        return f". [chapter {direction[1:-1].split(None, 1)[-1]}] may be meant"
    if _SOFT.search(words):
        return ". [quieter] … [quieter off] may be meant"
    return ". [slower] … [slower off] may be meant" if "slow" in words else ""


def _finder(line: Line, source: SourceText, source_lines: list[str]) -> Locate:
    """Return what finds a mark of a line in the source, where it was wrapped and may have had other signs around it."""

    def locate(bracket: str, _offset: int) -> Place:
        for number in range(line.number, min(line.number + _FURTHEST, len(source_lines) + 1)):
            if (column := source_lines[number - 1].find(bracket)) >= 0:
                return Place(source.name, number, column + 1)
        return Place(source.name, line.number, 1)

    return locate


def _has_words(article: Article) -> bool:
    lines = (line for section in article.sections for line in _lines(section))
    return speakable(article.title) or any(speakable(without_marks(line.text)) for line in lines)


# --- sentences that ask for some minutes of quiet ---

MOST_NOTES = 5
"""Notes of one kind on a text at most."""

_SHORTEST_S = 20
_MINUTES = re.compile(r"minute|second", re.IGNORECASE)
_INVITATION = re.compile(
    r"\W*(?:(?:and|now|then|please|so|next|let us|let’s|let's|let yourself|allow yourself to|you can|you may|we will|"
    r"we'll|we’ll|i invite you to)[\s,]+)*"
    r"(?:sit|rest|stay|remain|be|lie|pause|wait|breathe|continue|meditate|listen|practi[cs]e|keep|hold|watch|notice|"
    r"follow|take|spend|stand|walk|repeat|do this|close your eyes|dwell|enjoy)\b[^.!?…]{0,60}?\b"
    r"(?:for |the next |take |spend )?((?:about |around |the next |another |a full )*"
    r"(?:\d+|[a-z]+(?:-[a-z]+)?|half a|a couple of) (?:minutes?|seconds?))"
    r"[^.!?…]{0,30}[.!?…]*\W*\Z"
)


def notes_on_invitations(article: Article, name: str) -> Iterator[str]:
    """Yield a note for each sentence that asks for some minutes of quiet which no mark after it gives."""
    found: list[tuple[int, str, str]] = []
    for section in article.sections:
        for line, following in zip_longest(section.lines, section.lines[1:]):
            if not (line and _MINUTES.search(line.text)):
                continue
            below = split(following.text, _nowhere)[:1] if following else ()
            for piece, after in pairwise([*split(line.text, _nowhere), *(below or (Words(""),))]):
                sentence = sentences(piece.text, article.language)[-1:] if isinstance(piece, Words) else []
                if sentence and not isinstance(after, PauseMark | SilenceMark) and (meant := hint_for(sentence)):
                    found.append((line.number, sentence[0].strip(), meant))
    yield from (
        f"{name}:{number}: “{words}” is read, and no silence follows; {meant} may be meant"
        for number, words, meant in found[:MOST_NOTES]
    )


def hint_for(said: Sequence[str]) -> str:
    """Return the silence that one of some sentences may ask its listener for, such as `[silence 5m]`; else nothing.

    “Sit quietly for five minutes.” is read out and needs a silence after it, which only its writer can set.
    """
    for sentence in said:
        found = _INVITATION.match(sentence.casefold())
        asked = direction(f"pause {found[1]}") if found else None
        if asked and isinstance(pause := asked.marks[0], PauseMark) and pause.seconds >= _SHORTEST_S:
            minutes, seconds = divmod(int(pause.seconds), 60)
            return f"[silence {f'{minutes}m' if minutes else ''}{f'{seconds}s' if seconds else ''}]"
    return ""


def _nowhere(_bracket: str, offset: int) -> Place:
    return Place("", 1, offset + 1)
