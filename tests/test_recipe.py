"""The recipe: its layers, its presets, and what is said about a wrong one."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.errors import RecipeError
from audio_builder.recipe.recipe_file import make_recipe, read_recipe_file, recipe_as_toml, setting, settings
from audio_builder.recipe.settings import PACING_PRESETS, Recipe


def test_no_layer_gives_the_defaults():
    """A recipe made of nothing is `Recipe()`."""
    assert make_recipe() == Recipe()


def test_later_layers_win():
    """What a later layer chooses replaces what an earlier one chose, key by key."""
    recipe = make_recipe({"pacing": {"sentence_s": 2, "line_s": 3}}, {"pacing": {"sentence_s": 4}})
    assert (recipe.pacing.sentence_s, recipe.pacing.line_s) == (4.0, 3.0)


def test_a_preset_is_the_ground_that_choices_stand_on():
    """A number chosen beside a preset replaces that number alone."""
    pacing = make_recipe({"pacing": {"preset": "spacious", "sentence_s": 2.25}}).pacing
    assert pacing.sentence_s == 2.25
    assert pacing.paragraph_s == PACING_PRESETS["spacious"].paragraph_s


def test_spacious_speaks_as_fast_as_gentle():
    """Changing between gentle and spacious changes no clip, so their rates are the same."""
    assert PACING_PRESETS["spacious"].wpm == PACING_PRESETS["gentle"].wpm


@pytest.mark.parametrize("name", PACING_PRESETS)
def test_every_preset_is_within_its_own_ranges_and_named_for_itself(name: str):
    """A preset passes the same checks as a person's numbers."""
    assert make_recipe({"pacing": {"preset": name}}).pacing == PACING_PRESETS[name]
    assert PACING_PRESETS[name].preset == name


@pytest.mark.parametrize("name", [name for name in PACING_PRESETS if name != "reading"])
def test_meditative_presets_keep_to_the_published_ranges(name: str):
    """Pauses of gentle and spacious lie in the ranges that practitioners publish."""
    ranges = {
        "sentence_s": (0.8, 1.7), "line_s": (1.2, 2.0), "stanza_s": (3.0, 6.5), "paragraph_s": (3.0, 6.5),
        "question_s": (4, 8), "ellipsis_s": (1.2, 3), "before_heading_s": (4, 8), "after_heading_s": (1.5, 2.5),
        "opening_s": (4, 8), "closing_s": (8, 15), "longest_s": (15, 15), "wpm": (110, 130),
    }  # fmt: skip
    outside = {key for key, (low, high) in ranges.items() if not low <= getattr(PACING_PRESETS[name], key) <= high}
    assert outside == set()


@pytest.mark.parametrize(
    ("layer", "message", "hint"),
    [
        ({"pacing": {"preset": "gentel"}}, "gentle, spacious, reading, sleep, morning", "gentle"),
        ({"pacing": {"sentense_s": 1}}, "pacing.sentense_s", "pacing.sentence_s"),
        ({"pacing": {"wpm": 1000}}, "60 to 240 wpm", ""),
        ({"pacing": {"wpm": "fast"}}, "60 to 240 wpm", ""),
        ({"pacing": {"wpm": float("nan")}}, "pacing.wpm is nan; allowed are 60 to 240 wpm", ""),
        ({"pacing": {"sentence_s": float("inf")}}, "pacing.sentence_s is inf; allowed are 0 to 60 s", ""),
        ({"pacing": 3}, "pacing", ""),
        ({"mastering": {"channels": 3}}, "mastering.channels is 3; allowed are 1, 2", ""),
        ({"mastering": {"sample_rate_hz": 22050}}, "44100, 48000", ""),
        ({"tags": {"date": "2026-02-30"}}, "2026-02-30", ""),
        ({"tags": {"date": "soon"}}, "YYYY-MM-DD", ""),
        (
            {"tags": {"cover_colour": "blue"}},
            "tags.cover_colour isn't written as it must be: colour of a drawn cover, such as #2a4d5c",
            "",
        ),
        ({"voise": "joe"}, "voise", "voice"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(layer: dict[str, object], message: str, hint: str):
    """The message names the key and the range; the hint the closest known name."""
    with pytest.raises(RecipeError) as caught:
        make_recipe(layer)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_recipe_written_as_toml_reads_back_the_same():
    """`recipe_as_toml` and the reader are inverse."""
    recipe = make_recipe({"pacing": {"preset": "spacious"}, "tags": {"title": 'A "quoted" \\ title — with ünïcode'}})
    assert make_recipe(tomllib.loads(recipe_as_toml(recipe))) == recipe


@given(st.sampled_from([field for field in settings() if field.low is not None]), st.floats(0, 1))
def test_every_number_in_its_range_is_accepted(field, fraction):
    """Each documented range is the one that is enforced, at its ends and between."""
    value = field.low + (field.high - field.low) * fraction
    if isinstance(field.default, int):
        value = round(value)
    table, _, key = field.path.partition(".")
    assert getattr(getattr(make_recipe({table: {key: value}}), table), key) == value
    for outside in (field.low - 1, field.high + 1):
        with pytest.raises(RecipeError):
            make_recipe({table: {key: outside}})


def test_every_setting_says_what_it_sets():
    """No field of the recipe is without help, and every number has a range or a list."""
    for field in settings():
        assert field.help, field.path
        assert isinstance(field.default, str) or field.range_text, field.path
    assert setting("pacing.wpm").unit == "wpm"


def test_a_recipe_file_that_is_no_toml_is_refused(tmp_path: Path):
    """The message names the file and the place."""
    path = tmp_path / "mine.toml"
    path.write_text("voice = joe")
    with pytest.raises(RecipeError, match=r"mine\.toml.*line 1"):
        read_recipe_file(path)


def test_a_recipe_file_that_is_not_there_is_refused(tmp_path: Path):
    """The message names the file."""
    with pytest.raises(RecipeError, match=r"absent\.toml"):
        read_recipe_file(tmp_path / "absent.toml")
