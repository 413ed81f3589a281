"""What can be named: the list, completion in a shell, mistyped commands, upper and lower case."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from audio_builder.cli.lazy import command_paths, find_command
from audio_builder.cli.main import cli, run
from audio_builder.cli.option_values import KINDS
from audio_builder.cli.options import HELP_GROUPS
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import BACKGROUNDS, PACING_PRESETS
from audio_builder.script.guides import find_guide
from audio_builder.sound.bells import BELLS

from ..conftest import ROOT


def test_all_names_are_listed_with_a_line_about_each(capfd: pytest.CaptureFixture[str]) -> None:
    """Under the option that takes them."""
    assert run(["list", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert {kind for kind in report if kind != "schema_version"} == set(KINDS)
    assert [item["name"] for item in report["backgrounds"]] == list(BACKGROUNDS)
    assert [item["name"] for item in report["bells"]] == list(BELLS)
    assert [item["name"] for item in report["pacings"]] == list(PACING_PRESETS)
    assert {"lark", "system", "tone"} <= {item["name"] for item in report["voices"]}
    for kind in KINDS:
        abouts = [item["description"] for item in report[kind]]
        assert all(len(about) > 5 for about in abouts)
        assert len(set(abouts)) == len(abouts)


def test_one_kind_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing else is printed; a line of a background fits a terminal."""
    assert run(["list", "backgrounds"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "Backgrounds (--background NAME)"
    assert len(lines) == 1 + len(BACKGROUNDS)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["biuld", "x.md"], "There is no command “biuld”. Did you mean build or rebuild?"),
        (["voices", "shw"], "There is no command “shw”. Did you mean show?"),
        (["qqqq"], "There is no command “qqqq”. The commands are build, "),
    ],
)
def test_a_mistyped_command_gets_the_closest(
    arguments: list[str], expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """At every level."""
    assert run(arguments) == 2
    assert expected in capfd.readouterr().err


def test_a_file_in_the_place_of_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The command that was meant is named, ready to be copied."""
    monkeypatch.chdir(tmp_path)
    Path("my talk.md").write_text("Words.", encoding="utf-8")
    assert run(["my talk.md"]) == 2
    assert "audio-builder build 'my talk.md'" in capfd.readouterr().err


def test_names_are_the_same_in_upper_and_lower_case() -> None:
    """The path of a file keeps its case."""
    recipe = make_recipe(
        {"pacing": {"preset": "Sleep"}, "soundscape": {"background": "OCEAN", "bell": "Chime", "closing_bell": "None"}}
    )
    assert recipe.pacing == PACING_PRESETS["sleep"]
    assert (recipe.soundscape.background, recipe.soundscape.bell, recipe.soundscape.closing_bell) == (
        "ocean",
        "chime",
        "none",
    )
    assert make_recipe({"soundscape": {"background": "Music/Sea.mp3"}}).soundscape.background == "Music/Sea.mp3"
    assert find_guide("Settle", "en") == find_guide("settle", "en")
    assert run(["BUILD", "--help"]) == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("build x.md --background o", {"ocean"}),
        ("build x.md --voice la", {"lark"}),
        ("build x.md --bell ch", {"chime", "church-bell"}),
        ("build x.md --pacing s", {"spacious", "sleep"}),
        ("build x.md --guide b", {"breath", "breath-counted"}),
        ("vo", {"voices"}),
    ],
)
def test_a_shell_completes_names(words: str, expected: set[str]) -> None:
    """By click's own protocol, in a process as a shell starts it."""
    line = f"audio-builder {words}"
    environment = os.environ | {
        "_AUDIO_BUILDER_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
    }
    code = "import sys; sys.argv = ['audio-builder']; from audio_builder.cli.main import cli; cli()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert {offered.partition(",")[2] for offered in done.stdout.split()} == expected


@pytest.mark.parametrize("command", ["build", "rebuild"])
def test_options_stand_under_headings(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Each once."""
    assert run([command, "--help"]) == 0
    text = capfd.readouterr().out
    headings = re.findall(r"^(\S.*):$", text, re.MULTILINE)
    assert headings == [*(heading for heading in HELP_GROUPS), "The file and the command"]
    assert text.count("\n  --voice TEXT") == 1
    assert "\n  SOURCE\n" not in text


@pytest.mark.parametrize("command", command_paths(cli))
def test_help_fits_a_terminal_of_80_columns(command: str) -> None:
    """Examples too."""
    whole = click.Context(cli, info_name="audio-builder", max_content_width=80, **cli.context_settings)
    context = click.Context(find_command(cli, command), info_name=command, parent=whole)
    assert [line for line in context.get_help().splitlines() if len(line) > 80] == []


def test_every_page_of_the_docs_is_in_its_index() -> None:
    """`docs/README.md` has the pages, `docs/commands/README.md` the commands."""
    for folder in (ROOT / "docs", ROOT / "docs" / "commands"):
        index = (folder / "README.md").read_text(encoding="utf-8")
        pages = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
        assert [name for name in pages if f"({name})" not in index] == []
