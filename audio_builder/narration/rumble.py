"""What lies below any voice, taken out of a clip when it is measured and when it is mixed."""

from __future__ import annotations

import functools

from audio_builder.audio.filters import ChunkedFilter, butterworth_high_pass
from audio_builder.audio.samples import Samples

CUTOFF_HZ = 70.0
"""3 dB down here. The lowest voices speak from about 80 Hz on; rumble, hum at 50 Hz and plosives lie below."""

_ORDER = 4


def without_rumble(sound: Samples, rate_hz: int) -> Samples:
    """Return a sound, shape (frames,), freed of what lies below 70 Hz, from silence on; as long, and at its times."""
    return _high_pass(rate_hz).once(sound)


@functools.cache
def _high_pass(rate_hz: int) -> ChunkedFilter:
    """Return a Butterworth high-pass: 12 dB down at 50 Hz, 0.8 dB at 85 Hz."""
    return ChunkedFilter(butterworth_high_pass(CUTOFF_HZ, _ORDER, rate_hz))
