"""What a build says of its way where no bar can be drawn."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from audio_builder.cli.console import Console, progress_bar
from audio_builder.progress import Step


@pytest.mark.parametrize(
    ("done", "told"),
    [(0, "Speaking 63 phrases …\n"), (3, "Speaking 60 phrases …\n"), (62, "Speaking 1 phrase …\n"), (63, "")],
)
def test_only_what_is_still_to_be_spoken_is_told(done: int, told: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Phrases whose clips are kept aren't spoken, and a stage without any isn't told at all; the next one is."""
    with progress_bar(Console()) as progress:
        progress(Step("narrate", done, 63))
        progress(Step("narrate", 63, 63, "The lamp is lit."))
        progress(Step("render", 0, 8))
        progress(Step("render", 8, 8))
    assert capfd.readouterr().err == f"{told}Mixing …\n"


def test_a_sample_that_is_kept_hides_no_phrase_of_the_whole(capfd: pytest.CaptureFixture[str]) -> None:
    """A long text is first spoken in part, to find its rate; where that part is kept, the rest is still told."""
    with progress_bar(Console()) as progress:
        progress(Step("narrate", 12, 12))
        progress(Step("narrate", 90, 99))
    assert capfd.readouterr().err == "Speaking 9 phrases …\n"


def test_each_go_of_speaking_has_its_line(capfd: pytest.CaptureFixture[str]) -> None:
    """The part by which the rate is found, and then what is left."""
    with progress_bar(Console()) as progress:
        for done in range(17):
            progress(Step("narrate", done, 16))
        for done in range(16, 64):
            progress(Step("narrate", done, 63))
    assert capfd.readouterr().err == "Speaking 16 phrases …\nSpeaking 47 phrases …\n"


@pytest.mark.parametrize("quiet", [True, False])
def test_a_warning_is_said_before_speaking_even_if_quiet(*, quiet: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """It is marked as one, and what follows isn't said to somebody who asked for quiet."""
    with progress_bar(Console(quiet=quiet)) as progress:
        progress(Step("warn", 0, 0, "the words are in de"))
        progress(Step("narrate", 0, 1))
    assert capfd.readouterr().err == "Warning: the words are in de\n" + ("" if quiet else "Speaking 1 phrase …\n")


@pytest.mark.parametrize(
    ("on_terminal", "quiet", "path_alone"), [(True, False, False), (False, False, True), (True, True, True)]
)
def test_on_one_terminal_a_path_is_said_once(
    *,
    on_terminal: bool,
    quiet: bool,
    path_alone: bool,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There the line for a person has it; a program finds it alone on stdout."""
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: on_terminal)
    Console(quiet=quiet).done(Path("a b.mp3"), "0:20, 1 chapter, 60 % silence")
    printed = capfd.readouterr()
    assert printed.out == ("a b.mp3\n" if path_alone else "")
    assert printed.err == ("" if quiet else "Done: a b.mp3 (0:20, 1 chapter, 60 % silence)\n")
