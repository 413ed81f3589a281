"""A podcast client that isn't ours: gPodder's `gpo` subscribes, updates, downloads and resumes from our server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

import audio_builder
from audio_builder.podcast.publish import publish
from audio_builder.podcast.serve import make_app
from audio_builder.recipe_file import make_recipe

from ..show_helpers import put_show

pytestmark = pytest.mark.skipif(
    shutil.which("gpo") is None or sys.platform == "win32", reason="needs gpo (Debian: apt install gpodder)"
)

NAMES = ("evening", "morning", "noon")


@dataclass
class Watched:
    """The server with a log of its answers; it hangs up once, in the middle of the first sound it sends.

    Attributes:
        app: what `audio-builder serve` runs.
        answers: method, path and status of each, in order.
    """

    app: Any
    answers: list[tuple[str, str, int]] = field(default_factory=list)
    cut: str = ""

    async def __call__(self, scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        cut_here = not self.cut and scope["method"] == "GET" and scope["path"].endswith(".mp3")
        if cut_here:
            self.cut = scope["path"]

        async def watched(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self.answers.append((scope["method"], scope["path"], message["status"]))
            elif cut_here:
                await send({**message, "body": message["body"][:50_000], "more_body": True})
                raise ConnectionAbortedError("hung up for the test")
            await send(message)

        await self.app(scope, receive, watched)


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
def server(show: Path) -> Iterator[tuple[str, Watched]]:
    """Its address on loopback and its log."""
    watched = Watched(make_app(show, ["127.0.0.1"]))
    running = uvicorn.Server(uvicorn.Config(watched, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        thread.join(0.05)
        assert thread.is_alive()
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/", watched
    running.should_exit = True
    thread.join(10)


def test_gpodder_subscribes_updates_downloads_and_resumes(
    server: tuple[str, Watched], show: Path, tmp_path: Path
) -> None:
    """A second update is answered with 304, a broken download goes on with 206, and every file is equal in the end."""
    url, watched = server
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
