"""Kokoro: phonemes and pieces, and, where its voices are installed, the real engine."""

from __future__ import annotations

import re

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from audio_builder.audio.samples import AudioSegment, samples_from_segment
from audio_builder.errors import EngineFailed, UnknownVoice, VoiceError, VoiceFileMissing
from audio_builder.narration.workers.worker import speak_phrase
from audio_builder.script.phrases import count_words
from audio_builder.voices.blend import blend_weights
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines import misaki
from audio_builder.voices.engines.kokoro import KokoroEngine, _with_speeds_and_lengths, whole_frames
from audio_builder.voices.engines.kokoro_readers import known, tokens
from audio_builder.voices.engines.misaki import pieces
from audio_builder.voices.engines.onnx_models import read_model
from audio_builder.voices.engines.spoken_runs import Run, word_begins
from audio_builder.voices.profile import Voice
from audio_builder.voices.spoken.normalize import spoken_text
from audio_builder.voices.voice_files import locate_files


def test_a_lexicons_ipa_is_spoken_among_other_words(engine: KokoroEngine) -> None:
    """The words around it are as they would be, its mark stays at it, and a dialect without it is untouched."""
    profile = find_voice("heart")
    voice = Voice(profile=profile, rate=1.0, lexicon={"Qzx": "/ˈɹɪvɚ/"})
    text = spoken_text("See the Qzx, and rest.", voice, engine)
    plain = engine._phonemes("See the river, and rest.", voice)
    assert engine._phonemes(text, voice) == plain
    assert engine._phonemes(spoken_text("Qzx.", voice, engine), voice) == "ɹˈɪvəɹ."


def test_each_voice_is_read_in_its_own_english(engine: KokoroEngine) -> None:
    """A heading gets a full stop; other languages are refused by name."""
    heart, emma = (Voice(profile=find_voice(name), rate=1.0) for name in ("heart", "emma"))
    assert engine._phonemes("Go slowly", heart) == "ɡˌO slˈOli."
    assert engine._phonemes("Go slowly", emma) == "ɡˌQ slˈQli."
    german = msgspec.structs.replace(heart, profile=msgspec.structs.replace(heart.profile, language="de-DE"))
    with pytest.raises(VoiceError, match="kokoro doesn't speak de-DE"):
        engine._phonemes("Langsam.", german)


def test_the_model_has_a_number_for_each_of_the_readers_symbols() -> None:
    """A symbol without one would be left out of what is spoken: the weak “a”, above all."""
    said = misaki.phonemes("A boy, a thing: the measure of joy? Church, better, bottle — yes; hello!", british=False)
    assert known(said) == said
    assert "ɐ" in said
    british = misaki.phonemes("A bath, a lot of square fields, and no more nurses.", british=True)
    assert known(british) == british


def test_every_symbol_has_a_number_of_its_own() -> None:
    """The model has 178 symbols; two letters with one number would be spoken alike."""
    numbers = tokens(';:,.!?—…"()“” AIOQTWYᵊabdefhijklmnopstuvwyzɑɐɒæɔðʤəɛɜɡɪŋθɹʃʧʊʌʒˈˌːᵻ')
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) == 177


@pytest.mark.parametrize(
    "phonemes",
    ["a" * 1000, "ab " * 300, ("lˈaːŋ wˈɜːd, " * 40 + "stˈɒp. ") * 3, "wˈʌn.", "ab, " * 90 + "a" * 500],
)
def test_long_phonemes_are_cut_between_clauses_and_lose_nothing(phonemes: str) -> None:
    """No piece is longer than the model takes; every sound is in one of them; none is a crumb."""
    found = pieces(phonemes, 300)
    assert all(0 < len(piece) <= 300 for piece in found)
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", phonemes)
    if "," in phonemes and len(phonemes) > 1000:
        assert all(piece[-1] in ",." for piece in found)
        assert min(len(piece) for piece in found) > 75


def test_words_begin_where_their_sounds_were_planned() -> None:
    """40 ms before the gap that is before them, quotes included; in the second piece after all of the first."""
    phonemes = "ɪt wˌɑz, “kˈOld”"
    first, second = phonemes[:8], phonemes[9:]
    sound = np.zeros(24_000, dtype=np.float32)
    runs = [
        Run(first, sound, tuple(range(2_400, 2_400 + 600 * len(first), 600))),
        Run(second, sound, tuple(range(1_200, 1_200 + 600 * len(second), 600))),
    ]
    firsts = [0, phonemes.index("w"), None, phonemes.index("k")]
    assert word_begins(firsts, phonemes, runs, 24_000) == [
        2_400 - 960,
        2_400 + 2 * 600 - 960,
        None,
        24_000 + 1_200 - 960,
    ]
    untold = [Run(first, sound, ()), runs[1]]
    assert word_begins(firsts, phonemes, untold, 24_000)[:2] == [None, None]


def test_a_blend_is_a_voice() -> None:
    """Shares sum to 1, both styles are among its files, the model once; its rates lie between its voices'."""
    blended = find_voice("heart:7+michael:3")
    assert blend_weights(blended) == pytest.approx({"style": 0.7, "style-2": 0.3})
    assert [file.role for file in blended.files] == ["model", "style", "style-2"]
    assert (blended.name, blended.blend_of) == ("heart-70-michael-30", ("heart", "michael"))
    heart, michael = find_voice("heart").calibration[0].wpm, find_voice("michael").calibration[0].wpm
    assert blended.calibration[0].wpm == pytest.approx(0.7 * heart + 0.3 * michael)
    assert msgspec.json.decode(msgspec.json.encode(blended), type=type(blended)) == blended


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("heart:x+michael", VoiceError, "can't understand “heart:x”"),
        ("heart:0+michael:1", VoiceError, "can't understand “heart:0”"),
        ("heart:nan+michael:1", VoiceError, "can't understand “heart:nan”"),
        ("heart+heart", VoiceError, "can't understand “heart”"),
        ("heart+joe", VoiceError, r"can't be blended: heart \(kokoro\), joe \(piper\)"),
        ("heart+hart", UnknownVoice, "no voice called “hart”"),
        ("heart+emma+michael+bella+george", VoiceError, "blends 5 voices; 4 at most"),
    ],
)
def test_a_blend_that_cant_be_is_refused(name: str, error: type[VoiceError], said: str) -> None:
    """Told before anything is spoken."""
    with pytest.raises(error, match=said):
        find_voice(name)


@given(st.lists(st.floats(1, 40), max_size=60).map(np.float32), st.floats(0.5, 1))
def test_whole_frames_follow_the_planned_lengths(planned: np.ndarray, speed: float) -> None:
    """After each sound the frames given differ from those planned by a half at most: no rate is out of reach."""
    frames = whole_frames(planned / np.float32(speed))
    assert frames.tolist() == [max(1, count) for count in frames.tolist()]
    assert np.all(np.abs(np.cumsum(frames) - np.cumsum(planned.astype(float) / speed)) < 0.51)


def test_a_model_that_plans_nothing_is_refused() -> None:
    """Told with the file's name."""
    with pytest.raises(VoiceError, match=r"model\.onnx divides nothing by an input called “speed”"):
        _with_speeds_and_lengths(read_model(b"\x3a\x00", "model.onnx"), "model.onnx")


@pytest.fixture(scope="module")
def engine() -> KokoroEngine:
    """One engine with its model loaded, for all tests here."""
    return KokoroEngine()


def ready(name: str, speed: float) -> Voice:
    """A voice at one of the model's own speeds; skips where it isn't installed."""
    profile = find_voice(name)
    try:
        paths = locate_files(profile)
    except VoiceFileMissing as missing:
        pytest.skip(f"{missing.message}. {missing.hint}")
    return Voice(profile=profile, rate=speed, paths=paths)


def pitch_hz(sound: AudioSegment) -> float:
    """The median pitch of the voiced parts: the strongest lag of the autocorrelation from 60 to 400 Hz."""
    samples, rate = samples_from_segment(sound).astype(float), sound.frame_rate
    frames = [samples[at : at + 2048] for at in range(0, len(samples) - 2048, 1024)]
    pitches = []
    for frame in frames:
        if np.sqrt(np.mean(frame**2)) < 0.3 * np.sqrt(np.mean(samples**2)):
            continue
        likeness = np.correlate(frame, frame, "full")[len(frame) - 1 :]
        lags = likeness[rate // 400 : rate // 60]
        if lags.max() > 0.5 * likeness[0]:
            pitches.append(rate / (rate // 400 + int(np.argmax(lags))))
    return float(np.median(pitches))


@pytest.mark.engine
@pytest.mark.parametrize("text", ["Sit.", "Please."])
def test_a_slow_phrase_begins_with_its_own_sound(engine: KokoroEngine, text: str) -> None:
    """No vowel before the first consonant, which at this speed the model adds if its silence is stretched too.

    "s" and "p" have nothing below 1 kHz: what is voiced before their own sound above 3 kHz was never written.
    """
    spoken = engine.speak(text, ready("heart", 0.6))
    samples = samples_from_segment(spoken)
    hop = spoken.frame_rate // 100

    def first_ms(sound: np.ndarray, under_peak_db: float) -> int:
        level = np.sqrt(np.mean(sound[: len(sound) // hop * hop].reshape(-1, hop) ** 2, axis=1))
        return 10 * int(np.argmax(level > level.max() * 10 ** (under_peak_db / 20)))

    voiced = sosfilt(butter(4, (100, 1000), "bandpass", fs=spoken.frame_rate, output="sos"), samples)
    hissed = sosfilt(butter(4, 3000, "highpass", fs=spoken.frame_rate, output="sos"), samples)
    assert first_ms(voiced, -20) >= first_ms(hissed, -25) - 20


@pytest.mark.engine
def test_the_same_words_are_the_same_bytes_and_a_plausible_clip(engine: KokoroEngine) -> None:
    """Also from a model that was loaded anew; and the pipeline accepts the clip."""
    voice = ready("heart", 0.8)
    first = engine.speak("Be still.", voice)
    assert (first.frame_rate, first.channels, first.sample_width) == (24_000, 1, 2)
    assert KokoroEngine().speak("Be still.", voice).raw_data == first.raw_data
    clip = speak_phrase(engine, voice, "Be still.", 44_100)
    assert 50 < count_words("Be still.") / clip.speech_s * 60 < 250


@pytest.mark.engine
def test_a_little_faster_is_a_little_shorter(engine: KokoroEngine) -> None:
    """Between the speeds 0.565 and 0.58 the model by itself would round nearly all sounds the other way."""
    slow, fast = (engine.speak("Set it down.", ready("heart", speed)).duration_seconds for speed in (0.565, 0.58))
    assert slow / fast == pytest.approx(0.58 / 0.565, abs=0.03)


@pytest.mark.engine
def test_a_blend_speaks(engine: KokoroEngine) -> None:
    """As one voice, between its two: not the sum of both, in length, level or pitch."""
    first, second, both = (
        speak_phrase(engine, ready(name, 1.0), "Let the morning come to you.", 44_100)
        for name in ("heart", "michael", "heart:0.5+michael:0.5")
    )
    shorter, longer = sorted((first.speech_s, second.speech_s))
    assert 0.85 * shorter < both.speech_s < 1.15 * longer
    pitches = [pitch_hz(clip.segment) for clip in (second, both, first)]
    assert pitches == sorted(pitches)
    assert pitches[0] < 150 < pitches[2]


@pytest.mark.engine
def test_a_sentence_without_words_is_refused(engine: KokoroEngine) -> None:
    """Marks alone are not spoken as something else."""
    with pytest.raises(EngineFailed, match="nothing to speak"):
        engine.speak("…", ready("heart", 1.0))


@pytest.mark.engine
def test_its_fingerprint_names_what_makes_the_sound(engine: KokoroEngine) -> None:
    """Versions of the runtime and of what makes the phonemes."""
    assert re.fullmatch(r"kokoro lengths-5 onnxruntime=\S+ hibari-tts=\S+", engine.fingerprint())
