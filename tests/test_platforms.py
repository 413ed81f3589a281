"""Every package of the lock has a wheel for the systems that the docs name. Resolved, not run; needs uv."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

_BESIDE = Path(sys.executable).with_name("uv")
UV = str(_BESIDE) if _BESIDE.exists() else shutil.which("uv")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(UV is None, reason="needs uv: pip install uv")]

LOCK = ROOT / "scripts" / "locks" / "runtime.txt"


def resolved(platform: str, python: str) -> subprocess.CompletedProcess[str]:
    """Return what uv says of the lock for another system: nothing is built, nothing installed."""
    assert UV is not None
    command = [UV, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:", "--no-deps"]
    command += ["--python-platform", platform, "--python-version", python, str(LOCK)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize(
    ("platform", "python"),
    [
        ("x86_64-manylinux_2_28", "3.11"),
        ("x86_64-manylinux_2_28", "3.14"),
        ("aarch64-manylinux_2_28", "3.13"),
        ("x86_64-apple-darwin", "3.11"),
        ("x86_64-apple-darwin", "3.13"),
        ("aarch64-apple-darwin", "3.13"),
        ("x86_64-pc-windows-msvc", "3.11"),
        ("x86_64-pc-windows-msvc", "3.14"),
    ],
)
def test_the_lock_has_wheels_for(platform: str, python: str) -> None:
    """Linux, Intel Macs and macOS 13, Windows."""
    done = resolved(platform, python)
    assert done.returncode == 0, done.stderr[-800:]
    assert "hibari-tts==" in done.stdout
    assert "onnxruntime==" in done.stdout


@pytest.mark.parametrize(
    ("platform", "python"), [("x86_64-unknown-linux-musl", "3.13"), ("x86_64-apple-darwin", "3.14")]
)
def test_what_set_up_refuses_has_no_wheels(platform: str, python: str) -> None:
    """If one of these begins to resolve, the refusal in scripts/set-up can go."""
    assert resolved(platform, python).returncode != 0
