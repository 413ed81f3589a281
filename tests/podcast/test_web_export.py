"""Exporting: just what belongs on the web, and nothing of anybody else's is harmed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audio_builder.cli.main import run
from audio_builder.errors import OutputError
from audio_builder.podcast.publisher import PublishOptions, publish
from audio_builder.podcast.web_export import HEADERS_FILE, MANIFEST_FILE, export, headers
from tests.support.show_helpers import SHOW, put_episode, put_show, record_of

pytestmark = pytest.mark.usefixtures("no_decoding")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published show of one episode."""
    folder = tmp_path / "show"
    put_show(folder)
    put_episode(folder, "evening")
    publish(folder)
    return folder


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_just_what_belongs_on_the_web_is_written(folder: Path, tmp_path: Path):
    """Everything that feed and pages name; no record, no ledger, no show.toml, no second copy of the sound."""
    web = tmp_path / "web"
    report = export(folder, web)
    names = _names(web)
    assert {"feed.xml", "index.html", "show.opml", HEADERS_FILE, MANIFEST_FILE} <= names
    assert not any(name.endswith(("episode.json", "published.json", "show.toml")) for name in names)
    assert sum(name.endswith(".mp3") for name in names) == 1
    named = re.findall(r'(?:url|href)="https://example.org/pages/([^"]+)"', (web / "feed.xml").read_text())
    assert [name for name in named if not (web / name).is_file()] == []
    page = (web / "episodes" / "evening.html").read_text()
    linked = re.findall(r'(?:src|href)="([a-z0-9][^":#]*)"', page)
    assert [name for name in linked if not (web / "episodes" / name).is_file()] == []
    assert (report.files, len(report.written)) == (len(names) - 1, len(names) - 1)


def test_exporting_again_writes_what_changed(folder: Path, tmp_path: Path):
    """Nothing is touched that is there already; --prune takes away what is no longer named."""
    web = tmp_path / "web"
    export(folder, web)
    times = {name: (web / name).stat().st_mtime_ns for name in _names(web) - {MANIFEST_FILE}}
    assert export(folder, web).written == ()
    assert {name: (web / name).stat().st_mtime_ns for name in times} == times
    put_episode(folder, "evening", b"other", record_of(b"other"))
    publish(folder, PublishOptions(prune=True))
    written = export(folder, web).written
    assert "feed.xml" in written
    assert any(name.endswith(".mp3") for name in written)
    assert sum(name.endswith(".mp3") for name in _names(web)) == 2
    removed = export(folder, web, prune=True).removed
    assert sum(name.endswith(".mp3") for name in removed) == 1
    assert sum(name.endswith(".mp3") for name in _names(web)) == 1


@pytest.mark.parametrize("name", ["index.html", HEADERS_FILE, "episodes/evening.html", MANIFEST_FILE])
def test_what_somebody_else_wrote_is_never_replaced(folder: Path, tmp_path: Path, name: str):
    """Neither a page of one's own nor an exported one that was changed by hand; the message names it.

    Nothing else is written then.
    """
    web = tmp_path / "web"
    (web / name).parent.mkdir(parents=True)
    (web / name).write_text("mine")
    with pytest.raises(OutputError, match=re.escape(str(web / name))):
        export(folder, web)
    assert (web / name).read_text() == "mine"
    assert _names(web) == {name}
    (web / name).unlink()
    export(folder, web)
    (web / name).write_text("changed by hand")
    with pytest.raises(OutputError, match=r"was changed since|can't be read"):
        export(folder, web)
    assert (web / name).read_text() == "changed by hand"


def test_nothing_else_is_ever_removed(folder: Path, tmp_path: Path):
    """Not by --prune, not what was changed since, and not what a forged list names outside of the folder."""
    web, outside = tmp_path / "web", tmp_path / "outside.html"
    export(folder, web)
    (web / "about.html").write_text("mine")
    outside.write_text("mine")
    manifest = (web / MANIFEST_FILE).read_text()
    (web / MANIFEST_FILE).write_text(manifest.replace("{", '{"../outside.html": "x", "about.html": "x",', 1))
    (web / "episodes" / "evening.html").write_text("changed by hand")
    (folder / "evening.mp3").unlink()
    (folder / "evening.episode.json").unlink()
    publish(folder, PublishOptions(prune=True))
    removed = export(folder, web, prune=True).removed
    assert any(name.endswith(".mp3") for name in removed)
    assert (web / "about.html").read_text() == outside.read_text() == "mine"
    assert (web / "episodes" / "evening.html").read_text() == "changed by hand"


def test_the_show_itself_is_no_place_to_export_to(folder: Path):
    """Nor is its folder of episodes."""
    for target in (folder, folder / "episodes", folder / "episodes" / "web"):
        with pytest.raises(OutputError, match="is the show itself"):
            export(folder, target)


def test_a_show_that_is_not_published_can_not_be_exported(tmp_path: Path):
    """The hint says how to publish it."""
    put_show(tmp_path)
    with pytest.raises(OutputError, match="nothing is published") as caught:
        export(tmp_path, tmp_path / "web")
    assert "audio-builder publish" in caught.value.hint


def test_headers_begin_with_the_path_of_the_address():
    """A file has at most one content type among the rules that fit it: hosts would join them."""
    written = headers(SHOW)
    assert "\n/pages/feed.xml\n  Content-Type: application/rss+xml; charset=utf-8\n" in written
    assert written.count("Access-Control-Allow-Origin: *") == 3
    rules = re.findall(r"^/pages/episodes/(\*\S+)\n  Content-Type", written, re.MULTILINE)
    for name in ("a-1.mp3", "a-1.vtt", "a-1.notes.txt", "a-1.txt", "a-1.json", "a-1.chapters.json", "a-1.small.jpg"):
        assert sum(name.endswith(rule.removeprefix("*")) for rule in rules) == (name != "a-1.json")


def test_publish_exports_on_the_command_line(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """It says what was written; stdout stays the path of the feed."""
    assert run(["publish", str(folder), "--export", str(tmp_path / "web")]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"{folder / 'feed.xml'}\n"
    assert "files for the web" in printed.err
    assert (tmp_path / "web" / "feed.xml").is_file()
