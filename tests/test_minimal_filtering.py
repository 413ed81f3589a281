"""Large convolutions with fewer products give what they gave, and others are left alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from audio_builder.voices.engines.onnx.graph import read_graph, written_node, written_tensor
from audio_builder.voices.engines.onnx.minimal_filtering import filters_of
from audio_builder.voices.engines.onnx.part import part_leading_to
from audio_builder.voices.engines.onnx.session import one_thread_session
from tests.onnx_helpers import model_of

pytestmark = pytest.mark.engine

RANDOM = np.random.default_rng(8)


def convolution(
    shape: tuple[int, int, int] = (160, 128, 5), *, bias: bool = True, **attributes: int | tuple[int, ...]
) -> bytes:
    """A model that is one convolution with weights of this shape."""
    parts = [written_tensor("w", RANDOM.normal(scale=0.05, size=shape).astype(np.float32))]
    names = ["input", "w"]
    if bias:
        names.append("b")
        parts.append(written_tensor("b", RANDOM.normal(size=shape[0]).astype(np.float32)))
    return model_of([*parts, written_node("Conv", names, "output", kernel_shape=(shape[2],), **attributes)])


@pytest.mark.parametrize("columns", [5, 6, 7, 8, 9, 101])
@pytest.mark.parametrize("pads", [(0, 0), (2, 2), (4, 0), (1, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_the_results_are_those_of_the_plain_convolution(columns: int, pads: tuple[int, int], bias: bool) -> None:
    """Of every length of the last tile, to a hundred-thousandth of the largest."""
    content = convolution(bias=bias, pads=pads)
    graph = read_graph(content, "model.onnx")
    filters = filters_of(graph)
    assert len(filters) == 1
    feed = {"input": RANDOM.normal(size=(1, 128, columns)).astype(np.float32)}
    plain = _run(content, feed)
    quick = _run(part_leading_to(graph.outputs, graph, filters), feed)
    assert quick.shape == plain.shape == (1, 160, columns + sum(pads) - 4)
    assert np.abs(quick - plain).max() < 1e-5 * np.abs(plain).max()


def test_the_weights_of_the_plain_convolution_are_left_out() -> None:
    """They would be loaded for nothing; the bias is still used."""
    graph = read_graph(convolution(), "model.onnx")
    quick = read_graph(part_leading_to(graph.outputs, graph, filters_of(graph)), "model.onnx")
    assert "w" not in quick.weights
    assert "b" in quick.weights


@pytest.mark.parametrize(
    "content",
    [
        convolution((160, 128, 3)),
        convolution((160, 127, 5)),
        convolution((127, 160, 5)),
        convolution(dilations=(2,)),
        convolution(strides=(2,)),
        convolution((128, 128, 5), group=2),
    ],
    ids=["3 taps", "few channels", "few output channels", "dilated", "strided", "in groups"],
)
def test_other_convolutions_are_left_alone(content: bytes) -> None:
    """What isn't known to be quicker, or isn't known at all."""
    assert filters_of(read_graph(content, "model.onnx")) == {}


def _run(content: bytes, feed: dict[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    (result,) = one_thread_session(content, "model.onnx").run(None, feed)
    return np.asarray(result)
