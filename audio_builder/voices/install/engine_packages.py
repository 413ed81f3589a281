"""Installing the Python packages that an engine needs, in the versions and with the hashes that are pinned.

The pins are the files in `locks/`, written by `scripts/lock`: what an engine needs beyond our core packages.
"""

from __future__ import annotations

import importlib
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from audio_builder.errors import DownloadFailed, MissingExtra
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.extras import engine_lock
from audio_builder.voices.install.downloads import run_pip

_CONTENTS = {
    "kokoro": "onnx, which changes its model once; about 31 MB, Apache-2.0",
    "piper": "Piper, which speaks it, and onnx, which changes its model once; about 65 MB, GPL-3.0-or-later",
    "system": "espeak-ng, which speaks it; about 10 MB, GPL-3.0-or-later",
}
"""What the packages of each engine bring: for a person to read before they are installed."""


@dataclass(frozen=True, slots=True)
class EnginePackages:
    """What an engine needs and doesn't have yet.

    Attributes:
        engine: its name.
        lock: the file that pins the packages.
        contents: what they are, how large, under which licence.
    """

    engine: str
    lock: Path
    contents: str

    @property
    def names(self) -> tuple[str, ...]:
        """The packages with their versions, such as `piper-tts 1.8.0`; those for this system alone."""
        lines = self.lock.read_text(encoding="utf-8").splitlines()
        pinned = (line.rstrip(" \\") for line in lines if "==" in line and not line.startswith((" ", "#")))
        here = (line for line in pinned if "sys_platform ==" not in line or f"'{sys.platform}'" in line)
        return tuple(line.split()[0].replace("==", " ") for line in here)


def missing_packages(engine: str) -> EnginePackages | None:
    """Return what an engine lacks; None where it has everything. No model is loaded.

    Raises:
        MissingExtra: it lacks something, and it is somebody else's engine, whose packages we don't know.
        VoiceError: there is no such engine, or it can't be loaded.
    """
    try:
        load_engine(engine).fingerprint()
    except MissingExtra:
        lock = engine_lock(engine)
        if lock is None:
            raise
        return EnginePackages(engine, lock, _CONTENTS.get(engine, "its engine"))
    return None


def install_packages(packages: EnginePackages) -> None:
    """Install them with pip into the Python that runs this; other packages stay as they are.

    Raises:
        DownloadFailed: there is no pip, it can't fetch them or can't write there (with the command to run oneself).
        MissingExtra: they are installed, and the engine still lacks something.
    """
    pinned = ["install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(packages.lock)]
    try:
        run_pip(["--quiet", *pinned], f"pip could not install {', '.join(packages.names)}")
    except DownloadFailed as error:
        command = shlex.join([sys.executable, "-m", "pip", *pinned])
        raise DownloadFailed(
            error.message,
            hint=f"Once pip can reach the package index and write to this Python, run the same command again, "
            f"or: {command}",
        ) from error
    importlib.invalidate_caches()
    load_engine(packages.engine).fingerprint()
