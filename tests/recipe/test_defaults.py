"""Defaults of one's own: which file wins, what paths in them mean, and what `config show` says of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from audio_builder.cli.main import run
from audio_builder.errors import RecipeError
from audio_builder.recipe.defaults import anchored, find_defaults, preset_layer

NAME = "audio-builder.toml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder; texts lie in `texts` below it, and the user's own folder is that of the tests."""
    folder = tmp_path / "here"
    (folder / "texts").mkdir(parents=True)
    (folder / "texts" / "a.md").write_text("# A walk\n\nThe lake lay still.\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def _user(content: str) -> Path:
    path = Path(os.environ["AUDIO_BUILDER_CONFIG"], NAME)
    path.write_text(content, encoding="utf-8")
    return path


def _shown(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, tuple[Any, str]]:
    """Return each setting with its value and what chose it."""
    assert run(["config", "show", "--json", "-q", *arguments]) == 0
    found = json.loads(capfd.readouterr().out)["settings"]
    return {entry["setting"]: (entry["value"], entry["from"]) for entry in found}


def test_each_file_wins_over_the_one_below_it(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Options, the text, a preset, the recipe file, the show, beside the text, the working folder, the user's."""
    layers = ["user", "working", "beside", "show", "recipe", "preset", "text", "option"]
    user, working, beside = _user(""), here / NAME, here / "texts" / NAME
    show, recipe = Path("output", "show.toml"), here / "recipe.toml"
    show.parent.mkdir()
    text = here / "texts" / "a.md"
    expected = {"user": user, "working": working, "beside": beside, "show": show, "recipe": recipe}
    for number, winner in enumerate(layers):
        arguments = [str(text)]
        for layer in layers[: number + 1]:
            author = f'[tags]\nauthor = "{layer}"\n'
            match layer:
                case "show":
                    show.write_text('[recipe.tags]\nauthor = "show"\n', encoding="utf-8")
                case "preset":
                    working.write_text(f'{working.read_text()}[presets.evening.tags]\nauthor = "preset"\n')
                    arguments += ["--preset", "Evening"]
                case "text":
                    text.write_text("---\nauthor: text\n---\n# A walk\n\nStill.\n", encoding="utf-8")
                case "option":
                    arguments += ["--author", "option"]
                case _:
                    expected[layer].write_text(author, encoding="utf-8")
                    arguments += ["--recipe", str(recipe)] if layer == "recipe" else []
        value, origin = _shown(capfd, *arguments)["tags.author"]
        if winner == "text":
            # What the text says of itself is no setting: no file's author is left over it.
            assert (value, origin) == ("", "built in")
            continue
        assert value == winner
        named = {"preset": f"preset “evening” in {working}", "option": "the command line"}
        assert origin.startswith(named.get(winner) or str(expected[winner]))


def test_paths_in_a_file_are_relative_to_it(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Wherever the command is called; a name of a background stays a name."""
    (here / "texts" / NAME).write_text(
        'output = "episodes"\nlexicon = "words.toml"\n[soundscape]\nbackground = "rain.mp3"\n[tags]\ncover = "a.png"\n'
    )
    shown = _shown(capfd, "texts/a.md")
    beside = here / "texts"
    assert shown["output"] == (str(beside / "episodes"), str(beside / NAME))
    assert shown["lexicon"][0] == str(beside / "words.toml")
    assert shown["soundscape.background"][0] == str(beside / "rain.mp3")
    assert shown["tags.cover"][0] == str(beside / "a.png")
    assert _shown(capfd, "texts/a.md", "-o", "mine")["output"] == ("mine", "the command line")
    assert anchored({"soundscape": {"background": "rain"}}, here)["soundscape"]["background"] != ""
    assert anchored({"soundscape": {"background": "none"}}, here) == {"soundscape": {"background": "none"}}


def test_a_file_can_begin_with_a_preset_and_name_a_pacing(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its own values win over the preset; pauses that follow from a pacing say so."""
    (here / NAME).write_text(
        'preset = "evening"\n[pacing]\nwpm = 110\n[presets.evening]\nvoice = "tone"\n[presets.evening.pacing]\n'
        'preset = "sleep"\nwpm = 100\n'
    )
    shown = _shown(capfd)
    assert shown["voice"] == ("tone", str(here / NAME))
    assert shown["pacing.wpm"][0] == 110
    assert shown["pacing.opening_s"] == (8.0, f"pacing “sleep”, {here / NAME}")
    assert shown["tags.genre"] == ("Podcast", "built in")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[pacing]\nwpm = 20\n", "pacing.wpm is 20; allowed are 60 to 240 wpm"),
        ('[tags]\nlanguage = "german"\n', "tags.language is 'german', which is not a language tag"),
        ('vioce = "tone"\n', "a recipe has no setting 'vioce'"),
        ("output = 3\n", "output must be the name of a folder"),
        ("presets = 3\n", "presets are tables"),
        ('preset = "evening"\n', "there is no preset “evening”"),
        ("[presets.evening.pacing]\nwpm = 20\n", "preset “evening”: pacing.wpm is 20"),
        ("voice = \n", "is not valid TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_name(
    content: str, said: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each value is held to the rule that it has everywhere."""
    (here / NAME).write_text(content, encoding="utf-8")
    assert run(["config", "show"]) == RecipeError.exit_code
    printed = capfd.readouterr().err
    assert said in printed
    assert str(here / NAME) in printed


def test_a_wrong_recipe_of_a_show_is_said_with_its_name(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The show itself is read without it."""
    (here / "output").mkdir()
    (here / "output" / "show.toml").write_text('title = "Mine"\n[recipe]\nvoices = "tone"\n', encoding="utf-8")
    assert run(["config", "show"]) == RecipeError.exit_code
    assert "show.toml, [recipe]: a recipe has no setting 'voices'" in capfd.readouterr().err


def test_an_unknown_preset_names_the_closest(here: Path) -> None:
    """Of those in the files that hold here."""
    (here / NAME).write_text('[presets.evening]\nvoice = "tone"\n', encoding="utf-8")
    with pytest.raises(RecipeError, match="there is no preset “evning”") as raised:
        preset_layer("evning", find_defaults(None))
    assert raised.value.hint == "Did you mean evening?"


def test_build_and_script_follow_the_defaults(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The episode goes where the file beside the text says, and is by its voice."""
    (here / "texts" / NAME).write_text(
        'output = "../made"\nvoice = "tone"\n[soundscape]\nbackground = "none"\n[pacing]\nopening_s = 1.5\n'
    )
    assert run(["build", "texts/a.md", "-q"]) == 0
    assert Path(capfd.readouterr().out.strip()).resolve() == here / "made" / "a-walk.mp3"
    assert run(["script", "texts/a.md", "-q"]) == 0
    assert "1.5" in capfd.readouterr().out
