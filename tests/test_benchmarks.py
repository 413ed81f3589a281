"""The benchmark measures what it says: different sentences, whole process trees, medians of ratios."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audio_builder.article.source import source_from_bytes
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Say
from audio_builder.script.from_document import make_script, read_document
from audio_builder.script.phrases import count_words
from benchmarks import process
from benchmarks.article import article
from benchmarks.judge import AGAINST, judged, memory_ratios, pairs, table
from benchmarks.measure import CASES, CHECKOUT, Bench, measure_all
from benchmarks.process import Run, run


@pytest.mark.parametrize("words", [60, 20_000])
def test_no_sentence_of_the_article_occurs_twice(words: int):
    """Every phrase of the article is spoken anew, and it has as many words as it should, within 3 %."""
    script = make_script(read_document(source_from_bytes(article(words).encode(), "article.md")), Recipe())
    phrases = [cue.text for cue in script.cues if isinstance(cue, Say)]
    assert len(set(phrases)) == len(phrases)
    assert words <= sum(map(count_words, phrases)) <= words * 1.03 + 20
    assert article(words) == article(words)


@pytest.mark.engine
def test_a_case_is_a_process_that_leaves_its_sound(tmp_path: Path):
    """A plain script, a build, an encoder and a spoken phrase: each writes the file that it is timed for."""
    bench = Bench(tmp_path / "bench", "# A Chair\n\nNothing needs to be done.\n")
    files = {"plain hibari": "plain.mp3", "cold build": "out/*.mp3", "encoder alone": "encoded.mp3"}
    for case, file in (files | {"first sound": "said.wav"}).items():
        assert bench.measure(case).wall_s > 0
        (sound,) = bench.folder.glob(file)
        assert sound.stat().st_size > 10_000


def test_our_cases_alone_are_run_with_another_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """They take turns, run by run, each with the package of its checkout."""
    order: list[tuple[str, Path]] = []

    def measure(bench: Bench, case: str) -> Run:
        order.append((case, bench.checkout))
        return Run(1 if bench.checkout == CHECKOUT else 2, 1, 1)

    monkeypatch.setattr(Bench, "measure", measure)
    found = measure_all(60, 2, ("cold build", "encoder alone"), tmp_path)
    assert order == [("cold build", CHECKOUT), ("cold build", tmp_path), ("encoder alone", CHECKOUT)] * 2
    assert list(found) == ["cold build", "cold build" + AGAINST, "encoder alone"]
    assert list(pairs(found)) == ["cold build, this / other, run by run: 0.50 0.50"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_that_of_the_whole_tree():
    """60 MB in a child of the command count, though the command itself holds little."""
    inner = "import time; held = bytearray(b'x' * 60_000_000); time.sleep(1.5)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    assert run([sys.executable, "-c", outer], {}).peak_mb > 60


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_child_that_is_just_forked_counts_no_memory_twice(monkeypatch: pytest.MonkeyPatch):
    """Until it becomes its own program, a child is in its parent's memory: then it is left out of the tree."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in process._tree(os.getpid())
        own = process._image(os.getpid())
        monkeypatch.setattr(process, "_image", lambda _: own)
        assert process._tree(os.getpid()) == [os.getpid()]
        child.communicate(b"\n")


def test_a_case_that_fails_is_no_measurement():
    """A command that ends with an error stops the benchmark, with what the command wrote."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run([sys.executable, "-c", "raise SystemExit('no voice')"], {})
    assert "no voice" in caught.value.stderr


def test_a_builds_own_clock_is_read_from_its_report():
    """The stages of a report on stdout; anything else on stdout is passed over."""
    report = '{"stages": [{"stage": "narrate", "seconds": 1.5}], "duration_s": 61.5}'
    assert run([sys.executable, "-c", f"print({report!r})"], {}).stages == {"narrate": 1.5}
    assert run([sys.executable, "-c", "print('output/a.mp3')"], {}).stages == {}


def test_ratios_are_taken_run_by_run():
    """The median of the runs' ratios, not the ratio of medians: a slow moment slows both of a run."""
    found = {
        "plain joe": [Run(10, 1, 1), Run(60, 1, 1), Run(20, 1, 1)],
        "cold build": [Run(2, 1, 1), Run(12, 1, 1), Run(20, 1, 1)],
    }
    (one,) = judged(600, found)
    assert str(one) == "cold build / plain joe: 0.20 (limit 0.25: met)"
    assert f"{'cold build':28}    12.00     2.00    20.00     1.00        1" in list(table(600, found))


def test_a_long_article_is_held_against_an_encoder_and_a_short_one_against_the_plain_scripts():
    """Each length has limits of its own; memory is compared between the two."""
    found = {
        "plain hibari": [Run(10, 1, 1)],
        "cold build": [Run(5, 1, 300)],
        "encoder alone": [Run(4, 1, 20)],
    }
    assert list(map(str, judged(600, found))) == [
        "cold build / plain hibari: 0.50 (limit 0.45: MISSED)",
        "cold build / encoder alone: 1.25",
    ]
    assert list(map(str, judged(20_000, found))) == [
        "cold build / plain hibari: 0.50",
        "cold build / encoder alone: 1.25 (limit 1.20: MISSED)",
    ]
    assert [str(one) for one in memory_ratios({600: {"cold build": [Run(5, 1, 250)]}, 20_000: found})] == [
        "memory of cold build, 20000 / 600 words: 1.20 (limit 1.20: met)"
    ]


def test_every_ratio_is_of_cases_that_exist():
    """A case that is renamed takes its limits along."""
    one_run = {case: [Run(1, 1, 1)] for case in CASES}
    assert len(judged(600, one_run)) == 3
