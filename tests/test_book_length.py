"""A book of a hundred thousand words becomes a script in seconds and little memory, whatever it is saved as."""

from __future__ import annotations

import compileall
import re
import subprocess
import sys
from functools import cache
from html import escape
from pathlib import Path

import pytest

from audio_builder.script.phrases import count_words
from benchmarks.article import article
from tests.conftest import ROOT
from tests.support import documents

WORDS = 100_000
MOST_S = 6.0
"""Processor seconds of the whole command. On a quiet machine it takes 2 to 3; other tests slow a core by half,
and what this is for is a pass over the words that has become quadratic, which takes minutes."""

MOST_MB = 300

_WEIGHED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2))
"""
"""A small process between: on Linux a new process counts as its own what the one that began it held."""

KINDS = ("txt", "md", "html", "docx", "epub")


@cache
def _paragraphs() -> list[str]:
    """A text of half the words, twice: so many different sentences there are."""
    return [block for block in article(WORDS // 2).split("\n\n") if block.strip()] * 2


def _book(kind: str) -> bytes:
    """The same words as a file of a kind; headings begin with `## `."""
    blocks = _paragraphs()
    if kind in ("txt", "md"):
        return "\n\n".join(blocks).encode()
    if kind == "docx":
        return documents.docx_of("".join(f"<w:p><w:r><w:t>{escape(block)}</w:t></w:r></w:p>" for block in blocks))
    body = "".join(f"<p>{escape(block)}</p>" for block in blocks)
    return f"<html><body>{body}</body></html>".encode() if kind == "html" else documents.epub(body)


def _used(command: list[str]) -> tuple[float, float]:
    """Run a command and return its processor seconds and its most memory in MB."""
    out = subprocess.run([sys.executable, "-c", _WEIGHED, *command], capture_output=True, check=True, text=True).stdout
    used_s, used_mb = map(float, out.split()[-2:])
    return used_s, used_mb


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Compile the package, as pip does: a checkout is compiled at each start where Python may not write that down."""
    compileall.compile_dir(ROOT / "audio_builder", quiet=2)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="measures a process with getrusage")
@pytest.mark.parametrize(("kind", "language"), [*((kind, "") for kind in KINDS), ("txt", "en"), ("md", "de")])
def test_a_book_becomes_a_script_in_seconds_and_300_mb(kind: str, language: str, tmp_path: Path) -> None:
    """The whole command, from the start of Python to the written file, with a language given or to be recognised."""
    book, script = tmp_path / f"book.{kind}", tmp_path / "script.md"
    book.write_bytes(_book(kind))
    said = ["--language", language] if language else []
    command = [sys.executable, "-m", "audio_builder", "script", str(book), "-q", "-o", str(script), *said]
    used_s, used_mb = _used(command)
    spoken = re.sub(r"\[[^\]]*\]", "", script.read_text(encoding="utf-8").partition("---\n\n")[2])
    assert count_words(spoken) > 0.97 * WORDS
    assert used_s < MOST_S
    assert used_mb < MOST_MB
