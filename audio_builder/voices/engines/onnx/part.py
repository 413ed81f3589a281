"""An ONNX model with a part of its graph alone, or with something changed in it.

A voice model plans how long each sound lasts before it makes any. The plan is a hundredth of the work, and tells
how long a text will take.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx.graph import (
    GRAPH_INITIALIZER,
    GRAPH_INPUT,
    GRAPH_NODE,
    GRAPH_OUTPUT,
    GRAPH_VALUE,
    VALUE_NAME,
    LightModel,
    ModelGraph,
    Node,
    Replacement,
    floats_of,
    read_graph,
    texts,
    written_model,
    written_tensor,
    written_value,
)
from audio_builder.voices.engines.onnx.protobuf import Field, fields

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_LARGE_BYTES = 4096
"""Weights of fewer bytes are quicker copied once than given with each run."""


class ModelPart(NamedTuple):
    """A model that ends early.

    Attributes:
        content: the ONNX file.
        output: name of its one output, float32.
    """

    content: bytes
    output: str


def part_before_division(content: bytes, divisor: str, name: str) -> ModelPart:
    """Return the part of a model that leads to the value which it divides by one of its inputs.

    Args:
        content: a whole ONNX file, complete in itself.
        divisor: the input's name; the part doesn't have it.
        name: what to call the file in an error.

    Raises:
        VoiceError: it isn't a well-formed ONNX file, refers to data outside itself, or divides nothing by it.
    """
    graph = read_graph(content, name)
    for node in graph.nodes:
        if node.operation == "Div" and node.inputs[1:] == (divisor,):
            return ModelPart(part_leading_to((node.inputs[0],), graph), node.inputs[0])
    raise VoiceError(f"{name} divides nothing by an input called “{divisor}”")


def with_input_of_any_length(content: bytes, input_name: str, name: str) -> bytes:
    """Return a model with a float input of one dimension taking any number of values.

    Where a graph divides a value for each token by such an input, one value for all and one for each
    are then both right: the arithmetic broadcasts, only the declared length stood against it.

    Args:
        content: a whole ONNX file.
        input_name: the input's name.
        name: what to call the file in an error.

    Raises:
        VoiceError: it isn't a well-formed ONNX file, has no such input, or refers to data outside itself.
    """
    graph = read_graph(content, name)
    old = memoryview(content)
    every = tuple(fields(content, graph.field.start, graph.field.end))
    ours = {part for part in every if part.number == GRAPH_INPUT and input_name in texts(content, part, VALUE_NAME)}
    if not ours:
        raise VoiceError(f"{name} has no input called “{input_name}”, so it isn't a model for this engine")
    free = written_value(GRAPH_INPUT, input_name, 1)
    return written_model(graph, [free if part in ours else old[part.outer : part.end] for part in every])


def part_leading_to(
    wanted: tuple[str, ...], graph: ModelGraph, instead: Mapping[Node, Replacement] | None = None
) -> bytes:
    """Return a model of which only these values come out, float32, and only what they need is left.

    Args:
        wanted: names of values.
        graph: of a model that is complete in one file.
        instead: what stands in the place of some of its nodes.
    """
    needs = _needs(wanted, graph, instead or {})
    old = memoryview(graph.content)
    parts: list[bytes | memoryview] = []
    for field in _stays(graph, needs):
        replacement = needs.nodes.get(field.outer)
        if replacement is None:
            parts.append(old[field.outer : field.end])
        else:
            parts.append(replacement.parts)
            parts += (written_tensor(name, values) for name, values in replacement.beside.items())
    return written_model(graph, (*parts, *_outputs(wanted)))


def light_part_leading_to(
    wanted: tuple[str, ...], graph: ModelGraph, instead: Mapping[Node, Replacement]
) -> LightModel:
    """Return what `part_leading_to` does, with large weights of its convolutions beside it: views of the old file.

    Those of other nodes go along: onnxruntime turns the weights of a transposed convolution when it opens a model, and
    if they are given later it does another sum, which differs in the last bit for short phrases.

    Args:
        wanted: names of values.
        graph: of a model that is complete in one file.
        instead: what stands in the place of some of its nodes.
    """
    needs = _needs(wanted, graph, instead)
    beside = _large_weights(graph, needs.names)
    old = memoryview(graph.content)
    moved = {graph.weights[name].outer for name in beside}
    parts: list[bytes | memoryview] = []
    for field in _stays(graph, needs):
        replacement = needs.nodes.get(field.outer)
        if replacement is not None:
            parts.append(replacement.parts)
            beside |= replacement.beside
        elif field.outer not in moved and not _declares(graph, field, beside):
            parts.append(old[field.outer : field.end])
    inputs = (written_value(GRAPH_INPUT, name, values.shape) for name, values in beside.items())
    return LightModel(written_model(graph, (*parts, *inputs, *_outputs(wanted))), beside)


def _large_weights(graph: ModelGraph, names: set[str]) -> dict[str, npt.NDArray[np.float32]]:
    """Return those of these weights that are large, float32, stored as plain bytes, and taken by convolutions alone."""
    convolved: set[str] = set()
    others: set[str] = set()
    for node in graph.nodes:
        if node.operation == "Conv":
            convolved.update(node.inputs[1:2])
            others.update(node.inputs[:1], node.inputs[2:])
        else:
            others.update(node.inputs)
    only, large = (names & convolved) - others, {}
    for name, field in graph.weights.items():
        if name in only and field.end - field.start >= _LARGE_BYTES:
            with contextlib.suppress(ValueError):
                large[name] = floats_of(graph.content, field)
    return large


def _declares(graph: ModelGraph, field: Field, names: Container[str]) -> bool:
    """Return whether a field is an input of one of these names: old models declare their weights as inputs too."""
    return field.number == GRAPH_INPUT and any(name in names for name in texts(graph.content, field, VALUE_NAME))


class _Needs(NamedTuple):
    """What some values need.

    Attributes:
        nodes: where they begin in the old file, and what stands in their place if anything does.
        names: of the values and weights.
    """

    nodes: dict[int, Replacement | None]
    names: set[str]


def _needs(wanted: tuple[str, ...], graph: ModelGraph, instead: Mapping[Node, Replacement]) -> _Needs:
    names = set(wanted)
    nodes: dict[int, Replacement | None] = {}
    for node in reversed(graph.nodes):
        if not names.isdisjoint(node.outputs):
            replacement = instead.get(node)
            nodes[node.field.outer] = replacement
            names.update(replacement.inputs if replacement else node.inputs)
    return _Needs(nodes, names)


def _stays(graph: ModelGraph, needs: _Needs) -> Iterator[Field]:
    """Yield the fields of a graph that stay: nodes, also those to be replaced, weights, inputs, the graph's name."""
    weights = {field.outer for name, field in graph.weights.items() if name in needs.names}
    for field in fields(graph.content, graph.field.start, graph.field.end):
        if field.number == GRAPH_NODE:
            stays = field.outer in needs.nodes
        elif field.number == GRAPH_INITIALIZER:
            stays = field.outer in weights
        elif field.number == GRAPH_INPUT:
            stays = not needs.names.isdisjoint(texts(graph.content, field, VALUE_NAME))
        else:
            stays = field.number not in (GRAPH_OUTPUT, GRAPH_VALUE)
        if stays:
            yield field


def _outputs(wanted: tuple[str, ...]) -> Iterator[bytes]:
    return (written_value(GRAPH_OUTPUT, name) for name in wanted)
