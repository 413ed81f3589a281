"""A studio to ask and to look at: the real command on a port of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ..conftest import ROOT, hear_ctrl_c
from ..support.chromium import running_chromium

TEXT = """# The slow gate

Sit where you are. Let the day go by without you. What is it that you hear first?

## The path

Walk a little way in thought. The grass is wet… and the light is late.

> A gate is a kind of question.

Come back when you like. Nothing has been lost.
"""


@dataclass
class RunningStudio:
    """A studio that runs: where its projects are, the address that it printed, and a browser's cookie."""

    projects: Path
    process: subprocess.Popen[str]
    address: str
    cookie: str = ""

    @property
    def port(self) -> int:
        return int(self.address.split(":")[2].split("/")[0])

    @property
    def token(self) -> str:
        return self.address.partition("token=")[2].partition("#")[0]

    def ask(
        self, method: str, path: str, body: bytes | dict[str, Any] | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers of an answer; the request is the page's own unless headers say otherwise."""
        own = {"Host": f"127.0.0.1:{self.port}", "Origin": f"http://127.0.0.1:{self.port}", "Cookie": self.cookie}
        sent = {name: value for name, value in {**own, **headers}.items() if value}
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def enter(self) -> None:
        """Exchange the token for a cookie."""
        status, _, headers = self.ask("GET", f"/?token={self.token}")
        assert status == 303
        self.cookie = headers["set-cookie"].partition(";")[0]

    def json(self, method: str, path: str, body: bytes | dict[str, Any] | None = None) -> Any:
        """Return an answer that must be a good one."""
        status, content, _ = self.ask(method, path, body)
        assert status == 200, content
        return json.loads(content)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()


def start_studio(projects: Path, cache: Path, *arguments: str) -> RunningStudio:
    """Start the command."""
    own = {"AUDIO_BUILDER_CACHE": cache, "AUDIO_BUILDER_STATE": cache / "state", "AUDIO_BUILDER_DATA": cache / "data"}
    environment = {**os.environ, **{name: str(folder) for name, folder in own.items()}}
    command = [sys.executable, "-m", "audio_builder", "studio", *arguments, "--no-browser", "--projects", str(projects)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environment,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - the tests have no threads when they start it
    )
    assert process.stdout is not None
    return RunningStudio(projects, process, process.stdout.readline().strip())


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    """A studio for all tests of a module, with one project, spoken by the voice without words."""
    if sys.platform == "win32":
        pytest.skip("a process is told to stop as Ctrl-C does")
    running = start_studio(tmp_path_factory.mktemp("projects"), tmp_path_factory.mktemp("clips"))
    running.enter()
    begin_gate(running)
    yield running
    running.stop()


def begin_gate(running: RunningStudio, text: str = TEXT, voice: str = "tone") -> str:
    """Make a project and return its name."""
    name: str = running.json("POST", "/api/projects?name=gate.md", text.encode())["name"]
    running.json("PATCH", f"/api/projects/{name}/recipe", {"changes": {"voice": voice, "pacing.wpm": 150}})
    return name


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window, with a microphone that hums; it ends with its module, as one process runs only one."""
    with running_chromium("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream") as chromium:
        yield chromium
