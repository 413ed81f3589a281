"""The sound of a clip as it goes into the mix: what lies below any voice is taken out."""

from __future__ import annotations

from audio_builder.audio.filters import high_pass
from audio_builder.audio.samples import Samples, samples_from_segment
from audio_builder.narration.clip import Clip


def voice_of(clip: Clip) -> Samples:
    """Return the sound of a clip without rumble, shape (frames,), as long as the clip and at its times.

    Each clip is filtered for itself, from silence on, so the samples don't depend on blocks or neighbours, and the
    cache keeps what the engine said.

    Raises:
        NarrationError: the clip can't be loaded any more.
    """
    return high_pass(samples_from_segment(clip.load()), clip.rate_hz)
