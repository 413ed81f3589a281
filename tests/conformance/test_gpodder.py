"""A podcast client that isn't ours: gPodder's `gpo` subscribes to `audio-builder serve`, downloads and resumes."""

from __future__ import annotations

import http.client
import http.server
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import audio_builder
from audio_builder.podcast.publisher import publish
from audio_builder.recipe.recipe_file import make_recipe

from ..support.http_server import http_server
from ..support.show_helpers import put_show, serving

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(
        shutil.which("gpo") is None or sys.platform == "win32", reason="needs gpo (Debian: apt install gpodder)"
    ),
]

NAMES = ("evening", "morning", "noon")


@dataclass
class Between:
    """What stands between the client and the server, to see each answer and to hang up once in the middle of a sound.

    Attributes:
        port: of the server, on loopback.
        answers: method, path and status of each, in order.
        cut: path of the sound that was cut off after 50,000 bytes; empty before that.
    """

    port: int
    answers: list[tuple[str, str, int]] = field(default_factory=list)
    cut: str = ""

    def pass_on(self, asked: http.server.BaseHTTPRequestHandler) -> None:
        """Ask the server what the client asked, and give the client its answer."""
        upstream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        upstream.request(asked.command, asked.path, headers=dict(asked.headers.items()))
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        self.answers.append((asked.command, asked.path, answer.status))
        if not self.cut and asked.command == "GET" and asked.path.endswith(".mp3"):
            self.cut, content = asked.path, content[:50_000]
        asked.send_response_only(answer.status)
        for name, value in answer.getheaders():
            asked.send_header(name, value)
        asked.end_headers()
        asked.wfile.write(content)
        asked.close_connection = True


@pytest.fixture
def show(tmp_path: Path) -> Path:
    """A published show of three episodes, each really built."""
    folder = tmp_path / "show"
    put_show(folder)
    recipe = make_recipe({"voice": "tone", "pacing": {"preset": "reading"}})
    for name in NAMES:
        text = tmp_path / f"{name}.md"
        text.write_text(f"# {name.title()}\n\nThe lamp is on this {name}.\n\nWhat is still open?\n", encoding="utf-8")
        audio_builder.build(text, recipe, folder)
    publish(folder)
    return folder


@pytest.fixture
def served(show: Path) -> Iterator[int]:
    """The port of `audio-builder serve`."""
    with serving(show) as port:
        yield port


@pytest.fixture
def between(served: int) -> Iterator[tuple[str, Between]]:
    """The address that the client is given, and what is seen there."""
    seen = Between(served)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.pass_on(self)

        do_HEAD = do_GET  # noqa: N815 - http.server's name

    with http_server(Handler) as address:
        yield f"{address}/", seen


def test_gpodder_subscribes_updates_downloads_and_resumes(
    between: tuple[str, Between], show: Path, tmp_path: Path
) -> None:
    """A second update is answered with 304, a broken download goes on with 206, and every file is equal in the end."""
    url, watched = between
    home = tmp_path / "gpodder"

    def gpo(*command: str) -> list[tuple[str, str, int]]:
        before = len(watched.answers)
        subprocess.run(
            ["gpo", *command],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "GPODDER_HOME": str(home), "HOME": str(tmp_path)},
            timeout=120,
        )
        return watched.answers[before:]

    assert ("GET", "/feed.xml", 200) in gpo("subscribe", f"{url}feed.xml")
    assert gpo("update") == [("GET", "/feed.xml", 304)]
    first = gpo("download")
    again = gpo("download")
    assert ("GET", watched.cut, 200) in first
    assert ("GET", watched.cut, 206) in [*first, *again]
    assert {status for _, _, status in watched.answers} == {200, 206, 304}
    published = sorted(path.read_bytes() for path in show.glob("episodes/*.mp3"))
    assert len(published) == len(NAMES)
    assert sorted(path.read_bytes() for path in home.rglob("*.mp3")) == published
