"""A podcast client that isn't ours: gPodder's `gpo` subscribes, updates and downloads from `audio-builder serve`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio_builder.podcast.publish import publish

from ..show_helpers import put_episode, put_show

pytestmark = pytest.mark.skipif(
    shutil.which("gpo") is None or sys.platform == "win32", reason="needs gpo (Debian: apt install gpodder)"
)

SOUND = os.urandom(300_000)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a show of three episodes, served by a process of its own on loopback."""
    monkeypatch.setattr("audio_builder.podcast.episode_files.waveform_of", lambda *_: (50,) * 240)
    show = tmp_path / "show"
    put_show(show)
    for name in ("evening", "morning", "noon"):
        put_episode(show, name, name.encode() + SOUND)
    publish(show)
    command = [sys.executable, "-m", "audio_builder", "serve", str(show), "--port", "18734"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


def test_gpodder_subscribes_and_downloads_the_very_bytes(served: str, tmp_path: Path):
    """After subscribe, update and download, gPodder has three files, each equal to the published one."""
    home = tmp_path / "gpodder"
    environment = {**os.environ, "GPODDER_HOME": str(home), "HOME": str(tmp_path)}
    for command in (["subscribe", f"{served}feed.xml"], ["update"], ["update"], ["download"]):
        done = subprocess.run(
            ["gpo", *command], check=True, capture_output=True, text=True, env=environment, timeout=120
        )
    assert "3 episodes downloaded" in done.stdout
    found = sorted(path.read_bytes()[:7] for path in home.rglob("*.mp3"))
    assert len(found) == 3
    assert all(path.read_bytes().endswith(SOUND) for path in home.rglob("*.mp3"))
