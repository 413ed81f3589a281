"""Elastic episodes: where the silences are, and a background that can follow itself."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile

import audio_builder
from audio_builder.episode.elastic import STRETCH_S, seamless
from audio_builder.episode.record import read_record, record_path
from audio_builder.podcast.publisher import publish
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Soundscape
from audio_builder.sound.background import open_bed
from audio_builder.sound.bed import BedFormat
from tests.support.show_helpers import SHOW, put_show

TEXT = "# The Gate\n\nThe gate is open. [bell] What is behind it?\n\n[pause 7s]\n\nA lane. [bell] It goes on.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An elastic show with one episode, which has two bells, and two other lengths of it."""
    folder = tmp_path_factory.mktemp("show")
    put_show(folder, msgspec.structs.replace(SHOW, elastic=True))
    source = folder / "gate.md"
    source.write_text(TEXT, encoding="utf-8")
    audio_builder.build(source, make_recipe({"voice": "tone"}), folder, lengths=(45.0, 40.0, 55.0))
    return folder


@pytest.mark.parametrize("name", ["pink", "drone", "rain"])
def test_a_stretch_of_background_follows_itself(name: str) -> None:
    """Where its end meets its beginning it changes no more than elsewhere, and it is nowhere much softer."""
    bed = open_bed(Soundscape(background=name), BedFormat(44100, 2))
    sound = seamless(bed, 44100)
    margin = 22050
    stretch = sound[margin:-margin]
    assert len(stretch) == round(STRETCH_S * 44100)
    np.testing.assert_array_equal(sound[:margin], stretch[-margin:])
    np.testing.assert_array_equal(sound[-margin:], stretch[:margin])
    seam = np.abs(stretch[0] - stretch[-1]).max()
    assert seam <= np.abs(np.diff(stretch, axis=0)).max()
    seconds = np.sqrt((stretch[: 44100 * 48].reshape(48, -1) ** 2).mean(axis=1))
    assert seconds[:4].min() > seconds[4:].min() * 0.7


def test_the_record_knows_every_silence(folder: Path) -> None:
    """They lie between phrases, in order; a person's own is among them with its reason."""
    record = read_record(folder / "the-gate.episode.json")
    assert any(rest.reason == "mark" and rest.end_s - rest.start_s == pytest.approx(7) for rest in record.rests)
    assert [rest.start_s for rest in record.rests] == sorted(rest.start_s for rest in record.rests)
    for rest in record.rests:
        for phrase in record.phrases:
            assert rest.end_s <= phrase.start_s + 0.002 or rest.start_s >= phrase.end_s - 0.002
    assert record.rests[-1].end_s == pytest.approx(record.report.duration_s, abs=0.01)


def test_bells_lie_in_the_file_of_the_background(folder: Path) -> None:
    """Each tone sounds there for its length; two strokes of one length share their place."""
    record = read_record(folder / "the-gate.episode.json")
    assert record.elastic is not None
    sound, rate_hz = soundfile.read(folder / "the-gate.bed.mp3")
    for tone in record.elastic.tones:
        first = round(tone.at_s * rate_hz)
        assert np.abs(sound[first : first + rate_hz // 2]).max() > 0.02
        assert np.abs(sound[first - rate_hz // 4 : first - rate_hz // 20]).max() < 0.01
    assert record.elastic.bed_s == STRETCH_S


def test_other_lengths_lie_beside_the_episode(folder: Path) -> None:
    """The first is the episode's own; the others have the same words and exactly their length; all clips were there."""
    record = read_record(record_path(folder / "the-gate.mp3"))
    assert record.report.duration_s == pytest.approx(45)
    lengths = {one.suffix: one.duration_s for one in record.beside if one.kind == "length"}
    assert lengths == {".40s.mp3": pytest.approx(40), ".55s.mp3": pytest.approx(55)}
    for suffix, seconds in lengths.items():
        assert soundfile.info(folder / f"the-gate{suffix}").duration == pytest.approx(seconds, abs=0.06)


def test_the_feed_offers_what_is_beside(folder: Path) -> None:
    """The voice alone and both lengths are alternate enclosures; their files are there, and none is an episode."""
    report = publish(folder)
    feed = (folder / "feed.xml").read_text(encoding="utf-8")
    assert report.unrecorded == ()
    assert feed.count("<podcast:alternateEnclosure") == 3
    assert 'title="Voice only"' in feed
    for name in re.findall(r'podcast:source uri="https://example.org/pages/([^"]+)"', feed):
        assert (folder / name).is_file()
    assert "connect-src 'self'" in (folder / "episodes" / "the-gate.html").read_text(encoding="utf-8").replace(
        "&#39;", "'"
    )
