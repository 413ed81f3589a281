"""Opening the ONNX models of voices: checked, changed once where an engine needs more of them, and kept so.

An engine may need what a published model doesn't offer: its noise from outside, or the lengths that it plans. The model
is then read with the package `onnx` and changed once; the result lies in the cache, under a hash of what it was made
from, and is opened like any other model.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_builder.errors import OutputError, VoiceError
from audio_builder.store import Store
from audio_builder.voices.extras import missing_extra

if TYPE_CHECKING:
    from onnx import ModelProto

MODEL_SUFFIX = ".onnx"
"""Of the changed models in the cache."""


def one_thread_session(model: Path | bytes, name: str) -> Any:
    """Return an `InferenceSession` on one thread of the processor.

    Args:
        model: an ONNX file, or what it holds.
        name: what to call it in an error.

    Raises:
        MissingExtra: onnxruntime isn't installed.
        VoiceError: onnxruntime can't load it.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise missing_extra("onnxruntime", f"the model {name}") from error
    options = onnxruntime.SessionOptions()
    # The pool runs one process for each core; more threads in each only contend.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The lengths of phrases differ, so a remembered memory layout is never used again: 245 MB saved.
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no common class of their own
        raise VoiceError(f"onnxruntime can't load {name}: {error}") from error


def changed_session(model: Path, change: Callable[[ModelProto, str], None], version: str) -> Any:
    """Return a session of a model with a change in it, on one thread.

    The changed model is made once and kept in the cache; where that can't be written, it is made each time.

    Args:
        model: the ONNX file.
        change: changes what it gets, which is the model and its name for errors.
        version: of the change; another one makes the kept models anew.

    Raises:
        MissingExtra: onnxruntime or onnx isn't installed.
        VoiceError: the model isn't well-formed, keeps weights in other files, or isn't what the change expects.
        OSError: it can't be read.
    """
    with model.open("rb") as file:
        source = hashlib.file_digest(file, "sha256").hexdigest()
    key = hashlib.sha256(f"{source} {version}".encode()).hexdigest()
    store = Store(MODEL_SUFFIX)
    kept = store.path_of(key)
    if kept.exists():
        store.mark_used(key)
        try:
            return one_thread_session(kept, model.name)
        except VoiceError:  # torn when the machine stopped
            store.drop(key)
    proto = read_model(model.read_bytes(), model.name)
    change(proto, model.name)
    content = proto.SerializeToString()
    with contextlib.suppress(OutputError):
        store.write(key, content)
    return one_thread_session(content, model.name)


def read_model(content: bytes, name: str) -> ModelProto:
    """Return a model that is complete in itself.

    An ONNX file may say that the bytes of a tensor lie in another file, at any path; such a one is refused.

    Args:
        content: a whole ONNX file.
        name: what to call it in an error.

    Raises:
        MissingExtra: onnx isn't installed.
        VoiceError: it isn't a well-formed ONNX file, or refers to data outside itself.
    """
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise missing_extra("onnx", f"reading the model {name}") from error
    try:
        model: ModelProto = onnx.ModelProto.FromString(content)
    except DecodeError as error:
        raise VoiceError(f"{name} isn't a well-formed ONNX file: {error}") from error
    if not model.HasField("graph"):
        raise VoiceError(f"{name} isn't a well-formed ONNX file: it has no graph")
    for tensor in _messages(model, onnx.TensorProto.DESCRIPTOR.full_name):
        if tensor.external_data or tensor.data_location != onnx.TensorProto.DEFAULT:
            raise VoiceError(
                f"{name} keeps part of its weights in another file, which a voice model must not",
                hint="Use a model that is complete in one .onnx file.",
            )
    return model


def _messages(message: Any, kind: str) -> Iterator[Any]:
    """Yield all messages of a kind inside another: in graphs, attributes, branches, functions, wherever they are."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for inner in (value,) if hasattr(value, "ListFields") else value:
            if field.message_type.full_name == kind:
                yield inner
            else:
                yield from _messages(inner, kind)
