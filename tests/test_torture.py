"""A short form of scripts/torture; the long one is run by hand, and its figures stand in docs/reliability.md."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import ROOT

KINDS = {"kill": False, "kill-at-call": True, "failing-call": True, "flipped-bit": False, "strange-input": False}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="it has other signals")
@pytest.mark.parametrize("traced", [False, True])
def test_nothing_is_lost_in_a_round(*, traced: bool):
    """One round of each kind; chances are the same every time."""
    import shutil

    if traced and shutil.which("strace") is None:
        pytest.skip("needs strace (Debian: apt install strace)")
    kinds = [kind for kind, needs in KINDS.items() if needs == traced]
    command = [sys.executable, str(ROOT / "scripts" / "torture"), "--minutes", "0", "--seed", "3", *kinds]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("nothing lost")
