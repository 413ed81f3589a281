"""What is heard in an episode: the report of a build, and a finished file."""

from __future__ import annotations

import importlib.util
import subprocess
from dataclasses import replace
from pathlib import Path

import mutagen.id3
import pytest
from click.testing import CliRunner

import audio_builder
from audio_builder.audio.samples import ffmpeg_program
from audio_builder.cli.main import cli
from audio_builder.episode.listening import _spans, listen_to_file, listening_of
from audio_builder.episode.record import read_record, record_path
from audio_builder.episode.tag.read_tag import TimedLine, read_timed_lines
from audio_builder.errors import MissingExtra, NotAudio
from audio_builder.narration import recogniser
from audio_builder.narration.hearing import Difference, Hearing
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.cues import Reason, Rest, Role, Say
from tests.conftest import ROOT
from tests.sound_helpers import Clips, speech, timeline_of

TEXT = """# The Ferry

The first boat leaves before it is light. A few people stand on the deck and hold their cups with both hands.
"""


def test_what_was_heard_in_the_clips_is_reported_at_its_time():
    """Sure differences with their place in the episode; short phrases and other languages are counted apart."""
    clips = Clips()
    missing = Difference("missing", "boat", 0.5)
    hearings = [
        Hearing(heard=True, sure=True, differences=(missing,), takes=3),
        Hearing(heard=True, sure=False, differences=(missing,)),
        Hearing(heard=True, sure=True, takes=2),
        Hearing(),
    ]
    says = [Say(f"Phrase {number}.", Role.PROSE) for number in range(len(hearings))]
    cues = [cue for say in says for cue in (Rest(2.0, Reason.SENTENCE), say)]
    made = [replace(clips.clip(speech(1.0, margin=2000), margin=2000), hearing=one) for one in hearings]
    timeline = timeline_of(cues, made)
    report = listening_of(timeline)
    assert report is not None
    assert (report.phrases, report.unsure, report.unheard, report.spoken_again) == (3, 1, 1, 2)
    (place,) = report.differences
    assert place.at_s == pytest.approx(timeline.clips[0].start / timeline.rate_hz + 0.5)
    summary, line = report.lines()
    assert summary.startswith("listened to 3 phrases: 1 place to listen to yourself; 2 spoken again; 1 too short")
    assert summary.endswith("1 unheard (the recogniser knows English)")
    assert line == "0:02.5  “boat” isn't heard in “Some words.”"


def test_nobody_listened_is_no_report():
    """It isn't called right."""
    timeline = timeline_of([Say("Words.", Role.PROSE)], [Clips().clip(speech(1.0, margin=2000), margin=2000)])
    assert listening_of(timeline) is None


def test_lines_end_where_the_record_says_else_where_the_next_begins():
    """With a little around them, and never more than a minute."""
    lines = [TimedLine("One.", 1.0, "eng"), TimedLine("Two.", 5.0, "eng")]
    assert _spans(lines, [(1.0, 2.0), (5.0, 6.0)]) == [(0.85, 2.25), (4.85, 6.25)]
    assert _spans(lines, []) == [(0.85, 4.925), (4.85, 65.0)]


def test_an_mp3_without_timed_words_is_refused(tmp_path: Path):
    """There is nothing to compare with."""
    audio_builder.build(ROOT / "examples" / "one-quiet-minute.md", make_recipe({"voice": "tone"}), tmp_path)
    path = tmp_path / "one-quiet-minute.mp3"
    assert next(iter(read_timed_lines(path))).text == "One Quiet Minute"
    mutagen.id3.ID3(path).delete()
    with pytest.raises(NotAudio, match="carries no words with their times"):
        listen_to_file(path)


def test_without_the_extra_it_is_said_before_anything_is_spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With what to install."""

    def missing(*_: str) -> str:
        raise MissingExtra("--listen needs the package hama, which isn't installed")

    monkeypatch.setattr(recogniser, "installed_version", missing)
    source = ROOT / "examples" / "one-quiet-minute.md"
    result = CliRunner().invoke(cli, ["build", str(source), "--voice", "tone", "--listen", "-o", str(tmp_path)])
    assert isinstance(result.exception, MissingExtra)
    assert result.exception.hint == "Install it with: pip install 'audio-builder[listen]'"
    assert not list(tmp_path.glob("*.mp3"))


@pytest.mark.engine
@pytest.mark.skipif(importlib.util.find_spec("hama") is None, reason="hama isn't installed")
def test_a_word_that_is_gone_from_an_episode_is_found_under_its_background(tmp_path: Path):
    """The episode as it was built has all its words, by the build and by the file; a silenced one has its time."""
    source = tmp_path / "ferry.md"
    source.write_text(TEXT, encoding="utf-8")
    report = audio_builder.build(source, target=tmp_path, listen=True)
    episode = Path(report.path)
    assert report.listening is not None
    assert (report.listening.phrases, report.listening.differences) == (3, ())
    assert listen_to_file(episode).differences == ()
    phrase = next(one for one in read_record(record_path(episode)).phrases if one.text.startswith("A few"))
    gone, end = phrase.word_starts_s[2:4]  # “people”
    assert gone
    assert end
    muted = tmp_path / "muted.mp3"
    muting = f"volume=0:enable='between(t,{gone},{end})'"
    command = [ffmpeg_program(), "-v", "error", "-i", str(episode), "-map", "0:a", "-af", muting, str(muted)]
    subprocess.run(command, check=True)
    mutagen.id3.ID3(episode).save(muted)
    (place,) = listen_to_file(muted).differences
    assert place.what == "“people” isn't heard"
    assert abs(place.at_s - gone) < 0.7
    heard = CliRunner().invoke(cli, ["check", str(muted), "--listen"])
    assert "“people” isn't heard in “A few people stand on the deck" in heard.stdout
