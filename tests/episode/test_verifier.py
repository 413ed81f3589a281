"""The last gate: a good file passes, and each way of being bad is named."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from audio_builder.audio.loudness import LoudnessMeter
from audio_builder.audio.samples import AudioSegment, Samples
from audio_builder.episode.check_file import check_file
from audio_builder.episode.cover.draw import draw_cover
from audio_builder.episode.encode.encoder import Mp3Format, encode
from audio_builder.episode.encode.mpeg_frames import walk
from audio_builder.episode.tag.write_tag import TagContent, VoiceCredit, tag
from audio_builder.episode.verify.measure import CELLS_PER_S, measure
from audio_builder.episode.verify.speech_separation import estimate_separation_db, levels
from audio_builder.episode.verify.streaming_verifier import StreamedMeasurements, StreamingVerifier
from audio_builder.episode.verify.verifier import Expected, verify
from audio_builder.errors import EncoderError, NotAudio
from audio_builder.mix.timeline import Chapter, PlacedClip, PlacedTone, Timeline, Tone
from audio_builder.narration.clip import Clip
from audio_builder.progress import Step
from audio_builder.recipe.settings import Mastering, Tags
from audio_builder.script.cues import ChapterStart, Role, Say, Script
from tests.episode.test_encoder import RATE

MARGIN = 4_410
PHRASES_S = ((3.0, 4.0), (8.5, 3.2), (12.7, 0.8), (15.5, 5.0))
"""Start and length of the speech of each phrase."""


def no_sound(_key: str) -> AudioSegment:
    raise AssertionError("verifying must not load clips")


def placed(start_s: float, length_s: float) -> PlacedClip:
    frames = round(length_s * RATE) + 2 * MARGIN
    clip = Clip(Say("Words.", Role.PROSE), "0" * 64, frames, RATE, MARGIN, MARGIN, no_sound)
    return PlacedClip(clip, round(start_s * RATE) - MARGIN)


def timeline(seconds: float = 25.0) -> Timeline:
    frames = round(seconds * RATE)
    middle = 8 * RATE
    return Timeline(
        RATE,
        frames,
        tuple(placed(*phrase) for phrase in PHRASES_S),
        (PlacedTone(Tone.BELL, 7_500 + 7 * RATE, RATE),),
        (Chapter("One", 0, middle), Chapter("Two — “so”", middle, frames)),
    )


def speech(lines: Timeline) -> Samples:
    """Noise with the rhythm of syllables where the timeline has speech, at −16 LUFS."""
    rng = np.random.default_rng(7)
    sound = np.zeros(lines.frames, dtype=np.float32)
    for clip in lines.clips:
        count = clip.speech_end - clip.speech_start
        noise = np.convolve(rng.standard_normal(count + 63), np.hanning(64), mode="valid")
        rhythm = 0.75 + 0.25 * np.sin(2 * np.pi * 4 * np.arange(count) / RATE)
        sound[clip.speech_start : clip.speech_end] = noise * rhythm
    return gained(np.repeat(sound[:, None], 2, axis=1), -16.0)


def gained(sound: Samples, target_lufs: float) -> Samples:
    meter = LoudnessMeter(RATE, 2)
    meter.push(sound)
    peak = 0.8 / float(np.abs(sound).max())
    gain = 10 ** ((target_lufs - meter.integrated_lufs()) / 20)
    return np.asarray(np.clip(sound * gain, -0.8, 0.8) if gain > peak else sound * gain, dtype=np.float32)


def bed(frames: int, level_dbfs: float) -> Samples:
    time = np.arange(frames) / RATE
    drone = np.sin(2 * np.pi * 110 * time) + np.sin(2 * np.pi * 165.3 * time)
    sound = drone / np.sqrt(np.mean(drone**2)) * 10 ** (level_dbfs / 20)
    return np.repeat(sound[:, None], 2, axis=1).astype(np.float32)


def delivered(path: Path, sound: Samples, lines: Timeline | None = None, cover: bytes = b"") -> Path:
    pcm = (np.clip(sound, -1, 1) * 32767).astype("<i2")
    encode([pcm.tobytes()], path, Mp3Format(RATE, 2, 128))
    script = Script("Evening", "", "", "en", "", "gentle", (ChapterStart("One"), Say("Words.", Role.PROSE)))
    picture = cover or draw_cover("Evening", "", "Reflections")
    narrator = VoiceCredit("joe", "piper", "CC0-1.0")
    tag(path, TagContent(Tags(title="Evening"), script, lines or timeline(), (narrator,), picture, "test"))
    return path


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = timeline()
    sound = speech(lines) + bed(lines.frames, -46.0)
    return delivered(tmp_path_factory.mktemp("good") / "a.mp3", sound)


def failed(path: Path, expected: Expected | None = None) -> dict[str, object]:
    found = verify(path, expected or Expected(timeline(), Mastering(), 28.0))
    return {line.name: line.value for line in found.failed}


def test_a_good_episode_passes_with_numbers(good: Path) -> None:
    """Every line is within the standard, and the numbers are the ones that were mixed."""
    steps: list[Step] = []
    found = verify(good, Expected(timeline(), Mastering(), 28.0), steps.append)
    assert found.ok, [str(line) for line in found.failed]
    values = {line.name: line.value for line in found.lines}
    assert values["loudness"] == pytest.approx(-16.0, abs=0.5)
    assert values["frames of sound"] == 25 * RATE
    assert values["speech above background, worst second"] == 28.0
    assert values["chapters"] == "2, where their sound is"
    assert values["gapless header"] == "yes"
    assert steps[-1] == Step("verify", 25.0, 25.0)
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_a_good_episode_passes_the_check_of_strangers_too(good: Path) -> None:
    """What verify lets out, `audio-builder check` accepts."""
    found = check_file(good).findings
    assert found.ok, [str(line) for line in found.failed]
    assert "chapters cover the file: yes" in "\n".join(str(line) for line in found.lines)


def test_a_bed_too_loud_is_estimated_from_the_finished_file(tmp_path: Path) -> None:
    """About 15 dB between speech and bed: the check says so of a file whose phrases are known."""
    lines = timeline()
    path = delivered(tmp_path / "a.mp3", speech(lines) + bed(lines.frames, -34.0))
    found = {line.name: line.value for line in check_file(path, phrases_s=phrases_s(lines)).findings.lines}
    assert found["speech above background, estimated from the file"] == pytest.approx(16, abs=3)
    assert "speech above background, estimated from the file" not in {
        line.name for line in check_file(path).findings.lines
    }


def test_the_figure_measured_before_mixing_is_judged(good: Path) -> None:
    """The mix knows how far apart the two were; a background that isn't there is as good as far."""
    assert failed(good, Expected(timeline(), Mastering(), 19.9)) == {"speech above background, worst second": 19.9}
    assert not failed(good, Expected(timeline(), Mastering(), math.inf))


def test_too_soft_and_too_loud_are_named(tmp_path: Path) -> None:
    """Loudness outside of the tolerance, and a peak over the ceiling."""
    lines = timeline()
    assert "loudness" in failed(delivered(tmp_path / "soft.mp3", speech(lines) * 0.7))
    loud = speech(lines)
    loud[200_000:200_400] = np.sign(np.sin(np.arange(400) / 9))[:, None]
    assert "true peak" in failed(delivered(tmp_path / "loud.mp3", loud))


def test_a_file_of_another_length_is_found(tmp_path: Path) -> None:
    """One frame of sound too many is one too many."""
    lines = timeline()
    sound = np.concatenate((speech(lines), np.zeros((1, 2), dtype=np.float32)))
    assert failed(delivered(tmp_path / "a.mp3", sound)) == {"frames of sound": 25.0 * RATE + 1}


def test_chapters_elsewhere_than_their_sound_are_found(tmp_path: Path) -> None:
    """A millisecond is enough; so is another title, or one chapter fewer."""
    lines = timeline()
    path = delivered(tmp_path / "a.mp3", speech(lines))
    one, two = lines.chapters
    moved = replace(lines, chapters=(replace(one, end=one.end + 45), replace(two, start=two.start + 45)))
    assert failed(path, Expected(moved, Mastering(), 28.0)).keys() == {"chapters"}
    renamed = replace(lines, chapters=(one, replace(two, title="Other")))
    assert failed(path, Expected(renamed, Mastering(), 28.0)) == {"chapters": "chapter 2 is 8000–25000 ms “Two — “so””"}
    single = replace(lines, chapters=(Chapter("One", 0, lines.frames),))
    assert failed(path, Expected(single, Mastering(), 28.0)) == {"chapters": "2 chapters"}


def test_sound_where_silence_should_be_is_found(tmp_path: Path) -> None:
    """A phrase at the wrong place is heard in a rest, and missed at its own."""
    lines = timeline()
    shifted = np.roll(speech(lines), 4 * RATE, axis=0)
    found = failed(delivered(tmp_path / "a.mp3", shifted))
    assert {"speech above the loudest rest", "quietest phrase"} <= found.keys()


def test_a_cut_off_file_is_found(tmp_path: Path, good: Path) -> None:
    """What ffmpeg accepts without a word is not accepted here."""
    path = tmp_path / "cut.mp3"
    path.write_bytes(good.read_bytes()[:-30_000])
    assert {"complete", "frames of sound"} <= failed(path).keys()
    assert "complete" in {line.name for line in check_file(path).findings.failed}


def test_another_make_than_ordered_is_found(good: Path) -> None:
    """A recipe that asks for 192 kbps did not get it."""
    mastering = msgspec.structs.replace(Mastering(), bitrate_kbps=192)
    assert failed(good, Expected(timeline(), mastering, 28.0)) == {"made as ordered": "128 kbps, 44100 Hz, stereo"}


def test_a_bare_mp3_is_told_what_it_lacks(tmp_path: Path) -> None:
    """A stranger's file without a tag: each line that fails says what is allowed."""
    path = tmp_path / "a.mp3"
    lines = timeline()
    pcm = (speech(lines)[:, :1] * 3276).astype("<i2")
    encode([pcm.tobytes()], path, Mp3Format(RATE, 1, 48))
    found = check_file(path).findings
    sentences = [str(line) for line in found.failed]
    assert not found.ok
    assert "bit rate: 48 kbps (allowed: 64 to 128 kbps for 1 channel)" in sentences
    assert "tag: none (allowed: ID3v2.3 or ID3v2.4)" in sentences
    assert "title: none (allowed: a title)" in sentences
    assert any(sentence.startswith("loudness: -3") and "-17 to -15 LUFS" in sentence for sentence in sentences)


def test_a_wav_is_measured_but_is_no_mp3(tmp_path: Path) -> None:
    """Sound of another format gets its numbers, and one line that says what is wrong."""
    path = tmp_path / "a.mp3"
    AudioSegment.silent(1500, frame_rate=RATE).export(path, format="wav").close()
    found = check_file(path).findings
    assert str(found.lines[0]) == "format: wav (allowed: MP3)"
    assert "loudness: silent (allowed: -17 to -15 LUFS)" in [str(line) for line in found.failed]
    assert "longest digital silence: 1.5 s" in [str(line) for line in found.lines]


def test_a_text_is_no_audio(tmp_path: Path) -> None:
    """An error, not a list of findings."""
    path = tmp_path / "a.mp3"
    path.write_text("words " * 100)
    with pytest.raises(NotAudio, match="not audio"):
        check_file(path)


def test_measuring_a_known_signal(tmp_path: Path) -> None:
    """A 997 Hz sine at −23 dBFS in both channels reads −23 LUFS less the tenth that is silent; the rest is exact."""
    time = np.arange(5 * 48_000) / 48_000
    wave = np.sin(2 * np.pi * 997 * time) * 10 ** (-23 / 20)
    wave[96_000:120_000] = 0
    wave[200_000:] += 0.01
    stereo = np.repeat(wave[:, None], 2, axis=1)
    path = tmp_path / "a.wav"
    pcm = np.rint(stereo * 32768).astype("<i2")
    AudioSegment(pcm.tobytes(), frame_rate=48_000, sample_width=2, channels=2).export(path, format="wav").close()
    found = measure(path)
    assert found.integrated_lufs == pytest.approx(-23.0 + 10 * np.log10(0.9), abs=0.2)
    assert found.true_peak_dbtp == pytest.approx(20 * np.log10(10 ** (-23 / 20) + 0.01), abs=0.1)
    assert found.longest_silence_s == pytest.approx(0.5, abs=2.5 / 48_000)
    assert found.dc_percent == pytest.approx(100 * 0.01 * 40_000 / 240_000, rel=0.02)
    assert len(found.energies) == 500
    assert 10 * np.log10(found.energies[50]) == pytest.approx(-23 - 3.01, abs=0.1)
    assert found.energies[210] == 0


def energies(lines: Timeline, speech_db: float, bed_db: float) -> np.ndarray:
    cells = np.full(lines.frames * CELLS_PER_S // RATE, 10 ** (bed_db / 10), dtype=np.float32)
    for clip in lines.clips:
        cells[clip.speech_start * CELLS_PER_S // RATE : -(-clip.speech_end * CELLS_PER_S // RATE)] = 10 ** (
            speech_db / 10
        )
    return cells


def phrases_s(lines: Timeline) -> list[tuple[float, float]]:
    return [(clip.speech_start / RATE, clip.speech_end / RATE) for clip in lines.clips]


def apart_db(cells: np.ndarray, lines: Timeline) -> float | None:
    return estimate_separation_db(cells, phrases_s(lines))


def test_separation_is_the_difference_of_levels() -> None:
    """Speech at −20 and bed at −45 dBFS are 25 dB apart, everywhere."""
    found = levels(energies(timeline(), -20, -45), timeline())
    assert found is not None
    assert apart_db(energies(timeline(), -20, -45), timeline()) == pytest.approx(25, abs=0.01)
    assert found.speech_dbfs == pytest.approx(-20, abs=0.01)
    assert found.rest_below_speech_db == pytest.approx(25, abs=0.01)


def test_the_worst_second_counts() -> None:
    """One soft second in a phrase of five decides, not the phrase's mean."""
    cells = energies(timeline(), -20, -45)
    cells[1750:1850] = 10 ** (-28 / 10)
    assert apart_db(cells, timeline()) == pytest.approx(17, abs=0.1)


def test_a_pause_inside_a_phrase_is_no_speech() -> None:
    """A second in which the voice rests is not held against the bed."""
    cells = energies(timeline(), -20, -45)
    cells[1750:1850] = 10 ** (-45 / 10)
    assert apart_db(cells, timeline()) == pytest.approx(25, abs=0.1)


def test_a_bed_that_rises_between_phrases_is_not_held_against_the_speech() -> None:
    """Under the phrase counts what is heard beside it; a swell far away is the rest's business."""
    cells = energies(timeline(), -20, -45)
    cells[2150:2500] = 10 ** (-38 / 10)
    found = levels(cells, timeline())
    assert found is not None
    assert apart_db(cells, timeline()) == pytest.approx(25, abs=0.1)
    assert found.rest_below_speech_db == pytest.approx(18, abs=0.1)


def test_bells_are_no_background() -> None:
    """A bell that rings in a rest is neither the bed nor a fault."""
    cells = energies(timeline(), -20, -45)
    cells[717:817] = 10 ** (-22 / 10)
    found = levels(cells, timeline())
    assert found is not None
    assert apart_db(cells, timeline()) == pytest.approx(25, abs=0.1)
    assert found.rest_below_speech_db == pytest.approx(25, abs=0.1)


def test_phrases_without_a_free_moment_are_held_against_the_loudest_bed() -> None:
    """Two phrases 0.2 s apart leave no place to listen between them."""
    lines = replace(timeline(), clips=(placed(0.0, 3.0), placed(3.2, 21.8)))
    assert levels(energies(lines, -20, -45), lines) is not None
    close = replace(timeline(), clips=(placed(1.0, 3.0), placed(4.2, 3.0)), tones=())
    cells = energies(close, -20, -45)
    cells[725:745] = 10 ** (-41 / 10)
    assert apart_db(cells, close) == pytest.approx(21, abs=0.5)


def test_without_speech_there_is_nothing_to_separate() -> None:
    """No clips, no levels."""
    assert levels(energies(timeline(), -20, -45), replace(timeline(), clips=())) is None
    assert estimate_separation_db(energies(timeline(), -20, -45), ()) is None


def measured_while_written(path: Path, sound: Samples, frames: int) -> StreamedMeasurements:
    pcm = np.rint(sound * 32767).astype("<i2").tobytes()
    with StreamingVerifier(frames=frames, rate_hz=RATE, channels=2) as verifier:
        encode([pcm], path, Mp3Format(RATE, 2, 128), on_frames=verifier.feed)
        return verifier.finish()


def test_what_is_measured_while_it_is_written_is_what_is_in_the_file(tmp_path: Path) -> None:
    """Measured on the way or from the finished file: the same frames, levels, loudness and peaks."""
    lines = timeline()
    path = tmp_path / "a.mp3"
    streamed = measured_while_written(path, speech(lines), lines.frames)
    assert streamed.is_of(path, walk(path))
    afterwards = measure(path)
    for name in ("frames", "clicks", "longest_silence_s", "complaints"):
        assert getattr(streamed.measured, name) == getattr(afterwards, name), name
    for name in ("integrated_lufs", "true_peak_dbtp", "loudness_range_lu", "left_over_right_db"):
        assert getattr(streamed.measured, name) == pytest.approx(getattr(afterwards, name), abs=1e-4), name
    assert np.allclose(streamed.measured.energies, afterwards.energies, rtol=1e-4, atol=1e-10)
    assert np.allclose(streamed.measured.peaks, afterwards.peaks, atol=3e-6)


@pytest.mark.parametrize(("rate_hz", "channels", "bitrate_kbps"), [(32000, 1, 32), (44100, 1, 64), (48000, 2, 320)])
def test_every_format_is_measured_from_its_first_frame(
    tmp_path: Path, rate_hz: int, channels: int, bitrate_kbps: int
) -> None:
    """Whatever the rate, channels and bit rate: the same frames and the same energies as of the finished file."""
    path, frames = tmp_path / "a.mp3", 3 * rate_hz + 77
    noise = np.random.default_rng(7).standard_normal((frames, channels)) * np.linspace(0, 6000, frames)[:, None]
    with StreamingVerifier(frames=frames, rate_hz=rate_hz, channels=channels) as verifier:
        form = Mp3Format(rate_hz, channels, bitrate_kbps)
        encode([noise.astype("<i2").tobytes()], path, form, on_frames=verifier.feed)
        streamed = verifier.finish()
    afterwards = measure(path)
    assert streamed.is_of(path, walk(path))
    assert streamed.measured.frames == afterwards.frames == frames
    assert np.array_equal(streamed.measured.energies, afterwards.energies)


def test_a_file_that_was_changed_after_it_was_measured_is_decoded_again(tmp_path: Path) -> None:
    """One byte of sound is enough: then what is judged is the file and not what was streamed."""
    lines = timeline()
    path = delivered(tmp_path / "a.mp3", speech(lines) + bed(lines.frames, -46.0))
    softer = measured_while_written(tmp_path / "b.mp3", 0.1 * speech(lines), lines.frames)
    assert not softer.is_of(path, walk(path))
    found = {line.name: line.value for line in verify(path, Expected(lines, Mastering(), 28.0), streamed=softer).lines}
    assert found["loudness"] == pytest.approx(-16.0, abs=0.5)


def test_what_cannot_be_decoded_ends_the_build(tmp_path: Path) -> None:
    """However much is still to be measured; no thread is left, and nobody waits for one."""
    before = threading.active_count()

    def measure_rubbish() -> None:
        with StreamingVerifier(frames=RATE, rate_hz=RATE, channels=2) as verifier:
            for _ in range(9):
                verifier.feed(bytes(2_000))
            verifier.finish()

    with pytest.raises(EncoderError, match="can't be decoded"):
        measure_rubbish()
    assert threading.active_count() == before


def test_a_build_that_fails_does_not_wait_to_be_measured(tmp_path: Path) -> None:
    """What is not yet measured is left out, and the thread ends."""
    path = tmp_path / "a.mp3"
    written: list[bytes] = []
    encode([bytes(4 * 60 * RATE)], path, Mp3Format(RATE, 2, 128), on_frames=written.append)
    before = threading.active_count()

    def fail() -> None:
        with StreamingVerifier(frames=60 * RATE, rate_hz=RATE, channels=2) as verifier:
            for mpeg_frames in written:
                verifier.feed(mpeg_frames)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert threading.active_count() == before
