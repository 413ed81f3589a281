"""What of an ONNX file the engines read and write: nodes, their attributes, weights.

The format is Protocol Buffers' wire format with the field numbers of the public `onnx.proto3`; both are small and don't
change, so the large `onnx` package isn't needed for this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx.external_data import (
    graphs_of_attribute,
    name_of_tensor,
    refuse_in_sparse,
)
from audio_builder.voices.engines.onnx.protobuf import (
    Content,
    Field,
    bytes_field,
    bytes_head,
    children,
    fields,
    varint_field,
    varint_of,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE = 1, 5, 11, 12, 13
_GRAPH_SPARSE = 15
TENSOR_NAME, VALUE_NAME = 8, 1
_MODEL_GRAPH, _MODEL_FUNCTION, _FUNCTION_NODE = 7, 25, 7
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _NODE_OP, _NODE_ATTRIBUTE = 1, 2, 3, 4, 5
_ATTRIBUTE_NAME, _ATTRIBUTE_INT, _ATTRIBUTE_INTS, _ATTRIBUTE_TYPE = 1, 3, 8, 20
_TYPE_INT, _TYPE_INTS = 2, 7
_TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_RAW = 1, 2, 9
_FLOAT, _INT64 = 1, 7
_FLOAT_BYTES = 4


class Node(NamedTuple):
    """A node: where it lies, what it does, and the names of what it takes and gives."""

    field: Field
    operation: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class ModelGraph(NamedTuple):
    """A model's graph.

    Attributes:
        content: the whole ONNX file.
        field: where the graph lies in it.
        nodes: in their order, in which each has its inputs before it.
        outputs: names of the model's outputs.
        weights: where the tensors lie that are stored in the file, by their names.
    """

    content: Content
    field: Field
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    weights: dict[str, Field]


class Replacement(NamedTuple):
    """What stands in the place of a node and gives the same value.

    Attributes:
        inputs: names of the values and weights of the old graph that it takes.
        parts: fields of the new graph: nodes, weights, inputs.
        beside: large weights that aren't among the fields, by their names.
    """

    inputs: tuple[str, ...]
    parts: bytes
    beside: Mapping[str, npt.NDArray[np.float32]] = MappingProxyType({})


class LightModel(NamedTuple):
    """A model whose large weights are inputs, given with each run: nothing copies them, and it opens sooner.

    Attributes:
        content: the ONNX file without these weights.
        beside: their values by their names; perhaps views of the file that they come from, at any address.
    """

    content: bytes
    beside: Mapping[str, npt.NDArray[np.float32]]


def read_graph(content: Content, name: str) -> ModelGraph:
    """Return the graph of a model.

    Args:
        content: a whole ONNX file.
        name: what to call it in an error.

    Raises:
        VoiceError: it isn't a well-formed ONNX file, or refers to data outside itself.
    """
    graphs = []
    try:
        for field in fields(content, 0, len(content)):
            if field.number == _MODEL_GRAPH:
                graphs.append(_graph(content, field, name))
            elif field.number == _MODEL_FUNCTION:
                for node in children(content, field, _FUNCTION_NODE):
                    _node(content, node, name)
    except (IndexError, UnicodeDecodeError, ValueError) as error:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: {error}") from error
    if not graphs:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: it has no graph")
    return graphs[0]


def texts(content: Content, field: Field, number: int) -> Iterator[str]:
    """Yield the texts of this number inside a field."""
    return (content[text.start : text.end].decode() for text in children(content, field, number))


def attribute_names(content: Content, node: Node) -> set[str]:
    """Return the names of a node's attributes."""
    return {_name(content, attribute, _ATTRIBUTE_NAME) for attribute in children(content, node.field, _NODE_ATTRIBUTE)}


def whole_numbers(content: Content, node: Node) -> dict[str, tuple[int, ...]]:
    """Return the attributes of a node, as far as they are whole numbers or lists of them; others are empty."""
    numbers = {}
    for attribute in children(content, node.field, _NODE_ATTRIBUTE):
        name, values = "", []
        for field in fields(content, attribute.start, attribute.end):
            if field.number == _ATTRIBUTE_NAME:
                name = content[field.start : field.end].decode()
            elif field.number in (_ATTRIBUTE_INT, _ATTRIBUTE_INTS):
                values.append(varint_of(content, field))
        numbers[name] = tuple(values)
    return numbers


def floats_of(content: Content, tensor: Field) -> npt.NDArray[np.float32]:
    """Return the weights of a tensor: a view of the file.

    Raises:
        ValueError: they aren't float32, or not stored as plain bytes.
    """
    import numpy as np

    shape: list[int] = []
    kind, raw = 0, None
    for field in fields(content, tensor.start, tensor.end):
        if field.number == _TENSOR_DIMS:
            shape.append(varint_of(content, field))
        elif field.number == _TENSOR_TYPE:
            kind = varint_of(content, field)
        elif field.number == _TENSOR_RAW:
            raw = field
    if kind != _FLOAT or raw is None or (raw.end - raw.start) % _FLOAT_BYTES:
        raise ValueError("a tensor of weights isn't float32, stored as plain bytes")
    values = np.frombuffer(content, dtype="<f4", count=(raw.end - raw.start) // _FLOAT_BYTES, offset=raw.start)
    return values.reshape(shape)


def written_node(operation: str, inputs: Sequence[str], output: str, **attributes: int | tuple[int, ...]) -> bytes:
    """Return a node of a graph with one output; its attributes are whole numbers or lists of them."""
    content = b"".join(bytes_field(_NODE_INPUT, name.encode()) for name in inputs)
    content += bytes_field(_NODE_OUTPUT, output.encode()) + bytes_field(_NODE_NAME, f"{output}:{operation}".encode())
    content += bytes_field(_NODE_OP, operation.encode())
    for name, value in attributes.items():
        attribute = bytes_field(_ATTRIBUTE_NAME, name.encode())
        if isinstance(value, int):
            attribute += varint_field(_ATTRIBUTE_INT, value) + varint_field(_ATTRIBUTE_TYPE, _TYPE_INT)
        else:
            attribute += b"".join(varint_field(_ATTRIBUTE_INTS, one) for one in value)
            attribute += varint_field(_ATTRIBUTE_TYPE, _TYPE_INTS)
        content += bytes_field(_NODE_ATTRIBUTE, attribute)
    return bytes_field(GRAPH_NODE, content)


def written_tensor(name: str, values: npt.NDArray[np.float32] | npt.NDArray[np.int64]) -> bytes:
    """Return an initializer of a graph."""
    kind, plain = (_FLOAT, "<f4") if values.dtype.kind == "f" else (_INT64, "<i8")
    content = b"".join(varint_field(_TENSOR_DIMS, length) for length in values.shape) + varint_field(_TENSOR_TYPE, kind)
    content += bytes_field(TENSOR_NAME, name.encode())
    content += bytes_field(_TENSOR_RAW, values.astype(plain, copy=False).tobytes())
    return bytes_field(GRAPH_INITIALIZER, content)


def written_value(number: int, name: str, dimensions: int | Sequence[int] | None = None) -> bytes:
    """Return an input or output of a graph: a float tensor.

    Args:
        number: `GRAPH_INPUT` or `GRAPH_OUTPUT`.
        name: of the value.
        dimensions: their lengths, or how many it has, each of any length; None for any number of them.
    """
    shape = b""
    if isinstance(dimensions, int):
        each = (bytes_field(2, f"{name}_length_{index}".encode()) for index in range(dimensions))
        shape = bytes_field(2, b"".join(bytes_field(1, one) for one in each))
    elif dimensions is not None:
        shape = bytes_field(2, b"".join(bytes_field(1, varint_field(1, length)) for length in dimensions))
    tensor_type = bytes_field(1, varint_field(1, _FLOAT) + shape)
    return bytes_field(number, bytes_field(VALUE_NAME, name.encode()) + bytes_field(2, tensor_type))


def written_model(graph: ModelGraph, parts: Sequence[bytes | memoryview]) -> bytes:
    """Return a model with another graph: its versions and what else is in the file stay.

    Args:
        graph: that of the old model.
        parts: fields of the new graph. Weights are large, so what stays of the old graph is better not copied before.
    """
    old = memoryview(graph.content)
    head = bytes_head(_MODEL_GRAPH, sum(map(len, parts)))
    return b"".join((old[: graph.field.outer], head, *parts, old[graph.field.end :]))


def _graph(content: Content, field: Field, name: str) -> ModelGraph:
    nodes: list[Node] = []
    outputs: list[str] = []
    weights: dict[str, Field] = {}
    for part in fields(content, field.start, field.end):
        if part.number == GRAPH_NODE:
            nodes.append(_node(content, part, name))
        elif part.number == GRAPH_INITIALIZER:
            weights[name_of_tensor(content, part, name)] = part
        elif part.number == GRAPH_OUTPUT:
            outputs.append(_name(content, part, VALUE_NAME))
        elif part.number == _GRAPH_SPARSE:
            refuse_in_sparse(content, part, name)
    return ModelGraph(content, field, tuple(nodes), tuple(outputs), weights)


def _node(content: Content, field: Field, name: str) -> Node:
    inputs: list[str] = []
    outputs: list[str] = []
    operation = ""
    for part in fields(content, field.start, field.end):
        if part.number == _NODE_INPUT:
            inputs.append(content[part.start : part.end].decode())
        elif part.number == _NODE_OUTPUT:
            outputs.append(content[part.start : part.end].decode())
        elif part.number == _NODE_OP:
            operation = content[part.start : part.end].decode()
        elif part.number == _NODE_ATTRIBUTE:  # a branch or a loop takes values from outside it by their names
            for inner in graphs_of_attribute(content, part, name):
                inputs += (taken for node in _graph(content, inner, name).nodes for taken in node.inputs)
    return Node(field, operation, tuple(inputs), tuple(outputs))


def _name(content: Content, field: Field, number: int) -> str:
    return next(texts(content, field, number), "")
