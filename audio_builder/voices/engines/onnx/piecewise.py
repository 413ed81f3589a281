"""A voice model's session: with quicker layers where they are known, and its vocoder run piece by piece."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx.graph import read_graph
from audio_builder.voices.engines.onnx.minimal_filtering import filters_of
from audio_builder.voices.engines.onnx.part import part_leading_to
from audio_builder.voices.engines.onnx.session import one_thread_session
from audio_builder.voices.engines.onnx.vocoder import PIECE_SAMPLES, split_vocoder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def voice_session(content: bytes, name: str) -> Any:
    """Return a session for a voice model, the quicker one where its vocoder is of a kind that is known.

    Args:
        content: a whole ONNX file, complete in itself; its first output is the sound.
        name: what to call the file in an error.

    Raises:
        VoiceError: it isn't a well-formed ONNX file, or onnxruntime can't load it.
    """
    try:
        graph = read_graph(content)
    except (IndexError, UnicodeDecodeError, ValueError) as error:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: {error}") from error
    filters = filters_of(graph)
    vocoder = split_vocoder(graph, filters)
    if vocoder is None:
        return one_thread_session(part_leading_to(graph.outputs, graph, filters), name)
    front, tail = one_thread_session(vocoder.front, name), one_thread_session(vocoder.tail, name)
    return _PiecewiseSession(front, tail, vocoder.entry, vocoder.reach, vocoder.samples)


class _PiecewiseSession:
    """What is run as a model's session is, and runs its two parts."""

    def __init__(self, front: Any, tail: Any, entry: str, reach: int, samples: int) -> None:
        self._front, self._tail, self._entry = front, tail, entry
        self._reach, self._samples = reach, samples

    def run(self, outputs: None, feed: dict[str, npt.NDArray[np.generic]]) -> list[Any]:
        """Return the sound, shape (1, 1, 1, samples), and the model's other outputs."""
        import numpy as np

        columns, *others = self._front.run(outputs, feed)
        columns = columns[:, :, np.newaxis]
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
