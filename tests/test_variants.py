"""A variant is one file, or one place in a file: format, background, bell, guide, voice, mark, feed field, language."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from audio_builder.errors import AudioBuilderError, RecipeError, SoundError, UnknownVoice
from tests.article.test_readers import TEXTILE
from tests.conftest import ROOT

HUM = """
import numpy as np
from audio_builder.errors import SoundError
from audio_builder.sound.loop import LayeredBed, pack

def check(soundscape, channels):
    if channels != 1:
        raise SoundError("the background 'hum' needs mono")

def make(soundscape, bed_format):
    time_s = np.arange(3 * bed_format.rate_hz) / bed_format.rate_hz
    sound = np.sin(2 * np.pi * 200 * time_s).astype(np.float32)[:, np.newaxis]
    return LayeredBed((pack(sound, bed_format.rate_hz),))
"""
"""A background that wants mono."""

NEW_FILES = {
    "article/readers/textile.py": TEXTILE,
    "sound/beds/hum.py": HUM,
    "script/guide_texts/en/arrive.md": "---\nplace: opening\n---\n\n[chapter Arriving]\n\nYou are here already.\n",
    "voices/profiles/hummer.toml": """
name = "hummer"
engine = "tone"
language = "und"
description = "for a test"
licence = "CC0-1.0"
calibration = [{setting = 60, wpm = 60.0}, {setting = 240, wpm = 240.0}]
""",
    "podcast/translations/xx.toml": (ROOT / "audio_builder" / "podcast" / "translations" / "de.toml").read_text(
        encoding="utf-8"
    ),
}
"""Each is a variant by itself."""

NEW_LINES = {
    "sound/bells.py": (
        '    "bowl": (220.0, BOWL, "A singing bowl, the A below middle C"),\n',
        '    "gong": (98.0, BOWL, "A gong, deep"),\n',
    ),
    "article/mark_kinds.py": (
        "KINDS: dict[str, MarkKind] = {\n",
        '    "moment": _kind("[moment]", "It takes nothing.", lambda rest: None if rest else SilenceMark(7.0)),\n',
    ),
    "article/details.py": (
        "class Details(Struct, frozen=True, kw_only=True):\n",
        '    mood: Annotated[str, _about("how it feels", max_length=20)] = ""\n',
    ),
    "podcast/feed.py": (
        '    yield _text("itunes:episodeType", details.episode_type)\n',
        '    yield _text("itunes:keywords", details.mood)\n',
    ),
}
"""One place each, by the line after which the new one stands; what the author says in front matter is a field more."""


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of the package with one more of each variant."""
    folder = tmp_path_factory.mktemp("variants")
    copy = folder / "audio_builder"
    shutil.copytree(ROOT / "audio_builder", copy)
    shutil.copytree(ROOT / "voices", copy / "voices" / "profiles")
    for name, content in NEW_FILES.items():
        assert not (copy / name).exists()
        (copy / name).write_text(content, encoding="utf-8")
    for name, (before, line) in NEW_LINES.items():
        text = (copy / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, name
        (copy / name).write_text(text.replace(before, before + line), encoding="utf-8")
    return folder


def _run(package: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "audio_builder", *arguments],
        cwd=package, env=os.environ | {"PYTHONPATH": str(package)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_one_of_each_makes_an_episode(package: Path) -> None:
    """A new format, spoken by a new voice, with a new guide and a new mark, over a new background and bell."""
    (package / "a.textile").write_text("h1. Dusk\n\nThe lamp is on.\n\n[moment]\n\nIt is off.", encoding="utf-8")
    (package / "new.toml").write_text(
        'voice = "hummer"\n[mastering]\nchannels = 1\n[soundscape]\nbackground = "hum"\nbell = "gong"\n'
    )
    script = _run(package, "script", "a.textile", "--guide", "arrive")
    assert "You are here already." in script
    assert "[silence 7s]" in script
    _run(package, "build", "a.textile", "--recipe", "new.toml", "--guide", "arrive", "-o", "show")
    assert (package / "show" / "dusk.mp3").is_file()
    assert "hummer" in _run(package, "voices")


def test_a_field_of_the_front_matter_reaches_the_feed(package: Path) -> None:
    """By way of the script and the record, which know it from `Details`."""
    (package / "b.md").write_text("---\ntitle: Noon\nmood: calm\n---\n\nThe lamp is off.\n", encoding="utf-8")
    assert "mood: calm" in _run(package, "script", "b.md")
    _run(package, "build", "b.md", "--voice", "tone", "--background", "none", "-o", "show-b")
    _run(package, "show", "init", "show-b", "--language", "xx")
    _run(package, "publish", "show-b")
    assert "<itunes:keywords>calm</itunes:keywords>" in (package / "show-b" / "feed.xml").read_text(encoding="utf-8")
    assert "Kapitel" in (package / "show-b" / "episodes" / "noon.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "named", "error"),
    [
        (("--background", "hom"), "brown, hum, night", SoundError),
        (("--background", "hum"), "the background 'hum' needs mono", SoundError),
        (("--guide", "arive"), "arrive", RecipeError),
        (("--voice", "humer"), "hummer", UnknownVoice),
        (("--recipe", "bell.toml"), "gong", SoundError),
    ],
)
def test_messages_name_the_new_one(
    package: Path, arguments: tuple[str, ...], named: str, error: type[AudioBuilderError]
) -> None:
    """Whoever mistypes it is asked whether it was meant; its own check is heard."""
    (package / "c.md").write_text("The lamp is on. [moment]\n", encoding="utf-8")
    (package / "bell.toml").write_text('[soundscape]\nbell = "gongs"\n')
    assert named in _run(package, "build", "c.md", "-o", "show-c", *arguments, code=error.exit_code)
