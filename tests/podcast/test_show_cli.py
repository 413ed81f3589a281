"""`show` and `publish` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audio_builder import errors
from audio_builder.cli.main import run
from audio_builder.recipe.settings import Tags
from tests.support.show_helpers import put_episode, record_of

pytestmark = pytest.mark.usefixtures("no_decoding")


def test_from_an_empty_folder_to_a_feed(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """`show init` prints the path of show.toml, `publish` that of the feed; both say on stderr what comes next."""
    folder = tmp_path / "pages"
    assert run(["show", "init", str(folder), "--title", "Evening Pages"]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"{folder / 'show.toml'}\n"
    assert f"audio-builder publish {folder}" in printed.err
    put_episode(folder, "evening")
    assert run(["publish", str(folder)]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"{folder / 'feed.xml'}\n"
    assert "1 episode published, 1 made now" in printed.err
    assert "set base_url" in printed.err


def test_a_show_is_in_the_language_of_its_episodes(tmp_path: Path):
    """Without an option, and where they have one in common."""
    spanish = record_of(tags=Tags(title="Uno", language="es"))
    put_episode(tmp_path, "uno", record=spanish)
    assert run(["show", "init", str(tmp_path), "-q"]) == 0
    assert 'language = "es"' in (tmp_path / "show.toml").read_text(encoding="utf-8")
    assert run(["show", "init", str(tmp_path), "--language", "pt-BR", "--force", "-q"]) == 0
    assert 'language = "pt-BR"' in (tmp_path / "show.toml").read_text(encoding="utf-8")


def test_publish_reports_as_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """--json prints one versioned document: the feed's address, and what was made."""
    assert run(["show", "init", str(tmp_path), "--base-url", "https://example.org/a", "-q"]) == 0
    put_episode(tmp_path, "evening")
    capfd.readouterr()
    assert run(["publish", str(tmp_path), "--json", "-q"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["schema_version"], report["feed_url"]) == (1, "https://example.org/a/feed.xml")
    assert (report["episodes"], report["made"]) == (1, ["evening"])


@pytest.mark.parametrize("option", ["--force", "--prune", "--as-new=evening", "--export=web"])
def test_a_check_publishes_nothing_so_it_takes_no_option_that_would(
    option: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    """It says so, and asks nobody."""
    assert run(["show", "init", str(tmp_path), "--base-url", "https://example.org/a", "-q"]) == 0
    assert run(["publish", str(tmp_path), "--check", option]) == 2
    assert "--check publishes nothing; leave the other options out" in capfd.readouterr().err
    assert not (tmp_path / "feed.xml").exists()


def test_a_page_that_was_edited_is_named_with_the_option_that_replaces_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    """And the rest is published."""
    assert run(["show", "init", str(tmp_path), "-q"]) == 0
    put_episode(tmp_path, "evening")
    page = tmp_path / "episodes" / "evening.html"
    page.parent.mkdir()
    page.write_text("my own", encoding="utf-8")
    assert run(["publish", str(tmp_path)]) == 0
    said = " ".join(capfd.readouterr().err.split())
    assert f"{page} stays as it is" in said
    assert "--force replaces it" in said


def test_a_damaged_episode_is_told_and_fails_at_the_end(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The feed is there with the others, the message names the episode and what to do, the exit code is not 0."""
    assert run(["show", "init", str(tmp_path), "-q"]) == 0
    put_episode(tmp_path, "evening")
    put_episode(tmp_path, "morning", b"morning")
    (tmp_path / "evening.episode.json").write_text("{}")
    capfd.readouterr()
    assert run(["publish", str(tmp_path)]) == errors.OutputError.exit_code
    printed = capfd.readouterr()
    assert printed.out == f"{tmp_path / 'feed.xml'}\n"
    assert "1 episode published" in printed.err
    assert "evening.episode.json is not a record of an episode" in printed.err
    assert "it is not in the feed yet" in printed.err
    assert "Build the episode again into this folder." in printed.err
    assert "1 of the episodes" in printed.err


def test_a_folder_that_is_no_show_is_a_wrong_setting(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The exit code is that of a setting, the hint the command that makes a show."""
    assert run(["publish", str(tmp_path)]) == errors.RecipeError.exit_code
    assert "audio-builder show init" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('persons = ["A <ftp://x>"]', "persons has"),
        ('funding = ["Buy me a tea"]', "which names no web address"),
        ('license = "<https://example.org>"', "license has"),
        ('category = ["Arts > Books", "Sleep"]', "'Sleep' is none of Apple's categories"),
        ("category = []", "there is no category"),
        ('hub = "not an address"', "hub is"),
        ('type = "seriel"', "type is 'seriel'; it must be one of episodic, serial"),
        ('medium = "talk"', "medium is 'talk'; it must be one of audiobook, blog"),
        ("fundng = []", "Did you mean funding?"),
    ],
)
def test_a_setting_that_no_feed_can_have_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str, message: str
):
    """With the value, and what it looks like."""
    (tmp_path / "show.toml").write_text(f'title = "A"\n{line}\n', encoding="utf-8")
    assert run(["publish", str(tmp_path)]) == errors.RecipeError.exit_code
    assert message in capfd.readouterr().err


def test_every_setting_is_written_and_read_back(tmp_path: Path):
    """Lists too; each with what it sets above it."""
    from audio_builder.podcast.show_settings import read_show, show_as_toml
    from tests.conformance.test_schemas import FULL_SHOW

    (tmp_path / "show.toml").write_text(show_as_toml(FULL_SHOW), encoding="utf-8")
    assert read_show(tmp_path) == FULL_SHOW


def test_what_is_held_back_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Name and date, and what to do."""
    assert run(["show", "init", str(tmp_path), "-q"]) == 0
    put_episode(tmp_path, "later", record=record_of(tags=Tags(title="Later", date="2999-12-24")))
    capfd.readouterr()
    assert run(["publish", str(tmp_path)]) == 0
    assert "later is held back until 2999-12-24; publish again then" in capfd.readouterr().err
