"""Models of voices: which are refused, and how a changed one is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from audio_builder.errors import VoiceError
from audio_builder.voices.engines.onnx_models import changed_session, read_model

DOUBLING = helper.make_model(
    helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "of a test",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])],
    ),
    ir_version=8,
    opset_imports=[helper.make_opsetid("", 15)],
)


def _field(number: int, content: bytes) -> bytes:
    """A field of a message, with up to 127 bytes in it."""
    key = number << 3 | 2
    return bytes((key,) if key < 0x80 else (key & 0x7F | 0x80, key >> 7)) + bytes((len(content),)) + content


OUTSIDE = (_field(13, b"\x0a\x00"), b"\x70\x01")
"""What says that a tensor's bytes lie elsewhere: TensorProto's external_data and data_location."""


@pytest.mark.parametrize("outside", OUTSIDE)
@pytest.mark.parametrize(
    "way",
    [
        *((7, 5), (7, 15, 1), (7, 15, 2), (7, 1, 5, 5), (7, 1, 5, 10), (7, 1, 5, 22, 2), (7, 1, 5, 6, 5)),
        *((7, 1, 5, 11, 1, 5, 6, 1, 5, 5), (25, 7, 5, 5), (25, 7, 5, 6, 5)),
    ],
    ids=lambda way: "-".join(map(str, way)),
)
def test_a_model_with_data_outside_itself_is_refused(way: tuple[int, ...], outside: bytes) -> None:
    """Wherever the tensor is: in the graph, sparse, in an attribute, in a branch of a branch, in a function."""
    content, plain = outside, b""
    for number in reversed(way):
        content, plain = _field(number, content), _field(number, plain)
    graph = _field(7, b"")
    assert not read_model(graph + plain, "model.onnx").graph.output
    with pytest.raises(VoiceError, match="in another file"):
        read_model(graph + content, "model.onnx")


@pytest.mark.parametrize("content", [b"\x3a\xff\xff\xff\xff\x0f", b"\x3a", b"\x0f\x0f", b"\xff" * 40])
def test_a_file_that_isnt_a_model_is_refused(content: bytes) -> None:
    """Cut off, or something else altogether."""
    with pytest.raises(VoiceError, match=r"model\.onnx isn't a well-formed ONNX file"):
        read_model(content, "model.onnx")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model that doubles a number, and a cache of its own."""
    monkeypatch.setenv("AUDIO_BUILDER_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "doubling.onnx"
    path.write_bytes(DOUBLING.SerializeToString())
    return path


def _squaring(model: onnx.ModelProto, _name: str) -> None:
    model.graph.node[0].op_type = "Mul"


def _of_three(session: object) -> float:
    (result,) = session.run(None, {"x": np.array([3], np.float32)})  # type: ignore[attr-defined]
    return float(result[0])


def test_a_model_is_changed_once_and_kept(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under what it was made from: another version of the change, or another model, is made anew."""
    assert _of_three(changed_session(model, _squaring, "1")) == 9
    kept = [*(tmp_path / "cache").rglob("*.onnx")]
    assert len(kept) == 1

    def never(_model: onnx.ModelProto, _name: str) -> None:
        raise AssertionError

    assert _of_three(changed_session(model, never, "1")) == 9
    assert _of_three(changed_session(model, lambda _model, _name: None, "2")) == 6
    assert len([*(tmp_path / "cache").rglob("*.onnx")]) == 2


def test_a_kept_model_that_was_torn_is_made_again(model: Path, tmp_path: Path) -> None:
    """It is noticed when it is opened."""
    changed_session(model, _squaring, "1")
    (kept,) = (tmp_path / "cache").rglob("*.onnx")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:40])
    assert _of_three(changed_session(model, _squaring, "1")) == 9
    assert kept.read_bytes() == whole


def test_a_cache_that_cant_be_written_stops_no_voice(model: Path, tmp_path: Path) -> None:
    """The change is then made each time."""
    (tmp_path / "cache").write_text("a file, not a folder")
    assert _of_three(changed_session(model, _squaring, "1")) == 9


def test_a_model_that_the_runtime_cant_load_is_refused(model: Path) -> None:
    """Told with the file's name."""

    def nonsense(proto: onnx.ModelProto, _name: str) -> None:
        proto.graph.node[0].op_type = "NoSuchOperation"

    with pytest.raises(VoiceError, match=r"onnxruntime can't load doubling\.onnx"):
        changed_session(model, nonsense, "1")
