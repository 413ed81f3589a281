"""Bounds of a show: a ledger of tomorrow, dates that are none, names of a person's own, clients who never ask."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from audio_builder.errors import OutputError
from audio_builder.podcast import publisher as publishing
from audio_builder.podcast.ledger import LEDGER_FILE, page_name, read_ledger
from audio_builder.podcast.publisher import publish
from audio_builder.podcast.server import make_app
from audio_builder.podcast.show_settings import init_show, read_show
from tests.support.show_helpers import SHOW, put_episode, put_show, record_of, serving

pytestmark = pytest.mark.usefixtures("no_decoding")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published show of one episode, and an empty one beside it."""
    put_show(tmp_path)
    put_episode(tmp_path, "evening")
    publish(tmp_path)
    return tmp_path


def _changed(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values), encoding="utf-8")


def test_a_ledger_of_a_newer_version_is_refused_and_kept(folder: Path):
    """What an older program doesn't know it would drop."""
    _changed(folder / LEDGER_FILE, schema_version=99, episodes=["of another shape"])
    before = (folder / LEDGER_FILE).read_bytes()
    with pytest.raises(OutputError, match="has version 99"):
        publish(folder)
    assert (folder / LEDGER_FILE).read_bytes() == before


@pytest.mark.parametrize(
    "day", ["", "yesterday", "2026-13-01", "9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00+23:00"]
)
def test_a_date_that_is_none_is_damage_not_a_defect(folder: Path, day: str):
    """In the ledger nothing is published; in a record that episode alone stays as it was."""
    ledger = folder / LEDGER_FILE
    good = ledger.read_bytes()
    entry = json.loads(good)
    entry["episodes"]["evening"]["published"] = day
    ledger.write_text(json.dumps(entry), encoding="utf-8")
    with pytest.raises(OutputError, match="is damaged"):
        read_ledger(folder)
    ledger.write_bytes(good)
    if day:  # a record without a date of its own is a usual one
        record = record_of()
        _changed(folder / "evening.episode.json", built=day)
        assert [one.name for one in publish(folder).damaged] == ["evening"]
        assert record.tags.date.encode() in (folder / LEDGER_FILE).read_bytes()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"mine": 1}', b'{"schema_version": 2, "x": ' + b"[" * 100_000])
def test_what_is_no_ledger_is_refused_and_stays(folder: Path, content: bytes):
    """It may be somebody else's file; moved away, what was published is read back from the feed."""
    ledger = folder / LEDGER_FILE
    before = read_ledger(folder).episodes["evening"]
    ledger.write_bytes(content)
    with pytest.raises(OutputError, match="is damaged") as caught:
        publish(folder)
    assert "move it elsewhere" in caught.value.hint
    assert ledger.read_bytes() == content
    ledger.unlink()
    publish(folder)
    after = read_ledger(folder).episodes["evening"]
    assert (after.guid, after.published) == (before.guid, before.published)


def test_a_record_that_is_nested_without_end_is_damaged(folder: Path):
    """It stays in the feed as it was published."""
    (folder / "evening.episode.json").write_bytes(b'{"x": ' * 100_000)
    (damage,) = publish(folder).damaged
    assert (damage.name, damage.published) == ("evening", True)


@pytest.mark.parametrize("stem", ["My Walk", "Über 100 % & mehr?", "日記", "..x", "-", "a.b", "UPPER"])
def test_a_pair_of_files_that_a_person_renamed_is_published_and_served(folder: Path, stem: str):
    """Its addresses are of a-z, 0-9 and hyphens, and lead to its sound; two such names never share one."""
    put_episode(folder, stem, b"another sound")
    publish(folder)
    client = TestClient(make_app(folder, ["127.0.0.1"]), base_url="http://127.0.0.1:8000")
    feed = client.get("/feed.xml").text
    addresses = [part.partition('"')[0] for part in feed.split('enclosure url="')[1:]]
    assert {client.get(address).content for address in addresses} == {b"sound", b"another sound"}
    assert client.get(f"/episodes/{page_name(stem)}.html").status_code == 200
    assert page_name(stem) != page_name(stem.lower()) or stem == stem.lower()


def test_a_first_publish_that_is_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of 60 episodes, none is decoded twice but those after the last ledger, and the ids stay."""
    put_show(tmp_path, msgspec.structs.replace(SHOW, id="0b3f9ea6-59a1-5f7c-8d04-c1b0ee3b3b52"))
    for number in range(60):
        put_episode(tmp_path, f"day-{number:02}", b"%d" % number)
    decoded: list[Path] = []

    def shape(file: Path, _duration_s: float) -> tuple[int, ...]:
        decoded.append(file)
        if len(decoded) == 56:
            raise KeyboardInterrupt
        return (50,) * 240

    monkeypatch.setattr(publishing, "waveform_of", shape)
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path)
    assert not (tmp_path / "feed.xml").exists()
    kept = read_ledger(tmp_path)
    assert (len(kept.episodes), kept.show_id) == (50, "0b3f9ea6-59a1-5f7c-8d04-c1b0ee3b3b52")
    assert publish(tmp_path).episodes == 60
    again = read_ledger(tmp_path)
    assert again.show_id == kept.show_id
    assert {stem: again.episodes[stem].guid for stem in kept.episodes} == {
        stem: entry.guid for stem, entry in kept.episodes.items()
    }
    assert len(decoded) == 56 + 10


def test_the_same_init_again_is_no_second_show(tmp_path: Path):
    """One that was stopped after its file was in place says that it is done; the show keeps its id."""
    path = init_show(tmp_path, SHOW)
    first = read_show(tmp_path)
    assert init_show(tmp_path, SHOW) == path
    assert read_show(tmp_path) == first == msgspec.structs.replace(SHOW, id=first.id)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_in_place_of_the_feed_shows_nothing(folder: Path):
    """It could lead to any file of this machine."""
    client = TestClient(make_app(folder, ["127.0.0.1"]), base_url="http://127.0.0.1:8000")
    for name in ("feed.xml", "index.html", "show.opml"):
        (folder / name).unlink()
        (folder / name).symlink_to(folder / "show.toml")
        assert client.get(f"/{name}").status_code == 404


@pytest.mark.loopback
@pytest.mark.skipif(sys.platform == "win32", reason="a process is told to stop as Ctrl-C does")
def test_half_requests_neither_block_it_nor_fill_the_terminal(folder: Path):
    """With more of them than files may be open, a player is answered at once; `serving` finds nothing on stderr."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (400, before[1]))
    with serving(folder) as port:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        idle = []
        for _ in range(300):
            idle.append(socket.create_connection(("127.0.0.1", port)))
            idle[-1].sendall(b"GET / HTTP/1.1\r\nHost: 127")
        began = time.monotonic()
        player = socket.create_connection(("127.0.0.1", port))
        player.settimeout(30)
        player.sendall(b"GET /feed.xml HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert player.recv(100).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began < 8
        for one in (*idle, player):
            one.close()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_few_files_mean_few_connections():
    """A limit of 64 open files leaves room for 16 connections, each with a file."""
    import resource

    program = "from audio_builder.podcast.server import most_connections; print(most_connections())"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    )  # fmt: skip
    assert done.stdout == "16\n"
