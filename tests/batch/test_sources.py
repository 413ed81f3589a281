"""What a command line names: files, folders, chapters of books."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_builder.batch.sources import find_sources, is_episode
from audio_builder.errors import SourceError
from tests.support import documents


def _put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("Some words.", encoding="utf-8")


def test_a_folder_gives_all_that_can_be_read_in_natural_order(tmp_path: Path) -> None:
    """10 comes after 2; pictures, settings and what begins with a dot aren't texts."""
    _put(tmp_path, "10.md", "2.txt", "b/1.html", "photo.jpg", "audio-builder.toml", ".hidden.md", ".git/a.md")
    names = [str(source.path.relative_to(tmp_path)) for source in find_sources([tmp_path])]
    assert names == ["2.txt", "10.md", str(Path("b", "1.html"))]


def test_pages_and_transcripts_of_a_show_are_no_texts(tmp_path: Path) -> None:
    """Where episodes lie among the texts, or a show below them."""
    _put(tmp_path, "a.md", "a.episode.json", "index.html", "episodes/a.html", "episodes/a-11112222.txt")
    _put(tmp_path, "web/feed.xml", "web/index.html", "web/episodes/a.txt", "drafts/episodes/b.md", "drafts/index.html")
    names = [source.path.relative_to(tmp_path).as_posix() for source in find_sources([tmp_path])]
    assert names == ["a.md", "drafts/episodes/b.md", "drafts/index.html"]


def test_a_file_that_is_named_twice_is_built_once(tmp_path: Path) -> None:
    """Also where a folder holds it; files come in the order in which they are named."""
    _put(tmp_path, "a.md", "b.md")
    found = find_sources([tmp_path / "b.md", tmp_path, tmp_path / "." / "b.md"])
    assert [source.path.name for source in found] == ["b.md", "a.md"]


def test_each_chapter_of_a_book_is_a_source(tmp_path: Path) -> None:
    """With its number; a damaged book is one source with its error."""
    book = tmp_path / "book.epub"
    book.write_bytes(documents.epub("<h1>Dusk</h1><p>The lamp.</p>", "<h1>Dawn</h1><p>The door.</p>"))
    (tmp_path / "torn.epub").write_bytes(b"PK\x03\x04 torn")
    found = find_sources([tmp_path], each_chapter=True)
    assert [(source.path.name, source.chapter, source.chapters) for source in found] == [
        ("book.epub", 1, 2),
        ("book.epub", 2, 2),
        ("torn.epub", 0, 0),
    ]
    assert isinstance(found[2].error, SourceError)
    assert [source.chapter for source in find_sources([book])] == [0]


def test_an_empty_folder_is_an_error_that_names_the_suffixes(tmp_path: Path) -> None:
    """It isn't a success with nothing made."""
    with pytest.raises(SourceError, match="there is nothing to read in") as raised:
        find_sources([tmp_path])
    assert ".md" in raised.value.hint


def test_twins_are_no_episodes() -> None:
    """An MP3 may be built again, the voice alone beside it may not."""
    assert is_episode(Path("a/evening.MP3"))
    assert not is_episode(Path("a/evening.voice.mp3"))
    assert not is_episode(Path("a/evening.md"))
