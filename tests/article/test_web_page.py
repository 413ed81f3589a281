"""A page of the web as a source: only when asked for, only public, within limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from audio_builder.article import web_page
from audio_builder.article.source import LARGEST_BYTES
from audio_builder.article.web_page import fetch_page, is_public
from audio_builder.cli.main import run
from audio_builder.errors import SourceError, SourceTooLarge
from tests.support.http_server import http_server

pytestmark = pytest.mark.loopback

PAGE = """<!doctype html><html lang="en"><head><title>On waiting</title></head><body><article><h1>On waiting</h1>
<p>The kettle takes the time it takes. I stand beside it, and for once I take the same.</p>
<p>Nothing else in the house is in a hurry.</p></article></body></html>"""


class Pages(BaseHTTPRequestHandler):
    """A server with pages of several kinds."""

    def do_GET(self) -> None:
        path = self.path
        if path == "/loop":
            self._answer(302, "text/html", b"", location="/loop")
        elif path == "/moved":
            self._answer(301, "text/html", b"", location="/essays/on-waiting")
        elif path == "/inside":
            self._answer(302, "text/html", b"", location="http://10.0.0.1/admin")
        elif path == "/file":
            self._answer(302, "text/html", b"", location="file:///etc/passwd")
        elif path == "/song":
            self._answer(200, "audio/mpeg", b"ID3")
        elif path == "/huge":
            self._answer(200, "text/plain", b"word " * (LARGEST_BYTES // 5 + 10))
        elif path == "/note.txt":
            self._answer(200, "text/plain; charset=utf-8", "A café, and then rain.".encode())
        elif path == "/essays/on-waiting":
            self._answer(200, "text/html; charset=utf-8", PAGE.encode())
        else:
            self._answer(404, "text/html", b"<p>Gone</p>")

    def _answer(self, status: int, kind: str, content: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def site() -> Iterator[str]:
    """Give the address of a server on this machine."""
    with http_server(Pages) as address:
        yield address


def here(ip: str) -> bool:
    """Allow the server of these tests, and what is public."""
    return ip == "127.0.0.1" or is_public(ip)


def test_a_page_is_read_as_a_saved_one_is(site: str) -> None:
    """Also where it has moved; its place is the address that was asked for."""
    for path in ("/essays/on-waiting", "/moved"):
        source = fetch_page(site + path, here)
        assert source.kind == "html"
        assert "I take the same" in source.text
        assert source.place == source.name == site + path
    assert fetch_page(site + "/note.txt", here).text == "A café, and then rain."


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere", "the server answers 404"),
        ("/loop", "it leads from page to page without end"),
        ("/song", "is not a page but audio/mpeg"),
        ("/inside", "is a machine of this network"),
        ("/file", "is not the address of a public page"),
    ],
)
def test_what_is_not_a_public_page_is_refused(site: str, path: str, message: str) -> None:
    """A public page can't lead into the network at home, nor to a file."""
    with pytest.raises(SourceError, match=message):
        fetch_page(site + path, here)


def test_more_than_20_mb_is_refused(site: str) -> None:
    """It is read no further."""
    with pytest.raises(SourceTooLarge, match="larger than 20 MB"):
        fetch_page(site + "/huge", here)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "192.168.0.1", "169.254.169.254"])
def test_no_machine_of_this_network_is_asked(host: str) -> None:
    """Refused before anything is sent."""
    with pytest.raises(SourceError, match="machine of this network"):
        fetch_page(f"http://{host}:9/page")


def test_an_address_without_fetch_says_how(capfd: pytest.CaptureFixture[str]) -> None:
    """No connection is made; both ways are named."""
    assert run(["build", "https://example.org/essay"]) == SourceError.exit_code
    said = capfd.readouterr().err
    assert "nothing is fetched from there unasked" in said
    assert "save it" in said
    assert "--fetch" in said


def test_an_episode_of_a_page_names_it(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same address again is a new version; the address is the first of its links."""
    monkeypatch.setattr(web_page, "fetch_page", lambda address: fetch_page(address, here))
    address = f"{site}/essays/on-waiting"
    for pacing in ("gentle", "reading"):
        command = ["build", address, "--fetch", "--voice", "tone", "--pacing", pacing, "-q", "-o", str(tmp_path)]
        assert run(command) == 0
    assert [path.name for path in tmp_path.glob("*.mp3")] == ["on-waiting.mp3"]
    record = json.loads((tmp_path / "on-waiting.episode.json").read_text(encoding="utf-8"))
    assert record["details"]["links"][0] == f"On waiting <{address}>"
