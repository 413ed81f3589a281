"""Opening a model with onnxruntime, the same way for every engine that has one."""

from __future__ import annotations

from typing import Any

from audio_builder.errors import VoiceError


def one_thread_session(content: bytes, name: str, *, as_it_stands: bool = False) -> Any:
    """Return an `InferenceSession` on one thread of the processor.

    Args:
        content: a whole ONNX file.
        name: what to call it in an error.
        as_it_stands: run it without looking for anything in it that could be done better; it opens sooner then.

    Raises:
        VoiceError: onnxruntime can't load it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # The pool runs one process for each core; more threads in each only contend.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The lengths of phrases differ, so a remembered memory layout is never used again: 245 MB saved.
    options.enable_mem_pattern = False
    if as_it_stands:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no common class of their own
        raise VoiceError(f"onnxruntime can't load {name}: {error}") from error
