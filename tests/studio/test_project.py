"""A project on the disk: the script is saved as it is, whatever else a person wrote stays, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from audio_builder.cli.main import cli
from audio_builder.errors import EmptySource, RecipeError
from audio_builder.pipeline import build
from audio_builder.recipe.settings import PACING_PRESETS
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Reason, Rest, Role, Say
from audio_builder.studio.cue_data import as_data, cues_from
from audio_builder.studio.project import ChangedElsewhere, Project, begin, begin_from_file, project_folders, rewritten

from .conftest import TEXT


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return begin(tmp_path, "gate.md", TEXT.encode()).project


def test_a_project_is_what_the_command_line_goes_on_with(project: Project, monkeypatch: pytest.MonkeyPatch):
    """`audio-builder build script.md --recipe recipe.toml` works in its folder, and goes to its show."""
    project.set_recipe({"voice": "tone"})
    monkeypatch.chdir(project.folder)
    result = CliRunner().invoke(cli, ["build", "script.md", "--recipe", "recipe.toml"])
    assert result.exit_code == 0, result.output
    assert (project.show / "the-slow-gate.mp3").is_file()


def test_projects_side_by_side_publish_into_one_show(project: Project):
    """Two of the same text, and one called “Show”, are three episodes there; each knows its own, under any title."""
    projects = project.folder.parent
    other = begin(projects, "gate.md", TEXT.encode()).project
    shown = begin(projects, "show.txt", b"Show\n\nOne line is all there is.\n").project
    for one in (project, other, shown):
        one.set_recipe({"voice": "tone"})
        build(one.opened().script, one.recipe(), one.show)
    opened = other.opened()
    other.save(replace(opened.script, title="Another gate"), opened.version)
    build(other.opened().script, other.recipe(), other.show)
    assert project.show == projects / "show"
    names = ["show-2", "the-slow-gate", "the-slow-gate-2"]
    assert sorted(path.stem for path in project.show.glob("*.mp3")) == names
    assert [[path.stem for path in one.episodes()] for one in (shown, project, other)] == [[name] for name in names]


def test_a_project_keeps_the_show_it_has(project: Project):
    """One of its own, as it had it; another one that was chosen stays chosen when the folder of projects moves."""
    projects = project.folder.parent
    file = project.folder / "audio-builder.toml"
    file.unlink()
    assert project.show == project.folder / "show"
    file.write_text("# Mine.\n[pacing]\nwpm = 100\n", encoding="utf-8")
    project.set_show(projects / "walks")
    assert file.read_text(encoding="utf-8") == '# Mine.\noutput = "../walks"\n\n[pacing]\nwpm = 100\n'
    moved = projects.rename(projects.with_name("moved"))
    assert Project(moved / project.folder.name).show == moved / "walks"


def test_every_kind_of_cue_goes_to_the_page_and_back():
    """What the page has is the script, cue by cue."""
    cues = (
        ChapterStart("A gate"), Rest(6, Reason.OPENING), Say("Sit.", Role.PROSE, "emma", slower=True, quieter=True),
        Beat(1.5), Bell(), Breath(4, 6, 3), Background("rain"), Background(""), Rest(0.25, Reason.SILENCE),
    )  # fmt: skip
    assert cues_from([as_data(cue) for cue in cues]) == cues


def test_saving_changes_the_pause_and_nothing_else(project: Project):
    """One line of the file differs; a note, another comment in the front matter and all words stay."""
    lines = project.script_path.read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("Sit where"))
    lines[at:at] = ["// Ask Maria whether this is too slow."]
    lines[1:1] = ["# My own remark."]
    project.script_path.write_text("\n".join(lines), encoding="utf-8")
    opened = project.opened()
    place = next(
        n for n, cue in enumerate(opened.script.cues) if isinstance(cue, Rest) and cue.reason is Reason.SENTENCE
    )
    cues = list(opened.script.cues)
    cues[place] = Rest(4.5, Reason.MARK)
    project.save(replace(opened.script, cues=tuple(cues)), opened.version)
    after = project.script_path.read_text(encoding="utf-8").split("\n")
    gone, come = [line for line in lines if line not in after], [line for line in after if line not in lines]
    assert gone == ["Sit where you are. [pause 1s sentence]"]
    assert come == ["Sit where you are. [pause 4.5s]"]
    assert after.index("// Ask Maria whether this is too slow.") == after.index(come[0]) - 1


def test_a_note_whose_line_is_gone_stays(project: Project):
    """It stands before what is left."""
    text = project.script_path.read_text(encoding="utf-8").replace("Come back when", "// keep\nCome back when")
    opened = project.opened()
    cues = tuple(cue for cue in opened.script.cues if not (isinstance(cue, Say) and cue.text.startswith("Come back")))
    after = rewritten(text, replace(opened.script, cues=cues)).split("\n")
    assert after[after.index("// keep") + 1 :][:2] != []
    assert "// keep" in after


def test_a_file_that_was_changed_meanwhile_is_not_written(project: Project):
    """The page's version is refused; what the other program wrote is there; both are kept when the page insists."""
    opened = project.opened()
    other = project.script_path.read_text(encoding="utf-8").replace("Sit where", "Stand where")
    project.script_path.write_text(other, encoding="utf-8")
    with pytest.raises(ChangedElsewhere, match="changed by another program"):
        project.save(opened.script, opened.version)
    assert project.script_path.read_text(encoding="utf-8") == other
    kept = project.keep_beside()
    project.save(opened.script, project.version())
    assert kept.read_text(encoding="utf-8") == other
    assert "Sit where" in project.script_path.read_text(encoding="utf-8")


def test_a_disk_that_is_full_loses_nothing(project: Project, monkeypatch: pytest.MonkeyPatch):
    """The file stays as it was when the new one can't be written."""
    opened = project.opened()
    before = project.script_path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Exception, match="no space is left"):
        project.save(replace(opened.script, cues=opened.script.cues[:4]), opened.version)
    monkeypatch.undo()
    assert project.script_path.read_bytes() == before
    assert not list(project.folder.glob("*.draft"))


def test_a_setting_is_changed_and_comments_stay(project: Project):
    """A wrong one leaves the file as it is; None takes one out again."""
    path = project.folder / "recipe.toml"
    path.write_text("# Mine.\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert project.set_recipe({"soundscape.background": "rain"}).soundscape.background == "rain"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Mine.\n")
    with pytest.raises(RecipeError, match="60 to 240"):
        project.set_recipe({"pacing.wpm": 1000})
    assert path.read_text(encoding="utf-8") == text
    assert project.set_recipe({"soundscape.background": None}).soundscape.background == "drone"
    assert project.set_recipe({"voice": None}).voice == "lark"


def test_another_pacing_keeps_a_persons_own_silences(project: Project):
    """Every rule's rest is that of the preset, a person's stays, and the recipe says so."""
    opened = project.opened()
    cues = list(opened.script.cues)
    cues[1] = Rest(3.3, Reason.MARK)
    version = project.save(replace(opened.script, cues=tuple(cues)), opened.version)
    project.set_pacing("spacious", version)
    script = project.opened().script
    assert script.cues[1] == Rest(3.3, Reason.MARK)
    rests = {cue.seconds for cue in script.cues if isinstance(cue, Rest) and cue.reason is Reason.SENTENCE}
    assert rests == {PACING_PRESETS["spacious"].sentence_s}
    assert project.recipe().pacing.preset == "spacious"


def test_a_text_is_one_project_however_often_it_is_opened(tmp_path: Path):
    """The same bytes open the same folder; other ones get a folder of their own."""
    text = tmp_path / "gate.md"
    text.write_text(TEXT, encoding="utf-8")
    first = begin_from_file(tmp_path / "projects", text)
    assert begin_from_file(tmp_path / "projects", text) == first
    text.write_text(TEXT + "\nOne more.\n", encoding="utf-8")
    assert begin_from_file(tmp_path / "projects", text).folder.name == "the-slow-gate-2"
    assert len(project_folders(tmp_path / "projects")) == 2


def test_a_text_without_words_makes_no_project(tmp_path: Path):
    """It is refused before a folder is made."""
    with pytest.raises(EmptySource):
        begin(tmp_path / "projects", "empty.md", b"  \n")
    assert not (tmp_path / "projects").exists()


def test_paths_in_the_recipe_are_seen_from_the_project(project: Project):
    """A lexicon beside the script is found from wherever the studio was started."""
    (project.folder / "lexicon.toml").write_text('Maria = "Ma-ree-a"\n', encoding="utf-8")
    assert project.set_recipe({"lexicon": "lexicon.toml"}).lexicon == str(project.folder / "lexicon.toml")
    assert 'lexicon = "lexicon.toml"' in (project.folder / "recipe.toml").read_text(encoding="utf-8")


def test_defaults_of_ones_own_hold_in_a_project(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """What `audio-builder build` takes from the user's own file, the studio takes too; the project's recipe wins."""
    monkeypatch.setenv("AUDIO_BUILDER_CONFIG", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "audio-builder.toml").write_text(
        '[soundscape]\nbackground = "rain"\nbell = "chime"\n', encoding="utf-8"
    )
    assert project.recipe().soundscape.background == "rain"
    assert project.set_recipe({"soundscape.background": "wind"}).soundscape.bell == "chime"
    assert project.recipe().soundscape.background == "wind"
