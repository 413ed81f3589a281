"""Convolutions of a model with fewer products: Winograd's minimal filtering, F(4, 5).

Four neighbouring results of a convolution with 5 taps take 20 products. They can be had from 8: both the columns and
the taps are turned into values of polynomials at 8 points, which are multiplied one by one, and the product's
coefficients are found again (Toom and Cook; for networks Lavin and Gray, "Fast Algorithms for Convolutional Neural
Networks", 2015). The taps are turned once, when the model is loaded; turning the columns costs little where each is
used for a hundred channels or more.

The points are small, so float32 loses little: the sound of a voice differs by -104 dB.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from audio_builder.voices.engines.onnx.graph import (
    ModelGraph,
    Node,
    Replacement,
    floats_of,
    whole_numbers,
    written_node,
    written_tensor,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_RESULTS, _TAPS = 4, 5
_POINTS = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2")))
"""Where the polynomials are taken; one more point lies at infinity."""

_POINTS_ALL = len(_POINTS) + 1
_LEAST_CHANNELS = 128
"""With fewer, turning the columns costs more than is saved."""


class _Turns(NamedTuple):
    """The matrices of F(4, 5): results = `back` · ((`taps` · kernel) × (`columns` · input)).

    Attributes:
        columns: shape (8, 8).
        taps: shape (8, 5).
        back: shape (4, 8).
    """

    columns: npt.NDArray[np.float64]
    taps: npt.NDArray[np.float64]
    back: npt.NDArray[np.float64]


def filters_of(graph: ModelGraph) -> dict[Node, Replacement]:
    """Return what stands in the place of a model's large convolutions of one dimension with 5 taps.

    Args:
        graph: of a model that is complete in one file.
    """
    filters = [one for node in graph.nodes if (one := _filter_of(graph, node)) is not None]
    return {
        one.node: Replacement(
            (one.node.inputs[0], *one.node.inputs[2:]),
            b"".join(_filtering(one)),
            {f"{one.node.outputs[0]}/taps": turned},
        )
        for one, turned in zip(filters, _turned_taps(filters), strict=True)
    }


class _Filter(NamedTuple):
    """A convolution that is done by minimal filtering.

    Attributes:
        node: as it stands.
        weights: shape (output channels, channels, 5).
        pads: zeros before and after its input.
    """

    node: Node
    weights: npt.NDArray[np.float32]
    pads: tuple[int, int]


def _filter_of(graph: ModelGraph, node: Node) -> _Filter | None:
    """Return a convolution that is large enough and plain; None for other nodes."""
    if node.operation != "Conv" or node.inputs[1] not in graph.weights:
        return None
    numbers = whole_numbers(graph.content, node)
    plain = all(numbers.get(key, (1,)) == (1,) for key in ("dilations", "group", "strides"))
    taps, pads = numbers.get("kernel_shape", ()), numbers.get("pads", (0, 0))
    if not plain or "auto_pad" in numbers or taps != (_TAPS,) or len(pads) != 2:
        return None
    try:
        weights = floats_of(graph.content, graph.weights[node.inputs[1]])
    except ValueError:
        return None
    return _Filter(node, weights, (pads[0], pads[1])) if min(weights.shape[:2]) >= _LEAST_CHANNELS else None


def _turned_taps(filters: Sequence[_Filter]) -> Iterator[npt.NDArray[np.float32]]:
    """Yield the turned taps of each filter, shape (8, output channels, channels).

    They are 2.4 MB for 384 · 192 channels. All lie in one piece of memory: for a large one NumPy asks for large pages,
    and for many small ones the system spent twice the time of the products.
    """
    import numpy as np

    turn = _turns().taps.astype(np.float32)
    all_taps = np.empty(_POINTS_ALL * sum(one.weights.size // _TAPS for one in filters), dtype=np.float32)
    begin = 0
    for one in filters:
        outputs, channels, _ = one.weights.shape
        turned = all_taps[begin : begin + _POINTS_ALL * outputs * channels].reshape(_POINTS_ALL, -1)
        begin += turned.size
        np.matmul(turn, one.weights.reshape(-1, _TAPS).T, out=turned)
        yield turned.reshape(_POINTS_ALL, outputs, channels)


def _filtering(one: _Filter) -> Iterator[bytes]:
    """Yield the nodes and weights of a filter: input in tiles, columns turned, products, results in order, bias."""
    import numpy as np

    outputs, channels, _ = one.weights.shape
    turns = _turns()
    source, output = one.node.inputs[0], one.node.outputs[0]

    def inner(name: str) -> str:
        return f"{output}/{name}"

    def numbers(name: str, *values: int) -> bytes:
        return written_tensor(inner(name), np.array(values, dtype=np.int64))

    def node(operation: str, inputs: tuple[str, ...], name: str, **attributes: int | tuple[int, ...]) -> bytes:
        return written_node(operation, tuple(map(inner, inputs)), inner(name), **attributes)

    yield written_tensor(inner("turn"), turns.columns.astype(np.float32))
    yield written_tensor(inner("back"), turns.back.astype(np.float32))
    yield numbers("0", 0) + numbers("1", 1) + numbers("2", 2) + numbers("3", 3) + numbers("-1", -1)
    yield numbers("4", _RESULTS) + numbers("end", 1 << 62) + numbers("shorter", sum(one.pads) - _TAPS + 1)
    # How long the result is, in how many tiles of 4, and how many zeros complete the input of the last.
    yield written_node("Shape", (source,), inner("shape"))
    yield node("Slice", ("shape", "2", "3"), "length")
    yield node("Add", ("length", "shorter"), "results")
    yield node("Add", ("results", "3"), "almost")
    yield node("Div", ("almost", "4"), "tiles")
    yield node("Add", ("tiles", "1"), "rows")
    yield node("Mul", ("rows", "4"), "padded")
    yield numbers("pad before", 0, 0, one.pads[0], 0, 0) + numbers("before", one.pads[0])
    yield node("Sub", ("padded", "length"), "missing") + node("Sub", ("missing", "before"), "after")
    yield node("Concat", ("pad before", "after"), "pads", axis=0)
    yield written_node("Pad", (source, inner("pads")), inner("long"))
    # Each tile has 8 columns, the second 4 of which are the first of the next tile.
    yield numbers("by 4", -1, _RESULTS) + numbers("rows of channels", _RESULTS, channels, -1)
    yield node("Reshape", ("long", "by 4"), "fours") + node("Transpose", ("fours",), "across", perm=(1, 0))
    yield node("Reshape", ("across", "rows of channels"), "columns")
    yield node("Slice", ("columns", "0", "-1", "2"), "own") + node("Slice", ("columns", "1", "end", "2"), "next")
    yield node("Concat", ("own", "next"), "both", axis=0)
    yield numbers("flat", 2 * _RESULTS, -1) + numbers("by point", _POINTS_ALL, channels, -1)
    yield node("Reshape", ("both", "flat"), "eights") + node("MatMul", ("turn", "eights"), "values")
    yield node("Reshape", ("values", "by point"), "points") + node("MatMul", ("taps", "points"), "products")
    yield numbers("flat products", _POINTS_ALL, -1) + numbers("by channel", 1, outputs, -1)
    yield node("Reshape", ("products", "flat products"), "flatter") + node("MatMul", ("back", "flatter"), "fourths")
    yield node("Transpose", ("fourths",), "in order", perm=(1, 0)) + node("Reshape", ("in order", "by channel"), "all")
    if len(one.node.inputs) < 3:
        yield written_node("Slice", tuple(map(inner, ("all", "0", "results", "2"))), output)
        return
    yield node("Slice", ("all", "0", "results", "2"), "without bias")
    yield numbers("column", -1, 1) + written_node("Reshape", (one.node.inputs[2], inner("column")), inner("bias"))
    yield written_node("Add", (inner("without bias"), inner("bias")), output)


@functools.cache
def _turns() -> _Turns:
    """Return the matrices of F(4, 5).

    A polynomial's value at a point a is the sum of its coefficients times a^k, and at infinity its last coefficient.
    What finds coefficients from values is Lagrange's: at each point the polynomial that is 0 at all others.
    """
    import numpy as np

    columns = np.zeros((_POINTS_ALL, _POINTS_ALL))
    taps, back = np.zeros((_POINTS_ALL, _TAPS)), np.zeros((_RESULTS, _POINTS_ALL))
    for row, point in enumerate(_POINTS):
        others = [other for other in _POINTS if other != point]
        scale = math.prod(point - other for other in others)
        columns[row, :-1] = _polynomial(others)
        taps[row] = [float(point**power / scale) for power in range(_TAPS)]
        back[:, row] = [float(point**power) for power in range(_RESULTS)]
    columns[-1] = _polynomial(_POINTS)
    taps[-1, -1] = back[-1, -1] = 1
    # Rows of one size, by powers of two, which cost no bit: values and taps of like size lose least.
    sizes = 2.0 ** np.round(np.log2(np.abs(columns).max(axis=1, keepdims=True)))
    return _Turns(columns / sizes, taps * sizes, back)


def _polynomial(roots: Sequence[Fraction]) -> list[float]:
    """Return the coefficients of the product of x - root, the constant first."""
    coefficients = [Fraction(1)]
    for root in roots:
        shifted, scaled = [Fraction(0), *coefficients], [*(-root * one for one in coefficients), Fraction(0)]
        coefficients = [one + other for one, other in zip(shifted, scaled, strict=True)]
    return [float(one) for one in coefficients]
