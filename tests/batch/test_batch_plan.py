"""The plan of a batch: names, conflicts and what is there unchanged, before anything is spoken."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from audio_builder.batch.batch_plan import Batch, Settled
from audio_builder.batch.executors import open_local
from audio_builder.batch.run_batch import Finished, run_batch
from audio_builder.batch.sources import Source, find_sources
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.from_document import read_document
from tests.support.batch_helpers import SHORT_RECIPE

RECIPE = make_recipe(tomllib.loads(SHORT_RECIPE))


def _put(folder: Path, name: str, title: str, words: str = "The lake lay still.", front: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"{front}# {title}\n\n{words}\n", encoding="utf-8")
    return folder / name


def _batch(out: Path, recipe: Recipe = RECIPE) -> Batch:
    return Batch(lambda source: Settled(read_document(source.path), recipe, out))


def _build(batch: Batch, sources: list[Source]) -> list[Finished]:
    rows = [row for row in batch.plan(sources) if row.state in {"new", "new version"}]
    with open_local(1, lambda _key, _stage: None) as workers:
        return list(run_batch(batch, rows, workers))


def test_two_texts_of_one_title_get_two_names_in_their_order(tmp_path: Path) -> None:
    """Before either is there; nothing is made by planning but the folder."""
    _put(tmp_path / "in", "a.md", "On patience")
    _put(tmp_path / "in", "b.md", "On patience", "Bread needs time to rise.")
    rows = list(_batch(tmp_path / "out").plan(find_sources([tmp_path / "in"])))
    assert [row.path and row.path.name for row in rows] == ["on-patience.mp3", "on-patience-2.mp3"]
    assert rows[1].warnings == ("the name on-patience.mp3 is another text's: this one has a number after it",)
    assert [row.words for row in rows] == [6, 7]
    assert list((tmp_path / "out").iterdir()) == []


def test_two_texts_that_would_be_one_episode_are_a_conflict(tmp_path: Path) -> None:
    """The second one isn't built over the first."""
    front = "---\nid: patience\n---\n"
    _put(tmp_path / "in", "a.md", "On patience", front=front)
    _put(tmp_path / "in", "b.md", "Waiting", "Bread needs time to rise.", front=front)
    rows = list(_batch(tmp_path / "out").plan(find_sources([tmp_path / "in"])))
    assert rows[0].state == "new"
    assert rows[1].failure is not None
    assert "it is the same episode as " in rows[1].failure.message


def test_what_cannot_be_built_is_a_row_with_its_error(tmp_path: Path) -> None:
    """And the others are planned."""
    _put(tmp_path, "a.md", "On patience")
    rows = list(_batch(tmp_path / "out").plan([Source(tmp_path / "nowhere.md"), Source(tmp_path / "a.md")]))
    assert [row.state for row in rows] == ["failed", "new"]
    assert rows[0].failure is not None
    assert rows[0].failure.as_error().exit_code == 3


def test_an_episode_with_a_cover_of_ones_own_is_known_again_until_the_cover_changes(tmp_path: Path) -> None:
    """By the journal: what it carries doesn't hold the picture."""
    from PIL import Image

    cover = tmp_path / "cover.png"
    Image.new("RGB", (1400, 1400), "navy").save(cover)
    recipe = msgspec.structs.replace(RECIPE, tags=msgspec.structs.replace(RECIPE.tags, cover=str(cover)))
    sources = [Source(_put(tmp_path / "in", "a.md", "On patience"))]
    (made,) = _build(_batch(tmp_path / "out", recipe), sources)
    assert made.failure is None
    assert [row.state for row in _batch(tmp_path / "out", recipe).plan(sources)] == ["unchanged"]
    Image.new("RGB", (1400, 1400), "maroon").save(cover)
    assert [row.state for row in _batch(tmp_path / "out", recipe).plan(sources)] == ["new version"]


def test_a_name_that_was_taken_after_planning_is_not_taken_away(tmp_path: Path) -> None:
    """Another program's file of that name stays; the episode gets the next name."""
    batch = _batch(tmp_path / "out")
    rows = list(batch.plan([Source(_put(tmp_path / "in", "a.md", "On patience"))]))
    (tmp_path / "out" / "on-patience.mp3").write_bytes(b"music")
    with open_local(1, lambda _key, _stage: None) as workers:
        (made,) = run_batch(batch, rows, workers)
    assert made.report is not None
    assert Path(made.report.path).name == "on-patience-2.mp3"
    assert (tmp_path / "out" / "on-patience.mp3").read_bytes() == b"music"
