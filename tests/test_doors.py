"""What the machine refuses, and who ends the command: an error of ours at each door, with a documented exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audio_builder.cli import main as command_line
from tests.conftest import ROOT, hear_ctrl_c

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has other doors")

PROGRAM = f'"{sys.executable}" -m audio_builder'
BUILD = f"{PROGRAM} build a.md --voice tone --background none"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def _sh(folder: Path, command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    (folder / "a.md").write_text("A lamp é.\n", encoding="utf-8")
    return subprocess.run(
        ["sh", "-c", command], check=False, cwd=folder, env=ENVIRONMENT | settings, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "settings", "code", "said"),
    [
        (f"{PROGRAM} script a.md >&-", {}, 7, "standard output is closed"),
        (f"{PROGRAM} script a.md > /dev/full", {}, 7, "can't write the result"),
        (f"{PROGRAM} --help > /dev/full", {}, 7, "No space left"),
        (f"{PROGRAM} script a.md", {"PYTHONIOENCODING": "ascii"}, 0, ""),
        (f"{BUILD} -o {'x' * 300}", {}, 7, "too long"),
        (f"{BUILD} -o ~nosuchuser/out", {}, 0, ""),
        (f"{BUILD} -o out", {"AUDIO_BUILDER_CACHE": "~nosuchuser/cache"}, 0, ""),
        (
            f"mkdir gone && cd gone && rmdir ../gone && {BUILD.replace('a.md', '-')} -o out < ../a.md",
            {},
            7,
            "the current folder no longer exists",
        ),
        (f"ulimit -f 8; {BUILD} -o out", {}, 7, "large|can't"),
    ],
)
def test_what_the_machine_refuses_is_said_in_words(
    command: str, settings: dict[str, str], code: int, said: str, tmp_path: Path
):
    """Never exit code 70, never a traceback."""
    import re

    done = _sh(tmp_path, command, **settings)
    assert done.returncode == code, done.stderr
    assert "should not have happened" not in done.stderr
    assert "Traceback" not in done.stderr
    assert re.search(said, done.stderr)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_being_asked_to_end_is_like_ctrl_c(number: signal.Signals, tmp_path: Path):
    """Nothing is half there, nothing is left over, and the exit code is 128 and the signal's number."""
    text = tmp_path / "a.md"
    text.write_text("\n\n".join(f"The lamp is on, and it is {word} now." for word in range(400)), encoding="utf-8")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "audio_builder", "build", str(text), "--voice", "tone", "-o", str(tmp_path / "o")]
    environment = ENVIRONMENT | {"TMPDIR": str(temporary), "AUDIO_BUILDER_CACHE": str(tmp_path / "cache")}
    with subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - no threads are running yet
    ) as process:
        for _ in range(600):  # it has begun when the first phrases are spoken
            if list((tmp_path / "cache").glob("*/*.flac")):
                break
            time.sleep(0.1)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "Stopped. Nothing is lost; run it again to continue." in said
    assert "Traceback" not in said
    assert list(temporary.iterdir()) == []
    assert [path for path in (tmp_path / "o").rglob("*") if path.is_file()] == []


def test_ctrl_c_in_the_first_moment_is_without_a_word():
    """While modules are imported, the process ends by the signal, as one does that has nothing to clean up."""
    program = (
        "import os, signal, sys, importlib.abc\n"
        "class Finder(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'audio_builder.cli.main': os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from audio_builder.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, env=ENVIRONMENT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_a_limit_of_the_file_system_is_said_by_the_command(capfd: pytest.CaptureFixture[str]):
    """What our modules log is a line on stderr."""
    import logging

    console = command_line.Console()
    notes = command_line._Notes(console)
    notes.emit(logging.LogRecord("audio_builder.files", logging.WARNING, "", 1, "It can't %s.", ("lock",), None))
    assert capfd.readouterr().err == "Warning: It can't lock.\n"
