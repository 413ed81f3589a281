"""A voice model's session: seeded, with quicker layers where they are known, and its vocoder run piece by piece."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from audio_builder.voices.engines.onnx.graph import ModelGraph, read_graph
from audio_builder.voices.engines.onnx.minimal_filtering import filters_of
from audio_builder.voices.engines.onnx.noise import SeededSession, noise_from_outside
from audio_builder.voices.engines.onnx.part import part_leading_to
from audio_builder.voices.engines.onnx.protobuf import Content
from audio_builder.voices.engines.onnx.session import one_thread_session
from audio_builder.voices.engines.onnx.vocoder import PIECE_SAMPLES, Vocoder, split_vocoder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def voice_session(content: Content, name: str) -> SeededSession:
    """Return a session for a voice model.

    Its outputs are the sound, shape (1, 1, 1, samples), and the model's others; then, where the model tells it and no
    output does, how many frames each of its tokens lasts.

    Args:
        content: a whole ONNX file; its first output is the sound.
        name: what to call it in an error.

    Raises:
        VoiceError: it isn't a well-formed ONNX file, refers to data outside itself, or onnxruntime can't load it.
    """
    graph = read_graph(content, name)
    noise = noise_from_outside(graph)
    instead = {**noise.instead, **filters_of(graph)}
    outputs = (*graph.outputs, *lengths_of_tokens(graph))
    vocoder = split_vocoder(graph, outputs, instead) if outputs else None
    if vocoder is not None:
        return SeededSession(_PiecewiseSession(vocoder, name), noise.inputs, vocoder.front.beside)
    return SeededSession(one_thread_session(part_leading_to(outputs, graph, instead), name), noise.inputs)


def lengths_of_tokens(graph: ModelGraph) -> tuple[str, ...]:
    """Return the name of what rounds up how long each token lasts: the one `Ceil` of a model, if it has one."""
    rounded = [name for node in graph.nodes if node.operation == "Ceil" for name in node.outputs]
    return tuple(rounded) if len(rounded) == 1 and rounded[0] not in graph.outputs else ()


class _PiecewiseSession:
    """What is run as a model's session is, and runs its parts."""

    def __init__(self, vocoder: Vocoder, name: str) -> None:
        # Large convolutions are most of the first part's work; what onnxruntime would find to do better in it takes
        # 0.4 s to find and saves nothing that was measured. The others need its kernels for two dimensions.
        self._front = one_thread_session(vocoder.front.content, name, as_it_stands=True)
        self._middle = one_thread_session(vocoder.middle.content, name) if vocoder.middle else None
        self._tail = one_thread_session(vocoder.tail, name)
        self._begin = vocoder.middle.entry if vocoder.middle else ""
        self._entry, self._reach, self._samples = vocoder.entry, vocoder.reach, vocoder.samples

    def run(self, outputs: None, feed: dict[str, npt.NDArray[np.generic]]) -> list[Any]:
        """Return the sound, shape (1, 1, 1, samples), and the model's other outputs."""
        import numpy as np

        columns, *others = self._front.run(outputs, feed)
        columns = columns[:, :, np.newaxis]
        if self._middle is not None:
            (columns,) = self._middle.run(None, {self._begin: columns})
        length = columns.shape[-1]
        count = -(-length * self._samples // PIECE_SAMPLES)
        edges = [length * index // count for index in range(count + 1)]
        sound = [self._piece(columns, first, after) for first, after in itertools.pairwise(edges)]
        return [np.concatenate(sound, axis=-1), *others]

    def _piece(self, columns: npt.NDArray[np.float32], first: int, after: int) -> npt.NDArray[np.float32]:
        """Return the sound of some of the columns, told from them and from their neighbours."""
        import numpy as np

        start, end = max(0, first - self._reach), min(columns.shape[-1], after + self._reach)
        (sound,) = self._tail.run(None, {self._entry: np.ascontiguousarray(columns[..., start:end])})
        piece: npt.NDArray[np.float32] = sound[..., (first - start) * self._samples : (after - start) * self._samples]
        return piece
