"""The pages: one for the show, one for each episode, each a file that needs no server and no network."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

import jinja2
from markupsafe import Markup, escape

from audio_builder.episode.cover.lettering import is_from_right, is_right_to_left
from audio_builder.episode.phrase_times import Phrase
from audio_builder.episode.record import EpisodeRecord
from audio_builder.podcast.feed import Item
from audio_builder.podcast.notes import author_of, clock, links_of, own_notes_html, questions_of, summary_of
from audio_builder.podcast.show_settings import FEED_FILE, OPML_FILE, Show
from audio_builder.podcast.translations import all_translations, translation_for

_TEMPLATES = ("base.html", "index.html", "episode.html", "page.css", "player.js")

_SERVER = Markup("<code>audio-builder serve</code>")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, stanza or heading of the words.

    Attributes:
        role: of its first phrase.
        lines: each with its phrases.
    """

    role: str
    lines: tuple[tuple[Phrase, ...], ...]


def index_page(show: Show, cover: str, items: Sequence[Item]) -> bytes:
    """Return the page of the show.

    Args:
        show: from `show.toml`.
        cover: path of its small picture, from its folder.
        items: the newest first.
    """
    return _rendered("index.html", show, cover=cover, items=items, feed=FEED_FILE, opml=OPML_FILE, server=_SERVER)


def episode_page(show: Show, item: Item) -> bytes:
    """Return the page of an episode, to be put beside its other files."""
    record = item.record
    return _rendered(
        "episode.html",
        show,
        item=item,
        record=record,
        tags=record.tags,
        name=_file_name(item.base),
        waveform=item.entry.waveform,
        paragraphs=tuple(paragraphs_of(record)),
        questions=questions_of(record),
        # Markdown without HTML: everything else in it is escaped.
        notes=Markup(own_notes_html(record)),  # noqa: S704
        links=links_of(record),
        author=author_of(record, translation_for(show.language)),
        cover=_file_name(item.small_cover or item.cover),
    )


def paragraphs_of(record: EpisodeRecord) -> Iterator[Paragraph]:
    """Yield the phrases of an episode in the paragraphs and lines in which they were written."""
    lines: list[list[Phrase]] = []
    end = 0
    for phrase in record.phrases:
        start = record.words.find(phrase.text, end)
        gap = record.words[end:start] if start >= end else "\n\n"
        if "\n\n" in gap and lines:
            yield _paragraph(lines)
            lines = []
        if gap.startswith("\n") or not lines:
            lines.append([])
        lines[-1].append(phrase)
        end = max(start, end) + len(phrase.text)
    if lines:
        yield _paragraph(lines)


@functools.cache
def templates_digest() -> str:
    """Return a hash of all templates and their words: pages are made anew when one has changed."""
    return hashlib.sha256("\0".join((*map(_source, _TEMPLATES), all_translations())).encode()).hexdigest()


def _paragraph(lines: list[list[Phrase]]) -> Paragraph:
    return Paragraph(lines[0][0].role, tuple(tuple(line) for line in lines))


@functools.cache
def _source(name: str) -> str:
    return (resources.files("audio_builder.podcast") / "templates" / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    style, script = _source("page.css"), _source("player.js")
    environment.globals |= {
        # Our own files, the only text on a page that isn't escaped; the policy admits them by their hashes.
        "style": Markup(style),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "style_hash": _policy_hash(style),
        "script_hash": _policy_hash(script),
    }
    environment.filters["clock"] = clock
    environment.filters["filled"] = _filled
    environment.filters["direction"] = _direction
    environment.filters["fewer"] = _fewer
    environment.filters["length"] = len
    environment.filters["summary"] = summary_of
    return environment


def _fewer(waveform: Sequence[int]) -> tuple[int, ...]:
    """Return the mean of every three bars: on a phone all of them would run together."""
    return tuple(round(sum(waveform[i : i + 3]) / len(waveform[i : i + 3])) for i in range(0, len(waveform), 3))


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]


def _policy_hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _direction(text: str, language: str) -> str:
    """Return the `dir` of a text: `rtl` if it has letters of a language from the right, else its first letter tells."""
    return "rtl" if is_from_right(language) and is_right_to_left(text, language) else "auto"


def _filled(text: str, **parts: str) -> Markup:
    """Return a text with its placeholders filled; it and what isn't markup already are escaped."""
    return escape(text).format(**parts)


def _rendered(template: str, show: Show, **values: object) -> bytes:
    words = translation_for(show.language)
    return _environment().get_template(template).render(show=show, words=words, **values).encode("utf-8", "replace")
