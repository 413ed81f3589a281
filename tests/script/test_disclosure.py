"""A spoken disclosure: after the last words, once, and heard in the delivered episode."""

from __future__ import annotations

from pathlib import Path

import pytest

import audio_builder
from audio_builder.article.source import source_from_bytes
from audio_builder.episode.record import read_record
from audio_builder.errors import RecipeError
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Cue, Reason, Rest, Role, Say
from audio_builder.script.from_document import add_guides, make_script, read_document
from audio_builder.script.guides import Position, find_guide, guide_names, position_of
from audio_builder.script.notation import format_script

TEXT = "# Evening\n\nThe lamp is on.\n\nWhat is still open?\n"
WORDS = "Spoken by a computer. The words are a person's."
SENTENCES = ["Spoken by a computer.", "The words are a person's."]
SAID = {"spoken_disclosure": WORDS}


def cues_of(text: str, recipe: Recipe, name: str = "-") -> tuple[Cue, ...]:
    return make_script(read_document(source_from_bytes(text.encode(), name)), recipe).cues


@pytest.mark.parametrize("preset", ["gentle", "reading", "sleep"])
def test_it_comes_after_a_rest_like_that_before_a_heading(preset: str) -> None:
    """The text's own cues are untouched before it, and the silence at the end is the same."""
    recipe = make_recipe({**SAID, "pacing": {"preset": preset}})
    without = cues_of(TEXT, make_recipe({"pacing": {"preset": preset}}))
    assert cues_of(TEXT, recipe) == (
        *without[:-1],
        Rest(recipe.pacing.before_heading_s, Reason.BEFORE_HEADING),
        Say("Spoken by a computer.", Role.PROSE),
        Rest(recipe.pacing.sentence_s, Reason.SENTENCE),
        Say("The words are a person's.", Role.PROSE),
        without[-1],
    )


def test_without_it_nothing_is_added() -> None:
    """It is off by default."""
    assert Recipe().spoken_disclosure == ""
    assert isinstance(cues_of(TEXT, Recipe())[-2], Say)
    assert cues_of(TEXT, Recipe())[-2].text == "What is still open?"


def test_a_script_that_has_it_says_it_once() -> None:
    """Printed with it, edited and built under the same recipe, and in another pacing too."""
    recipe = make_recipe(SAID)
    script = make_script(read_document(source_from_bytes(TEXT.encode(), "-")), recipe)
    for again in (recipe, make_recipe({**SAID, "pacing": {"preset": "reading"}})):
        words = [cue.text for cue in cues_of(format_script(script), again) if isinstance(cue, Say)]
        assert words == ["Evening", "The lamp is on.", "What is still open?", *SENTENCES]


def test_it_comes_after_the_guides() -> None:
    """A guide after the words is part of the episode; the disclosure is still the last that is said, and said once."""
    recipe = make_recipe(SAID)
    document = read_document(source_from_bytes(TEXT.encode(), "-"))
    names = [name for name in guide_names() if position_of(find_guide(name, "en")) is Position.CLOSING]
    words = [
        cue.text for cue in make_script(add_guides(document, recipe, names[:1]), recipe).cues if isinstance(cue, Say)
    ]
    assert len(words) > 6
    assert words[-2:] == SENTENCES
    assert words.count(SENTENCES[0]) == 1


def test_marks_in_it_are_refused() -> None:
    """It is spoken as it stands; the message says what it is for."""
    with pytest.raises(RecipeError, match=r"spoken_disclosure isn't written as it must be.*without marks"):
        make_recipe({"spoken_disclosure": "One [pause 3s] two"})


def test_it_is_heard_and_stands_in_the_words(tmp_path: Path) -> None:
    """The record of a delivered episode has it as its last phrases, and in the words a paragraph for itself."""
    recipe = make_recipe({**SAID, "voice": "tone", "pacing": {"preset": "reading"}})
    report = audio_builder.build(source_from_bytes(TEXT.encode(), "-"), recipe, tmp_path)
    record = read_record(Path(report.path).with_suffix(".episode.json"))
    assert [phrase.text for phrase in record.phrases][-2:] == SENTENCES
    assert record.words.endswith(f"What is still open?\n\n{WORDS}")
