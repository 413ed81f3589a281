"""A second voice: from the recipe or from a mark, to the delivered file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from mutagen.id3 import ID3

import audio_builder
from audio_builder.article.source import source_from_bytes
from audio_builder.cli.main import run
from audio_builder.errors import UnknownVoice
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Say
from audio_builder.script.from_document import make_script, read_document

from . import instruments

TEXT = """The lamp was lit early that evening. Nobody had asked for it. It was simply dark.

[pause 12s]

> Whoever sits long enough beside a window learns the colour of every hour. I have forgotten most of them.
"""


def voices_of(text: str, recipe: Recipe) -> list[str]:
    script = make_script(read_document(source_from_bytes(text.encode(), "-")), recipe)
    return [cue.voice for cue in script.cues if isinstance(cue, Say)]


def test_quotations_get_the_voice_of_the_recipe_and_marks_win() -> None:
    """Other words stay the narrator's; a quotation that a mark has given a voice keeps it."""
    recipe = make_recipe({"quote_voice": "system"})
    assert voices_of(TEXT, recipe) == ["", "", "", "system", "system"]
    assert voices_of(TEXT.replace("> ", "> [voice tone] "), recipe) == ["", "", "", "tone", "tone"]
    assert voices_of(TEXT, Recipe()) == [""] * 5


def test_an_unknown_voice_is_told_before_anything_is_spoken(tmp_path: Path) -> None:
    """With the closest name."""
    with pytest.raises(UnknownVoice, match="there is no voice called “jo”") as caught:
        audio_builder.build(source_from_bytes(b"One. [voice jo] Two.", "-"), Recipe(), tmp_path)
    assert "joe" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_mark_that_names_no_voice_is_told_with_its_place(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The file, the line, the column and the closest voice; a mark that isn't spoken names none."""
    source = tmp_path / "a.md"
    for head in ("", "---\naudio-builder-script: 1\n---\n"):
        source.write_text(f"{head}One.\n\nTwo. [voice emmma] Three.\n", encoding="utf-8")
        assert run(["script", str(source)]) == 4
        told = capfd.readouterr().err
        assert f"a.md:{head.count(chr(10)) + 3}:6: there is no voice called “emmma”" in told
        assert "Did you mean emma or hibari-emma?" in told
    source.write_text("One. <!-- [voice jo] --> Two \\[voice jo].", encoding="utf-8")
    assert run(["script", str(source)]) == 0


@pytest.mark.engine
def test_two_voices_are_equally_loud_in_the_delivered_file(tmp_path: Path) -> None:
    """Within 0.5 LU of each other, measured on the MP3; the tag and the report credit both."""
    recipe = make_recipe({"quote_voice": "system", "soundscape": {"background": "none"}})
    report = audio_builder.build(source_from_bytes(TEXT.encode(), "-"), recipe, tmp_path)
    samples, rate_hz = instruments.decoded(Path(report.path))
    sounding = np.flatnonzero(np.abs(samples).reshape(len(samples), -1).max(axis=1) > 0.02)
    gap = int(np.argmax(np.diff(sounding)))
    first, second = samples[sounding[0] : sounding[gap]], samples[sounding[gap + 1] : sounding[-1]]
    assert (sounding[gap + 1] - sounding[gap]) / rate_hz == pytest.approx(12, abs=0.3)
    meter = pyloudnorm.Meter(rate_hz)
    assert meter.integrated_loudness(first) == pytest.approx(meter.integrated_loudness(second), abs=0.5)
    assert report.voice.name == "lark"
    assert [voice.name for voice in report.other_voices] == ["system"]
    assert "voice lark at" in report.details()[0]
    assert ", system at" in report.details()[0]
    comment = str(ID3(report.path).getall("COMM")[0])
    assert "“lark” (hibari, Apache-2.0) and “system” (system, GPL-3.0-or-later)" in comment
