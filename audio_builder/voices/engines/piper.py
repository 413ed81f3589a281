"""Piper: small neural voices that run on a processor in a fraction of real time.

A Piper model draws noise inside its graph, from a generator that is seeded once for each session: a sentence sounds
different each time it is spoken. Here the noise is an input, seeded with what is spoken, and the lengths of the sounds
are an output, from which the times of the words come.

English is read by misaki's reader as for the other neural voices, and handed over as IPA; other languages are read by
eSpeak NG, in Piper.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from audio_builder.audio.samples import AudioSegment
from audio_builder.errors import EngineFailed, VoiceError, VoiceFileMissing, quoted
from audio_builder.files import decode_json
from audio_builder.voices.engines import misaki
from audio_builder.voices.engines.base import TimedSound, WordStart, voice_file
from audio_builder.voices.engines.onnx_models import changed_session
from audio_builder.voices.extras import installed_version, missing_extra
from audio_builder.voices.profile import Voice
from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START
from audio_builder.voices.word_alignment import first_sounds, words_with_places

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_LONGEST_PIECE = 400
"""Characters in one run of the model. Its attention grows with the square of them, and longer sentences
than it was trained on come out hurried."""

_CLAUSE_END = re.compile(r"(?<=[;:,—–…])\s+|(?<=[.!?])\s+")


_CHANGE = "piper seeded 2"
_NOISE = "audio_builder_noise_{}"
_NOISE_FLOATS = 1 << 17
"""Noise before it repeats: 8 s of speech at 192 channels and 86 columns a second."""

_BEGIN, _BETWEEN, _END = "^", "_", "$"
"""What Piper puts before, between and after the sounds."""

_PAUSES = frozenset(".,:;!?")
_VOWELS = frozenset("aeiouyæøœɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵʉʊʌʏᵻːʲ")
"""With the marks that end one."""

_STRESS, _GLIDES = frozenset("ˈˌ"), frozenset("wjlɹ")
"""A vowel goes over into a glide: half of it is heard as the glide's."""

_EARLY_AFTER_CONSONANT = 0.3
"""How much of what is between the last sound and the gap is heard as the next word's; after a vowel all of it is."""


class PiperEngine:
    """Speaks with a Piper voice: the files `model` (ONNX) and `config` (JSON); the setting is `length_scale`.

    The noise that the model adds is seeded with what is spoken: the same words at the same rate are the
    same bytes on one machine, in whichever order and process they are spoken.
    """

    takes_ipa = True
    reader = "misaki"

    def __init__(self) -> None:
        self._loaded: dict[Path, Any] = {}

    def voices(self) -> tuple[str, ...]:
        """Return nothing: each voice is a pair of files named by a profile."""
        self.fingerprint()
        return ()

    def fingerprint(self) -> str:
        """Return the versions of everything that turns text into this sound.

        Raises:
            MissingExtra: `piper-tts` or `onnx` isn't installed.
        """
        piper, runtime, numpy, reader, _ = (
            installed_version(name, "the engine piper")
            for name in ("piper-tts", "onnxruntime", "numpy", "hibari-tts", "onnx")
        )
        return f"piper seeded-5 piper-tts={piper} onnxruntime={runtime} numpy={numpy} hibari-tts={reader}"

    def speak(self, text: str, voice: Voice) -> AudioSegment:
        """Return `text` at the model's own rate, usually 22,050 Hz.

        Raises:
            MissingExtra: `piper-tts` isn't installed.
            VoiceFileMissing: the voice names no model or no config.
            VoiceError: the model or its config is malformed or refers to data outside itself.
            EngineFailed: there is nothing that could be spoken in the text.
        """
        return self.speak_timed(text, voice).sound

    def speak_timed(self, text: str, voice: Voice) -> TimedSound:
        """Return `text` at the model's own rate, with its words where the model tells the lengths of its sounds.

        Raises:
            as `speak` does.
        """
        try:
            from piper import SynthesisConfig
        except ImportError as error:
            raise missing_extra("piper-tts", "the engine piper") from error
        speaker = self._speaker(voice)
        # Peaks are left as the model gives them: bringing each sentence to full scale makes short ones shout.
        config = SynthesisConfig(length_scale=voice.rate, normalize_audio=False)
        pieces = _pieces(text)
        read = _reading(voice.profile.language)
        runs = [list(speaker.synthesize(read(piece), config, include_alignments=True)) for piece in pieces]
        pcm = b"".join(chunk.audio_int16_bytes for chunks in runs for chunk in chunks)
        if not pcm:
            raise EngineFailed(f"Piper found nothing to speak in {quoted(text)}")
        sound = AudioSegment(pcm, frame_rate=speaker.config.sample_rate, sample_width=2, channels=1)

        def alone(word: str) -> str:
            return " ".join("".join(sentence) for sentence in speaker.phonemize(read(word)))

        return TimedSound(sound, _word_starts(text, pieces, runs, speaker.config.phoneme_id_map, alone))

    def _speaker(self, voice: Voice) -> Any:
        """Return the loaded `PiperVoice`, loading it when it is first asked for."""
        model, config = voice_file(voice, "model"), voice_file(voice, "config")
        if model not in self._loaded:
            self._loaded[model] = _load(model, config)
        return self._loaded[model]


def _load(model: Path, config: Path) -> Any:
    from piper import PiperVoice
    from piper.config import PiperConfig

    try:
        settings = PiperConfig.from_dict(decode_json(config.read_bytes(), dict[str, Any]))
        session = _SeededSession(changed_session(model, _with_noise_and_lengths, _CHANGE))
    except OSError as error:
        raise VoiceFileMissing(f"can't read {error.filename}: {error.strerror}") from error
    except VoiceError:
        raise
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise VoiceError(f"{config.name} isn't a Piper configuration: {error!r}") from error
    return PiperVoice(session=session, config=settings)


class _SeededSession:
    """A model's session that adds the noise it asks for, and runs as any session does."""

    def __init__(self, session: Any) -> None:
        self._session = session
        names = [given.name for given in session.get_inputs()]
        self._noise = [name for name in names if name.startswith(_NOISE.format(""))]

    def run(self, outputs: None, feed: dict[str, npt.NDArray[np.generic]]) -> list[Any]:
        """Run the model with noise that depends on nothing but its other inputs."""
        said = hashlib.sha256(b"".join(name.encode() + feed[name].tobytes() for name in sorted(feed)))
        generator = np.random.Generator(np.random.PCG64(int.from_bytes(said.digest()[:8], "big")))
        noise = {name: generator.standard_normal(_NOISE_FLOATS, dtype=np.float32) for name in self._noise}
        result: list[Any] = self._session.run(outputs, {**feed, **noise})
        return result


def _with_noise_and_lengths(model: ModelProto, _name: str) -> None:
    """Change a model so that it takes its noise as inputs, and gives how many frames each token lasts.

    The inputs want standard normal noise of any length; a longer demand repeats it. The lengths are what the one `Ceil`
    of a Piper model rounds up; they become the second output. A model without these stays as it is.
    """
    from onnx import TensorProto, ValueInfoProto, helper

    nodes: list[NodeProto] = []
    drawn = 0
    for node in model.graph.node:
        # With a mean or a scale of its own it isn't the standard normal noise.
        if node.op_type == "RandomNormalLike" and {"mean", "scale"}.isdisjoint(each.name for each in node.attribute):
            noise = _NOISE.format(drawn)
            drawn += 1
            nodes += _noise_nodes(node, noise)
            model.graph.input.append(helper.make_tensor_value_info(noise, TensorProto.FLOAT, [f"{noise}_floats"]))
        else:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    rounded = [name for node in nodes if node.op_type == "Ceil" for name in node.output]
    if len(rounded) == 1 and rounded[0] not in {output.name for output in model.graph.output}:
        model.graph.output.append(ValueInfoProto(name=rounded[0]))


def _noise_nodes(node: NodeProto, noise: str) -> list[NodeProto]:
    """Return nodes that give as much of the input `noise` as a node drew, in the shape in which it drew it."""
    from onnx import TensorProto, helper

    (like,), (output,) = node.input, node.output

    def inner(name: str) -> str:
        return f"{noise}/{name}"

    def constant(name: str, value: int) -> NodeProto:
        tensor = helper.make_tensor(name, TensorProto.INT64, [], [value])
        return helper.make_node("Constant", [], [inner(name)], value=tensor)

    return [
        constant("zero", 0),
        constant("one", 1),
        helper.make_node("Size", [noise], [inner("stock")]),
        helper.make_node("Size", [like], [inner("wanted")]),
        helper.make_node("Range", [inner("zero"), inner("wanted"), inner("one")], [inner("count")]),
        helper.make_node("Mod", [inner("count"), inner("stock")], [inner("index")]),
        helper.make_node("Gather", [noise, inner("index")], [inner("flat")]),
        helper.make_node("Shape", [like], [inner("shape")]),
        helper.make_node("Reshape", [inner("flat"), inner("shape")], [output]),
    ]


def _pieces(text: str) -> list[str]:
    """Return a phrase in pieces the model takes, cut between clauses, else between words."""
    # Without a full stop a heading ends in the air.
    text = text + "." if text[-1:].isalnum() else text
    pieces: list[str] = []
    for clause in _CLAUSE_END.split(text) if len(text) > _LONGEST_PIECE else [text]:
        for part in _cut(clause):
            if pieces and len(pieces[-1]) + 1 + len(part) <= _LONGEST_PIECE:
                pieces[-1] += f" {part}"
            else:
                pieces.append(part)
    return pieces


_MARK_AFTER_IPA = re.compile(f"{IPA_END}([.,;:!?]+)")
_MARKS = str.maketrans({"—": ";", "–": ";", "…": ",", "“": None, "”": None, '"': None, "(": None, ")": None})
"""Marks that a model wasn't trained on, and what eSpeak NG hands it for them; nothing for most."""


def _reading(language: str) -> Callable[[str], str]:
    """Return what turns a piece of text in a language (BCP 47) into what Piper is given."""
    if language.partition("-")[0].lower() == "en":
        return functools.partial(_in_ipa, british=language.lower() == "en-gb")
    return _readable


def _in_ipa(piece: str, *, british: bool) -> str:
    """Return English in IPA, in the brackets in which Piper takes it."""
    ipa = misaki.misaki_to_ipa(misaki.phonemes(piece, british=british)).translate(_MARKS)
    return f"[[{re.sub(r' +(?=[,;])', '', ipa)}]]" if any(map(str.isalpha, ipa)) else ""


def _readable(piece: str) -> str:
    """Return a piece as Piper reads it: [[…]] are phonemes to it, and in an article only brackets.

    A mark after phonemes would begin a text of its own, and be lost: it goes with them.
    """
    piece = _MARK_AFTER_IPA.sub(rf"\1{IPA_END}", piece)
    return piece.replace("[[", "[ [").replace("]]", "] ]").replace(IPA_START, "[[").replace(IPA_END, "]]")


def _cut(clause: str) -> list[str]:
    """Return a clause in parts of at most `_LONGEST_PIECE` characters, cut at spaces where there are any."""
    parts = []
    while len(clause) > _LONGEST_PIECE:
        space = clause.rfind(" ", 1, _LONGEST_PIECE + 1)
        end = space if space > 0 else _LONGEST_PIECE
        parts.append(clause[:end].rstrip())
        clause = clause[end:].lstrip()
    return [*parts, clause] if clause else parts


@dataclass(frozen=True, slots=True)
class _Sound:
    """A symbol of what was spoken.

    Attributes:
        symbol: a letter of IPA, a mark or a space.
        begin: the frame where it begins; None where that isn't told.
        since: the frame where what is between it and the symbol before begins.
    """

    symbol: str
    begin: int | None = None
    since: int | None = None


def _word_starts(
    text: str,
    pieces: Sequence[str],
    runs: Sequence[Sequence[Any]],
    ids: dict[str, Sequence[int]],
    alone: Callable[[str], str],
) -> tuple[WordStart, ...]:
    """Return the words whose place is sure; none from a model that doesn't tell its lengths.

    Args:
        text: of the phrase.
        pieces: of the text, in which it was spoken: the same characters but for spaces, and a full stop more.
        runs: the `AudioChunk`s of each piece.
        ids: what the model knows each symbol by.
        alone: gives the sounds of a word by itself.
    """
    places = [place for place, character in enumerate(text) if not character.isspace()]
    found: list[WordStart] = []
    letters = begin = 0
    for piece, chunks in zip(pieces, runs, strict=True):
        sounds: list[_Sound] = []
        for chunk in chunks:
            sounds += _sounds(chunk, ids, begin)
            begin += len(chunk.audio_float_array)
        words = words_with_places(piece)
        firsts = first_sounds([alone(word) for _, word in words], "".join(sound.symbol for sound in sounds))
        for (at, _), first in zip(words, firsts, strict=True):
            frame = None if first is None else _begin_of(sounds, first)
            if frame is not None:
                found.append(WordStart(places[letters + _letters(piece[:at])], frame))
        letters += _letters(piece)
    return tuple(found)


def _begin_of(sounds: Sequence[_Sound], first: int) -> int | None:
    """Return the frame where a word begins to be heard, of which the place of the first sound is given.

    The lengths are what the model learned to lay its sounds along, not where an ear parts them: without a pause, the
    gap between two words is heard as the beginning of the second, and so is part of what is before it (decision 14).
    """
    own = sounds[first]
    if first == 0 or own.begin is None:
        return own.begin
    gap = sounds[first - 1]
    if not gap.symbol.isspace():
        return own.since
    if first == 1 or gap.begin is None or gap.since is None or sounds[first - 2].symbol in _PAUSES:
        return own.begin
    before = sounds[first - 2]
    if before.symbol not in _VOWELS:
        return gap.begin - round(_EARLY_AFTER_CONSONANT * (gap.begin - gap.since))
    glides = next((sound.symbol for sound in sounds[first:] if sound.symbol not in _STRESS), "") in _GLIDES
    return gap.since - (gap.since - before.begin) // 2 if glides and before.begin is not None else gap.since


def _letters(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _sounds(chunk: Any, ids: dict[str, Sequence[int]], begin: int) -> Iterator[_Sound]:
    """Yield the sounds of a chunk, then a gap.

    Args:
        chunk: an `AudioChunk`.
        ids: what the model knows each symbol by; Piper leaves out those that it doesn't know.
        begin: frame where the chunk begins.
    """
    known = [symbol for symbol in chunk.phonemes if symbol in ids]
    parts = [(*ids[_BEGIN], *ids[_BETWEEN]), *((*ids[symbol], *ids[_BETWEEN]) for symbol in known), (*ids[_END],)]
    lengths = chunk.phoneme_id_samples
    told = (
        lengths is not None
        and [*itertools.chain.from_iterable(parts)] == [*chunk.phoneme_ids]
        and int(sum(lengths)) == len(chunk.audio_float_array)
    )
    begins = [*itertools.accumulate(map(int, lengths), initial=begin)] if told else []
    at = len(parts[0])
    for symbol, part in zip(known, parts[1:-1], strict=True):
        for letter in symbol:
            yield _Sound(letter, begins[at], begins[at - len(ids[_BETWEEN])]) if told else _Sound(letter)
        at += len(part)
    yield _Sound(" ")
