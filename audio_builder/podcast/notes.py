"""Show notes and chapters: what a player shows about an episode before and while it plays."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterator

import msgspec
from markdown_it import MarkdownIt

from audio_builder.article.details import Reference, read_web_reference
from audio_builder.article.sentences import questions_left_open
from audio_builder.article.text import gap_between
from audio_builder.episode.record import EpisodeRecord
from audio_builder.podcast.translations import Translation, translation_for

CHAPTERS_VERSION = "1.2.0"
_SUMMARY_CHARACTERS = 300
_SPOKEN_ABOUT = frozenset({"title", "subtitle", "heading"})
_MOST_QUESTIONS = 12
"""More would be a list to get through."""


def chapters_json(record: EpisodeRecord) -> bytes:
    """Return the podcast namespace's chapters file, version 1.2.0; times in seconds."""
    chapters = [{"startTime": round(chapter.start_s, 3), "title": chapter.title} for chapter in record.report.chapters]
    content = {"version": CHAPTERS_VERSION, "title": record.tags.title, "chapters": chapters}
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def summary_of(record: EpisodeRecord) -> str:
    """Return its description, else its subtitle, else its first whole phrases, up to about 300 characters."""
    if record.details.description:
        return record.details.description
    if record.tags.subtitle:
        return record.tags.subtitle
    summary = ""
    for phrase in record.phrases:
        if phrase.role in _SPOKEN_ABOUT:
            continue
        longer = f"{summary}{gap_between(summary, phrase.text)}{phrase.text}".lstrip()
        if len(longer) > _SUMMARY_CHARACTERS:
            return summary or f"{phrase.text[:_SUMMARY_CHARACTERS].rstrip()}…"
        summary = longer
    return summary or record.tags.title


def author_of(record: EpisodeRecord, words: Translation) -> str:
    """Return the sentence on who wrote it; empty where nobody is named."""
    # Not by `format`: a name is a stranger's text.
    return words.written_by.replace("{author}", record.tags.author) if record.tags.author else ""


def questions_of(record: EpisodeRecord) -> tuple[str, ...]:
    """Return what to write about after listening: the text's own open questions, at most 12.

    Headings and quotations are left out.
    """
    left_out = {phrase.text for phrase in record.phrases if phrase.role in _SPOKEN_ABOUT or phrase.role == "quote"}
    return questions_left_open(record.words, record.tags.language, left_out)[:_MOST_QUESTIONS]


def notes_text(record: EpisodeRecord) -> str:
    """Return the show notes as plain text: summary, chapters with their times, questions, credits.

    The last sentence discloses the synthetic voice.
    """
    words = translation_for(record.tags.language)
    chapters = "\n".join(f"{clock(chapter.start_s)} {chapter.title}" for chapter in record.report.chapters)
    questions = "\n".join(f"- {question}" for question in questions_of(record))
    parts = (
        summary_of(record),
        record.details.notes,
        "\n".join(f"- {link.text}: {link.address}" for link in links_of(record)),
        f"{words.chapters}\n{chapters}" if chapters else "",
        f"{words.questions}\n{questions}" if questions else "",
        "\n".join(filter(None, (author_of(record, words), record.disclosure))),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def links_of(record: EpisodeRecord) -> tuple[Reference, ...]:
    """Return the links of the text, which are not spoken; without those that the author's own notes have already."""
    links = map(read_web_reference, record.details.links)
    return tuple(link for link in links if link.address and link.address not in record.details.notes)


def own_notes_html(record: EpisodeRecord) -> str:
    """Return the author's own show notes as HTML, links kept; empty where there are none.

    They are Markdown without HTML: a tag in them is shown as it was written. So there can be no other elements than
    those of Markdown, and no addresses but those of the web and of mail.
    """
    return str(_markdown().render(record.details.notes)).strip()


_ALLOWED_ADDRESS = re.compile(r"(https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)


@functools.cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    markdown.validateLink = lambda url: _ALLOWED_ADDRESS.fullmatch(url) is not None  # type: ignore[method-assign]
    return markdown


def notes_page(record: EpisodeRecord) -> bytes:
    """Return the show notes as a page of their own, from which they can be copied into a host's form."""
    words, title = translation_for(record.tags.language), html.escape(record.tags.title)
    head = f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>{title}</title>'
    top = f'<!doctype html>\n<html lang="{html.escape(record.tags.language or "en")}" dir="{words.direction}">\n<head>'
    return f"{top}\n{head}\n</head>\n<body>\n{notes_html(record)}</body>\n</html>\n".encode("utf-8", "replace")


def notes_html(record: EpisodeRecord) -> str:
    """Return the show notes as the few HTML elements that every player shows; all text is escaped."""
    return "\n".join(_notes_html(record)) + "\n"


def _notes_html(record: EpisodeRecord) -> Iterator[str]:
    words = translation_for(record.tags.language)
    yield f"<p>{html.escape(summary_of(record))}</p>"
    if record.details.notes:
        yield own_notes_html(record)
    if links := links_of(record):
        yield "<ul>"
        yield from (f'<li><a href="{html.escape(link.address)}">{html.escape(link.text)}</a></li>' for link in links)
        yield "</ul>"
    if record.report.chapters:
        yield f"<p>{html.escape(words.chapters)}</p>\n<ul>"
        for chapter in record.report.chapters:
            yield f"<li>{clock(chapter.start_s)} {html.escape(chapter.title)}</li>"
        yield "</ul>"
    if questions := questions_of(record):
        yield f"<p>{html.escape(words.questions)}</p>\n<ul>"
        yield from (f"<li>{html.escape(question)}</li>" for question in questions)
        yield "</ul>"
    for sentence in filter(None, (author_of(record, words), record.disclosure)):
        yield f"<p>{html.escape(sentence)}</p>"


def clock(seconds: float) -> str:
    """Return a time as players show it, such as 4:07 or 1:02:30.

    >>> clock(247.9)
    '4:07'
    """
    minutes, whole = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{whole:02d}" if hours else f"{minutes}:{whole:02d}"
