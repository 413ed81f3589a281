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
from benchmarks.judge import judged, memory_ratios, table
from benchmarks.measure import _runs_of_each
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


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_time_of_those_that_speak_is_told_apart(tmp_path: Path):
    """A cold build's workers are part of it; one that finds its clips ends the worker that it began at once."""
    text = tmp_path / "a.md"
    text.write_text("Nothing needs to be done. " * 3 + "The kettle waits for the evening light.\n")
    command = (sys.executable, "-m", "audio_builder", "build", text, "-q", "--json", "-o", tmp_path / "out")
    own = {"AUDIO_BUILDER_CACHE": str(tmp_path / "cache")}
    cold, warm = run(command, own), run(command, own)
    assert 0.5 < cold.speech_cpu_s < cold.cpu_s
    assert warm.speech_cpu_s < cold.speech_cpu_s / 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory of a process tree")
def test_a_child_that_is_just_begun_counts_no_memory_twice(monkeypatch: pytest.MonkeyPatch):
    """Until it becomes its own program, a child is in its parent's memory: then it is left out of the tree."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in process._tree(os.getpid())
        own = process._image(os.getpid())
        monkeypatch.setattr(process, "_image", lambda _: own)
        assert process._tree(os.getpid()) == [os.getpid()]
        child.communicate(b"\n")


def test_a_case_that_fails_is_no_measurement():
    """A command that ends with an error stops the benchmark, with what the command said."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run([sys.executable, "-c", "raise SystemExit('no voice')"], {})
    assert "no voice" in caught.value.stderr


def test_a_builds_own_clock_is_read_from_its_report():
    """The stages of a report on stdout, and the episode's length; anything else on stdout is passed over."""
    report = '{"stages": [{"stage": "narrate", "seconds": 1.5}], "duration_s": 61.5}'
    told = run([sys.executable, "-c", f"print({report!r})"], {})
    assert (told.stages, told.episode_s) == ({"narrate": 1.5}, 61.5)
    assert run([sys.executable, "-c", "print('output/a.mp3')"], {}).stages == {}


def test_ratios_are_taken_run_by_run():
    """The median of the runs' ratios, not the ratio of medians: a slow moment slows both of a run."""
    found = {
        "plain script": [Run(10, 1, 1), Run(30, 1, 1), Run(20, 1, 1)],
        "cold build": [Run(5, 1, 1), Run(12, 1, 1), Run(20, 1, 1)],
    }
    (one,) = judged(600, found)
    assert str(one) == "cold build / plain script: 0.50 (limit 0.65: met)"
    assert "cold build              12.00     5.00    20.00     1.00      8        1" in list(table(600, found))


def test_an_encoder_is_given_time_for_the_same_length():
    """A build of an episode a quarter longer than the one that was encoded may take a quarter longer."""
    found = {
        "cold build": [Run(50, 1, 1, episode_s=400)],
        "another pacing": [Run(12, 1, 1, episode_s=500)],
        "another background": [Run(12, 1, 1, episode_s=400)],
        "encoder alone": [Run(10, 1, 1)],
    }
    told = [str(one) for one in judged(20_000, found)][-2:]
    assert told == [
        "another pacing / encoder alone: 0.96 (limit 1.00: met)",
        "another background / encoder alone: 1.20 (limit 1.00: MISSED)",
    ]


def test_a_long_article_is_held_against_its_own_limits():
    """Speech costs 80 s of CPU on so many cores; a build that takes half as much again has missed."""
    synthesis_s = 80 / (os.cpu_count() or 1)
    found = {
        "cold build": [
            Run(1.5 * synthesis_s, 1, 300, {"narrate": 1.1 * synthesis_s, "deliver": 2.0}, speech_cpu_s=100)
        ],
        "another pacing": [Run(9, 1, 200)],
        "encoder alone": [Run(10, 10, 20)],
        "speech alone": [Run(70, 80, 250)],
    }
    assert [str(one) for one in judged(20_000, found)] == [
        "cold build / (CPU of speech alone ÷ cores): 1.50 (limit 1.20: MISSED)",
        "cold build / (CPU of its own speech ÷ cores): 1.20 (limit 1.20: met)",
        f"another pacing / cold build: {9 / (1.5 * synthesis_s):.2f}",
        "another pacing / encoder alone: 0.90 (limit 1.00: met)",
        "narration in the cold build / (CPU of speech alone ÷ cores): 1.10",
    ]
    short = {"cold build": [Run(5, 1, 250)]}
    assert [str(one) for one in memory_ratios({600: short, 20_000: found})] == [
        "memory of cold build, 20000 / 600 words: 1.20 (limit 1.20: met)"
    ]


def test_a_long_article_may_be_run_less_often():
    """One number of runs counts for every length, several for one each; any other count is refused."""
    assert _runs_of_each([3], 2) == [3, 3]
    assert _runs_of_each([4, 1], 2) == [4, 1]
    with pytest.raises(SystemExit, match="one for each of the 2 lengths, not 3"):
        _runs_of_each([4, 1, 1], 2)
