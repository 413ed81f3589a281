"""Reading an ONNX model file: external data is refused, its random numbers become an input, its lengths an output.

Only the outline of the file is read: field numbers, lengths, names. The format is Protocol Buffers' wire
format with the field numbers of the public `onnx.proto3`; both are small and don't change, so the large
`onnx` package isn't needed for this.

A voice model such as Piper's draws noise inside its graph, from a generator that is seeded once for each
session: a sentence sounds different each time it is spoken. Here each `RandomNormalLike` node is replaced
by nodes that take their noise from a new input of the graph, so that whoever runs the model decides.

Such a model also rounds up how many frames each of its tokens lasts, in the one `Ceil` node that it has: what that
gives becomes a further output.
"""

from __future__ import annotations

from dataclasses import dataclass

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx.protobuf import Field, bytes_field, children, fields, varint_field

_MODEL_GRAPH, _MODEL_FUNCTION = 7, 25
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT, _GRAPH_SPARSE = 1, 5, 11, 12, 15
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _NODE_OP, _NODE_ATTRIBUTE = 1, 2, 3, 4, 5
_FUNCTION_NODE = 7
_ATTRIBUTE_NAME = 1
_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS, _ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
_SPARSE_PARTS = (1, 2)
_TENSOR_EXTERNAL_DATA, _TENSOR_DATA_LOCATION = 13, 14
_FLOAT, _INT64 = 1, 7
_NOISE_INPUT = "audio_builder_noise_{}"


@dataclass(frozen=True, slots=True)
class SeedableModel:
    """A model whose noise comes from outside.

    Attributes:
        content: the rewritten ONNX file.
        noise_inputs: names of the inputs that want standard normal float32 noise, shape (n,) with any
            n ≥ 1; a longer demand repeats it. Empty for a model that draws none.
    """

    content: bytes
    noise_inputs: tuple[str, ...]


def seedable_model(content: bytes, name: str) -> SeedableModel:
    """Return the model with every `RandomNormalLike` fed from an input of its own, and its one `Ceil` as an output.

    Args:
        content: a whole ONNX file.
        name: what to call it in an error.

    Raises:
        VoiceError: it isn't a well-formed ONNX file, or it refers to data outside itself.
    """
    inputs: list[str] = []
    parts: list[bytes] = []
    try:
        for field in fields(content, 0, len(content)):
            if field.number == _MODEL_GRAPH:
                _refuse_external_data(content, field, name)
                parts.append(bytes_field(_MODEL_GRAPH, _graph_with_inputs(content, field, inputs)))
                continue
            if field.number == _MODEL_FUNCTION:
                for node in children(content, field, _FUNCTION_NODE):
                    _refuse_in_node(content, node, name)
            parts.append(content[field.outer : field.end])
    except (IndexError, UnicodeDecodeError, ValueError) as error:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: {error}") from error
    return SeedableModel(b"".join(parts), tuple(inputs))


def with_input_of_any_length(content: bytes, input_name: str, name: str) -> bytes:
    """Return the model with a float input of one dimension taking any number of values.

    Where a graph divides a value for each token by such an input, one value for all and one for each
    are then both right: the arithmetic broadcasts, only the declared length stood against it.

    Args:
        content: a whole ONNX file.
        input_name: the input's name.
        name: what to call the file in an error.

    Raises:
        VoiceError: it isn't a well-formed ONNX file, has no such input, or refers to data outside itself.
    """
    parts: list[bytes] = []
    found = False
    try:
        for field in fields(content, 0, len(content)):
            if field.number != _MODEL_GRAPH:
                parts.append(content[field.outer : field.end])
                continue
            _refuse_external_data(content, field, name)
            graph = []
            for part in fields(content, field.start, field.end):
                ours = part.number == _GRAPH_INPUT and any(
                    content[text.start : text.end] == input_name.encode() for text in children(content, part, 1)
                )
                found = found or ours
                free = bytes_field(_GRAPH_INPUT, _float_input_info(input_name))
                graph.append(free if ours else content[part.outer : part.end])
            parts.append(bytes_field(_MODEL_GRAPH, b"".join(graph)))
    except (IndexError, UnicodeDecodeError, ValueError) as error:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: {error}") from error
    if not found:
        raise VoiceError(f"{name} has no input called “{input_name}”, so it isn't a model for this engine")
    return b"".join(parts)


def _refuse_external_data(content: bytes, graph: Field, name: str) -> None:
    for tensor in children(content, graph, _GRAPH_INITIALIZER):
        _refuse_in_tensor(content, tensor, name)
    for sparse in children(content, graph, _GRAPH_SPARSE):
        for tensor in children(content, sparse, *_SPARSE_PARTS):
            _refuse_in_tensor(content, tensor, name)
    for node in children(content, graph, _GRAPH_NODE):
        _refuse_in_node(content, node, name)


def _refuse_in_node(content: bytes, node: Field, name: str) -> None:
    for attribute in children(content, node, _NODE_ATTRIBUTE):
        for tensor in children(content, attribute, *_ATTRIBUTE_TENSORS):
            _refuse_in_tensor(content, tensor, name)
        for sparse in children(content, attribute, *_ATTRIBUTE_SPARSE):
            for tensor in children(content, sparse, *_SPARSE_PARTS):
                _refuse_in_tensor(content, tensor, name)
        for graph in children(content, attribute, *_ATTRIBUTE_GRAPHS):
            _refuse_external_data(content, graph, name)


def _refuse_in_tensor(content: bytes, tensor: Field, name: str) -> None:
    for field in fields(content, tensor.start, tensor.end):
        located = field.number == _TENSOR_DATA_LOCATION and any(content[field.start : field.end])
        if located or field.number == _TENSOR_EXTERNAL_DATA:
            raise VoiceError(
                f"{name} keeps part of its weights in another file, which a voice model must not",
                hint="Use a model that is complete in one .onnx file.",
            )


def _graph_with_inputs(content: bytes, graph: Field, inputs: list[str]) -> bytes:
    """Return the graph's content with its random nodes replaced; add the new inputs' names to `inputs`."""
    parts: list[bytes] = []
    for field in fields(content, graph.start, graph.end):
        replaced = _replaced_node(content, field, inputs) if field.number == _GRAPH_NODE else b""
        parts.append(replaced or content[field.outer : field.end])
    parts += [bytes_field(_GRAPH_INPUT, _float_input_info(noise)) for noise in inputs]
    lengths = _rounded_up(content, graph)
    if len(lengths) == 1 and lengths[0] not in _names(content, graph, _GRAPH_OUTPUT):
        # Its type and shape are told by the node it comes from.
        parts.append(bytes_field(_GRAPH_OUTPUT, bytes_field(1, lengths[0])))
    return b"".join(parts)


def _rounded_up(content: bytes, graph: Field) -> list[bytes]:
    """Return the names of what the graph's `Ceil` nodes give."""
    return [
        content[given.start : given.end]
        for node in children(content, graph, _GRAPH_NODE)
        if any(content[op.start : op.end] == b"Ceil" for op in children(content, node, _NODE_OP))
        for given in children(content, node, _NODE_OUTPUT)
    ]


def _names(content: bytes, graph: Field, number: int) -> set[bytes]:
    """Return the names of the graph's inputs or outputs, by the number of their field."""
    return {
        content[name.start : name.end]
        for info in children(content, graph, number)
        for name in children(content, info, 1)
    }


def _replaced_node(content: bytes, node: Field, inputs: list[str]) -> bytes:
    """Return nodes that do what a `RandomNormalLike` node does, from an input; nothing for other nodes."""
    texts: dict[int, str] = {}
    for field in fields(content, node.start, node.end):
        if field.number in (_NODE_INPUT, _NODE_OUTPUT, _NODE_OP):
            texts.setdefault(field.number, content[field.start : field.end].decode())
    if texts.get(_NODE_OP) != "RandomNormalLike" or not _is_standard_normal(content, node):
        return b""
    noise = _NOISE_INPUT.format(len(inputs))
    inputs.append(noise)
    like, output = texts[_NODE_INPUT], texts[_NODE_OUTPUT]

    def part(name: str) -> str:
        return f"{noise}/{name}"

    zero, one = _scalar(0), _scalar(1)
    return b"".join(
        (
            _node("Constant", (), part("zero"), zero),
            _node("Constant", (), part("one"), one),
            _node("Size", (noise,), part("stock")),
            _node("Size", (like,), part("wanted")),
            _node("Range", (part("zero"), part("wanted"), part("one")), part("count")),
            _node("Mod", (part("count"), part("stock")), part("index")),
            _node("Gather", (noise, part("index")), part("flat")),
            _node("Shape", (like,), part("shape")),
            _node("Reshape", (part("flat"), part("shape")), output),
        )
    )


def _is_standard_normal(content: bytes, node: Field) -> bool:
    names = (
        content[name.start : name.end]
        for attribute in children(content, node, _NODE_ATTRIBUTE)
        for name in children(content, attribute, _ATTRIBUTE_NAME)
    )
    return not any(name in (b"mean", b"scale") for name in names)


def _node(op: str, inputs: tuple[str, ...], output: str, attribute: bytes = b"") -> bytes:
    content = b"".join(bytes_field(_NODE_INPUT, name.encode()) for name in inputs)
    content += bytes_field(_NODE_OUTPUT, output.encode()) + bytes_field(_NODE_NAME, f"{output}:{op}".encode())
    content += bytes_field(_NODE_OP, op.encode())
    return bytes_field(_GRAPH_NODE, content + attribute)


def _scalar(value: int) -> bytes:
    """Return the attribute `value` of a `Constant`: an int64 tensor of no dimensions (TensorProto 2 and 9)."""
    tensor = varint_field(2, _INT64) + bytes_field(9, value.to_bytes(8, "little"))
    return bytes_field(_NODE_ATTRIBUTE, bytes_field(1, b"value") + bytes_field(5, tensor) + varint_field(20, 4))


def _float_input_info(name: str) -> bytes:
    """Return a ValueInfoProto: a float tensor of one dimension of any length."""
    dimension = bytes_field(1, bytes_field(2, f"{name}_length".encode()))
    tensor_type = varint_field(1, _FLOAT) + bytes_field(2, dimension)
    return bytes_field(1, name.encode()) + bytes_field(2, bytes_field(1, tensor_type))
