"""Every command that writes a file, and every way in which it can meet what is there: nothing is ever lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from audio_builder.cli.lazy import command_paths, find_command
from audio_builder.cli.main import cli, run
from audio_builder.episode.record import read_record
from audio_builder.errors import OutputError

OURS = b"somebody's own work"
REFUSED = OutputError.exit_code


@dataclass(frozen=True)
class Writer:
    """A command and the file that it writes in the current folder."""

    file: str
    arguments: tuple[str, ...]


TONE = ("--voice", "tone", "--background", "none", "-q")
WRITERS = {
    "build": Writer("made.mp3", ("build", "text.md", "-o", "made.mp3", *TONE)),
    "rebuild": Writer("made.mp3", ("rebuild", "episode.mp3", "-o", "made.mp3", "-q")),
    "script": Writer("made.md", ("script", "text.md", "-o", "made.md", "-q")),
    "script --format ssml": Writer("made.ssml", ("script", "text.md", "-o", "made.ssml", "-q")),
    "script --preview": Writer("made.svg", ("script", "text.md", "--preview", "-o", "made.svg", "-q")),
    "script --preview text": Writer("made.txt", ("script", "text.md", "--preview", "-o", "made.txt", "-q")),
    "check": Writer("made.svg", ("check", "episode.mp3", "--picture", "made.svg", "-q")),
    "compare": Writer("made.svg", ("compare", "episode.mp3", "episode.mp3", "--picture", "made.svg", "-q")),
    "export": Writer("a.labels.txt", ("export", "episode.mp3", "--as", "labels", "-o", "a.labels.txt", "-q")),
    "voices say": Writer("made.wav", ("voices", "say", "Tea.", "--voice", "tone", "-o", "made.wav", "-q")),
    "voices preview": Writer("made/voices.html", ("voices", "preview", "tone", "-o", "made", "-q")),
    "show init": Writer("made/show.toml", ("show", "init", "made", "-q")),
    "publish": Writer("show/index.html", ("publish", "show", "-q")),
    "publish feed": Writer("show/feed.xml", ("publish", "show", "-q")),
}
BESIDE = {
    "build into a folder": Writer("out/tea.episode.json", ("build", "text.md", "-o", "out", *TONE)),
    "build --voice-only": Writer("made.voice.mp3", ("build", "text.md", "-o", "made.mp3", "--voice-only", *TONE)),
    "build --lengths": Writer("made.30s.mp3", ("build", "text.md", "-o", "made.mp3", "--lengths", "20s,30s", *TONE)),
    "build an elastic one": Writer("elastic/tea.bed.mp3", ("build", "text.md", "-o", "elastic", *TONE)),
    "batch": Writer("out/tea.episode.json", ("batch", "text.md", "-o", "out", "--yes", *TONE)),
    "export m4b": Writer("episode.m4b", ("export", "episode.mp3", "--as", "m4b", "-q")),
    "export epub": Writer("a.epub", ("export", "episode.mp3", "--as", "epub", "-o", "a.epub", "-q")),
    "export opus": Writer("a.opus", ("export", "episode.mp3", "--as", "opus", "-o", "a.opus", "-q")),
    "export stems": Writer("episode.voice.wav", ("export", "episode.mp3", "--as", "stems", "-q")),
    "publish --export": Writer("web/feed.xml", ("publish", "published", "--export", "web", "-q")),
    "sounds preview": Writer("made/sounds.html", ("sounds", "preview", "--voice", "tone", "-o", "made", "-q")),
}
"""What more than one file is written by, or beside another: each meets what somebody else has there."""

WRITING_NOTHING = {
    "inspect", "serve", "list", "config show", "doctor", "cache info", "voices show", "voices search",
}  # fmt: skip
WRITING_THEIR_OWN = {
    "cache verify", "cache prune", "voices install", "voices remove", "voices add", "voices calibrate",
}  # fmt: skip
"""Commands that write in the folders of the cache and of the voices, by names that nobody else gives."""

WRITING_PROJECTS = {"studio"}
"""`tests/studio/test_project.py` is about what it meets."""


def _nothing(_file: Path, _write: Callable[[], int]) -> bool:
    return True


def _ours(_file: Path, write: Callable[[], int]) -> bool:
    assert write() == 0
    return True


def _edited(file: Path, write: Callable[[], int]) -> bool:
    assert write() == 0
    file.write_bytes(file.read_bytes() + b"\n")
    return False


def _somebody_elses(file: Path, _write: Callable[[], int]) -> bool:
    file.write_bytes(OURS)
    return False


def _link(file: Path, _write: Callable[[], int]) -> bool:
    (file.parent / "precious").write_bytes(OURS)
    file.symlink_to("precious")
    return False


def _read_only(file: Path, write: Callable[[], int]) -> bool:
    assert write() == 0
    file.chmod(0o444)
    return False


def _folder(file: Path, _write: Callable[[], int]) -> bool:
    file.mkdir()
    (file / "inside").write_bytes(OURS)
    return False


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text, an episode of it, and an empty show."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("AUDIO_BUILDER_CACHE", str(folder / "cache"))
        patch.setenv("AUDIO_BUILDER_STATE", str(folder / "state"))
        Path("text.md").write_text("# Tea\n\nThe kettle is on.\n", encoding="utf-8")
        assert run(["build", "text.md", "-o", "episode.mp3", *TONE]) == 0
        assert run(["show", "init", "show", "-q"]) == 0
        for name in ("elastic", "published"):
            assert run(["show", "init", name, "-q"]) == 0
        settings = Path("elastic/show.toml").read_text(encoding="utf-8")
        Path("elastic/show.toml").write_text(settings.replace("elastic = false", "elastic = true"), encoding="utf-8")
        assert run(["publish", "published", "-q"]) == 0
    return folder


@pytest.fixture
def here(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is the current folder."""
    shutil.copytree(home, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("cache", "state"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUDIO_BUILDER_CACHE", str(home / "cache"))
    return tmp_path


STATES = (_nothing, _ours, _edited, _somebody_elses, _link, _read_only, _folder)
SLOW = {("voices preview", state) for state in (_nothing, _edited, _link, _read_only)}
"""A minute is mixed for each of these; the page goes through the same function as a picture."""


@pytest.mark.parametrize(
    ("name", "there"), [(name, state) for name in WRITERS for state in STATES if (name, state) not in SLOW]
)
def test_nothing_of_somebody_elses_is_replaced_unasked(
    name: str, there: Callable[[Path, Callable[[], int]], bool], here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where nothing is, or over what we wrote and nobody changed; else an error that names --force, which does it."""
    writer = WRITERS[name]
    file = here / writer.file
    file.parent.mkdir(exist_ok=True)
    may = there(file, lambda: run(list(writer.arguments)))
    before = _content(file)
    capfd.readouterr()
    code = run(list(writer.arguments))
    if name == "rebuild" and there is _ours:
        assert code == REFUSED, "a version is never replaced by a rebuild unasked"
        return
    if may:
        assert code in {0, 10}
        assert file.is_file()
        return
    if there is _read_only and code in {0, 10}:
        assert _content(file) == before, "what it would write is there already"
        return
    if name == "show init" and there is _edited and code == 0:
        assert _content(file) == before, "the show has these settings already, however they are written"
        return
    printed = capfd.readouterr().err
    assert file.name in printed
    assert _content(file) == before
    if there is _folder:
        assert code in {2, REFUSED}
        assert "is a folder" in printed or "is a directory" in printed
        assert run([*writer.arguments, "--force"]) in {2, REFUSED}
        assert (file / "inside").read_bytes() == OURS
        return
    assert code == REFUSED
    assert "--force" in printed
    assert run([*writer.arguments, "--force"]) in {0, 10}
    assert _content(file) != before or there is _read_only


@pytest.mark.parametrize("there", [_somebody_elses, _link, _folder])
@pytest.mark.parametrize("name", BESIDE)
def test_what_is_written_beside_replaces_nothing_of_somebody_elses(
    name: str, there: Callable[[Path, Callable[[], int]], bool], here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is refused by its name, or what is written gets another one."""
    file = here / BESIDE[name].file
    file.parent.mkdir(exist_ok=True)
    there(file, lambda: 0)
    before = _all_files(here)
    code = run(list(BESIDE[name].arguments))
    after = _all_files(here)
    assert {path: after.get(path) for path in before if path.suffix != ".jsonl"} == before
    assert code == 0 or (code in {2, REFUSED} and file.name in capfd.readouterr().err)


def _all_files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _path(arguments: tuple[str, ...]) -> str:
    return next(path for path in (" ".join(arguments[:2]), arguments[0]) if path in command_paths(cli))


def test_the_walk_knows_every_command_and_every_option_that_names_a_place() -> None:
    """A new command or option that writes a file has a row above, or is named as one that writes none."""
    rows = [writer.arguments for writer in (*WRITERS.values(), *BESIDE.values())]
    walked = {_path(arguments) for arguments in rows}
    commands = {path: find_command(cli, path) for path in command_paths(cli)}
    single = {path for path, command in commands.items() if not isinstance(command, click.Group)}
    assert single == walked | WRITING_NOTHING | WRITING_THEIR_OWN | WRITING_PROJECTS
    places = {
        (path, option.opts[0])
        for path in walked
        for option in commands[path].params
        if isinstance(option, click.Option) and isinstance(option.type, click.Path) and not option.type.exists
    }
    assert {place for place in places if not any(_path(row) == place[0] and place[1] in row for row in rows)} == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("script", "text.md", "-o", "photo.png"),
        ("script", "text.md", "--preview", "-o", "photo.png"),
        ("script", "text.md", "--format", "ssml", "-o", "script.md"),
        ("script", "text.md", "-o", "song.mp3"),
        ("check", "episode.mp3", "--picture", "photo.png"),
        ("compare", "episode.mp3", "episode.mp3", "--picture", "song.mp3"),
        ("voices", "say", "Tea.", "--voice", "tone", "-o", "said.mp3"),
        ("build", "text.md", "-o", "made.wav", *TONE),
        ("build", "text.md", "--each-chapter", "-o", "made.mp3", *TONE),
    ],
)
def test_a_file_has_the_name_of_its_kind(arguments: tuple[str, ...], here: Path) -> None:
    """A text isn't written into a picture, nor many episodes into one file."""
    before = sorted(here.iterdir())
    assert run([*arguments, "--force"]) in {2, REFUSED}
    assert sorted(here.iterdir()) == before


def test_two_builds_at_once_of_one_title_are_two_episodes(here: Path) -> None:
    """The name is chosen again under the folder's lock, when both have spoken."""
    (here / "other.md").write_text("# Tea\n\nAnother text of quite other words about a garden.\n", encoding="utf-8")
    build = [sys.executable, "-m", "audio_builder", "build"]
    builds = [subprocess.Popen([*build, name, "-o", "out", *TONE]) for name in ("text.md", "other.md")]
    assert [one.wait(60) for one in builds] == [0, 0]
    words = {read_record(here / "out" / f"{name}.episode.json").words for name in ("tea", "tea-2")}
    assert len(words) == 2


def test_a_rebuild_where_the_original_lies_asks(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Only --force replaces it; under a name of its own both are kept."""
    before = (here / "episode.mp3").read_bytes()
    slower = ["rebuild", "episode.mp3", "--pacing", "spacious", "-q"]
    assert run([*slower, "-o", "episode.mp3"]) == REFUSED
    assert "--force" in capfd.readouterr().err
    assert (here / "episode.mp3").read_bytes() == before
    assert run([*slower, "-o", "slower.mp3"]) == 0
    assert (here / "episode.mp3").read_bytes() == before
    assert run([*slower, "-o", "episode.mp3", "--force"]) == 0
    assert (here / "episode.mp3").read_bytes() == (here / "slower.mp3").read_bytes() != before
