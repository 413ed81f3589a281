"""Small ONNX models, written by the tests themselves."""

from __future__ import annotations

from collections.abc import Sequence

from audio_builder.voices.engines.onnx.graph import GRAPH_INPUT, GRAPH_OUTPUT, written_value
from audio_builder.voices.engines.onnx.protobuf import bytes_field, varint_field

IR_VERSION, _OPSET = 8, 15


def model_of(parts: Sequence[bytes]) -> bytes:
    """A model of these nodes and weights, from `input` of three dimensions to `output`."""
    ends = (written_value(GRAPH_INPUT, "input", 3), written_value(GRAPH_OUTPUT, "output"))
    graph = bytes_field(2, b"of a test") + b"".join((*parts, *ends))
    return varint_field(1, IR_VERSION) + bytes_field(7, graph) + bytes_field(8, varint_field(2, _OPSET))
