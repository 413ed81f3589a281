"""What every test may use."""

from __future__ import annotations

import os
import signal
import socket
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from audio_builder.narration.workers.pool import usable_cores

ROOT = Path(__file__).resolve().parent.parent

# Property tests say what holds, not how fast; the same examples every time keep a red run reproducible.
hypothesis_settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("project")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: some always wait for a browser, a server or another process."""
    return usable_cores() + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests take long come first, then those with many: processes that take a file each end together."""
    slow = {item.path for item in items if any(map(item.get_closest_marker, ("slow", "engine", "loopback")))}
    count = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -count[item.path], item.path))


def hear_ctrl_c() -> None:
    """Let a child process hear Ctrl-C, and a terminal that closes, where the tests run in a shell that ignores them."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may open a connection: the program never does unless it is asked for a download.

    The mark `loopback` allows this machine's own servers, the mark `network` everything.
    """
    if request.node.get_closest_marker("network"):
        return
    own_servers = request.node.get_closest_marker("loopback") is not None
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if own_servers and isinstance(address, tuple) and address[0] == "127.0.0.1":
            return connect(self, address)
        raise AssertionError(f"tried to connect to {address!r}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has a clip cache of its own, so that what it counts is its own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("AUDIO_BUILDER_CACHE", os.fspath(folder))
    monkeypatch.setenv("AUDIO_BUILDER_STATE", os.fspath(tmp_path_factory.mktemp("state")))
    monkeypatch.setenv("AUDIO_BUILDER_CONFIG", os.fspath(tmp_path_factory.mktemp("config")))
    return folder


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test speaks with one process, which loads its voice once: the tests themselves run on all cores."""
    monkeypatch.setattr("audio_builder.narration.workers.pool.usable_cores", lambda: 1)
