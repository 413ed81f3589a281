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
from audio_builder.podcast.publish import publish
from tests.conftest import ROOT

BEFORE = ROOT / "tests" / "data" / "published-show"
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
