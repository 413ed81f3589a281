"""The sound of a clip as it goes into the mix: what lies below any voice is taken out."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
from scipy import signal

from audio_builder.audio import Samples, samples_from_segment
from audio_builder.narration.clip import Clip

CUTOFF_HZ = 70.0
"""3 dB down here. The lowest voices speak from about 80 Hz on; rumble, hum at 50 Hz and plosives lie below."""

_ORDER = 4


def voice_of(clip: Clip) -> Samples:
    """Return the sound of a clip without rumble, shape (frames,), as long as the clip and at its times.

    Each clip is filtered for itself, from silence on, so the samples don't depend on blocks or neighbours, and the
    cache keeps what the engine said.

    Raises:
        NarrationError: the clip can't be loaded any more.
    """
    sound = samples_from_segment(clip.load())
    return np.asarray(signal.sosfilt(_high_pass(clip.rate_hz), sound.astype(np.float64)), dtype=np.float32)


@functools.cache
def _high_pass(rate_hz: int) -> npt.NDArray[np.float64]:
    """Return a Butterworth high-pass as second-order sections, shape (2, 6): 12 dB down at 50 Hz, 0.8 dB at 85 Hz."""
    sections: npt.NDArray[np.float64] = signal.butter(_ORDER, CUTOFF_HZ, "highpass", output="sos", fs=rate_hz)
    return sections
