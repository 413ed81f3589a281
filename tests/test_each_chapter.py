"""`build --each-chapter`: a book becomes numbered episodes, and one bad chapter costs only itself."""

from __future__ import annotations

import json
from pathlib import Path

import mutagen.id3
import pytest

from audio_builder.cli.main import run
from audio_builder.errors import ScriptError, UnknownVoice
from tests.support import documents

DUSK, DAWN, NOON = (
    f"<h1>{title}</h1><p>The lamp and the chair and the door of the {title.lower()}.</p>"
    for title in ("Dusk", "Dawn", "Noon")
)


def _build(folder: Path, *chapters: str, options: tuple[str, ...] = ("--voice", "tone")) -> int:
    book = folder / "book.epub"
    book.write_bytes(documents.epub(*chapters))
    return run(["build", str(book), "--each-chapter", "-o", str(folder / "out"), "--background", "none", *options])


def _names(out: str) -> list[str]:
    return [Path(line).name for line in out.splitlines()]


def test_a_book_is_built_chapter_by_chapter(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Numbered in names and tags; a failing one is told and skipped; a second run makes what is missing or changed."""
    assert _build(tmp_path, DUSK, DAWN.replace(".", ". [paus 3s]"), NOON) == ScriptError.exit_code
    printed = capfd.readouterr()
    assert _names(printed.out) == ["01-dusk.mp3", "03-noon.mp3"]
    assert "chapter 2: " in printed.err
    assert "[paus 3s] is not a mark" in printed.err
    assert "of 3 chapters, 1 could not be made: 2" in printed.err
    tags = mutagen.id3.ID3(tmp_path / "out" / "03-noon.mp3")
    assert [str(tags[frame]) for frame in ("TRCK", "TIT2", "TALB")] == ["3/3", "Noon", documents.TITLE]
    before = (tmp_path / "out" / "01-dusk.mp3").stat()

    assert _build(tmp_path, DUSK, DAWN, NOON.replace("lamp", "bread")) == 0
    printed = capfd.readouterr()
    assert _names(printed.out) == ["02-dawn.mp3", "03-noon.mp3"]
    assert "01-dusk.mp3 is there, unchanged" in printed.err
    assert (tmp_path / "out" / "01-dusk.mp3").stat().st_mtime_ns == before.st_mtime_ns

    assert _build(tmp_path, DUSK, DAWN, NOON.replace("lamp", "bread"), options=("--voice", "tone", "--json")) == 0
    assert json.loads(capfd.readouterr().out) == []


def test_an_error_that_every_chapter_has_is_told_and_ends_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A wrong voice isn't tried forty times."""
    assert _build(tmp_path, DUSK, DAWN, NOON, options=("--voice", "nobody")) == UnknownVoice.exit_code
    assert capfd.readouterr().err.count("there is no voice called “nobody”") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["book.txt", "--each-chapter"], "is no book with chapters"),
        (["book.txt", "--each-chapter", "--title", "One"], "--title can't be given with --each-chapter"),
        (["book.txt", "--each-chapter", "--chapter", "2"], "--chapter can't be given with --each-chapter"),
    ],
)
def test_what_has_no_chapters_is_refused(
    arguments: list[str], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So are options that can't hold for every chapter."""
    monkeypatch.chdir(tmp_path)
    Path("book.txt").write_text("Some words of it.")
    assert run(["build", *arguments]) in (2, 3)
    assert said in capfd.readouterr().err
