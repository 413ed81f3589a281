"""Installing the Python packages that an engine needs, in the versions and with the hashes that are pinned.

The pins are the files in `locks/`, written by `scripts/lock`: what an engine needs beyond our core packages.
"""

from __future__ import annotations

import functools
import importlib
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from audio_builder.errors import DownloadFailed, MissingExtra
from audio_builder.voices.engines.base import LanguageReader
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.extras import engine_lock
from audio_builder.voices.install.downloads import run_pip
from audio_builder.voices.profile import VoiceProfile

_CONTENTS = {
    "kokoro": "onnx, which changes its model once; about 31 MB, Apache-2.0",
    "kokoro-espeak": "eSpeak NG, which reads the language; about 10 MB, GPL-3.0-or-later",
    "kokoro-ja": "Open JTalk and what it needs, which read Japanese; about 40 MB, Apache-2.0, MIT and BSD",
    "kokoro-zh": "pypinyin and jieba, which read Chinese; about 4 MB, MIT",
    "piper": "Piper, which speaks it, and onnx, which changes its model once; about 65 MB, GPL-3.0-or-later",
    "system": "espeak-ng, which speaks it; about 10 MB, GPL-3.0-or-later",
}
"""What each lock brings: for a person to read before it is installed."""


@dataclass(frozen=True, slots=True)
class EnginePackages:
    """What an engine needs, or the reader of a language, and doesn't have yet.

    Attributes:
        lock: the file that pins the packages.
        contents: what they are, how large, under which licence.
    """

    lock: Path
    contents: str

    @property
    def names(self) -> tuple[str, ...]:
        """The packages with their versions, such as `piper-tts 1.8.0`; those for this system alone."""
        lines = self.lock.read_text(encoding="utf-8").splitlines()
        pinned = (line.rstrip(" \\") for line in lines if "==" in line and not line.startswith((" ", "#")))
        here = (line for line in pinned if "sys_platform ==" not in line or f"'{sys.platform}'" in line)
        return tuple(line.split()[0].replace("==", " ") for line in here)


def missing_packages(profile: VoiceProfile) -> tuple[EnginePackages, ...]:
    """Return what a voice's engine lacks, and the reader of its language; empty where they have everything.

    No model is loaded.

    Raises:
        MissingExtra: something is missing, and it is somebody else's engine, whose packages we don't know.
        VoiceError: there is no such engine, it can't be loaded, or doesn't speak the language.
    """
    engine = load_engine(profile.engine)
    needed = [(profile.engine, engine.fingerprint)]
    if isinstance(engine, LanguageReader):
        reading = functools.partial(engine.language_fingerprint, profile.language)
        needed.append((engine.language_extra(profile.language), reading))
    missing = []
    for name, version in needed:
        try:
            version()
        except MissingExtra:
            lock = engine_lock(name)
            if lock is None:
                raise
            missing.append(EnginePackages(lock, _CONTENTS.get(name, "its engine")))
    return tuple(missing)


def install_packages(packages: EnginePackages) -> None:
    """Install them with pip into the Python that runs this; other packages stay as they are.

    Raises:
        DownloadFailed: there is no pip, it can't fetch them or can't write there (with the command to run oneself).
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
