"""Hostile titles and words through every output of a published episode: each holds them as text and nothing else."""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
import webvtt
from mutagen.id3 import ID3
from selectolax.lexbor import LexborHTMLParser

from audio_builder.cli.main import run
from audio_builder.episode.naming import file_stem, resolved_tags
from audio_builder.episode.phrase_times import Phrase
from audio_builder.episode.record import Sound
from audio_builder.episode.report import ChapterReport
from audio_builder.episode.words import clean
from audio_builder.podcast.feed import MOST_CHARACTERS
from audio_builder.podcast.publisher import publish
from audio_builder.recipe.settings import Tags
from audio_builder.script.cues import Script
from tests.episode.test_write_tag import content, tagged
from tests.support.show_helpers import put_episode, put_show, record_of

TITLES = {
    "a script": "<script>alert(1)</script>",
    "the end of a script": "</script><img src=x onerror=alert(1)>",
    "a quote and an element": "\"'><svg onload=alert(1)>",
    "the end of CDATA, an arrow, a template": "]]> --> {{ 7 * 7 }} {% raw %} &amp; &#0;",
    "control characters": "Evening\x00\x07\x1b[31m red\x7f\x85",
    "a lone surrogate and a stray mark": "Evening \ud83d \ufeff\u200b mark",
    "emoji alone": "🌙🕯️👨‍👩‍👧",
    "right to left, with an override": "مساء الخير \u202egnp.exe",
    "300 characters": "The long way home " * 16 + "and rest now",
    "a way up": "../../etc/passwd",
    "a name of Windows": "CON",
    "an address that runs": "javascript:alert(1)//",
}


@dataclass(frozen=True)
class Published:
    """What was published under a title.

    Attributes:
        folder: of the show.
        title: as given.
        shown: as players shall show it.
        mp3: what `build` left.
    """

    folder: Path
    title: str
    shown: str
    mp3: Path

    def text(self, suffix: str) -> str:
        """The text of the only published file with a suffix."""
        (file,) = (self.folder / "episodes").glob(f"{self.mp3.stem[:50].rstrip('-')}-????????{suffix}")
        return file.read_text(encoding="utf-8")

    def page(self, suffix: str = ".html") -> LexborHTMLParser:
        """The page of the episode, or with `.embed.html` that of its player alone."""
        return LexborHTMLParser((self.folder / "episodes" / f"{self.mp3.stem}{suffix}").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=TITLES)
def episode(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """An episode whose title, author, chapter and words are hostile, in a show of that name, published."""
    title = TITLES[request.param]
    folder = tmp_path_factory.mktemp("show")
    put_show(folder)
    shown = clean(title)
    tags = resolved_tags(Tags(title=title, author=title), Script(title, "", "", "en", "", "gentle", ()))
    mp3 = tagged(folder, content(title, [title], author=title))
    sound = mp3.read_bytes()
    mp3.unlink()
    record = record_of(sound, tags)
    record = msgspec.structs.replace(
        record,
        sound=Sound(bytes=len(sound), sha256=hashlib.sha256(sound).hexdigest()),
        words=f"{shown}\n\nThe lamp is on.",
        phrases=(
            Phrase(start_s=0.5, end_s=1.5, text=shown, role="title"),
            Phrase(start_s=2.0, end_s=2.5, text="The lamp is on.", role="prose"),
        ),
        report=msgspec.structs.replace(
            record.report, duration_s=3.0, chapters=(ChapterReport(title=shown, start_s=0.0, end_s=3.0),)
        ),
    )
    stem = file_stem(title)
    put_episode(folder, stem, sound, record)
    (folder / "show.toml").unlink()
    settings = ("--title", f"Show {shown[:250]}", "--author", shown[:250], "--description", shown)
    assert run(["show", "init", str(folder), *settings, "--base-url", "https://example.org/", "-q"]) == 0
    publish(folder)
    return Published(folder, title, shown, folder / f"{stem}.mp3")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_names_of_files_are_harmless(episode: Published) -> None:
    """Lower-case ASCII, at most 80 characters, all of them in the folder and its `episodes`."""
    for path in episode.folder.rglob("*"):
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,79}", path.name)
        assert path.parent in {episode.folder, episode.folder / "episodes"}


def test_the_tag_has_the_title_as_text(episode: Published) -> None:
    """Title and chapter without control characters, and nothing cut."""
    tag = ID3(episode.mp3)
    assert tag["TIT2"].text == [episode.shown]
    assert [frame.sub_frames["TIT2"].text for frame in tag.getall("CHAP")] == [[episode.shown]]


def test_the_feed_has_the_title_as_text(episode: Published) -> None:
    """An XML parser reads it, cut at 255 characters; the elements are those of every feed."""
    channel = ET.parse(episode.folder / "feed.xml").getroot().find("channel")  # noqa: S314 - our own
    assert channel is not None
    found = channel.findtext("item/title")
    assert found == (episode.shown if len(episode.shown) <= MOST_CHARACTERS else f"{episode.shown[:254].rstrip()}…")
    assert channel.findtext("title", "").startswith("Show ")
    notes = channel.findtext("item/{http://purl.org/rss/1.0/modules/content/}encoded", "")
    assert _elements(notes) <= {"p", "ul", "li"}
    assert {child.tag.rpartition("}")[2] for child in channel.iter()} <= {
        "channel", "item", "title", "link", "description", "language", "lastBuildDate", "generator", "author", "image",
        "category", "explicit", "type", "guid", "locked", "medium", "txt", "pubDate", "encoded", "enclosure",
        "duration", "episodeType", "transcript", "chapters",
    }  # fmt: skip


def test_the_list_for_players_has_the_title_as_text(episode: Published) -> None:
    """One outline, with the name of the show."""
    (outline,) = ET.parse(episode.folder / "show.opml").getroot().iter("outline")  # noqa: S314 - our own
    assert _one_line(outline.get("text", "")) == _one_line(f"Show {episode.shown[:250]}")


def test_the_pages_have_the_title_as_text(episode: Published) -> None:
    """Heading, chapter and words are what was written; scripts and data are ours, and nothing runs on an event."""
    page = episode.page()
    assert page.css_first("h1").text() == episode.shown
    assert page.css_first(".chapters .name").text() == episode.shown
    assert [span.text() for span in page.css("h1 span, #words span")] == [episode.shown, "The lamp is on."]
    assert _scripts(page) == ["application/ld+json", "application/json", None]
    assert json.loads(page.css_first("script").text())["name"] == episode.shown
    assert len(page.css("body > svg, body img")) == 1
    index = LexborHTMLParser((episode.folder / "index.html").read_text(encoding="utf-8"))
    assert index.css_first("h3 a").text() == episode.shown
    assert sorted(map(str, _scripts(index))) == ["None", "application/json", "application/ld+json"]
    embedded = episode.page(".embed.html")
    assert embedded.css_first("h1").text() == episode.shown
    assert _scripts(embedded) == ["application/ld+json", None]
    for node in (*page.css("*"), *index.css("*"), *embedded.css("*")):
        assert [name for name in node.attributes if name.startswith("on")] == []
        assert not (node.attributes.get("href") or "").startswith("javascript:")


def test_the_transcripts_have_the_words(episode: Published) -> None:
    """WebVTT, SRT, JSON and text hold every character of them, and no cue, markup or time more."""
    whole = "".join(episode.shown.split())
    vtt = list(webvtt.from_buffer(StringIO(episode.text(".vtt"))))
    assert vtt[-1].text == "The lamp is on."
    assert episode.text(".vtt").count("-->") == len(vtt)
    assert whole == "".join("".join(html.unescape(caption.raw_text) for caption in vtt[:-1]).split())
    srt = episode.text(".srt").split("\n\n")
    lines = "".join(line for cue in srt[:-1] for line in cue.split("\n")[2:])
    assert "".join(lines.split()).replace("-->", "->") == whole.replace("-->", "->")
    assert json.loads(episode.text(".json"))["segments"][0]["body"] == episode.shown
    assert episode.text(".txt").startswith(f"\ufeff{episode.shown}\n\nThe lamp")


def test_chapters_and_notes_have_the_title_as_text(episode: Published) -> None:
    """The chapters file has it as written; the notes are a page of paragraphs and lists alone."""
    chapters = json.loads(episode.text(".chapters.json"))
    assert [chapters["title"], chapters["chapters"][0]["title"]] == [episode.shown, episode.shown]
    notes = episode.text(".notes.html")
    page = LexborHTMLParser(notes)
    assert page.css_first("title").text() == episode.shown
    assert _elements(notes.partition("<body>")[0]) == {"!doctype", "html", "head", "meta", "title"}
    assert _elements(notes.partition("<body>")[2]) == {"p", "ul", "li", "body", "html"}
    assert f"0:00 {episode.shown}" in episode.text(".notes.txt")


def test_the_record_has_the_title_as_text(episode: Published) -> None:
    """JSON, with no control character and nothing that can't be encoded."""
    record = json.loads(episode.mp3.with_suffix(".episode.json").read_bytes())
    assert (record["tags"]["title"], record["tags"]["author"]) == (episode.shown, episode.shown)


def _scripts(page: LexborHTMLParser) -> list[str | None]:
    """The types of the scripts of a page; None for the one that runs."""
    return [script.attributes.get("type") for script in page.css("script")]


def _elements(fragment: str) -> set[str]:
    return set(re.findall(r"<\s*/?\s*([a-zA-Z!?][^\s>/]*)", fragment))
