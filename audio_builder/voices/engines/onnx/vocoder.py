"""A voice model cut in its vocoder, the last part of which then runs piece by piece.

A neural voice ends in a vocoder of the HiFi-GAN kind (Kong, Kim and Bae 2020): convolutions and transposed convolutions
that turn 86 columns a second into 22,050 samples. Three quarters of the work are there, and all of it is local: a
sample depends on a few milliseconds around it. So the last part of the model

* runs piece by piece, each with what it needs of its neighbours, so that values stay near the processor;
* has layers of another shape ([`vocoder_layers`][audio_builder.voices.engines.onnx.vocoder_layers]), as has the part
  before it. That one is run as a whole, for it reaches further.

The sums are the same, in another order.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import NamedTuple

from audio_builder.voices.engines.onnx.graph import (
    GRAPH_INPUT,
    GRAPH_OUTPUT,
    LightModel,
    ModelGraph,
    Node,
    Replacement,
    written_model,
    written_value,
)
from audio_builder.voices.engines.onnx.part import light_part_leading_to
from audio_builder.voices.engines.onnx.vocoder_layers import (
    OPERATIONS,
    UnknownLayer,
    constants_of,
    kernel_of,
    rewritten,
)

_SHAPES = frozenset(("Squeeze", "Unsqueeze"))

PIECE_SAMPLES = 12288
"""Sound made at once. Longer pieces leave the processor's caches, shorter ones repeat more at their edges."""

_MOST_REPEATED = PIECE_SAMPLES // 8


class Middle(NamedTuple):
    """What lies between the first part of a model and its last.

    Attributes:
        content: the ONNX file; takes `entry` as (1, channels, 1, columns), gives the last part's entry.
        entry: name of the value where it begins.
    """

    content: bytes
    entry: str


class Vocoder(NamedTuple):
    """A model in parts.

    Attributes:
        front: the first part; its first output is the entry of the next, shape (1, channels, columns), and the
            other values that are wanted follow.
        middle: the part between; None where the last follows on the first.
        tail: the ONNX file of the last; takes `entry` as (1, channels, 1, columns), gives (1, 1, 1, samples).
        entry: name of the value where it begins.
        reach: how many columns on each side the sound of a column depends on.
        samples: how many there are to a column.
    """

    front: LightModel
    middle: Middle | None
    tail: bytes
    entry: str
    reach: int
    samples: int


def split_vocoder(graph: ModelGraph, outputs: tuple[str, ...], instead: Mapping[Node, Replacement]) -> Vocoder | None:
    """Return a voice model in parts, or None if it doesn't end in a vocoder of the kind that is known.

    Args:
        graph: of a model that is complete in one file.
        outputs: names of the values that are wanted; the first is the sound.
        instead: what stands in the place of some nodes in the first part.
    """
    sound = _without_shapes(graph, graph.outputs[0])
    entries = [node.inputs[0] for node in graph.nodes if node.operation == "ConvTranspose"]
    for number, entry in enumerate(entries):
        try:
            tail = _between(graph, entry, sound)
            reach, samples = _reach(graph, tail, entry, sound)
            if 2 * reach * samples <= _MOST_REPEATED:
                last = _written(graph, tail, entry, sound)
                middle = _middle(graph, entries[:number], entry)
                begin = middle.entry if middle else entry
                front = light_part_leading_to((begin, *outputs[1:]), graph, instead)
                return Vocoder(front, middle, last, entry, reach, samples)
        except UnknownLayer:
            continue
    return None


def _without_shapes(graph: ModelGraph, value: str) -> str:
    """Return the value that this one is, before its dimensions of length 1 were changed."""
    for node in reversed(graph.nodes):
        if value in node.outputs and node.operation in _SHAPES:
            value = node.inputs[0]
    return value


def _between(graph: ModelGraph, entry: str, sound: str) -> list[Node]:
    """Return the nodes from a value to the sound, in their order.

    Raises:
        UnknownLayer: they need something else besides, or do what isn't known here.
    """
    needed, kept = {sound}, []
    for node in reversed(graph.nodes):
        if needed.isdisjoint(node.outputs):
            continue
        if node.operation not in OPERATIONS:
            raise UnknownLayer
        kept.append(node)
        needed.difference_update(node.outputs)
        needed.update(name for name in node.inputs if name not in graph.weights and name != entry)
    if needed:
        raise UnknownLayer
    return kept[::-1]


def _reach(graph: ModelGraph, tail: list[Node], entry: str, sound: str) -> tuple[int, int]:
    """Return how many columns of `entry` on each side the sound of one depends on, and how many samples that is long.

    Both go back from the sound: a convolution widens what is needed, a transposed one counts it in fewer columns.
    """
    needed = {sound: (0, 1)}
    for node in reversed(tail):
        reach, samples = needed[node.outputs[0]]
        if node.operation == "Conv":
            reach += kernel_of(graph, node).padding
        elif node.operation == "ConvTranspose":
            stride = kernel_of(graph, node).stride
            reach, samples = -(-reach // stride) + 1, samples * stride
        for name in node.inputs:
            if name not in graph.weights:
                needed[name] = (max(reach, needed.get(name, (0, 0))[0]), samples)
    return needed[entry]


def _middle(graph: ModelGraph, entries: list[str], end: str) -> Middle | None:
    """Return the part that leads to a value from the first of some others from which all is known."""
    for entry in entries:
        with contextlib.suppress(UnknownLayer):
            return Middle(_written(graph, _between(graph, entry, end), entry, end), entry)
    return None


def _written(graph: ModelGraph, nodes: list[Node], entry: str, end: str) -> bytes:
    """Return the ONNX file of some nodes, rewritten for four dimensions.

    Raises:
        UnknownLayer: one does what isn't known here.
    """
    parts = [part for node in nodes for part in rewritten(graph, node)]
    parts += constants_of(graph, nodes)
    return written_model(graph, (*parts, written_value(GRAPH_INPUT, entry, 4), written_value(GRAPH_OUTPUT, end)))
