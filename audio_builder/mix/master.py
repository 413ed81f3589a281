"""From the rendered mix to what the encoder takes: limited, dithered, 16 bits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from audio_builder.audio.samples import Samples
from audio_builder.mix.dither import to_pcm16
from audio_builder.mix.limiter import limit
from audio_builder.mix.plan import MixPlan


def master(blocks: Iterable[Samples], plan: MixPlan, rate_hz: int) -> Iterator[bytes]:
    """Yield interleaved signed 16-bit little-endian PCM, as many frames as came in.

    The gain that brings the mix to its loudness is already in the blocks: it is one linear gain
    found from the speech. A dynamic normaliser here would lift the bed in the pauses.

    Args:
        blocks: the rendered mix, shape (frames, channels).
        plan: its ceiling.
        rate_hz: frames per second.
    """
    return to_pcm16(limit(blocks, rate_hz, plan.ceiling_dbtp))
