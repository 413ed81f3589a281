"""The layers of a vocoder in four dimensions instead of three, one of them 1 long.

For convolutions of two dimensions onnxruntime has kernels that copy nothing, and for transposed ones it has none, so
each of these becomes two ordinary ones, of which each makes half of the new samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from audio_builder.voices.engines.onnx.graph import (
    ModelGraph,
    Node,
    floats_of,
    whole_numbers,
    written_node,
    written_tensor,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_CONVOLUTIONS = frozenset(("Conv", "ConvTranspose"))
OPERATIONS = _CONVOLUTIONS | {"Add", "Div", "LeakyRelu", "Tanh"}
"""What is known here. Each has its result where its inputs are, so all may run piece by piece."""

_ATTRIBUTES = frozenset(("dilations", "group", "kernel_shape", "pads", "strides"))


class UnknownLayer(Exception):
    """A layer does something that isn't known here, so the model is better left as it is."""


class Kernel(NamedTuple):
    """How a convolution goes over its input."""

    dilation: int
    stride: int
    padding: int


def kernel_of(graph: ModelGraph, node: Node) -> Kernel:
    """Return a convolution's kernel.

    Raises:
        UnknownLayer: its output isn't as long as its input, times the stride if it is a transposed one.
    """
    numbers = whole_numbers(graph.content, node)
    if not _ATTRIBUTES.issuperset(numbers) or numbers.get("group", (1,)) != (1,):
        raise UnknownLayer
    try:
        (length,), (before, after) = numbers["kernel_shape"], numbers.get("pads", (0, 0))
        (dilation,), (stride,) = numbers.get("dilations", (1,)), numbers.get("strides", (1,))
    except (KeyError, ValueError) as error:
        raise UnknownLayer from error
    if node.operation == "Conv":
        known, padding = stride == 1 and length % 2 == 1, dilation * (length - 1) // 2
    else:
        known, padding = length == 2 * stride and stride % 2 == 0 and dilation == 1, stride // 2
    if not known or (before, after) != (padding, padding):
        raise UnknownLayer
    return Kernel(dilation, stride, padding)


def constants_of(graph: ModelGraph, nodes: Iterable[Node]) -> Iterator[bytes]:
    """Yield the numbers that nodes other than convolutions take from the model, each once.

    Raises:
        UnknownLayer: one is a whole row of them, which would mean something else in four dimensions.
    """
    names = {name for node in nodes if node.operation not in _CONVOLUTIONS for name in node.inputs}
    for name in sorted(names.intersection(graph.weights)):
        if _weights(graph, name).size != 1:
            raise UnknownLayer
        yield graph.content[graph.weights[name].outer : graph.weights[name].end]


def rewritten(graph: ModelGraph, node: Node) -> Iterator[bytes]:
    """Yield the nodes and weights that do in four dimensions what a node does in three.

    Raises:
        UnknownLayer: it is a convolution of another kind, or its weights aren't plain float32.
    """
    if node.operation not in _CONVOLUTIONS:
        yield graph.content[node.field.outer : node.field.end]
        return
    kernel = kernel_of(graph, node)
    weights, *bias = (_weights(graph, name) for name in node.inputs[1:])
    if node.operation == "Conv":
        names = (node.inputs[0], node.outputs[0])
        yield from _convolution(names, weights, bias, kernel.dilation, (kernel.padding, kernel.padding))
    else:
        yield from _upsampling((node.inputs[0], node.outputs[0]), weights, bias, kernel.stride)


def _weights(graph: ModelGraph, name: str) -> npt.NDArray[np.float32]:
    try:
        return floats_of(graph.content, graph.weights[name])
    except (KeyError, ValueError) as error:
        raise UnknownLayer from error


def _convolution(
    names: tuple[str, str],
    weights: npt.NDArray[np.float32],
    bias: list[npt.NDArray[np.float32]],
    dilation: int,
    pads: tuple[int, int],
) -> Iterator[bytes]:
    """Yield a convolution along the last of four dimensions.

    Args:
        names: of what it takes and what it gives.
        weights: shape (output channels, channels, length).
        bias: none or one, shape (output channels,).
        dilation: columns from one of the kernel's to the next.
        pads: zeros before and after what it takes.
    """
    source, output = names
    outputs, channels, length = weights.shape
    inputs = [source, f"{output}/weights"]
    yield written_tensor(inputs[1], weights.reshape(outputs, channels, 1, length))
    for one in bias:
        inputs.append(f"{output}/bias")
        yield written_tensor(inputs[2], one)
    yield written_node(
        "Conv", inputs, output, dilations=(1, dilation), kernel_shape=(1, length), pads=(0, pads[0], 0, pads[1])
    )


def _upsampling(
    names: tuple[str, str], weights: npt.NDArray[np.float32], bias: list[npt.NDArray[np.float32]], stride: int
) -> Iterator[bytes]:
    """Yield a transposed convolution as two ordinary ones.

    With a kernel of twice the stride s, padded by s/2, each new sample has two of the old columns in its sum: those of
    the first half of a column its own and the one before, those of the second half its own and the one after.

    Args:
        names: of what it takes and what it gives.
        weights: shape (channels, output channels, 2 · stride).
        bias: none or one, shape (output channels,).
        stride: new samples to a column, an even number.
    """
    import numpy as np

    source, output = names
    channels, outputs, _ = weights.shape
    near, far = np.split(weights, 2, axis=2)
    half = stride // 2
    halves = (
        ("first", far[..., half:], near[..., half:], (1, 0)),
        ("second", far[..., :half], near[..., :half], (0, 1)),
    )
    for name, earlier, later, pads in halves:
        taps = np.stack((earlier, later), axis=-1)  # (channels, output channels, half, 2)
        by_sample = taps.transpose(2, 1, 0, 3).reshape(half * outputs, channels, 2)
        each = [np.tile(one, half) for one in bias]
        yield from _convolution((source, f"{output}/{name}"), by_sample, each, 1, pads)
    yield written_node("Concat", (f"{output}/first", f"{output}/second"), f"{output}/both", axis=1)
    yield from _reshaped(f"{output}/both", f"{output}/rows", (stride, -1))
    yield written_node("Transpose", (f"{output}/rows",), f"{output}/columns", perm=(1, 0))
    yield from _reshaped(f"{output}/columns", output, (1, outputs, 1, -1))


def _reshaped(source: str, output: str, shape: tuple[int, ...]) -> Iterator[bytes]:
    import numpy as np

    yield written_tensor(f"{output}/shape", np.array(shape, dtype=np.int64))
    yield written_node("Reshape", (source, f"{output}/shape"), output)
