"""The record beside an episode: the times of the words, and which sound they belong to."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import audio_builder
from audio_builder.episode.record import phrases_of, read_record, record_path, sound_of
from audio_builder.episode.report import to_json
from audio_builder.errors import OutputError
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.cues import Reason, Rest, Role, Say
from tests.conftest import ROOT
from tests.sound_helpers import Clips, speech, timeline_of


def test_a_phrase_is_timed_from_its_first_to_its_last_sound():
    """A rest of 2 s, then 1 s of speech: the phrase is heard from 2 s to 3 s, whatever margins its clip has."""
    clip = Clips().clip(speech(1.0, margin=2000), margin=2000)
    timeline = timeline_of([Rest(2.0, Reason.OPENING), Say("Some words.", Role.PROSE)], [clip])
    (phrase,) = phrases_of(timeline)
    assert (phrase.start_s, phrase.end_s) == (pytest.approx(2.0), pytest.approx(3.0))
    assert (phrase.text, phrase.role) == ("Some words.", "prose")


def test_a_build_leaves_a_record_of_its_own_bytes(tmp_path: Path):
    """The record names the MP3's length and SHA-256, its tags and words, and no folder of the machine."""
    recipe = make_recipe({"voice": "tone", "tags": {"author": "A. Writer"}})
    report = audio_builder.build(ROOT / "examples" / "one-quiet-minute.md", recipe, tmp_path)
    episode = Path(report.path)
    record = read_record(record_path(episode))
    assert record.sound.bytes == episode.stat().st_size
    assert record.sound.sha256 == hashlib.sha256(episode.read_bytes()).hexdigest()
    assert (record.tags.title, record.tags.author) == ("One Quiet Minute", "A. Writer")
    assert "synthetic voice “tone”" in record.disclosure
    assert " ".join(record.words.split()) == " ".join(phrase.text for phrase in record.phrases)
    assert str(tmp_path) not in record_path(episode).read_text(encoding="utf-8")


def test_a_record_can_be_written_and_read(tmp_path: Path):
    """What is written is what is read."""
    audio_builder.build(ROOT / "examples" / "one-quiet-minute.md", make_recipe({"voice": "tone"}), tmp_path)
    path = tmp_path / "one-quiet-minute.episode.json"
    record = read_record(path)
    assert to_json(record) == path.read_bytes()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "not a record of an episode"),
        (b"\xff\xfe{}", "not a record of an episode"),
        (b'{"schema_version": 1}', "missing required field"),
    ],
)
def test_a_damaged_record_says_what_to_do(tmp_path: Path, content: bytes, complaint: str):
    """A record that is cut off or no record names itself and tells to build again."""
    path = tmp_path / "x.episode.json"
    path.write_bytes(content)
    with pytest.raises(OutputError, match=complaint) as failed:
        read_record(path)
    assert "x.episode.json" in failed.value.message
    assert "Build the episode again" in failed.value.hint


def test_a_missing_file_has_no_hash(tmp_path: Path):
    """The sound of a file that isn't there is an error of our tree."""
    with pytest.raises(OutputError, match="No such file"):
        sound_of(tmp_path / "none.mp3")
