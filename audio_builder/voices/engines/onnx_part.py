"""A part of an ONNX model: what leads to one of its inner values, to run alone.

A voice model plans how long each sound lasts before it makes any. The plan is a hundredth of the work, and tells
how long a text will take.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.protobuf import Field, bytes_field, children, fields, varint_field

_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT, _GRAPH_VALUE = 1, 5, 11, 12, 13
_NODE_INPUT, _NODE_OUTPUT, _NODE_OP, _NODE_ATTRIBUTE = 1, 2, 4, 5
_ATTRIBUTE_GRAPH = 6
_TENSOR_NAME, _VALUE_NAME = 8, 1
_FLOAT = 1


class _Node(NamedTuple):
    """A node: where it lies, what it does, and the names of what it takes and gives."""

    field: Field
    operation: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


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
        graph = next(field for field in fields(content, 0, len(content)) if field.number == _MODEL_GRAPH)
        nodes = [_node(content, field) for field in children(content, graph, _GRAPH_NODE)]
        wanted = next(node.inputs[0] for node in nodes if node.operation == "Div" and node.inputs[1:] == (divisor,))
        kept, needed = _leading_to(wanted, nodes)
        parts = [content[field.outer : field.end] for field in _rest(content, graph, kept, needed)]
        parts.append(bytes_field(_GRAPH_OUTPUT, _float_value(wanted)))
        before, after = content[: graph.outer], content[graph.end :]
    except StopIteration as error:
        raise VoiceError(f"{name} divides nothing by an input called “{divisor}”") from error
    except (IndexError, UnicodeDecodeError, ValueError) as error:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: {error}") from error
    return ModelPart(before + bytes_field(_MODEL_GRAPH, b"".join(parts)) + after, wanted)


def _leading_to(wanted: str, nodes: list[_Node]) -> tuple[set[int], set[str]]:
    """Return where the nodes begin that lead to a value, and the names of all values on the way."""
    needed, kept = {wanted}, set()
    for node in reversed(nodes):  # a graph's nodes are in an order in which each has its inputs before it
        if needed.intersection(node.outputs):
            kept.add(node.field.outer)
            needed.update(node.inputs)
    return kept, needed


def _rest(content: bytes, graph: Field, kept: set[int], needed: set[str]) -> Iterator[Field]:
    """Yield the fields of a graph that stay: kept nodes, the weights and inputs they need, and its name."""
    names = {_GRAPH_INITIALIZER: _TENSOR_NAME, _GRAPH_INPUT: _VALUE_NAME}
    for field in fields(content, graph.start, graph.end):
        if field.number == _GRAPH_NODE:
            stays = field.outer in kept
        elif field.number in names:
            stays = not needed.isdisjoint(_texts(content, field, names[field.number]))
        else:
            stays = field.number not in (_GRAPH_OUTPUT, _GRAPH_VALUE)
        if stays:
            yield field


def _node(content: bytes, field: Field) -> _Node:
    inner = (
        text
        for attribute in children(content, field, _NODE_ATTRIBUTE)
        for graph in children(content, attribute, _ATTRIBUTE_GRAPH)
        for node in children(content, graph, _GRAPH_NODE)
        for text in _node(content, node).inputs
    )
    return _Node(
        field,
        "".join(_texts(content, field, _NODE_OP)),
        (*_texts(content, field, _NODE_INPUT), *inner),
        tuple(_texts(content, field, _NODE_OUTPUT)),
    )


def _texts(content: bytes, field: Field, number: int) -> Iterator[str]:
    return (content[text.start : text.end].decode() for text in children(content, field, number))


def _float_value(name: str) -> bytes:
    """Return a ValueInfoProto: a float tensor of any shape."""
    return bytes_field(1, name.encode()) + bytes_field(2, bytes_field(1, varint_field(1, _FLOAT)))
