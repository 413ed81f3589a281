"""From an article to a delivered MP3, with real voices; what is asserted was measured on the file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import webvtt
from mutagen.id3 import ID3
from mutagen.mp3 import MP3, BitrateMode

import audio_builder
from audio_builder.article.source import SourceText, source_from_bytes
from audio_builder.episode.record import read_record, record_path, sound_of
from audio_builder.episode.report import BuildReport
from audio_builder.podcast.publisher import publish
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.from_document import make_script, read_document
from audio_builder.script.notation import format_script
from tests.conftest import ROOT
from tests.support.show_helpers import put_show

from . import instruments

SHORT = ROOT / "examples" / "one-quiet-minute.md"

SHORT_WORDS = re.findall(
    r"\w+",
    "One Quiet Minute Wherever you are sitting let the chair do a little more of the work Nothing to Finish For the "
    "next minute there is nothing to finish and nothing to put right The room can be as untidy as it is So can your "
    "thoughts Listen for the sound that is farthest away Then for the one that is nearest What changes when you "
    "stop waiting for silence Keep that with you and go on with your day",
)
FEW = "# Evening\n\nThe lamp is on, and the window is dark. Nothing is asked of you now.\n\nWhat is still open?\n"


@dataclass(frozen=True)
class Delivered:
    """An episode and what was reported of it."""

    report: BuildReport
    path: Path

    @cached_property
    def loudness(self) -> instruments.Loudness:
        """What ffmpeg's meter says of it."""
        return instruments.loudness(self.path)

    @cached_property
    def decoded(self) -> tuple[npt.NDArray[np.float32], int]:
        """Its samples, shape (frames, channels), and their rate in Hz."""
        return instruments.decoded(self.path)


def _built(folder: Path, source: Path | SourceText, **recipe: object) -> Delivered:
    report = audio_builder.build(source, make_recipe(recipe), folder)
    return Delivered(report, Path(report.path))


@pytest.fixture(scope="module", params=["lark", "joe", "system"])
def episode(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """The short example, spoken by a real engine."""
    patch = pytest.MonkeyPatch()
    patch.setenv("AUDIO_BUILDER_CACHE", str(tmp_path_factory.mktemp("cache")))
    try:
        return _built(tmp_path_factory.mktemp("output"), SHORT, voice=request.param, tags={"date": "2026-11-23"})
    finally:
        patch.undo()


@pytest.mark.engine
class TestDelivered:
    """What every listener gets, whichever engine speaks."""

    def test_loudness_and_peak_are_those_of_podcasts(self, episode: Delivered):
        """ffmpeg's own meter says −16.0 ± 0.5 LUFS and at most −1.0 dBTP of the decoded MP3."""
        heard = episode.loudness
        assert heard.integrated_lufs == pytest.approx(-16.0, abs=0.5)
        assert heard.true_peak_dbtp <= -1.0

    def test_the_report_agrees_with_ffmpeg(self, episode: Delivered):
        """The reported loudness is within 0.1 LU of ffmpeg's, the true peak within 0.3 dB."""
        heard = episode.loudness
        reported = {line.name: line.value for line in episode.report.findings.lines}
        assert reported["loudness"] == pytest.approx(heard.integrated_lufs, abs=0.1)
        assert reported["true peak"] == pytest.approx(heard.true_peak_dbtp, abs=0.3)

    def test_the_decoded_length_is_the_reported_one_to_the_frame(self, episode: Delivered):
        """The gapless header holds: decoding gives no frame more or less than were rendered."""
        samples, rate_hz = episode.decoded
        assert len(samples) == round(episode.report.duration_s * rate_hz)
        assert (rate_hz, samples.shape[1]) == (44100, 2)

    def test_the_bed_lies_twenty_db_under_the_speech(self, episode: Delivered):
        """In the file, the background of the loudest pause lies 20 dB RMS or more under the speech as a whole."""
        samples, rate_hz = episode.decoded
        opening = samples[2 * rate_hz : 5 * rate_hz]  # the voice begins at 6 s
        level = instruments.rms_dbfs(samples) + 3  # about half of the episode is speech
        assert level - instruments.rms_dbfs(opening) >= 20
        assert np.abs(opening).max() > 0, "there is a background"

    def test_it_begins_and_ends_in_silence(self, episode: Delivered):
        """The first and the last tenth of a second are faded: nothing clicks on or off."""
        samples, rate_hz = episode.decoded
        for edge in (samples[: rate_hz // 10], samples[-rate_hz // 10 :]):
            assert instruments.rms_dbfs(edge) < -70

    def test_chapters_begin_where_their_sound_begins(self, episode: Delivered):
        """The second chapter starts within 50 ms of the bell that opens it; the first starts at 0."""
        samples, rate_hz = episode.decoded
        starts = [chapter.start_s for chapter in episode.report.chapters]
        onsets = instruments.sound_starts(samples, rate_hz, threshold_db=-32)
        assert starts[0] == 0
        assert len(starts) == 2
        assert np.abs(onsets - starts[1]).min() <= 0.05

    def test_the_tag_tells_a_player_everything(self, episode: Delivered):
        """Title, author, show, date, language, disclosure, cover and encoder are in the ID3 tag."""
        tag = ID3(episode.path, translate=False)
        texts = {key: str(tag[key]) for key in ("TIT2", "TPE1", "TALB", "TYER", "TDAT", "TCON", "TLAN")}
        assert texts == {
            "TIT2": "One Quiet Minute", "TPE1": "The audio-builder authors", "TALB": "Reflections",
            "TYER": "2026", "TDAT": "2311", "TCON": "Podcast", "TLAN": "eng",
        }  # fmt: skip
        assert "synthetic" in str(tag.getall("COMM")[0])
        assert tag.getall("APIC")[0].data[:2] == b"\xff\xd8"
        assert "audio-builder" in str(tag["TSSE"])

    def test_chapters_are_in_the_tag_as_players_want_them(self, episode: Delivered):
        """One ordered top-level CTOC with a title of its own names contiguous CHAPs, the last ending with the sound."""
        tag = ID3(episode.path, translate=False)
        (contents,) = tag.getall("CTOC")
        chapters = [tag[f"CHAP:{name}"] for name in contents.child_element_ids]
        assert contents.flags == 3
        assert str(contents.sub_frames["TIT2"])
        assert [str(chapter.sub_frames["TIT2"]) for chapter in chapters] == ["One Quiet Minute", "Nothing to Finish"]
        assert chapters[0].start_time == 0
        assert chapters[0].end_time == chapters[1].start_time
        assert chapters[1].end_time == pytest.approx(episode.report.duration_s * 1000, abs=1)

    def test_the_lyrics_are_the_words(self, episode: Delivered):
        """Every word of the article is in the lyrics, once and in order."""
        (lyrics,) = ID3(episode.path).getall("USLT")
        assert re.findall(r"[\w’']+", lyrics.text) == SHORT_WORDS

    def test_the_bit_rate_is_constant(self, episode: Delivered):
        """The file is CBR at 128 kbps: players seek badly in anything else."""
        info = MP3(episode.path).info
        assert (info.bitrate, info.bitrate_mode) == (128000, BitrateMode.CBR)

    def test_the_voice_speaks_as_fast_as_asked(self, episode: Delivered):
        """80 short words are few, so the measured rate is within 20 % of the preset's 125 words per minute."""
        assert episode.report.voice.wpm_measured == pytest.approx(125, rel=0.20)

    def test_nothing_else_is_left_in_the_folder(self, episode: Delivered):
        """The output folder holds the episode and its record, and nothing else."""
        names = sorted(path.name for path in episode.path.parent.iterdir())
        assert names == ["one-quiet-minute.episode.json", "one-quiet-minute.mp3"]

    def test_every_phrase_is_heard_when_the_record_says(self, episode: Delivered):
        """Within 150 ms of each phrase's time the sound rises 3 dB over what came before it; no word is missing.

        A soft consonant, such as the f of “For”, begins hardly louder than the background, and before a k or a th
        `lark` breathes for a tenth of a second.
        """
        record = read_record(record_path(episode.path))
        samples, rate_hz = episode.decoded

        def loudest_dbfs(start_s: float, end_s: float) -> float:
            window = rate_hz // 100
            windows = samples[round(start_s * rate_hz) : round(end_s * rate_hz)]
            return max(instruments.rms_dbfs(windows[i : i + window]) for i in range(0, len(windows), window))

        rises_db = {
            phrase.text: loudest_dbfs(phrase.start_s, phrase.start_s + 0.15)
            - loudest_dbfs(phrase.start_s - 0.3, phrase.start_s - 0.08)
            for phrase in record.phrases
        }
        assert {text: rise_db for text, rise_db in rises_db.items() if rise_db < 3} == {}
        assert re.findall(r"[\w’']+", " ".join(phrase.text for phrase in record.phrases)) == SHORT_WORDS
        assert record.sound == sound_of(episode.path)

    def test_the_published_transcript_has_every_word_at_the_time_of_its_sound(self, episode: Delivered, tmp_path: Path):
        """The WebVTT that players read: each phrase begins a cue at its time, and the words are the article's."""
        for path in episode.path.parent.iterdir():
            shutil.copyfile(path, tmp_path / path.name)
        put_show(tmp_path)
        publish(tmp_path)
        (transcript,) = (tmp_path / "episodes").glob("*.vtt")
        cues = list(webvtt.read(str(transcript)))
        starts = {round(cue.start_in_seconds + cue.start_time.milliseconds / 1000, 3) for cue in cues}
        phrases = read_record(record_path(episode.path)).phrases
        assert starts >= {round(phrase.start_s, 3) for phrase in phrases}
        assert re.findall(r"[\w’']+", " ".join(cue.text for cue in cues)) == SHORT_WORDS

    @pytest.mark.skipif(shutil.which("ffprobe") is None, reason="needs ffprobe (Debian: apt install ffmpeg)")
    def test_ffprobe_sees_the_chapters(self, episode: Delivered):
        """Another reader finds the same chapters at the same times."""
        command = ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", str(episode.path)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["chapters"]
        seen = [(chapter["tags"]["title"], round(float(chapter["start_time"]), 3)) for chapter in found]
        assert seen == [(chapter.title, round(chapter.start_s, 3)) for chapter in episode.report.chapters]

    @pytest.mark.skipif(shutil.which("mp3val") is None, reason="needs mp3val (Debian: apt install mp3val)")
    def test_mp3val_has_nothing_to_warn_of(self, episode: Delivered):
        """mp3val always exits with 0; its lines count."""
        run = subprocess.run(["mp3val", str(episode.path)], check=True, capture_output=True, text=True)
        assert "WARNING" not in run.stdout
        assert "ERROR" not in run.stdout
        assert "CBR" in run.stdout


def test_other_pacing_and_background_speak_nothing(tmp_path: Path):
    """After one build, a build with another pacing and another background synthesizes 0 clips."""
    first = _built(tmp_path, _few(), voice="tone")
    second = _built(tmp_path, _few(), voice="tone", pacing={"preset": "spacious"}, soundscape={"background": "none"})
    assert first.report.clips_synthesized == 4
    assert (second.report.clips_synthesized, second.report.clips_cached) == (0, 4)
    assert second.report.duration_s > first.report.duration_s + 5


def _few() -> SourceText:
    return source_from_bytes(FEW.encode(), "evening.md")


def test_an_episode_can_be_built_from_its_script(tmp_path: Path):
    """A script built as it was printed gives the same episode as the article; an edited pause lengthens it."""
    recipe = make_recipe({"voice": "tone"})
    text = format_script(make_script(read_document(_few()), recipe))
    script, longer = tmp_path / "script.md", tmp_path / "longer.md"
    script.write_text(text, encoding="utf-8")
    longer.write_text(text.replace("[pause 10s closing]", "[pause 14s]"), encoding="utf-8")
    article = _built(tmp_path / "a", _few(), voice="tone")
    from_script = _built(tmp_path / "b", script, voice="tone")
    from_longer = _built(tmp_path / "c", longer, voice="tone")
    assert from_script.path.read_bytes() == article.path.read_bytes()
    assert from_longer.report.duration_s == pytest.approx(article.report.duration_s + 4, abs=0.001)


@pytest.mark.parametrize(
    ("channels", "bitrate"), [(1, 64), (1, 128), (2, 192)], ids=["mono 64", "mono 128", "stereo 192"]
)
def test_mono_and_other_bit_rates_land_on_the_target_too(tmp_path: Path, channels: int, bitrate: int):
    """LAME changes the level of mono files; what is delivered is on target all the same, by ffmpeg's meter."""
    episode = _built(tmp_path, _few(), voice="tone", mastering={"channels": channels, "bitrate_kbps": bitrate})
    heard = episode.loudness
    assert heard.integrated_lufs == pytest.approx(-16.0, abs=0.5)
    assert heard.true_peak_dbtp <= -1.0


@pytest.mark.engine
@pytest.mark.parametrize(
    ("text", "voice"),
    [("Yes.", "lark"), ("Be still for a while.", "system"), ("Stay.\n\n[pause 60s]\n\nAnd go.", "lark")],
)
def test_few_words_among_much_silence_are_not_drowned(tmp_path: Path, text: str, voice: str):
    """Where hardly anything is said, the voice still decides the loudness, and the background stays far below it."""
    report = audio_builder.build(source_from_bytes(text.encode(), "-"), make_recipe({"voice": voice}), tmp_path)
    heard = instruments.loudness(Path(report.path))
    assert heard.integrated_lufs == pytest.approx(-16.0, abs=0.5)
    samples, rate_hz = instruments.decoded(Path(report.path))
    words = samples[6 * rate_hz : round(6.5 * rate_hz)]
    opening = samples[3 * rate_hz : 5 * rate_hz]
    assert instruments.rms_dbfs(words) - instruments.rms_dbfs(opening) >= 15
