"""The noise of a voice model, given to it from outside.

A voice model such as Piper's draws noise inside its graph, from a generator that is seeded once for each session: a
sentence sounds different each time it is spoken. Here each `RandomNormalLike` node is replaced by nodes that take their
noise from a new input of the graph, so that whoever runs the model decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from audio_builder.voices.engines.onnx.graph import (
    GRAPH_INPUT,
    ModelGraph,
    Node,
    Replacement,
    attribute_names,
    written_node,
    written_tensor,
    written_value,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_INPUT = "audio_builder_noise_{}"
_FLOATS = 1 << 17
"""Noise before it repeats: 8 s of speech at 192 channels and 86 columns a second."""


class NoiseFromOutside(NamedTuple):
    """What makes a model's noise come from outside.

    Attributes:
        instead: what stands in the place of the nodes that draw it.
        inputs: names of the inputs that want standard normal float32 noise, shape (n,) with any n ≥ 1; a longer demand
            repeats it. Empty for a model that draws none.
    """

    instead: dict[Node, Replacement]
    inputs: tuple[str, ...]


def noise_from_outside(graph: ModelGraph) -> NoiseFromOutside:
    """Return what feeds every `RandomNormalLike` of a model from an input of its own."""
    drawing = [
        node
        for node in graph.nodes
        if node.operation == "RandomNormalLike"
        and {"mean", "scale"}.isdisjoint(attribute_names(graph.content, node))  # else it isn't the standard normal one
    ]
    inputs = tuple(_INPUT.format(index) for index in range(len(drawing)))
    instead = {node: _given(node, noise) for node, noise in zip(drawing, inputs, strict=True)}
    return NoiseFromOutside(instead, inputs)


class SeededSession:
    """A model's session that adds the noise it asks for, and the weights that lie beside it."""

    def __init__(
        self, session: Any, noise_inputs: tuple[str, ...], weights: Mapping[str, npt.NDArray[np.float32]] | None = None
    ) -> None:
        """Keep what belongs to a session.

        Args:
            session: the model's.
            noise_inputs: from `noise_from_outside`.
            weights: those that lie beside the model.
        """
        self._weights = weights or {}
        self._session = session
        self._noise_inputs = noise_inputs

    def run(self, outputs: None, feed: dict[str, npt.NDArray[np.generic]]) -> list[Any]:
        """Run the model with noise that depends on nothing but its other inputs."""
        import numpy as np

        said = hashlib.sha256(b"".join(name.encode() + feed[name].tobytes() for name in sorted(feed)))
        generator = np.random.Generator(np.random.PCG64(int.from_bytes(said.digest()[:8], "big")))
        noise = {name: generator.standard_normal(_FLOATS, dtype=np.float32) for name in self._noise_inputs}
        result: list[Any] = self._session.run(outputs, {**feed, **noise, **self._weights})
        return result


def _given(node: Node, noise: str) -> Replacement:
    """Return nodes that give as much of the input `noise` as a node drew, in the shape in which it drew it."""
    import numpy as np

    (like,), (output,) = node.inputs, node.outputs

    def inner(name: str) -> str:
        return f"{noise}/{name}"

    parts = (
        written_value(GRAPH_INPUT, noise, 1),
        written_tensor(inner("zero"), np.array(0, dtype=np.int64)),
        written_tensor(inner("one"), np.array(1, dtype=np.int64)),
        written_node("Size", (noise,), inner("stock")),
        written_node("Size", (like,), inner("wanted")),
        written_node("Range", (inner("zero"), inner("wanted"), inner("one")), inner("count")),
        written_node("Mod", (inner("count"), inner("stock")), inner("index")),
        written_node("Gather", (noise, inner("index")), inner("flat")),
        written_node("Shape", (like,), inner("shape")),
        written_node("Reshape", (inner("flat"), inner("shape")), output),
    )
    return Replacement((like,), b"".join(parts))
