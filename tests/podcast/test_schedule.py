"""Times of episodes: what was given out stays, no two are the same, none lies ahead."""

from __future__ import annotations

import datetime
import io
import sys
import time as stdlib_time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import audio_builder
from audio_builder.article.details import Details
from audio_builder.episode.tag.read_tag import id3
from audio_builder.errors import RecipeError
from audio_builder.podcast.episode_scan import FoundEpisode
from audio_builder.podcast.ledger import Entry, Ledger, first_published, read_ledger
from audio_builder.podcast.publisher import PublishOptions, publish
from audio_builder.podcast.schedule import schedule
from audio_builder.podcast.show_settings import make_show
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Tags
from tests.support.show_helpers import SHOW, put_episode, put_show, record_of

pytestmark = pytest.mark.usefixtures("no_decoding")

MORNING = datetime.datetime(2026, 11, 25, 7, tzinfo=datetime.UTC)
NOON = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)


def found(stem: str, date: str = "", track: int = 0, season: int = 0, built: str = "2026-11-20T18:00:00Z"):
    """An episode as it lies in the folder."""
    tags = Tags(title=stem, date=date, track=track)
    record = record_of(stem.encode(), tags, built=built, details=Details(season=season))
    return FoundEpisode(stem, record, "", stem, first_published(record), date)


def known(episode: FoundEpisode, published: datetime.datetime) -> Entry:
    """What the ledger has of it."""
    return Entry(
        guid=episode.stem, published=published.isoformat(), sound=episode.record.sound, waveform=(), made_from="",
        files=(), dated=episode.dated,
    )  # fmt: skip


def times(episodes: list[FoundEpisode], ledger: Ledger | None = None, as_new=(), now=NOON, serial=False):
    """When each is published, by name."""
    before = ledger.episodes if ledger else {}
    episodes = [replace(episode, earlier=before.get(episode.stem)) for episode in episodes]
    planned = schedule(episodes, ledger or Ledger(), as_new, now, serial=serial)
    return {episode.stem: episode.published for episode in planned.due}


def test_episodes_of_one_day_follow_each_other_by_number():
    """Three of the same day: no two have the same time, and the numbers rise with it."""
    at = times([found("b", "2026-11-24", 3), found("a", "2026-11-24", 2), found("c", "2026-11-24", 1)])
    assert sorted(at, key=at.get) == ["c", "a", "b"]
    assert at["c"] == NOON - datetime.timedelta(days=1)
    assert len(set(at.values())) == 3


def test_a_later_one_of_the_same_day_comes_after_what_is_published():
    """The published one keeps its time, to the second."""
    first = found("first", "2026-11-24")
    ledger = Ledger(episodes={"first": known(first, first.published)})
    at = times([first, found("second", "2026-11-24")], ledger)
    assert (at["first"], at["second"]) == (first.published, first.published + SECOND)


def test_an_episode_of_today_is_not_in_the_future():
    """Published at 7 o'clock, it is of 7 o'clock; published again in the evening, it still is."""
    today = found("today", "2026-11-25")
    at = times([today], now=MORNING)
    assert MORNING - 2 * SECOND <= at["today"] <= MORNING
    later = times([today], Ledger(episodes={"today": known(today, at["today"])}), now=NOON + 9 * 3600 * SECOND)
    assert later == at


def test_a_time_of_day_is_kept():
    """With its zone; a time without one is UTC."""
    at = times([found("a", "2026-11-20T06:30:00+01:00"), found("b", "2026-11-20T06:30:00")])
    assert at["a"] == datetime.datetime(2026, 11, 20, 5, 30, tzinfo=datetime.UTC)
    assert at["b"] == datetime.datetime(2026, 11, 20, 6, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize("date", ["2026-12-24", "2026-11-25T12:00:01"])
def test_a_date_in_the_future_is_held_back_until_then(date: str):
    """It isn't due before, and is then."""
    episode = found("later", date)
    planned = schedule([episode], Ledger(), (), NOON, serial=False)
    assert (planned.due, [(one.stem, one.until) for one in planned.held_back]) == ((), [("later", date)])
    assert list(times([episode], now=NOON + datetime.timedelta(days=40))) == ["later"]


def test_a_new_date_in_the_future_does_not_withdraw_what_is_published():
    """It stays as it was until then."""
    ledger = Ledger(episodes={"a": known(found("a", "2026-11-20"), MORNING)})
    assert times([found("a", "2026-12-24")], ledger) == {"a": MORNING}


def test_another_date_moves_an_episode_and_the_same_one_does_not():
    """The author decides; a rebuilt chapter keeps its place."""
    ledger = Ledger(episodes={"a": known(found("a", "2026-11-20"), MORNING)})
    assert times([found("a", "2026-11-20")], ledger) == {"a": MORNING}
    assert times([found("a", "2026-11-21")], ledger)["a"].day == 21
    undated = Ledger(episodes={"a": known(found("a"), MORNING)})
    assert times([found("a", built="2026-11-24T08:00:00Z")], undated) == {"a": MORNING}


def test_as_new_is_now_whatever_its_date():
    """And stays so when the show is published again."""
    episode = found("a", "2026-11-20")
    at = times([episode], Ledger(episodes={"a": known(episode, episode.published)}), as_new=("a",))
    assert NOON - 2 * SECOND <= at["a"] <= NOON
    assert times([episode], Ledger(episodes={"a": known(episode, at["a"])}), now=NOON + 99 * SECOND) == at


def test_a_chapter_that_comes_late_stands_before_the_next():
    """In a serial show number decides: 3 and 4 were missing when 5 was published."""
    built = [found(f"c{n}", track=n, built=f"2026-11-20T18:{n:02d}:00Z") for n in (1, 2, 5)]
    ledger = Ledger(episodes={one.stem: known(one, one.published) for one in built})
    late = [found(f"c{n}", track=n, built="2026-11-24T18:00:00Z") for n in (3, 4)]
    at = times([*built, *late], ledger, serial=True)
    assert sorted(at, key=at.get) == ["c1", "c2", "c3", "c4", "c5"]
    assert {one.stem: at[one.stem] for one in built} == {one.stem: one.published for one in built}


@given(
    st.lists(st.tuples(st.sampled_from(["", "2026-11-24", "2026-11-25"]), st.integers(0, 4)), max_size=12),
    st.booleans(),
)
def test_no_two_have_the_same_time_and_none_lies_ahead(days: list[tuple[str, int]], serial: bool):
    """Whatever their dates and numbers are; published again, nothing changes."""
    episodes = [found(f"e{n}", date, track) for n, (date, track) in enumerate(days)]
    at = times(episodes, serial=serial, now=MORNING)
    assert len(set(at.values())) == len(episodes)
    assert all(time <= MORNING for time in at.values())
    ledger = Ledger(episodes={one.stem: known(one, at[one.stem]) for one in episodes})
    assert times(episodes, ledger, serial=serial, now=NOON) == at


def test_publish_says_what_it_holds_back(tmp_path: Path):
    """Neither feed nor ledger has it; a folder with nothing else is published all the same."""
    put_show(tmp_path)
    put_episode(tmp_path, "later", record=record_of(tags=Tags(title="Later", date="2026-12-24")))
    report = publish(tmp_path, PublishOptions(now=NOON))
    assert [(one.name, one.until) for one in report.held_back] == [("later", "2026-12-24")]
    assert (report.episodes, report.unrecorded, read_ledger(tmp_path).episodes) == (0, (), {})
    assert b"<item>" not in (tmp_path / "feed.xml").read_bytes()
    again = publish(tmp_path, PublishOptions(now=NOON + datetime.timedelta(days=30)))
    assert (again.episodes, again.held_back) == (1, ())


@pytest.fixture
def undated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A show of three episodes without a date, built in the order of their names, where it is UTC."""
    if sys.platform == "win32":
        pytest.skip("the time zone of a process is set as POSIX has it")
    monkeypatch.setenv("TZ", "UTC")
    stdlib_time.tzset()
    for number, stem in enumerate(("a", "b", "c")):
        built = f"2026-11-20T18:0{number}:00Z"
        record = record_of(stem.encode(), Tags(title=stem), built=built)
        put_episode(tmp_path, stem, stem.encode(), record)
    yield tmp_path
    monkeypatch.undo()
    stdlib_time.tzset()


def _publish(folder: Path, day: str, **settings: object) -> tuple[dict[str, str], dict[str, str]]:
    """Publish on a day at noon; return what is in the feed, and what is held back, each with its time."""
    put_show(folder, msgspec.structs.replace(SHOW, **settings))
    now = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    report = publish(folder, PublishOptions(now=now))
    out = {stem: entry.published[:16] for stem, entry in read_ledger(folder).episodes.items()}
    return out, {one.name: one.until[:16] for one in report.held_back}


def test_a_rule_gives_dates_one_after_the_other(undated: Path):
    """In the order of the show; what came out keeps its time, whatever is asked for later."""
    rule = {"dates": "every Monday at 18:00 from 2026-12-07", "order": ("c", "a")}
    waiting = {"c": "2026-12-07T18:00", "a": "2026-12-14T18:00", "b": "2026-12-21T18:00"}
    assert _publish(undated, "2026-12-01", **rule) == ({}, waiting)
    first = {"c": waiting.pop("c")}
    assert _publish(undated, "2026-12-08", **rule) == (first, waiting)
    # Another time of the day: nothing comes out twice on one day.
    rule["dates"] = "Every Monday and Friday at 9:30 from 2026-12-07"
    assert _publish(undated, "2026-12-08", **rule) == (first, {"a": "2026-12-11T09:30", "b": "2026-12-14T09:30"})
    # One that is built after its day comes out on the next.
    put_episode(undated, "d", b"d", record_of(b"d", Tags(title="d"), built="2026-12-15T08:00:00Z"))
    out, held = _publish(undated, "2026-12-16", **rule)
    assert (sorted(out), held) == (["a", "b", "c"], {"d": "2026-12-18T09:30"})


def test_the_order_decides_where_no_date_does(undated: Path):
    """The times of the builds are dealt out in the order that was given; one with a date of its own keeps it."""
    put_episode(undated, "own", b"own", record_of(b"own", Tags(title="own", date="2026-11-01")))
    out, _ = _publish(undated, "2026-12-01", order=("c", "own", "a"))
    assert sorted(out, key=out.__getitem__) == ["own", "c", "a", "b"]
    assert out["b"] == "2026-11-20T18:02"


def test_numbers_decide_among_those_that_are_new(undated: Path):
    """Built at once, it is chance which is ready first; one without a number keeps its time."""
    for stem, track in (("a", 2), ("c", 1)):
        built = f"2026-11-20T18:0{'abc'.index(stem)}:00Z"
        put_episode(undated, stem, stem.encode(), record_of(stem.encode(), Tags(title=stem, track=track), built=built))
    out, _ = _publish(undated, "2026-12-01")
    assert sorted(out, key=out.__getitem__) == ["c", "b", "a"]


def test_a_hidden_episode_is_in_neither_feed_nor_pages_and_comes_back_as_it_was(undated: Path):
    """Its guid and its date stay; a name that is no episode's is refused, as the one that was meant would be shown."""
    _publish(undated, "2026-12-01")
    before = read_ledger(undated).episodes["b"]
    out, _ = _publish(undated, "2026-12-02", hidden=("b",))
    assert sorted(out) == ["a", "c"]
    for name in ("feed.xml", "index.html"):
        assert "episodes/b" not in (undated / name).read_text(encoding="utf-8")
    _publish(undated, "2026-12-03")
    after = read_ledger(undated).episodes["b"]
    assert (after.guid, after.published) == (before.guid, before.published)
    with pytest.raises(RecipeError, match=r"hides 'bee', and there is no such episode"):
        _publish(undated, "2026-12-03", hidden=("bee",))


@pytest.mark.parametrize(
    "text", ["mondays", "every Moonday at 18:00 from 2026-12-07", "every day at 6:00 from 2026-13-01"]
)
def test_a_rule_is_written_as_one(text: str):
    """What can't be understood is refused with an example of what can."""
    with pytest.raises(RecipeError, match="no rule for dates") as caught:
        make_show({"dates": text})
    assert "every Monday at 18:00 from 2026-12-07" in caught.value.hint


def test_a_book_is_serial_and_listed_by_number(tmp_path: Path):
    """Where all episodes are chapters of a book; `type` says otherwise where it shall not be so."""
    put_show(tmp_path)
    for number in (1, 2, 3):
        tags = Tags(title=f"Room {number}", date="2026-11-20", track=number, track_digits=2)
        sound = str(number).encode()
        put_episode(tmp_path, f"0{number}-room", sound, record_of(sound, tags))
    publish(tmp_path)
    feed, index = ((tmp_path / name).read_text(encoding="utf-8") for name in ("feed.xml", "index.html"))
    assert "<itunes:type>serial</itunes:type>" in feed
    assert feed.index("Room 3") < feed.index("Room 2") < feed.index("Room 1")
    assert index.index("Room 1") < index.index("Room 2") < index.index("Room 3")
    put_show(tmp_path, msgspec.structs.replace(SHOW, type="episodic"))
    publish(tmp_path)
    assert "<itunes:type>episodic</itunes:type>" in (tmp_path / "feed.xml").read_text(encoding="utf-8")


def test_what_front_matter_says_reaches_feed_and_tag(tmp_path: Path):
    """From the text through script and record: number, season, notes, persons, the picture beside the text."""
    Image.new("RGB", (1500, 1500), (200, 30, 60)).save(tmp_path / "mine.png")
    (tmp_path / "a.md").write_text(
        "---\ntitle: A\nlanguage: en\ndate: 2026-11-20T06:30:00+01:00\nepisode: 4\nseason: 2\nexplicit: yes\n"
        "image: mine.png\npersons: [B. Reader (narrator)]\nnotes: Read [it](https://example.org/it).\n"
        "---\n\nOne sentence.\n",
        encoding="utf-8",
    )
    show = tmp_path / "show"
    put_show(show)
    episode = Path(audio_builder.build(tmp_path / "a.md", make_recipe({"voice": "tone"}), show).path)
    frames = id3.ID3(episode, translate=False)
    assert (str(frames["TRCK"]), str(frames["TPOS"]), str(frames["TYER"])) == ("4", "2", "2026")
    with Image.open(io.BytesIO(frames.getall("APIC")[0].data)) as cover:
        assert cover.getpixel((700, 700))[0] > 180
    assert str(tmp_path).encode() not in (show / "a.episode.json").read_bytes()
    publish(show)
    feed = (show / "feed.xml").read_text(encoding="utf-8")
    for part in (
        "<pubDate>Fri, 20 Nov 2026 06:30:00 +0100</pubDate>",
        "<itunes:season>2</itunes:season>",
        "<itunes:episode>4</itunes:episode>",
        "<itunes:explicit>true</itunes:explicit>",
        '<podcast:person role="narrator">B. Reader</podcast:person>',
        '&lt;a href="https://example.org/it"&gt;it&lt;/a&gt;',
    ):
        assert part in feed, part
