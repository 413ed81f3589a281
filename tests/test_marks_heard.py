"""The marks, as they are heard in the delivered MP3: silences, slower and quieter words, other backgrounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import audio_builder
from audio_builder.article.source import source_from_bytes
from audio_builder.episode.report import BuildReport
from audio_builder.episode.tag.embedded_source import read_source
from audio_builder.errors import SoundError
from audio_builder.recipe.recipe_file import Layer, make_recipe
from audio_builder.recipe.settings import PACING_PRESETS, Pacing
from audio_builder.script.cues import Background, Cue, Reason, Rest, Say
from audio_builder.script.estimate import estimate
from audio_builder.script.from_document import make_script, read_document
from audio_builder.sound.background import CROSSFADE_S, BedChange, ChangingBed, as_one, open_beds
from audio_builder.sound.bed import BedFormat, NoBed

from . import instruments
from .sound_helpers import rms_dbfs, script_of

WORDS = "One two three four five six seven eight nine ten eleven twelve"


def cues_of(text: str, layer: Layer | None = None) -> list[Cue]:
    recipe = make_recipe(layer or {})
    return list(make_script(read_document(source_from_bytes(text.encode(), "a.md")), recipe).cues)


def built(text: str, folder: Path, background: str = "none", **pacing: float) -> tuple[BuildReport, np.ndarray, int]:
    """An episode of the tone engine, and its samples as decoded from the MP3."""
    layer = {"voice": "tone", "pacing": pacing, "soundscape": {"background": background, "fade_in_s": 0}}
    report = audio_builder.build(source_from_bytes(text.encode(), "a.md"), make_recipe(layer), folder)
    assert report.findings.ok
    samples, rate_hz = instruments.decoded(Path(report.path))
    return report, samples, rate_hz


def phrases(samples: np.ndarray, rate_hz: int) -> list[tuple[float, float]]:
    """Where it sounds, from and to in seconds; what is apart by less than 0.4 s is one phrase."""
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > 0.004) / rate_hz
    gaps = np.flatnonzero(np.diff(loud) > 0.4)
    firsts, lasts = [0, *(gaps + 1)], [*gaps, len(loud) - 1]
    return [(float(loud[first]), float(loud[last])) for first, last in zip(firsts, lasts, strict=True)]


def test_a_silence_takes_the_place_of_every_rule_and_no_pacing_changes_it() -> None:
    """Two minutes are longer than any preset's longest pause, and stay so under all of them, sleep included."""
    for preset in PACING_PRESETS:
        rests = cues_of("One.\n\n[silence 2m]\n\nTwo.", {"pacing": {"preset": preset}})
        assert Rest(120.0, Reason.SILENCE) in rests
        assert sum(isinstance(cue, Rest) for cue in rests) == 3
    assert Rest(65.0, Reason.SILENCE) in cues_of("One. [pause 5s] [silence 1m] Two.")


def test_a_silence_is_heard_to_the_hundredth_and_a_wanted_duration_leaves_it(tmp_path: Path) -> None:
    """Twenty seconds between two phrases, as written and when the episode is made longer around them."""
    text = f"{WORDS}.\n\n[silence 20s]\n\n{WORDS}.\n\n{WORDS}."
    for wanted in (0.0, 65.0):
        report, samples, rate_hz = built(text, tmp_path, duration_s=wanted)
        heard = phrases(samples, rate_hz)
        assert heard[1][0] - heard[0][1] == pytest.approx(20.0, abs=0.06)
        assert report.duration_s == pytest.approx(wanted or report.duration_s, abs=1 / rate_hz)
    assert heard[2][0] - heard[1][1] > 3.5


def test_slower_words_are_spoken_at_a_lower_rate_and_not_stretched(tmp_path: Path) -> None:
    """125 words per minute, then 106 (15 % less), then 125 again; the words between are clips of their own."""
    report, samples, rate_hz = built(f"{WORDS}.\n\n[slower]\n\n{WORDS}.\n\n[slower off]\n\n{WORDS}.", tmp_path)
    lengths = [end - start for start, end in phrases(samples, rate_hz)]
    assert [12 * 60 / length for length in lengths] == pytest.approx([125, 106.25, 125], rel=0.03)
    assert (report.clips_synthesized, report.clips_cached) == (2, 1)
    assert report.voice.wpm_measured == pytest.approx(125, rel=0.03)
    assert report.other_voices == ()


def test_an_estimate_counts_slower_words_as_slower() -> None:
    """Twelve words at 120 are 6 s, slower by a fifth 7.5 s."""
    says = [cue for cue in cues_of(f"{WORDS}. [slower] {WORDS}.") if isinstance(cue, Say)]
    assert [say.slower for say in says] == [False, True]
    assert estimate(script_of(says), 120, 0.2).speech_s == pytest.approx(6 + 7.5)


def test_quieter_words_are_softer_with_all_that_sounds_meanwhile(tmp_path: Path) -> None:
    """By 4 dB, voice and background alike, so that one stays as far below the other; the whole is at −16 LUFS."""
    text = f"{WORDS}.\n\n[quieter]\n\n{WORDS}.\n\n{WORDS}.\n\n[quieter off]\n\n{WORDS}."
    report, samples, rate_hz = built(text, tmp_path, "brown", paragraph_s=9.0)
    starts = instruments.sound_starts(samples, rate_hz, -26.0)
    spoken = [rms_dbfs(samples[int(at * rate_hz) : int((at + 5) * rate_hz)]) for at in starts]
    rests = [rms_dbfs(samples[int((at - 3) * rate_hz) : int((at - 1.2) * rate_hz)]) for at in starts]
    assert [level - spoken[0] for level in spoken] == pytest.approx([0, -4, -4, 0], abs=0.4)
    assert [level - rests[0] for level in rests] == pytest.approx([0, -4, -4, 0], abs=0.8)
    assert instruments.loudness(Path(report.path)).integrated_lufs == pytest.approx(-16.0, abs=0.5)


def share_above_db(samples: np.ndarray, rate_hz: int, hz: float) -> float:
    """How much of the power lies above a frequency, in dB."""
    power = np.abs(np.fft.rfft(samples.mean(axis=1) * np.hanning(len(samples)))) ** 2
    return float(10 * np.log10(power[round(hz * len(samples) / rate_hz) :].sum() / power.sum()))


def test_the_background_changes_where_the_mark_stands_and_comes_back(tmp_path: Path) -> None:
    """The drone has nothing above 2 kHz, rain has half of its power there, and `none` is silent."""
    text = (
        f"{WORDS}.\n\n[silence 8s]\n\n{WORDS}.\n\n[background rain] [silence 15s]\n\n{WORDS}.\n\n"
        f"[background none] [silence 15s]\n\n{WORDS}.\n\n[background] [silence 15s]\n\n{WORDS}."
    )
    report, samples, rate_hz = built(text, tmp_path, "drone")
    starts = instruments.sound_starts(samples, rate_hz, -32.0)[1:5]
    before = [samples[int((at - 4) * rate_hz) : int((at - 1.5) * rate_hz)] for at in starts]
    drone, rain, silent, again = before
    assert share_above_db(drone, rate_hz, 2000) < -25
    assert share_above_db(rain, rate_hz, 2000) > -6
    assert rms_dbfs(silent) < -75
    assert share_above_db(again, rate_hz, 2000) < -25
    assert rms_dbfs(again) == pytest.approx(rms_dbfs(drone), abs=2)
    script = read_source(Path(report.path)).read_script("a.mp3")
    assert [cue.name for cue in script.cues if isinstance(cue, Background)] == ["rain", "none", ""]


def test_a_background_changes_from_the_beginning_of_a_rule_s_rest_or_after_a_person_s() -> None:
    """Rules' rests stay one; what a person has written stays in its order, and needs no rest besides."""
    assert cues_of("One.\n\n[background rain]\n\n## B\n\nTwo.")[3:6] == [
        Background("rain"), Rest(5.0, Reason.BEFORE_HEADING), cues_of("One.\n\n## B\n\nTwo.")[4],
    ]  # fmt: skip
    assert cues_of("One. [silence 1m] [background rain] [pause 3s]\n\nTwo.")[3:6] == [
        Rest(60.0, Reason.SILENCE), Background("rain"), Rest(3.0, Reason.MARK),
    ]  # fmt: skip
    assert [type(cue).__name__ for cue in cues_of("One. [silence 1m] [background rain]\n\nTwo.")[3:6]] == [
        "Rest", "Background", "Say",
    ]  # fmt: skip


def test_a_mark_in_html_within_markdown_is_a_mark() -> None:
    """It was read aloud there; a backslash makes it words, as elsewhere."""
    assert Rest(7.0, Reason.MARK) in cues_of("<div>One [pause 7s] two.</div>")
    assert any(isinstance(cue, Say) and cue.text == "One [bell] two." for cue in cues_of("<p>One \\[bell] two.</p>"))


def test_a_background_that_needs_stereo_is_refused_in_mono_before_anything_is_spoken(tmp_path: Path) -> None:
    """As it is when the recipe names it."""
    recipe = make_recipe({"voice": "tone", "mastering": {"channels": 1}})
    with pytest.raises(SoundError, match="'binaural' needs stereo"):
        audio_builder.build(source_from_bytes(b"One. [background binaural] Two.", "a.md"), recipe, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_beds_that_follow_one_another_are_equally_loud_and_read_the_same_in_any_blocks() -> None:
    """Each lies as far under the speech; where they meet, neither a hole nor a bump of more than 2 dB is heard."""
    recipe, form = make_recipe({"soundscape": {"background": "pink"}}).soundscape, BedFormat(44100, 2)
    beds = open_beds(recipe, form, ("brown", "none"))
    bed = as_one(beds, (BedChange("brown", 441_000), BedChange("none", 1_323_000)), form)
    fade = round(CROSSFADE_S * 44100)
    whole = bed.read(0, 1_323_000 + 2 * fade)
    pieces = [bed.read(start, 50_001) for start in range(0, len(whole), 50_001)]
    assert np.array_equal(np.concatenate(pieces)[: len(whole)], whole)
    levels = [rms_dbfs(whole[at : at + 44100]) for at in range(0, 1_323_000, 44100)]
    assert max(levels) <= bed.loudest_second_dbfs + 0.5
    assert max(levels) - min(levels) < 2.0
    assert not whole[1_323_000 + fade :].any()
    assert as_one(beds, (), form).read(0, 100).tolist() == whole[:100].tolist()


def test_beds_without_a_sound_are_silence() -> None:
    """`[background none]` over the background `none` changes nothing."""
    bed = ChangingBed({"": NoBed(2), "none": NoBed(2)}, (BedChange("none", 10),), BedFormat(44100, 2))
    assert bed.loudest_second_dbfs == -np.inf
    assert not bed.read(0, 1000).any()
    assert (bed.channels, bed.notes) == (2, ())


def test_a_script_without_a_pacing_has_the_usual_one() -> None:
    """The line `pacing:` may be left out of a script that is written by hand."""
    script = read_document(source_from_bytes(b"---\naudio-builder-script: 1\n---\nOne. [pause 2s sentence]", "s.md"))
    assert Rest(2.0, Reason.SENTENCE) in make_script(script, make_recipe({})).cues
    spacious = make_script(script, make_recipe({"pacing": {"preset": "spacious"}}))
    assert Rest(PACING_PRESETS["spacious"].sentence_s, Reason.SENTENCE) in spacious.cues
    assert spacious.pacing == "spacious"
    assert Pacing().preset == "gentle"
