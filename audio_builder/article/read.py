"""The first stage of the line: a source becomes an `Article`."""

from __future__ import annotations

from dataclasses import replace

from audio_builder.article.file_titles import first_words, is_written_out, title_from_name
from audio_builder.article.marks import Locate, Place, Words, split, without_marks
from audio_builder.article.model import Article, Line, Section
from audio_builder.article.outline import Heading, Outline, make_article
from audio_builder.article.source import SourceText, text_readers
from audio_builder.article.text import speakable
from audio_builder.errors import EmptySource, ScriptError


def read(source: SourceText) -> Article:
    """Return the article that a text, a page, a document or a book is.

    Every mark in it is checked here, where its line and column are still known.

    Raises:
        EmptySource: there are no words in it.
        ScriptError: a mark is malformed or looks mistyped; with file, line and column.
        SourceError: the front matter is malformed, or the source is a script, which needs no reading.
    """
    reader = next(reader for reader in text_readers() if reader.name == source.kind)
    parsed = reader.read(source)
    _check_marks(parsed.outline, source)
    article = make_article(parsed.outline, parsed.front)
    article = replace(article, left_out=source.left_out + article.left_out)
    if not _has_words(article):
        raise EmptySource(f"{source.name} has no words to speak", hint="Give a text with words in it.")
    return article if article.title else _named(article, source)


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
    return heading + tuple(line for block in section.blocks for line in block.lines)


def _check_marks(outline: Outline, source: SourceText) -> None:
    """Raise the error of the first mark that is wrong, or stands in a title."""
    source_lines = source.text.split("\n")
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
            if "[" in line.text:
                split(line.text, _finder(line, source, source_lines))


def _finder(line: Line, source: SourceText, source_lines: list[str]) -> Locate:
    """Return what finds a mark of a line in the source, where it was wrapped and may have had other signs around it."""

    def locate(bracket: str, _offset: int) -> Place:
        for number, text in enumerate(source_lines[line.number - 1 :], start=line.number):
            if (column := text.find(bracket)) >= 0:
                return Place(source.name, number, column + 1)
        return Place(source.name, line.number, 1)

    return locate


def _has_words(article: Article) -> bool:
    lines = (line for section in article.sections for line in _lines(section))
    return speakable(article.title) or any(speakable(without_marks(line.text)) for line in lines)
