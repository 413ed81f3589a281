"""At run time no connection is opened: not by the building process and not by the workers that speak."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT


@pytest.mark.engine
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace (Debian: apt install strace)")
@pytest.mark.parametrize("voice", ["lark", "joe", "system"])
def test_a_build_asks_the_kernel_for_no_connection(tmp_path: Path, voice: str):
    """No process of a build makes an internet socket or connects to one, whichever engine speaks."""
    trace = tmp_path / "trace"
    build = [sys.executable, "-m", "audio_builder", "build", "-", "-o", str(tmp_path / "out"), "--voice", voice, "-q"]
    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=socket,connect,execve", "-o", str(trace), *build],
        input=b"Be still for a while.", check=True, capture_output=True,
    )  # fmt: skip
    calls = trace.read_text(encoding="utf-8", errors="replace")
    assert calls.count("execve(") >= 3, "the engine's worker and the encoder were traced too"
    assert re.findall(r"(?:socket|connect)\(.*AF_INET.*", calls) == []


def test_the_tests_themselves_can_open_no_connection():
    """The guard of this suite works: a test that tries to connect fails."""
    import socket

    with socket.socket() as probe, pytest.raises(AssertionError, match="tried to connect"):
        probe.connect(("127.0.0.1", 9))


def test_nothing_in_the_package_imports_a_client():
    """No module of the package imports a library for fetching, but what is asked to download or to check an address."""
    clients = re.compile(
        r"^\s*(?:import|from) (?:urllib\.request|http\.client|requests|httpx|pooch|ftplib)\b", re.MULTILINE
    )
    users = {
        str(path.relative_to(ROOT / "audio_builder"))
        for path in (ROOT / "audio_builder").rglob("*.py")
        if clients.search(path.read_text(encoding="utf-8"))
    }
    assert {
        name
        for name in users
        if not name.startswith(("voices/install", "voices/fetch", "podcast/web_check", "article/web_page"))
    } == set()


@pytest.mark.engine
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace (Debian: apt install strace)")
def test_the_runtime_of_neural_voices_asks_for_none_however_long_it_lives(tmp_path: Path):
    """Some versions look up their maker's host a few seconds after they are imported, unless they are told not to."""
    pytest.importorskip("onnxruntime")
    trace = tmp_path / "trace"
    program = "import audio_builder.voices.engines.piper, onnxruntime, time; time.sleep(12)"
    strace = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(trace)]
    subprocess.run([*strace, sys.executable, "-c", program], check=True, capture_output=True)
    assert re.findall(r"(?:socket|connect)\(.*AF_INET.*", trace.read_text(encoding="utf-8", errors="replace")) == []
