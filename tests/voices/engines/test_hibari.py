"""Hibari: what it speaks, when its words are, and what it refuses."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest

from audio_builder.audio.samples import samples_from_segment
from audio_builder.errors import EngineFailed, VoiceError, VoiceFileMissing
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines.hibari import _ONE_SPEED, RATE_HZ, HibariEngine, with_output, with_speeds
from audio_builder.voices.profile import Voice
from tests.voice_helpers import ready

pytestmark = pytest.mark.engine

LONG = (
    "When the rain has gone over the hill and the road is still dark, somebody opens a door on the far side of the "
    "square, carries out two chairs and a small table, and sets them where the first light will come, because that is "
    "what was done yesterday, and the year before, and in the time of a grandmother who never said why; the cups come "
    "next, then the bread, then a jar of the honey that a neighbour left on the step in the autumn without a note, and "
    "for a while nothing else happens at all, unless one counts the pigeons, who have opinions about the crumbs, and "
    "the boy with the bicycle, who rings his bell at the corner although the street is empty, as he has done every "
    "morning since he learned to ride it, and who will tell you, if you ask him, that a bell is for saying that you "
    "are there, not for saying that others should move; and by then the sun has reached the second chair, the bread is "
    "half gone, the cups are warm between the hands, and whatever it was that seemed so heavy in the night has become "
    "one more thing on the table, neither larger nor smaller than the jar."
)


@pytest.fixture(scope="module")
def engine() -> HibariEngine:
    return HibariEngine()


@pytest.fixture(scope="module")
def lark() -> Voice:
    return ready("lark", 125)


def test_the_same_words_are_the_same_bytes(engine: HibariEngine, lark: Voice) -> None:
    """In any order, and in another instance of the engine."""
    first = engine.speak("Let the shoulders come down.", lark).raw_data
    engine.speak("And rest.", lark)
    assert engine.speak("Let the shoulders come down.", lark).raw_data == first
    assert HibariEngine().speak("Let the shoulders come down.", lark).raw_data == first


def test_a_phrase_of_a_thousand_letters_has_no_seam(engine: HibariEngine, lark: Voice) -> None:
    """All words are there in their order, no pause is longer than a semicolon's, and nothing clicks."""
    assert len(LONG) > 1000
    timed = engine.speak_timed(LONG, lark)
    assert len(timed.words) > 0.95 * len(LONG.split())
    assert all(one.frame < next_one.frame for one, next_one in itertools.pairwise(timed.words))
    samples = samples_from_segment(timed.sound)
    window = RATE_HZ // 100
    level = np.sqrt(np.mean(samples[: len(samples) // window * window].reshape(-1, window) ** 2, axis=1))
    spoken = np.flatnonzero(level > 0.02 * level.max())
    assert np.diff(spoken).max() / 100 < 1.2
    quiet = np.repeat(level < 0.02 * level.max(), window)
    steps = np.abs(np.diff(samples[: len(quiet)]))
    assert steps[quiet[1:] & quiet[:-1]].max() < 0.05 * np.abs(samples).max()


def test_its_word_times_cover_the_sound(engine: HibariEngine, lark: Voice) -> None:
    """The first word begins in the first half second, the last before the sound ends."""
    timed = engine.speak_timed("Begin where you are, with what you have.", lark)
    assert [word.at for word in timed.words] == [0, 6, 12, 16, 21, 26, 31, 35]
    assert timed.words[0].frame < 0.6 * RATE_HZ
    assert timed.words[-1].frame < timed.sound.frame_count() - 0.2 * RATE_HZ


def test_brackets_in_a_text_are_brackets(engine: HibariEngine, lark: Voice) -> None:
    """The package's own notation for pronunciations is out of a text's reach."""
    written = engine.speak("A [stone](/bˈɜɹd/) lies here.", lark)
    assert written.raw_data != engine.speak("A bird lies here.", lark).raw_data
    assert written.duration_seconds > engine.speak("A stone lies here.", lark).duration_seconds


def test_a_setting_is_a_speed(engine: HibariEngine, lark: Voice) -> None:
    """Half the speed takes twice as long, to a tenth."""
    slow, quick = (
        engine.speak(
            "Every morning the same path, and every morning another one.",
            Voice(profile=lark.profile, rate=rate, paths=lark.paths),
        ).duration_seconds
        for rate in (0.5, 1.0)
    )
    assert slow / quick == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("text", ["🙂", "…", "()"])
def test_what_has_no_sound_is_refused(engine: HibariEngine, lark: Voice, text: str) -> None:
    """An emoji alone is no speech."""
    with pytest.raises(EngineFailed, match="nothing to speak"):
        engine.speak(text, lark)


def test_other_languages_are_refused(engine: HibariEngine, lark: Voice) -> None:
    """Its reader knows English alone."""
    import msgspec

    german = Voice(profile=msgspec.structs.replace(lark.profile, language="de"), rate=1.0, paths=lark.paths)
    with pytest.raises(VoiceError, match="speaks English"):
        engine.speak("Guten Morgen.", german)


def test_a_model_that_is_none_is_named(engine: HibariEngine, lark: Voice, tmp_path: Path) -> None:
    """A missing file, a file that is no model, and a profile without one."""
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"not a model")
    with pytest.raises(VoiceError, match=r"can't load damaged\.onnx"):
        engine.speak("Rest.", Voice(profile=lark.profile, rate=1.0, paths={"model": damaged}))
    with pytest.raises(VoiceFileMissing, match=r"can't read .*gone\.onnx"):
        engine.speak("Rest.", Voice(profile=lark.profile, rate=1.0, paths={"model": tmp_path / "gone.onnx"}))
    with pytest.raises(VoiceFileMissing, match="names no 'model'"):
        engine.speak("Rest.", Voice(profile=lark.profile, rate=1.0))


def test_a_model_without_that_tensor_speaks_without_word_times(lark: Voice, tmp_path: Path, monkeypatch) -> None:
    """Another voice's graph may give its tensors other names."""
    monkeypatch.setattr("audio_builder.voices.engines.hibari._DURATIONS", "/no_such_tensor")
    copy = tmp_path / "copy.onnx"
    shutil.copy(lark.paths["model"], copy)
    timed = HibariEngine().speak_timed("Rest here.", Voice(profile=lark.profile, rate=1.0, paths={"model": copy}))
    assert timed.words == ()
    assert timed.sound.duration_seconds > 0.5


def test_an_output_is_appended() -> None:
    """What is appended is read as a graph that has one output more; the rest of the file stays as it is."""
    assert with_output(b"model", "/d") == b"model" + b"\x3a\x06\x62\x04\x0a\x02/d"


def test_lark_is_ready_and_free() -> None:
    """The default voice comes with the core: its model is in a package that is always installed."""
    profile = find_voice("lark")
    assert (profile.engine, profile.licence) == ("hibari", "Apache-2.0")
    assert [file.name for file in profile.files] == ["hibari.onnx"]


def test_a_model_takes_a_speed_for_each_token_where_it_names_one_input_for_it() -> None:
    """The length of that input is left out, and nothing else changes; a model that is made otherwise stays."""
    patched = with_speeds(b"before" + _ONE_SPEED + b"after")
    assert len(patched) == len(b"before" + _ONE_SPEED + b"after")
    assert patched.startswith(b"before" + _ONE_SPEED[:-2])
    assert patched.endswith(b"\x78\x01after")
    for other in (b"another model", _ONE_SPEED * 2):
        assert with_speeds(other) == other


def test_the_quiet_before_the_first_word_is_not_stretched_with_the_words() -> None:
    """At half the speed a line begins as soon; drawn out, that quiet was heard as a sound of its own."""
    session = HibariEngine()._session(ready("lark", 115))
    slow, usual = (session.run("bəɡˈɪn.", speed) for speed in (0.5, 1.0))
    assert slow.begins[0] == usual.begins[0]
    assert slow.begins[-1] > 1.3 * usual.begins[-1]


def test_the_last_sound_keeps_its_length_at_slow_rates() -> None:
    """The voice lengthens it by itself; stretched once more, “moon” was heard as *moons*."""
    session = HibariEngine()._session(ready("lark", 115))
    slow, usual = (session.run("ðə mˈun.", speed) for speed in (0.5, 1.0))
    slow_end, usual_end = (len(run.sound) - run.begins[-2] for run in (slow, usual))
    assert slow_end == pytest.approx(usual_end, abs=RATE_HZ // 20)
    assert slow.begins[-2] > 1.3 * usual.begins[-2]
