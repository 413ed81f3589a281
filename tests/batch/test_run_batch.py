"""The loop of a batch on this machine: what fails costs only itself, and nothing is made twice."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from audio_builder.batch.batch_plan import Batch, PlannedEpisode, Settled
from audio_builder.batch.executors import open_local, open_published
from audio_builder.batch.journal import JOURNAL_FILE, Journal
from audio_builder.batch.run_batch import Finished, Workers, run_batch
from audio_builder.batch.sources import Source, find_sources
from audio_builder.batch.task import Task, close_workers, run_task
from audio_builder.cli.batch_table import show_plan, show_warnings
from audio_builder.cli.console import Console
from audio_builder.cli.main import run
from audio_builder.episode.record import read_record
from audio_builder.errors import OutputError, SourceError, UnknownVoice, WorkersError
from audio_builder.pipeline import build
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.from_document import read_document
from tests.conftest import ROOT, hear_ctrl_c
from tests.support.batch_helpers import SHORT_RECIPE, put_articles
from tests.support.poison import run_or_die

RECIPE = make_recipe(tomllib.loads(SHORT_RECIPE))
OPTIONS = ("--voice", "tone", "--background", "none")


def _batch(out: Path) -> Batch:
    return Batch(lambda source: Settled(read_document(source.path), RECIPE, out))


def _all(batch: Batch, articles: Path, workers: Workers) -> list[Finished]:
    rows = [row for row in batch.plan(find_sources([articles])) if row.state in {"new", "new version"}]
    return list(run_batch(batch, rows, workers))


def test_an_article_that_ends_its_process_twice_is_named_and_the_others_are_made(tmp_path: Path) -> None:
    """The second run makes none of them again."""
    articles = put_articles(tmp_path / "in", 4, poison=[1])
    with open_local(2, lambda _key, _stage: None) as workers:
        finished = _all(_batch(tmp_path / "out"), articles, dataclasses.replace(workers, run=run_or_die))
        again = _all(_batch(tmp_path / "out"), articles, dataclasses.replace(workers, run=run_or_die))
    assert len(list((tmp_path / "out").glob("*.mp3"))) == 3
    for runs in (finished, again):
        assert [one.row.title for one in runs if one.failure and one.failure.error == "WorkerLost"] == ["Poison 1"]
    assert len(again) == 1
    journal = (tmp_path / "out" / JOURNAL_FILE).read_text(encoding="utf-8")
    assert journal.count('"WorkerLost"') == 2


def test_any_executor_of_concurrent_futures_builds_a_batch(tmp_path: Path) -> None:
    """The episodes come back as bytes where no folder is shared; their stages are told."""
    articles = put_articles(tmp_path / "in", 2)
    with ThreadPoolExecutor(1) as executor:
        finished = _all(_batch(tmp_path / "out"), articles, Workers(executor, run_task, lambda: 1))
    close_workers()
    assert [one.report.path for one in finished if one.report] == [
        str(tmp_path / "out" / name) for name in ("walk-0.mp3", "walk-1.mp3")
    ]


def test_a_show_whose_silences_stretch_gets_the_sounds_for_it(tmp_path: Path) -> None:
    """The same bytes as by `build`, through a shared folder or without; one that is gone is made again."""
    articles = put_articles(tmp_path / "in", 1)
    folders = [tmp_path / name for name in ("alone", "sent", "shared")]
    for folder in folders:
        folder.mkdir()
        (folder / "show.toml").write_text('title = "Evening Pages"\nelastic = true\n', encoding="utf-8")
    build(articles / "000.md", RECIPE, folders[0])
    with ThreadPoolExecutor(1) as executor:
        workers = Workers(executor, run_task, lambda: 1)
        _all(_batch(folders[1]), articles, workers)
        _all(dataclasses.replace(_batch(folders[2]), shared=str(tmp_path)), articles, workers)
        close_workers()
    sounds = [{path.name: path.read_bytes() for path in folder.glob("*.mp3")} for folder in folders]
    assert set(sounds[0]) == {"walk-0.mp3", "walk-0.voice.mp3", "walk-0.bed.mp3"}
    assert sounds[0] == sounds[1] == sounds[2]
    assert read_record(folders[1] / "walk-0.episode.json").elastic is not None
    assert list(tmp_path.glob("*.mp3")) == []
    states = []
    for _ in range(2):
        states += [row.state for row in _batch(folders[1]).plan(find_sources([articles]))]
        (folders[1] / "walk-0.bed.mp3").unlink(missing_ok=True)
    assert states == ["unchanged", "new version"]


def test_a_sound_of_ones_own_beside_an_episode_stays(tmp_path: Path) -> None:
    """Where the voice alone would go lies a person's file: it is said before a word is spoken."""
    articles = put_articles(tmp_path / "in", 1)
    out = tmp_path / "out"
    build(articles / "000.md", RECIPE, out)
    (out / "walk-0.voice.mp3").write_bytes(b"my own")
    with pytest.raises(OutputError, match="made by somebody else"):
        build(articles / "000.md", RECIPE, out, voice_only=True)
    rows = list(dataclasses.replace(_batch(out), voice_only=True).plan(find_sources([articles])))
    assert [row.state for row in rows] == ["failed"]
    assert (out / "walk-0.voice.mp3").read_bytes() == b"my own"


class _Crowded(ThreadPoolExecutor):
    """Says of each task that is out together with another one that its workers died, as Dask does of neighbours."""

    def submit(self, run: Callable[[Task], object], task: Task) -> Future[object]:  # type: ignore[override]
        future: Future[object] = Future()
        self.out = [one for one in getattr(self, "out", []) if not one.done()] + [future]
        if len(self.out) > 1 or task.document.title == "Poison 1":
            future.set_exception(KeyError("the workers died"))
        else:
            super().submit(lambda: future.set_result(run(task)))
        return future


def test_what_was_out_together_when_workers_died_is_tried_alone_at_the_end(tmp_path: Path) -> None:
    """Only what ends a worker when nothing else is out is named as lost."""
    articles = put_articles(tmp_path / "in", 3, poison=[1])
    with _Crowded(1) as executor:
        workers = Workers(executor, run_task, lambda: 3, gave_up=(KeyError,))
        finished = _all(_batch(tmp_path / "out"), articles, workers)
    close_workers()
    assert sorted(one.row.title for one in finished if one.report) == ["Walk 0", "Walk 2"]
    assert [one.failure.error for one in finished if one.failure] == ["WorkerLost"]


class _Gone(Executor):
    def submit(self, *_arguments: object, **_named: object) -> Future[object]:  # type: ignore[override]
        raise RuntimeError("it was shut down")


def test_an_executor_that_takes_nothing_more_ends_in_an_error(tmp_path: Path) -> None:
    """It isn't each article's fault."""
    articles = put_articles(tmp_path / "in", 2)
    with pytest.raises(WorkersError, match="it was shut down"):
        _all(_batch(tmp_path / "out"), articles, Workers(_Gone(), run_task, lambda: 1))


def test_an_executor_that_nobody_publishes_is_refused() -> None:
    """With the names of those that are there."""
    with pytest.raises(WorkersError, match="there is no executor called “ray”"), open_published("ray", 1):
        pass


def test_a_line_of_the_journal_that_was_cut_short_costs_only_itself(tmp_path: Path) -> None:
    """Whatever was killed while it was written."""
    journal = Journal(tmp_path)
    journal.note_made("a.md", "k1", tmp_path / "a.mp3", "s1")
    with (tmp_path / JOURNAL_FILE).open("ab") as stream:
        stream.write(b'{"source":"b.md","key":"k2","sha2')
    Journal(tmp_path).note_made("c.md", "k3", tmp_path / "c.mp3", "s3")
    found = Journal(tmp_path)
    assert [found.made(key) for key in ("k1", "k2", "k3")] == ["s1", "", "s3"]


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_lies_where_the_journal_would_be_stays(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The episodes are made all the same, and it is said once."""
    articles, out = put_articles(tmp_path / "in", 2), tmp_path / "out"
    notes, journal = tmp_path / "notes.txt", out / JOURNAL_FILE
    out.mkdir()
    notes.write_text("a list of mine\n", encoding="utf-8")
    if kind == "file":
        notes.rename(journal)
    elif kind == "link":
        journal.symlink_to(notes)
    else:
        journal.mkdir()
    assert run(["build", str(articles), "-o", str(out), *OPTIONS]) == 0
    assert capfd.readouterr().err.count("Can't note in") == 1
    assert len(list(out.glob("*.mp3"))) == 2
    assert kind == "folder" or journal.read_text(encoding="utf-8") == "a list of mine\n"


def test_build_takes_files_and_folders(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What can't be read is named at the end, the rest is made, and the exit code says so."""
    articles = put_articles(tmp_path / "in", 1)
    (tmp_path / "b.txt").write_text("A stone in the river.", encoding="utf-8")
    arguments = ["build", str(tmp_path / "b.txt"), str(tmp_path / "nowhere.md"), str(articles)]
    assert run([*arguments, "-o", str(tmp_path / "out"), *OPTIONS]) == SourceError.exit_code
    printed = capfd.readouterr()
    assert sorted(Path(line).name for line in printed.out.splitlines()) == ["b.mp3", "walk-0.mp3"]
    assert "nowhere.md" in printed.err
    assert "of 3, 1 could not be made (2 made)" in printed.err


def test_what_is_wrong_with_all_is_said_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A voice that isn't there isn't each article's fault."""
    articles = put_articles(tmp_path / "in", 3)
    assert run(["build", str(articles), "-o", str(tmp_path / "out"), "--voice", "nobody"]) == UnknownVoice.exit_code
    assert capfd.readouterr().err.count("there is no voice called “nobody”") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "one.mp3"], "-o is a folder where several episodes are made"),
        (["--title", "One"], "--title is for one episode"),
        (["--chapter", "2"], "--chapter can't be given with several texts"),
    ],
)
def test_options_for_one_episode_are_refused(
    arguments: list[str], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each episode has its own."""
    assert run(["build", str(put_articles(tmp_path / "in", 2)), *arguments]) == 2
    assert said in capfd.readouterr().err


def test_the_plan_is_shown_and_nothing_is_made_by_a_dry_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nor without a terminal to ask on, unless --yes is given."""
    articles = put_articles(tmp_path / "in", 2)
    command = ["batch", str(articles), "-o", str(tmp_path / "out"), *OPTIONS]
    assert run([*command, "--dry-run"]) == 0
    printed = capfd.readouterr()
    assert "Walk 0" in printed.err
    assert "walk-1 " in printed.err
    assert "2 to make, about " in printed.err
    assert run(command) == 2
    assert "add --yes to begin" in capfd.readouterr().err
    assert list((tmp_path / "out").glob("*.mp3")) == []


def test_on_a_narrow_terminal_names_are_cut_and_no_figure_is(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan of long titles has its words, lengths and voices in 80 columns; the same warning of many is one line."""
    monkeypatch.setenv("COLUMNS", "80")
    title = "A rather long title, evening after evening"
    rows = [
        PlannedEpisode(
            Source(Path(f"{count}.md")), "new", title, 12_345, 70_000, 5400.0, ("lark", "emma"), "en",
            Path(f"out/{title}-{count}.mp3"), ("the name is another text's",),
        )
        for count in range(5)
    ]  # fmt: skip
    show_plan(rows, Console())
    show_warnings(rows, Console())
    *lines, warning = capfd.readouterr().err.splitlines()
    assert max(map(len, lines)) <= 80
    assert all("12,345  1:30:00  lark, emma  en" in line and line.rstrip().endswith("new") for line in lines[1:])
    assert warning == "Warning: 0.md and 4 more: the name is another text's"


def test_json_is_a_line_for_each_event(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Planned, made, and the end with its counts."""
    articles = put_articles(tmp_path / "in", 1)
    command = ["batch", str(articles), "-o", str(tmp_path / "out"), *OPTIONS, "--yes", "--json", "-q"]
    assert run(command) == 0
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["planned", "made", "end"]
    assert events[1]["report"]["title"] == "Walk 0"
    assert run(command) == 0
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(event["event"], event.get("state")) for event in events] == [("planned", "unchanged"), ("end", None)]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_at_any_moment_the_same_command_makes_the_rest(tmp_path: Path, number: signal.Signals) -> None:
    """What was finished isn't made again, and no process is left of the first run."""
    articles = put_articles(tmp_path / "in", 6)
    command = [sys.executable, "-m", "audio_builder", "batch", str(articles), "-o", str(tmp_path / "out"), *OPTIONS]
    command += ["--yes", "--jobs", "2"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        command,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - no threads are running yet
    )
    assert process.stdout is not None
    made = [process.stdout.readline()]
    process.send_signal(number)
    rest, said = process.communicate(timeout=60)
    made += rest.splitlines()
    assert "Traceback" not in said
    assert number is signal.SIGKILL or not list(tmp_path.glob("*audio-builder-*")), "what workers hold goes with them"
    assert process.returncode == (-signal.SIGKILL if number is signal.SIGKILL else 130)
    again = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    names = {Path(line.strip()).name for line in (*made, *again.stdout.splitlines())}
    assert names == {f"walk-{count}.mp3" for count in range(6)}
    assert len(made) + len(again.stdout.splitlines()) == 6
    assert _still_running(tmp_path) == []


def _still_running(folder: Path) -> list[str]:
    """Return the processes that were started with a temporary folder of this test, a moment after."""
    for _ in range(100):
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_text())
            except OSError:
                continue
        if not found:
            return []
        time.sleep(0.1)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc knows these settings")
def test_a_worker_of_a_cluster_keeps_its_memory():
    """Dask has each freed block given back at once, which makes mixing half as fast: the same pages fault in again."""
    program = (
        "import resource, sys\n"
        "from audio_builder.batch.task import keep_memory\n"
        "if sys.argv[1] == 'kept': keep_memory()\n"
        "def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "before = faults()\n"
        "for _ in range(50): bytearray(1 << 20)\n"
        "print(faults() - before)\n"
    )
    environment = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "65536"}
    given_back, kept = (
        int(
            subprocess.run(
                [sys.executable, "-c", program, how], env=environment, capture_output=True, check=True
            ).stdout
        )
        for how in ("given back", "kept")
    )
    assert given_back > 10_000
    assert kept < given_back / 10
