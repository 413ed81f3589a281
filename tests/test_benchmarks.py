"""The benchmark measures what it says: different sentences, whole process trees, medians of ratios."""

from __future__ import annotations

import subprocess
import sys

import pytest

from audio_builder.article.source import source_from_bytes
from audio_builder.document import make_script, read_document
from audio_builder.recipe import Recipe
from audio_builder.script.cues import Say
from audio_builder.script.words import count_words
from benchmarks.article import article
from benchmarks.measure import ratios, table
from benchmarks.process import Run, run


@pytest.mark.parametrize("words", [60, 20_000])
def test_no_sentence_of_the_article_occurs_twice(words: int):
    """Every phrase of the article is spoken anew, and it has as many words as it should, within 3 %."""
    script = make_script(read_document(source_from_bytes(article(words).encode(), "article.md")), Recipe())
    phrases = [cue.text for cue in script.cues if isinstance(cue, Say)]
    assert len(set(phrases)) == len(phrases)
    assert words <= sum(map(count_words, phrases)) <= words * 1.03 + 20
    assert article(words) == article(words)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_that_of_the_whole_tree():
    """60 MB in a child of the command count, though the command itself holds little."""
    inner = "import time; held = bytearray(b'x' * 60_000_000); time.sleep(1.5)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    assert run([sys.executable, "-c", outer], {}).peak_mb > 60


def test_a_case_that_fails_is_no_measurement():
    """A command that ends with an error stops the benchmark, with what the command said."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run([sys.executable, "-c", "raise SystemExit('no voice')"], {})
    assert "no voice" in caught.value.stderr


def test_ratios_are_taken_run_by_run():
    """The median of the runs' ratios, not the ratio of medians: a slow moment slows both of a run."""
    found = {
        "plain script": [Run(10, 1, 1), Run(30, 1, 1), Run(20, 1, 1)],
        "cold build": [Run(5, 1, 1), Run(12, 1, 1), Run(20, 1, 1)],
    }
    assert ratios(found) == {"cold build / plain script": 0.5}
    assert "cold build              12.00     5.00    20.00     1.00        1" in list(table(600, found))
