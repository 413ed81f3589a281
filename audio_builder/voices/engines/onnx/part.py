"""A part of an ONNX model: what leads to some of its inner values, to run alone.

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
        VoiceError: it isn't a well-formed ONNX file, or divides nothing by such an input.
    """
    try:
        graph = read_graph(content)
        divisions = (node for node in graph.nodes if node.operation == "Div")
        wanted = next(node.inputs[0] for node in divisions if node.inputs[1:] == (divisor,))
        return ModelPart(part_leading_to((wanted,), graph), wanted)
    except StopIteration as error:
        raise VoiceError(f"{name} divides nothing by an input called “{divisor}”") from error
    except (IndexError, UnicodeDecodeError, ValueError) as error:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: {error}") from error


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
