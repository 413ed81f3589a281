"""An episode lasts twelve hours at most, its silences included, and that is known before a word is spoken."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_builder.article.source import source_from_bytes
from audio_builder.errors import SourceTooLarge
from audio_builder.preflight import LONGEST_EPISODE_S, check_everything
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.from_document import make_script, read_document


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Word.\n\n" + "[silence 60m]\n\nWord.\n\n" * 12, 12.1),
        ("Word.\n\n" + "[breath 60-60 x100]\n\nWord.\n\n" * 4, 13.3),
        ("The lamp is on, and nothing at all is asked of you. " * 16_000, 20.0),
    ],
    ids=["silences", "breaths", "words"],
)
def test_what_would_last_too_long_is_refused(text: str, hours: float, tmp_path: Path):
    """Many players can't go beyond the 2 GiB that it may have at the highest bitrate."""
    recipe = make_recipe({"voice": "tone"})
    script = make_script(read_document(source_from_bytes(text.encode(), "a.txt")), recipe)
    assert hours * 3600 > LONGEST_EPISODE_S
    with pytest.raises(SourceTooLarge, match="at most 12:00:00"):
        check_everything(script, recipe, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_eleven_hours_are_not_too_long(tmp_path: Path):
    """The bound is where it says."""
    recipe = make_recipe({"voice": "tone"})
    text = "Word.\n\n" + "[silence 60m]\n\nWord.\n\n" * 11
    check_everything(make_script(read_document(source_from_bytes(text.encode(), "a.txt")), recipe), recipe, tmp_path)
