"""Refusing a model that names other files: an ONNX file may say that the bytes of a tensor lie in one, at any path."""

from __future__ import annotations

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx.protobuf import Field, children, fields

_MODEL_GRAPH, _MODEL_FUNCTION = 7, 25
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_ATTRIBUTE, _FUNCTION_NODE = 5, 7
_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS, _ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
_SPARSE_PARTS = (1, 2)
_TENSOR_EXTERNAL_DATA, _TENSOR_DATA_LOCATION = 13, 14


def refuse_external_data(content: bytes, name: str) -> None:
    """Read the outline of a model: all its tensors, also those in branches, loops and functions.

    Args:
        content: a whole ONNX file.
        name: what to call it in an error.

    Raises:
        VoiceError: it isn't a well-formed ONNX file, or a tensor refers to data outside it.
    """
    try:
        for field in fields(content, 0, len(content)):
            if field.number == _MODEL_GRAPH:
                _refuse_in_graph(content, field, name)
            elif field.number == _MODEL_FUNCTION:
                for node in children(content, field, _FUNCTION_NODE):
                    _refuse_in_node(content, node, name)
    except (IndexError, UnicodeDecodeError, ValueError) as error:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: {error}") from error


def _refuse_in_graph(content: bytes, graph: Field, name: str) -> None:
    for field in fields(content, graph.start, graph.end):
        if field.number == _GRAPH_NODE:
            _refuse_in_node(content, field, name)
        elif field.number == _GRAPH_INITIALIZER:
            _refuse_in_tensor(content, field, name)
        elif field.number == _GRAPH_SPARSE:
            for tensor in children(content, field, *_SPARSE_PARTS):
                _refuse_in_tensor(content, tensor, name)


def _refuse_in_node(content: bytes, node: Field, name: str) -> None:
    for attribute in children(content, node, _NODE_ATTRIBUTE):
        for field in fields(content, attribute.start, attribute.end):
            if field.number in _ATTRIBUTE_TENSORS:
                _refuse_in_tensor(content, field, name)
            elif field.number in _ATTRIBUTE_GRAPHS:
                _refuse_in_graph(content, field, name)
            elif field.number in _ATTRIBUTE_SPARSE:
                for tensor in children(content, field, *_SPARSE_PARTS):
                    _refuse_in_tensor(content, tensor, name)


def _refuse_in_tensor(content: bytes, tensor: Field, name: str) -> None:
    for field in fields(content, tensor.start, tensor.end):
        located = field.number == _TENSOR_DATA_LOCATION and any(content[field.start : field.end])
        if located or field.number == _TENSOR_EXTERNAL_DATA:
            raise VoiceError(
                f"{name} keeps part of its weights in another file, which a voice model must not",
                hint="Use a model that is complete in one .onnx file.",
            )
