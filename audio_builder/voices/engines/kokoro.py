"""Kokoro: neural voices of one model, each a table of style vectors, which can be blended."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import EngineFailed, VoiceError, VoiceFileMissing, quoted
from audio_builder.voices.blend import STYLE, blend_weights
from audio_builder.voices.engines.base import TimedSound, WordStart
from audio_builder.voices.engines.espeak import Phonemizer
from audio_builder.voices.engines.kokoro_phonemes import espeak_voice, kokoro_phonemes, pieces, tokens, with_ties
from audio_builder.voices.engines.kokoro_words import Run, begins_of
from audio_builder.voices.engines.onnx.part import part_before_division, with_input_of_any_length
from audio_builder.voices.engines.onnx.session import one_thread_session
from audio_builder.voices.extras import installed_version, missing_extra
from audio_builder.voices.lexicon import IPA_END, IPA_START
from audio_builder.voices.profile import Voice
from audio_builder.voices.word_alignment import first_sounds, words_with_places

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RATE_HZ = 24_000
_WANTED_BY = "the engine kokoro"
_ROWS, _WIDTH = 510, 256
_SPEEDS = "speed"
_IPA = re.compile(f"{IPA_START}(.*?){IPA_END}")
_EDGE = 0
"""The token before the first phoneme and after the last."""

_FRAME_SAMPLES = 600
_FRAME_S = _FRAME_SAMPLES / RATE_HZ
"""The model counts the lengths of its tokens in these."""

_JOIN_QUIET_S = 0.12
_JOIN_THRESHOLD_DB = -45.0


class KokoroEngine:
    """Speaks with the files `model` (ONNX) and `style`; the setting is the model's `speed`, 1 being its own pace.

    The model draws no random numbers: the same words are the same bytes.
    """

    takes_ipa = True

    def __init__(self) -> None:
        self._sessions: dict[Path, Any] = {}
        self._planners: dict[Path, Any] = {}
        self._styles: dict[tuple[Path, ...], npt.NDArray[np.float32]] = {}
        self._phonemizer: Phonemizer | None = None

    def voices(self) -> tuple[str, ...]:
        """Return nothing: each voice is a file named by a profile."""
        self.fingerprint()
        return ()

    def fingerprint(self) -> str:
        """Return the versions of everything that turns text into this sound.

        Raises:
            MissingExtra: onnxruntime or espeakng-loader isn't installed.
        """
        runtime, espeak = (installed_version(name, _WANTED_BY) for name in ("onnxruntime", "espeakng-loader"))
        return f"kokoro lengths-1 onnxruntime={runtime} espeakng-loader={espeak}"

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return `text` at 24,000 Hz; a long one is spoken in pieces, cut between clauses.

        Raises:
            as `speak_timed` does.
        """
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return what `speak` does, with the words where the planned lengths put them.

        Raises:
            MissingExtra: onnxruntime or espeakng-loader isn't installed.
            VoiceFileMissing: the voice names no model or no style.
            VoiceError: a file is malformed, or the language isn't one that is spoken here.
            EngineFailed: there is nothing that could be spoken in the text.
        """
        import numpy as np

        phonemes = self._phonemes(text, voice)
        if not any(symbol.isalpha() for symbol in phonemes):
            raise EngineFailed(f"Kokoro found nothing to speak in {quoted(text)}")
        sessions, style = (self._session(voice), self._planner(voice)), self._style(voice)
        runs = [_run(sessions, piece, style, voice.rate) for piece in pieces(phonemes)]
        runs = runs if len(runs) == 1 else [_closed_up(run) for run in runs]
        pcm = np.round(np.clip(np.concatenate([run.sound for run in runs]), -1.0, 1.0) * 32767).astype("<i2")
        sound = AudioSegment(pcm.tobytes(), frame_rate=RATE_HZ, sample_width=2, channels=1)
        words = words_with_places(text)
        firsts = first_sounds([self._phonemes(word, voice) for _, word in words], phonemes)
        frames = begins_of(firsts, phonemes, runs, RATE_HZ)
        told = zip(words, frames, strict=True)
        return TimedSound(sound, tuple(WordStart(at, frame) for (at, _), frame in told if frame is not None))

    def planned_s(self, text: str, voice: Voice) -> float:
        """Return how long the model plans the sounds of `text` to be at speed 1, without the last one.

        The last sound of a piece is half silence, much the same in each: a voice's `ending_s` stands for it.

        Raises:
            as `speak` does, but for a text with nothing to speak, which takes 0.
        """
        planner, style = self._planner(voice), self._style(voice)
        frames = 0.0
        for piece in pieces(self._phonemes(text, voice)):
            last = max((place for place, symbol in enumerate(piece) if symbol.isalpha()), default=0)
            frames += float(_run_planner(planner, _words(piece, style))[1 : last + 1].sum())
        return _FRAME_S * frames

    def _phonemes(self, text: str, voice: Voice) -> str:
        # Without a full stop a heading ends in the air.
        text = text + "." if text[-1:].isalnum() else text
        language = voice.profile.language
        speaker = espeak_voice(language)
        if speaker is None:
            raise VoiceError(f"the engine kokoro speaks en-US and en-GB here; “{voice.profile.name}” has {language}")
        self._phonemizer = self._phonemizer or Phonemizer(_WANTED_BY)
        said = []
        for number, part in enumerate(_IPA.split(text)):
            if number % 2:
                said.append(kokoro_phonemes(with_ties(part), language))
            elif part.strip():
                # The marks after a word in IPA stay at it, the words before and after keep their distance.
                spoken = kokoro_phonemes(self._phonemizer.ipa(part, speaker), language)
                said.append(f"{' ' * (part[0] == ' ')}{spoken}{' ' * (part[-1] == ' ')}")
        return " ".join("".join(said).split())

    def _session(self, voice: Voice) -> Any:
        model = _path(voice, "model")
        if model not in self._sessions:
            self._sessions[model] = _opened(with_input_of_any_length(_content(model), _SPEEDS, model.name), model)
        return self._sessions[model]

    def _planner(self, voice: Voice) -> Any:
        model = _path(voice, "model")
        if model not in self._planners:
            self._planners[model] = _opened(part_before_division(_content(model), _SPEEDS, model.name).content, model)
        return self._planners[model]

    def _style(self, voice: Voice) -> npt.NDArray[np.float32]:
        """Return the voice's style vectors, shape (510, 256): a row for each number of phonemes."""
        weights = blend_weights(voice.profile)
        files = tuple(_path(voice, role) for role in weights)
        if files not in self._styles:
            tables = (_read_style(path) * weight for path, weight in zip(files, weights.values(), strict=True))
            self._styles[files] = sum(tables, start=0 * _read_style(files[0]))
        return self._styles[files]


def _content(model: Path) -> bytes:
    try:
        return model.read_bytes()
    except OSError as error:
        raise VoiceFileMissing(f"can't read {model}: {error.strerror}") from error


def _opened(content: bytes, model: Path) -> Any:
    try:
        return one_thread_session(content, model.name)
    except ImportError as error:
        raise missing_extra("onnxruntime", _WANTED_BY) from error


def _path(voice: Voice, role: str) -> Path:
    try:
        return voice.paths[role]
    except KeyError as error:
        raise VoiceFileMissing(f"the voice “{voice.profile.name}” names no {error} among its files") from error


def _read_style(path: Path) -> npt.NDArray[np.float32]:
    import numpy as np

    try:
        table = np.fromfile(path, dtype="<f4")
    except OSError as error:
        raise VoiceFileMissing(f"can't read {path}: {error.strerror}") from error
    if table.size != _ROWS * _WIDTH:
        raise VoiceError(f"{path.name} isn't a Kokoro {STYLE}: it has {table.size} numbers, not {_ROWS} × {_WIDTH}")
    return table.reshape(_ROWS, _WIDTH)


def _run(sessions: tuple[Any, Any], phonemes: str, style: npt.NDArray[np.float32], speed: float) -> Run:
    """Return one piece, spoken.

    Each token has a speed of its own. At the speed of the words, a slow voice would stretch the silence
    before the first one until it is heard as a vowel; that silence keeps the model's own pace.

    Args:
        sessions: of the whole model, and of the part that plans lengths.
        phonemes: of the piece.
        style: the voice's vectors.
        speed: of the words.
    """
    import numpy as np

    model, planner = sessions
    words = _words(phonemes, style)
    planned = _run_planner(planner, words)
    edge = max(1.0, speed)
    lengths = whole_frames(planned[1:-1] / speed)
    speeds = [edge, *(planned[1:-1] / lengths), edge]
    sound = model.run(None, {**words, _SPEEDS: np.array(speeds, dtype=np.float32)})[0].ravel()
    ends = [max(1, round(float(planned[place]) / edge)) for place in (0, -1)]
    begins = np.cumsum([ends[0], *lengths]) * _FRAME_SAMPLES
    told = begins[-1] + ends[1] * _FRAME_SAMPLES == len(sound)
    return Run(phonemes, sound, tuple(begins[:-1].tolist()) if told else ())


def _run_planner(planner: Any, words: dict[str, Any]) -> npt.NDArray[np.float32]:
    """Return how many frames the model plans for each token at speed 1, at least 1 each, with fractions."""
    import numpy as np

    planned: npt.NDArray[np.float32] = np.maximum(planner.run(None, words)[0].ravel(), 1.0)
    return planned


def _words(phonemes: str, style: npt.NDArray[np.float32]) -> dict[str, Any]:
    """Return what the model is told of a piece: its tokens, and the style for that many."""
    import numpy as np

    return {
        "tokens": np.array([[_EDGE, *tokens(phonemes), _EDGE]], dtype=np.int64),
        "style": style[len(phonemes) - 1][np.newaxis],
    }


def whole_frames(lengths: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return lengths as whole frames, at least 1 each, whose sum follows theirs: what one lacks, the next gets.

    The model rounds each length by itself. It plans 1.0 or 2.0 frames for most sounds, so at one speed
    nearly all are rounded up and at the next nearly all down, and the rate jumps by 13 % between them.
    """
    import numpy as np

    wanted, given = 0.0, 0
    whole = []
    for length in lengths.tolist():
        wanted += length
        whole.append(max(1, round(wanted - given)))
        given += whole[-1]
    return np.array(whole, dtype=np.int64)


def _closed_up(run: Run) -> Run:
    """Return a piece with at most `_JOIN_QUIET_S` of quiet on either side: a pause between clauses, not sentences."""
    import numpy as np

    sound = run.sound
    loud = np.flatnonzero(np.abs(sound) > np.max(np.abs(sound), initial=0.0) * 10 ** (_JOIN_THRESHOLD_DB / 20))
    if not loud.size:
        return Run(run.phonemes, sound[:0], ())
    keep = round(_JOIN_QUIET_S * RATE_HZ)
    begin, end = max(0, int(loud[0]) - keep), min(len(sound), int(loud[-1]) + keep)
    begins = (min(max(frame, begin), end) - begin for frame in run.begins)
    return Run(run.phonemes, sound[begin:end], tuple(begins))
