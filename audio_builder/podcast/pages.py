"""The pages: one for the show, one for each episode, each a file that needs no server and no network."""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

import jinja2
import msgspec
from markupsafe import Markup, escape

from audio_builder.article.text import gap_between
from audio_builder.episode.cover.lettering import is_from_right, is_right_to_left
from audio_builder.episode.phrase_times import Phrase, times_in
from audio_builder.episode.record import EpisodeRecord
from audio_builder.podcast.feed import Item
from audio_builder.podcast.notes import author_of, clock, links_of, own_notes_html, questions_of, summary_of
from audio_builder.podcast.sharing import app_links, embed_code, face_of_episode, face_of_show, in_script, qr_svg
from audio_builder.podcast.show_settings import FEED_FILE, OPML_FILE, Show
from audio_builder.podcast.translations import all_translations, translation_for
from audio_builder.script.cues import Reason
from audio_builder.voices.word_alignment import words_with_places

_SCRIPTS = {
    "index.html": ("sound.js", "shelf.js"),
    "episode.html": ("sound.js", "words.js", "elastic.js", "player.js", "ending.js"),
    "embed.html": ("sound.js", "embed.js"),
}
"""The scripts of each page, in the order in which they stand in it, as one."""

_TEMPLATES = ("base.html", "page.css", *_SCRIPTS, *sorted({name for names in _SCRIPTS.values() for name in names}))

_LONGEST_ELASTIC_S = 2400.0
"""A browser keeps the words of an elastic episode decoded: of 40 minutes some 200 MB."""

_LEAST_HOLD_S, _HOLD_BEFORE_S = 1.0, 0.4
"""A silence in which the page may wait is longer, and it waits so long before the next words."""

_MOST_KEPT_BYTES = 600_000
"""Of the words that the show's page can search; episodes beyond, the oldest, are found by their titles."""

_SERVER = Markup("<code>audio-builder serve</code>")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, stanza or heading of the words."""

    role: str
    lines: tuple[tuple[Phrase, ...], ...]


def index_page(show: Show, cover: str, items: Sequence[Item]) -> bytes:
    """Return the page of the show.

    Args:
        show: from `show.toml`.
        cover: path of its small picture, from its folder.
        items: the newest first.
    """
    return _rendered(
        "index.html",
        show,
        face=face_of_show(show, cover),
        up="",
        cover=cover,
        items=items,
        feed=FEED_FILE,
        opml=OPML_FILE,
        server=_SERVER,
        apps=app_links(show),
        code=qr_svg(show.feed_url) if show.base_url else "",
        kept_words=in_script(msgspec.json.encode(tuple(kept_words(items))).decode()),
    )


def episode_page(show: Show, item: Item, following: Item | None = None) -> bytes:
    """Return the page of an episode, to be put beside its other files.

    Args:
        show: from `show.toml`.
        item: the episode.
        following: the one that its end leads on to; None for none.
    """
    record = item.record
    heading, under_heading, paragraphs = parted(record)
    return _rendered(
        "episode.html",
        show,
        face=face_of_episode(show, item),
        up="../",
        item=item,
        record=record,
        tags=record.tags,
        name=_file_name(item.base),
        waveform=item.entry.waveform,
        heading=heading,
        under_heading=under_heading,
        paragraphs=paragraphs,
        questions=questions_of(record),
        # Markdown without HTML: everything else in it is escaped.
        notes=Markup(own_notes_html(record)),  # noqa: S704
        links=links_of(record),
        author=author_of(record, translation_for(show.language)),
        cover=_file_name(item.small_cover or item.cover),
        url=show.root_url + item.page if show.base_url else "",
        embed_code=embed_code(show, item, embed_path(item.page)),
        following=following,
        elastic=is_elastic(item),
        silences=in_script(silences_json(item)),
    )


def is_elastic(item: Item) -> bool:
    """Return whether the page can stretch an episode: what that takes is published, and not too long to be decoded."""
    published = {beside.kind for beside in item.beside}
    return (
        item.record.elastic is not None
        and {"voice", "bed"} <= published
        and item.record.report.duration_s <= _LONGEST_ELASTIC_S
    )


def silences_json(item: Item) -> str:
    """Return what the page's script knows of the silences: where it may wait, and those that it can stretch."""
    record, elastic = item.record, item.record.elastic if is_elastic(item) else None
    holds = [round(hold_s, 3) for hold_s in holds_of(record)]
    rests = [
        {"start": rest.start_s, "end": rest.end_s, "scales": not Reason(rest.reason).by_person} for rest in record.rests
    ]
    if elastic is None:
        return msgspec.json.encode({"holds": holds, "rests": (), "elastic": None}).decode()
    how = {
        "least": elastic.least_share,
        "most": elastic.most_share,
        "longest": elastic.longest_s,
        "bedAt": elastic.bed_at_s,
        "bedLength": elastic.bed_s,
        "tones": [{"start": tone.start_s, "at": tone.at_s, "length": tone.length_s} for tone in elastic.tones],
        "ducks": [round(duck_db, 2) for duck_db in elastic.ducks_db],
        "swell": elastic.swell_db,
        "attack": elastic.attack_s,
        "release": elastic.release_s,
        "fadeIn": elastic.fade_in_s,
        "fadeOut": elastic.fade_out_s,
    }
    return msgspec.json.encode({"holds": holds, "rests": rests, "elastic": how}).decode()


def holds_of(record: EpisodeRecord) -> Iterator[float]:
    """Yield where a page may wait for its listener: late in each silence after a question, in seconds."""
    questions = set(questions_of(record))
    asked = [rest.start_s for rest in record.rests if rest.reason == Reason.QUESTION.value]
    for phrase, following in itertools.pairwise(record.phrases):
        asks = phrase.text in questions or any(phrase.end_s - 0.01 <= start_s < following.start_s for start_s in asked)
        if asks and following.start_s - phrase.end_s > _LEAST_HOLD_S:
            yield following.start_s - _HOLD_BEFORE_S


def embed_page(show: Show, item: Item) -> bytes:
    """Return the page with nothing but an episode's player, for a frame in somebody else's page."""
    return _rendered(
        "embed.html",
        show,
        face=face_of_episode(show, item),
        up="../",
        record=item.record,
        tags=item.record.tags,
        name=_file_name(item.base),
        page=_file_name(item.page),
        cover=_file_name(item.small_cover or item.cover),
    )


def embed_path(page: str) -> str:
    """Return the path of an episode's player from that of its page.

    >>> embed_path("episodes/evening.html")
    'episodes/evening.embed.html'
    """
    return page.removesuffix(".html") + ".embed.html"


def parted(record: EpisodeRecord) -> tuple[Paragraph | None, Paragraph | None, tuple[Paragraph, ...]]:
    """Return the spoken title and subtitle, where they are those of the page's heading, and all other paragraphs."""
    paragraphs = list(paragraphs_of(record))
    heads: list[Paragraph | None] = []
    for role, text in (("title", record.tags.title), ("subtitle", record.tags.subtitle)):
        is_head = bool(paragraphs) and paragraphs[0].role == role and _text_of(paragraphs[0]) == text
        heads.append(paragraphs.pop(0) if is_head else None)
    return heads[0], heads[1], tuple(paragraphs)


def _text_of(paragraph: Paragraph) -> str:
    return " ".join(phrase.text for line in paragraph.lines for phrase in line)


def word_places(phrase: Phrase) -> str:
    """Return where each word of a phrase begins and when it is heard: pairs of a place and a time, parted by spaces.

    A place counts UTF-16 units, as browsers do; a time is in seconds from the phrase's beginning. A dash, which isn't
    heard itself, belongs to the word before it.

    >>> word_places(Phrase(start_s=1, end_s=3, text="Be here — now", role="prose", word_starts_s=(1, 1.5, None, 2)))
    '0 0 3 0.5 10 1'
    """
    places = [at for at, word in words_with_places(phrase.text) if any(map(str.isalnum, word))]
    pairs = zip(places, times_in(phrase, places), strict=True)
    return " ".join(f"{_utf16_units(phrase.text[:at])} {round(time_s - phrase.start_s, 2):g}" for at, time_s in pairs)


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def kept_words(items: Sequence[Item]) -> Iterator[str]:
    """Yield the different words of each episode, small and without accents; empty ones once there are too many."""
    room = _MOST_KEPT_BYTES
    for item in items:
        words = " ".join(dict.fromkeys(folded(item.record.words).split()))
        room -= len(words.encode("utf-8", "replace"))
        yield words if room >= 0 else ""


def folded(text: str) -> str:
    """Return a text as it is searched: letters small and without their accents.

    >>> folded("Über den Café-Abend")
    'uber den cafe-abend'
    """
    parted = unicodedata.normalize("NFKD", text)
    return "".join(character for character in parted if not unicodedata.category(character).startswith("M")).lower()


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
    style = _source("page.css")
    # Our own files, the only text on a page that isn't escaped; the policy admits them by their hashes.
    environment.globals |= {"style": Markup(style), "style_hash": _policy_hash(style)}  # noqa: S704
    environment.filters["policy_hash"] = _policy_hash
    environment.filters["word_places"] = word_places
    environment.filters["file_name"] = _file_name
    environment.filters["clock"] = clock
    environment.filters["filled"] = _filled
    environment.filters["direction"] = _direction
    environment.filters["fewer"] = _fewer
    environment.filters["gap_between"] = gap_between
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
    words, script = translation_for(show.language), _script_of(template)
    page = _environment().get_template(template).render(show=show, words=words, script=script, **values)
    return page.encode("utf-8", "replace")


@functools.cache
def _script_of(template: str) -> Markup:
    """Return the scripts of a page as one, in a block of its own."""
    parts = "\n".join(_source(name) for name in _SCRIPTS[template])
    return Markup(f'\n"use strict";\n{{\n{parts}}}\n')  # noqa: S704 - our own files
