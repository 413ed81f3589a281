"""Refusing a model that names other files: an ONNX file may say that the bytes of a tensor lie in one, at any path.

Tensors are in a graph, in the attributes of its nodes, in branches, loops and functions. `graph` goes through all of
them once, and looks at each tensor by what is here.
"""

from __future__ import annotations

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx.protobuf import Content, Field, children, fields

_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS, _ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
_SPARSE_PARTS = (1, 2)
_TENSOR_NAME, _TENSOR_EXTERNAL_DATA, _TENSOR_DATA_LOCATION = 8, 13, 14


def name_of_tensor(content: Content, tensor: Field, name: str) -> str:
    """Return what a tensor is called, if its bytes are in the file.

    Args:
        content: a whole ONNX file.
        tensor: where the tensor lies in it.
        name: what to call the file in an error.

    Raises:
        VoiceError: it refers to data outside the file.
        IndexError, UnicodeDecodeError, ValueError: it isn't well-formed.
    """
    called = ""
    for field in fields(content, tensor.start, tensor.end):
        if field.number == _TENSOR_NAME:
            called = content[field.start : field.end].decode()
        located = field.number == _TENSOR_DATA_LOCATION and any(content[field.start : field.end])
        if located or field.number == _TENSOR_EXTERNAL_DATA:
            raise VoiceError(
                f"{name} keeps part of its weights in another file, which a voice model must not",
                hint="Use a model that is complete in one .onnx file.",
            )
    return called


def graphs_of_attribute(content: Content, attribute: Field, name: str) -> list[Field]:
    """Return the branches or the body that an attribute of a node holds, if the bytes of its tensors are in the file.

    What is in those graphs isn't looked at.

    Raises:
        as `name_of_tensor` does.
    """
    graphs = []
    for field in fields(content, attribute.start, attribute.end):
        if field.number in _ATTRIBUTE_TENSORS:
            name_of_tensor(content, field, name)
        elif field.number in _ATTRIBUTE_GRAPHS:
            graphs.append(field)
        elif field.number in _ATTRIBUTE_SPARSE:
            refuse_in_sparse(content, field, name)
    return graphs


def refuse_in_sparse(content: Content, sparse: Field, name: str) -> None:
    """Look at the two tensors of a sparse one.

    Raises:
        as `name_of_tensor` does.
    """
    for tensor in children(content, sparse, *_SPARSE_PARTS):
        name_of_tensor(content, tensor, name)
