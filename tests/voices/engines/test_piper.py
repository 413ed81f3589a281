"""The real Piper engine, with the shipped voice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
from onnx import helper

from audio_builder.audio.samples import Samples, samples_from_segment
from audio_builder.errors import VoiceError, VoiceFileMissing
from audio_builder.narration.trim import trim
from audio_builder.narration.workers.worker import speak_phrase
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Say
from audio_builder.script.from_document import make_script, read_document
from audio_builder.script.phrases import count_words
from audio_builder.voices.engines import piper
from audio_builder.voices.engines.piper import PiperEngine, _pieces, _with_noise_and_lengths
from audio_builder.voices.rate import expected_wpm
from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START
from audio_builder.voices.word_alignment import words_with_places
from tests.sound_helpers import sound_after_pauses
from tests.voice_helpers import narrated_at_rate, ready, script_of, word_at

pytestmark = pytest.mark.engine

LONG = (
    "When the first snow came that year, it came at night, and nobody in the village heard it arrive, "
    "because snow has no footsteps; it only takes away the sound of everything else, the gate, the dog, the "
    "late train in the valley, until people turn over in their sleep and wonder what it is that has stopped, "
    "and in the morning they open the door on a world that seems to have been waiting, very patiently, for "
    "somebody to make the first mark upon it."
)


@pytest.fixture(scope="module")
def engine() -> PiperEngine:
    """One engine with its model loaded, for all tests here."""
    return PiperEngine()


@pytest.mark.parametrize("text", ["Begin.", "Yes?", "What the Snow Keeps", "In 1984, 3 % of us stayed [[here]].", LONG])
def test_real_phrases_are_spoken_at_a_plausible_length(engine: PiperEngine, text: str) -> None:
    """From one word to more than 400 characters."""
    voice = ready("joe", 125)
    clip = speak_phrase(engine, voice, text, 44100)
    wpm = count_words(text) / clip.speech_s * 60
    assert 50 < wpm < 190
    assert clip.segment.max_dBFS < -0.1


def test_the_same_words_are_the_same_bytes(engine: PiperEngine) -> None:
    """Also after other words, and from a model that was loaded anew."""
    voice = ready("joe", 125)
    first = engine.speak("The lake was quite still.", voice).raw_data
    engine.speak("Something else was said.", voice)
    assert engine.speak("The lake was quite still.", voice).raw_data == first
    assert PiperEngine().speak("The lake was quite still.", voice).raw_data == first
    # … and a rate that differs by a thousandth draws other noise, so a second attempt isn't the first again.
    assert engine.speak("The lake was quite still.", msgspec.structs.replace(voice, rate=voice.rate * 1.001)) != first


PAUSED = (
    "So take the “small” cup, put it on the 21st shelf — carefully; keep the rest of the tea, because five of the "
    "guests will come back in 19 84: they said so."
)


def test_its_words_begin_when_the_sound_does_after_each_pause(engine: PiperEngine) -> None:
    """Within 80 ms, as the levels of the sound show it; all words have a time, and these rise."""
    told = engine.speak_timed(PAUSED, ready("joe", 125))
    frames = [word.frame for word in told.words]
    assert frames == sorted(set(frames))
    assert len(frames) >= len(PAUSED.split()) - 2
    starts = {word_at(PAUSED, word.at): word.frame / 22050 for word in told.words}
    pauses = sound_after_pauses(told.sound, 0.25)
    for word in ("put", "keep", "because", "they"):
        assert min(abs(starts[word] - start_s) for start_s in pauses) < 0.08, (word, starts[word], pauses)


@pytest.mark.parametrize("wpm", [110, 125, 160])
def test_words_without_a_pause_begin_when_their_hiss_does(engine: PiperEngine, wpm: float) -> None:
    """An “s” after a vowel is seen in the high frequencies: within 40 ms, without knowing anything of the model."""
    text = "We know so many low songs, who say you see the same two suns go so far away."
    told = engine.speak_timed(text, ready("joe", wpm))
    hisses = _hisses(samples_from_segment(told.sound))
    starts = [word.frame / 22050 for word in told.words if text[word.at] == "s"]
    assert len(starts) == 7
    assert max(min(abs(start_s - hiss_s) for hiss_s in hisses) for start_s in starts) < 0.04


def _hisses(samples: Samples) -> list[float]:
    """When the highs begin to be loud for most of 40 ms after most of 40 ms in which they weren't, in seconds."""
    cell = 110
    highs = np.diff(samples, 3)
    levels = np.square(highs[: len(highs) // cell * cell]).reshape(-1, cell).mean(axis=1)
    loud = levels > levels.max() / 100
    turns = (place for place in range(8, len(loud) - 8) if loud[place] and not loud[place - 1])
    return [
        place * cell / 22050
        for place in turns
        if loud[place : place + 8].mean() > 0.7 and loud[place - 8 : place].mean() < 0.3
    ]


def test_joined_words_and_numbers_are_told_apart(engine: PiperEngine) -> None:
    """eSpeak NG says “of the” as one word and 21 as two: each written word still has its own time, evenly spread."""
    text = "It is one of the 21 things in a box."
    told = engine.speak_timed(text, ready("joe", 125))
    assert [word_at(text, word.at) for word in told.words] == text.split()
    lengths = np.diff([word.frame / 22050 for word in told.words])
    assert lengths.min() > 0.03
    assert lengths.argmax() == text.split().index("21")


def test_long_phrases_and_ipa_have_the_times_of_their_own_words(engine: PiperEngine) -> None:
    """In pieces, and with sounds from a lexicon: places are of the text that was given."""
    text = f"{LONG} So said {IPA_START}tɪk nɑt hɑn{IPA_END}, [[here]]."
    told = engine.speak_timed(text, ready("joe", 125))
    assert len(_pieces(text)) > 1
    known = [at for at, _ in words_with_places(text)]
    assert [word.at for word in told.words] == [at for at in known if at in {word.at for word in told.words}]
    assert len(told.words) > 0.95 * len(known)
    assert told.words[-1].at == text.index("[[here]]")
    assert 0.3 < told.sound.duration_seconds - told.words[-1].frame / 22050 < 1.2


def test_a_model_that_tells_no_lengths_speaks_all_the_same(
    engine: PiperEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it isn't the one `Ceil` that rounds them up, no words are told, and the sound is the same."""

    def without_lengths(model: onnx.ModelProto, name: str) -> None:
        _with_noise_and_lengths(model, name)
        del model.graph.output[1:]

    voice = ready("joe", 125)
    monkeypatch.setenv("AUDIO_BUILDER_CACHE", str(tmp_path))
    monkeypatch.setattr(piper, "_with_noise_and_lengths", without_lengths)
    told = PiperEngine().speak_timed("The lake was quite still.", voice)
    assert told.words == ()
    assert told.sound.raw_data == engine.speak("The lake was quite still.", voice).raw_data


def test_noise_comes_from_outside_but_where_it_has_a_mean_or_a_scale_of_its_own() -> None:
    """Each node that draws standard normal noise gets an input of its own; a second `Ceil` tells no lengths."""
    nodes = [
        helper.make_node("RandomNormalLike", ["x"], ["a"]),
        helper.make_node("RandomNormalLike", ["a"], ["b"], scale=2.0),
        helper.make_node("RandomNormalLike", ["b"], ["c"]),
        *(helper.make_node("Ceil", [name], [f"{name}_rounded"]) for name in "bc"),
    ]
    ends = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n"]) for name in ("x", "c_rounded")]
    model = helper.make_model(helper.make_graph(nodes, "of a test", ends[:1], ends[1:]))
    _with_noise_and_lengths(model, "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    assert [given.name for given in model.graph.input] == ["x", "audio_builder_noise_0", "audio_builder_noise_1"]
    assert [node.op_type for node in model.graph.node].count("RandomNormalLike") == 1
    assert [output.name for output in model.graph.output] == ["c_rounded"]


def test_asking_for_125_words_a_minute_gives_125_on_another_text(tmp_path: Path) -> None:
    """Within 5 per cent, on more than 60 words of an article, much shorter ones than those of the passage."""
    article = Path(__file__).parents[3] / "examples" / "the-hour-before-the-house-wakes.md"
    cues = make_script(read_document(article), Recipe()).cues
    texts = [cue.text for cue in cues if isinstance(cue, Say)][:10]
    assert sum(count_words(text) for text in texts) > 60
    narration = narrated_at_rate(script_of(*texts), "joe", 125, tmp_path)
    assert narration.wpm == pytest.approx(125, rel=0.05)


def test_english_is_handed_over_as_the_reader_of_all_voices_reads_it() -> None:
    """In IPA, with the marks that a model knows; other languages as text."""
    assert piper._reading("en-US")("Close your eyes — now: “rest”…") == "[[klˈoʊz jʊɹ ˈaɪz; nˈaʊ: ɹˈɛst,]]"
    assert piper._reading("en-GB")("No door.") == "[[nˈəʊ dˈɔː.]]"
    assert piper._reading("en-US")("…") == ""
    assert piper._reading("de-DE")("Das Tor [[hier]].") == "Das Tor [ [hier] ]."


def test_a_slower_rate_is_slower(engine: PiperEngine) -> None:
    """The setting follows the calibration, in order."""
    text = "Nothing has to be decided before the kettle boils."
    lengths = [trim(engine.speak(text, ready("joe", wpm)), 44100).speech_s for wpm in (110, 150, 200)]
    assert lengths == sorted(lengths, reverse=True)
    assert expected_wpm(ready("joe", 110).profile, ready("joe", 110).rate) == pytest.approx(110, rel=1e-3)


@pytest.mark.parametrize("text", [LONG * 3, "x" * 1000, "word " * 300, "Hi."])
def test_long_phrases_are_cut_between_clauses_and_lose_nothing(text: str) -> None:
    """No piece is longer than the model takes, and every letter is in one of them."""
    pieces = _pieces(text)
    assert all(0 < len(piece) <= 401 for piece in pieces)
    assert re.sub(r"\W", "", "".join(pieces)) == re.sub(r"\W", "", text)


def test_a_voice_without_its_files_or_with_a_broken_config_is_refused(tmp_path: Path) -> None:
    """In words, not as a traceback of the engine's."""
    voice = ready("joe")
    with pytest.raises(VoiceFileMissing, match="names no 'model'"):
        PiperEngine().speak("Hello.", msgspec.structs.replace(voice, paths={}))
    config, model = tmp_path / "c.json", tmp_path / "m.onnx"
    model.write_bytes(b"\x08\x08")
    config.write_text(json.dumps({"audio": {}}))
    broken = msgspec.structs.replace(voice, paths={"model": model, "config": config})
    with pytest.raises(VoiceError, match=r"c\.json isn't a Piper configuration"):
        PiperEngine().speak("Hello.", broken)
    model.write_bytes(b"")
    no_model = msgspec.structs.replace(voice, paths={"model": model, "config": voice.paths["config"]})
    with pytest.raises(VoiceError, match=r"m\.onnx isn't a well-formed ONNX file: it has no graph"):
        PiperEngine().speak("Hello.", no_model)


def test_its_fingerprint_names_what_makes_the_sound() -> None:
    """Versions of the package, the runtime and what draws the noise."""
    assert re.fullmatch(
        r"piper seeded-5 piper-tts=\S+ onnxruntime=\S+ numpy=\S+ hibari-tts=\S+", PiperEngine().fingerprint()
    )
