"""Feed, chapters and transcripts against schemas of the published specifications, by validators that aren't ours."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import audio_builder
from audio_builder.article.details import Details
from audio_builder.episode.phrase_times import Phrase
from audio_builder.episode.record import RECORD_SUFFIX, EpisodeRecord, read_record
from audio_builder.podcast.feed import Item
from audio_builder.podcast.ledger import Entry
from audio_builder.podcast.notes import chapters_json
from audio_builder.podcast.publisher import publish
from audio_builder.podcast.show_settings import CATEGORIES
from audio_builder.podcast.transcript import as_json, as_vtt
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Tags

from ..conftest import ROOT
from ..support.show_helpers import PHRASES, SHOW, feed_xml, put_show, record_of

HERE = Path(__file__).parent
GOLDEN = (ROOT / "tests" / "goldens" / "feed.xml").read_text(encoding="utf-8")
FEED = etree.RelaxNG.from_rnc_string((HERE / "feed.rnc").read_text(encoding="utf-8"))
CHAPTERS = json.loads((HERE / "chapters.schema.json").read_text(encoding="utf-8"))
TRANSCRIPT = json.loads((HERE / "transcript.schema.json").read_text(encoding="utf-8"))
MODULES = ROOT / ".venv" / "npm" / "node_modules"
NAMES = ("evening", "morning", "noon")


def needs_npm(package: str) -> pytest.MarkDecorator:
    """Skip a test where a package of npm isn't there."""
    return pytest.mark.skipif(
        shutil.which("node") is None or not (MODULES / package).is_dir(),
        reason=f"needs Node.js and {package} (npm install --prefix .venv/npm {package})",
    )


def complaints(feed: str | bytes) -> list[str]:
    """What the schema refuses in a feed."""
    parsed = etree.fromstring(feed if isinstance(feed, bytes) else feed.encode())
    return [] if FEED.validate(parsed) else [error.message for error in FEED.error_log]


def read_by_node(script: str, file: Path) -> Any:
    """What a program of Node.js beside this file prints of another file, as JSON."""
    command = ["node", str(HERE / script), str(MODULES), str(file)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published show of three episodes, each really built."""
    folder = tmp_path_factory.mktemp("show")
    put_show(folder)
    recipe = make_recipe({"voice": "tone", "pacing": {"preset": "reading"}})
    for name in NAMES:
        text = folder / f"{name}.md"
        text.write_text(f"# {name.title()} & <more>\n\nA --> B. The lamp is on.\n\nWhat is open?\n", encoding="utf-8")
        audio_builder.build(text, recipe, folder)
    publish(folder)
    return folder


def test_the_golden_feed_is_valid():
    """RSS 2.0, PSP-1, Apple's elements and the podcast namespace, strictly."""
    assert complaints(GOLDEN) == []


def test_the_files_of_a_real_show_are_valid(folder: Path):
    """The feed of three built episodes, and each one's chapters and transcript in JSON."""
    assert complaints((folder / "feed.xml").read_bytes()) == []
    for schema, pattern in ((CHAPTERS, "*.chapters.json"), (TRANSCRIPT, "*[0-9a-f].json")):
        files = sorted((folder / "episodes").glob(pattern))
        files = [file for file in files if not file.name.endswith(RECORD_SUFFIX)]
        assert len(files) == len(NAMES)
        for file in files:
            jsonschema.validate(json.loads(file.read_bytes()), schema)


FULL_SHOW = msgspec.structs.replace(
    SHOW,
    category=("Health & Fitness > Mental Health", "Arts > Books"),
    type="serial",
    medium="audiobook",
    block=True,
    persons=("A. Reader (cast/narrator) <https://example.org/reader>", "B"),
    funding=("Buy me a tea <https://example.org/tea>",),
    license="CC-BY-4.0",
    update_frequency="Weekly <FREQ=WEEKLY;BYDAY=MO>",
    hub="https://hub.example.org/",
)
DETAILS = Details(
    description="What I <3 & why x<y.",
    notes="Read [it](https://example.org/essay?a=b&c=d).",
    season=2,
    episode_type="bonus",
    explicit=True,
    block=True,
    persons=("C. Writer (writing/author)",),
    license="Our Terms <https://example.org/terms>",
    soundbite=("0:06 15 The lamp", "10 20"),
)


def test_a_feed_with_every_field_is_valid():
    """Every key of front matter and show.toml gives its element, in the form of its specification."""
    tags = Tags(title="Evening", language="en", track=4)
    item = Item("evening", record_of(tags=tags, details=DETAILS), entry_of(record_of()))
    feed = feed_xml(FULL_SHOW, "cover.jpg", [item])
    assert complaints(feed) == []
    for part in (
        '<itunes:category text="Arts"><itunes:category text="Books"/></itunes:category>',
        "<itunes:type>serial</itunes:type>",
        '<podcast:updateFrequency rrule="FREQ=WEEKLY;BYDAY=MO">Weekly</podcast:updateFrequency>',
        '<podcast:funding url="https://example.org/tea">Buy me a tea</podcast:funding>',
        "<podcast:license>cc-by-4.0</podcast:license>",
        '<podcast:person role="narrator" group="cast" href="https://example.org/reader">A. Reader</podcast:person>',
        '<atom:link href="https://hub.example.org/" rel="hub"/>',
        "<description>What I &amp;lt;3 &amp;amp; why x&amp;lt;y.</description>",
        "<itunes:season>2</itunes:season>",
        "<itunes:episode>4</itunes:episode>",
        "<itunes:episodeType>bonus</itunes:episodeType>",
        "<itunes:explicit>true</itunes:explicit>",
        '<podcast:soundbite startTime="6.0" duration="15.0">The lamp</podcast:soundbite>',
        '<podcast:license url="https://example.org/terms">Our Terms</podcast:license>',
        '<podcast:person role="author" group="writing">C. Writer</podcast:person>',
    ):
        assert part in feed.decode(), part
    assert feed.decode().count("<itunes:block>Yes</itunes:block>") == 2


def entry_of(record: EpisodeRecord) -> Entry:
    """What the ledger has of an episode."""
    return Entry(
        guid="98d16e37-10db-5afb-b087-4f606bf28495",
        published="2026-11-23T00:00:00+00:00",
        sound=record.sound,
        waveform=(),
        made_from="",
        files=(),
    )


MUTATIONS = {
    "an element that no specification knows": ("<itunes:type>", "<itunes:kind>x</itunes:kind><itunes:type>"),
    "two titles": ("<title>Evening</title>", "<title>Evening</title><title>Again</title>"),
    "no title": ("<title>Evening Pages</title>", ""),
    "an empty title": ("<title>Evening Pages</title>", "<title></title>"),
    "space around a title": ("<title>Evening<", "<title> Evening <"),
    "a title of 256 characters": ("<title>Evening<", f"<title>{'e' * 256}<"),
    "a description of 4001 characters": ("Slow readings.", "s" * 4001),
    "no description": ("<description>Slow readings.</description>", ""),
    "a language in words": ("<language>en<", "<language>in English<"),
    "no language": ("<language>en</language>", ""),
    "a link without a scheme": ("<link>https://example.org/pages/<", "<link>example.org/pages/<"),
    "a link that runs": ("<link>https://example.org/pages/<", "<link>javascript:alert(1)<"),
    "no address of its own": ('<atom:link href="https://example.org/pages/feed.xml" rel="self"', '<atom:link rel="x"'),
    "a date in ISO 8601": ("Mon, 23 Nov 2026 12:00:00 +0000", "2026-11-23T12:00:00Z"),
    "a month that isn't one": ("<pubDate>Mon, 23 Nov", "<pubDate>Mon, 23 Nvm"),
    "an hour that isn't one": ("<pubDate>Mon, 23 Nov 2026 12:", "<pubDate>Mon, 23 Nov 2026 24:"),
    "no date": ("<pubDate>Sun, 22 Nov 2026 12:00:00 +0000</pubDate>", ""),
    "a category that Apple lacks": ('text="Mental Health"', 'text="Sleep"'),
    "a subcategory of another category": ('text="Mental Health"', 'text="Buddhism"'),
    "explicit as a word of old": ("<itunes:explicit>false<", "<itunes:explicit>clean<"),
    "a cover with a query": ("cover-DIGEST.jpg", "cover.jpg?size=3000"),
    "a cover of another kind": ("cover-DIGEST.jpg", "cover-DIGEST.webp"),
    "an owner without an address": ("<itunes:email>writer@example.org</itunes:email>", ""),
    "a guid that is no UUID": ("<podcast:guid>d437161c", "<podcast:guid>D437161C"),
    "a guid of another version": ("53f2-5a51-b0ed", "53f2-4a51-b0ed"),
    "locked with true": (">yes</podcast:locked>", ">true</podcast:locked>"),
    "a medium that isn't one": ("<podcast:medium>podcast<", "<podcast:medium>talk<"),
    "a permanent link that is none": (' isPermaLink="false"', ""),
    "an item without a guid": ('<guid isPermaLink="false">98d16e37-10db-5afb-b087-4f606bf28495</guid>', ""),
    "an enclosure without a length": (' length="5"', ""),
    "an enclosure of no bytes": ('length="5"', 'length="0"'),
    "an enclosure of another type": ('type="audio/mpeg"', 'type="audio/mp3"'),
    "a sound that is no MP3": ('.mp3"', '.wav"'),
    "a duration in fractions": ("<itunes:duration>42<", "<itunes:duration>42.5<"),
    "a negative number": ("<itunes:episode>2<", "<itunes:episode>-2<"),
    "a kind of episode that isn't one": (">full<", ">complete<"),
    "a transcript of another type": ('type="application/x-subrip"', 'type="text/srt"'),
    "a transcript without an address": ("<podcast:transcript url=", "<podcast:transcript href="),
    "chapters of another type": ("application/json+chapters", "application/json"),
    "two sounds": ("<enclosure ", '<enclosure url="https://a/b.mp3" length="1" type="audio/mpeg"/><enclosure '),
    "another version of RSS": ('version="2.0"', 'version="0.92"'),
    "another name space": ("podcastindex.org/namespace/1.0", "podcastindex.org/namespace/2.0"),
    "a block in another case": ("<podcast:locked", "<itunes:block>yes</itunes:block><podcast:locked"),
    "a funding without an address": ("<podcast:locked", "<podcast:funding>x</podcast:funding><podcast:locked"),
    "a licence of 129 characters": (
        "<podcast:locked", f"<podcast:license>{'x' * 129}</podcast:license><podcast:locked",
    ),
    "a person without a name": ("<podcast:locked", "<podcast:person/><podcast:locked"),
    "a frequency in words": (
        "<podcast:locked", '<podcast:updateFrequency rrule="weekly">x</podcast:updateFrequency><podcast:locked',
    ),
    "an excerpt of no length": (
        "<itunes:episodeType>", '<podcast:soundbite startTime="0" duration="0"/><itunes:episodeType>',
    ),
    "an item outside of its channel": ("</channel>", "</channel><item/>"),
}  # fmt: skip


@pytest.mark.parametrize("fault", MUTATIONS)
def test_a_broken_feed_is_refused(fault: str):
    """The schema is worth something: it refuses the golden feed with each of these faults."""
    before, after = MUTATIONS[fault]
    assert before in GOLDEN
    assert complaints(GOLDEN.replace(before, after, 1)) != []


def test_the_categories_are_those_of_the_schema():
    """Each category and subcategory that `show.toml` may name is one of Apple's, and none of theirs is missing."""
    pairs = [(above, below) for above, all_below in CATEGORIES.items() for below in ("", *all_below)]
    for above, below in pairs:
        text = f"{above} > {below}" if below else above
        assert complaints(feed_xml(msgspec.structs.replace(SHOW, category=text), "cover.jpg", [])) == []
    quoted = re.findall(r'"([^"]+)"', (HERE / "feed.rnc").read_text(encoding="utf-8").partition("\ncategory =")[2])
    assert sorted(quoted) == sorted(name for above, all_below in CATEGORIES.items() for name in (above, *all_below))


@settings(max_examples=60)
@given(st.text(min_size=1).filter(lambda text: any("!" <= character <= "~" for character in text)))
def test_the_feed_of_any_texts_is_valid(text: str):
    """Whatever title, author, summary and language are, so long as something of them can be read."""
    tags = Tags(title=text, author=text, subtitle=text, language=text)
    record = record_of(tags=tags, disclosure=text, words=text)
    show = msgspec.structs.replace(SHOW, title=text, author=text, owner=text, description=text, copyright=text)
    assert complaints(feed_xml(show, "cover.jpg", [Item("a", record, entry_of(record))])) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"version": "1.2.0"', '"version": 1.2'),
        ('"startTime": 0.0', '"startTime": "0:00"'),
        ('"startTime": 0.0', '"startTime": -1'),
        ('"startTime": 0.0', '"start": 0.0'),
        ('"title": "The second part"', '"title": null'),
        ('"chapters"', '"marks"'),
    ],
)
def test_broken_chapters_are_refused(before: str, after: str):
    """The chapters of a record are valid, and with each of these faults they aren't; they rise in time."""
    written = chapters_json(record_of()).decode()
    jsonschema.validate(json.loads(written), CHAPTERS)
    starts = [chapter["startTime"] for chapter in json.loads(written)["chapters"]]
    assert starts == sorted(set(starts))
    assert before in written
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(written.replace(before, after, 1)), CHAPTERS)


@pytest.mark.parametrize(
    ("before", "after"),
    [('"1.0.0"', '"1.0"'), ('"body"', '"text"'), ('"startTime": 6.0', '"startTime": "6"'), ('"Evening"', '""')],
)
def test_a_broken_transcript_is_refused(before: str, after: str):
    """The transcript of a record is valid, and with each of these faults it isn't."""
    written = as_json(PHRASES).decode()
    jsonschema.validate(json.loads(written), TRANSCRIPT)
    assert before in written
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(written.replace(before, after, 1)), TRANSCRIPT)


@needs_npm("webvtt-parser")
def test_the_w3c_validator_finds_nothing_wrong_with_the_webvtt(folder: Path, tmp_path: Path):
    """W3C's WebVTT validator finds no error in a real transcript nor in one of markup, and the phrases' own times."""
    for name in NAMES:
        record = read_record(folder / f"{name}.episode.json")
        (file,) = (folder / "episodes").glob(f"{name}-*.vtt")
        found = read_by_node("webvtt.mjs", file)
        assert found["errors"] == []
        assert [cue["startTime"] for cue in found["cues"]] == [round(phrase.start_s, 3) for phrase in record.phrases]
    hostile = tmp_path / "hostile.vtt"
    texts = ("<script>", "NOTE a", "1\n2", "a --> b", "&nbsp;&", "<v Bob>", "]]>", "STYLE", "مساء الخير 🌙")
    phrases = [Phrase(start_s=i, end_s=i + 0.9, text=text, role="prose") for i, text in enumerate(texts)]
    hostile.write_text(as_vtt(phrases), encoding="utf-8")
    found = read_by_node("webvtt.mjs", hostile)
    assert (found["errors"], len(found["cues"])) == ([], len(texts))


@needs_npm("webvtt-parser")
def test_the_w3c_validator_refuses_broken_webvtt(tmp_path: Path):
    """An end before its start is told."""
    broken = tmp_path / "broken.vtt"
    broken.write_text("WEBVTT\n\n00:00:09.000 --> 00:00:08.000\nBack\n", encoding="utf-8")
    assert read_by_node("webvtt.mjs", broken)["errors"] != []


@needs_npm("podcast-partytime")
def test_podcast_index_reads_every_field_of_the_podcast_namespace(tmp_path: Path):
    """The parser of Podcast Index finds guid, lock, medium, owner, transcripts and chapters."""
    golden = tmp_path / "feed.xml"
    golden.write_text(GOLDEN, encoding="utf-8")
    found = read_by_node("partytime.mjs", golden)
    assert (found["guid"], found["locked"], found["podcastOwner"], found["medium"]) == (
        "d437161c-53f2-5a51-b0ed-a6e6f8197b08", True, "writer@example.org", "podcast",
    )  # fmt: skip
    assert (found["itunesCategory"], found["pubsub"]["self"]) == (
        ["Health & Fitness > Mental Health"], "https://example.org/pages/feed.xml",
    )  # fmt: skip
    assert found["pc20support"] == {"1": ["locked", "transcript", "chapters"], "3": ["guid"], "4": ["medium"]}
    evening = found["items"][0]
    assert [one["type"] for one in evening["podcastTranscripts"]] == [
        "text/vtt", "application/srt", "application/json", "text/plain",
    ]  # fmt: skip
    assert evening["podcastChapters"]["url"].endswith(".chapters.json")
    assert (evening["duration"], evening["enclosure"]["length"]) == (42, 5)
