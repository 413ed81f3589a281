"""An ONNX model with a part of its graph alone, or with something changed in it.

A voice model plans how long each sound lasts before it makes any. The plan is a hundredth of the work, and tells
how long a text will take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx.graph import (
    GRAPH_INITIALIZER,
    GRAPH_INPUT,
    GRAPH_NODE,
    GRAPH_OUTPUT,
    GRAPH_VALUE,
    TENSOR_NAME,
    VALUE_NAME,
    ModelGraph,
    Node,
    Replacement,
    read_graph,
    texts,
    written_model,
    written_value,
)
from audio_builder.voices.engines.onnx.protobuf import fields


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
    instead = instead or {}
    needed = set(wanted)
    kept: dict[int, bytes | memoryview] = {}
    old = memoryview(graph.content)
    for node in reversed(graph.nodes):
        if not needed.isdisjoint(node.outputs):
            replacement = instead.get(node)
            kept[node.field.outer] = replacement.parts if replacement else old[node.field.outer : node.field.end]
            needed.update(replacement.inputs if replacement else node.inputs)
    outputs = (written_value(GRAPH_OUTPUT, name) for name in wanted)
    return written_model(graph, (*_rest(graph, kept, needed), *outputs))


def _rest(graph: ModelGraph, kept: Mapping[int, bytes | memoryview], needed: set[str]) -> Iterator[bytes | memoryview]:
    """Yield the fields of a graph that stay: kept nodes, the weights and inputs they need, and its name."""
    names = {GRAPH_INITIALIZER: TENSOR_NAME, GRAPH_INPUT: VALUE_NAME}
    old = memoryview(graph.content)
    for field in fields(graph.content, graph.field.start, graph.field.end):
        if field.number == GRAPH_NODE:
            if field.outer in kept:
                yield kept[field.outer]
            continue
        if field.number in names:
            stays = not needed.isdisjoint(texts(graph.content, field, names[field.number]))
        else:
            stays = field.number not in (GRAPH_OUTPUT, GRAPH_VALUE)
        if stays:
            yield old[field.outer : field.end]
