"""The feed: RSS 2.0 with the elements of Apple and of the podcast namespace; the same show gives the same bytes."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

import msgspec

from audio_builder import __version__
from audio_builder.article.details import Reference, read_reference, read_soundbite
from audio_builder.article.text import xml_safe
from audio_builder.episode.record import Beside, EpisodeRecord
from audio_builder.podcast.ledger import Entry, page_name, published_name
from audio_builder.podcast.notes import notes_html, summary_of
from audio_builder.podcast.show_settings import EPISODES, FEED_FILE, FEED_STYLE_FILE, Show, split_category
from audio_builder.podcast.transcript import TRANSCRIPTS
from audio_builder.podcast.translations import translation_for

PAGE_ITEMS = 1000
"""Episodes of an archive page (RFC 5005, 4). A feed of twice as many, and no shorter one, has pages: the feed keeps the
newest, a thousand at least, and what is older goes into archives that don't change any more."""

_HISTORY = "http://purl.org/syndication/history/1.0"

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
"""The prefixes that PSP-1 prescribes, letter by letter."""

MOST_DESCRIPTION_BYTES = 4000
"""PSP-1: longer descriptions are cut by players."""

MOST_IN_PODCAST = 128
"""Podcast namespace: characters of the name of a person, a licence and so on."""

MOST_CHARACTERS = 255
"""PSP-1: of every other text, which has no space around it either."""

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""The shape of a BCP 47 tag."""

SMALL_SUFFIX = ".small.jpg"
"""Of the covers that pages show; a feed names the large one."""


@dataclass(frozen=True, slots=True)
class Item:
    """An episode as feed and pages show it: whatever they show follows from these. Paths are from the show's folder.

    Attributes:
        stem: the name that `build` gave it, without suffix.
        record: what is known of it.
        entry: what the ledger has of it.
    """

    stem: str
    record: EpisodeRecord
    entry: Entry

    @property
    def published(self) -> datetime.datetime:
        """When, with its time zone."""
        return datetime.datetime.fromisoformat(self.entry.published)

    @property
    def base(self) -> str:
        """Path of the published files without their suffixes."""
        return f"{EPISODES}/{published_name(self.stem, self.entry.sound)}"

    @property
    def page(self) -> str:
        """Path of the page, which stays when the sound changes."""
        return f"{EPISODES}/{page_name(self.stem)}.html"

    @property
    def cover(self) -> str:
        """Path of the picture; empty where the show's stands for it."""
        return self._published(".jpg")

    @property
    def small_cover(self) -> str:
        """Path of the same picture for pages; may be empty."""
        return self._published(SMALL_SUFFIX)

    @property
    def beside(self) -> tuple[Beside, ...]:
        """The sounds beside it that were published."""
        return tuple(beside for beside in self.record.beside if self._published(beside.suffix))

    def _published(self, suffix: str) -> str:
        path = self.base + suffix
        return path if path.rpartition("/")[2] in self.entry.files else ""


def is_serial(show: Show, records: Iterable[EpisodeRecord]) -> bool:
    """Return whether number decides the order: as `show.toml` says, else if all episodes are chapters of a book."""
    if show.type:
        return show.type == "serial"
    digits = [record.tags.track_digits for record in records if record.details.episode_type == "full"]
    return bool(digits) and all(digits)


def in_order(show: Show, items: Iterable[Item]) -> list[Item]:
    """Return items the newest first; where a show is serial, the highest number first and those without one last."""
    items = list(items)
    if not is_serial(show, (item.record for item in items)):
        return sorted(items, key=lambda item: (item.published, item.stem), reverse=True)
    return sorted(items, key=lambda item: (number_of(item.record), item.published, item.stem), reverse=True)


def number_of(record: EpisodeRecord) -> tuple[int, int]:
    """Return season and number of an episode; 0 where it has none."""
    return record.details.season, record.tags.track


@dataclass(frozen=True, slots=True)
class _Page:
    """Where a page of a long feed stands: its number, 0 for the feed itself, and how many archives there are."""

    number: int = 0
    archives: int = 0


def feed_pages(
    show: Show,
    cover: str,
    items: Sequence[Item],
    last_built: datetime.datetime | None = None,
    page_items: int = PAGE_ITEMS,
) -> dict[str, bytes]:
    """Return the feed by its name, last, after the archives of a long one, the oldest first (RFC 5005, 4).

    Args:
        show: from `show.toml`.
        cover: path of the show's picture, from its folder.
        items: from `in_order`.
        last_built: what the feed said of itself before: it never says an earlier time.
        page_items: how many an archive has.
    """
    archives = max(0, len(items) // page_items - 1)
    serial = is_serial(show, (item.record for item in items))
    show = msgspec.structs.replace(show, type="serial" if serial else "episodic")
    pages = {}
    for number in range(1, archives + 1):
        end = len(items) - page_items * (number - 1)
        pages[archive_name(number)] = _document(show, cover, items[end - page_items : end], _Page(number, archives))
    newest = items[: len(items) - archives * page_items]
    return pages | {FEED_FILE: _document(show, cover, newest, _Page(0, archives), last_built)}


def archive_name(number: int) -> str:
    """Return the name of an archive; the oldest is number 1."""
    return f"feed-{number}.xml"


def _document(
    show: Show, cover: str, items: Sequence[Item], page: _Page, last_built: datetime.datetime | None = None
) -> bytes:
    spaces = "".join(f" xmlns:{prefix}={quoteattr(url)}" for prefix, url in NAMESPACES.items())
    spaces += f" xmlns:fh={quoteattr(_HISTORY)}" if page.number else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<?xml-stylesheet type="text/css" href="{FEED_STYLE_FILE}"?>',
        f'<rss version="2.0"{spaces}>',
        "<channel>",
        *_channel(show, cover, items, page, last_built),
    ]
    for item in items:
        lines += ["<item>", *_item(show, item), "</item>"]
    lines += ["</channel>", "</rss>", ""]
    return "\n".join(lines).encode("utf-8")


def opml(show: Show) -> bytes:
    """Return an OPML 2.0 list that holds this one feed, for players that import such lists."""
    outline = _empty("outline", type="rss", text=show.title, title=show.title, xmlUrl=show.feed_url)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head>{_text('title', show.title)}</head>",
        f"<body>{outline}</body>",
        "</opml>",
        "",
    ]
    return "\n".join(lines).encode("utf-8")


def fitted(text: str, most_bytes: int = MOST_DESCRIPTION_BYTES) -> str:
    """Return a text cut so that it has at most so many bytes of UTF-8, with “…” where it was cut."""
    content = xml_safe(text).encode("utf-8")
    if len(content) <= most_bytes:
        return xml_safe(text).strip()
    return content[: most_bytes - 3].decode("utf-8", "ignore").strip() + "…"


def as_html(text: str) -> str:
    """Return a text as the HTML that players take a description for, cut so that it has at most so many bytes.

    >>> as_html("fish & chips <3")
    'fish &amp; chips &lt;3'
    """
    cut = fitted(text)
    room = MOST_DESCRIPTION_BYTES
    while len((escaped := _paragraphs(cut)).encode("utf-8")) > MOST_DESCRIPTION_BYTES:
        room -= max(1, (len(escaped.encode("utf-8")) - MOST_DESCRIPTION_BYTES) // 5)
        cut = fitted(text, room)
    return escaped


def _paragraphs(text: str) -> str:
    parts = [html.escape(part.strip(), quote=False) for part in re.split(r"\n\s*\n", text)]
    return parts[0] if len(parts) == 1 else "".join(f"<p>{part}</p>" for part in parts)


def one_line(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return a text as a title may be: in one line, at most 255 characters, with “…” where it was cut."""
    line = " ".join(xml_safe(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _page_links(show: Show, page: _Page) -> Iterator[str]:
    """Yield the address of a page, and those of its neighbours."""
    if not page.number:
        yield _link("self", show.feed_url)
    else:
        yield _link("self", show.root_url + archive_name(page.number))
        yield _link("current", show.feed_url)
        yield "<fh:archive/>"
    older = page.number - 1 if page.number else page.archives
    if older:
        yield _link("prev-archive", show.root_url + archive_name(older))
    if page.number and page.number < page.archives:
        yield _link("next-archive", show.root_url + archive_name(page.number + 1))


def _link(rel: str, url: str) -> str:
    return _empty("atom:link", href=url, rel=rel, type="application/rss+xml")


def _channel(
    show: Show, cover: str, items: Sequence[Item], page: _Page, last_built: datetime.datetime | None = None
) -> Iterator[str]:
    """Yield the elements of the show: a new field of the feed is a line here."""
    yield _text("title", one_line(show.title))
    yield _text("link", show.link or show.root_url)
    yield _text("description", as_html(show.description or show.title))
    yield _text("language", show.language)
    if show.copyright:
        yield _text("copyright", one_line(show.copyright))
    times = [item.published for item in items] + ([last_built] if last_built else [])
    if times:
        yield _text("lastBuildDate", format_datetime(max(times)))
    yield _text("generator", f"audio-builder {__version__}")
    yield from _page_links(show, page)
    if show.hub:
        yield _empty("atom:link", href=show.hub, rel="hub")
    yield _text("itunes:author", one_line(show.author or show.title))
    if show.email:
        name = one_line(show.owner or show.author or show.title)
        yield f"<itunes:owner>{_text('itunes:name', name)}{_text('itunes:email', show.email)}</itunes:owner>"
    yield _empty("itunes:image", href=show.root_url + cover)
    yield from map(_category, show.categories)
    yield _text("itunes:explicit", _boolean(show.explicit))
    yield _text("itunes:type", "serial" if is_serial(show, (item.record for item in items)) else "episodic")
    yield from _blocked(show.block)
    if show.guid:
        yield _text("podcast:guid", show.guid)
    locked = "yes" if show.locked else "no"
    yield _text("podcast:locked", locked, owner=show.email) if show.email else _text("podcast:locked", locked)
    if show.new_feed_url:
        yield _text("itunes:new-feed-url", show.new_feed_url)
    yield _text("podcast:medium", show.medium)
    if show.update_frequency:
        said = read_reference(show.update_frequency)
        yield _text("podcast:updateFrequency", one_line(said.text, MOST_IN_PODCAST), rrule=said.address)
    for line in show.funding:
        said = read_reference(line)
        yield _text("podcast:funding", one_line(said.text, MOST_IN_PODCAST), url=said.address)
    yield from _licence(show.license)
    yield from map(_person, show.persons)
    yield _text("podcast:txt", "true", purpose="ai-content")


def _item(show: Show, item: Item) -> Iterator[str]:
    """Yield the elements of an episode: a new field of the feed is a line here."""
    root, record, tags, details = show.root_url, item.record, item.record.tags, item.record.details
    yield _text("title", one_line(tags.title))
    yield _text("itunes:title", one_line(tags.title))
    yield _text("link", root + item.page)
    yield _text("guid", item.entry.guid, isPermaLink="false")
    yield _text("pubDate", format_datetime(item.published))
    yield _text("description", as_html(summary_of(record)))
    yield _text("content:encoded", notes_html(record))
    yield _empty("enclosure", url=f"{root}{item.base}.mp3", length=str(record.sound.bytes), type="audio/mpeg")
    yield from (_alternate(show, item, beside) for beside in item.beside if beside.kind != "bed")
    yield _text("itunes:duration", str(max(1, round(record.report.duration_s))))
    if tags.author:
        yield _text("itunes:author", one_line(tags.author))
    if item.cover:
        yield _empty("itunes:image", href=root + item.cover)
    if details.season:
        yield _text("itunes:season", str(details.season))
    if tags.track:
        yield _text("itunes:episode", str(tags.track))
    yield _text("itunes:episodeType", details.episode_type)
    yield _text("itunes:explicit", _boolean(show.explicit if details.explicit is None else details.explicit))
    yield from _blocked(details.block)
    language = {"language": tags.language} if _LANGUAGE.fullmatch(tags.language) else {}
    for suffix, mime in TRANSCRIPTS.items():
        yield _empty("podcast:transcript", url=root + item.base + suffix, type=mime, **language)
    yield _empty("podcast:chapters", url=f"{root}{item.base}.chapters.json", type="application/json+chapters")
    yield from map(_soundbite, details.soundbite)
    yield from _licence(details.license)
    yield from map(_person, details.persons)
    yield _text("podcast:txt", "true", purpose="ai-content")


def _alternate(show: Show, item: Item, beside: Beside) -> str:
    """Return another length of an episode, or its voice alone, for players that let their listeners choose."""
    words = translation_for(item.record.tags.language)
    minutes = words.minutes.format(minutes=max(1, round(beside.duration_s / 60)))
    what = {
        "type": "audio/mpeg",
        "length": str(beside.sound.bytes),
        "title": minutes if beside.kind == "length" else words.voice_alone,
    }
    source = _empty("podcast:source", uri=show.root_url + item.base + beside.suffix)
    return f"<podcast:alternateEnclosure{_attributes(what)}>{source}</podcast:alternateEnclosure>"


def _blocked(block: bool) -> Iterator[str]:
    if block:
        yield _text("itunes:block", "Yes")
        yield _text("podcast:block", "yes")


def _licence(line: str) -> Iterator[str]:
    """Yield a licence: an SPDX identifier in lower case, or a name with an address."""
    if line:
        said = read_reference(line)
        name = said.text if said.address else said.text.lower()
        yield _text("podcast:license", one_line(name, MOST_IN_PODCAST), url=said.address)


def _person(line: str) -> str:
    said: Reference = read_reference(line)
    group, _, role = said.role.rpartition("/")
    name = one_line(said.text, MOST_IN_PODCAST)
    return _text("podcast:person", name, role=role.strip().lower(), group=group.strip().lower(), href=said.address)


def _soundbite(line: str) -> str:
    said = read_soundbite(line)
    title = one_line(said.title, MOST_IN_PODCAST)
    return _text("podcast:soundbite", title, startTime=f"{said.start_s:.1f}", duration=f"{said.duration_s:.1f}")


def _category(text: str) -> str:
    above, below = split_category(text) or (text, "")
    if not below:
        return _empty("itunes:category", text=above)
    return f"<itunes:category text={quoteattr(above)}>{_empty('itunes:category', text=below)}</itunes:category>"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _text(name: str, text: str, **attributes: str) -> str:
    return f"<{name}{_attributes(attributes)}>{escape(xml_safe(text))}</{name}>"


def _empty(name: str, **attributes: str) -> str:
    return f"<{name}{_attributes(attributes)}/>"


def _attributes(attributes: dict[str, str]) -> str:
    """Return attributes, without those that are empty."""
    return "".join(f" {name}={quoteattr(xml_safe(value))}" for name, value in attributes.items() if value)
