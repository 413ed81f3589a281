"""Which episode a text becomes: the same source is a new version, another one never takes an episode's place."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest

from audio_builder.episode.identity import Work, choose_place
from audio_builder.episode.naming import Origin
from audio_builder.episode.record import read_record, record_path
from audio_builder.episode.report import to_json
from audio_builder.errors import OutputError
from audio_builder.recipe.settings import Tags
from tests.support.show_helpers import record_of

BUS = "On Patience The first text speaks about waiting for the bus, and of what the driver said"
YEAST = "On Patience A second, quite other one deals with bread and yeast, flour and salt"
FIRST = Work("On Patience", "On Patience", "", BUS, "", "/texts/a.md")


def _put(folder: Path, work: Work, origin: Origin, path: Path) -> None:
    """Leave an episode as `build` does."""
    path.write_bytes(f"{work.title} {work.words}".encode())
    tags = Tags(title=work.title, date=work.date)
    record = record_of(path.read_bytes(), tags, words=work.words, origin=origin)
    record_path(path).write_bytes(to_json(record))


def _build(folder: Path, **changes: str) -> str:
    work = dataclasses.replace(FIRST, **changes)
    place = choose_place(folder, work)
    _put(folder, work, place.origin, place.path)
    return place.path.name


SAME, OTHER = "on-patience.mp3", "on-patience-2.mp3"


@pytest.mark.parametrize(
    ("first", "then", "name"),
    [
        ({}, {}, SAME),
        ({}, {"words": BUS + " and more"}, SAME),
        ({}, {"words": YEAST}, SAME),  # its author wrote it anew, under the same title in the same file
        ({}, {"title": "On Patients", "name": "On Patients", "words": BUS.replace("Patience", "Patients")}, SAME),
        ({}, {"title": "On Bread", "name": "On Bread", "words": YEAST}, "on-bread.mp3"),
        ({}, {"place": "/texts/b.md", "words": YEAST}, OTHER),
        ({}, {"place": "/texts/b.md", "words": BUS + " again"}, OTHER),
        ({}, {"place": "/moved/a.md"}, SAME),
        ({}, {"place": "/moved/a.md", "date": "2026-11-21"}, OTHER),
        ({"date": "2026-11-20"}, {"date": "2026-11-20"}, SAME),
        ({"date": "2026-11-20"}, {"date": "2026-11-21"}, OTHER),
        ({}, {"date": "2026-11-20"}, SAME),  # dated since
        ({"date": "2026-11-20"}, {}, SAME),
        ({}, {"date": "2026-11-20", "words": YEAST}, OTHER),  # another day's page in the same file
        ({"place": ""}, {"place": "", "date": "2026-11-20"}, OTHER),
        ({"place": "/texts/book.epub#1"}, {"place": "/texts/book.epub#2", "words": YEAST}, OTHER),
        ({"place": ""}, {"place": ""}, SAME),
        ({"place": ""}, {"place": "", "words": BUS + " more"}, OTHER),
        ({"id": "p"}, {"id": "p", "place": "/x", "date": "2026-11-21", "title": "T", "words": YEAST}, SAME),
        ({"id": "p"}, {"id": "q"}, OTHER),
        ({"id": "p"}, {}, OTHER),
        ({}, {"id": "p", "name": "p", "title": "Now with an id"}, SAME),
        ({"title": "Why?", "name": "Why?"}, {"title": "Why!", "name": "Why!", "place": "/b"}, "why-2.mp3"),
        ({"title": "C", "name": "C"}, {"title": "C++", "name": "C++", "place": "/b", "words": YEAST}, "c-2.mp3"),
    ],
)
def test_the_same_source_keeps_its_file(first: dict[str, str], then: dict[str, str], name: str, tmp_path: Path) -> None:
    """A source is its id, else its file and date, else its words; a corrected title changes nothing."""
    _build(tmp_path, **first)
    assert _build(tmp_path, **then) == name
    assert _build(tmp_path, **then) == name, "and again"


def test_another_date_is_another_episode_and_said(tmp_path: Path) -> None:
    """Who corrected the date knows what to remove."""
    _build(tmp_path, date="2026-11-20")
    place = choose_place(tmp_path, dataclasses.replace(FIRST, date="2026-11-21"))
    assert place.path.name == OTHER
    assert f"{SAME} has the same words and another date" in place.note


def test_what_it_is_known_by_stays_with_it(tmp_path: Path) -> None:
    """Identity and first date pass from version to version, whatever the title is; another source has others."""
    _build(tmp_path)
    first = read_record(tmp_path / "on-patience.episode.json").origin
    _build(tmp_path, title="On Patients")
    again = read_record(tmp_path / "on-patience.episode.json").origin
    assert (again.identity, again.place) == (first.identity, first.place)
    assert again.first_built == "2026-11-20T18:00:00Z"
    _build(tmp_path, place="/texts/b.md", words=YEAST)
    assert read_record(tmp_path / "on-patience-2.episode.json").origin.identity != first.identity
    assert "texts" not in (tmp_path / "on-patience.episode.json").read_text(), "a record is published"


def test_folder_and_texts_can_move_together(tmp_path: Path) -> None:
    """The place is seen from the folder."""
    one, other = tmp_path / "one", tmp_path / "other"
    for home in (one, other):
        (home / "out").mkdir(parents=True)
    _build(one / "out", place=str(one / "a.md"))
    (one / "out" / SAME).rename(other / "out" / SAME)
    record_path(one / "out" / SAME).rename(record_path(other / "out" / SAME))
    assert _build(other / "out", place=str(other / "a.md"), words=YEAST) == SAME


@pytest.mark.parametrize(
    ("then", "name"), [({"words": BUS + " more"}, SAME), ({"words": YEAST}, OTHER), ({"title": "Other"}, "other.mp3")]
)
def test_an_episode_of_an_earlier_version_is_known_by_title_and_words(
    then: dict[str, str], name: str, tmp_path: Path
) -> None:
    """Its record doesn't say where it came from."""
    _put(tmp_path, FIRST, Origin(), tmp_path / SAME)
    assert _build(tmp_path, **{"name": then.get("title", FIRST.name), **then}) == name
    record = read_record(tmp_path / name.replace(".mp3", ".episode.json"))
    assert bool(record.origin.identity) is (name != SAME), "its guid stays the one that follows from its name"


@pytest.mark.parametrize("there", ["on-patience.mp3", "on-patience.episode.json", "on-patience.voice.mp3"])
def test_somebody_elses_file_keeps_its_name(there: str, tmp_path: Path) -> None:
    """Music, a JSON file, a link that leads nowhere: the episode gets another name, and says so."""
    (tmp_path / there).symlink_to("nowhere")
    place = choose_place(tmp_path, FIRST)
    assert place.path.name == OTHER
    assert place.note == "the name on-patience.mp3 is another text's: this one has a number after it"


def test_a_version_that_was_changed_since_is_not_replaced_unasked(tmp_path: Path) -> None:
    """Somebody set its tags with another program: the hint has --force, which keeps what it is known by."""
    _build(tmp_path)
    identity = read_record(tmp_path / "on-patience.episode.json").origin.identity
    (tmp_path / SAME).write_bytes(b"retagged")
    with pytest.raises(OutputError, match="changed since") as caught:
        choose_place(tmp_path, FIRST)
    assert "--force" in caught.value.hint
    assert choose_place(tmp_path, FIRST, "replace").origin.identity == identity
    other = dataclasses.replace(FIRST, place="/b", words=YEAST)
    assert choose_place(tmp_path, other, "replace").path.name == SAME


def test_a_chosen_name_is_never_changed(tmp_path: Path) -> None:
    """With -o FILE.mp3 another source is refused, the same one is a new version."""
    file = tmp_path / "My Talk.mp3"
    _put(tmp_path, FIRST, choose_place(file, FIRST).origin, file)
    assert choose_place(file, dataclasses.replace(FIRST, words=YEAST)).path == file
    other = dataclasses.replace(FIRST, place="/b", words=YEAST)
    with pytest.raises(OutputError, match="is not an earlier version of this episode"):
        choose_place(file, other)
    assert choose_place(file, other, "replace").path == file
    for name, said in (("x.wav", "an episode is an MP3 file"), ("x.voice.mp3", "name of a twin")):
        with pytest.raises(OutputError, match=said):
            choose_place(tmp_path / name, FIRST)
    (tmp_path / "folder.mp3").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        choose_place(tmp_path / "folder.mp3", FIRST, "replace")


def test_refusing_asks_before_a_version_is_replaced(tmp_path: Path) -> None:
    """This is how `rebuild` meets the original."""
    _build(tmp_path)
    with pytest.raises(OutputError, match="is already this episode") as caught:
        choose_place(tmp_path, FIRST, "refuse")
    assert "--force" in caught.value.hint
    assert choose_place(tmp_path / "new", FIRST, "refuse").path == tmp_path / "new" / SAME


def test_what_is_rebuilt_still_belongs_to_its_file(tmp_path: Path) -> None:
    """The MP3 doesn't know where the text lies; the record goes on knowing it."""
    _build(tmp_path)
    rebuilt = dataclasses.replace(FIRST, place="")
    _put(tmp_path, rebuilt, choose_place(tmp_path, rebuilt, "replace").origin, tmp_path / SAME)
    assert _build(tmp_path, words=YEAST) == SAME


def test_many_of_one_title(tmp_path: Path) -> None:
    """Each has its own name, which is never longer than names may be."""
    title = "x" * 64
    names = {_build(tmp_path, title=title, name=title, place=f"/{number}", words=str(number)) for number in range(12)}
    assert len(names) == 12
    assert max(map(len, names)) <= 68
    assert msgspec.json.decode((tmp_path / f"{'x' * 64}.episode.json").read_bytes())["words"] == "0"
