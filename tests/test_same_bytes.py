"""The same words, recipe and versions give the same file, from nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from audio_builder import build
from audio_builder.article.source import source_from_bytes
from audio_builder.errors import VoiceError
from audio_builder.recipe.recipe_file import make_recipe
from tests.voice_helpers import ready

WORDS = "# Window\n\nThe lamp is on. It is dark.\n\nWhat now?\n"


@pytest.mark.engine
@pytest.mark.parametrize("voice", ["tone", "system", "lark", "joe", "heart"])
def test_two_builds_from_empty_caches_are_the_same_file(
    voice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every phrase is spoken anew in another process, and the second MP3 is the first, byte for byte."""
    try:
        ready(voice)
    except VoiceError as error:
        pytest.skip(f"{voice} isn't ready here: {error.hint}")
    recipe = make_recipe({"voice": voice, "tags": {"date": "2026-01-02"}})
    hashes, spoken = [], []
    for take in ("first", "second"):
        monkeypatch.setenv("AUDIO_BUILDER_CACHE", str(tmp_path / f"cache of the {take}"))
        report = build(source_from_bytes(WORDS.encode(), "window.md"), recipe, tmp_path / take)
        hashes.append(hashlib.sha256(Path(report.path).read_bytes()).hexdigest())
        spoken.append(report.clips_synthesized)
    assert spoken == [4, 4]
    assert hashes[0] == hashes[1]
