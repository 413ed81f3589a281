"""A format is a file: what a contributor adds to `article/readers` is read, and known by its suffix and its words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audio_builder.article import readers
from audio_builder.article.read import read
from audio_builder.article.source import open_source, source_from_bytes
from audio_builder.errors import SourceError
from tests.conftest import ROOT

TEXTILE = """
from audio_builder.article.blocks import UNWRAPPED
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.model import Line
from audio_builder.article.outline_builder import OutlineBuilder, Wording
from audio_builder.article.readers import Parsed, TextReader


def _read(source):
    builder = OutlineBuilder("", UNWRAPPED)
    for number, line in enumerate(source.text.split("\\n"), start=1):
        level = int(line[1]) if line.startswith("h") else 0
        words = line[4:] if level else line
        lines = (Line(words, number),) if words else ()
        builder.words(Wording(lines, (line,), hard=False, emphasised=False), level)
    return Parsed(FrontMatter(), builder.outline(FrontMatter()))


READER = TextReader("textile", "Textile", (".textile",), lambda text, _name: text.startswith("h1. "), _read)
"""
TEXT = b"h1. Dusk\n\nThe lamp is on.\n\nh2. Later\n\nIt is off."


@pytest.fixture
def textile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more file among the readers."""
    (tmp_path / "textile.py").write_text(TEXTILE, encoding="utf-8")
    monkeypatch.setattr(readers, "__path__", [*readers.__path__, str(tmp_path)])
    readers.readers.cache_clear()
    yield
    readers.readers.cache_clear()


@pytest.mark.usefixtures("textile")
@pytest.mark.parametrize("name", ["a.textile", "-"])
def test_a_new_file_is_a_new_format(name: str) -> None:
    """Its suffix is allowed, its texts are recognised without it, and its structure becomes an article."""
    article = read(source_from_bytes(TEXT, name))
    assert article.title == "Dusk"
    assert [section.heading and section.heading.text for section in article.sections] == [None, "Later"]


@pytest.mark.usefixtures("textile")
def test_messages_name_it(tmp_path: Path) -> None:
    """What can't be read is answered with a list in which the new format stands."""
    (tmp_path / "a.xyz").write_bytes(TEXT)
    with pytest.raises(SourceError, match=r"Textile \(\.textile\)"):
        open_source(tmp_path / "a.xyz")


def test_the_docs_name_every_suffix() -> None:
    """The page on writing says which files can be read."""
    page = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
    suffixes = [suffix for reader in readers.readers() for suffix in reader.suffixes[:1]]
    assert [suffix for suffix in suffixes if f"`{suffix}`" not in page] == []
