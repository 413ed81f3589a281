"""How a show and its episodes are passed on: what a shared link shows, how apps subscribe, a code for a phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import msgspec
import segno
from markupsafe import Markup, escape

from audio_builder.podcast.feed import Item
from audio_builder.podcast.notes import summary_of
from audio_builder.podcast.show_settings import INDEX_FILE, Show

_EMBED_HEIGHT = 180


@dataclass(frozen=True, slots=True)
class Face:
    """What the head of a page says of it to those who show a link to it.

    Attributes:
        description: in a few sentences.
        open_graph: properties of the Open Graph protocol with their contents; addresses only where the show has one.
        linked_data: JSON-LD in the words of schema.org, safe inside a script element.
    """

    description: str
    open_graph: tuple[tuple[str, str], ...]
    linked_data: Markup


def face_of_show(show: Show, cover: str) -> Face:
    """Return the face of the show's page."""
    description = show.description or show.title
    graph = {"og:type": "website", "og:title": show.title, "og:description": description, "og:locale": show.language}
    data = _series(show) | {"@context": "https://schema.org", "description": description}
    if show.base_url:
        graph |= {"og:url": show.root_url, "og:image": show.root_url + cover}
        data |= {"image": show.root_url + cover}
    return Face(description, _told(graph), _linked(data))


def face_of_episode(show: Show, item: Item) -> Face:
    """Return the face of an episode's page."""
    tags, description = item.record.tags, summary_of(item.record)
    graph = {
        "og:type": "article",
        "og:site_name": show.title,
        "og:title": tags.title,
        "og:description": description,
        "og:locale": tags.language or show.language,
    }
    sound: dict[str, object] = {"@type": "AudioObject", "encodingFormat": "audio/mpeg", "duration": _duration(item)}
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "name": tags.title,
        "description": description,
        "datePublished": item.published.isoformat(),
        "duration": _duration(item),
        "inLanguage": tags.language or show.language,
        "author": {"@type": "Person", "name": tags.author} if tags.author else None,
        "partOfSeries": _series(show),
        "associatedMedia": sound,
    }
    if show.base_url:
        root = show.root_url
        graph |= {"og:url": root + item.page, "og:audio": f"{root}{item.base}.mp3", "og:audio:type": "audio/mpeg"}
        data |= {"url": root + item.page}
        sound |= {"contentUrl": f"{root}{item.base}.mp3"}
        if item.cover:
            graph |= {"og:image": root + item.cover}
            data |= {"image": root + item.cover}
    return Face(description, _told(graph), _linked(data))


def app_links(show: Show) -> tuple[tuple[str, str], ...]:
    """Return the apps that subscribe by a link, each with that link; none while the show has no address on the web."""
    if not show.base_url:
        return ()
    feed, place = show.feed_url, show.feed_url.partition("://")[2]
    return (
        ("Apple Podcasts", f"podcast://{place}"),
        ("Pocket Casts", f"pktc://subscribe/{place}"),
        ("Overcast", f"overcast://x-callback-url/add?url={quote(feed, safe='')}"),
        ("AntennaPod", f"https://antennapod.org/deeplink/subscribe?url={quote(feed, safe='')}"),
        ("Podcast Addict", f"podcastaddict://{place}"),
        ("Castro", f"castros://subscribe/{place}"),
        ("gPodder", f"pcast://{place}"),
    )


def qr_svg(text: str) -> Markup:
    """Return a QR code as an SVG element without a size of its own, whose colours follow from style sheets."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, nl=False, svgclass="qr", lineclass=None)
    svg = drawn.getvalue().decode().replace("<svg ", '<svg role="img" aria-label="QR" ', 1)
    return Markup(svg)  # noqa: S704 - drawn by us; the text is in it as squares alone


def embed_code(show: Show, item: Item, page: str) -> str:
    """Return the HTML that shows an episode's player on another page; empty while the show has no address.

    Args:
        show: from `show.toml`.
        item: the episode.
        page: path of the page of that player, from the show's folder.
    """
    if not show.base_url:
        return ""
    source, title = escape(show.root_url + page), escape(item.record.tags.title)
    return f'<iframe src="{source}" title="{title}" width="100%" height="{_EMBED_HEIGHT}" loading="lazy"></iframe>'


def feed_style(notice: str, show: Show) -> bytes:
    """Return the style sheet by which browsers show the feed as a readable page; players pass it over.

    XSLT is leaving browsers, style sheets of XML stay. They can't make links, so the page's address is shown.

    Args:
        notice: what the reader should know, before the address of the page.
        show: from `show.toml`.
    """
    return _FEED_STYLE.format(notice=_css(f"{notice} "), page=_css(show.root_url + INDEX_FILE)).encode()


_FEED_STYLE = """\
rss {{ display: block; max-width: 42rem; margin: 0 auto; padding: 1.5rem 1.25rem; font: 1.0625rem/1.6 Georgia, serif; color: #26282c; background: #f7f4ee; }}
rss::before {{ content: "{notice}" "{page}"; display: block; padding: .8rem 1rem; background: #e4ebe6; border-radius: .5rem; overflow-wrap: anywhere; }}
channel > *, item > * {{ display: none; }}
channel > title, channel > description, item, item > title, item > pubDate, item > description {{ display: block; }}
channel > title {{ margin-top: 1.5rem; font-size: 1.8rem; font-weight: 600; line-height: 1.25; }}
item {{ padding: 1rem 0; border-top: 1px solid #d9d3c7; margin-top: 1rem; }}
item > title + title {{ display: none; }}
item > title, item > description {{ unicode-bidi: plaintext; }}
item > title {{ font-size: 1.15rem; font-weight: 600; }}
item > pubDate {{ color: #5c5f66; font-size: .92rem; }}
"""  # noqa: E501 - a rule a line


def _css(text: str) -> str:
    """Return a text as it stands between quotation marks in a style sheet."""
    return "".join(c if c.isalnum() or c in " .,:;/'-_~" else f"\\{ord(c):06x}" for c in text)


def _series(show: Show) -> dict[str, object]:
    series: dict[str, object] = {"@type": "PodcastSeries", "name": show.title, "inLanguage": show.language}
    if show.author:
        series |= {"author": {"@type": "Person", "name": show.author}}
    return series | ({"url": show.root_url, "webFeed": show.feed_url} if show.base_url else {})


def _duration(item: Item) -> str:
    """Return how long an episode is, as ISO 8601 has it, such as PT754S."""
    return f"PT{max(1, round(item.record.report.duration_s))}S"


def _told(graph: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, content) for name, content in graph.items() if content)


def _linked(data: dict[str, object]) -> Markup:
    text = msgspec.json.encode(dict(_given(data))).decode("utf-8", "replace")
    return in_script(text)


def _given(data: dict[str, object]) -> Iterator[tuple[str, object]]:
    yield from ((name, value) for name, value in data.items() if value)


def in_script(json: str) -> Markup:
    """Return JSON in which nothing can end the script element that it stands in."""
    return Markup(json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - no markup is left in it
