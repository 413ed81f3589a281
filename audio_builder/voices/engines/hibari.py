"""Hibari: small neural voices that speak a hundred times faster than real time, with a reader of their own."""

from __future__ import annotations

import importlib.util
import json
import zlib
from pathlib import Path

import numpy as np

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import EngineFailed, VoiceError, VoiceFileMissing, quoted
from audio_builder.voices.engines import misaki
from audio_builder.voices.engines.base import TimedSound, voice_file
from audio_builder.voices.engines.spoken_runs import MARKS, Run, joined
from audio_builder.voices.extras import installed_version, missing_extra
from audio_builder.voices.profile import Voice

RATE_HZ = 24_000
_NEEDED_BY = "the engine hibari"

_FRAME_SAMPLES = 600
"""The model counts the durations of phonemes in these: 25 ms."""

_DURATIONS = "/Clip_output_0"
"""The tensor of its graph that holds the durations, after rounding; one for each token."""

_OUTPUTS = 6
"""What the graph gives by itself: the five parts of a spectrum, and the pitch."""

_EDGE = 0
"""The token before the first phoneme and after the last."""

_EDGE_SPEED = 2.0
"""Theirs, where the words are slower. The last sound and the marks behind it keep the model's own pace: it lengthens
them by itself, and slower than that a nasal ends in a hiss, so that “moon” is heard as *moons*."""

_LONGEST_PIECE = 380
"""Phonemes in one run. The model was trained on at most 400."""

_CLAUSE_QUIET_S = 0.25
"""Quiet that stays on either side of a cut: together a comma, which the voice itself rests for 0.3 to 0.75 s."""


class HibariEngine:
    """Speaks with the file `model` (ONNX); the setting is the model's `speed`, 1 being its own pace, 0.5 to 2.

    The noise in the sound is seeded with what is spoken: the same words at the same rate are the same bytes, in
    whichever order and process they are spoken.
    """

    takes_ipa = True
    reader = "misaki"

    def __init__(self) -> None:
        self._sessions: dict[Path, _Session] = {}

    def voices(self) -> tuple[str, ...]:
        """Return nothing: each voice is a file named by a profile."""
        self.fingerprint()
        return ()

    def fingerprint(self) -> str:
        """Return the versions of everything that turns text into this sound.

        Raises:
            MissingExtra: hibari-tts or onnxruntime isn't installed.
        """
        names = ("hibari-tts", "onnxruntime", "numpy")
        # hibari-tts transforms by SciPy where it is installed; that rounds otherwise.
        scipy = " scipy" if importlib.util.find_spec("scipy") else ""
        return (
            " ".join(["hibari pieces-6", *(f"{name}={installed_version(name, _NEEDED_BY)}" for name in names)]) + scipy
        )

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return `text` at 24,000 Hz; a long one is spoken in pieces, cut between clauses.

        Raises:
            as `speak_timed` does.
        """
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return what `speak` does, with the words where the model's durations put them.

        Raises:
            MissingExtra: hibari-tts or onnxruntime isn't installed.
            VoiceFileMissing: the voice names no model.
            VoiceError: the model is malformed, the language isn't English, or a pronunciation has a sound that
                English hasn't.
            EngineFailed: there is nothing that could be spoken in the text.
        """
        phonemes = _phonemes(text, voice)
        if not any(map(str.isalpha, phonemes)):
            raise EngineFailed(f"Hibari found nothing to speak in {quoted(text)}")
        session = self._session(voice)
        runs = [session.run(piece, voice.rate) for piece in misaki.pieces(phonemes, _LONGEST_PIECE)]
        quiet = round(_CLAUSE_QUIET_S * RATE_HZ)
        closed = [run.closed_up(None if run is runs[0] else quiet, None if run is runs[-1] else quiet) for run in runs]
        return joined(text, lambda word: _phonemes(word, voice), phonemes, closed, RATE_HZ)

    def _session(self, voice: Voice) -> _Session:
        model = voice_file(voice, "model")
        if model not in self._sessions:
            self._sessions[model] = _Session(model)
        return self._sessions[model]


def _phonemes(text: str, voice: Voice) -> str:
    language = voice.profile.language.lower()
    if not language.startswith("en"):
        raise VoiceError(f"the engine hibari speaks English; “{voice.profile.name}” has {voice.profile.language}")
    # Without a full stop a heading ends in the air.
    text = text + "." if text[-1:].isalnum() else text
    try:
        return misaki.phonemes(text, british=language == "en-gb")
    except ImportError as error:
        raise missing_extra("hibari-tts", _NEEDED_BY) from error


class _Session:
    """A model, opened."""

    def __init__(self, model: Path) -> None:
        try:
            import onnxruntime
            from hibari import dsp
            from hibari.tts import ASSETS
        except ImportError as error:
            raise missing_extra(error.name or "hibari-tts", _NEEDED_BY) from error

        try:
            content = model.read_bytes()
        except OSError as error:
            raise VoiceFileMissing(f"can't read {model}: {error.strerror}") from error
        options = onnxruntime.SessionOptions()
        # The pool runs one process for each core; more threads in each only contend.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._model = onnxruntime.InferenceSession(with_speeds(with_output(content, _DURATIONS)), options)
        except Exception:  # noqa: BLE001 - onnxruntime's errors have no class of their own
            try:  # a graph whose durations have another name speaks all the same, without word times
                self._model = onnxruntime.InferenceSession(content, options)
            except Exception as error:
                raise VoiceError(f"onnxruntime can't load {model.name}: {error}") from error
        self._takes_speeds = self._model.get_inputs()[1].shape != [1]
        self._synthesize = dsp.synth
        self._numbers: dict[str, int] = json.loads((Path(ASSETS) / "vocab.json").read_text(encoding="utf-8"))

    def run(self, phonemes: str, speed: float) -> Run:
        """Return phonemes, spoken; at most `_LONGEST_PIECE` of them."""
        phonemes = "".join(symbol for symbol in phonemes if symbol in self._numbers)
        tokens = np.array([[_EDGE, *(self._numbers[symbol] for symbol in phonemes), _EDGE]], dtype=np.int64)
        speeds = np.full(tokens.size if self._takes_speeds else 1, speed, dtype=np.float32)
        if self._takes_speeds:
            # At the speed of the words, a slow voice would stretch the quiet around them until it is heard as a sound.
            speeds[len(phonemes.rstrip(MARKS)) :] = max(1.0, speed)
            speeds[[0, -1]] = max(_EDGE_SPEED, speed)
        outputs = self._model.run(None, {"ids": tokens, "speed": speeds})
        noise = np.random.default_rng(zlib.crc32(f"{speed} {phonemes}".encode()))
        sound = self._synthesize(*(output[0] for output in outputs[:_OUTPUTS]), noise)
        if len(outputs) == _OUTPUTS:
            return Run(phonemes, sound, ())
        durations = outputs[_OUTPUTS].ravel().astype(np.int64)
        return Run(phonemes, sound, tuple((np.cumsum(durations)[:-1] * _FRAME_SAMPLES).tolist()))


_ONE_SPEED = bytes((0x0A, 5, *b"speed", 0x12, 10, 0x0A, 8, 8, 1, 0x12, 4, 0x0A, 2, 8, 1))
"""The input “speed” as it is serialized: numbers in single precision, of one dimension (field 1) that is 1 long."""

_SPEEDS = bytes((*_ONE_SPEED[:-2], 0x78, 1))
"""The same with a field 15, which every reader skips, in place of that length: then it may have any."""


def with_speeds(model: bytes) -> bytes:
    """Return an ONNX model that takes a speed for each token; one without such an input, or with several, as it is.

    The graph divides the lengths of the tokens by the speed, and one for each is right there, too.
    """
    return model.replace(_ONE_SPEED, _SPEEDS) if model.count(_ONE_SPEED) == 1 else model


def with_output(model: bytes, tensor: str) -> bytes:
    """Return an ONNX model whose graph gives one more of its tensors.

    Serialized messages of Protocol Buffers that are joined are read as one, in which repeated fields follow each
    other (https://protobuf.dev/programming-guides/encoding/#last-one-wins). So what is appended is a model that has
    nothing but a graph (field 7) with one output (field 12) of that name (field 1).

    Args:
        model: a whole ONNX file.
        tensor: name of what a node of its graph gives, at most 100 bytes.
    """
    message = tensor.encode()
    for field in (1, 12, 7):
        message = bytes((field << 3 | 2, len(message))) + message
    return model + message
