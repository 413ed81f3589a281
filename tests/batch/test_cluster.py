"""Articles on a Dask cluster: processes of their own on loopback, as an existing cluster would be."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from audio_builder.errors import ClusterError, SourceError
from tests.conftest import ROOT
from tests.support.batch_helpers import cluster, put_articles

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None, reason="the package distributed isn't installed"
    ),
]

OPTIONS = ("--yes", "--json", "-v")


def _run(
    *arguments: str, environment: dict[str, str] | None = None, stderr: IO[str] | int = subprocess.PIPE
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "audio_builder", *arguments]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=stderr, text=True)


def _events(process: subprocess.Popen[str]) -> list[dict[str, object]]:
    out, error = process.communicate(timeout=600)
    events = [json.loads(line) for line in out.splitlines()]
    assert events, error
    return events


def test_a_killed_worker_a_poison_and_an_unreadable_file_cost_only_themselves(tmp_path: Path) -> None:
    """9 articles: 7 are made, the same bytes as locally; a second run makes none of them again."""
    articles = put_articles(tmp_path / "articles", 9, poison=[7])
    (articles / "005.md").write_bytes(b"\x00\x01\x02" * 50)
    command = ("batch", str(articles), "-o", str(tmp_path / "there"), *OPTIONS)
    with cluster(tmp_path / "cluster") as running:
        complaints = tmp_path / "complaints"
        lines = []
        with (
            complaints.open("w", encoding="utf-8") as stderr,
            _run(*command, "--cluster", running.address, stderr=stderr) as process,
        ):
            assert process.stdout is not None
            made = 0
            for line in process.stdout:
                lines.append(line)
                made += json.loads(line)["event"] == "made"
                if made == 3:
                    running.kill_one_worker()
                    made += 1
            code = process.wait(60)
        assert code == SourceError.exit_code, complaints.read_text(encoding="utf-8")
        events = [json.loads(line) for line in lines]
        again = _events(_run(*command, "--cluster", running.address))
    failed = {Path(str(event["source"])).name: event for event in events if event["event"] == "failed"}
    assert set(failed) == {"005.md", "007.md"}
    assert failed["007.md"]["error"] == "WorkerLost"
    assert events[-1] | {"made": 7, "failed": 2} == events[-1]
    assert again[-1] | {"made": 0, "unchanged": 7, "failed": 2} == again[-1]

    (articles / "005.md").unlink()
    (articles / "007.md").unlink()
    here = _events(_run("batch", str(articles), "-o", str(tmp_path / "here"), *OPTIONS))
    assert here[-1] | {"made": 7, "failed": 0} == here[-1]
    for file in sorted((tmp_path / "here").glob("*.mp3")):
        assert file.read_bytes() == (tmp_path / "there" / file.name).read_bytes(), file.name


def test_a_lost_scheduler_ends_in_a_clear_error_and_what_is_finished_stays(tmp_path: Path) -> None:
    """The same command then makes the rest, here."""
    articles = put_articles(tmp_path / "articles", 6)
    command = ("batch", str(articles), "-o", str(tmp_path / "out"), *OPTIONS)
    with cluster(tmp_path / "cluster", workers=1) as running:
        process = _run(*command, "--cluster", running.address, "--shared", str(tmp_path))
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "made":
                running.scheduler.kill()
                break
        _, error = process.communicate(timeout=120)
    assert process.returncode == ClusterError.exit_code, error
    assert f"the scheduler at {running.address} has gone" in error
    rest = _events(_run(*command))
    assert rest[-1]["failed"] == 0
    assert int(str(rest[-1]["unchanged"])) >= 1
    assert int(str(rest[-1]["made"])) + int(str(rest[-1]["unchanged"])) == 6


def test_a_worker_without_the_voice_says_so_by_name(tmp_path: Path) -> None:
    """Before the first task: nothing is built."""
    articles = put_articles(tmp_path / "articles", 2)
    data = tmp_path / "data"
    (data / "voices").mkdir(parents=True)
    profile = (ROOT / "voices" / "tone.toml").read_text(encoding="utf-8").replace('"tone"', '"mine"', 1)
    (data / "voices" / "mine.toml").write_text(profile, encoding="utf-8")
    command = ["batch", str(articles), "-o", str(tmp_path / "out"), "--voice", "mine", "--yes"]
    with cluster(tmp_path / "cluster", workers=1) as running:
        process = _run(*command, "--cluster", running.address, environment={"AUDIO_BUILDER_DATA": str(data)})
        _, error = process.communicate(timeout=120)
    assert process.returncode == ClusterError.exit_code, error
    assert "can't speak “mine”: there is no voice called “mine”" in error
    assert list((tmp_path / "out").glob("*.mp3")) == []


def test_a_cluster_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With its address, and exit code 11."""
    articles = put_articles(tmp_path / "articles", 2)
    command = ["batch", str(articles), "-o", str(tmp_path / "out"), *OPTIONS]
    environment = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
    process = _run(*command, "--cluster", "tcp://127.0.0.1:9", environment=environment)
    _, error = process.communicate(timeout=120)
    assert process.returncode == ClusterError.exit_code, error
    assert "the scheduler at tcp://127.0.0.1:9 doesn't answer" in error
