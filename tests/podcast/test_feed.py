"""The feed: what players and directories read, by parsers that aren't ours and against a golden file."""

from __future__ import annotations

import calendar
import datetime
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import msgspec
import podcastparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from audio_builder.article.details import Details
from audio_builder.article.frontmatter import read_front_matter
from audio_builder.podcast.feed import MOST_DESCRIPTION_BYTES, NAMESPACES, Item, as_html, fitted, opml
from audio_builder.podcast.ledger import Entry
from audio_builder.podcast.notes import notes_html, notes_text
from audio_builder.podcast.publisher import publish
from audio_builder.podcast.show_settings import Show, feed_guid, make_show
from audio_builder.recipe.settings import Tags
from tests.conftest import ROOT
from tests.support.show_helpers import SHOW, feed_xml, put_episode, put_show, record_of

pytestmark = pytest.mark.usefixtures("no_decoding")

GOLDEN = ROOT / "tests" / "goldens" / "feed.xml"


@pytest.fixture
def feed(tmp_path: Path) -> bytes:
    """The feed of a show with two episodes, the second one of another script and a number."""
    put_show(tmp_path)
    put_episode(tmp_path, "evening")
    tags = Tags(title="مساء الخير", language="ar", date="2026-11-22", track=2)
    put_episode(tmp_path, "episode-11112222", b"other", record_of(b"other", tags))
    publish(tmp_path)
    return (tmp_path / "feed.xml").read_bytes()


def test_the_feed_is_the_golden_one(feed: bytes):
    """Every byte of a feed is decided, but for our own version and the name of the cover, which Pillow decides."""
    from audio_builder import __version__

    written = re.sub("cover-[0-9a-f]{8}", "cover-DIGEST", feed.decode().replace(__version__, "VERSION"))
    assert written == GOLDEN.read_text(encoding="utf-8")


def test_feedparser_reads_every_field(feed: bytes):
    """Channel and item have what PSP-1 asks for, and feedparser finds nothing to complain of."""
    found = feedparser.parse(feed)
    assert not found.bozo
    channel, item = found.feed, found.entries[0]
    assert (channel.title, channel.subtitle, channel.language) == ("Evening Pages", "Slow readings.", "en")
    assert (channel.author, channel.link) == ("A. Writer", "https://example.org/pages/")
    assert channel.image.href.startswith("https://example.org/pages/episodes/cover-")
    assert {tag.term for tag in channel.tags} >= {"Health & Fitness", "Mental Health"}
    assert (item.title, item.itunes_duration) == ("Evening", "42")
    assert (
        calendar.timegm(item.published_parsed) == datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC).timestamp()
    )
    (enclosure,) = item.enclosures
    assert (enclosure.type, enclosure.length) == ("audio/mpeg", "5")
    assert enclosure.href.startswith("https://example.org/pages/episodes/evening-")
    assert enclosure.href.endswith(".mp3")


EPISODE_OF_ALL_KEYS = """---
title: All of it
date: 2026-11-20T06:30:00+01:00
id: my-own
description: What is <3 & why
notes: Read [the essay](https://example.org/essay) first.
episode: 4
season: 2
episode_type: bonus
explicit: true
block: true
persons: [A. Reader (narrator) <https://example.org/reader>, B. Friend]
license: cc-by-4.0
soundbite: ["0:03 6 The lamp", 12 3.5]
---
Word.
"""
SHOW_OF_ALL_KEYS = {
    "title": "Pages", "author": "A. Writer", "owner": "An Owner", "email": "me@example.org", "description": "Slow",
    "language": "en-GB", "category": ["Arts > Books", "Education"], "link": "https://example.org/about",
    "base_url": "https://example.org/pages/", "explicit": True, "type": "serial", "medium": "audiobook", "block": True,
    "persons": ["C. Host (host) <https://example.org/host>"], "funding": ["Buy me a tea <https://example.org/tea>"],
    "license": "Our Terms <https://example.org/terms>", "update_frequency": "Weekly <FREQ=WEEKLY;BYDAY=MO>",
    "hub": "https://hub.example.org/", "copyright": "The Holder", "locked": False,
    "new_feed_url": "https://new.example.org/feed.xml",
}  # fmt: skip


def test_all_that_can_be_said_of_show_and_episode_is_found_in_the_feed(tmp_path: Path):
    """By feedparser and by lxml, each where the format has it."""
    details = read_front_matter(EPISODE_OF_ALL_KEYS, "a.md").details
    put_show(tmp_path, make_show(SHOW_OF_ALL_KEYS))
    tags = Tags(title="All of it", date="2026-11-20T06:30:00+01:00", track=4)
    put_episode(tmp_path, "my-own", b"sound", record_of(tags=tags, details=details))
    publish(tmp_path)
    feed = (tmp_path / "feed.xml").read_bytes()
    found = feedparser.parse(feed)
    assert not found.bozo
    channel, item = found.feed, found.entries[0]
    assert (channel.language, channel.rights, channel.subtitle) == ("en-GB", "The Holder", "Slow")
    assert {tag.term for tag in channel.tags} == {"Arts", "Books", "Education"}
    assert {link.href for link in channel.links if link.rel == "hub"} == {"https://hub.example.org/"}
    assert (item.itunes_season, item.itunes_episode, item.itunes_episodetype) == ("2", "4", "bonus")
    assert "What is <3 & why" in lxml_html.fromstring(f"<p>{item.summary}</p>").text_content()
    assert '<a href="https://example.org/essay">the essay</a>' in item.content[0].value
    tree = etree.fromstring(feed)

    def texts(path: str) -> list[str]:
        return [str(one) for one in tree.xpath(path, namespaces=NAMESPACES)]

    for path, wanted in {
        "channel/itunes:author/text()": ["A. Writer"],
        "channel/itunes:owner/itunes:email/text()": ["me@example.org"],
        "channel/itunes:explicit/text()": ["true"],
        "channel/itunes:type/text()": ["serial"],
        "channel/itunes:block/text() | channel/podcast:block/text()": ["Yes", "yes"],
        "channel/itunes:new-feed-url/text()": ["https://new.example.org/feed.xml"],
        "channel/podcast:locked/text()": ["no"],
        "channel/podcast:medium/text()": ["audiobook"],
        "channel/podcast:updateFrequency/@rrule": ["FREQ=WEEKLY;BYDAY=MO"],
        "channel/podcast:funding/@url": ["https://example.org/tea"],
        "channel/podcast:license/@url": ["https://example.org/terms"],
        "channel/podcast:person/@role": ["host"],
        "channel/item/pubDate/text()": ["Fri, 20 Nov 2026 06:30:00 +0100"],
        "channel/item/itunes:explicit/text()": ["true"],
        "channel/item/itunes:block/text()": ["Yes"],
        "channel/item/podcast:soundbite/@startTime": ["3.0", "12.0"],
        "channel/item/podcast:soundbite/@duration": ["6.0", "3.5"],
        "channel/item/podcast:license/text()": ["cc-by-4.0"],
        "channel/item/podcast:person/text()": ["A. Reader", "B. Friend"],
        "channel/item/podcast:person/@href": ["https://example.org/reader"],
    }.items():
        assert texts(path) == wanted, path


def test_podcastparser_reads_every_field(feed: bytes):
    """gPodder's parser finds the episodes with their files, guids, lengths and numbers."""
    found = podcastparser.parse(SHOW.feed_url, io.BytesIO(feed))
    assert (found["title"], found["itunes_owner"]["email"]) == ("Evening Pages", "writer@example.org")
    evening, arabic = found["episodes"]
    assert (evening["title"], evening["total_time"], evening["enclosures"][0]["file_size"]) == ("Evening", 42, 5)
    assert (arabic["title"], arabic["number"]) == ("مساء الخير", 2)
    assert evening["guid"] != arabic["guid"]
    assert evening["guid"] in feed.decode()


def test_the_podcast_namespace_is_there(feed: bytes):
    """guid, locked, medium, the disclosure, four transcripts and the chapters; prefixes letter by letter."""
    space = {"podcast": NAMESPACES["podcast"]}
    channel = ET.fromstring(feed).find("channel")  # noqa: S314 - our own
    assert channel is not None
    assert channel.findtext("podcast:guid", namespaces=space) == feed_guid("https://example.org/pages/feed.xml")
    assert channel.find("podcast:txt", space).attrib == {"purpose": "ai-content"}
    item = channel.find("item")
    assert [one.get("type") for one in item.findall("podcast:transcript", space)] == [
        "text/vtt", "application/x-subrip", "application/json", "text/plain",
    ]  # fmt: skip
    assert item.find("podcast:chapters", space).get("type") == "application/json+chapters"
    assert all(f'xmlns:{prefix}="'.encode() in feed for prefix in NAMESPACES)


def test_the_guid_of_a_feed_is_that_of_the_specification():
    """The podcast namespace's own example."""
    assert feed_guid("https://podnews.net/rss") == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def test_opml_names_the_feed():
    """One outline of type rss with the feed's address."""
    outline = ET.fromstring(opml(SHOW)).find("body/outline")  # noqa: S314 - our own
    assert (outline.get("type"), outline.get("xmlUrl"), outline.get("text")) == (
        "rss", "https://example.org/pages/feed.xml", "Evening Pages",
    )  # fmt: skip


@given(st.text(alphabet=st.characters(), min_size=1))
def test_any_title_gives_well_formed_xml(title: str):
    """Control characters, lone surrogates, `]]>` and markup: an XML parser reads the feed, and no element is added."""
    show = msgspec.structs.replace(SHOW, title=title, description=title, copyright=title)
    channel = ET.fromstring(feed_xml(show, "cover.jpg", [])).find("channel")  # noqa: S314 - our own
    plain = ET.fromstring(feed_xml(SHOW, "cover.jpg", [])).find("channel")  # noqa: S314 - our own
    assert [one.tag for one in channel] == [one.tag for one in plain]


def test_a_long_description_is_cut_at_whole_characters():
    """At most 4000 bytes of UTF-8, and “…” where it was cut."""
    text = fitted("ü" * 3000)
    assert len(text.encode()) <= MOST_DESCRIPTION_BYTES
    assert text.endswith("ü…")
    assert fitted("short") == "short"


def test_a_show_at_home_has_no_guid():
    """Without an address of its own there is nothing that a guid could follow from."""
    assert b"podcast:guid" not in feed_xml(Show(title="At home"), "cover.jpg", [])


HARD = (
    "Why I <3 mornings, and where x<y matters: <b> is a tag, fish &amp; chips is not",
    "AT&T &amp; R&D; 3 < 4 > 2 ]]>",
    "<script>alert(1)</script> and <!-- this --> too",
)


class _Text(HTMLParser):
    """The text that a browser would show of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = ""

    def handle_data(self, data: str) -> None:
        """Take text."""
        self.shown += data


def _shown(markup: str) -> str:
    parser = _Text()
    parser.feed(markup)
    parser.close()
    return parser.shown


@pytest.mark.parametrize("text", HARD)
def test_every_word_of_a_description_is_shown_by_readers_that_take_it_for_html(text: str):
    """feedparser (which removes tags), podcastparser, lxml and the standard library's parser: none loses a word."""
    record = record_of(tags=Tags(title="A", subtitle=text))
    show = msgspec.structs.replace(SHOW, description=text)
    entry = Entry(
        guid="g", published="2026-11-23T00:00:00+00:00", sound=record.sound, waveform=(), made_from="", files=()
    )
    feed = feed_xml(show, "cover.jpg", [Item("a", record, entry)])
    found = feedparser.parse(feed)
    assert _shown(found.feed.subtitle) == text
    assert _shown(found.entries[0].summary) == text
    theirs = podcastparser.parse(show.feed_url, io.BytesIO(feed))
    assert text in (theirs["description"], _shown(theirs["description"]))
    assert text in _shown(theirs["episodes"][0]["description_html"])
    channel = etree.fromstring(feed).find("channel")
    for written in (channel.findtext("description"), channel.findtext("item/description")):
        assert lxml_html.fragment_fromstring(written, create_parent="div").text_content() == text
    assert _shown(ET.fromstring(feed).findtext("channel/item/description")) == text  # noqa: S314 - our own


def test_a_description_of_markup_is_cut_at_whole_characters():
    """It has at most 4000 bytes when its signs are escaped, and no reference is cut."""
    written = as_html("<&>" * 2000)
    assert 3900 < len(written.encode()) <= MOST_DESCRIPTION_BYTES
    assert re.fullmatch("(&lt;|&amp;|&gt;)*…", written)
    assert as_html("One.\n\nTwo.") == "<p>One.</p><p>Two.</p>"


def test_the_time_of_the_feed_never_goes_back():
    """Not even when the newest episode is withdrawn."""
    late = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
    assert b"<lastBuildDate>Wed, 25 Nov 2026 12:00:00 +0000</lastBuildDate>" in feed_xml(SHOW, "c.jpg", [], late)


def test_the_authors_own_notes_keep_their_links():
    """Markdown; HTML and addresses that run are shown as text, and no other element comes of it."""
    notes = "Read [it](https://example.org/?a=b&c).\n\n<b onclick=x>No</b> [x](javascript:alert(1))\n\n- a\n- *b*"
    written = notes_html(record_of(details=Details(notes=notes)))
    assert '<a href="https://example.org/?a=b&amp;c">it</a>' in written
    assert "&lt;b onclick=x&gt;No&lt;/b&gt;" in written
    assert 'href="javascript' not in written
    assert "<li><em>b</em></li>" in written
    assert notes_text(record_of(details=Details(notes="Read [it](https://example.org)."))).count("https://") == 1
