"""A voice model cut before its vocoder gives the sound of the whole one, and one of another kind is left whole."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx.graph import GRAPH_INPUT, read_graph, written_node, written_tensor, written_value
from audio_builder.voices.engines.onnx.minimal_filtering import filters_of
from audio_builder.voices.engines.onnx.noise import SeededSession, noise_from_outside
from audio_builder.voices.engines.onnx.part import light_part_leading_to, part_leading_to
from audio_builder.voices.engines.onnx.protobuf import varint_field
from audio_builder.voices.engines.onnx.session import one_thread_session
from audio_builder.voices.engines.onnx.vocoder import PIECE_SAMPLES, split_vocoder
from audio_builder.voices.engines.onnx.voice_session import lengths_of_tokens, voice_session
from tests.onnx_helpers import IR_VERSION, model_of
from tests.voice_helpers import ready

pytestmark = pytest.mark.engine

RANDOM = np.random.default_rng(5)


def weights(*shape: int) -> npt.NDArray[np.float32]:
    """Small ones, so that Tanh isn't at its end."""
    return RANDOM.normal(scale=0.2, size=shape).astype(np.float32)


def upsampled(source: str, output: str, **other: int | tuple[int, ...]) -> list[bytes]:
    """A transposed convolution from 6 channels to 4, by 4 unless `other` says so."""
    attributes = {"kernel_shape": (8,), "strides": (4,), "pads": (2, 2)} | other
    return [
        written_tensor(f"{output}.w", weights(6, 4, 8)),
        written_tensor(f"{output}.b", weights(4)),
        written_node("ConvTranspose", (source, f"{output}.w", f"{output}.b"), output, **attributes),
    ]


def convolved(source: str, output: str, **other: int | tuple[int, ...]) -> list[bytes]:
    """A convolution of 4 channels over 3 columns, each 5 apart unless `other` says so."""
    attributes = {"kernel_shape": (3,), "dilations": (5,), "pads": (5, 5)} | other
    return [
        written_tensor(f"{output}.w", weights(4, 4, 3)),
        written_node("Conv", (source, f"{output}.w"), output, **attributes),
    ]


def far_reaching(source: str, output: str, last: str) -> list[bytes]:
    """Twice as many columns, a residual block that reaches 800 of them far, and one operation more; 6 channels."""
    return [
        written_tensor("twice.w", weights(6, 6, 4)),
        written_node("ConvTranspose", (source, "twice.w"), "twice", kernel_shape=(4,), strides=(2,), pads=(1, 1)),
        written_tensor("far.w", weights(6, 6, 3)),
        written_node("Conv", ("twice", "far.w"), "far", kernel_shape=(3,), dilations=(800,), pads=(800, 800)),
        written_node("Add", ("far", "twice"), "both"),
        written_node(last, ("both",), output),
    ]


def model(
    *,
    up: Mapping[str, int | tuple[int, ...]] = {},
    over: Mapping[str, int | tuple[int, ...]] = {},
    last: str = "Tanh",
    divisor: tuple[int, ...] = (),
    before: str = "",
) -> bytes:
    """A model like a voice's: a convolution, another rate, a residual block, one channel of sound.

    With `before`, another rate and a block that reaches 800 columns far come first, then the operation of that name.
    """
    parts = [
        written_tensor("first.w", weights(6, 6, 1)),
        written_node("Conv", ("input", "first.w"), "first", kernel_shape=(1,)),
        *(far_reaching("first", "further", before) if before else ()),
        written_node("LeakyRelu", ("further" if before else "first",), "soft"),
        *upsampled("soft", "fast", **up),
        written_node("LeakyRelu", ("fast",), "bent"),
        *convolved("bent", "block", **over),
        written_node("Add", ("block", "fast"), "sum"),
        written_tensor("three", np.full(divisor, 3, dtype=np.float32)),
        written_node("Div", ("sum", "three"), "mean"),
        written_tensor("one.w", weights(1, 4, 7)),
        written_node("Conv", ("mean", "one.w"), "one", kernel_shape=(7,), pads=(3, 3)),
        written_node(last, ("one",), "sound"),
        written_tensor("axis", np.array([1], dtype=np.int64)),
        written_node("Unsqueeze", ("sound", "axis"), "output"),
    ]
    return model_of(parts)


def assert_same_sound(content: bytes, columns: int, samples: int) -> None:
    """In pieces a model sounds as in one, to a millionth of full scale."""
    feed = {"input": RANDOM.normal(size=(1, 6, columns)).astype(np.float32)}
    (whole,) = one_thread_session(content, "model.onnx").run(None, feed)
    (pieces,) = voice_session(content, "model.onnx").run(None, feed)
    assert pieces.shape == whole.shape == (1, 1, 1, samples)
    assert np.abs(whole).max() > 0.01
    assert np.abs(pieces - whole).max() < 1e-6


@pytest.mark.parametrize("columns", [1, 2, 40, PIECE_SAMPLES // 4, PIECE_SAMPLES // 4 + 1, 3 * PIECE_SAMPLES])
def test_the_sound_of_the_pieces_is_that_of_the_whole(columns: int) -> None:
    """From one column to a dozen pieces: to a millionth of full scale, at the seams as elsewhere."""
    content = model()
    assert split_vocoder(read_graph(content, "model.onnx"), ("output",), {}) is not None
    assert_same_sound(content, columns, 4 * columns)


@pytest.mark.parametrize(("before", "middle"), [("Tanh", "first"), ("Sigmoid", None)])
@pytest.mark.parametrize("columns", [1, 40, 3 * PIECE_SAMPLES // 8])
def test_what_reaches_too_far_is_run_as_a_whole(before: str, middle: str | None, columns: int) -> None:
    """In four dimensions where all of it is known, and as it stands where not; to a millionth of full scale."""
    content = model(before=before)
    vocoder = split_vocoder(read_graph(content, "model.onnx"), ("output",), {})
    assert vocoder is not None
    assert (vocoder.entry, vocoder.reach, vocoder.samples) == ("soft", 3, 4)
    assert (vocoder.middle and vocoder.middle.entry) == middle
    assert_same_sound(content, columns, 8 * columns)


def test_a_piece_depends_on_as_many_columns_as_are_given_to_it() -> None:
    """8 samples of the block and of the last convolution are 2 columns; the transposed one takes 1 more."""
    vocoder = split_vocoder(read_graph(model(), "model.onnx"), ("output",), {})
    assert vocoder is not None
    assert (vocoder.entry, vocoder.reach, vocoder.samples) == ("soft", 3, 4)


@pytest.mark.parametrize(
    "content",
    [
        model(last="Sigmoid"),
        model(up={"pads": (1, 3)}),
        model(up={"pads": (1, 1), "output_padding": (2,)}),
        model(up={"strides": (2,), "pads": (3, 3)}),
        model(over={"pads": (6, 4)}),
        model(over={"dilations": (800,), "pads": (800, 800)}),
        model(divisor=(4, 1)),
    ],
    ids=["Sigmoid", "uneven pads", "output padding", "kernel 4 strides", "uneven dilated pads", "far reach", "row"],
)
def test_a_model_of_another_kind_is_left_whole(content: bytes) -> None:
    """… and still gives its sound."""
    assert split_vocoder(read_graph(content, "model.onnx"), ("output",), {}) is None
    feed = {"input": RANDOM.normal(size=(1, 6, 30)).astype(np.float32)}
    (whole,) = one_thread_session(content, "model.onnx").run(None, feed)
    (spoken,) = voice_session(content, "model.onnx").run(None, feed)
    assert np.array_equal(whole, spoken)


def test_a_file_that_is_no_model_is_refused() -> None:
    """In words."""
    with pytest.raises(VoiceError, match=r"model\.onnx isn't a well-formed ONNX file: it has no graph"):
        voice_session(varint_field(1, IR_VERSION), "model.onnx")


@pytest.mark.parametrize("declared", [True, False])
def test_large_weights_are_given_with_each_run(declared: bool) -> None:
    """5 kB of a convolution's stay in the old file, also if they were an input; 3 kB and those of other nodes don't."""
    parts = [
        written_tensor("of another node", weights(1, 36, 600)),
        written_tensor("large", weights(36, 36, 1)),
        written_tensor("small", weights(20, 36, 1)),
        written_tensor("places", np.arange(600)[::-1].copy()),
        written_node("Add", ("input", "of another node"), "moved"),
        written_node("Conv", ("moved", "large"), "mixed", kernel_shape=(1,)),
        written_node("Conv", ("mixed", "small"), "fewer", kernel_shape=(1,)),
        written_node("Gather", ("fewer", "places"), "output", axis=2),
    ]
    if declared:
        parts.append(written_value(GRAPH_INPUT, "large", (36, 36, 1)))
    content = model_of(parts)
    light = light_part_leading_to(("output",), read_graph(content, "model.onnx"), {})
    assert [*light.beside] == ["large"]
    assert len(content) - len(light.content) == pytest.approx(4 * 36**2, abs=50)
    feed = {"input": RANDOM.normal(size=(1, 36, 600)).astype(np.float32)}
    (whole,) = one_thread_session(content, "model.onnx").run(None, feed)
    (given,) = SeededSession(one_thread_session(light.content, "model.onnx"), (), light.beside).run(None, feed)
    assert np.array_equal(whole, given)


def test_the_shipped_voice_is_split_and_sounds_the_same() -> None:
    """The difference lies 90 dB under the voice, where 16 bits end; 3 s take several pieces."""
    path = ready("joe").paths["model"]
    graph = read_graph(path.read_bytes(), path.name)
    noise = noise_from_outside(graph)
    outputs = (*graph.outputs, *lengths_of_tokens(graph))
    vocoder = split_vocoder(graph, outputs, {})
    assert vocoder is not None
    assert vocoder.samples == 32
    assert vocoder.middle is not None
    assert len(filters_of(graph)) == 16
    assert len(noise.inputs) == 2
    turned = {node.inputs[1] for node in graph.nodes if node.operation == "ConvTranspose"}
    assert len(turned) == 3
    assert turned.isdisjoint(vocoder.front.beside)
    assert sum(values.nbytes for values in vocoder.front.beside.values()) > 50e6
    plain = one_thread_session(part_leading_to(outputs, graph, noise.instead), path.name)
    feed: dict[str, npt.NDArray[np.generic]] = {
        "input": RANDOM.integers(3, 90, (1, 60)),
        "input_lengths": np.array([60]),
        "scales": np.array([0.667, 1.5, 0.8], dtype=np.float32),
    }
    whole, lengths = SeededSession(plain, noise.inputs).run(None, feed)
    pieces, same_lengths = voice_session(path.read_bytes(), path.name).run(None, feed)
    assert np.array_equal(lengths, same_lengths)
    assert whole.shape == pieces.shape
    assert whole.size > 4 * PIECE_SAMPLES
    assert np.sqrt(np.mean((pieces - whole) ** 2) / np.mean(whole**2)) < 3e-5
