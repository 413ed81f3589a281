"""The wheel works where nothing else is: an empty environment, no checkout, and no network once it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from .conftest import ROOT

SHORT = ROOT / "examples" / "one-quiet-minute.md"
SCRIPT = ROOT / "audio_builder" / "script"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that the checkout stays clean."""
    copy = tmp_path_factory.mktemp("source") / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv*", ".git", "output", "__pycache__", ".*_cache"))
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        check=True, cwd=copy, capture_output=True,
    )  # fmt: skip
    (built,) = target.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_the_voices_and_nothing_else(wheel: Path):
    """Every voice profile, every guide and the marker for types are in it; tests, scripts and episodes are not."""
    names = zipfile.ZipFile(wheel).namelist()
    profiles = {name.rpartition("/")[2] for name in names if name.startswith("audio_builder/voices/profiles/")}
    assert profiles == {path.name for path in (ROOT / "voices").glob("*.toml")}
    guides = {name.removeprefix("audio_builder/script/") for name in names if "/guide_texts/" in name}
    assert guides == {path.relative_to(SCRIPT).as_posix() for path in SCRIPT.glob("guide_texts/*/*.md")} != set()
    words = {name.rpartition("/")[2] for name in names if name.startswith("audio_builder/podcast/translations/")}
    assert (
        words == {path.name for path in (ROOT / "audio_builder" / "podcast" / "translations").glob("*.toml")} != set()
    )
    assert "audio_builder/py.typed" in names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"audio_builder"}


@pytest.mark.slow
def test_an_empty_environment_can_build_an_episode_from_the_wheel(wheel: Path, tmp_path: Path):
    """`pip install` of the wheel with its extras gives the command; the default voice speaks, without any network."""
    venv.create(tmp_path / "venv", with_pip=True)
    bin_ = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    lock = ROOT / "scripts" / "locks" / "runtime.txt"
    pip = [str(bin_ / "python"), "-m", "pip", "install", "--quiet", "--quiet", "--no-compile"]
    done = subprocess.run(
        [*pip, "--no-deps", "--require-hashes", "-r", str(lock)], check=False, capture_output=True, text=True
    )
    if done.returncode and any(
        word in done.stderr for word in ("Connection", "resolution", "No matching distribution")
    ):
        pytest.skip(f"the package index can't be reached: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [str(bin_ / "audio-builder"), "build", str(SHORT), "-o", str(tmp_path / "output"), "--json"]
    run = subprocess.run(
        [*_without_network(), *command], check=True, cwd=tmp_path, capture_output=True, text=True, env=environment
    )
    report = json.loads(run.stdout)
    assert report["voice"]["name"] == "lark"
    assert report["clips_synthesized"] == 11
    assert Path(report["path"]).stat().st_size > 500_000
    listed = subprocess.run([str(bin_ / "audio-builder"), "voices"], check=True, capture_output=True, text=True)
    assert "lark (default for English)" in listed.stdout


def _without_network() -> list[str]:
    """A prefix that runs a command with no network at all, where this machine allows it."""
    prefix = ["unshare", "--map-root-user", "--net"]
    try:
        allowed = subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return []
    return prefix if allowed else []
