"""The feed: RSS 2.0 with the elements of Apple and of the podcast namespace; the same show gives the same bytes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from audio_builder import __version__
from audio_builder.article.text import xml_safe
from audio_builder.episode.record import EpisodeRecord
from audio_builder.podcast.ledger import Entry, published_name
from audio_builder.podcast.notes import notes_html, summary_of
from audio_builder.podcast.show import EPISODES, Show, split_category
from audio_builder.podcast.transcript import TRANSCRIPTS

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
"""The prefixes that PSP-1 prescribes, letter by letter."""

MOST_DESCRIPTION_BYTES = 4000
"""PSP-1: longer descriptions are cut by players."""

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
        return f"{EPISODES}/{self.stem}.html"

    @property
    def cover(self) -> str:
        """Path of the picture; empty where the show's stands for it."""
        return self._published(".jpg")

    @property
    def small_cover(self) -> str:
        """Path of the same picture for pages; may be empty."""
        return self._published(SMALL_SUFFIX)

    def _published(self, suffix: str) -> str:
        path = self.base + suffix
        return path if path.rpartition("/")[2] in self.entry.files else ""


def feed_xml(show: Show, cover: str, items: Sequence[Item]) -> bytes:
    """Return the feed.

    Args:
        show: from `show.toml`.
        cover: path of the show's picture, from its folder.
        items: the newest first.
    """
    spaces = "".join(f" xmlns:{prefix}={quoteattr(url)}" for prefix, url in NAMESPACES.items())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<rss version="2.0"{spaces}>',
        "<channel>",
        *_channel(show, cover, items),
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


def one_line(text: str) -> str:
    """Return a text as a title may be: in one line, at most 255 characters, with “…” where it was cut."""
    line = " ".join(xml_safe(text).split())
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1].rstrip() + "…"


def _channel(show: Show, cover: str, items: Sequence[Item]) -> Iterator[str]:
    yield _text("title", one_line(show.title))
    yield _text("link", show.link or show.root_url)
    yield _text("description", fitted(show.description or show.title))
    yield _text("language", show.language)
    if show.copyright:
        yield _text("copyright", one_line(show.copyright))
    if items:
        yield _text("lastBuildDate", format_datetime(max(item.published for item in items)))
    yield _text("generator", f"audio-builder {__version__}")
    yield _empty("atom:link", href=show.feed_url, rel="self", type="application/rss+xml")
    yield _text("itunes:author", one_line(show.author or show.title))
    if show.email:
        name = one_line(show.owner or show.author or show.title)
        yield f"<itunes:owner>{_text('itunes:name', name)}{_text('itunes:email', show.email)}</itunes:owner>"
    yield _empty("itunes:image", href=show.root_url + cover)
    yield _category(show.category)
    yield _text("itunes:explicit", _boolean(show.explicit))
    yield _text("itunes:type", "episodic")
    if show.guid:
        yield _text("podcast:guid", show.guid)
    locked = "yes" if show.locked else "no"
    yield _text("podcast:locked", locked, owner=show.email) if show.email else _text("podcast:locked", locked)
    if show.new_feed_url:
        yield _text("itunes:new-feed-url", show.new_feed_url)
    yield _text("podcast:medium", "podcast")
    yield _text("podcast:txt", "true", purpose="ai-content")


def _item(show: Show, item: Item) -> Iterator[str]:
    """Yield the elements of an episode: a new field of the feed is a line here."""
    root, record, tags = show.root_url, item.record, item.record.tags
    yield _text("title", one_line(tags.title))
    yield _text("itunes:title", one_line(tags.title))
    yield _text("link", root + item.page)
    yield _text("guid", item.entry.guid, isPermaLink="false")
    yield _text("pubDate", format_datetime(item.published))
    yield _text("description", fitted(summary_of(record)))
    yield _text("content:encoded", notes_html(record))
    yield _empty("enclosure", url=f"{root}{item.base}.mp3", length=str(record.sound.bytes), type="audio/mpeg")
    yield _text("itunes:duration", str(max(1, round(record.report.duration_s))))
    if tags.author:
        yield _text("itunes:author", one_line(tags.author))
    if item.cover:
        yield _empty("itunes:image", href=root + item.cover)
    if tags.track:
        yield _text("itunes:episode", str(tags.track))
    yield _text("itunes:episodeType", "full")
    yield _text("itunes:explicit", _boolean(show.explicit))
    language = {"language": tags.language} if _LANGUAGE.fullmatch(tags.language) else {}
    for suffix, mime in TRANSCRIPTS.items():
        yield _empty("podcast:transcript", url=root + item.base + suffix, type=mime, **language)
    yield _empty("podcast:chapters", url=f"{root}{item.base}.chapters.json", type="application/json+chapters")
    yield _text("podcast:txt", "true", purpose="ai-content")


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
    return "".join(f" {name}={quoteattr(xml_safe(value))}" for name, value in attributes.items())
