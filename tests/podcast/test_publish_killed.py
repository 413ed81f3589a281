"""A publish that is killed, by the kernel and without a last word: listeners notice nothing, the next one mends all."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from audio_builder.podcast.publisher import PublishOptions, publish
from tests.support.show_helpers import put_episode, put_show

NAMED = re.compile(r'(?:url|href)="https://example.org/pages/([^"]+)"(?: length="(\d+)")?')
LINKED = re.compile(r'(?:src|href)="([^"#:]+)"')
SHAPE = (50,) * 240
PROGRAM = f"""
import sys
from pathlib import Path
from audio_builder.podcast import publisher
publisher.waveform_of = lambda *_: {SHAPE}
publisher.publish(Path(sys.argv[1]), publisher.PublishOptions(prune="--prune" in sys.argv))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace (Debian: apt install strace)"),
]


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published show in which one episode was built again since, and its description changed."""
    monkeypatch.setattr("audio_builder.podcast.publisher.waveform_of", lambda *_: SHAPE)
    folder = tmp_path / "before"
    put_show(folder)
    put_episode(folder, "evening")
    publish(folder)
    put_episode(folder, "evening", b"another sound")
    settings = folder / "show.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("Slow readings.", "Calm."), encoding="utf-8")
    return folder


@pytest.mark.parametrize("call", ["rename", "link", "write"])
def test_a_kill_at_any_call_leaves_the_old_feed_or_the_new_one(before: Path, tmp_path: Path, call: str):
    """All that feed and pages name is whole at every moment; run again, the folder is as if nothing had been."""
    done = _copy(before, tmp_path / "done")
    publish(done)
    wanted = _contents(done)
    feeds = {(before / "feed.xml").read_bytes(), wanted["feed.xml"]}
    assert len(feeds) == 2
    kills, step = 0, 2 if call == "write" else 1
    while _killed_at(call, kills + 1, folder := _copy(before, tmp_path / "killed")):
        kills += step
        assert (folder / "feed.xml").read_bytes() in feeds
        _check_names(folder)
        publish(folder)
        assert _contents(folder) == wanted, f"{call} {kills}"
    assert kills >= {"rename": 11, "link": 1, "write": 11}[call]


def test_pruning_takes_the_page_of_a_withdrawn_episode_before_its_files(before: Path, tmp_path: Path):
    """A page that somebody has bookmarked is whole, or gone; killed there, the next prune finishes."""
    put_episode(before, "morning", b"morning")
    publish(before)
    for name in ("morning.mp3", "morning.episode.json"):
        (before / name).unlink()
    done = _copy(before, tmp_path / "done")
    publish(done, PublishOptions(prune=True))
    wanted = _contents(done)
    seen = set()
    for number in range(1, 60, 2):
        folder = _copy(before, tmp_path / "killed")
        if not _killed_at("unlink", number, folder, prune=True):
            break
        page = folder / "episodes" / "morning.html"
        if page.exists():
            _check_page(page)
        seen.add((page.exists(), len(list(page.parent.glob("morning-*")))))
        publish(folder, PublishOptions(prune=True))
        assert _contents(folder) == wanted
    # It was seen whole, and gone while its files were still there.
    assert {exists for exists, files in seen if files} == {True, False}


def _killed_at(call: str, number: int, folder: Path, *, prune: bool = False) -> bool:
    """Publish, and tell whether it was killed as it was about to make a call for the nth time."""
    strace = ["strace", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*strace, sys.executable, "-c", PROGRAM, str(folder), *["--prune"] * prune], check=False, env=environment
    )
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


def _check_names(folder: Path) -> None:
    feed = (folder / "feed.xml").read_text(encoding="utf-8")
    ET.fromstring(feed)  # noqa: S314 - our own
    for name, length in NAMED.findall(feed):
        assert (folder / name).is_file(), name
        assert not length or (folder / name).stat().st_size == int(length)
    for page in (folder / "index.html", folder / "episodes" / "evening.html"):
        _check_page(page)


def _check_page(page: Path) -> None:
    content = page.read_text(encoding="utf-8")
    assert content.endswith("</html>\n")
    assert [link for link in LINKED.findall(content) if not (page.parent / link).is_file()] == []


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _copy(folder: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(folder, target))
