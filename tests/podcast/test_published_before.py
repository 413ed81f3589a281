"""A show that an earlier version published: its listeners notice nothing when a later one publishes it again."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import msgspec
import pytest

from audio_builder.errors import OutputError
from audio_builder.podcast.ledger import read_ledger
from audio_builder.podcast.publisher import publish
from tests.conftest import ROOT

BEFORE = ROOT / "tests" / "data" / "published-show"
SHOW_GUID = re.compile(r"<podcast:guid>.*")
KNOWN = re.compile(r"<(?:guid|pubDate|link|enclosure|podcast:transcript|podcast:chapters)\b.*")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the show in `tests/data/published-show`, whose README says what is in it."""
    return Path(shutil.copytree(BEFORE, tmp_path / "show"))


def test_guids_dates_and_addresses_stay(folder: Path) -> None:
    """So no player downloads or lists an episode twice; not even the sound is decoded again."""
    publish(folder)
    before, after = ((place / "feed.xml").read_text(encoding="utf-8") for place in (BEFORE, folder))
    assert len(KNOWN.findall(before)) == 1 + 3 * 9
    assert KNOWN.findall(after) == KNOWN.findall(before)
    assert {*BEFORE.glob("episodes/*")} - {BEFORE / path.relative_to(folder) for path in folder.rglob("*")} == set()


def test_the_ledger_keeps_what_no_record_has(folder: Path) -> None:
    """Guid, date and waveform are the earlier ones; what the feed shows is no longer in it."""
    before = read_ledger(folder)
    publish(folder)
    after = read_ledger(folder)
    assert (before.schema_version, after.schema_version) == (1, 2)
    for stem, entry in before.episodes.items():
        kept = ("guid", "published", "sound", "waveform")
        assert [getattr(after.episodes[stem], name) for name in kept] == [getattr(entry, name) for name in kept]
    written = json.loads((folder / "published.json").read_bytes())
    assert [set(entry) for entry in written["episodes"].values()] == [set(msgspec.structs.asdict(entry))] * 3


def test_damage_before_the_first_publishing_by_this_version_loses_nothing(folder: Path) -> None:
    """There is no copy of the record yet, so nothing is published, and the feed stays as it was."""
    (folder / "evening.episode.json").write_text("{")
    with pytest.raises(OutputError, match="1 of the published episodes would be lost"):
        publish(folder)
    assert (folder / "feed.xml").read_bytes() == (BEFORE / "feed.xml").read_bytes()


@pytest.mark.parametrize("lost", [("published.json",), ("published.json", "feed.xml"), ("feed.xml",)])
@pytest.mark.usefixtures("no_decoding")
def test_what_is_lost_comes_back(lost: tuple[str, ...], folder: Path) -> None:
    """Without the ledger the feed says what listeners know; without both, guids follow from address and name."""
    for name in lost:
        (folder / name).unlink()
    publish(folder)
    before, after = (_known(place) for place in (BEFORE, folder))
    if len(lost) == 2:
        del before["again"], after["again"]  # published as new: no file but those two says so
    assert after == before


@pytest.mark.usefixtures("no_decoding")
def test_a_new_address_changes_no_guid_and_is_announced(folder: Path) -> None:
    """`itunes:new-feed-url` stays from then on, and `podcast:guid` is that of the first address."""
    publish(folder)
    assert "new-feed-url" not in (folder / "feed.xml").read_text(encoding="utf-8")
    toml = folder / "show.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("example.org", "example.net"), encoding="utf-8")
    for lost in ((), (), ("published.json",)):
        for name in lost:
            (folder / name).unlink()
        publish(folder)
        feed = (folder / "feed.xml").read_text(encoding="utf-8")
        assert _known(folder) == _known(BEFORE)
        assert SHOW_GUID.findall(feed) == SHOW_GUID.findall((BEFORE / "feed.xml").read_text(encoding="utf-8"))
    assert "<itunes:new-feed-url>https://example.net/pages/feed.xml</itunes:new-feed-url>" in feed


def _known(folder: Path) -> dict[str, tuple[str, str]]:
    """Guid and date of each episode in a feed, by its name."""
    items = (folder / "feed.xml").read_text(encoding="utf-8").split("<item>")[1:]
    return {
        re.findall(r"/([^/]*)\.html<", item)[0]: (
            *re.findall(r"<guid[^>]*>(.*)<", item),
            *re.findall(r"Date>(.*)<", item),
        )
        for item in items
    }
