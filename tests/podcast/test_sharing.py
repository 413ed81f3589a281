"""Passing on: what a shared link shows, links that subscribe, a code for a phone, the feed as a page."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import msgspec
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from audio_builder.podcast.publisher import publish
from audio_builder.podcast.sharing import app_links, feed_style, qr_svg
from audio_builder.podcast.show_settings import Show
from audio_builder.recipe.settings import Tags
from tests.support.show_helpers import SHOW, put_episode, put_show, record_of

pytestmark = pytest.mark.usefixtures("no_decoding")


def _page(folder: Path, show: Show, **tags: str) -> str:
    put_show(folder, show)
    put_episode(folder, "evening", record=record_of(tags=Tags(**{"title": "Evening", "author": "A. Writer", **tags})))
    publish(folder)
    return (folder / "episodes" / "evening.html").read_text(encoding="utf-8")


def _properties(page: str) -> dict[str, str]:
    return {
        name: html.unescape(text) for name, text in re.findall(r'<meta property="([^"]+)" content="([^"]*)">', page)
    }


def test_a_shared_link_has_a_face(tmp_path: Path) -> None:
    """Open Graph and JSON-LD name title, show, length and sound, with addresses on the web."""
    page = _page(tmp_path, SHOW)
    graph = _properties(page)
    assert (graph["og:title"], graph["og:site_name"]) == ("Evening", "Evening Pages")
    assert graph["og:url"] == "https://example.org/pages/episodes/evening.html"
    assert graph["og:audio"].endswith(".mp3")
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert (data["@type"], data["name"], data["duration"]) == ("PodcastEpisode", "Evening", "PT42S")
    assert data["associatedMedia"]["contentUrl"] == graph["og:audio"]
    assert data["partOfSeries"]["webFeed"] == "https://example.org/pages/feed.xml"


def test_a_show_at_home_names_no_address(tmp_path: Path) -> None:
    """Nobody else can open what lies on this machine: no link to it, no code, no HTML for other pages."""
    page = _page(tmp_path, msgspec.structs.replace(SHOW, base_url=""))
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert {"og:url", "og:audio", "og:image"} & _properties(page).keys() == set()
    assert "<iframe" not in html.unescape(page)
    assert "podcast://" not in index
    assert 'class="qr"' not in index


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", '"}]]>&<!--', "\u2028 ok"])
def test_no_title_gets_out_of_its_data(tmp_path: Path, text: str) -> None:
    """JSON-LD stays one script whose data has the title as it was written."""
    page = _page(tmp_path, SHOW, title=text)
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(found[0])["name"] == text
    assert page.count("<script") == 3


def test_apps_subscribe_by_a_link() -> None:
    """Each form has the feed's address in it, as its app wants it."""
    links = dict(app_links(SHOW))
    assert links["Apple Podcasts"] == "podcast://example.org/pages/feed.xml"
    assert links["gPodder"] == "pcast://example.org/pages/feed.xml"
    assert links["Overcast"].endswith("?url=https%3A%2F%2Fexample.org%2Fpages%2Ffeed.xml")
    assert len(links) == 7


def test_a_phone_reads_the_code() -> None:
    """Drawn from its SVG, the code says the address."""
    svg = qr_svg("https://example.org/pages/feed.xml")
    width = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0])
    picture = Image.new("L", (width * 8, width * 8), 255)
    draw = ImageDraw.Draw(picture)
    x = y = 0.0
    for command, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?:[ ,](-?[\d.]+))?", re.findall(r' d="([^"]+)"', svg)[0]
    ):
        if command == "h":
            draw.rectangle([x * 8, (y - 0.5) * 8, (x + float(first)) * 8 - 1, (y + 0.5) * 8 - 1], fill=0)
            x += float(first)
        else:
            dx, dy = float(first), float(second)
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["https://example.org/pages/feed.xml"]


def test_the_style_of_the_feed_has_no_way_out() -> None:
    """What a show or a translation says can't end the text that it stands in."""
    style = feed_style('this "is" a } feed \\', SHOW).decode()
    first = re.findall(r'content: ("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*");', style)[0]
    assert first[1] == '"https://example.org/pages/index.html"'
    assert '"is"' not in style
    assert style.count("{") == style.count("}")
