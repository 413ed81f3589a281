"""Serving: what players ask for, and what nobody shall get."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from starlette.testclient import TestClient

from audio_builder import errors
from audio_builder.cli.console import Console
from audio_builder.cli.main import run
from audio_builder.podcast.publisher import publish
from audio_builder.podcast.server import make_app, qr_code
from tests.support.show_helpers import put_episode, put_show, serving

pytestmark = pytest.mark.usefixtures("no_decoding")

SOUND = bytes(range(256)) * 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published show of one episode."""
    put_show(tmp_path)
    put_episode(tmp_path, "evening", SOUND)
    publish(tmp_path)
    return tmp_path


@pytest.fixture
def client(folder: Path) -> TestClient:
    """A player that asks the server of that show."""
    return TestClient(make_app(folder, ["localhost", "127.0.0.1"]), base_url="http://127.0.0.1:8000")


def _sound(folder: Path) -> str:
    (path,) = (folder / "episodes").glob("*.mp3")
    return f"/episodes/{path.name}"


def test_the_feed_names_files_where_it_was_asked(client: TestClient):
    """The addresses in the feed begin with the one that the player used, and lead to the sound, byte for byte."""
    feed = client.get("/feed.xml")
    assert feed.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert "https://example.org/pages/" not in feed.text
    address = feed.text.partition('enclosure url="')[2].partition('"')[0]
    assert address.startswith("http://127.0.0.1:8000/episodes/")
    assert client.get(address).content == SOUND


def test_a_player_gets_the_range_that_it_asks_for(client: TestClient, folder: Path):
    """One range is 206 with just these bytes; a suffix and an open end work; behind the end is 416."""
    answer = client.get(_sound(folder), headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, SOUND[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{len(SOUND)}"
    assert client.get(_sound(folder), headers={"Range": "bytes=-5"}).content == SOUND[-5:]
    assert client.get(_sound(folder), headers={"Range": "bytes=2000-"}).content == SOUND[2000:]
    assert client.get(_sound(folder), headers={"Range": "bytes=99999-"}).status_code == 416


def test_several_ranges_are_answered_with_the_whole_file(client: TestClient, folder: Path):
    """A hundred ranges in a header cost no more than none."""
    many = "bytes=" + ",".join(f"{n}-{n}" for n in range(100))
    answer = client.get(_sound(folder), headers={"Range": many})
    assert (answer.status_code, answer.content) == (200, SOUND)


def test_a_range_in_other_units_is_answered_with_the_whole_file(client: TestClient, folder: Path):
    """What a server doesn't understand it passes over (RFC 9110, 14.2)."""
    answer = client.get(_sound(folder), headers={"Range": "seconds=0-5"})
    assert (answer.status_code, answer.content) == (200, SOUND)


def test_the_page_of_the_show_tells_the_address_where_it_was_asked(client: TestClient):
    """A listener on a phone can give the player what the page says."""
    assert ">http://127.0.0.1:8000/feed.xml</bdi></a>" in client.get("/").text
    assert client.get("/").text == client.get("/index.html").text


@pytest.mark.parametrize("path", ["/feed.xml", "/", "sound"])
def test_what_has_not_changed_is_not_sent_again(client: TestClient, folder: Path, path: str):
    """With the ETag of an earlier answer, the next one is 304 and empty; HEAD tells length and ETag without a body."""
    path = _sound(folder) if path == "sound" else path
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    since = first.headers["last-modified"]
    assert client.get(path, headers={"If-Modified-Since": since}).status_code == 304
    assert client.get(path, headers={"If-Modified-Since": "Mon, 02 Jan 2006 15:04:05 GMT"}).status_code == 200
    assert client.get(path, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert client.get(path, headers={"If-Modified-Since": since, "If-None-Match": '"other"'}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(first.content))
    assert head.headers["etag"] == first.headers["etag"]


def test_only_what_never_changes_is_kept_without_asking(client: TestClient, folder: Path):
    """Sound and pictures, named by their content, are fresh for a year; all else is asked for again after a publish."""
    kept = {
        name: client.get(f"/{name}").headers["cache-control"]
        for name in ("feed.xml", "index.html", *(f"episodes/{path.name}" for path in _offered(folder)))
    }
    fresh = {Path(name).suffix for name, told in kept.items() if told == "public, max-age=31536000, immutable"}
    assert fresh == {".mp3", ".jpg"}
    assert {told for name, told in kept.items() if Path(name).suffix not in fresh} == {"no-cache"}


def _offered(folder: Path) -> list[Path]:
    return [path for path in (folder / "episodes").iterdir() if not path.name.endswith(".episode.json")]


def test_each_file_has_its_content_type(client: TestClient, folder: Path):
    """Players go by these."""
    types = {
        "".join(path.suffixes): client.get(f"/episodes/{path.name}").headers["content-type"].partition(";")[0]
        for path in _offered(folder)
    }
    assert types == {
        ".mp3": "audio/mpeg",
        ".vtt": "text/vtt",
        ".srt": "application/x-subrip",
        ".json": "application/json",
        ".chapters.json": "application/json+chapters",
        ".txt": "text/plain",
        ".html": "text/html",
        ".embed.html": "text/html",
        ".notes.html": "text/html",
        ".notes.txt": "text/plain",
        ".jpg": "image/jpeg",
        ".small.jpg": "image/jpeg",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/show.toml", "/published.json", "/evening.mp3", "/evening.episode.json", "/episodes", "/episodes/",
        "/episodes/%2e%2e/show.toml", "/episodes/..%2fshow.toml", "/episodes/..%5cshow.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd", "/episodes/.hidden.txt", "/episodes/evening%00.html", "/episodes/link.txt",
        "/linked/evening.html",
        "/FEED.XML",
    ],
)  # fmt: skip
def test_nothing_but_published_files_is_served(client: TestClient, folder: Path, path: str):
    """Sources, listings, hidden files, links and ways out of the folder are 404, and say nothing of the machine."""
    (folder / "episodes" / ".hidden.txt").write_text("secret")
    if sys.platform != "win32":
        (folder / "episodes" / "link.txt").symlink_to(folder / "show.toml")
        (folder / "linked").symlink_to(folder / "episodes")
    answer = client.get(path)
    assert answer.status_code == 404
    assert os.fspath(folder) not in answer.text


def test_the_records_of_published_episodes_are_not_served(client: TestClient, folder: Path):
    """They lie beside what the feed names, for `publish` alone."""
    (record,) = (folder / "episodes").glob("*.episode.json")
    assert client.get(f"/episodes/{record.name}").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_get_and_head_are_answered(client: TestClient, method: str):
    """There is nothing to change here."""
    assert client.request(method, "/feed.xml").status_code == 405


def test_a_foreign_host_is_refused(client: TestClient):
    """A web page whose name was made to point at this machine gets nothing (DNS rebinding)."""
    assert client.get("/feed.xml", headers={"Host": "evil.example"}).status_code == 400


def test_a_phone_reads_the_qr_code():
    """Drawn as a terminal draws it, ZXing reads the address; it needs at most 40 columns and 20 lines."""
    url = "http://192.168.178.123:8000/"
    lines = qr_code(url).splitlines()
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 40
    halves = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    rows = [[halves[block][half] for block in line] for line in lines for half in (0, 1)]
    picture = np.kron(np.array(rows, dtype=np.uint8), np.ones((8, 8), dtype=np.uint8))
    assert [found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)] == [url]


@pytest.mark.parametrize(("settings", "escape"), [({}, "\x1b[38;5;231m\x1b[48;5;16m█"), ({"NO_COLOR": "1"}, "█")])
def test_the_code_is_light_on_dark_on_any_terminal(
    settings: dict[str, str], escape: str, monkeypatch: pytest.MonkeyPatch
):
    """The colours are set with it, since many a camera can't read one that is dark where it should be light."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    shown: list[str] = []
    monkeypatch.setattr("click.echo", lambda text, err: shown.append(text))
    Console().picture(qr_code("http://192.168.178.123:8000/"))
    assert all(line.startswith(escape) for line in shown[0].splitlines()[:-1])
    Console(quiet=True).picture("█")
    assert len(shown) == 1


def test_a_port_that_is_taken_says_what_to_do(folder: Path, capfd: pytest.CaptureFixture[str]):
    """The message names the port, the hint another one."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["serve", str(folder), "--port", str(port)]) == errors.OutputError.exit_code
    printed = capfd.readouterr()
    assert f"can't listen on port {port}" in printed.err
    assert "--port" in printed.err


def test_what_is_not_published_yet_says_how_to_publish_it(folder: Path, capfd: pytest.CaptureFixture[str]):
    """A server without anything to serve would be an address that answers nothing."""
    (folder / "feed.xml").unlink()
    assert run(["serve", str(folder)]) == errors.OutputError.exit_code
    assert f"audio-builder publish {folder}" in capfd.readouterr().err


@pytest.mark.loopback
@pytest.mark.skipif(sys.platform == "win32", reason="a process is told to stop as Ctrl-C does")
def test_it_ends_though_a_player_stands_in_the_middle_of_a_download(folder: Path):
    """Ctrl-C ends it within seconds and without an error, whoever still has it open."""
    import socket

    sound = folder / "episodes" / Path(_sound(folder)).name
    sound.write_bytes(bytes(30_000_000))
    with serving(folder) as port:
        player = socket.create_connection(("127.0.0.1", port))
        player.sendall(f"GET {_sound(folder)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert player.recv(100).startswith(b"HTTP/1.1 200")
    player.close()
