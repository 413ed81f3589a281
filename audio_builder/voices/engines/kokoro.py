"""Kokoro: neural voices of one model, each a table of style vectors, which can be blended.

The model plans how many frames each of its tokens lasts before it makes any sound. From that plan each token gets a
speed of its own, and the words their times.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import EngineFailed, VoiceError, VoiceFileMissing, quoted
from audio_builder.voices.blend import STYLE, blend_weights
from audio_builder.voices.engines.base import TimedSound, voice_file
from audio_builder.voices.engines.kokoro_readers import (
    WANTED_BY,
    foreign_phonemes,
    known,
    read_languages,
    reader_version,
    sounds_of,
    tokens,
)
from audio_builder.voices.engines.misaki import phonemes as misaki_phonemes
from audio_builder.voices.engines.misaki import pieces
from audio_builder.voices.engines.onnx_models import changed_session
from audio_builder.voices.engines.spoken_runs import MARKS, Run, joined
from audio_builder.voices.extras import installed_version
from audio_builder.voices.profile import Voice

if TYPE_CHECKING:
    from onnx import ModelProto

RATE_HZ = 24_000
_ROWS, _WIDTH = 510, 256
_SPEEDS = "speed"
_CHANGE = "kokoro lengths 2"
_IS_BRITISH = {"en-us": False, "en-gb": True}
"""The two Englishes; `phonemes/` has the other languages."""

_EDGE = 0
"""The token before the first phoneme and after the last."""

_LAST_MARKS_PACE = 2.0
"""How fast the marks behind the last word go by."""

_FRAME_SAMPLES = 600
"""The model counts the lengths of its tokens in these."""

_LONGEST_PIECE = 300
"""Phonemes in one run. The model takes 510; beyond about 400 it hurries, and a slow run grows long."""

_JOIN_QUIET_S = 0.12
"""Quiet that stays on either side of a cut: a pause between clauses, not sentences."""


class KokoroEngine:
    """Speaks with the files `model` (ONNX) and `style`; the setting is the model's `speed`, 1 being its own pace.

    The model draws no random numbers: the same words are the same bytes.
    """

    takes_ipa = True
    reader = "misaki"

    def __init__(self) -> None:
        self._sessions: dict[Path, Any] = {}
        self._styles: dict[tuple[Path, ...], npt.NDArray[np.float32]] = {}

    def voices(self) -> tuple[str, ...]:
        """Return nothing: each voice is a file named by a profile."""
        self.fingerprint()
        return ()

    def fingerprint(self) -> str:
        """Return the versions of everything that turns text into this sound.

        Raises:
            MissingExtra: onnxruntime or onnx isn't installed.
        """
        runtime, reader, _ = (installed_version(name, WANTED_BY) for name in ("onnxruntime", "hibari-tts", "onnx"))
        return f"kokoro lengths-5 onnxruntime={runtime} hibari-tts={reader}"

    def language_extra(self, language: str) -> str:
        """Return the extra with what reads a language; empty for English.

        Raises:
            VoiceError: as `language_fingerprint` does.
        """
        spoken = _spoken(language)
        return sounds_of(spoken).extra if spoken else ""

    def language_fingerprint(self, language: str) -> str:
        """Return the versions of what reads a language; empty for English.

        Raises:
            MissingExtra: it isn't installed.
            VoiceError: the language isn't one that is spoken here.
        """
        spoken = _spoken(language)
        return reader_version(spoken) if spoken else ""

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return `text` at 24,000 Hz; a long one is spoken in pieces, cut between clauses.

        Raises:
            as `speak_timed` does.
        """
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return what `speak` does, with the words where the planned lengths put them.

        Raises:
            MissingExtra: onnxruntime or onnx isn't installed.
            VoiceFileMissing: the voice names no model or no style.
            VoiceError: a file is malformed, the language isn't one that is spoken here, or a pronunciation has
                sounds that aren't English.
            EngineFailed: there is nothing that could be spoken in the text.
        """
        phonemes = self._phonemes(text, voice)
        if not any(symbol.isalpha() for symbol in phonemes):
            raise EngineFailed(f"Kokoro found nothing to speak in {quoted(text)}")
        session, style = self._session(voice), self._style(voice)
        runs = [_run(session, piece, style, voice.rate) for piece in pieces(phonemes, _LONGEST_PIECE)]
        quiet = round(_JOIN_QUIET_S * RATE_HZ)
        runs = runs if len(runs) == 1 else [run.closed_up(quiet, quiet) for run in runs]
        return joined(text, lambda word: self._phonemes(word, voice), phonemes, runs, RATE_HZ)

    def _phonemes(self, text: str, voice: Voice) -> str:
        # Without a full stop a heading ends in the air.
        text = text + "." if text[-1:].isalnum() else text
        language = voice.profile.language
        spoken = _spoken(language)
        return known(
            foreign_phonemes(text, spoken) if spoken else misaki_phonemes(text, british=_IS_BRITISH[language.lower()])
        )

    def _session(self, voice: Voice) -> Any:
        model = voice_file(voice, "model")
        if model not in self._sessions:
            try:
                self._sessions[model] = changed_session(model, _with_speeds_and_lengths, _CHANGE)
            except OSError as error:
                raise VoiceFileMissing(f"can't read {model}: {error.strerror}") from error
        return self._sessions[model]

    def _style(self, voice: Voice) -> npt.NDArray[np.float32]:
        """Return the voice's style vectors, shape (510, 256): a row for each number of phonemes."""
        weights = blend_weights(voice.profile)
        files = tuple(voice_file(voice, role) for role in weights)
        if files not in self._styles:
            tables = (_read_style(path) * weight for path, weight in zip(files, weights.values(), strict=True))
            self._styles[files] = sum(tables, start=0 * _read_style(files[0]))
        return self._styles[files]


def _spoken(language: str) -> str:
    """Return the name of the file of a language in `phonemes/`; empty for English.

    Raises:
        VoiceError: the language isn't one that is spoken here.
    """
    tag = language.lower()
    if tag in _IS_BRITISH:
        return ""
    primary = tag.partition("-")[0]
    if primary not in read_languages():
        spoken = ", ".join(("en-US", "en-GB", *read_languages()))
        raise VoiceError(f"the engine kokoro doesn't speak {language}; the languages are {spoken}")
    return primary


def _with_speeds_and_lengths(model: ModelProto, name: str) -> None:
    """Change a model so that it takes a speed for each token, and gives the lengths that it plans as a second output.

    The graph divides the planned length of each token by the speed. One speed for all and one for each are then both
    right: the arithmetic broadcasts, only the declared length of the input stands against it.

    Raises:
        VoiceError: it has no input for the speed, or divides nothing by it.
    """
    from onnx import TensorProto, helper

    inputs = [given for given in model.graph.input if given.name == _SPEEDS]
    planned = [node.input[0] for node in model.graph.node if node.op_type == "Div" and [*node.input[1:]] == [_SPEEDS]]
    if not (inputs and planned):
        raise VoiceError(f"{name} divides nothing by an input called “{_SPEEDS}”, so it isn't a model for this engine")
    inputs[0].CopyFrom(helper.make_tensor_value_info(_SPEEDS, TensorProto.FLOAT, ["speeds"]))
    model.graph.output.append(helper.make_tensor_value_info(planned[0], TensorProto.FLOAT, None))


def _read_style(path: Path) -> npt.NDArray[np.float32]:
    try:
        table = np.fromfile(path, dtype="<f4")
    except OSError as error:
        raise VoiceFileMissing(f"can't read {path}: {error.strerror}") from error
    if table.size != _ROWS * _WIDTH:
        raise VoiceError(f"{path.name} isn't a Kokoro {STYLE}: it has {table.size} numbers, not {_ROWS} × {_WIDTH}")
    return table.reshape(_ROWS, _WIDTH)


def _run(session: Any, phonemes: str, style: npt.NDArray[np.float32], speed: float) -> Run:
    """Return one piece, spoken.

    Each token has a speed of its own. At the speed of the words, a slow voice would stretch the silence
    before the first one until it is heard as a vowel; that silence keeps the model's own pace. So it would the marks
    behind the last word, until `siwis` hisses in them as if there were an s; those go by at twice that pace.
    """
    audio = session.get_outputs()[0].name
    words = _words(phonemes, style)
    planned = _planned(session, words)
    edge = max(1.0, speed)
    paces = np.full(len(phonemes), speed)
    paces[len(phonemes.rstrip(MARKS)) :] = _LAST_MARKS_PACE * edge
    lengths = whole_frames(planned[1:-1] / paces)
    speeds = [edge, *(planned[1:-1] / lengths), edge]
    sound = session.run([audio], {**words, _SPEEDS: np.array(speeds, dtype=np.float32)})[0].ravel()
    ends = [max(1, round(float(planned[place]) / edge)) for place in (0, -1)]
    begins = np.cumsum([ends[0], *lengths]) * _FRAME_SAMPLES
    told = begins[-1] + ends[1] * _FRAME_SAMPLES == len(sound)
    return Run(phonemes, sound, tuple(begins[:-1].tolist()) if told else ())


def _planned(session: Any, words: dict[str, Any]) -> npt.NDArray[np.float32]:
    """Return how many frames the model plans for each token at speed 1, at least 1 each, with fractions."""
    import onnxruntime

    # The plan is a hundredth of the work; nothing that comes after it in the graph is done.
    options = onnxruntime.RunOptions()
    options.only_execute_path_to_fetches = True
    feed = {**words, _SPEEDS: np.ones(1, dtype=np.float32)}
    (lengths,) = session.run([session.get_outputs()[1].name], feed, options)
    planned: npt.NDArray[np.float32] = np.maximum(lengths.ravel(), 1.0)
    return planned


def _words(phonemes: str, style: npt.NDArray[np.float32]) -> dict[str, Any]:
    """Return what the model is told of a piece: its tokens, and the style for that many."""
    return {
        "tokens": np.array([[_EDGE, *tokens(phonemes), _EDGE]], dtype=np.int64),
        "style": style[len(phonemes) - 1][np.newaxis],
    }


def whole_frames(lengths: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return lengths as whole frames, at least 1 each, whose sum follows theirs: what one lacks, the next gets.

    The model rounds each length by itself. It plans 1.0 or 2.0 frames for most sounds, so at one speed
    nearly all are rounded up and at the next nearly all down, and the rate jumps by 13 % between them.
    """
    wanted, given = 0.0, 0
    whole = []
    for length in lengths.tolist():
        wanted += length
        whole.append(max(1, round(wanted - given)))
        given += whole[-1]
    return np.array(whole, dtype=np.int64)
