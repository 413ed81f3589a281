"""A feed of many thousand episodes: the newest in the feed, the others in archives that lead on (RFC 5005, 4)."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from lxml import etree

from audio_builder.podcast.feed import Item, feed_pages
from audio_builder.podcast.ledger import Entry, read_earlier_feed
from audio_builder.podcast.publisher import PublishOptions, publish
from audio_builder.recipe.settings import Tags
from tests.support.show_helpers import SHOW, put_episode, put_show, record_of

pytestmark = pytest.mark.usefixtures("no_decoding")

ATOM = "{http://www.w3.org/2005/Atom}link"
HISTORY = "{http://purl.org/syndication/history/1.0}archive"
_FIRST = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def _items(count: int) -> list[Item]:
    """Items, the newest first; all have the record of one episode."""
    record = record_of(tags=Tags(title="Evening", show="Evening Pages", language="en"))

    def item(number: int) -> Item:
        published = (_FIRST + datetime.timedelta(minutes=number)).isoformat()
        entry = Entry(
            guid=f"guid-{number}", published=published, sound=record.sound, waveform=(), made_from="", files=()
        )
        return Item(f"evening-{number}", record, entry)

    return [item(number) for number in reversed(range(count))]


def _guids(content: bytes) -> list[str]:
    return [guid.text or "" for guid in etree.fromstring(content).iter("guid")]


def _links(content: bytes) -> dict[str, str]:
    links = etree.fromstring(content).iterfind(f"channel/{ATOM}")
    return {link.get("rel", ""): link.get("href", "").rpartition("/")[2] for link in links}


def test_every_episode_is_on_one_page_and_each_page_leads_to_the_next_older_one() -> None:
    """From the feed back to the first archive; only archives are marked as such."""
    pages = feed_pages(SHOW, "cover.jpg", _items(57), page_items=10)
    assert list(pages) == [*(f"feed-{number}.xml" for number in range(1, 5)), "feed.xml"]
    seen: list[str] = []
    name = "feed.xml"
    while name:
        seen += _guids(pages[name])
        assert (etree.fromstring(pages[name]).find(f"channel/{HISTORY}") is not None) == (name != "feed.xml")
        name = _links(pages[name]).get("prev-archive", "")
    assert seen == [f"guid-{number}" for number in reversed(range(57))]
    assert _links(pages["feed-2.xml"]) == {
        "self": "feed-2.xml",
        "current": "feed.xml",
        "prev-archive": "feed-1.xml",
        "next-archive": "feed-3.xml",
    }


@pytest.mark.parametrize(("count", "archives", "newest"), [(19, 0, 19), (20, 1, 10), (29, 1, 19), (30, 2, 10)])
def test_the_feed_keeps_a_page_of_the_newest_at_least(count: int, archives: int, newest: int) -> None:
    """A player that knows no archives shows those."""
    pages = feed_pages(SHOW, "cover.jpg", _items(count), page_items=10)
    assert len(pages) == archives + 1
    assert len(_guids(pages["feed.xml"])) == newest


def test_an_archive_stays_as_it_is_when_episodes_are_added() -> None:
    """Its bytes change once at most, when it gets a newer neighbour."""
    before = feed_pages(SHOW, "cover.jpg", _items(40), page_items=10)
    after = feed_pages(SHOW, "cover.jpg", _items(58), page_items=10)
    assert [name for name in before if before[name] != after[name]] == ["feed-3.xml", "feed.xml"]


@pytest.mark.slow
def test_twenty_thousand_episodes_are_twenty_pages() -> None:
    """The feed itself stays as small as that of a thousand."""
    pages = feed_pages(SHOW, "cover.jpg", _items(20_000))
    assert len(pages) == 20
    assert all(len(content) < 2_000_000 for content in pages.values())
    assert sum(content.count(b"<item>") for content in pages.values()) == 20_000


def test_archives_are_published_known_again_and_removed(tmp_path: Path) -> None:
    """Guids in them are kept without the ledger; a feed that became shorter leaves none behind."""
    put_show(tmp_path)
    for number in range(5):
        sound = b"sound %d" % number
        tags = Tags(title=f"Evening {number}", language="en", date=f"2026-11-2{number}")
        put_episode(tmp_path, f"evening-{number}", sound, record_of(sound, tags))
    publish(tmp_path, PublishOptions(page_items=2))
    assert (tmp_path / "feed-1.xml").is_file()
    assert set(read_earlier_feed(tmp_path).items) == {f"evening-{number}" for number in range(5)}
    for number in range(2):
        (tmp_path / f"evening-{number}.mp3").unlink()
        (tmp_path / f"evening-{number}.episode.json").unlink()
    publish(tmp_path, PublishOptions(page_items=2))
    assert not (tmp_path / "feed-1.xml").exists()
