"""`publish --check`: what a server does wrong is found, with what to do; nobody else is asked."""

from __future__ import annotations

import http.server
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from audio_builder.cli.main import run
from audio_builder.errors import CHECK_FAILED, OutputError
from audio_builder.podcast.publisher import publish
from audio_builder.podcast.web_check import WebCheck, check_web
from audio_builder.podcast.web_export import export
from tests.support.http_server import http_server
from tests.support.show_helpers import SHOW, put_episode, put_show, record_of

pytestmark = pytest.mark.usefixtures("no_decoding")

SOUND = bytes(range(256)) * 8
TYPES = {
    ".mp3": "audio/mpeg", ".xml": "application/rss+xml", ".html": "text/html", ".jpg": "image/jpeg", ".vtt": "text/vtt",
    ".srt": "application/x-subrip", ".txt": "text/plain; charset=utf-8", ".json": "application/json",
}  # fmt: skip


@dataclass
class Host:
    """A static host, and what is wrong with it.

    Attributes:
        folder: what it serves.
        faults: such as `ranges` or `cors`.
        asked: method and path of each request.
    """

    folder: Path
    faults: frozenset[str] = frozenset()
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def hosting(host: Host) -> Iterator[str]:
    """Serve a folder as a static host does; its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append((self.command, self.path))
            file = host.folder / (self.path.removeprefix("/") or "index.html")
            if not file.is_file() or ("head" in host.faults and self.command == "HEAD"):
                self.send_error(404 if not file.is_file() else 405)
                return
            content, ranges = file.read_bytes(), self.headers.get("Range")
            part = ranges is not None and "ranges" not in host.faults
            self.send_response(206 if part else 200)
            kind = "application/octet-stream" if "types" in host.faults else TYPES[file.suffix]
            self.send_header("Content-Type", kind)
            if part:
                content = content[:100]
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", '"x"')
            if "cors" not in host.faults:
                self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 - http.server's name

    with http_server(Handler) as address:
        yield f"{address}/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A show of two episodes, not published yet."""
    folder = tmp_path / "show"
    for name in ("evening", "morning"):
        folder.mkdir(exist_ok=True)
        put_episode(folder, name, SOUND + name.encode(), record_of(SOUND + name.encode()))
    return folder


def checked(folder: Path, *faults: str, spoil: str = "") -> tuple[WebCheck, Host]:
    """What is found of a show on a host with these faults, where a file was taken away."""
    host = Host(folder.parent / "web", frozenset(faults))
    with hosting(host) as address:
        put_show(folder, msgspec.structs.replace(SHOW, base_url=address))
        publish(folder)
        export(folder, host.folder)
        for file in host.folder.glob(spoil) if spoil else ():
            file.unlink()
        return check_web(folder), host


def states(found: WebCheck) -> dict[str, str]:
    """The state of each finding."""
    return {one.name: one.state for one in found.findings}


@pytest.mark.loopback
def test_a_right_host_passes_but_for_https(folder: Path):
    """Every line is ok but that the address is http; each that isn't has an advice; only the address was asked."""
    found, host = checked(folder)
    state = states(found)
    assert {name for name, value in state.items() if value != "ok"} == {"https"}
    assert {
        "owner", "dates", "feed", "type of the feed", "HEAD", "cover", "ranges", "type of the sound", "sounds", "page",
        "chapters application/json+chapters", "transcript text/vtt", "CORS of the feed",
    } <= state.keys()  # fmt: skip
    assert all(bool(one.advice) == (one.state != "ok") for one in found.findings)
    assert found.lines()[-1] == f"1 of {len(found.findings)} lines fail."
    assert sum(method == "GET" for method, _ in host.asked) == 2, "the feed, and 100 bytes of a sound"


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("fault", "name", "state"),
    [
        ("ranges", "ranges", "fail"),
        ("types", "type of the sound", "fail"),
        ("types", "type of the feed", "fail"),
        ("types", "cover", "fail"),
        ("head", "HEAD", "fail"),
        ("cors", "transcript text/vtt", "note"),
        ("cors", "CORS of the feed", "note"),
    ],
)
def test_what_a_host_does_wrong_is_found(folder: Path, fault: str, name: str, state: str):
    """Each with what to do."""
    found, _ = checked(folder, fault)
    (finding,) = (one for one in found.findings if one.name == name)
    assert finding.state == state
    assert finding.advice


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        ("feed.xml", "feed"),
        ("episodes/morning-*.mp3", "sounds"),
        ("episodes/cover-*", "cover"),
        ("index.html", "page"),
        ("episodes/*.vtt", "transcript text/vtt"),
    ],
)
def test_what_is_missing_on_the_web_is_found(folder: Path, spoil: str, name: str):
    """A file that wasn't uploaded."""
    assert states(checked(folder, spoil=spoil)[0])[name] == "fail"


@pytest.mark.loopback
def test_an_older_feed_is_found(folder: Path):
    """The show was published since, and not uploaded again."""
    host = Host(folder.parent / "web")
    with hosting(host) as address:
        put_show(folder, msgspec.structs.replace(SHOW, base_url=address))
        publish(folder)
        export(folder, host.folder)
        put_show(folder, msgspec.structs.replace(SHOW, base_url=address, description="Another."))
        publish(folder)
        assert states(check_web(folder))["feed"] == "fail"


def test_without_an_address_nothing_is_asked(folder: Path, capfd: pytest.CaptureFixture[str]):
    """What can be told at home is told; the exit code is that of a file that misses its standard."""
    put_show(folder, msgspec.structs.replace(SHOW, base_url="", email="", description="", block=True))
    publish(folder)
    found = check_web(folder)
    assert states(found) == {
        "address": "fail", "owner": "note", "description": "note", "block": "note", "dates": "ok",
    }  # fmt: skip
    assert run(["publish", str(folder), "--check"]) == CHECK_FAILED
    assert "FAIL  address: the show has none. Set base_url in show.toml" in capfd.readouterr().out
    assert run(["publish", str(folder), "--check", "--json"]) == CHECK_FAILED
    assert json.loads(capfd.readouterr().out)["ok"] is False
    assert run(["publish", str(folder), "--check", "--prune"]) == 2


def test_what_is_not_published_can_not_be_checked(folder: Path):
    """The hint says how to publish it."""
    put_show(folder)
    with pytest.raises(OutputError, match="nothing is published"):
        check_web(folder)


@pytest.mark.loopback
def test_a_host_that_does_not_answer_is_a_finding(folder: Path):
    """And no traceback."""
    with hosting(Host(folder)) as address:
        pass
    put_show(folder, msgspec.structs.replace(SHOW, base_url=address))
    publish(folder)
    (feed,) = (one for one in check_web(folder).findings if one.name == "feed")
    assert (feed.state, feed.value) == ("fail", "nothing answers there")


def test_a_feed_that_is_none_any_more_is_no_defect(folder: Path):
    """Somebody cut it short by hand."""
    put_show(folder)
    publish(folder)
    feed = folder / "feed.xml"
    feed.write_bytes(feed.read_bytes()[:-40])
    with pytest.raises(OutputError, match="is no feed any more"):
        check_web(folder)
